"""The line through trials' effects, against metafor, and where its predictions exclude no effect."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ipdmediation.evidence.meta_regression import Line, regress

ALPHA = np.array([-1.01419804, -0.76437901, -0.89832450, -0.85759771, -0.85417769, -0.93878474, 0.56363027])
BETA = np.array([1.73151744, 0.40327907, 2.10149188, 1.21702106, 0.82606813, 1.50199476, 0.06672884])
ERRORS = np.array([0.46268692, 0.44455477, 0.71077182, 0.50690194, 0.54632983, 0.44940712, 0.69267626])


def fitted(beta: np.ndarray = BETA, errors: np.ndarray = ERRORS, alpha: np.ndarray = ALPHA) -> Line:
    line = regress(beta, errors**2, alpha)
    assert line is not None
    return line


def test_metafor_s_line_with_knapp_and_hartung() -> None:
    line = fitted()
    assert line.coefficients == pytest.approx([0.37881093, -0.98010650], abs=5e-7)
    assert math.sqrt(line.covariance[1, 1]) == pytest.approx(0.50068329, abs=5e-7)
    assert line.tau2 == pytest.approx(0.02722388, abs=5e-8)


def test_metafor_s_prediction() -> None:
    found = fitted().predict(-1.0, level=0.95)
    assert [float(each[0]) for each in found] == pytest.approx([1.35891743, 0.61656782, 2.10126703], abs=1e-6)


def test_a_prediction_of_an_estimate_has_its_error_too() -> None:
    line = fitted()
    alone, noisy = line.predict([-1.0], level=0.9), line.predict([-1.0], level=0.9, variance=[0.25])
    reach = [float(each.high[0] - each.estimate[0]) / line.quantile(0.9) for each in (alone, noisy)]
    assert reach[1] ** 2 - reach[0] ** 2 == pytest.approx(0.25)


def test_the_threshold_is_where_the_prediction_first_excludes_no_effect() -> None:
    line = fitted()
    found = line.threshold(level=0.95)
    assert found.at == pytest.approx(-0.43245, abs=1e-4)
    assert not found.at_no_effect
    assert line.predict(found.at, level=0.95).low == pytest.approx(0, abs=1e-9)
    assert line.predict(found.at - 0.01, level=0.95).low > 0
    # the slope's own interval holds 0, so that far away the prediction does as well
    assert line.predict(found.until, level=0.95).low == pytest.approx(0, abs=1e-9)
    assert line.predict(found.until - 0.1, level=0.95).low < 0


def test_with_a_certain_slope_every_larger_effect_excludes_it() -> None:
    alpha = np.linspace(-1.0, 1.0, 30)
    line = fitted(-2 * alpha + 0.01 * np.cos(40 * alpha), np.full(30, 0.05), alpha)
    found = line.threshold(level=0.95)
    assert math.isinf(found.until)
    inside, beyond = (line.predict(share * found.at, level=0.95) for share in (0.9, 5))
    assert inside.low[0] < 0 < inside.high[0]
    assert not beyond.low[0] < 0 < beyond.high[0]


def test_a_threshold_means_nothing_where_no_effect_is_excluded_already() -> None:
    found = fitted(BETA + 3).threshold(level=0.95)
    assert found.at_no_effect
    assert math.isnan(found.at)


def test_no_effect_has_a_prediction_without_0() -> None:
    alpha = np.array([-1.0, -0.4, 0.3, 0.9])
    found = fitted(np.array([0.3, -0.4, 0.2, -0.3]), np.full(4, 0.5), alpha).threshold(level=0.95)
    assert math.isnan(found.at)
    assert not found.at_no_effect


def test_trials_on_a_line_are_not_more_certain_than_their_errors() -> None:
    alpha = np.array([-1.0, -0.5, 0.0, 0.5])
    line = fitted(1 - alpha, np.full(4, 0.4), alpha)
    assert line.tau2 == 0
    design = np.column_stack([np.ones(4), alpha])
    assert line.covariance == pytest.approx(np.linalg.inv(design.T @ design) * 0.16)


def test_effects_that_are_all_the_same_have_no_line() -> None:
    assert regress(BETA, ERRORS**2, np.full(7, 0.3)) is None
    assert regress(BETA, ERRORS**2, np.zeros(7)) is None


def test_a_line_through_two_hundred_trials_finds_what_made_them() -> None:
    rng = np.random.default_rng(4)
    alpha = rng.normal(scale=0.5, size=200)
    errors = rng.uniform(0.1, 0.3, size=200)
    beta = 0.2 - 0.8 * alpha + rng.normal(scale=0.25, size=200) + rng.normal(scale=errors)
    line = fitted(beta, errors, alpha)
    assert line.coefficients == pytest.approx([0.2, -0.8], abs=0.12)
    assert math.sqrt(line.tau2) == pytest.approx(0.25, abs=0.06)
