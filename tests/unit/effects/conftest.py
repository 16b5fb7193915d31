"""Cohorts, fits at chosen parameters, and the mediation formula written out as plain sums."""

from copy import copy
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, roots_hermitenorm

from ipdmediation.data.arms import CELLS
from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.natural_effects import OutcomeScales, natural_effects
from ipdmediation.effects.standardisation import Standardisation
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.results import Refit
from ipdmediation.models.specification import MODEL_NAMES, AnalysisSpecification, mediation_models
from ipdmediation.vocabulary.effects import NATURAL_EFFECTS
from tests.unit.effects.standardised_cells import KNOTS


def simulated_cohort(
    n,
    *,
    seed,
    shift=-0.4,
    slope=-0.78,
    direct=0.8,
    spread=1.2,
    levels=7,
    trials=3,
    covariates=2,
    noise="logistic",
):
    """Patients of a proportional-odds model; a higher outcome is better."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({f"x{j}": rng.normal(size=n) for j in range(covariates)})
    frame.insert(0, "trial", [f"t{j}" for j in rng.permutation(n) % trials])
    frame.insert(1, "treatment", rng.permutation(n) % 2)
    own = frame.filter(regex=r"^x\d").sum(axis=1)
    frame["m"] = 1 + shift * frame["treatment"] + 0.3 * own + spread * rng.normal(size=n)
    latent = direct * frame["treatment"] + slope * frame["m"] + 0.2 * own
    frame["y"] = np.digitize(latent + getattr(rng, noise)(size=n), np.linspace(-2.5, 1.5, levels - 1))
    return frame


def specified(covariates=2, **choices):
    """Choose the analysis; `covariates` is their number or a formula."""
    if not isinstance(covariates, str):
        covariates = tuple(f"x{j}" for j in range(covariates))
    return AnalysisSpecification(**{"mediator": "m", "outcome": "y", "covariates": covariates, **choices})


def refits(models, weights=None):
    weights = np.ones(models.mediator_values.size) if weights is None else weights
    fits = [getattr(models, name).refit(weights) for name in MODEL_NAMES]
    assert all(fit.status == FitStatus.CONVERGED for fit in fits)
    return fits


def effects_of(frame, specification, *, options=None, weights=None, fits=None, models=None, **choices):
    """Evaluate all effects of a cohort; {(effect, scale): value}."""
    models = mediation_models(frame, specification=specification) if models is None else models
    weights = np.ones(len(frame)) if weights is None else weights
    prepared = MediationEffects.of(models, frame, options=options or StandardisationOptions(), **choices)
    values = prepared.evaluate(fits or refits(models, weights), weights)
    return dict(zip((effect.key for effect in prepared.effects), values, strict=True))


class Prepared:
    """Models of a cohort, fitted once; natural effects on the mean outcome, by name."""

    def __init__(self, frame, specification, **options):
        self.models = mediation_models(frame, specification=specification)
        whole = np.ones(len(frame))
        fits = [getattr(self.models, name).refit(whole) for name in MODEL_NAMES]
        assert all(FitStatus(fit.status).usable for fit in fits)
        self.mediator, _, self.outcome = fits
        options = StandardisationOptions(**options)
        self.standardised = Standardisation.of(self.models, frame, options=options)
        self.scales = OutcomeScales.of(self.models.outcome_levels)
        self.weights = whole

    @property
    def sd(self):
        return float(np.sqrt(self.mediator.residual_variance))

    @property
    def slopes(self):
        """Of the mediator by arm."""
        own = self.outcome.estimates[self.standardised._terms.positions]
        return self.standardised._terms.columns([1.0])[:, 0] @ own

    def cells(self, structural=None):
        mediator, outcome = self.mediator, self.outcome
        return self.standardised.cells(mediator, outcome, self.weights, structural=structural)

    def effects(self, structural=None):
        found = natural_effects(self.cells(structural).natural, self.scales)
        return dict(zip(NATURAL_EFFECTS, found[:, 0], strict=True))

    def at(self, *, slopes=None, direct=None, sd=None):
        """The same cohort, at other coefficients than those that fit it best."""
        moved = copy(self)
        terms = self.standardised._terms
        estimates = self.outcome.estimates.copy()
        if slopes is not None:
            estimates[terms.positions] = slopes
        if direct is not None:
            estimates[self.models.outcome.names.index("treatment")] = direct
        moved.outcome = self.outcome._replace(estimates=estimates)
        if sd is not None:
            moved.mediator = self.mediator._replace(residual_variance=sd**2)
        return moved


@dataclass(frozen=True)
class Labels:
    """The part of a mixed model that standardisation asks for: what its estimates are, and a fit."""

    names: tuple[str, ...]
    random_names: tuple[str, ...]
    n_thresholds: int
    fitted: Refit | None = None

    def refit(self, weights):
        return self.fitted


def with_random_effects(
    models, *, mediator=("intercept", "treatment"), outcome=("intercept", "treatment"), fitted=None
):
    """Make the models of a cohort pass for mixed ones; `fitted` is what the mediator model fits."""
    return replace(
        models,
        mediator=Labels(models.mediator.names, mediator, models.mediator.n_thresholds, fitted),
        outcome=Labels(models.outcome.names, outcome, models.outcome.n_thresholds),
    )


def parameters(estimates, *, covariance=(), modes=(), residual_variance=np.nan):
    q = len(covariance)
    return Refit(
        np.asarray(estimates, dtype=float),
        np.reshape(covariance, (q, q)).astype(float),
        np.asarray(modes, dtype=float).reshape(-1, q) if q else np.zeros((0, 0)),
        residual_variance,
        np.nan,
        0,
        1,
    )


def normal_rule(order):
    nodes, weights = roots_hermitenorm(order)
    return nodes, weights / weights.sum()


def fine_rule():
    """Equidistant: good for every link, and not what the code takes for most."""
    nodes = np.linspace(-9, 9, 801)
    weights = np.exp(-(nodes**2) / 2)
    return nodes, weights / weights.sum()


def cells_by_sums(thresholds, outcome, mediator, *, sd, link=expit, weights=None, rule=None):
    """Average the outcome distributions over patients and quadrature nodes, without any table.

    outcome(a, m) and mediator(a) give arrays over patients (rows) and nodes (columns).
    """
    z, probability = fine_rule() if rule is None else rule
    rows = []
    for arm, source in CELLS:
        predictor = outcome(arm, mediator(source)[:, None] + sd * z)
        cumulative = [np.average(link(cut - predictor) @ probability, weights=weights) for cut in thresholds]
        rows.append(np.diff([0.0, *cumulative, 1.0]))
    return np.array(rows)


@pytest.fixture(scope="session")
def frame():
    return simulated_cohort(150, seed=4)


@pytest.fixture(scope="session")
def weights():
    return np.random.default_rng(5).multinomial(150, np.full(150, 1 / 150)).astype(float)


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def spline(frame):
    models = mediation_models(frame, specification=specified(spline_knots=3), knots=KNOTS)
    assert models.outcome_design.names[:3] == ("treatment", "mediator[1]", "mediator[2]")
    outcome = parameters([-3, -2, -1, 0, 0.5, 1, 0.8, -0.7, 0.5, 0.2, 0.3])
    return models, [refits(models)[0], outcome]
