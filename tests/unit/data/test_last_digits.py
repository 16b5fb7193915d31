"""A preference for round numbers is found; digits that no person chose are not suspected."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ipdmediation.data.last_digits import FEWEST, last_digits


def pressures(n: int = 400, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).normal(150, 25, n).round()


def test_digits_are_counted_and_tested_as_scipy_does() -> None:
    values = pressures()
    found = last_digits(values)
    assert found is not None
    inner = values[(values > values.min()) & (values < values.max())].astype(int)
    counts = [int((inner % 10 == digit).sum()) for digit in range(10)]
    assert list(found.counts) == counts
    assert found.zero_or_five == counts[0] + counts[5]
    assert found.p_value == pytest.approx(stats.chisquare(counts).pvalue, rel=1e-12)
    assert found.p_value > 0.01


def test_numbers_that_somebody_rounded_are_found() -> None:
    values = pressures()
    values[::2] = np.round(values[::2], -1)
    found = last_digits(values)
    assert found is not None
    assert found.p_value < 1e-20
    assert found.surplus == pytest.approx(np.abs(np.array(found.counts) / sum(found.counts) - 0.1).sum() / 2)
    assert found.surplus > 0.3


def test_the_last_digit_of_one_decimal_and_of_negative_numbers() -> None:
    values = np.tile(np.arange(-60, 60) / 10, 3)
    found = last_digits(values)
    assert found is not None
    # -6.0 and 5.9 are the ends
    assert found.counts == (33, 36, 36, 36, 36, 36, 36, 36, 36, 33)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (np.array([]), "none"),
        (np.full(500, 7.0), "all are one value"),
        (np.repeat(np.arange(12.0), 30), "the tens hardly take turns"),
        (pressures(FEWEST + 1), "two ends leave fewer than enough"),
        (np.random.default_rng(1).normal(150, 25, 400), "nobody wrote these decimals"),
        (np.round(np.random.default_rng(1).integers(600, 6000, 400) / 60, 2), "minutes as hours"),
    ],
)
def test_digits_that_say_nothing_are_not_counted(values: np.ndarray, why: str) -> None:
    assert last_digits(values) is None, why


def test_a_floor_and_a_ceiling_are_no_preference() -> None:
    values = np.clip(pressures(600), 120, 170)
    found = last_digits(values)
    assert found is not None
    assert found.p_value > 0.001
