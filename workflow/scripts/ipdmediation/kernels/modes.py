"""Conditional modes of a cumulative link mixed model, by Newton's method, all trials side by side."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ipdmediation.kernels import links
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.compiling import fast_internal, internal
from ipdmediation.kernels.matrices import invert
from ipdmediation.kernels.mixed_rows import MixedRows, MixedWork
from ipdmediation.kernels.rows import BLOCK


@fast_internal
def _add_sums(
    z: FloatArray,
    above: FloatArray,
    below: FloatArray,
    cross_a: FloatArray,
    cross_b: FloatArray,
    start: int,
    stop: int,
    score: FloatArray,
    curvature: FloatArray,
) -> None:
    """Add the score and curvature of a range of rows, in the random effects of their trial."""
    for d in range(z.shape[0]):
        total = 0.0
        for i in range(np.uint64(start), np.uint64(stop)):
            total += (below[i] - above[i]) * z[d, i]
        score[d] += total
        for e in range(d + 1):
            total = 0.0
            for i in range(np.uint64(start), np.uint64(stop)):
                total += (cross_a[i] + cross_b[i]) * z[d, i] * z[e, i]
            curvature[d, e] += total


@fast_internal
def trial_predictor(
    z: FloatArray, fixed_eta: FloatArray, effects: FloatArray, start: int, stop: int, eta: FloatArray
) -> None:
    """Add the random effects to the predictor of one trial's rows."""
    for i in range(np.uint64(start), np.uint64(stop)):
        eta[i] = fixed_eta[i]
    for d in range(z.shape[0]):
        effect = effects[d]
        for i in range(np.uint64(start), np.uint64(stop)):
            eta[i] += effect * z[d, i]


@internal
def _row_pass(
    rows: MixedRows,
    work: MixedWork,
    effects: FloatArray,
    active: IntArray,
    link: Any,
    outer_product: bool,
) -> None:
    """Row quantities, scores and curvatures of the active trials at given random effects.

    Trials that follow each other go together, in blocks that stay in the cache. With `outer_product`, squares
    of scores stand in place of second derivatives.
    """
    # taken out of the tuples once: each time costs the counting of a reference
    z, weights, trial_start = rows.z, rows.weights, rows.trial_start
    fixed_eta, eta, upper, lower = work.fixed_eta, work.eta, work.upper, work.lower
    above, below, cross_a, cross_b = work.above, work.below, work.cross_a, work.cross_b
    scores, curvatures = work.score, work.curvature
    n_trials, q = scores.shape
    t = 0
    while t < n_trials:
        if not active[t]:
            t += 1
            continue
        end = t
        while end < n_trials and active[end]:
            for d in range(q):
                scores[end, d] = 0.0
                for e in range(q):
                    curvatures[end, d, e] = 0.0
            end += 1
        for start in range(trial_start[t], trial_start[end], BLOCK):
            stop = min(start + BLOCK, trial_start[end])
            while trial_start[t + 1] <= start:
                t += 1
            part = t
            while part < end and trial_start[part] < stop:
                low, high = max(start, trial_start[part]), min(stop, trial_start[part + 1])
                trial_predictor(z, fixed_eta, effects[part], low, high, eta)
                part += 1
            links.rows(link, eta, weights, upper, lower, above, below, cross_a, cross_b, start, stop)
            if outer_product:
                links.outer_product(weights, above, below, cross_a, cross_b, start, stop)
            part = t
            while part < end and trial_start[part] < stop:
                low, high = max(start, trial_start[part]), min(stop, trial_start[part + 1])
                _add_sums(z, above, below, cross_a, cross_b, low, high, scores[part], curvatures[part])
                part += 1
        t = end
    for t in range(n_trials):
        for d in range(q):
            for e in range(d):
                curvatures[t, e, d] = curvatures[t, d, e]


@internal
def _trial_hessian(
    curvature: FloatArray, factor: FloatArray, loaded: FloatArray, hessian: FloatArray
) -> None:
    """Fill A L and H = I + L'A L."""
    q, rank = factor.shape
    for d in range(q):
        for k in range(rank):
            loaded[d, k] = 0.0
            for e in range(q):
                loaded[d, k] += curvature[d, e] * factor[e, k]
    for k in range(rank):
        for m in range(rank):
            hessian[k, m] = 1.0 if k == m else 0.0
            for d in range(q):
                hessian[k, m] += factor[d, k] * loaded[d, m]


@internal
def find_modes(
    rows: MixedRows,
    work: MixedWork,
    factor: FloatArray,
    modes: FloatArray,
    link: Any,
    tolerance: float,
    max_passes: int,
    loaded: FloatArray,
    step: FloatArray,
) -> tuple[bool, float]:
    """Newton's method for the modes of all trials, which are replaced.

    Leaves the row quantities, scores, curvatures, inverses of H and (trials, q, r) products A L of the last
    but one modes, and the (trials, r) last steps. Returns whether all steps ended below the tolerance, and
    the sum over trials of log det H.
    """
    q, rank = factor.shape
    n_trials = modes.shape[0]
    effects = np.empty((n_trials, q))
    pull = np.empty(rank)
    hessian = np.empty((rank, rank))
    active = np.ones(n_trials, np.int64)
    ascent = np.zeros(n_trials)
    log_determinant = np.zeros(n_trials)
    scores, curvatures, inverses = work.score, work.curvature, work.inverse
    step[:, :] = 0.0
    left = n_trials
    for trial_pass in range(max_passes):
        for t in range(n_trials):
            for d in range(q):
                effects[t, d] = 0.0
                for k in range(rank):
                    effects[t, d] += factor[d, k] * modes[t, k]
        _row_pass(rows, work, effects, active, link, False)
        for t in range(n_trials):
            if not active[t]:
                continue
            new_ascent = 0.0
            for k in range(rank):
                pull[k] = -modes[t, k]
                for d in range(q):
                    pull[k] += factor[d, k] * scores[t, d]
                new_ascent += pull[k] * step[t, k]
            if trial_pass > 0 and new_ascent < -0.8 * ascent[t]:
                ascent[t] *= 0.5
                for k in range(rank):
                    step[t, k] *= 0.5
                    modes[t, k] -= step[t, k]
                continue
            _trial_hessian(curvatures[t], factor, loaded[t], hessian)
            log_determinant[t] = invert(hessian, inverses[t])
            if math.isnan(log_determinant[t]):
                alone = np.zeros(n_trials, np.int64)
                alone[t] = 1
                _row_pass(rows, work, effects, alone, link, True)
                _trial_hessian(curvatures[t], factor, loaded[t], hessian)
                log_determinant[t] = invert(hessian, inverses[t])
            largest = 0.0
            ascent[t] = 0.0
            for k in range(rank):
                step[t, k] = 0.0
                for m in range(rank):
                    step[t, k] += inverses[t, k, m] * pull[m]
                largest = max(largest, abs(step[t, k]))
            shorten = min(1.0, 3.0 / largest) if largest > 0.0 else 1.0
            for k in range(rank):
                step[t, k] *= shorten
                ascent[t] += step[t, k] * pull[k]
                modes[t, k] += step[t, k]
            if largest < tolerance:
                active[t] = 0
                left -= 1
        if left == 0:
            break
    total = 0.0
    for t in range(n_trials):
        total += log_determinant[t]
    return left == 0, total
