"""Conditional modes of a cumulative link mixed model, by Newton's method, all trials side by side."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ipdmediation.kernels import links
from ipdmediation.kernels.arrays import FloatArray
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
def _row_pass(rows: MixedRows, work: MixedWork, first: int, end: int, link: Any, outer_product: bool) -> None:
    """Row quantities, scores and curvatures of successive trials at the random effects in `work`.

    The trials go together, in blocks that stay in the cache. With `outer_product`, squares of scores stand in
    place of second derivatives.
    """
    trial_start = rows.trial_start
    eta, above, below, cross_a, cross_b = work.eta, work.above, work.below, work.cross_a, work.cross_b
    q = work.score.shape[1]
    for t in range(first, end):
        for d in range(q):
            work.score[t, d] = 0.0
            for e in range(q):
                work.curvature[t, d, e] = 0.0
    t = first
    for start in range(trial_start[first], trial_start[end], BLOCK):
        stop = min(start + BLOCK, trial_start[end])
        while trial_start[t + 1] <= start:
            t += 1
        part = t
        while part < end and trial_start[part] < stop:
            low, high = max(start, trial_start[part]), min(stop, trial_start[part + 1])
            trial_predictor(rows.z, work.fixed_eta, work.effects[part], low, high, eta)
            part += 1
        links.rows(
            link, eta, rows.weights, work.upper, work.lower, above, below, cross_a, cross_b, start, stop
        )
        if outer_product:
            links.outer_product(rows.weights, above, below, cross_a, cross_b, start, stop)
        part = t
        while part < end and trial_start[part] < stop:
            low, high = max(start, trial_start[part]), min(stop, trial_start[part + 1])
            score, curvature = work.score[part], work.curvature[part]
            _add_sums(rows.z, above, below, cross_a, cross_b, low, high, score, curvature)
            part += 1
    for t in range(first, end):
        for d in range(q):
            for e in range(d):
                work.curvature[t, e, d] = work.curvature[t, d, e]


@internal
def trial_hessian(curvature: FloatArray, factor: FloatArray, loaded: FloatArray, hessian: FloatArray) -> None:
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
) -> tuple[bool, float]:
    """Newton's method for the modes of all trials, which are replaced.

    Leaves in `work` the row quantities, scores, curvatures, inverses of H and products A L of the last but
    one modes, and the last steps. Returns whether all steps ended below the tolerance, and the sum over
    trials of log det H.
    """
    q, rank = factor.shape
    n_trials = modes.shape[0]
    pull, hessian = work.row, work.hessian[:rank, :rank]
    active, step, ascent = work.active, work.step, work.ascent
    for t in range(n_trials):
        active[t] = 1
        for k in range(rank):
            step[t, k] = 0.0
    left = n_trials
    for trial_pass in range(max_passes):
        for t in range(n_trials):
            for d in range(q):
                work.effects[t, d] = 0.0
                for k in range(rank):
                    work.effects[t, d] += factor[d, k] * modes[t, k]
        first = 0
        while first < n_trials:
            end = first
            while end < n_trials and active[end]:
                end += 1
            if end > first:
                _row_pass(rows, work, first, end, link, False)
            first = end + 1
        for t in range(n_trials):
            if not active[t]:
                continue
            new_ascent = 0.0
            for k in range(rank):
                pull[k] = -modes[t, k]
                for d in range(q):
                    pull[k] += factor[d, k] * work.score[t, d]
                new_ascent += pull[k] * step[t, k]
            if trial_pass > 0 and new_ascent < -0.8 * ascent[t]:
                ascent[t] *= 0.5
                for k in range(rank):
                    step[t, k] *= 0.5
                    modes[t, k] -= step[t, k]
                continue
            trial_hessian(work.curvature[t], factor, work.loaded[t], hessian)
            work.log_determinant[t] = invert(hessian, work.inverse[t])
            if math.isnan(work.log_determinant[t]):
                _row_pass(rows, work, t, t + 1, link, True)
                trial_hessian(work.curvature[t], factor, work.loaded[t], hessian)
                work.log_determinant[t] = invert(hessian, work.inverse[t])
            largest = 0.0
            ascent[t] = 0.0
            for k in range(rank):
                step[t, k] = 0.0
                for m in range(rank):
                    step[t, k] += work.inverse[t, k, m] * pull[m]
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
        total += work.log_determinant[t]
    return left == 0, total
