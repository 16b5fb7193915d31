"""What holds of every cohort, whatever its coefficients are: the identities that the evidence rests on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ipdmediation.effects.khb import khb
from ipdmediation.effects.structural import confounded, explaining_correlation, mismeasured
from ipdmediation.evidence.composite import COMPOSITE_EFFECTS, composite_effects
from ipdmediation.evidence.leave_one_out import without
from ipdmediation.evidence.two_stage import pool
from ipdmediation.inference.bootstrap import cohort_effects
from ipdmediation.models.cumulative_link import CumulativeLinkModel
from ipdmediation.models.specification import mediation_models
from tests.unit.effects.conftest import Prepared, simulated_cohort, specified
from tests.unit.evidence.conftest import analysis_of

#: One effect of the mediator for both arms, or two; trials by indicators, or by random effects.
FORMS = [
    {"trial_effects": trial_effects, "interaction": interaction}
    for trial_effects in ("fixed", "random_slope")
    for interaction in (False, True)
]
SLOPES = st.floats(-2, 2)
SPREADS = st.floats(0.2, 3)


@pytest.fixture(scope="module", params=FORMS, ids=str)
def probit(request: pytest.FixtureRequest) -> Prepared:
    return Prepared(simulated_cohort(120, seed=3, levels=4), specified(link="probit", **request.param))


def as_many(slopes: tuple[float, float], prepared: Prepared) -> tuple[float, ...]:
    """As many of them as the outcome model has columns of the mediator."""
    return slopes[: len(prepared.standardised._terms.positions)]


@given(
    slopes=st.tuples(SLOPES, SLOPES), sd=SPREADS, rho=st.floats(-0.95, 0.95), reliability=st.floats(0.3, 1)
)
@settings(max_examples=20)
def test_the_total_effect_depends_on_neither_confounding_nor_error_of_measurement(
    probit: Prepared, slopes: tuple[float, float], sd: float, rho: float, reliability: float
) -> None:
    cohort = probit.at(slopes=as_many(slopes, probit), sd=sd)
    whole = cohort.effects()["te"]
    for structural in (confounded(rho, mediator_sd=sd), mismeasured(reliability, exact=True)):
        assert cohort.effects(structural)["te"] == pytest.approx(whole, abs=1e-9)  # tabulated


@given(slopes=st.tuples(SLOPES, SLOPES), sd=SPREADS)
@settings(max_examples=20)
def test_nothing_is_mediated_at_the_correlation_that_explains_the_slope_of_an_arm(
    probit: Prepared, slopes: tuple[float, float], sd: float
) -> None:
    cohort = probit.at(slopes=as_many(slopes, probit), sd=sd)
    for effect, arm in {"pnie": 0, "tnie": 1}.items():
        rho = float(explaining_correlation(cohort.slopes[arm], mediator_sd=sd))
        assert cohort.effects(confounded(rho, mediator_sd=sd))[effect] == pytest.approx(0, abs=1e-8)


@pytest.fixture(scope="module")
def logit() -> Prepared:
    return Prepared(simulated_cohort(120, seed=3, levels=4), specified())


def share_on_one_scale(cohort: Prepared) -> float:
    return float(khb(cohort.cells().predictors)[2])


@given(slope=SLOPES, direct=st.floats(0.1, 2), reliability=st.floats(0.3, 1))
@settings(max_examples=20)
def test_the_share_on_one_scale_is_divided_by_the_reliability(
    logit: Prepared, slope: float, direct: float, reliability: float
) -> None:
    """With the calibrated coefficients: g / lambda, and b less (g / lambda) (1 - lambda) alpha."""
    names = logit.models.mediator.names
    alpha = float(logit.mediator.estimates[names.index("treatment")])
    calibrated = slope / reliability
    measured = logit.at(slopes=[slope], direct=direct)
    without_error = logit.at(slopes=[calibrated], direct=direct - calibrated * (1 - reliability) * alpha)
    share = share_on_one_scale(measured)
    if abs(direct + slope * alpha) > 0.05:  # else it is a share of hardly anything
        assert share_on_one_scale(without_error) == pytest.approx(share / reliability, rel=1e-9, abs=1e-12)


@pytest.fixture(scope="module", params=FORMS[:2], ids=str)
def free(request: pytest.FixtureRequest) -> tuple[Prepared, Prepared]:
    """With one effect of treatment at all cuts, and with one at each."""
    frame = simulated_cohort(120, seed=3, levels=4)
    one = Prepared(frame, specified(**request.param))
    return one, Prepared(frame, specified(**request.param, free_treatment=True))


@given(direct=st.floats(-3, 3), slope=SLOPES)
@settings(max_examples=20)
def test_a_free_treatment_with_equal_effects_is_that_of_proportional_odds(
    free: tuple[Prepared, Prepared], direct: float, slope: float
) -> None:
    one, each = free
    cuts = each.models.outcome.n_thresholds
    proportional = one.at(slopes=as_many((slope, 0.4), one), direct=direct)
    own = proportional.outcome.estimates
    estimates = np.concatenate([own[:cuts], np.full(cuts, direct), own[cuts + 1 :]])
    outcome = each.outcome._replace(estimates=estimates)
    cells = each.standardised.cells(proportional.mediator, outcome, each.weights)
    np.testing.assert_allclose(cells.natural, proportional.cells().natural, atol=1e-9)


@given(
    seed=st.integers(0, 1000),
    slope=SLOPES,
    direct=st.floats(-2, 2),
    deaths=st.sampled_from(("all", "none", "equal")),
)
@settings(max_examples=20)
def test_the_parts_of_the_composite_mediator_sum_to_the_total_effect(
    logit: Prepared, seed: int, slope: float, direct: float, deaths: str
) -> None:
    cohort = logit.at(slopes=[slope], direct=direct)
    rng = np.random.default_rng(seed)
    chance = rng.random((2, cohort.weights.size)) * {"all": 1, "none": 0, "equal": 1}[deaths]
    if deaths == "equal":
        chance[1] = chance[0]
    weights = rng.integers(0, 3, cohort.weights.size).astype(float)
    found = composite_effects(
        cohort.standardised,
        cohort.mediator,
        cohort.outcome,
        chance,
        weights,
        fitted=weights,
        scales=cohort.scales,
    )
    total, direct_part, event, through, _ = found
    assert COMPOSITE_EFFECTS[:4] == ("te", "pnde", "via_event", "tnie")
    np.testing.assert_allclose(direct_part + event + through, total, atol=1e-12)
    assert event.any() == (deaths == "all")


@given(estimate=st.floats(-5, 5), se=st.floats(0.01, 5))
def test_of_one_trial_the_second_stage_is_the_trial(estimate: float, se: float) -> None:
    found = pool(np.array([[estimate]]), np.array([[se**2]]))
    assert (found.estimate[0], found.se[0]) == pytest.approx((estimate, se))
    assert np.isnan([found.low[0], found.high[0], found.tau[0], found.i2[0]]).all()


@given(trial=st.integers(0, 3), trial_effects=st.sampled_from(("none", "fixed", "random_slope")))
@settings(max_examples=6)
def test_without_a_trial_the_analysis_is_that_of_the_others(trial: int, trial_effects: str) -> None:
    frame = simulated_cohort(160, seed=7, levels=4, trials=4).assign(imputation=0)
    stated = {"covariates": ("x0",), "trial_effects": trial_effects, "better": "high"}
    rest = frame[frame["trial"] != f"t{trial}"].reset_index(drop=True)
    (left,) = without(analysis_of(frame, **stated), f"t{trial}").effects()
    (alone,) = analysis_of(rest, **stated).effects()
    np.testing.assert_array_equal(cohort_effects(left), cohort_effects(alone))


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_with_everything_by_arm_the_outcome_model_is_two_separate_fits(link: str) -> None:
    """Thresholds by arm, the mediator's slope by arm, and covariates times treatment too."""
    frame = simulated_cohort(300, seed=5, levels=4)
    by_arm = specified("x0 + x0:treatment", free_treatment=True, interaction=True, link=link)
    models = mediation_models(frame, specification=by_arm)
    fitted = models.outcome.fit()
    whole = dict(zip(fitted.names, fitted.estimates, strict=True))
    alone = [_fit_of_one_arm(rows, link) for _, rows in frame.groupby("treatment")]
    assert fitted.log_likelihood == pytest.approx(sum(fit.log_likelihood for fit in alone), abs=1e-6)
    slopes = [fit.estimates[3:] for fit in alone]
    own = [whole["mediator"], whole["x0"]]
    assert own == pytest.approx(slopes[0], abs=1e-5)
    more = [whole["treatment:mediator"], whole["x0:treatment"]]
    assert np.add(own, more) == pytest.approx(slopes[1], abs=1e-5)


def _fit_of_one_arm(rows: pd.DataFrame, link: str):
    columns: NDArray[np.float64] = rows[["m", "x0"]].to_numpy()
    return CumulativeLinkModel(
        rows["y"].to_numpy(), columns, names=["mediator", "x0"], n_levels=4, link=link
    ).fit()
