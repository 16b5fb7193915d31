"""Newton steps of a cumulative link mixed model, with the random effects' modes eliminated.

The covariance's part of the Hessian is that of the linear mixed model which has the same scores and
curvatures by trial; the gradient is exact, so the approximation costs speed only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ipdmediation.kernels import links
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.compiling import fast_kernel, internal, kernel
from ipdmediation.kernels.links import logit
from ipdmediation.kernels.matrices import cholesky, solve
from ipdmediation.kernels.mixed_rows import MixedRows, MixedWork
from ipdmediation.kernels.rows import BLOCK, block_sum, dot


@fast_kernel
def mixed_information(rows: MixedRows, work: MixedWork, thresholds: FloatArray, link: Any) -> None:
    """Information of the fixed part given the modes (lower triangle), and its coupling to the random."""
    n_thresholds = thresholds.shape[0]
    x, z = rows.x, rows.z
    p, n = x.shape
    q = z.shape[0]
    cell_start, cell_level, cell_trial = rows.cell_start, rows.cell_level, rows.cell_trial
    trial_start = rows.trial_start
    cross_a, cross_b, weighted = work.cross_a, work.cross_b, work.third_a
    information, coupling = work.information, work.coupling
    information[:, :] = 0.0
    coupling[:, :, :] = 0.0
    for t in range(trial_start.shape[0] - 1):
        for d in range(q):
            for e in range(q):
                work.kept_spread[t, d, e] = work.spread[t, d, e]
    for c in range(cell_level.shape[0]):
        k = cell_level[c]
        t = cell_trial[c]
        for start in range(cell_start[c], cell_start[c + 1], BLOCK):
            stop = min(start + BLOCK, cell_start[c + 1])
            if k < n_thresholds:
                information[k, k] += block_sum(cross_a, start, stop)
            if k > 0:
                information[k - 1, k - 1] += block_sum(cross_b, start, stop)
            for j in range(p):
                if k < n_thresholds:
                    information[n_thresholds + j, k] -= dot(cross_a, x[j], start, stop)
                if k > 0:
                    information[n_thresholds + j, k - 1] -= dot(cross_b, x[j], start, stop)
            for d in range(q):
                if k < n_thresholds:
                    coupling[t, d, k] -= dot(cross_a, z[d], start, stop)
                if k > 0:
                    coupling[t, d, k - 1] -= dot(cross_b, z[d], start, stop)
    for k in range(1, n_thresholds):
        if links.is_logit(link):
            mixed = logit.gap_curvature(rows.level_weight[k], thresholds[k] - thresholds[k - 1])
        else:
            mixed = work.mixed[k]
        information[k, k] += mixed
        information[k - 1, k - 1] += mixed
        information[k, k - 1] -= mixed
    for start in range(0, n, BLOCK):
        stop = min(start + BLOCK, n)
        for j in range(p):
            for i in range(np.uint64(start), np.uint64(stop)):
                weighted[i] = x[j, i] * (cross_a[i] + cross_b[i])
            for k in range(j + 1):
                information[n_thresholds + j, n_thresholds + k] += dot(weighted, x[k], start, stop)
    for t in range(trial_start.shape[0] - 1):
        for start in range(trial_start[t], trial_start[t + 1], BLOCK):
            stop = min(start + BLOCK, trial_start[t + 1])
            for d in range(q):
                for i in range(np.uint64(start), np.uint64(stop)):
                    weighted[i] = z[d, i] * (cross_a[i] + cross_b[i])
                for j in range(p):
                    coupling[t, d, n_thresholds + j] += dot(weighted, x[j], start, stop)


@internal
def _eliminate_modes(work: MixedWork, marginal: FloatArray) -> None:
    """Schur complement of the random part: information of the fixed part with the modes eliminated."""
    n_trials, q, size = work.coupling.shape
    for i in range(size):
        for j in range(i + 1):
            marginal[i, j] = work.information[i, j]
    for t in range(n_trials):
        for d in range(q):
            for e in range(q):
                # of the same point: with many patients, what is left of the information is a small difference
                amount = work.kept_spread[t, d, e]
                if amount != 0.0:
                    left, right = work.coupling[t, d], work.coupling[t, e]
                    for i in range(size):
                        scaled = amount * left[i]
                        for j in range(i + 1):
                            marginal[i, j] -= scaled * right[j]


@kernel
def marginal_information(rows: MixedRows, work: MixedWork, thresholds: FloatArray, link: Any) -> FloatArray:
    """Information of thresholds and slopes, with the modes eliminated, where `work` has been left."""
    size = work.gradient.shape[0]
    marginal = np.empty((size, size))
    mixed_information(rows, work, thresholds, link)
    _eliminate_modes(work, marginal)
    for i in range(size):
        for j in range(i):
            marginal[j, i] = marginal[i, j]
    return marginal


@kernel
def mixed_step(
    work: MixedWork,
    factor: FloatArray,
    modes: FloatArray,
    largest_factor_step: float,
    fixed_step: FloatArray,
    factor_step: FloatArray,
    mode_step: FloatArray,
) -> bool:
    """Newton step of all parameters, and what the modes will do in it.

    The Hessian is that of the linear mixed model which has the same scores and curvatures by trial, plus the
    third-derivative part of d/dD held constant; the gradient is exact, so the approximation costs speed only.
    Returns False where the information of the fixed part is singular.
    """
    q, rank = factor.shape
    n_trials, _, size = work.coupling.shape
    n_entries = rank * q - rank * (rank - 1) // 2
    marginal = np.empty((size, size))
    _eliminate_modes(work, marginal)
    if not cholesky(marginal):
        return False

    entry_row = np.empty(n_entries, np.int64)
    entry_column = np.empty(n_entries, np.int64)
    entry = 0
    for b in range(rank):
        for a in range(b, q):
            entry_row[entry] = a
            entry_column[entry] = b
            entry += 1
    cross = np.zeros((n_entries, size))
    hessian = np.zeros((n_entries, n_entries))
    loaded = np.empty((q, rank))
    reduced = np.empty((q, rank))
    conditional = np.empty((q, q))
    mode_change = np.empty(rank)
    effect_change = np.empty(q)
    score_change = np.empty(q)
    for t in range(n_trials):
        curvature, inverse, score = work.curvature[t], work.inverse[t], work.score[t]
        for d in range(q):
            for k in range(rank):
                loaded[d, k] = 0.0
                for e in range(q):
                    loaded[d, k] += curvature[d, e] * factor[e, k]
        for d in range(q):
            for k in range(rank):
                reduced[d, k] = 0.0
                for m in range(rank):
                    reduced[d, k] += loaded[d, m] * inverse[m, k]
        for d in range(q):
            for e in range(q):
                conditional[d, e] = curvature[d, e]
                for k in range(rank):
                    conditional[d, e] -= reduced[d, k] * loaded[e, k]
        for entry in range(n_entries):
            a, b = entry_row[entry], entry_column[entry]
            for k in range(rank):
                mode_change[k] = inverse[k, b] * score[a]
                for m in range(rank):
                    mode_change[k] -= inverse[k, m] * loaded[a, m] * modes[t, b]
            for d in range(q):
                effect_change[d] = modes[t, b] if d == a else 0.0
                for k in range(rank):
                    effect_change[d] += factor[d, k] * mode_change[k]
            for d in range(q):
                score_change[d] = 0.0
                for e in range(q):
                    score_change[d] -= curvature[d, e] * effect_change[e]
            for other in range(n_entries):
                d, k = entry_row[other], entry_column[other]
                hessian[other, entry] -= (
                    score_change[d] * modes[t, k]
                    + score[d] * mode_change[k]
                    - conditional[d, a] * inverse[b, k]
                    + reduced[d, b] * reduced[a, k]
                )
            for d in range(q):
                amount = effect_change[d]
                coupling = work.coupling[t, d]
                for i in range(size):
                    cross[entry, i] += amount * coupling[i]
    for entry in range(n_entries):
        for other in range(n_entries):
            if entry_column[entry] == entry_column[other]:
                hessian[other, entry] -= 2.0 * work.correction[entry_row[other], entry_row[entry]]

    for i in range(size):
        fixed_step[i] = work.gradient[i]
    solve(marginal, fixed_step)
    if n_entries > 0:
        eliminated = cross.copy()
        right = np.empty(n_entries)
        for entry in range(n_entries):
            solve(marginal, eliminated[entry])
            right[entry] = work.factor_gradient[entry_row[entry], entry_column[entry]]
            for i in range(size):
                right[entry] -= cross[entry, i] * fixed_step[i]
        largest_diagonal = 0.0
        for entry in range(n_entries):
            for other in range(n_entries):
                for i in range(size):
                    hessian[entry, other] -= cross[entry, i] * eliminated[other, i]
            largest_diagonal = max(largest_diagonal, abs(hessian[entry, entry]))
        damping = 0.0
        triangle = np.empty((n_entries, n_entries))
        while True:
            for entry in range(n_entries):
                for other in range(n_entries):
                    triangle[entry, other] = 0.5 * (hessian[entry, other] + hessian[other, entry])
                triangle[entry, entry] += damping
            if cholesky(triangle):
                break
            damping = max(4.0 * damping, 1e-3 * largest_diagonal + 1e-8)
        solve(triangle, right)
        largest = 0.0
        for entry in range(n_entries):
            largest = max(largest, abs(right[entry]))
        if largest > largest_factor_step:
            for entry in range(n_entries):
                right[entry] *= largest_factor_step / largest
        factor_step[:, :] = 0.0
        for entry in range(n_entries):
            factor_step[entry_row[entry], entry_column[entry]] = right[entry]
            for i in range(size):
                fixed_step[i] -= eliminated[entry, i] * right[entry]

    for t in range(n_trials):
        for d in range(q):
            total = 0.0
            for i in range(size):
                total += work.coupling[t, d, i] * fixed_step[i]
            effect_change[d] = total
            for k in range(rank):
                for e in range(q):
                    effect_change[d] += work.curvature[t, d, e] * factor_step[e, k] * modes[t, k]
        for k in range(rank):
            mode_step[t, k] = 0.0
            for m in range(rank):
                total = 0.0
                for d in range(q):
                    total += factor_step[d, m] * work.score[t, d] - factor[d, m] * effect_change[d]
                mode_step[t, k] += work.inverse[t, k, m] * total
    return True
