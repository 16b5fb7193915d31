# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""The table of published figures beside this run's."""

import numpy as np
import pytest

from ipdmediation.present.house_style import written_in
from ipdmediation.present.tables.published import published
from tests.unit.present.made_tables import every, row


def test_published_says_yes_or_no(examples):
    assert every(examples)["published"].heads[-1] == "Agrees if"
    table = every(examples)["published"]
    assert list(table.cells["Agrees"]) == ["yes", "yes", "yes", "yes", "no"]
    assert list(table.cells["Calibrated to"]) == ["yes", "yes", "yes", "no", "no"]
    assert row(table, "Mediator, common odds ratio")[1:3] == ["0.46 (0.39–0.54)", "0.44 (0.40–0.49)"]
    assert row(table, "Mediator, P")[1:3] == ["<.001", "<.001"]
    real = published(examples.published(), study=examples.study(synthetic=False))
    assert "Calibrated to" not in real.cells


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((5.0, 3.0, 8.0), "5 (3–8)"),
        ((5.0, 3.0, 8.5), "5.00 (3.00–8.50)"),
        ((68.4, 67.7, 69.1), "68.4 (67.7–69.1)"),
        ((10.0, 9.5, 10.5), "10.0 (9.5–10.5)"),
        ((14.6, 0.201, 27.3), "14.6 (0.2–27.3)"),
        ((118.6, 104.9, 126.5), "119 (105–126)"),
        ((1764.0, 1700.0, 1800.0), "1764 (1700–1800)"),
        ((-9.5, -10.5, -8.0), "−9.50 (−10.50 to −8.00)"),
        ((5.0, np.nan, np.nan), "5"),
    ],
)
def test_by_hand_small_numbers_have_two_decimals_unless_all_are_whole(examples, numbers, text):
    names = ["this_run", "this_run_low", "this_run_high"]
    comparison = examples.published().iloc[:1].assign(**dict(zip(names, numbers, strict=True)))
    assert published(comparison, study=examples.study()).cells["This run"].item() == text


@pytest.mark.parametrize(
    ("journal", "texts"),
    [("plain", ["<.001", ".04", ".03", ".05"]), ("lancet", ["<0·001", "0·04", "0·030", "0·05"])],
)
def test_p_values_are_written_as_elsewhere_and_published_ones_with_their_own_digits(examples, journal, texts):
    comparison = examples.published().iloc[[3, 3]]
    comparison["relation"], comparison["published"] = ["<", "="], [0.001, 0.04]
    comparison["this_run"] = [1e-9, 0.03]
    comparison["rule"], comparison["threshold"] = ["below", "same_side"], [np.nan, 0.05]
    with written_in(journal=journal, people="patients"):
        cells = published(comparison, study=examples.study()).cells
    assert [*cells["Published"], cells["This run"].iloc[1]] == texts[:3]
    assert cells["Agrees if"].iloc[1] == f"both lie on the same side of {texts[3]}"
