"""Standardised outcomes against the same sums written out, for every kind of model."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, ndtr

from ipdmediation.data.arms import CELLS
from ipdmediation.effects import compilation, link_tables, quadrature
from ipdmediation.effects.link_tables import Mixture
from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.natural_effects import OutcomeScales, natural_effects
from ipdmediation.effects.quadrature import Rule, gauss_hermite
from ipdmediation.effects.standardisation import Standardisation
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.kernels import standardisation as kernels
from ipdmediation.kernels.comparisons import compare_distributions
from ipdmediation.kernels.link_tables import link_table
from ipdmediation.models.errors import ModelError
from ipdmediation.models.specification import MODEL_NAMES, mediation_models
from ipdmediation.models.splines import restricted_cubic_spline
from ipdmediation.synthetic.truth import effects_of_cells
from tests.unit.effects.conftest import (
    cells_by_sums,
    effects_of,
    fine_rule,
    normal_rule,
    parameters,
    refits,
    simulated_cohort,
    specified,
    with_random_effects,
)

LINKS = {
    "logit": expit,
    "probit": ndtr,
    "cloglog": lambda x: -np.expm1(-np.exp(np.minimum(x, 700.0))),
    "loglog": lambda x: np.exp(-np.exp(np.minimum(-x, 700.0))),
    "cauchit": lambda x: 0.5 + np.arctan(x) / np.pi,
}


@pytest.fixture(scope="module")
def frame():
    return simulated_cohort(150, seed=4)


@pytest.fixture(scope="module")
def weights():
    return np.random.default_rng(5).multinomial(150, np.full(150, 1 / 150)).astype(float)


def standardised(models, frame, fits, weights, **options):
    prepared = Standardisation.of(models, frame, options=StandardisationOptions(**options))
    return prepared.cells(fits[0], fits[-1], weights)


def named(model, fit):
    return dict(zip(model.names, fit.estimates, strict=True))


# --- tables ------------------------------------------------------------------------------------


@pytest.mark.parametrize("sd", [0.0, 0.1, 0.7, 1.3, 3.0, 6.0])
@pytest.mark.parametrize("link", LINKS)
def test_table_against_quadrature(sd, link):
    tables = link_tables.link_tables([Mixture(sd**2)], link=link, residuals=None, low=-20, high=20)
    x = np.linspace(-19.9, 19.9, 4001)
    position, rest = np.divmod((x - tables.low) / link_tables.STEP, 1)
    polynomials = tables.values[0][:, position.astype(int)].T
    found = (polynomials * rest[:, None] ** np.arange(6)).sum(axis=1)
    # an equidistant rule, so that the oracle does not share the order that was chosen
    z = np.linspace(-10, 10, 2001)
    density = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    direct = LINKS[link](x[:, None] + sd * z) @ density
    # the Cauchy distribution bends fastest between the knots of a table
    np.testing.assert_allclose(found, direct, rtol=0, atol=1e-8 if link == "cauchit" else 1e-9)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("far", [0.0, 300.0])
def test_averages_from_sums_of_powers_are_those_of_the_rows(link, far):
    """Rows of two groups and two cells, two of them far out, where each of the tables is at an end."""
    rng = np.random.default_rng(6)
    predictors, row_weights = 1.5 * rng.normal(size=(2, 301)), rng.integers(0, 4, 301).astype(float)
    predictors[:, :2] += far * np.array([-1, 1])
    groups = np.arange(301) % 2
    # of each cell its own
    thresholds = np.array([[-np.inf, -2.0, -0.3, 0.1, 2.5, np.inf], [-np.inf, -1.6, 0.2, 0.3, 1.9, np.inf]])
    added = rng.normal(size=(2, 3, 2))
    mixtures = [Mixture(0.4), Mixture(1.7)]
    lowest, highest = predictors.min(), predictors.max()
    tables = link_tables.link_tables(
        mixtures,
        link=link,
        residuals=None,
        low=-2.0 - highest - added.max(),
        high=2.5 - lowest - added.min(),
    )
    found = kernels.mean_cumulative(
        predictors,
        lowest,
        highest,
        added,
        np.array([[0, 1], [1, 0]]),
        groups,
        row_weights,
        thresholds,
        tables.values,
        tables.low,
        link_tables.STEP,
    )
    z = np.linspace(-10, 10, 2001)
    density = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    for cell in range(2):
        sds = np.sqrt([mixture.variance for mixture in (mixtures if cell == 0 else mixtures[::-1])])[groups]
        for value in range(3):
            shifted = predictors[cell] + added[cell, value, groups]
            rows = [
                LINKS[link]((cut - shifted)[:, None] + sds[:, None] * z) @ density for cut in thresholds[cell]
            ]
            assert found[cell, value] == pytest.approx(
                np.average(rows, axis=1, weights=row_weights), abs=1e-5 if link == "cauchit" and far else 2e-9
            )


@pytest.mark.parametrize("sd", [0.3, 1.0, 2.0, 4.0])
def test_doubling_the_quadrature_changes_nothing(sd):
    order = quadrature.hermite_order(sd)
    x = np.linspace(-20, 20, 801)[:, None]
    single, double = (
        expit(x + sd * rule.nodes) @ rule.weights for rule in (gauss_hermite(order), gauss_hermite(2 * order))
    )
    np.testing.assert_allclose(single, double, rtol=0, atol=1e-8)


def test_doubling_changes_no_effect(frame, monkeypatch):
    once = effects_of(frame, specified(), utility=range(7))
    order = quadrature.hermite_order
    monkeypatch.setattr(quadrature, "hermite_order", lambda sd: 2 * order(sd))
    twice = effects_of(frame, specified(), utility=range(7))
    assert list(once.values()) == pytest.approx(list(twice.values()), abs=1e-8)


# --- models without random effects -------------------------------------------------------------


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("interaction", [False, True])
@pytest.mark.parametrize("trial_effects", ["none", "fixed"])
def test_cells_against_plain_sums(frame, weights, link, interaction, trial_effects):
    models = mediation_models(
        frame, specification=specified(link=link, interaction=interaction, trial_effects=trial_effects)
    )
    fits = refits(models, weights)
    b, theta = named(models.outcome, fits[2]), named(models.mediator, fits[0])
    own, mean = (
        sum(
            coefficient * (frame[name] if name in frame else frame["trial"] == name[6:-1])
            for name, coefficient in each.items()
            if name.startswith(("x", "trial"))
        ).to_numpy(float)
        for each in (b, theta)
    )
    expected = cells_by_sums(
        fits[2].estimates[:6],
        lambda arm, m: (
            own[:, None] + b["treatment"] * arm + (b["mediator"] + arm * b.get("treatment:mediator", 0.0)) * m
        ),
        lambda arm: mean + theta["intercept"] + theta["treatment"] * arm,
        sd=np.sqrt(fits[0].residual_variance),
        link=LINKS[link],
        weights=weights,
    )
    found = standardised(models, frame, fits, weights)
    np.testing.assert_allclose(found.natural, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("link", LINKS)
def test_empirical_residuals_against_plain_sums(frame, weights, link):
    models = mediation_models(frame, specification=specified(link=link, interaction=True))
    fits = refits(models, weights)
    b, theta = named(models.outcome, fits[2]), named(models.mediator, fits[0])
    x = frame[["x0", "x1"]].to_numpy()
    mean = theta["intercept"] + x @ [theta["x0"], theta["x1"]]
    residuals = models.mediator_values - mean - theta["treatment"] * frame["treatment"].to_numpy()
    expected = cells_by_sums(
        fits[2].estimates[:6],
        lambda arm, m: (
            (x @ [b["x0"], b["x1"]])[:, None]
            + b["treatment"] * arm
            + (b["mediator"] + arm * b["treatment:mediator"]) * m
        ),
        lambda arm: mean + theta["treatment"] * arm,
        sd=1.0,
        link=LINKS[link],
        weights=weights,
        rule=(residuals, weights / weights.sum()),
    )
    found = standardised(models, frame, fits, weights, mediator_distribution="empirical")
    np.testing.assert_allclose(found.natural, expected, rtol=0, atol=1e-9)


def test_treatment_by_covariate_terms_are_set_with_the_treatment(frame, weights):
    models = mediation_models(frame, specification=specified(covariates="x0 + x1 + treatment:x0"))
    fits = refits(models, weights)
    b, theta = named(models.outcome, fits[2]), named(models.mediator, fits[0])
    x0, x1 = frame["x0"].to_numpy(), frame["x1"].to_numpy()

    def predictor(each, arm):
        moderated = each["treatment:x0"] * x0
        return each["x0"] * x0 + each["x1"] * x1 + arm * (each["treatment"] + moderated)

    expected = cells_by_sums(
        fits[2].estimates[:6],
        lambda arm, m: predictor(b, arm)[:, None] + b["mediator"] * m,
        lambda arm: predictor(theta, arm) + theta["intercept"],
        sd=np.sqrt(fits[0].residual_variance),
        weights=weights,
    )
    found = standardised(models, frame, fits, weights)
    np.testing.assert_allclose(found.natural, expected, rtol=0, atol=1e-9)


def test_controlled_values_are_on_the_mediator_s_natural_unit(frame, weights):
    volumes = frame.assign(m=np.exp(frame["m"]))
    models = mediation_models(volumes, specification=specified(transform="log", interaction=True))
    fits = refits(models, weights)
    b = named(models.outcome, fits[2])
    own = frame[["x0", "x1"]].to_numpy() @ [b["x0"], b["x1"]]
    found = standardised(models, volumes, fits, weights, controlled_at=(1.0, 5.0)).controlled
    for value, m in enumerate(np.log([1.0, 5.0])):
        for arm in (0, 1):
            predictor = own + arm * b["treatment"] + (b["mediator"] + arm * b["treatment:mediator"]) * m
            cumulative = [
                np.average(expit(cut - predictor), weights=weights) for cut in fits[2].estimates[:6]
            ]
            np.testing.assert_allclose(found[value, arm], np.diff([0, *cumulative, 1]), rtol=0, atol=1e-9)


def test_a_level_lost_by_a_resample_has_no_probability(frame):
    kept = frame[~frame["y"].isin([0, 3, 6])].reset_index(drop=True)
    specification = specified(better="low")
    with_gaps = frame.assign(y=frame["y"].where(~frame["y"].isin([0, 3, 6]), 1))
    models = mediation_models(frame, specification=specification)
    weights = (with_gaps["y"] == frame["y"]).to_numpy(float)
    found = effects_of(frame, specification, weights=weights, models=models, utility=range(7))
    assert np.isfinite([value for (effect, _), value in found.items() if effect != "pm"]).all()
    alone = effects_of(kept.assign(y=kept["y"].map({1: 0, 2: 1, 4: 2, 5: 3})), specification)
    for scale in ("win", "log_or"):
        assert found["tnie", scale] == pytest.approx(alone["tnie", scale], abs=1e-6)


def test_weights_count_as_repeated_rows(frame, weights):
    repeated = frame.loc[np.repeat(frame.index, weights.astype(int))].reset_index(drop=True)
    specification = specified(interaction=True)
    options = StandardisationOptions(mediator_distribution="empirical", controlled_at=(1.0,))
    weighted = effects_of(frame, specification, options=options, weights=weights, quartiles=(0.0, 1.0, 2.0))
    once = effects_of(repeated, specification, options=options, quartiles=(0.0, 1.0, 2.0))
    assert list(weighted.values()) == pytest.approx(list(once.values()), abs=1e-7, nan_ok=True)


def test_definitions_are_those_of_the_synthetic_truth(frame):
    # a model at its true parameters, through the truth's own functions; there a higher level is worse
    models = mediation_models(frame, specification=specified(better="low"))
    truth = {"treatment": -0.8, "mediator": 0.7, "x0": 0.2, "x1": 0.3}
    names = models.outcome.names[6:]
    thresholds = np.array([-2.0, -1.0, 0.0, 0.7, 1.5, 2.5])  # of codes 0..5, P(Y <= k) = F(t - worse)
    outcome = parameters([*-thresholds[::-1], *(-truth[name] for name in names)])
    mediator = parameters([1.0, -0.4, 0.3, 0.3], residual_variance=1.3)
    x = frame[["x0", "x1"]].to_numpy()
    cells = cells_by_sums(
        thresholds,
        lambda arm, m: (x @ [0.2, 0.3])[:, None] - 0.8 * arm + 0.7 * m,
        lambda arm: 1.0 - 0.4 * arm + x @ [0.3, 0.3],
        sd=np.sqrt(1.3),
    )
    utility = np.array([1, 0.91, 0.76, 0.65, 0.33, 0, 0])
    expected = effects_of_cells(cells, utility)
    found = effects_of(
        frame,
        models.specification,
        models=models,
        fits=[mediator, parameters(np.ones(9)), outcome],
        utility=utility,
    )
    for effect, scales in expected.items():
        for scale, value in scales.items():
            assert found[effect, scale] == pytest.approx(value, abs=1e-7), (effect, scale)


# --- random effects ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mixed(frame):
    """Models that pass for mixed ones, and fits at chosen parameters."""
    plain = mediation_models(frame, specification=specified())
    rng = np.random.default_rng(6)
    covariance = {q: np.cov(rng.normal(size=(q, 9))) * 0.3 for q in (2, 3)}
    mediator = parameters(
        [1.0, -0.4, 0.3, 0.2], covariance=covariance[2], modes=rng.normal(size=(3, 2)), residual_variance=1.2
    )
    estimates = [-3, -2, -1, 0, 0.5, 1, 0.8, -0.7, 0.2, 0.3]

    def outcome(q):
        return parameters(estimates, covariance=covariance[q], modes=0.4 * rng.normal(size=(3, q)))

    return plain, mediator, {2: outcome(2), 3: outcome(3)}


RANDOM = ("intercept", "treatment", "mediator")


@pytest.mark.parametrize("q", [2, 3])
def test_patients_are_at_the_modes_of_their_own_trial(frame, weights, mixed, q):
    plain, mediator, outcomes = mixed
    models = with_random_effects(plain, outcome=RANDOM[:q])
    x, codes = frame[["x0", "x1"]].to_numpy(), models.outcome_design.trial_codes
    u = mediator.modes[codes]
    v = np.hstack([outcomes[q].modes, np.zeros((3, 3 - q))])[codes]
    expected = cells_by_sums(
        outcomes[q].estimates[:6],
        lambda arm, m: (x @ [0.2, 0.3] + v[:, 0] + (0.8 + v[:, 1]) * arm)[:, None] + (-0.7 + v[:, [2]]) * m,
        lambda arm: 1.0 + x @ [0.3, 0.2] + u[:, 0] + (-0.4 + u[:, 1]) * arm,
        sd=np.sqrt(1.2),
        weights=weights,
    )
    found = standardised(models, frame, [mediator, outcomes[q]], weights)
    np.testing.assert_allclose(found.natural, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("q", [2, 3])
@pytest.mark.parametrize("link", LINKS)
def test_new_trial_against_sums_over_random_effects(frame, weights, mixed, q, link):
    plain, mediator, outcomes = mixed
    plain = replace(plain, specification=replace(plain.specification, link=link))
    models = with_random_effects(plain, outcome=RANDOM[:q])
    outcome = outcomes[q]
    x = frame[["x0", "x1"]].to_numpy()
    root = np.linalg.cholesky(outcome.random_covariance)
    nodes, probability = normal_rule(16)
    expected = np.zeros((4, 7))
    held = np.zeros((2, 7))
    grid = np.stack(np.meshgrid(*[nodes] * q, indexing="ij"), axis=-1).reshape(-1, q) @ root.T
    shares = np.prod(np.stack(np.meshgrid(*[probability] * q, indexing="ij")), axis=0).ravel()
    likely = shares > 1e-8
    some = np.flatnonzero(weights)[:2]  # the sums over a grid are long
    fixed = weights.copy()
    fixed[:] = 0
    fixed[some] = [1, 2]
    for v, share in zip(grid[likely], shares[likely], strict=True):
        slope = -0.7 + (v[2] if q == 3 else 0.0)
        for cell, (arm, source) in enumerate(CELLS):
            column = np.array([1.0, source])
            sd = np.sqrt(1.2 + column @ mediator.random_covariance @ column)
            mean = 1.0 + x[some] @ [0.3, 0.2] - 0.4 * source
            predictor = x[some] @ [0.2, 0.3] + v[0] + (0.8 + v[1]) * arm + slope * mean
            z, density = fine_rule()
            cumulative = [
                np.average(LINKS[link](cut - predictor[:, None] - slope * sd * z) @ density, weights=[1, 2])
                for cut in outcome.estimates[:6]
            ]
            expected[cell] += share * np.diff([0, *cumulative, 1])
        for arm in (0, 1):
            predictor = x[some] @ [0.2, 0.3] + v[0] + (0.8 + v[1]) * arm + slope * 0.5
            cumulative = [
                np.average(LINKS[link](cut - predictor), weights=[1, 2]) for cut in outcome.estimates[:6]
            ]
            held[arm] += share * np.diff([0, *cumulative, 1])
    found = standardised(
        models, frame, [mediator, outcome], fixed, population="new_trial", controlled_at=(0.5,)
    )
    # the grid over the random effects has few nodes for the bends of a Cauchy distribution
    bound = 2e-5 if link == "cauchit" else 2e-6
    np.testing.assert_allclose(found.natural, expected / shares[likely].sum(), rtol=0, atol=bound)
    np.testing.assert_allclose(found.controlled[0], held / shares[likely].sum(), rtol=0, atol=bound)


@pytest.mark.parametrize("population", ["these_trials", "new_trial"])
@pytest.mark.parametrize("distribution", ["gaussian", "empirical"])
@pytest.mark.parametrize("q", [1, 2, 3])
def test_random_effects_without_variance_change_nothing(frame, weights, population, distribution, q):
    plain = mediation_models(frame, specification=specified(interaction=True))
    fits = refits(plain, weights)
    nothing = {"covariance": np.zeros((q, q)), "modes": np.zeros((3, q))}
    mediator = parameters(fits[0].estimates, residual_variance=fits[0].residual_variance, **nothing)
    outcome = parameters(fits[2].estimates, **nothing)
    models = with_random_effects(plain, mediator=RANDOM[:q], outcome=RANDOM[:q])
    options = {"mediator_distribution": distribution, "controlled_at": (0.0, 1.0)}
    expected = standardised(plain, frame, fits, weights, **options)
    found = standardised(models, frame, [mediator, outcome], weights, population=population, **options)
    for name in ("natural", "controlled", "predictors"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=0, atol=1e-12)


def test_khb_of_random_effects_uses_the_fixed_ones(frame, weights, mixed):
    plain, mediator, outcomes = mixed
    models = with_random_effects(plain, outcome=RANDOM)
    for population in ("these_trials", "new_trial"):
        cells = standardised(models, frame, [mediator, outcomes[3]], weights, population=population)
        indirect = cells.predictors[3] - cells.predictors[2]
        assert indirect == pytest.approx(-0.7 * -0.4, abs=1e-12)
        assert cells.predictors[3] - cells.predictors[0] == pytest.approx(0.8 + 0.28, abs=1e-12)


@pytest.mark.filterwarnings("ignore::ipdmediation.models.errors.SingularFitWarning")
@pytest.mark.parametrize("trial_effects", ["random_intercept", "random_slope", "random_slopes"])
def test_fitted_mixed_models(trial_effects):
    cohort = simulated_cohort(600, seed=12, trials=6)
    rng = np.random.default_rng(13)
    shift = dict(zip(sorted(cohort["trial"].unique()), rng.normal(size=6), strict=True))
    cohort["m"] += cohort["trial"].map(shift) * (1 + cohort["treatment"])
    models = mediation_models(cohort, specification=specified(trial_effects=trial_effects))
    fits = [getattr(models, name).fit().start() for name in MODEL_NAMES]
    b, theta = named(models.outcome, fits[2]), named(models.mediator, fits[0])
    x, codes = cohort[["x0", "x1"]].to_numpy(), models.outcome_design.trial_codes
    u, v = (np.hstack([fit.modes, np.zeros((6, 2))])[codes] for fit in (fits[0], fits[2]))
    if trial_effects == "random_slopes":
        assert u[:, 2:].max() == 0
    expected = cells_by_sums(
        fits[2].estimates[:6],
        lambda arm, m: (
            (x @ [b["x0"], b["x1"]] + v[:, 0] + (b["treatment"] + v[:, 1]) * arm)[:, None]
            + (b["mediator"] + v[:, [2]]) * m
        ),
        lambda arm: (
            theta["intercept"]
            + x @ [theta["x0"], theta["x1"]]
            + u[:, 0]
            + (theta["treatment"] + u[:, 1]) * arm
        ),
        sd=np.sqrt(fits[0].residual_variance),
    )
    found = standardised(models, cohort, fits, np.ones(600))
    np.testing.assert_allclose(found.natural, expected, rtol=0, atol=1e-9)
    assert found.predictors[3] - found.predictors[2] == pytest.approx(b["mediator"] * theta["treatment"])
    elsewhere = standardised(models, cohort, fits, np.ones(600), population="new_trial")
    assert np.abs(elsewhere.natural - found.natural).max() > 1e-6


# --- a spline of the mediator ------------------------------------------------------------------

KNOTS = (-0.5, 1.0, 2.2)


def restricted_cubic(m):
    """Linear term and the one restricted cubic term of three knots (Harrell)."""
    a, b, c = KNOTS
    cubes = [np.maximum(np.asarray(m, dtype=float) - knot, 0.0) ** 3 for knot in KNOTS]
    curve = cubes[0] - cubes[1] * (c - a) / (c - b) + cubes[2] * (b - a) / (c - b)
    return np.stack([np.asarray(m, dtype=float), curve / (c - a) ** 2], axis=-1)


def dense_rule(points=1501):
    z = np.linspace(-9, 9, points)
    density = np.exp(-(z**2) / 2)
    return z, density / density.sum()


@pytest.fixture(scope="module")
def spline(frame):
    models = mediation_models(frame, specification=specified(spline_knots=3), knots=KNOTS)
    assert models.outcome_design.names[:3] == ("treatment", "mediator[1]", "mediator[2]")
    outcome = parameters([-3, -2, -1, 0, 0.5, 1, 0.8, -0.7, 0.5, 0.2, 0.3])
    return models, [refits(models)[0], outcome]


def test_spline_against_plain_sums(frame, weights, spline):
    models, fits = spline
    x = frame[["x0", "x1"]].to_numpy()
    theta = named(models.mediator, fits[0])
    expected = cells_by_sums(
        fits[1].estimates[:6],
        lambda arm, m: (x @ [0.2, 0.3])[:, None] + 0.8 * arm + restricted_cubic(m) @ [-0.7, 0.5],
        lambda arm: theta["intercept"] + x @ [theta["x0"], theta["x1"]] + theta["treatment"] * arm,
        sd=np.sqrt(fits[0].residual_variance),
        weights=weights,
        rule=dense_rule(),
    )
    found = standardised(models, frame, fits, weights, controlled_at=(0.7,))
    np.testing.assert_allclose(found.natural, expected, rtol=0, atol=2e-9)
    predictor = x @ [0.2, 0.3] + 0.8 + restricted_cubic(0.7) @ [-0.7, 0.5]
    first = np.average(expit(-3 - predictor), weights=weights)
    assert found.controlled[0, 1, 0] == pytest.approx(first, abs=1e-9)


def test_fitted_spline_with_interaction_against_plain_sums(weights):
    """Far from zero on the mediator's scale, where the columns of four knots are not zero."""
    frame = simulated_cohort(150, seed=14)
    frame["m"] += 10
    models = mediation_models(
        frame,
        specification=specified(spline_knots=4, interaction=True, trial_effects="fixed", better="low"),
    )
    fits = refits(models)
    theta, b = named(models.mediator, fits[0]), named(models.outcome, fits[2])
    knots = models.outcome_design.mediator_knots
    terms = ("mediator[1]", "mediator[2]", "mediator[3]")
    main = np.array([b[term] for term in terms])
    products = np.array([b[f"treatment:{term}"] for term in terms])

    def without_mediator(of):
        trials = frame["trial"].map({trial: of.get(f"trial[{trial}]", 0.0) for trial in ("t0", "t1", "t2")})
        return (frame["x0"] * of["x0"] + frame["x1"] * of["x1"] + trials).to_numpy()

    def outcome(arm, m):
        curve = restricted_cubic_spline(m.ravel(), knots=knots) @ (main + arm * products)
        return without_mediator(b)[:, None] + b["treatment"] * arm + curve.reshape(m.shape)

    expected = cells_by_sums(
        fits[2].estimates[:6],
        outcome,
        lambda arm: theta["intercept"] + without_mediator(theta) + theta["treatment"] * arm,
        sd=np.sqrt(fits[0].residual_variance),
        weights=weights,
        rule=dense_rule(),
    )
    found = standardised(models, frame, fits, weights)
    np.testing.assert_allclose(found.natural, expected, rtol=0, atol=5e-9)


def test_spline_with_random_slopes_of_the_mediator(frame, weights, spline, mixed):
    models, fits = spline
    _, mediator, outcomes = mixed
    models = with_random_effects(models, outcome=RANDOM, fitted=mediator)
    outcome = outcomes[3]._replace(estimates=fits[1].estimates)
    x, codes = frame[["x0", "x1"]].to_numpy(), models.outcome_design.trial_codes
    u, v = mediator.modes[codes], outcome.modes[codes]
    expected = cells_by_sums(
        outcome.estimates[:6],
        lambda arm, m: (
            (x @ [0.2, 0.3] + v[:, 0] + (0.8 + v[:, 1]) * arm)[:, None]
            + v[:, [2]] * m
            + restricted_cubic(m) @ [-0.7, 0.5]
        ),
        lambda arm: 1.0 + x @ [0.3, 0.2] + u[:, 0] + (-0.4 + u[:, 1]) * arm,
        sd=np.sqrt(1.2),
        weights=weights,
        rule=dense_rule(),
    )
    found = standardised(models, frame, [mediator, outcome], weights)
    np.testing.assert_allclose(found.natural, expected, rtol=0, atol=5e-9)


# variance between trials beside 1.2 within them, and root of the covariance of intercept and mediator slope
@pytest.mark.parametrize("spread", [(0.3, [[0.55, 0.0], [0.09, 0.27]]), (25.0, [[0.55, 0.0], [0.0, 0.0]])])
def test_spline_in_a_new_trial_against_sums_over_random_effects(frame, weights, spline, mixed, spread):
    models, fits = spline
    _, mediator, outcomes = mixed
    between, root = spread[0], np.array(spread[1])
    mediator = mediator._replace(random_covariance=between * np.array([[1.0, -0.3], [-0.3, 0.5]]))
    models = with_random_effects(models, outcome=RANDOM, fitted=mediator)
    covariance = np.zeros((3, 3))
    covariance[np.ix_([0, 2], [0, 2])] = root @ root.T
    outcome = outcomes[3]._replace(estimates=fits[1].estimates, random_covariance=covariance)
    some = np.flatnonzero(weights)[:3]
    fixed = np.zeros_like(weights)
    fixed[some] = 1
    x = frame[["x0", "x1"]].to_numpy()[some]
    nodes, probability = normal_rule(24)
    expected = np.zeros((4, 7))
    for i, j in np.ndindex(24, 24):
        v = root @ [nodes[i], nodes[j]]
        for cell, (arm, source) in enumerate(CELLS):
            column = np.array([1.0, source])
            z, density = dense_rule(601)
            m = (1.0 + x @ [0.3, 0.2] - 0.4 * source)[:, None]
            m = m + np.sqrt(1.2 + column @ mediator.random_covariance @ column) * z
            predictor = (x @ [0.2, 0.3])[:, None] + v[0] + 0.8 * arm + v[1] * m
            predictor = predictor + restricted_cubic(m) @ [-0.7, 0.5]
            cumulative = [np.mean(expit(cut - predictor) @ density) for cut in outcome.estimates[:6]]
            expected[cell] += probability[i] * probability[j] * np.diff([0, *cumulative, 1])
    found = standardised(models, frame, [mediator, outcome], fixed, population="new_trial")
    np.testing.assert_allclose(found.natural, expected, rtol=0, atol=1e-7)


def test_more_panels_change_nothing(frame, weights, spline, monkeypatch):
    models, fits = spline
    once = standardised(models, frame, fits, weights)
    monkeypatch.setattr(quadrature, "_PANEL_POINTS", 16)
    twice = standardised(models, frame, fits, weights)
    np.testing.assert_allclose(once.natural, twice.natural, rtol=0, atol=1e-8)
    np.testing.assert_allclose(once.predictors, twice.predictors, rtol=0, atol=1e-8)


def test_flat_curve_is_the_linear_mediator(frame, weights, spline):
    models, fits = spline
    flat = fits[1].estimates.copy()
    flat[8] = 0.0
    found = standardised(models, frame, [fits[0], parameters(flat)], weights, controlled_at=(1.0,))
    plain = mediation_models(frame, specification=specified())
    linear = parameters(np.delete(flat, 8))
    expected = standardised(plain, frame, [fits[0], linear], weights, controlled_at=(1.0,))
    for name in ("natural", "controlled", "predictors"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=0, atol=1e-9)


def test_a_spline_has_no_single_coefficient(frame, spline):
    models, fits = spline
    prepared = MediationEffects.of(models, frame, options=StandardisationOptions())
    total = refits(mediation_models(frame, specification=specified()))[1]
    values = prepared.evaluate([fits[0], total, fits[1]], np.ones(len(frame)))
    assert np.isfinite(values).all()
    assert len(values) == len(prepared.effects)
    named_effects = {effect.effect for effect in prepared.effects}
    assert {"direct", "khb", "log_or_difference"} <= named_effects
    assert not {"mediator_effect", "log_or_product"} & named_effects


# --- what cannot be asked for ------------------------------------------------------------------


def test_new_trial_needs_random_effects(frame):
    models = mediation_models(frame, specification=specified(trial_effects="fixed"))
    with pytest.raises(ModelError, match="random trial effects"):
        Standardisation.of(models, frame, options=StandardisationOptions(population="new_trial"))


def test_spline_needs_a_gaussian_residual(frame, spline):
    with pytest.raises(ModelError, match="linear in the outcome model"):
        Standardisation.of(
            spline[0], frame, options=StandardisationOptions(mediator_distribution="empirical")
        )


def test_unknown_choice_is_named():
    with pytest.raises(ModelError, match="population must be one of these_trials, new_trial, not 'here'"):
        StandardisationOptions.from_config({"population": "here"})


def test_utilities_have_to_fit_the_levels():
    with pytest.raises(ModelError, match="3 outcome levels need as many utilities, not 2"):
        OutcomeScales.of(["0", "1", "2"], utility=[1, 0])


def test_scales_use_the_outcome_s_own_codes():
    scales = OutcomeScales.of(["3", "2", "1"], utility=[1.0, 0.5, 0.0])
    cells = np.array([[0.2, 0.3, 0.5]] * 3 + [[0.1, 0.3, 0.6]])
    te = dict(zip((scale.key for scale in scales.every), natural_effects(cells, scales)[0], strict=True))
    assert te["mean"] == pytest.approx(-0.2)
    assert te["utility"] == pytest.approx(0.1)
    assert (te["prob_le_1"], te["prob_le_2"]) == pytest.approx((0.1, 0.1))
    assert te["win"] > 0
    assert te["log_or"] > 0


def test_rule_on_the_mediator_s_scale_has_its_knots_as_edges():
    rule = quadrature.mediator_rule(np.array([0.0, 1.0]), residual_sd=0.2, total_sd=0.5, knots=[0.3])
    assert rule.weights.sum() == pytest.approx(11.0)
    kink = np.where(rule.nodes > 0.3, (rule.nodes - 0.3) ** 3, 0.0)
    assert kink @ rule.weights == pytest.approx((6.0 - 0.3) ** 4 / 4, rel=1e-12)
    assert isinstance(rule, Rule)


def test_compilation_leaves_nothing_to_compile(frame, weights, spline):
    def signatures():
        called = {"link_table": link_table, "compare_distributions": compare_distributions}
        return {name: len(called.get(name, getattr(kernels, name, None)).signatures) for name in names}

    names = [*compilation.compile_kernels(None), *compilation.compile_kernels("logit")]
    compiled = signatures()
    effects_of(frame, specified(), weights=weights)
    standardised(spline[0], frame, spline[1], weights)
    assert signatures() == compiled


def test_the_mediator_is_no_covariate(frame):
    with pytest.raises(ModelError, match="m is the mediator"):
        mediation_models(frame, specification=specified(covariates="x0 + x1:m"))
