"""The correlation of trials' effects keeps its sign, and its interval its width."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ipdmediation.evidence.correlation import Correlation, Verdict, correlation, verdict


def test_r_s_interval_of_a_correlation() -> None:
    # R: cor.test(c(1, 2, 3, 4, 5, 6), c(2, 1, 4, 3, 7, 5))
    first, second = np.arange(1.0, 7.0), np.array([2.0, 1.0, 4.0, 3.0, 7.0, 5.0])
    found = correlation(first, second, weights=np.ones(6), level=0.95)
    r = np.corrcoef(first, second)[0, 1]
    assert found.estimate == pytest.approx(r)
    assert math.atanh(found.high) - math.atanh(found.estimate) == pytest.approx(
        1.959964 / math.sqrt(3), abs=1e-6
    )
    mirrored = correlation(first, -second, weights=np.ones(6), level=0.95)
    assert [mirrored.low, mirrored.high] == pytest.approx([-found.high, -found.low])


def test_an_interval_at_0_has_its_width() -> None:
    found = correlation(
        np.array([-1.0, 1, -1, 1, 0]), np.array([-1.0, -1, 1, 1, 0]), weights=np.ones(5), level=0.95
    )
    assert found.estimate == pytest.approx(0)
    assert found.high - found.low > 1.7
    assert verdict(found, sign=1) is Verdict.UNCLEAR


def test_weights_count_as_repeated_trials() -> None:
    first, second = np.array([1.0, 2, 3, 5]), np.array([1.0, 3, 2, 4])
    weighted = correlation(first, second, weights=np.array([1.0, 2, 1, 1]), level=0.9)
    repeated = np.corrcoef(np.repeat(first, [1, 2, 1, 1]), np.repeat(second, [1, 2, 1, 1]))[0, 1]
    assert weighted.estimate == pytest.approx(repeated)


def test_three_trials_can_have_any_correlation_and_constants_none() -> None:
    three = correlation(np.array([1.0, 2, 4]), np.array([3.0, 1, 2]), weights=np.ones(3), level=0.95)
    assert (three.low, three.high) == (-1, 1)
    same = correlation(np.ones(5), np.arange(5.0), weights=np.ones(5), level=0.95)
    assert math.isnan(same.estimate)
    assert verdict(same, sign=1) is Verdict.UNCLEAR
    line = correlation(np.arange(5.0), -np.arange(5.0), weights=np.ones(5), level=0.95)
    assert line == pytest.approx((-1, -1, -1), abs=1e-6)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.85, 0.97, "proven"), (0.84, 0.99, "unclear"), (-0.2, 0.7, "not_valid"), (-0.2, 0.71, "unclear"),
        (-0.97, -0.86, "not_valid"),
    ],
)  # fmt: skip
def test_iqwig_s_limits_are_of_the_side_that_patients_are_on(low: float, high: float, expected: str) -> None:
    middle = (low + high) / 2
    assert verdict(Correlation(middle, low, high), sign=1) == expected
    assert verdict(Correlation(-middle, -high, -low), sign=-1) == expected
