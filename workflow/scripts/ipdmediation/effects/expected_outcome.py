"""The outcome that a fitted model expects of each patient, in the own arm and with the own mediator."""

from __future__ import annotations

import numpy as np

from ipdmediation.effects.predictors import ArmPredictor, MediatorTerms, is_free
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.models.distributions import distribution
from ipdmediation.models.results import Refit
from ipdmediation.models.specification import MediationModels
from ipdmediation.models.thresholds import by_arm
from ipdmediation.vocabulary.terms import MEDIATOR


def expected_outcome(models: MediationModels, fit: Refit) -> FloatArray:
    """Return each patient's distribution over the levels of the outcome, or mean.

    Parameters
    ----------
    models : MediationModels
    fit : Refit
        Of its outcome model, to the same patients.

    Returns
    -------
    ndarray, shape (n, K)
        P(Y = k) by F(threshold_k - eta) (McCullagh 1980, J R Stat Soc B 42:109), levels as modelled; with a
        continuous outcome K = 1 and it is the mean. Random effects are at their conditional modes.
    """
    rows = np.arange(models.mediator_values.size)
    predictor = ArmPredictor.of(models.outcome, models.outcome_design)
    arms = models.outcome_design.matrix[:, models.outcome_design.treatment_position].astype(np.int64)
    by_arms = predictor.with_modes(predictor.by_arm(fit, rows), fit, rows)
    terms = MediatorTerms.of(models.outcome, models.outcome_design)
    columns = terms.columns(models.mediator_values)
    own: FloatArray = by_arms[arms, rows] + columns[arms, rows] @ fit.estimates[terms.positions]
    if MEDIATOR in predictor.random_names:
        slopes = fit.modes[:, predictor.random_names.index(MEDIATOR)]
        own = own + slopes[predictor.trials] * models.mediator_values
    if not models.outcome_levels:
        return own[:, None]
    cuts = by_arm(fit.estimates, cuts=models.outcome.n_thresholds, free=is_free(models.outcome))[arms]
    below, _, _ = distribution(models.specification.link, cuts - own[:, None])
    return np.diff(below, axis=1, prepend=0.0, append=1.0)
