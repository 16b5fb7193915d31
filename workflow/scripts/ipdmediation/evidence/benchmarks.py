"""How strong an unmeasured cause would be that is as strong as a measured covariate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.predictors import first_column
from ipdmediation.evidence.along import Slopes
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.design import Design
from ipdmediation.models.results import Model, Refit
from ipdmediation.vocabulary.terms import Term
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS


def benchmark(
    prepared: MediationEffects, mediator: Refit, outcome: Refit, slopes: Slopes, *, covariate: str
) -> float:
    """Return the correlation of the errors that a measured covariate would make if it were left out.

    With gamma and beta its coefficients in the mediator and the outcome model, s and sigma the standard
    deviations of their errors, and V the covariance of its columns given treatment, trials and the other
    covariates, it is

        gamma' V beta / sqrt((s^2 + gamma' V gamma) (sigma^2 + beta' V beta)).

    All columns of a covariate count together. Cinelli & Hazlett 2020, J R Stat Soc B 82:39 (benchmarks).

    Parameters
    ----------
    prepared : MediationEffects
    mediator, outcome : Refit
        Fits of the two models to the cohort.
    slopes : Slopes
        Of these.
    covariate : str
        A variable of both models.

    Returns
    -------
    float
        Of the outcome as modelled, a higher level being better.
    """
    models = prepared.models
    sides = (
        (models.mediator, models.mediator_design, mediator),
        (models.outcome, models.outcome_design, outcome),
    )
    parts, rest = [], [_of_trials(models.mediator_design, models.specification.trial_effects)]
    for model, design, fit in sides:
        own = _columns_of(design, covariate)
        parts.append(design.matrix[:, own] @ _coefficients(model, design, fit)[own])
        others = np.setdiff1d(np.arange(len(design.terms)), [*own, *design.mediator_positions])
        rest.append(design.matrix[:, others])
    weights = np.sqrt(models.weighted(np.ones(len(models.mediator_values))))[:, None]
    known, scores = weights * np.hstack(rest), weights * np.array(parts).T
    fitted, _, rank, _ = np.linalg.lstsq(known, scores, rcond=None)
    residuals = scores - known @ fitted
    both = residuals.T @ residuals / ((weights**2).sum() - rank)
    spread = (slopes.mediator_sd**2 + both[0, 0]) * (slopes.outcome_sd**2 + both[1, 1])
    return float(both[0, 1] / np.sqrt(spread))


def _of_trials(design: Design, trial_effects: str) -> FloatArray:
    """Return the columns of an intercept by trial, one for all where the models do not tell trials apart."""
    apart = TRIAL_EFFECTS[trial_effects].tell_apart
    codes = design.trial_codes if apart else np.zeros_like(design.trial_codes)
    return np.eye(codes.max() + 1)[codes]


def _coefficients(model: Model, design: Design, fit: Refit) -> FloatArray:
    return fit.estimates[first_column(model, design) :]


def _columns_of(design: Design, covariate: str) -> IntArray:
    """Return the columns that a covariate has a part in and treatment has none."""
    return np.array(
        [at for at in design.adjustment_positions if covariate in _variables([design.terms[at]])],
        dtype=np.int64,
    )


def _variables(terms: Sequence[Term]) -> Iterator[str]:
    for term in terms:
        yield term.variable
        yield from _variables(term.parts)
