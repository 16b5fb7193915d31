"""Two effects pooled over trials together, as their ratio needs it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from ipdmediation.kernels.arrays import FloatArray

#: From here on a correlation between trials counts as 1.
_CERTAIN = 0.999
#: Standard deviations between trials that count as 0, as a share of the estimates' own.
_NOTHING = 1e-3


class JointlyPooled(NamedTuple):
    """Means of two effects over trials.

    Attributes
    ----------
    means : ndarray, shape (2,)
    covariance : ndarray, shape (2, 2)
        Of the means.
    between : ndarray, shape (2, 2)
        Covariance of the effects between trials.
    singular : bool
        Whether that lies at its boundary: a variance of 0, or a correlation of 1 or -1.
    """

    means: FloatArray
    covariance: FloatArray
    between: FloatArray
    singular: bool


def pool_jointly(estimates: FloatArray, covariances: FloatArray, *, truncated: bool = True) -> JointlyPooled:
    """Pool two effects over trials by restricted maximum likelihood.

    theta_t ~ N(mu, S_t + Psi). With W_t = (S_t + Psi)^-1 the means are (sum W)^-1 sum W theta and their
    covariance is max(1, q) (sum W)^-1, where q = sum (theta - mu)' W (theta - mu) / (2 (k - 1)), as for a
    single effect.

    Parameters
    ----------
    estimates : ndarray, shape (k, 2)
        Of k trials.
    covariances : ndarray, shape (k, 2, 2)
        Of each trial's two estimates.
    truncated : bool
        Whether q counts as 1 at least.

    References
    ----------
    Jackson, Riley & White 2011, Stat Med 30:2481; Jackson & Riley 2014, Stat Med 33:4250 (q).
    """
    if len(estimates) == 1:
        return JointlyPooled(estimates[0], covariances[0], np.zeros((2, 2)), singular=False)
    scale = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2).mean(axis=0) + estimates.var(axis=0))
    values, within = estimates / scale, covariances / np.outer(scale, scale)

    def loss(factor: FloatArray) -> float:
        _, covariance, squares, log_determinant = _means(values, within + _between(factor))
        return float(log_determinant - np.linalg.slogdet(covariance)[1] + squares)

    starts = [(0.5, cross, 0.3) for cross in (-0.3, 0.3)]
    found = min((minimize(loss, start, method="BFGS") for start in starts), key=lambda each: float(each.fun))
    between = _between(found.x)
    means, covariance, squares, _ = _means(values, within + between)
    q = squares / (2 * (len(values) - 1))
    factor = max(1.0, q) if truncated else q
    first, second = np.sqrt(np.diag(between))
    at_zero = min(first, second) < _NOTHING
    certain = at_zero or abs(between[0, 1]) > _CERTAIN * first * second
    rescaled = np.outer(scale, scale)
    return JointlyPooled(means * scale, covariance * factor * rescaled, between * rescaled, bool(certain))


def _between(factor: FloatArray) -> FloatArray:
    """Return a covariance from the three numbers of its Cholesky factor; their signs are free."""
    first, cross, second = factor
    return np.array([[first**2, first * cross], [first * cross, cross**2 + second**2]])


def _means(values: FloatArray, covariances: FloatArray) -> tuple[FloatArray, FloatArray, float, float]:
    """Return the means, their covariance, the weighted sum of squares and the sum of log determinants."""
    weights = np.linalg.inv(covariances)
    covariance = np.linalg.inv(weights.sum(axis=0))
    means = covariance @ np.einsum("tij,tj->i", weights, values)
    residuals = values - means
    squares = float(np.einsum("ti,tij,tj->", residuals, weights, residuals))
    return means, covariance, squares, float(np.linalg.slogdet(covariances)[1].sum())
