"""Each trial's effects on the mediator and on the outcome, with the errors of its own models."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from ipdmediation.data.covariates import StatedCovariates
from ipdmediation.evidence.by_trial import NotConvergedError, single_trials, why_not
from ipdmediation.evidence.panel_models import panel_analysis
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.pooling import pool_estimates
from ipdmediation.models.errors import ModelError
from ipdmediation.models.specification import MODEL_NAMES, MediationModels, models_by_imputation
from ipdmediation.vocabulary.terms import TREATMENT


@dataclass(frozen=True, kw_only=True)
class SurrogateTrial:
    """What one trial adds to the question whether the mediator can stand for the outcome.

    Attributes
    ----------
    trial : str
    reason : str
        Why it is left out, and has no numbers; empty where it is not.
    patients : int
    alpha, alpha_se : float
        Effect of treatment on the mediator, on its analysis scale.
    beta, beta_se : float
        Total effect on the outcome: the treatment's coefficient.
    g2 : float
        Likelihood-ratio statistic of the mediator given treatment, the mean over completed data sets.
    """

    trial: str
    reason: str = ""
    patients: int
    alpha: float = math.nan
    alpha_se: float = math.nan
    beta: float = math.nan
    beta_se: float = math.nan
    g2: float = math.nan


def surrogate_trials(
    analysis: ImputedAnalysis,
    *,
    covariates: StatedCovariates,
    unmeasured: Collection[str] = (),
    minimum_count: int = 1,
) -> Iterator[SurrogateTrial]:
    """Yield the trials of an analysis, those that cannot be set beside the others with the reason.

    M ~ A + C, Y ~ A + C and Y ~ A + M + C are fitted to each trial by itself; standard errors are those of
    the models, pooled over completed data sets by Rubin's rules.

    Parameters
    ----------
    analysis : ImputedAnalysis
        Of all trials together.
    covariates, unmeasured, minimum_count
        As for `by_trial.drawn_trials`.
    """
    for single in single_trials(
        panel_analysis(analysis), covariates=covariates, unmeasured=unmeasured, minimum_count=minimum_count
    ):
        patients = sum(count or 0 for count in single.arms.values())
        reason, found = single.reason, []
        if not reason:
            own = single.analysis
            try:
                found = [
                    _fitted(models)
                    for models in models_by_imputation(
                        own.completed, specification=own.specification, variables=own.variables
                    )
                ]
            except ModelError as error:
                reason = why_not(error)
        if reason:
            yield SurrogateTrial(trial=single.trial, patients=patients, reason=reason)
            continue
        numbers = np.array(found)
        pooled = pool_estimates(numbers[:, :2], numbers[:, 2:4])
        yield SurrogateTrial(
            trial=single.trial,
            patients=patients,
            alpha=float(pooled.estimate[0]),
            alpha_se=float(pooled.se[0]),
            beta=float(pooled.estimate[1]),
            beta_se=float(pooled.se[1]),
            g2=max(float(numbers[:, 4].mean()), 0.0),
        )


def _fitted(models: MediationModels) -> tuple[float, ...]:
    """Return both effects of treatment, their variances, and what the mediator adds to the likelihood."""
    mediator, total, outcome = (models.fit(name) for name in MODEL_NAMES)
    if not all(fit.converged for fit in (mediator, total, outcome)):
        raise NotConvergedError
    effects = [
        (fit.coefficient(TREATMENT), fit.covariance[at, at])
        for fit in (mediator, total)
        for at in [fit.names.index(TREATMENT)]
    ]
    (alpha, alpha_variance), (beta, beta_variance) = effects
    g2 = 2 * (outcome.log_likelihood - total.log_likelihood)
    return alpha, beta, alpha_variance, beta_variance, g2
