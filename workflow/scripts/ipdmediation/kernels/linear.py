"""Compiled inner loops of the linear models."""

from __future__ import annotations

import math

import numpy as np

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.compiling import fast_internal, kernel
from ipdmediation.kernels.matrices import cholesky, solve
from ipdmediation.kernels.status import FitStatus

_CONVERGED = int(FitStatus.CONVERGED)
_RANK_DEFICIENT = int(FitStatus.RANK_DEFICIENT)


@fast_internal
def _weighted_dot(left: FloatArray, right: FloatArray) -> float:
    total = 0.0
    for i in range(left.shape[0]):
        total += left[i] * right[i]
    return total


@kernel
def fit_weighted(
    columns: FloatArray, outcome: FloatArray, centre: FloatArray, scale: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray, float, float, int]:
    """Weighted least squares on standardised columns, whose first row is the constant 1.

    Returns
    -------
    estimates (intercept first, natural scale), cross-product matrix (standardised scale, lower triangle),
    residual sum of squares, sum of weights, status.
    """
    p, n = columns.shape
    cross = np.empty((p, p))
    right = np.empty(p)
    weighted = np.empty(n)
    total_weight = 0.0
    for i in range(n):
        total_weight += weights[i]
    for j in range(p):
        column = columns[j]
        for i in range(n):
            weighted[i] = weights[i] * column[i]
        right[j] = _weighted_dot(weighted, outcome)
        for k in range(j + 1):
            cross[j, k] = _weighted_dot(weighted, columns[k])
    factor = cross.copy()
    estimates = np.full(p, np.nan)
    if not cholesky(factor):
        return estimates, cross, math.nan, total_weight, _RANK_DEFICIENT
    solution = right.copy()
    solve(factor, solution)
    residual_sum = _residual_sum(columns, outcome, weights, solution, weighted)
    intercept = solution[0]
    for j in range(1, p):
        estimates[j] = solution[j] / scale[j - 1]
        intercept -= estimates[j] * centre[j - 1]
    estimates[0] = intercept
    return estimates, cross, residual_sum, total_weight, _CONVERGED


@fast_internal
def _residual_sum(
    columns: FloatArray, outcome: FloatArray, weights: FloatArray, slopes: FloatArray, work: FloatArray
) -> float:
    p, n = columns.shape
    for i in range(n):
        work[i] = outcome[i]
    for j in range(p):
        column = columns[j]
        slope = slopes[j]
        for i in range(n):
            work[i] -= slope * column[i]
    total = 0.0
    for i in range(n):
        total += weights[i] * work[i] * work[i]
    return total
