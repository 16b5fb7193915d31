"""Rows of a cumulative link mixed model, sorted by trial and level, and what is computed from them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ipdmediation.kernels import links
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.compiling import internal, kernel, maker
from ipdmediation.kernels.rows import block_sum
from ipdmediation.kernels.thresholds import bounds_of_levels, present_levels


class MixedRows(NamedTuple):
    """Rows with weight, sorted by trial and level; a cell is the rows of one level in one trial."""

    x: FloatArray  # (p, n)
    z: FloatArray  # (q, n)
    weights: FloatArray
    inverse_weights: FloatArray
    offset: FloatArray
    level_weight: FloatArray
    trial_start: IntArray  # (trials + 1,)
    cell_start: IntArray  # (cells + 1,)
    cell_level: IntArray
    cell_trial: IntArray
    top: IntArray  # (levels,) index of the threshold above each present level, -1 where there is none
    bottom: IntArray  # (levels,) and of that below it


class MixedWork(NamedTuple):
    """Everything that an evaluation of the Laplace criterion leaves behind."""

    fixed_eta: FloatArray  # (n,)
    eta: FloatArray
    upper: FloatArray
    lower: FloatArray
    above: FloatArray
    below: FloatArray
    cross_a: FloatArray
    cross_b: FloatArray
    third_a: FloatArray
    third_b: FloatArray
    mixed: FloatArray  # (thresholds,) second derivative in both bounds, by the upper one (not of the logit)
    score: FloatArray  # (trials, q) G at the modes
    curvature: FloatArray  # (trials, q, q) A
    inverse: FloatArray  # (trials, q, q) inverse of H, top left (r, r)
    spread: FloatArray  # (trials, q, q) L H^-1 L'
    gradient: FloatArray  # (thresholds + p,)
    factor_gradient: FloatArray  # (q, q) d/dL, first r columns
    covariance_gradient: FloatArray  # (q, q) d/dD
    correction: FloatArray  # (q, q) part of d/dD that comes from third derivatives
    information: FloatArray  # (thresholds + p, same), of the fixed part given the modes
    coupling: FloatArray  # (trials, q, thresholds + p) between random and fixed part
    kept_curvature: FloatArray  # (trials, q, q) `curvature` where the two were computed
    effects: FloatArray  # (trials, q) L u
    step: FloatArray  # (trials, q) last Newton step of the modes, first r columns
    ascent: FloatArray  # (trials,) what that step promised
    loaded: FloatArray  # (trials, q, q) A L, first r columns
    log_determinant: FloatArray  # (trials,) of H
    third: FloatArray  # (trials, q) third derivatives, summed with the random columns
    active: IntArray  # (trials,) whether the mode is still sought
    marginal: FloatArray  # (thresholds + p, same) `information` with the modes eliminated
    taken: FloatArray  # (q, thresholds + p) from here on: room for what is done trial by trial
    hessian: FloatArray  # (q, q)
    conditional: FloatArray  # (q, q)
    room: FloatArray  # (q, q)
    row: FloatArray  # (q,)
    column: FloatArray  # (q,)
    other_column: FloatArray  # (q,)


@kernel
def mixed_work(n: int, q: int, n_trials: int, n_thresholds: int, size: int) -> MixedWork:
    """Allocate the arrays of an evaluation, once a fit."""
    return MixedWork(
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.zeros(n_thresholds),
        np.zeros((n_trials, q)),
        np.zeros((n_trials, q, q)),
        np.zeros((n_trials, q, q)),
        np.zeros((n_trials, q, q)),
        np.zeros(size),
        np.zeros((q, q)),
        np.zeros((q, q)),
        np.zeros((q, q)),
        np.zeros((size, size)),
        np.zeros((n_trials, q, size)),
        np.zeros((n_trials, q, q)),
        np.zeros((n_trials, q)),
        np.zeros((n_trials, q)),
        np.zeros(n_trials),
        np.zeros((n_trials, q, q)),
        np.zeros(n_trials),
        np.zeros((n_trials, q)),
        np.zeros(n_trials, np.int64),
        np.zeros((size, size)),
        np.zeros((q, size)),
        np.zeros((q, q)),
        np.zeros((q, q)),
        np.zeros((q, q)),
        np.zeros(q),
        np.zeros(q),
        np.zeros(q),
    )


@internal
def fill_cell_bounds(thresholds: FloatArray, rows: MixedRows, link: Any, work: MixedWork) -> None:
    """Write what the link needs of the bounds of every row."""
    for c in range(rows.cell_level.shape[0]):
        k, lower = rows.top[rows.cell_level[c]], rows.bottom[rows.cell_level[c]]
        top = links.bound(link, thresholds[k] if k >= 0 else math.inf)
        bottom = links.bound(link, thresholds[lower] if lower >= 0 else -math.inf)
        for i in range(rows.cell_start[c], rows.cell_start[c + 1]):
            work.upper[i] = top
            work.lower[i] = bottom


@kernel
def mixed_rows(
    levels: IntArray,
    trials: IntArray,
    columns: FloatArray,
    random_columns: FloatArray,
    offset: FloatArray,
    order: IntArray,
    n_trials: int,
    n_levels: int,
    n_arms: int,
    weights: FloatArray,
) -> tuple[MixedRows, IntArray, FloatArray]:
    """Rows with weight, the levels present and the weight of all levels, numbered as in `thresholds`."""
    n_codes = n_arms * n_levels
    p, q = columns.shape[0], random_columns.shape[0]
    kept = np.empty(order.shape[0], np.uint64)  # unsigned: numba need not look for negative indices
    w = np.empty(order.shape[0])
    n = 0
    for i in range(order.shape[0]):
        # written for every row and kept for those with weight: no branch that cannot be foreseen
        kept[n] = i
        w[n] = weights[order[i]]
        n += w[n] > 0.0
    kept, w = kept[:n], w[:n]
    x = np.empty((p, n))
    z = np.empty((q, n))
    base = np.empty(n)
    inverse = np.empty(n)
    for i in range(n):
        base[i] = offset[kept[i]]
        inverse[i] = 1.0 / w[i]
    for j in range(p):
        source, target = columns[j], x[j]
        for i in range(n):
            target[i] = source[kept[i]]
    for d in range(q):
        source, target = random_columns[d], z[d]
        for i in range(n):
            target[i] = source[kept[i]]
    cell_start = np.zeros(n_trials * n_codes + 1, np.int64)
    cell_level = np.empty(n_trials * n_codes, np.int64)
    cell_trial = np.empty(n_trials * n_codes, np.int64)
    n_cells = 0
    trial, level = -1, -1
    for i in range(n):
        if trials[kept[i]] != trial or levels[kept[i]] != level:
            trial, level = trials[kept[i]], levels[kept[i]]
            cell_start[n_cells] = i
            cell_level[n_cells] = level
            cell_trial[n_cells] = trial
            n_cells += 1
    cell_start[n_cells] = n
    trial_start = np.zeros(n_trials + 1, np.int64)
    level_weight = np.zeros(n_codes)
    for c in range(n_cells):
        trial_start[cell_trial[c] + 1] += cell_start[c + 1] - cell_start[c]
        level_weight[cell_level[c]] += block_sum(w, cell_start[c], cell_start[c + 1])
    for t in range(n_trials):
        trial_start[t + 1] += trial_start[t]
    present = present_levels(level_weight)
    present_weight = np.empty(present.shape[0])
    position = np.zeros(n_codes, np.int64)
    for k in range(present.shape[0]):
        present_weight[k] = level_weight[present[k]]
        position[present[k]] = k
    for c in range(n_cells):
        cell_level[c] = position[cell_level[c]]
    top, bottom = bounds_of_levels(present, n_levels)
    rows = MixedRows(
        x,
        z,
        w,
        inverse,
        base,
        present_weight,
        trial_start,
        cell_start[: n_cells + 1].copy(),
        cell_level[:n_cells].copy(),
        cell_trial[:n_cells].copy(),
        top,
        bottom,
    )
    return rows, present, level_weight


@maker
def without_empty_trials(rows: MixedRows) -> tuple[MixedRows, IntArray]:
    """Leave out the trials that no row with weight belongs to; also returns which trials are left."""
    n_trials = rows.trial_start.shape[0] - 1
    occupied = np.empty(n_trials, np.int64)
    n_occupied = 0
    for t in range(n_trials):
        if rows.trial_start[t + 1] > rows.trial_start[t]:
            occupied[n_occupied] = t
            n_occupied += 1
    if n_occupied == n_trials:
        return rows, occupied
    occupied = occupied[:n_occupied].copy()
    position = np.zeros(n_trials, np.int64)
    start = np.zeros(occupied.shape[0] + 1, np.int64)
    for t in range(occupied.shape[0]):
        position[occupied[t]] = t
        start[t + 1] = rows.trial_start[occupied[t] + 1]
    cell_trial = np.empty(rows.cell_trial.shape[0], np.int64)
    for c in range(cell_trial.shape[0]):
        cell_trial[c] = position[rows.cell_trial[c]]
    left = MixedRows(
        rows.x,
        rows.z,
        rows.weights,
        rows.inverse_weights,
        rows.offset,
        rows.level_weight,
        start,
        rows.cell_start,
        rows.cell_level,
        cell_trial,
        rows.top,
        rows.bottom,
    )
    return left, occupied


@internal
def cell_log_likelihood(
    eta: FloatArray, rows: MixedRows, thresholds: FloatArray, link: Any, start: int, stop: int
) -> float:
    """Log-likelihood of a range of rows, whole trials, given their predictor."""
    total = 0.0
    for c in range(rows.cell_level.shape[0]):
        k, lower = rows.top[rows.cell_level[c]], rows.bottom[rows.cell_level[c]]
        top = thresholds[k] if k >= 0 else math.inf
        bottom = thresholds[lower] if lower >= 0 else -math.inf
        for i in range(max(start, rows.cell_start[c]), min(stop, rows.cell_start[c + 1])):
            total += rows.weights[i] * links.log_probability(link, eta[i], top, bottom)
    return total
