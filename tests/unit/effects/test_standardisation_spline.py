"""Standardised outcomes with a spline of the mediator, against plain sums."""

import numpy as np
import pytest
from scipy.special import expit

from ipdmediation.data.arms import CELLS
from ipdmediation.effects import compilation, quadrature
from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.standardisation import Standardisation
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.kernels import standardisation as kernels
from ipdmediation.kernels.comparisons import compare_distributions
from ipdmediation.kernels.link_tables import link_table
from ipdmediation.models.errors import ModelError
from ipdmediation.models.specification import mediation_models
from ipdmediation.models.splines import restricted_cubic_spline
from tests.unit.effects.conftest import (
    cells_by_sums,
    effects_of,
    normal_rule,
    parameters,
    refits,
    simulated_cohort,
    specified,
    with_random_effects,
)
from tests.unit.effects.standardised_cells import RANDOM, dense_rule, named, restricted_cubic, standardised


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


def test_spline_needs_a_gaussian_residual(frame, spline):
    with pytest.raises(ModelError, match="linear in the outcome model"):
        Standardisation.of(
            spline[0], frame, options=StandardisationOptions(mediator_distribution="empirical")
        )


def test_compilation_leaves_nothing_to_compile(frame, weights, spline):
    def signatures():
        called = {"link_table": link_table, "compare_distributions": compare_distributions}
        return {name: len(called.get(name, getattr(kernels, name, None)).signatures) for name in names}

    names = [*compilation.compile_kernels(None), *compilation.compile_kernels("logit")]
    compiled = signatures()
    effects_of(frame, specified(), weights=weights)
    standardised(spline[0], frame, spline[1], weights)
    assert signatures() == compiled
