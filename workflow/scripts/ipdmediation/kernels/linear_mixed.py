"""Search for the maximum of the linear mixed model's profile log-likelihood.

The search is over the few entries of the random effects' factor L, which has as many columns as the
covariance has rank; the boundary is accepted only if it is optimal.
"""

from __future__ import annotations

import math

import numpy as np

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.compiling import kernel, maker
from ipdmediation.kernels.linear_profile import Profile, Sums, profile, trial_sums
from ipdmediation.kernels.matrices import eigen, factor_from, product, product_transposed, solve_damped
from ipdmediation.kernels.status import FitStatus

_CONVERGED = int(FitStatus.CONVERGED)
_SINGULAR = int(FitStatus.SINGULAR)
_NOT_CONVERGED = int(FitStatus.NOT_CONVERGED)
_RANK_DEFICIENT = int(FitStatus.RANK_DEFICIENT)

# Standard deviations of the random effects are relative to the residual one, on orthonormal columns.
_SMALL_SD = 0.05
_NEGLIGIBLE_SD = 1e-4
_START_SD = 0.3
_LARGEST_STEP = 0.5
_MAX_RANK_CHANGES = 10


@maker
def maximise(
    sums: Sums, start_covariance: FloatArray, reml: bool, tolerance: float, max_iterations: int
) -> tuple[FloatArray, Profile, int, int]:
    """Newton search over the factor with exact gradients; the boundary is accepted only if it is optimal.

    `start_covariance` is relative to the residual variance. Returns factor, profile, status, iterations.
    """
    q = sums.square.shape[1]
    values, vectors = eigen(start_covariance)
    for k in range(q):
        values[k] = max(values[k], 0.1 * _START_SD * _START_SD)
    factor = factor_from(values, vectors, q)
    current = profile(sums, factor, reml)
    rank_changes = 0
    for iteration in range(max_iterations):
        if not current.usable:
            return factor, current, _RANK_DEFICIENT, iteration
        rank = factor.shape[1]
        settled = True
        if rank > 0:
            n_entries = rank * q - rank * (rank - 1) // 2
            row = np.empty(n_entries, np.int64)
            column = np.empty(n_entries, np.int64)
            entry = 0
            for b in range(rank):
                for a in range(b, q):
                    row[entry] = a
                    column[entry] = b
                    entry += 1
            slope = product(current.covariance_gradient, factor)
            gradient = np.empty(n_entries)
            hessian = np.empty((n_entries, n_entries))
            for entry in range(n_entries):
                gradient[entry] = 2.0 * slope[row[entry], column[entry]]
                shifted = factor.copy()
                shifted[row[entry], column[entry]] += 1e-6
                ahead = product(profile(sums, shifted, reml).covariance_gradient, shifted)
                for other in range(n_entries):
                    hessian[entry, other] = (
                        -(ahead[row[other], column[other]] - slope[row[other], column[other]]) * 2e6
                    )
            step = gradient.copy()
            solve_damped(hessian, step)
            largest, size = 0.0, 0.0
            for entry in range(n_entries):
                largest = max(largest, abs(step[entry]))
                size = max(size, abs(factor[row[entry], column[entry]]))
            reach = min(1.0, (_LARGEST_STEP + size) / largest) if largest > 0.0 else 1.0
            accepted = False
            for _ in range(40):
                candidate = factor.copy()
                for entry in range(n_entries):
                    candidate[row[entry], column[entry]] += reach * step[entry]
                trial = profile(sums, candidate, reml)
                if trial.usable and trial.value >= current.value - 1e-10 * abs(current.value):
                    factor = candidate
                    current = trial
                    accepted = True
                    break
                reach *= 0.5
            settled = accepted and largest * reach < tolerance

            if rank_changes < _MAX_RANK_CHANGES:
                values, vectors = eigen(product_transposed(factor, factor))
                smallest = math.sqrt(max(values[rank - 1], 0.0))
                if smallest < _SMALL_SD:
                    lower = factor_from(values, vectors, rank - 1)
                    without = profile(sums, lower, reml)
                    if smallest < _NEGLIGIBLE_SD or without.value > current.value:
                        factor = lower
                        current = without
                        rank_changes += 1
                        continue
        if settled:
            if rank == q:
                # as many random effects as rows can take all that is residual
                identified = sums.rows > q * sums.square.shape[0]
                return factor, current, _CONVERGED if identified else _RANK_DEFICIENT, iteration + 1
            values, vectors = eigen(current.covariance_gradient)
            bend = 0.0
            for t in range(sums.square.shape[0]):
                square = sums.square[t]
                loaded = product(square, factor)
                taken = product_transposed(product(loaded, current.inverse[t]), loaded)
                conditional = 0.0
                for d in range(q):
                    for e in range(q):
                        conditional += vectors[d, 0] * (square[d, e] - taken[d, e]) * vectors[e, 0]
                bend += 0.5 * conditional * conditional
            variance = values[0] / max(bend, 1e-12)
            if not variance > _NEGLIGIBLE_SD * _NEGLIGIBLE_SD or rank_changes >= _MAX_RANK_CHANGES:
                return factor, current, _SINGULAR, iteration + 1
            covariance = product_transposed(factor, factor)
            for d in range(q):
                for e in range(q):
                    covariance[d, e] += variance * vectors[d, 0] * vectors[e, 0]
            values, vectors = eigen(covariance)
            factor = factor_from(values, vectors, rank + 1)
            current = profile(sums, factor, reml)
            rank_changes += 1
    return factor, current, _NOT_CONVERGED, max_iterations


@kernel
def fit_mixed(
    columns: FloatArray,
    random_columns: FloatArray,
    trial_start: IntArray,
    order: IntArray,
    weights: FloatArray,
    start_covariance: FloatArray,
    reml: bool,
    tolerance: float,
    max_iterations: int,
) -> tuple[FloatArray, Profile, FloatArray, FloatArray, float, int, int]:
    """Fit on the standardised scale.

    Returns
    -------
    factor, profile, modes (trials, q) of b, their conditional covariances relative to the residual variance
    (trials, q, q), total weight, status, iterations.
    """
    sums, occupied = trial_sums(columns, random_columns, trial_start, order, weights)
    factor, best, status, iterations = maximise(sums, start_covariance, reml, tolerance, max_iterations)
    n_trials, q = trial_start.shape[0] - 1, random_columns.shape[0]
    covariance = product_transposed(factor, factor)
    # without rows, the mode is 0 and its conditional covariance the covariance itself
    modes = np.zeros((n_trials, q))
    spread = np.zeros((n_trials, q, q))
    for t in range(n_trials):
        spread[t] = covariance
    # b = D G, because G is the score at the modes
    found = product_transposed(best.score, covariance)
    for position in range(occupied.shape[0]):
        modes[occupied[position]] = found[position]
        spread[occupied[position]] = product_transposed(product(factor, best.inverse[position]), factor)
    return factor, best, modes, spread, sums.weight, status, iterations
