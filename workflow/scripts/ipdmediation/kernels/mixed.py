"""Maximum likelihood of cumulative link models with correlated random effects by trial."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.compiling import kernel, maker
from ipdmediation.kernels.matrices import eigen, factor_from, factor_of, invert, product, product_transposed
from ipdmediation.kernels.mixed_rows import mixed_rows, mixed_work, without_empty_trials
from ipdmediation.kernels.search import NEGLIGIBLE_SD, maximise_laplace
from ipdmediation.kernels.status import FitStatus
from ipdmediation.kernels.thresholds import count_thresholds, expand_thresholds, start_thresholds

_SINGULAR = int(FitStatus.SINGULAR)
_NOT_CONVERGED = int(FitStatus.NOT_CONVERGED)
_ONE_LEVEL = int(FitStatus.ONE_LEVEL)
_START_SD = 0.1


@maker
def _modes_from_effects(factor: FloatArray, effects: FloatArray) -> FloatArray:
    """Least-squares u of effects = L u."""
    q, rank = factor.shape
    modes = np.zeros((effects.shape[0], rank))
    square = np.zeros((rank, rank))
    inverse = np.zeros((rank, rank))
    for k in range(rank):
        for m in range(rank):
            for d in range(q):
                square[k, m] += factor[d, k] * factor[d, m]
        square[k, k] += 1e-10
    invert(square, inverse)
    for t in range(effects.shape[0]):
        for k in range(rank):
            for m in range(rank):
                for d in range(q):
                    modes[t, k] += inverse[k, m] * factor[d, m] * effects[t, d]
    return modes


@kernel
def rank_of(covariance: FloatArray) -> int:
    """Rank of a covariance on the standardised scale, negligible variances not counted."""
    values, _ = eigen(covariance)
    rank = 0
    for value in values:
        if value > (2.0 * NEGLIGIBLE_SD) ** 2 and value > (2.0 * NEGLIGIBLE_SD) ** 2 * values[0]:
            rank += 1
    return rank


@maker
def _standardised(covariance: FloatArray, transform: FloatArray) -> FloatArray:
    """Return T D T'."""
    return product_transposed(product(transform, covariance), transform)


@maker
def _inner_factor(covariance: FloatArray) -> FloatArray:
    """Factor of full rank of the covariance with its small eigenvalues raised."""
    values, vectors = eigen(covariance)
    for k in range(values.shape[0]):
        values[k] = max(values[k], _START_SD * _START_SD)
    return factor_from(values, vectors, values.shape[0])


@kernel
def fit_mixed(
    levels: IntArray,
    trials: IntArray,
    columns: FloatArray,
    random_columns: FloatArray,
    offset: FloatArray,
    order: IntArray,
    centre: FloatArray,
    scale: FloatArray,
    transform: FloatArray,
    inverse_transform: FloatArray,
    n_trials: int,
    n_levels: int,
    n_arms: int,
    link: Any,
    weights: FloatArray,
    start: FloatArray,
    start_covariance: FloatArray,
    start_modes: FloatArray,
    tolerance: float,
    max_iterations: int,
) -> tuple[FloatArray, FloatArray, FloatArray, int, int]:
    """Maximise the Laplace approximation of the likelihood of a cumulative link mixed model.

    Parameters
    ----------
    levels, trials, columns, random_columns, offset : (n,), (n,), (p, n), (q, n), (n,); rows sorted by trial
        and level, columns standardised by `centre` and `scale`, random columns orthonormal (mean square 1).
    order : (n,) position of each sorted row in `weights`.
    n_arms : 2 where each arm has thresholds of its own (see `thresholds`), else 1.
    transform : (q, q) that takes random effects on the natural scale to those of `random_columns`.
    start, start_covariance, start_modes : on the natural scale; a nan in `start` asks for a cold start.

    Returns
    -------
    estimates, covariance and modes of the random effects (all on the natural scale), status, iterations.
    """
    p, q = columns.shape[0], random_columns.shape[0]
    rows, present, level_weight = mixed_rows(
        levels, trials, columns, random_columns, offset, order, n_trials, n_levels, n_arms, weights
    )
    rows, occupied = without_empty_trials(rows)
    first_slope = n_arms * (n_levels - 1)
    estimates = np.full(first_slope + p, math.nan)
    n_thresholds = count_thresholds(rows.top)
    if n_thresholds < 1:
        return estimates, np.zeros((q, q)), np.zeros((n_trials, q)), _ONE_LEVEL, 0
    work = mixed_work(rows.weights.shape[0], q, occupied.shape[0], n_thresholds, n_thresholds + p)

    warm = True
    for j in range(p):
        if not math.isfinite(start[first_slope + j]):
            warm = False
    slopes = np.zeros(p)
    thresholds = np.zeros(n_thresholds)
    factor = np.zeros((q, q))
    modes = np.zeros((occupied.shape[0], q))
    status = _NOT_CONVERGED
    iterations = 0
    for attempt in range(0 if warm else 1, 4):
        shift = 0.0
        for j in range(p):
            slopes[j] = start[first_slope + j] * scale[j] if attempt == 0 else 0.0
            shift += slopes[j] * centre[j] / scale[j]
        first = start if attempt == 0 else np.full(first_slope + p, math.nan)
        thresholds = start_thresholds(level_weight, present, n_levels, first, shift, link)
        if attempt == 0:
            # a start at the boundary would have to find its way back in: begin a little inside
            start_factor = _inner_factor(_standardised(start_covariance, transform))
            effects = np.empty((occupied.shape[0], q))
            for t in range(occupied.shape[0]):
                for d in range(q):
                    effects[t, d] = start_modes[occupied[t], d]
            initial_modes = _modes_from_effects(start_factor, product_transposed(effects, transform))
        else:
            # retry ladder: full rank, rank one, no random effects; the last two may re-open
            rank = q if attempt == 1 else 3 - attempt
            start_factor = np.zeros((q, rank))
            for k in range(rank):
                start_factor[k, k] = 0.4
            initial_modes = np.zeros((occupied.shape[0], rank))
        factor, modes, status, used = maximise_laplace(
            rows, work, thresholds, slopes, start_factor, initial_modes, link, tolerance, max_iterations
        )
        iterations += used
        if status <= _SINGULAR:
            break

    shift = 0.0
    for j in range(p):
        estimates[first_slope + j] = slopes[j] / scale[j]
        shift += slopes[j] * centre[j] / scale[j]
    expand_thresholds(thresholds, present, shift, n_levels, estimates)
    natural_factor = product(inverse_transform, factor)
    found = product_transposed(modes, natural_factor)
    natural_modes = np.zeros((n_trials, q))
    for t in range(occupied.shape[0]):
        for d in range(q):
            natural_modes[occupied[t], d] = found[t, d]
    covariance = product_transposed(natural_factor, natural_factor)
    return estimates, covariance, natural_modes, status, iterations


@kernel
def standard_start(
    start: FloatArray,
    start_covariance: FloatArray,
    start_modes: FloatArray,
    present: IntArray,
    level_weight: FloatArray,
    centre: FloatArray,
    scale: FloatArray,
    transform: FloatArray,
    n_levels: int,
    n_arms: int,
    rank: int,
    link: Any,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Thresholds, slopes, factor of the given rank, and modes on the standardised scale."""
    slopes = start[n_arms * (n_levels - 1) :] * scale
    shift = 0.0
    for j in range(slopes.shape[0]):
        shift += slopes[j] * centre[j] / scale[j]
    thresholds = start_thresholds(level_weight, present, n_levels, start, shift, link)
    factor = factor_of(_standardised(start_covariance, transform), rank)
    return thresholds, slopes, factor, _modes_from_effects(factor, product_transposed(start_modes, transform))
