"""The profile log-likelihood of the linear mixed model, at a given covariance of the random effects.

y = X beta + Z b[trial] + e with b ~ N(0, s2 L L'). Everything that depends on the rows enters through sums by
trial, computed once a fit: A = Z'WZ, K = Z'W[X y] and S = [X y]'W[X y] over all rows. Given L, beta and s2
have closed forms (Bates & DebRoy 2004, J Multivar Anal 91:1).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.compiling import fast_maker, maker
from ipdmediation.kernels.matrices import cholesky, invert, solve_lower, solve_upper


class Sums(NamedTuple):
    """What the criterion needs of the data."""

    total: FloatArray  # (p + 1, p + 1) [X y]'W[X y]
    coupling: FloatArray  # (trials, q, p + 1) Z'W[X y]
    square: FloatArray  # (trials, q, q) Z'WZ
    weight: float
    rows: int  # with weight


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


@fast_maker
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
    return Sums(total, coupling, square, weight, n), occupied[:n_trials].copy()


@maker
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
        log_determinant += invert(small, inverse[t])
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
    if not cholesky(information):
        return Profile(-math.inf, slopes, math.nan, information, score, inverse, gradient, False)
    solve_lower(information, slopes)
    residual = cross[p, p]
    for j in range(p):
        residual -= slopes[j] * slopes[j]
    solve_upper(information, slopes)
    degrees = sums.weight - p if reml else sums.weight
    # as many columns as rows, however often these are repeated, leave nothing that is random
    if not residual > 0.0 or not degrees > 0.0 or sums.rows <= p:
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
                solve_lower(information, column)
                other[d] = column
        for d in range(q):
            for e in range(q):
                change = score[t, d] * score[t, e] / variance - conditional[t, d, e]
                if reml:
                    for j in range(p):
                        change += other[d, j] * other[e, j]
                gradient[d, e] += 0.5 * change
    return Profile(value, slopes, variance, information, score, inverse, gradient, True)
