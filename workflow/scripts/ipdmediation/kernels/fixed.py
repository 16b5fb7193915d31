"""Maximum likelihood of cumulative link models with fixed effects."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ipdmediation.kernels import links
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.compiling import fast_kernel, internal, kernel
from ipdmediation.kernels.links import logit
from ipdmediation.kernels.matrices import cholesky, solve
from ipdmediation.kernels.rows import BLOCK, block_sum, dot, dot_difference, linear_predictor
from ipdmediation.kernels.status import FitStatus
from ipdmediation.kernels.thresholds import (
    bounds_of_levels,
    count_thresholds,
    expand_thresholds,
    present_levels,
    start_of_second,
    start_thresholds,
    step_length,
)

_CONVERGED = int(FitStatus.CONVERGED)
_NOT_CONVERGED = int(FitStatus.NOT_CONVERGED)
_SEPARATED = int(FitStatus.SEPARATED)
_RANK_DEFICIENT = int(FitStatus.RANK_DEFICIENT)
_ONE_LEVEL = int(FitStatus.ONE_LEVEL)

_KEEP_HESSIAN_BELOW = 0.05
FIXED_SCRATCH = 10  # row arrays of a fixed fit beside the columns


@internal
def is_flat(ascent: float, largest: float) -> bool:
    """Tell separation: steps stay long while there is nearly nothing to gain (a curvature near zero)."""
    curvature = ascent / (largest * largest) if largest > 0.0 else math.inf
    return (largest > 0.2 and curvature < 1e-3) or (largest > 0.01 and curvature < 1e-5)


@internal
def _fill_bounds(
    thresholds: FloatArray,
    first_row: IntArray,
    top: IntArray,
    bottom: IntArray,
    link: Any,
    upper: FloatArray,
    lower: FloatArray,
) -> None:
    """Write what the link needs of the bounds of every row, rows being sorted by level."""
    for c in range(top.shape[0]):
        above = links.bound(link, thresholds[top[c]] if top[c] >= 0 else math.inf)
        below = links.bound(link, thresholds[bottom[c]] if bottom[c] >= 0 else -math.inf)
        for i in range(first_row[c], first_row[c + 1]):
            upper[i] = above
            lower[i] = below


@kernel
def _gradient(
    x: FloatArray,
    thresholds: FloatArray,
    first_row: IntArray,
    top: IntArray,
    bottom: IntArray,
    level_weight: FloatArray,
    above: FloatArray,
    below: FloatArray,
    link: Any,
    gradient: FloatArray,
) -> None:
    n_thresholds = thresholds.shape[0]
    for c in range(top.shape[0]):
        if top[c] >= 0:
            gradient[top[c]] = block_sum(above, first_row[c], first_row[c + 1]) - block_sum(
                below, first_row[c + 1], first_row[c + 2]
            )
    if links.is_logit(link):
        for c in range(top.shape[0]):
            k, lower = top[c], bottom[c]
            if k >= 0 and lower >= 0:
                pull = logit.gap_slope(level_weight[c], thresholds[k] - thresholds[lower])
                gradient[k] += pull
                gradient[lower] -= pull
    gradient[n_thresholds:] = 0.0
    for start in range(0, x.shape[1], BLOCK):
        stop = min(start + BLOCK, x.shape[1])
        for j in range(x.shape[0]):
            gradient[n_thresholds + j] += dot_difference(x[j], above, below, start, stop)


@fast_kernel
def _information(
    x: FloatArray,
    weights: FloatArray,
    thresholds: FloatArray,
    first_row: IntArray,
    top: IntArray,
    bottom: IntArray,
    level_weight: FloatArray,
    above: FloatArray,
    below: FloatArray,
    cross_a: FloatArray,
    cross_b: FloatArray,
    link: Any,
    work: FloatArray,
    information: FloatArray,
) -> None:
    """Observed information, lower triangle."""
    n_thresholds = thresholds.shape[0]
    p, n = x.shape
    information[:, :] = 0.0
    for c in range(top.shape[0]):
        k = top[c]
        if k < 0:
            continue
        own, other = first_row[c], first_row[c + 1]
        stop = first_row[c + 2]
        information[k, k] = block_sum(cross_a, own, other) + block_sum(cross_b, other, stop)
        for j in range(p):
            information[n_thresholds + j, k] = -(
                dot(cross_a, x[j], own, other) + dot(cross_b, x[j], other, stop)
            )
    for c in range(top.shape[0]):
        k, lower = top[c], bottom[c]
        if k < 0 or lower < 0:
            continue
        # the second derivative of log p in both of its bounds
        if links.is_logit(link):
            mixed = logit.gap_curvature(level_weight[c], thresholds[k] - thresholds[lower])
        else:
            mixed = 0.0
            for i in range(first_row[c], first_row[c + 1]):
                mixed += above[i] * below[i] / weights[i]
        information[k, k] += mixed
        information[lower, lower] += mixed
        information[k, lower] -= mixed
    # in blocks that stay in the cache, where every column is read once for each pair
    for start in range(0, n, BLOCK):
        stop = min(start + BLOCK, n)
        for j in range(p):
            column = x[j]
            for i in range(np.uint64(start), np.uint64(stop)):
                work[i] = column[i] * (cross_a[i] + cross_b[i])
            for k in range(j + 1):
                information[n_thresholds + j, n_thresholds + k] += dot(work, x[k], start, stop)


@internal
def _log_likelihood(
    eta: FloatArray,
    weights: FloatArray,
    thresholds: FloatArray,
    first_row: IntArray,
    top: IntArray,
    bottom: IntArray,
    link: Any,
) -> float:
    total = 0.0
    for c in range(top.shape[0]):
        upper = thresholds[top[c]] if top[c] >= 0 else math.inf
        lower = thresholds[bottom[c]] if bottom[c] >= 0 else -math.inf
        for i in range(first_row[c], first_row[c + 1]):
            total += weights[i] * links.log_probability(link, eta[i], upper, lower)
    return total


@kernel
def fit_fixed(
    levels: IntArray,
    columns: FloatArray,
    offset: FloatArray,
    order: IntArray,
    centre: FloatArray,
    scale: FloatArray,
    n_levels: int,
    n_arms: int,
    link: Any,
    weights: FloatArray,
    start: FloatArray,
    diagnose: bool,
    tolerance: float,
    max_iterations: int,
    scratch: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray, float, int, int]:
    """Maximum likelihood of a cumulative link model by Newton's method.

    Parameters
    ----------
    levels, columns, offset : (n,), (p, n), (n,); rows sorted by level, columns standardised by `centre` and
        `scale`.
    order : (n,) position of each sorted row in `weights`.
    n_arms : 2 where each arm has thresholds of its own (see `thresholds`), else 1.
    start : (n_arms * (n_levels - 1) + p,) on the natural scale; a nan asks for a cold start.
    diagnose : whether information, gradient and log-likelihood are computed at the end.
    scratch : ((p + FIXED_SCRATCH) * n,) room for the rows with weight, kept between fits: a large array that
        every fit makes anew is handed back to the system and faulted in again.

    Returns
    -------
    estimates (natural scale), information (standardised scale, present thresholds then slopes), last step
    (same order; the direction of separation), log-likelihood, status, iterations. With `diagnose` the last
    step is replaced by the gradient unless the fit failed.
    """
    n_slopes = columns.shape[0]
    kept = np.empty(order.shape[0], np.int64)
    level_weight_all = np.zeros(n_arms * n_levels)
    n = 0
    for i in range(order.shape[0]):
        weight = weights[order[i]]
        if weight > 0.0:
            kept[n] = i
            n += 1
            level_weight_all[levels[i]] += weight
    present = present_levels(level_weight_all)
    top, bottom = bounds_of_levels(present, n_levels)
    n_thresholds, n_present = count_thresholds(top), present.shape[0]
    second = start_of_second(top, bottom)
    first_slope = n_arms * (n_levels - 1)
    estimates = np.full(first_slope + n_slopes, np.nan)
    if n_thresholds < 1:
        return estimates, np.zeros((0, 0)), np.zeros(0), math.nan, _ONE_LEVEL, 0

    x = scratch[: n_slopes * n].reshape(n_slopes, n)
    row_arrays = scratch[n_slopes * n : (n_slopes + FIXED_SCRATCH) * n]
    w = row_arrays[:n]
    base = row_arrays[n : 2 * n]
    eta = row_arrays[2 * n : 3 * n]
    upper = row_arrays[3 * n : 4 * n]
    lower = row_arrays[4 * n : 5 * n]
    above = row_arrays[5 * n : 6 * n]
    below = row_arrays[6 * n : 7 * n]
    cross_a = row_arrays[7 * n : 8 * n]
    cross_b = row_arrays[8 * n : 9 * n]
    work = row_arrays[9 * n : 10 * n]
    first_row = np.zeros(n_present + 1, np.int64)
    for i in range(n):
        w[i] = weights[order[kept[i]]]
        base[i] = offset[kept[i]]
    for j in range(n_slopes):
        source = columns[j]
        target = x[j]
        for i in range(n):
            target[i] = source[kept[i]]
    level_weight = np.empty(n_present)
    for k in range(n_present):
        level_weight[k] = level_weight_all[present[k]]
    row = 0
    for k in range(n_present):
        while row < n and levels[kept[row]] == present[k]:
            row += 1
        first_row[k + 1] = row

    slopes = np.empty(n_slopes)
    shift = 0.0
    for j in range(n_slopes):
        slopes[j] = start[first_slope + j] * scale[j]
        if not math.isfinite(slopes[j]):
            slopes[j] = 0.0
        shift += slopes[j] * centre[j] / scale[j]
    thresholds = start_thresholds(level_weight_all, present, n_levels, start, shift, link)

    size = n_thresholds + n_slopes
    gradient = np.empty(size)
    step = np.zeros(size)
    information = np.empty((size, size))

    status = _NOT_CONVERGED
    rebuild = True
    ascent = 0.0
    iterations = 0
    for iteration in range(max_iterations + 1):
        iterations = iteration
        _fill_bounds(thresholds, first_row, top, bottom, link, upper, lower)
        linear_predictor(x, base, slopes, eta)
        links.rows(link, eta, w, upper, lower, above, below, cross_a, cross_b, 0, n)
        _gradient(x, thresholds, first_row, top, bottom, level_weight, above, below, link, gradient)
        if status == _CONVERGED or iteration == max_iterations:
            break

        # the log-likelihood is concave: an overshot step shows as a slope of the other sign
        new_ascent = 0.0
        for k in range(size):
            new_ascent += gradient[k] * step[k]
        if iteration > 0 and not new_ascent > -0.8 * ascent:
            ascent *= 0.5
            rebuild = True
            for k in range(size):
                step[k] *= 0.5
                if k < n_thresholds:
                    thresholds[k] -= step[k]
                else:
                    slopes[k - n_thresholds] -= step[k]
            continue

        if rebuild:
            definite = False
            for outer_product in range(1 if links.is_logit(link) else 2):
                if outer_product:
                    links.outer_product(w, above, below, cross_a, cross_b, 0, n)
                _information(
                    x,
                    w,
                    thresholds,
                    first_row,
                    top,
                    bottom,
                    level_weight,
                    above,
                    below,
                    cross_a,
                    cross_b,
                    link,
                    work,
                    information,
                )
                definite = cholesky(information)
                if definite:
                    break
            if not definite:
                status = _RANK_DEFICIENT
                break
        for k in range(size):
            step[k] = gradient[k]
        solve(information, step)

        ascent = 0.0
        largest = 0.0
        for k in range(size):
            ascent += gradient[k] * step[k]
            largest = max(largest, abs(step[k]))
        if is_flat(ascent, largest):
            status = _SEPARATED
            break
        shorten = step_length(step, thresholds, second, largest, 10.0)
        ascent *= shorten
        largest *= shorten
        for k in range(size):
            step[k] *= shorten
            if k < n_thresholds:
                thresholds[k] += step[k]
            else:
                slopes[k - n_thresholds] += step[k]
        rebuild = largest > _KEEP_HESSIAN_BELOW
        if largest < tolerance:
            status = _CONVERGED
            if not diagnose:
                break

    log_likelihood = math.nan
    if diagnose:
        log_likelihood = _log_likelihood(eta, w, thresholds, first_row, top, bottom, link)
        _information(
            x,
            w,
            thresholds,
            first_row,
            top,
            bottom,
            level_weight,
            above,
            below,
            cross_a,
            cross_b,
            link,
            work,
            information,
        )
        if status == _CONVERGED:
            for k in range(size):
                step[k] = gradient[k]
    shift = 0.0
    for j in range(n_slopes):
        estimates[first_slope + j] = slopes[j] / scale[j]
        shift += slopes[j] * centre[j] / scale[j]
    expand_thresholds(thresholds, present, shift, n_levels, estimates)
    return estimates, information, step, log_likelihood, status, iterations
