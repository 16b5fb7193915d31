"""Each link's row quantities: the derivatives that they are said to be, of the distribution that it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from ipdmediation.kernels import compiling, links
from tests.unit.kernels.interpreted import CASES, LEVERAGES, POINTS, STEP, WEIGHTS

ROOT = Path(__file__).resolve().parents[3]
ABOVE, BELOW, CROSS_A, CROSS_B, THIRD_A, THIRD_B, LOG_P = range(7)
NEAR = {"rtol": 1e-6, "atol": 1e-8}  # of a difference of two rows, 2e-5 apart
DISTRIBUTIONS = {
    "logit": stats.logistic,
    "probit": stats.norm,
    "cloglog": stats.gumbel_l,
    "loglog": stats.gumbel_r,
    "cauchit": stats.cauchy,
}


@pytest.fixture(scope="module")
def interpreted() -> dict[str, Any]:
    """What `interpreted` prints, in a process of its own: numba is switched off when it is imported."""
    paths = [str(compiling.KERNELS.parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.kernels.interpreted"],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(paths)},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(params=[(name, case) for name in links.LINKS for case in range(len(CASES))], ids=str)
def case(request: pytest.FixtureRequest, interpreted: dict[str, Any]) -> dict[str, Any]:
    name, number = request.param
    sides = interpreted[name]["cases"][number]
    eta, upper, lower = map(np.array, CASES[number])
    return {"link": name, "upper": upper - eta, "lower": lower - eta} | {
        side: np.array(quantities) for side, quantities in sides.items()
    }


def change(case: dict[str, Any], quantity: int, side: str) -> np.ndarray:
    """Derivative of a row's quantity when bounds move."""
    moved: np.ndarray = (case[f"{side}+"][quantity] - case[f"{side}-"][quantity]) / (2 * STEP)
    return moved


def test_the_log_probability_is_that_of_the_distribution(case: dict[str, Any]) -> None:
    distribution = DISTRIBUTIONS[case["link"]]
    probability = distribution.cdf(case["upper"]) - distribution.cdf(case["lower"])
    np.testing.assert_allclose(case["at"][LOG_P], np.log(probability), rtol=1e-12)


def test_the_scores_are_derivatives_of_the_log_probability(case: dict[str, Any]) -> None:
    gap = case["upper"] - case["lower"]
    # the logit's part of the thresholds alone is added by level
    thresholds_alone = WEIGHTS / np.expm1(gap) if case["link"] == "logit" else np.zeros(3)
    score_a, score_b = WEIGHTS * change(case, LOG_P, "upper"), WEIGHTS * change(case, LOG_P, "lower")
    np.testing.assert_allclose(case["at"][ABOVE], score_a - thresholds_alone, **NEAR)
    np.testing.assert_allclose(-case["at"][BELOW], score_b + thresholds_alone, **NEAR)


def test_the_curvatures_are_derivatives_of_the_scores(case: dict[str, Any]) -> None:
    # to move both bounds up is to move the predictor down
    np.testing.assert_allclose(case["at"][CROSS_A], -change(case, ABOVE, "both"), **NEAR)
    np.testing.assert_allclose(case["at"][CROSS_B], change(case, BELOW, "both"), **NEAR)


def test_the_third_derivatives_are_those_of_the_curvature(case: dict[str, Any]) -> None:
    for quantity, side in ((THIRD_A, "upper"), (THIRD_B, "lower")):
        bent = change(case, CROSS_A, side) + change(case, CROSS_B, side)
        np.testing.assert_allclose(case["at"][quantity], 0.5 * LEVERAGES * bent, **NEAR)


@pytest.mark.parametrize("name", links.LINKS)
def test_distribution_density_slope_and_quantile(interpreted: dict[str, Any], name: str) -> None:
    below, density, slope = np.array(interpreted[name]["distribution"]).T
    expected = DISTRIBUTIONS[name]
    np.testing.assert_allclose(below, expected.cdf(POINTS), rtol=1e-12)
    np.testing.assert_allclose(density, expected.pdf(POINTS), rtol=1e-12)
    up, down = (expected.pdf(np.array(POINTS) + by) for by in (STEP, -STEP))
    np.testing.assert_allclose(slope, (up - down) / (2 * STEP), **NEAR)
    # the probit's is to start from only
    np.testing.assert_allclose(interpreted[name]["quantile"], POINTS, atol=0.5 if name == "probit" else 1e-12)


def test_steps_that_stay_long_with_nothing_to_gain_are_flat(interpreted: dict[str, Any]) -> None:
    """Long steps tell at a higher curvature than shorter ones; short ones are those of a fit that ends."""
    long, shorter, short = np.reshape(interpreted["flat"], (3, 3)).tolist()
    assert long == [False, True, True]
    assert shorter == [False, False, True]
    assert short == [False, False, False]
