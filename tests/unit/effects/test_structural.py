"""Effects where the mediator's slope is not its effect: confounding and error of measurement.

Numbers of 400 made-up patients (tests/reference/evidence_a.csv) by independent code in R, the last digit +-1.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels
from scipy.special import ndtr

from ipdmediation.data.arms import CELLS
from ipdmediation.effects.structural import (
    StructuralSlope,
    confounded,
    explaining_correlation,
    mismeasured,
)
from ipdmediation.models.errors import ModelError
from ipdmediation.models.specification import AnalysisSpecification
from tests.unit.effects.conftest import Prepared, fine_rule, simulated_cohort, specified

REFERENCE = Path(__file__).parents[2] / "reference"
MEDIATOR_SD = 1.06904312


def of_evidence(link, *, interaction=False):
    """The analysis with trial indicators; low codes are better, so that its error is turned."""
    patients = pd.read_csv(REFERENCE / "evidence_a.csv").dropna(subset=["m"])
    specification = AnalysisSpecification.from_config(
        {
            "mediator": {"variable": "m"},
            "outcome": {"variable": "y", "family": "ordinal", "link": link, "better": "low"},
            "covariates": ["c1", "c2"],
            "trial_effects": "fixed",
            "interaction": interaction,
        }
    )
    return Prepared(patients.rename(columns={"a": "treatment"}).reset_index(drop=True), specification)


@pytest.fixture(scope="module")
def probit():
    return of_evidence("probit")


@pytest.fixture(scope="module")
def crossed():
    return of_evidence("probit", interaction=True)


@pytest.fixture(scope="module")
def logit():
    return of_evidence("logit")


@pytest.mark.parametrize(
    ("rho", "indirect"), [(0, -0.50325959), (0.2, -0.29064487), (0.4, -0.05222273), (-0.2, -0.71714045)]
)
def test_confounding(probit, rho, indirect):
    """`rho` is of the outcome's own codes, of which a higher one is worse."""
    assert probit.sd == pytest.approx(MEDIATOR_SD, abs=2e-8)
    found = probit.effects(confounded(-rho, mediator_sd=probit.sd))
    assert found["te"] == pytest.approx(-1.06098995, abs=2e-8)
    assert found["tnie"] == pytest.approx(indirect, abs=2e-8)
    if rho == 0.2:
        assert found["pm"] == pytest.approx(0.27393744, abs=2e-8)


@pytest.mark.parametrize(
    ("rho", "indirect"), [(0, -0.55538442), (0.2, -0.34606535), (0.4, -0.11083445), (-0.2, -0.76558441)]
)
def test_confounding_with_an_interaction(crossed, rho, indirect):
    found = crossed.effects(confounded(-rho, mediator_sd=crossed.sd))
    assert found["te"] == pytest.approx(-1.06410473, abs=2e-8)
    assert found["tnie"] == pytest.approx(indirect, abs=2e-8)
    if rho == 0.2:
        assert found["pm"] == pytest.approx(0.32521738, abs=2e-8)


def test_the_correlation_that_explains_a_slope(probit, crossed):
    found = explaining_correlation(probit.slopes, mediator_sd=probit.sd)
    np.testing.assert_allclose(-found, [0.4385890904] * 2, atol=2e-9)
    found = explaining_correlation(crossed.slopes, mediator_sd=crossed.sd)
    np.testing.assert_allclose(-found, [0.403993234, 0.4803084506], atol=2e-9)


def test_at_that_correlation_nothing_is_mediated(probit, crossed):
    for prepared, effects in ((probit, {"pnie": 0, "tnie": 1}), (crossed, {"pnie": 0, "tnie": 1})):
        for effect, arm in effects.items():
            rho = explaining_correlation(prepared.slopes[arm], mediator_sd=prepared.sd)
            found = prepared.effects(confounded(rho, mediator_sd=prepared.sd))
            assert found[effect] == pytest.approx(0, abs=2e-9)


@pytest.mark.parametrize(
    ("rho", "indirect"),
    [(0, 0.04300154), (0.1, 0.01150142), (0.3, -0.05611286), (0.5, -0.13964050), (-0.3, 0.13989642)],
)
def test_confounding_of_ucla_data(rho, indirect):
    """Data that statsmodels ships; higher codes are better, so that the error is not turned."""
    path = Path(statsmodels.__file__).parent / "miscmodels/tests/results/ologit_ucla.csv"
    frame = pd.read_csv(path)
    levels = ["unlikely", "somewhat likely", "very likely"]
    frame["apply"] = pd.Categorical(frame["apply"], categories=levels).codes
    prepared = Prepared(
        frame.assign(trial="ucla", treatment=frame["pared"]),
        AnalysisSpecification(mediator="gpa", outcome="apply", link="probit", covariates=("public",)),
    )
    found = prepared.effects(confounded(rho, mediator_sd=prepared.sd))
    assert found["te"] == pytest.approx(0.40096060, abs=2e-8)
    assert found["tnie"] == pytest.approx(indirect, abs=2e-8)
    star = explaining_correlation(prepared.slopes[0], mediator_sd=prepared.sd)
    assert star == pytest.approx(0.1357793368, abs=2e-9)


@pytest.mark.parametrize(
    ("reliability", "indirect", "share"),
    [(0.9, -0.56001917, 0.52782703), (0.8, -0.63104893, 0.59477371), (0.7, -0.72241625, 0.68088887)],
)
def test_error_of_measurement(probit, reliability, indirect, share):
    found = probit.effects(mismeasured(reliability, exact=True))
    assert found["te"] == pytest.approx(-1.06098995, abs=2e-8)
    assert found["tnie"] == pytest.approx(indirect, abs=2e-8)
    assert found["pm"] == pytest.approx(share, abs=2e-8)


@pytest.mark.parametrize(
    ("reliability", "total", "indirect", "share"),
    [
        (0.9, -1.01927150, -0.55803019, 0.54747943),
        (0.8, -1.01348572, -0.62502145, 0.61670475),
        (0.7, -1.00616521, -0.71006715, 0.70571627),
    ],
)
def test_error_of_measurement_by_calibration(logit, reliability, total, indirect, share):
    found = logit.effects(mismeasured(reliability, exact=False))
    assert found["te"] == pytest.approx(total, abs=2e-8)
    assert found["tnie"] == pytest.approx(indirect, abs=2e-8)
    assert found["pm"] == pytest.approx(share, abs=2e-8)


def test_without_bias_nothing_changes(probit):
    for structural in (confounded(0.0, mediator_sd=1.0), mismeasured(1.0, exact=False), StructuralSlope()):
        np.testing.assert_array_equal(probit.cells(structural).natural, probit.cells().natural)


def test_the_latent_scale_and_held_mediators_are_left_alone(logit):
    biased = logit.cells(mismeasured(0.5, exact=False))
    np.testing.assert_array_equal(biased.predictors, logit.cells().predictors)
    np.testing.assert_array_equal(biased.controlled, logit.cells().controlled)


@pytest.mark.parametrize("trial_effects", ["random_slope", "random_slopes"])
def test_a_continuous_outcome_has_products_of_coefficients(trial_effects):
    """TNIE = treatment on mediator times the mediator's effect; by trial where its slope varies."""
    frame = simulated_cohort(600, seed=4, trials=6)
    prepared = Prepared(frame, specified(family="continuous", trial_effects=trial_effects))
    sigma = float(np.sqrt(prepared.outcome.residual_variance))
    rho = 0.3
    shift = rho * sigma / (prepared.sd * np.sqrt(1 - rho**2))
    structural = confounded(rho, mediator_sd=prepared.sd, outcome_sd=sigma)
    assert structural.shift == pytest.approx(shift)
    lost = prepared.effects()["tnie"] - prepared.effects(structural)["tnie"]
    model = prepared.models.mediator
    by_trial = prepared.mediator.modes[:, 1][prepared.models.mediator_design.trial_codes]
    onto = prepared.mediator.estimates[model.names.index("treatment")] + by_trial.mean()
    assert lost == pytest.approx(shift * onto, rel=1e-9)
    assert prepared.effects(structural)["te"] == pytest.approx(prepared.effects()["te"], abs=1e-12)
    doubled = prepared.effects(mismeasured(0.5, exact=True))["tnie"]
    assert doubled == pytest.approx(2 * prepared.effects()["tnie"], rel=1e-9)


@pytest.mark.parametrize(
    ("choices", "options"),
    [
        ({"spline_knots": 4}, {}),
        ({}, {"mediator_distribution": "empirical"}),
    ],
)
def test_there_is_no_closed_form_of_everything(choices, options):
    prepared = Prepared(simulated_cohort(400, seed=2), specified(link="probit", **choices), **options)
    with pytest.raises(ModelError, match="only where it is linear"):
        prepared.cells(mismeasured(0.8, exact=True))


def test_in_a_new_trial_there_is_no_confounding_curve():
    form = specified(link="probit", trial_effects="random_slope")
    prepared = Prepared(simulated_cohort(400, seed=2), form, population="new_trial")
    with pytest.raises(ModelError, match="only for these trials"):
        prepared.cells(confounded(0.1, mediator_sd=1.0))


def confounded_cells(prepared, rho, errors):
    """The mediation formula with errors that are correlated, written out: no shift of any predictor.

    The structural model is that of the latent outcome before it is divided by q = sqrt(1 - rho^2): the curve
    of the mediator loses rho M / s, and what arm and covariates do to M comes back.
    """
    standardised, everyone = prepared.standardised, np.arange(prepared.weights.size)
    means = standardised._mediator.by_arm(prepared.mediator, everyone)
    own = standardised._outcome.by_arm(prepared.outcome, everyone)
    slopes = prepared.outcome.estimates[standardised._terms.positions]
    cuts = prepared.outcome.estimates[: prepared.models.outcome.n_thresholds]
    s, q = prepared.sd, np.sqrt(1 - rho**2)
    nodes, probability = errors
    cells = []
    for arm, source in CELLS:
        m = means[source][:, None] + nodes
        curve = (standardised._terms.columns(m.ravel())[arm] @ slopes).reshape(m.shape)
        structural = q * (own[arm][:, None] + curve) + rho * (means[arm][:, None] - m) / s
        given = structural + rho * nodes / s  # the outcome's error given the mediator's
        cells.append([np.mean(ndtr((q * cut - given) / q) @ probability) for cut in cuts])
    return np.array(cells)


@pytest.mark.parametrize("interaction", [False, True])
@pytest.mark.parametrize("rho", [-0.5, 0.3])
def test_confounding_of_a_curve_is_the_mediation_formula_written_out(rho, interaction):
    form = specified(link="probit", spline_knots=3, interaction=interaction)
    prepared = Prepared(simulated_cohort(200, seed=2, levels=4), form)
    z, probability = fine_rule()
    expected = confounded_cells(prepared, rho, (prepared.sd * z, probability))
    found = prepared.cells(confounded(rho, mediator_sd=prepared.sd)).natural
    np.testing.assert_allclose(np.cumsum(found, axis=1)[:, :-1], expected, atol=1e-6)
    np.testing.assert_array_equal(found[[0, 3]], prepared.cells().natural[[0, 3]])


@pytest.mark.parametrize("rho", [-0.5, 0.3])
def test_confounding_with_the_residuals_that_there_are(rho):
    frame = simulated_cohort(200, seed=2, levels=4)
    prepared = Prepared(frame, specified(link="probit"), mediator_distribution="empirical")
    everyone = np.arange(len(frame))
    means = prepared.standardised._mediator.by_arm(prepared.mediator, everyone)
    residuals = frame["m"].to_numpy() - means[frame["treatment"], everyone]
    expected = confounded_cells(prepared, rho, (residuals, np.full(len(frame), 1 / len(frame))))
    found = prepared.cells(confounded(rho, mediator_sd=prepared.sd)).natural
    np.testing.assert_allclose(np.cumsum(found, axis=1)[:, :-1], expected, atol=1e-6)


def test_the_mean_of_a_continuous_outcome_with_a_curve():
    """The indirect effect loses the shift times what treatment does to the mediator, whatever the curve."""
    prepared = Prepared(simulated_cohort(300, seed=4), specified(family="continuous", spline_knots=3))
    structural = StructuralSlope(shift=0.4)
    lost = prepared.effects()["tnie"] - prepared.effects(structural)["tnie"]
    onto = prepared.mediator.estimates[prepared.models.mediator.names.index("treatment")]
    assert lost == pytest.approx(0.4 * onto, rel=1e-9)
    assert prepared.effects(structural)["te"] == pytest.approx(prepared.effects()["te"], abs=1e-12)
