# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipdmediation.present import notation


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "<.001"), (0.0009, "<.001"), (0.0012, ".001"), (0.0071, ".007"), (0.031, ".03"), (0.049, ".049"),
     (0.05, ".05"), (0.234, ".23"), (0.98, ".98"), (0.995, ">.99"), (math.nan, "–")],
)  # fmt: skip
def test_p_values(value, text):
    assert notation.p_value(value) == text


@given(st.floats(0, 1))
def test_a_p_value_is_never_printed_as_nothing_or_one(value):
    assert notation.p_value(value) not in {".00", ".000", "1.00", ".0"}
    assert "=" in notation.p_sentence(value) or notation.p_sentence(value)[2] in "<>"


def test_rounding_does_not_hide_which_side_of_five_percent_a_p_value_is():
    assert notation.p_value(0.0496) == ".050"
    assert notation.p_value(0.0504) == ".05"


def test_intervals_of_negative_numbers_use_to_and_a_true_minus():
    assert notation.interval(-0.42, -0.56, -0.28) == "−0.42 (−0.56 to −0.28)"
    assert notation.interval(2.22, 1.52, 3.21) == "2.22 (1.52–3.21)"
    assert notation.interval(2.22, math.nan, math.nan) == "2.22"
    assert notation.interval(math.nan, 1, 2) == "–"


def test_minus_zero_is_zero():
    assert notation.fixed(-0.001) == "0.00"
    assert notation.proportion(-0.0001, -0.02, 0.02, digits=0) == "0% (−2% to 2%)"


@given(st.floats(1e-3, 1e6))
def test_measures_keep_three_digits_or_decimals(value):
    assert float(notation.measure(value)) == pytest.approx(value, rel=6e-3, abs=5.1e-4)


def test_very_small_measures_are_not_printed_as_zero():
    assert notation.measure(1e-85) == "<0.001"
    assert notation.measure(-1e-5) == ">−0.001"


def test_percentages_do_not_vanish():
    assert notation.percent(0.01) == "<0.1%"
    assert notation.percent(0) == "0%"
    assert notation.percent(100) == "100%"


def test_study_reads_the_configuration(examples):
    study = examples.study()
    assert study.synthetic
    assert study.mediator == "fiv"
    assert study.odds_ratio == "common odds ratio"
    assert study.coverage == "95%"
    assert study.unit("age") == "years"
    assert study.unit("fiv") == "mL"
    assert list(study.levels_better_first()) == list("0123456")


def test_levels_are_reversed_where_high_is_better(examples):
    study = examples.study()
    analysis = {**study.analysis, "outcome": {**study.analysis["outcome"], "better": "high"}}
    assert list(examples.study(analysis=analysis).levels_better_first()) == list("6543210")
