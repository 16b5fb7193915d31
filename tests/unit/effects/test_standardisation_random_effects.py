"""Standardised outcomes of models with random effects, in these trials and in a new one, by plain sums."""

from dataclasses import replace

import numpy as np
import pytest

from ipdmediation.data.arms import CELLS
from ipdmediation.effects.standardisation import Standardisation
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.models.errors import ModelError
from ipdmediation.models.specification import MODEL_NAMES, mediation_models
from tests.unit.effects.conftest import (
    cells_by_sums,
    fine_rule,
    normal_rule,
    parameters,
    refits,
    simulated_cohort,
    specified,
    with_random_effects,
)
from tests.unit.effects.standardised_cells import LINKS, RANDOM, named, standardised


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


def test_new_trial_needs_random_effects(frame):
    models = mediation_models(frame, specification=specified(trial_effects="fixed"))
    with pytest.raises(ModelError, match="random trial effects"):
        Standardisation.of(models, frame, options=StandardisationOptions(population="new_trial"))
