"""Logistic regression whose probabilities are those of the limit, where its coefficients have none.

An event may befall patients of one arm only, or all patients with a rare level. The maximum likelihood
estimate is then infinite, but its probabilities are not: they are 0 or 1 for these patients, and the
likelihood of the others decides on theirs. Newton's method comes as close to them as is asked for. Albert
& Anderson 1984, Biometrika 71:1.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from ipdmediation.kernels.arrays import FloatArray

_ITERATIONS = 60
_TOLERANCE = 1e-11  # of what the deviance falls by
_LENGTHS = 0.5 ** np.arange(12)  # of a step, the first that does not go uphill
_DETERMINED = 1e-13  # of the largest eigenvalue; directions below it are left alone


def logistic_coefficients(
    columns: FloatArray, occurs: FloatArray, weights: FloatArray, *, start: FloatArray | None = None
) -> FloatArray:
    """Fit a logistic regression by Newton's method.

    Parameters
    ----------
    columns : (n, p), one of ones among them.
    occurs : (n,) zeros and ones.
    weights : (n,) zeros allowed.
    start : (p,) of an earlier fit.

    Returns
    -------
    (p,) coefficients; large ones where the estimate is infinite, and 0 for what the rows do not determine.

    Examples
    --------
    Nobody of the second group has the event:

    >>> group = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    >>> fitted = logistic_coefficients(group, np.array([1.0, 0.0, 0.0, 0.0]), np.ones(4))
    >>> expit(group @ fitted).round(8)
    array([0.5, 0.5, 0. , 0. ])
    """
    scale = np.maximum(np.abs(columns).max(axis=0), 1e-300)
    scaled, rows = columns / scale, weights > 0
    scaled, occurs, weights = scaled[rows], occurs[rows], weights[rows]
    coefficients = np.zeros(columns.shape[1]) if start is None else start * scale
    deviance = _deviance(scaled @ coefficients, occurs, weights)
    for _ in range(_ITERATIONS):
        probability = expit(scaled @ coefficients)
        gradient = scaled.T @ (weights * (occurs - probability))
        information = scaled.T @ (scaled * (weights * probability * (1 - probability))[:, None])
        step = np.linalg.pinv(information, rcond=_DETERMINED, hermitian=True) @ gradient
        settled = _TOLERANCE * (1 + deviance)
        for length in _LENGTHS:
            moved = _deviance(scaled @ (coefficients + length * step), occurs, weights)
            if moved <= deviance + settled:
                break
        coefficients, fallen, deviance = coefficients + length * step, deviance - moved, moved
        if fallen <= settled:
            break
    fitted: FloatArray = coefficients / scale
    return fitted


def _deviance(predictor: FloatArray, occurs: FloatArray, weights: FloatArray) -> float:
    signed = np.where(occurs > 0, -predictor, predictor)
    return float(2 * weights @ np.logaddexp(0.0, signed))
