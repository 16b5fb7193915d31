"""Percentile intervals cover the causal effects as often as they say; `log_or_difference` does not."""

import pandas as pd
import pytest

from ipdmediation.inference.streams import stream
from ipdmediation.models.specification import mediation_models
from tests.validation.coverage import DIRECT, LATENT_SHARE, MODEL, SEED, SHIFT, SLOPE, coverage, limits
from tests.validation.generator import ANALYSIS, simulate_cohort

COHORTS = 200


@pytest.fixture(scope="module")
def simulated() -> pd.DataFrame:
    return coverage(cohorts=COHORTS, replicates=199)


def test_the_generating_model_is_the_one_that_is_fitted() -> None:
    """A large cohort gives back the parameters that went in, with the sign of a better outcome."""
    larger = dict.fromkeys(("control", "treated"), 20000)
    frame = simulate_cohort(
        MODEL | {"patients": dict.fromkeys(MODEL["patients"], larger)}, stream(SEED, "large")
    )
    assert not frame[["fiv", "mrs", "age", "nihss"]].isna().any(axis=None)
    models = mediation_models(frame, specification=ANALYSIS)
    mediator, outcome = models.mediator.fit(), models.outcome.fit()
    assert mediator.coefficient("treatment") == pytest.approx(SHIFT, abs=0.04)
    assert outcome.coefficient("mediator") == pytest.approx(-SLOPE, abs=0.03)
    assert outcome.coefficient("treatment") == pytest.approx(-DIRECT, abs=0.06)


@pytest.mark.slow
@pytest.mark.parametrize("effect", ["te:mean", "tnie:mean", "pm:mean", "khb:proportion"])
def test_coverage_is_nominal(simulated: pd.DataFrame, effect: str) -> None:
    """Within the exact binomial limits of 99.9 %: 179 to 198 of 200 (of 95 %: 184 to 196)."""
    low, high = limits(COHORTS, probability=0.999)
    assert (low, high) == (179, 198)
    assert low <= simulated.loc[effect, "covered"] <= high


@pytest.mark.slow
@pytest.mark.parametrize("effect", ["te:mean", "tnie:mean", "pm:mean", "khb:proportion"])
def test_the_estimates_are_nearly_unbiased(simulated: pd.DataFrame, effect: str) -> None:
    """A bias of a quarter of the standard deviation would begin to cost coverage."""
    row = simulated.loc[effect]
    assert abs(row["bias"]) < 0.25 * row["sd"]


@pytest.mark.slow
def test_the_difference_of_log_odds_ratios_does_not_cover_the_share(simulated: pd.DataFrame) -> None:
    row = simulated.loc["log_or_difference:proportion"]
    assert row["coverage"] < 0.7
    assert row["bias"] < -0.3 * LATENT_SHARE
