# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
import math

import numpy as np
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
    assert notation.p_value(0.0496) == ".0496"
    assert notation.p_value(0.0498) == ".0498"
    assert notation.p_value(0.049999) == "<.05"
    assert notation.p_value(0.0504) == ".05"


def test_intervals_of_negative_numbers_use_to_and_a_true_minus():
    assert notation.interval(-0.42, -0.56, -0.28) == "−0.42 (−0.56 to −0.28)"
    assert notation.interval(2.22, 1.52, 3.21) == "2.22 (1.52–3.21)"
    assert notation.interval(2.22, math.nan, math.nan) == "2.22"
    assert notation.interval(math.nan, 1, 2) == "–"


def test_minus_zero_is_zero():
    assert notation.fixed(-0.001) == "0.00"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        ((0.12, -0.002, 0.211), "12% (−0.2% to 21%)"),
        ((0.5, 0.0001, 0.996), "50% (0.01% to 99.6%)"),
        ((1.003, 0.9, 1.1), "100.3% (90% to 110%)"),
        ((-0.0001, -0.02, 0.02), "−0.01% (−2% to 2%)"),
        ((0.0, -0.02, 0.02), "0% (−2% to 2%)"),
    ],
)
def test_rounding_never_hides_the_side_of_a_limit(share, text):
    assert notation.proportion(*share, digits=0) == text


@given(st.floats(-3, 3), st.integers(0, 2))
def test_a_number_and_its_print_lie_on_the_same_side_of_every_null(value, digits):
    for null in (0.0, 1.0):
        text = notation.fixed(value, digits=digits, nulls=(0, 1)).replace(notation.MINUS, "-")
        side = {"<": -1, ">": 1}.get(text[0])
        printed = side if side and float(text[1:]) == null else np.sign(float(text.lstrip("<>")) - null)
        assert printed == np.sign(value - null)


@pytest.mark.parametrize(
    ("value", "text"), [(2 / 1001, "<.002"), (2 / 101, "<.02"), (2 / 5001, "<.001"), (2 / 40, "<.05")]
)
def test_a_bound_is_rounded_up_and_never_printed_as_a_value(value, text):
    assert notation.p_value(value, bound=True) == text
    assert notation.p_sentence(value, bound=True).split() == ["P", "<", text[1:]]


@given(st.floats(1e-6, 0.5))
def test_a_printed_bound_is_true(value):
    assert float(notation.p_value(value, bound=True)[1:]) >= value - 1e-12


@given(st.floats(1e-3, 1e6))
def test_measures_keep_three_digits_or_decimals(value):
    assert float(notation.measure(value)) == pytest.approx(value, rel=6e-3, abs=5.1e-4)


@pytest.mark.parametrize(
    ("numbers", "nulls", "text"),
    [
        ((0.8, 0.5, 0.999), (0, 1), "0.80 (0.50–0.999)"),
        ((1.4, 1.0004, 2.0), (0, 1), "1.40 (1.0004–2.00)"),
        ((-0.5, -0.9, -0.001), (0, 1), "−0.50 (−0.90 to −0.001)"),
        ((0.8, 0.5, 0.999), (0,), "0.80 (0.50–1.00)"),
        ((-0.5, -0.9, -0.001), (1,), "−0.50 (−0.90 to 0.00)"),
    ],
)
def test_by_hand_an_end_beside_a_null_is_not_printed_as_the_null(numbers, nulls, text):
    assert notation.interval(*numbers, nulls=nulls) == text
    if nulls == (0, 1):
        assert notation.interval(*numbers) == text


def test_very_small_measures_are_not_printed_as_zero():
    assert notation.measure(1e-85) == "<0.001"
    assert notation.measure(-1e-5) == ">−0.001"


def test_percentages_do_not_vanish():
    assert notation.percent(0.01) == "<0.1%"
    assert notation.percent(0) == "0%"
    assert notation.percent(100) == "100%"
