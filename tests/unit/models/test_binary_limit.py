"""Logistic regression held against statsmodels, and where its estimate is infinite."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit

from ipdmediation.models.binary_limit import logistic_coefficients


def made_up(n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    columns = np.column_stack(
        [np.ones(n), np.arange(n) % 2, 1e3 * rng.normal(size=n), rng.normal(size=n) - 4]
    )
    occurs = (rng.logistic(size=n) < columns @ [2.0, -0.5, 1e-3, 0.7]).astype(float)
    return columns, occurs


def test_another_program_s_estimates_with_weights() -> None:
    columns, occurs = made_up()
    weights = np.random.default_rng(4).integers(0, 4, size=len(occurs)).astype(float)
    model = sm.GLM(occurs, columns, family=sm.families.Binomial(), freq_weights=weights)
    expected = model.fit(tol=1e-14).params
    assert logistic_coefficients(columns, occurs, weights) == pytest.approx(expected, rel=1e-8)
    start = logistic_coefficients(columns, occurs, np.ones(len(occurs)))
    assert logistic_coefficients(columns, occurs, weights, start=start) == pytest.approx(expected, rel=1e-8)


def test_where_one_group_has_no_event_the_other_is_fitted_as_if_alone() -> None:
    columns, occurs = made_up()
    occurs = occurs * (columns[:, 1] == 0)
    rows = columns[:, 1] == 0
    chance = expit(columns @ logistic_coefficients(columns, occurs, np.ones(len(occurs))))
    alone = sm.GLM(occurs[rows], columns[rows][:, [0, 2, 3]], family=sm.families.Binomial())
    assert chance[rows] == pytest.approx(alone.fit(tol=1e-14).fittedvalues, abs=1e-9)
    assert (chance[~rows] < 1e-9).all()


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_where_everybody_is_alike_the_probability_is_that(value: float) -> None:
    columns, _ = made_up()
    fitted = logistic_coefficients(columns, np.full(len(columns), value), np.ones(len(columns)))
    assert expit(columns @ fitted) == pytest.approx(value, abs=1e-9)


def test_a_column_that_a_resample_does_not_determine_is_left_alone() -> None:
    columns, occurs = made_up()
    weights = (columns[:, 1] == 1).astype(float)
    fitted = logistic_coefficients(columns, occurs, weights)
    rows = weights > 0
    alone = sm.GLM(occurs[rows], columns[rows][:, [0, 2, 3]], family=sm.families.Binomial()).fit(tol=1e-14)
    assert expit(columns[rows] @ fitted) == pytest.approx(alone.fittedvalues, abs=1e-9)
