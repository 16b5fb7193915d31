"""The joint covariance of coefficients of several models that were fitted to the same patients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.results import ModelFit

#: F and its density for each link: P(Y <= k) = F(threshold[k] - x'beta).
DISTRIBUTIONS = {
    "logit": stats.logistic,
    "probit": stats.norm,
    "cloglog": stats.gumbel_l,
    "loglog": stats.gumbel_r,
    "cauchit": stats.cauchy,
}


def influence(
    fit: ModelFit, matrix: FloatArray, values: FloatArray | IntArray, *, position: int, weights: FloatArray
) -> FloatArray:
    """Return what each patient adds to a coefficient of a model with fixed effects.

    Patient i adds row `position` of the inverse information times his score. Sums of products of these over
    patients are the robust covariance of any coefficients, of one model or of several.

    Parameters
    ----------
    fit : ModelFit
        Of a linear or a cumulative link model without random effects.
    matrix : ndarray, shape (n, p)
        Its columns, without an intercept.
    values : ndarray, shape (n,)
        The outcome: numbers, or indices of levels.
    position : int
        Of the coefficient among the estimates.
    weights : ndarray, shape (n,)

    References
    ----------
    Huber 1967, Proc 5th Berkeley Symp 1:221; Freedman 2001, Stat Med 20:2903 (of a share).
    """
    scores = (_cumulative if fit.n_thresholds else _linear)(fit, matrix, values)
    row = fit.covariance[position]
    # what is infinite has no score: its patients are predicted with certainty
    known = np.isfinite(row)
    added: FloatArray = weights * (scores[:, known] @ row[known])
    return added


def _linear(fit: ModelFit, matrix: FloatArray, values: FloatArray | IntArray) -> FloatArray:
    design = np.column_stack([np.ones(len(matrix)), matrix])
    assert fit.residual_variance is not None
    scores: FloatArray = design * ((values - design @ fit.estimates) / fit.residual_variance)[:, None]
    return scores


def _cumulative(fit: ModelFit, matrix: FloatArray, values: FloatArray | IntArray) -> FloatArray:
    distribution = DISTRIBUTIONS[fit.link]
    thresholds = np.concatenate([[-np.inf], fit.thresholds, [np.inf]])
    predictor = matrix @ fit.coefficients
    level = np.asarray(values, dtype=np.int64)
    upper, lower = thresholds[level + 1] - predictor, thresholds[level] - predictor
    density: Callable[[FloatArray], FloatArray] = distribution.pdf
    # of the side on which it is small, where a difference keeps its digits
    turned = lower > 0
    probability = np.where(
        turned,
        distribution.sf(lower) - distribution.sf(upper),
        distribution.cdf(upper) - distribution.cdf(lower),
    )
    with np.errstate(invalid="ignore"):  # of a density at infinity, which is 0
        above, below = (np.nan_to_num(density(end)) / probability for end in (upper, lower))
    scores = np.zeros((len(matrix), len(fit.estimates)))
    rows, last = np.arange(len(matrix)), fit.n_thresholds - 1
    inner, outer = level <= last, level > 0
    scores[rows[inner], level[inner]] += above[inner]
    scores[rows[outer], level[outer] - 1] -= below[outer]
    scores[:, fit.n_thresholds :] = matrix * (below - above)[:, None]
    return scores
