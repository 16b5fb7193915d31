"""Compiled inner loops of the linear mixed model.

y = X beta + Z b[trial] + e with b ~ N(0, s2 L L'). Everything that depends on the rows enters through sums
by trial,
computed once a fit: A = Z'WZ, K = Z'W[X y] and S = [X y]'W[X y] over all rows. Given L, beta and s2 have
closed forms
(Bates & DebRoy 2004, J Multivar Anal 91:1), so the search is over the few entries of L only. L has as many
columns as the covariance has rank.
"""

# ruff: noqa: PLR0912, PLR0915, PLR0917 - compiled loops take arrays by position and stay in one piece

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.compiling import njit
from ipdmediation.kernels.status import FitStatus

# Unsigned bounds of row ranges: with signed ones numba looks for negative indices and does not vectorise.
_FAST = {"reassoc", "contract", "nsz", "arcp"}
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


class Sums(NamedTuple):
    """What the criterion needs of the data."""

    total: FloatArray  # (p + 1, p + 1) [X y]'W[X y]
    coupling: FloatArray  # (trials, q, p + 1) Z'W[X y]
    square: FloatArray  # (trials, q, q) Z'WZ
    weight: float


class Profile(NamedTuple):
    """The criterion and its parts at a given factor."""

    value: float  # log-likelihood (ML or REML), without the constants of the standardisation
    slopes: FloatArray  # (p,)
    variance: float  # residual
    information: FloatArray  # (p, p) lower Cholesky factor of X'V^-1 X s2
    score: FloatArray  # (trials, q) Z'W(y - X beta - Z b)
    inverse: FloatArray  # (trials, q, q) of I + L'A L
    covariance_gradient: FloatArray  # (q, q)
    usable: bool


@njit(cache=True, error_model="numpy")
def _cholesky(matrix: FloatArray) -> bool:
    size = matrix.shape[0]
    for j in range(size):
        diagonal = matrix[j, j]
        pivot = diagonal
        for k in range(j):
            pivot -= matrix[j, k] * matrix[j, k]
        if not pivot > 1e-11 * abs(diagonal) or not diagonal > 0.0:
            return False
        root = math.sqrt(pivot)
        matrix[j, j] = root
        for i in range(j + 1, size):
            total = matrix[i, j]
            for k in range(j):
                total -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = total / root
    return True


@njit(cache=True, error_model="numpy")
def _solve_lower(factor: FloatArray, vector: FloatArray) -> None:
    for i in range(factor.shape[0]):
        total = vector[i]
        for k in range(i):
            total -= factor[i, k] * vector[k]
        vector[i] = total / factor[i, i]


@njit(cache=True, error_model="numpy")
def _solve(factor: FloatArray, vector: FloatArray) -> None:
    _solve_lower(factor, vector)
    for i in range(factor.shape[0] - 1, -1, -1):
        total = vector[i]
        for k in range(i + 1, factor.shape[0]):
            total -= factor[k, i] * vector[k]
        vector[i] = total / factor[i, i]


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def trial_sums(
    columns: FloatArray,
    random_columns: FloatArray,
    trial_start: IntArray,
    order: IntArray,
    weights: FloatArray,
) -> tuple[Sums, IntArray]:
    """Sum by trial over the rows with weight; rows are sorted by trial, the outcome is the last column.

    Returns
    -------
    The sums of the trials that have such rows, and (trials,) which of all trials these are.
    """
    size, q = columns.shape[0], random_columns.shape[0]
    kept = np.empty(order.shape[0], np.int64)
    occupied = np.empty(trial_start.shape[0] - 1, np.int64)
    start = np.zeros(trial_start.shape[0], np.int64)
    n, n_trials = 0, 0
    for t in range(trial_start.shape[0] - 1):
        for i in range(trial_start[t], trial_start[t + 1]):
            if weights[order[i]] > 0.0:
                kept[n] = i
                n += 1
        if n > start[n_trials]:
            occupied[n_trials] = t
            n_trials += 1
            start[n_trials] = n
    x = np.empty((size, n))
    z = np.empty((q, n))
    w = np.empty(n)
    weight = 0.0
    for i in range(n):
        w[i] = weights[order[kept[i]]]
        weight += w[i]
    for j in range(size):
        source, target = columns[j], x[j]
        for i in range(n):
            target[i] = source[kept[i]]
    for d in range(q):
        source, target = random_columns[d], z[d]
        for i in range(n):
            target[i] = source[kept[i]]
    total = np.zeros((size, size))
    coupling = np.zeros((n_trials, q, size))
    square = np.zeros((n_trials, q, q))
    weighted = np.empty(n)
    for j in range(size):
        for i in range(n):
            weighted[i] = w[i] * x[j, i]
        for k in range(j + 1):
            dot = 0.0
            for i in range(n):
                dot += weighted[i] * x[k, i]
            total[j, k] = dot
            total[k, j] = dot
        for d in range(q):
            for t in range(n_trials):
                dot = 0.0
                for i in range(np.uint64(start[t]), np.uint64(start[t + 1])):
                    dot += weighted[i] * z[d, i]
                coupling[t, d, j] = dot
    for d in range(q):
        for e in range(q):
            for t in range(n_trials):
                dot = 0.0
                for i in range(np.uint64(start[t]), np.uint64(start[t + 1])):
                    dot += w[i] * z[d, i] * z[e, i]
                square[t, d, e] = dot
    return Sums(total, coupling, square, weight), occupied[:n_trials].copy()


@njit(cache=True, error_model="numpy")
def _invert(matrix: FloatArray, inverse: FloatArray) -> float:
    """Invert a small positive definite matrix, which is overwritten; returns its log determinant."""
    _cholesky(matrix)
    log_determinant = 0.0
    for k in range(matrix.shape[0]):
        log_determinant += 2.0 * math.log(matrix[k, k])
        inverse[k, :] = 0.0
        inverse[k, k] = 1.0
        _solve(matrix, inverse[k])
    return log_determinant


@njit(cache=True, error_model="numpy")
def profile(sums: Sums, factor: FloatArray, reml: bool) -> Profile:
    """Closed-form slopes and residual variance, the criterion, and its gradient in the covariance."""
    n_trials, q, size = sums.coupling.shape
    p = size - 1
    rank = factor.shape[1]
    cross = sums.total.copy()
    inverse = np.zeros((n_trials, rank, rank))
    reduced = np.empty((n_trials, q, size))
    conditional = np.empty((n_trials, q, q))
    log_determinant = 0.0
    loaded = np.empty((rank, size))
    # plain loops: for matrices this small a library call costs more than its arithmetic
    product = np.empty((q, rank))
    small = np.empty((rank, rank))
    solved = np.empty((rank, size))
    for t in range(n_trials):
        square, coupling = sums.square[t], sums.coupling[t]
        for d in range(q):
            for k in range(rank):
                product[d, k] = 0.0
                for e in range(q):
                    product[d, k] += square[d, e] * factor[e, k]
        for k in range(rank):
            for m in range(rank):
                small[k, m] = 1.0 if k == m else 0.0
                for d in range(q):
                    small[k, m] += factor[d, k] * product[d, m]
        log_determinant += _invert(small, inverse[t])
        for k in range(rank):
            for j in range(size):
                loaded[k, j] = 0.0
                for d in range(q):
                    loaded[k, j] += factor[d, k] * coupling[d, j]
        for k in range(rank):
            for j in range(size):
                solved[k, j] = 0.0
                for m in range(rank):
                    solved[k, j] += inverse[t, k, m] * loaded[m, j]
        for k in range(rank):
            for j in range(size):
                amount = loaded[k, j]
                for i in range(j + 1):
                    cross[j, i] -= amount * solved[k, i]
        for d in range(q):
            for j in range(size):
                reduced[t, d, j] = coupling[d, j]
                for k in range(rank):
                    reduced[t, d, j] -= product[d, k] * solved[k, j]
            for e in range(q):
                conditional[t, d, e] = square[d, e]
                for k in range(rank):
                    for m in range(rank):
                        conditional[t, d, e] -= product[d, k] * inverse[t, k, m] * product[e, m]

    information = cross[:p, :p].copy()
    slopes = cross[p, :p].copy()
    gradient = np.zeros((q, q))
    score = np.zeros((n_trials, q))
    if not _cholesky(information):
        return Profile(-math.inf, slopes, math.nan, information, score, inverse, gradient, False)
    _solve_lower(information, slopes)
    residual = cross[p, p]
    for j in range(p):
        residual -= slopes[j] * slopes[j]
    for i in range(p - 1, -1, -1):
        total = slopes[i]
        for k in range(i + 1, p):
            total -= information[k, i] * slopes[k]
        slopes[i] = total / information[i, i]
    degrees = sums.weight - p if reml else sums.weight
    if not residual > 0.0 or not degrees > 0.0:
        return Profile(-math.inf, slopes, math.nan, information, score, inverse, gradient, False)
    variance = residual / degrees
    value = -0.5 * (degrees * (math.log(2.0 * math.pi * variance) + 1.0) + log_determinant)
    if reml:
        for j in range(p):
            value -= math.log(information[j, j])

    column = np.empty(p)
    other = np.empty((q, p))
    for t in range(n_trials):
        for d in range(q):
            score[t, d] = reduced[t, d, p]
            for j in range(p):
                score[t, d] -= reduced[t, d, j] * slopes[j]
        if reml:
            for d in range(q):
                column[:] = reduced[t, d, :p]
                _solve_lower(information, column)
                other[d] = column
        for d in range(q):
            for e in range(q):
                change = score[t, d] * score[t, e] / variance - conditional[t, d, e]
                if reml:
                    for j in range(p):
                        change += other[d, j] * other[e, j]
                gradient[d, e] += 0.5 * change
    return Profile(value, slopes, variance, information, score, inverse, gradient, True)


@njit(cache=True, error_model="numpy")
def _factor_from(values: FloatArray, vectors: FloatArray, rank: int) -> FloatArray:
    """Lower trapezoidal factor of the covariance with these eigenvalues (the largest first) and vectors."""
    q = vectors.shape[0]
    result = np.empty((q, rank))
    for k in range(rank):
        for d in range(q):
            result[d, k] = vectors[d, k] * math.sqrt(max(values[k], 0.0))
    for i in range(rank):
        for j in range(i + 1, rank):
            length = math.hypot(result[i, i], result[i, j])
            if length == 0.0:
                continue
            cosine, sine = result[i, i] / length, result[i, j] / length
            for k in range(q):
                left, right = result[k, i], result[k, j]
                result[k, i] = cosine * left + sine * right
                result[k, j] = cosine * right - sine * left
            result[i, j] = 0.0
    return result


@njit(cache=True, error_model="numpy")
def _eigen(matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues, decreasing, and eigenvectors (columns)."""
    values, vectors = np.linalg.eigh(matrix)
    return values[::-1].copy(), np.ascontiguousarray(vectors[:, ::-1])


@njit(cache=True, error_model="numpy")
def maximise(
    sums: Sums, start_covariance: FloatArray, reml: bool, tolerance: float, max_iterations: int
) -> tuple[FloatArray, Profile, int, int]:
    """Newton search over the factor with exact gradients; the boundary is accepted only if it is optimal.

    `start_covariance` is relative to the residual variance. Returns factor, profile, status, iterations.
    """
    q = sums.square.shape[1]
    values, vectors = _eigen(start_covariance)
    factor = _factor_from(np.maximum(values, 0.1 * _START_SD * _START_SD), vectors, q)
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
            slope = 2.0 * current.covariance_gradient @ factor
            gradient = np.empty(n_entries)
            hessian = np.empty((n_entries, n_entries))
            largest_diagonal = 0.0
            for entry in range(n_entries):
                gradient[entry] = slope[row[entry], column[entry]]
                shifted = factor.copy()
                shifted[row[entry], column[entry]] += 1e-6
                ahead = 2.0 * profile(sums, shifted, reml).covariance_gradient @ shifted
                for other in range(n_entries):
                    hessian[entry, other] = (
                        -(ahead[row[other], column[other]] - slope[row[other], column[other]]) * 1e6
                    )
                largest_diagonal = max(largest_diagonal, abs(hessian[entry, entry]))
            damping = 0.0
            triangle = np.empty((n_entries, n_entries))
            while True:
                for entry in range(n_entries):
                    for other in range(n_entries):
                        triangle[entry, other] = 0.5 * (hessian[entry, other] + hessian[other, entry])
                    triangle[entry, entry] += damping
                if _cholesky(triangle):
                    break
                damping = max(4.0 * damping, 1e-3 * largest_diagonal + 1e-8)
            step = gradient.copy()
            _solve(triangle, step)
            largest = np.max(np.abs(step))
            reach = min(1.0, (_LARGEST_STEP + np.max(np.abs(factor))) / largest) if largest > 0.0 else 1.0
            for _ in range(40):
                candidate = factor.copy()
                for entry in range(n_entries):
                    candidate[row[entry], column[entry]] += reach * step[entry]
                trial = profile(sums, candidate, reml)
                if trial.usable and trial.value >= current.value - 1e-10 * abs(current.value):
                    factor = candidate
                    current = trial
                    break
                reach *= 0.5
            settled = largest * reach < tolerance

            if rank_changes < _MAX_RANK_CHANGES:
                values, vectors = _eigen(factor @ factor.T)
                smallest = math.sqrt(max(values[rank - 1], 0.0))
                if smallest < _SMALL_SD:
                    lower = _factor_from(values, vectors, rank - 1)
                    without = profile(sums, lower, reml)
                    if smallest < _NEGLIGIBLE_SD or without.value > current.value:
                        factor = lower
                        current = without
                        rank_changes += 1
                        continue
        if settled:
            if rank == q:
                return factor, current, _CONVERGED, iteration + 1
            values, vectors = _eigen(current.covariance_gradient)
            direction = vectors[:, 0].copy()
            bend = 0.0
            for t in range(sums.square.shape[0]):
                square = sums.square[t]
                product = square @ factor
                conditional = direction @ (square - product @ current.inverse[t] @ product.T) @ direction
                bend += 0.5 * conditional * conditional
            variance = values[0] / max(bend, 1e-12)
            if not variance > _NEGLIGIBLE_SD * _NEGLIGIBLE_SD or rank_changes >= _MAX_RANK_CHANGES:
                return factor, current, _SINGULAR, iteration + 1
            covariance = factor @ factor.T + variance * np.outer(direction, direction)
            values, vectors = _eigen(covariance)
            factor = _factor_from(values, vectors, rank + 1)
            current = profile(sums, factor, reml)
            rank_changes += 1
    return factor, current, _NOT_CONVERGED, max_iterations


@njit(cache=True, error_model="numpy")
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
    covariance = factor @ factor.T
    # without rows, the mode is 0 and its conditional covariance the covariance itself
    modes = np.zeros((n_trials, q))
    spread = np.zeros((n_trials, q, q))
    spread[:] = covariance
    for position in range(occupied.shape[0]):
        # b = D G, because G is the score at the modes
        modes[occupied[position]] = covariance @ best.score[position]
        spread[occupied[position]] = factor @ best.inverse[position] @ factor.T
    return factor, best, modes, spread, sums.weight, status, iterations
