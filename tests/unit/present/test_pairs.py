"""Two numbers of a row, as the page draws them beside each other."""

from __future__ import annotations

import math
import re
from dataclasses import astuple

import pytest

from ipdmediation.present.report.comparison import beside_truth, truth_pairs
from ipdmediation.present.report.page import render
from ipdmediation.present.report.pairs import Pair, drawn, published_pairs
from tests.unit.present import examples


def test_all_intervals_are_equally_long_and_the_other_number_is_in_the_middle() -> None:
    apart = Pair(other=1.0, estimate=3.0, low=2.0, high=4.0)  # half a length to one and a half
    alike = Pair(other=-50.0, estimate=-50.0, low=-70.0, high=-30.0)
    first, second = drawn([apart, alike], other="truth").places
    assert first == {"other": 50, "estimate": 83.3, "low": 66.7, "width": 33.3}
    assert second == {"other": 50, "estimate": 50.0, "low": 33.3, "width": 33.3}


def test_every_mark_lies_on_the_axis_and_on_its_side() -> None:
    pairs = [Pair(other=other, estimate=0.3, low=0.1, high=0.8) for other in (-4.0, 0.0, 0.1, 0.2, 0.8, 3.0)]
    for pair, place in zip(pairs, drawn(pairs, other="truth").places, strict=True):
        assert place
        assert 0 <= place["low"] <= place["estimate"] <= place["low"] + place["width"] <= 100
        held = pair.low <= pair.other <= pair.high
        assert (place["low"] - 0.1 <= 50 <= place["low"] + place["width"] + 0.1) == held


@pytest.mark.parametrize("missing", ["other", "estimate", "low", "high", "length"])
def test_without_an_interval_nothing_is_drawn(missing: str) -> None:
    numbers = {"other": 1.0, "estimate": 1.0, "low": 0.5, "high": 1.5}
    pair = Pair(**{**numbers, **({"high": 0.5} if missing == "length" else {missing: math.nan})})
    assert drawn([pair, Pair(**numbers)], other="truth").places[0] is None


def test_rows_of_the_tables_are_held_against_what_they_print() -> None:
    result, truth = examples.result(), examples.truth()
    table, _ = beside_truth(result, truth)
    pairs = truth_pairs(result, truth)
    inside = ["yes" if pair.low <= pair.other <= pair.high else "no" for pair in pairs]
    assert list(table.cells["Interval holds the truth"]) == inside
    assert {"yes", "no"} == set(inside)
    comparison = examples.published()
    columns = ["published", "this_run", "this_run_low", "this_run_high"]
    for pair, numbers in zip(published_pairs(comparison), comparison[columns].to_numpy(), strict=True):
        assert astuple(pair) == pytest.approx(tuple(numbers), nan_ok=True)


def test_the_page_draws_a_row_where_there_is_an_interval() -> None:
    truth, comparison = examples.truth(), examples.published()
    html = render(examples.TEMPLATE, [examples.result()], published=comparison, truth=truth)
    for section, wanted in (
        ("published", comparison["this_run_low"].notna().sum()),
        ("truth", len(truth_pairs(examples.result(), truth))),
    ):
        text = html.partition(f'<section id="{section}"')[2].partition("</section>")[0]
        assert len(re.findall(r'<span class="other"', text)) == wanted > 1
        assert "all intervals are equally long" in text
        assert len(re.findall(r'<td class="drawn">', text)) == len(re.findall(r"<tr><th scope=", text)) - 1
    assert '<td class="drawn">' not in render(examples.TEMPLATE, [examples.result()])
