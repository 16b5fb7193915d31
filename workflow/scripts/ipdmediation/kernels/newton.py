"""Newton steps of a cumulative link mixed model, with the random effects' modes eliminated.

The covariance's part of the Hessian is that of the linear mixed model which has the same scores and
curvatures by trial; the gradient is exact, so the approximation costs speed only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ipdmediation.kernels import links
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.compiling import fast_internal, internal, kernel, maker
from ipdmediation.kernels.links import logit
from ipdmediation.kernels.matrices import cholesky, solve_damped, solve_lower, solve_upper
from ipdmediation.kernels.mixed_rows import MixedRows, MixedWork
from ipdmediation.kernels.modes import trial_hessian
from ipdmediation.kernels.rows import BLOCK, block_sum, products


@fast_internal
def _subtract_cell(
    columns: FloatArray,
    cross_a: FloatArray,
    cross_b: FloatArray,
    start: int,
    stop: int,
    top: int,
    bottom: int,
    sums: FloatArray,
) -> None:
    """Subtract the products of columns with a cell's curvatures, by threshold, from (columns, ...) sums."""
    last = columns.shape[0] - 1
    for j in range(0, last + 1, 2):
        k = min(j + 1, last)
        a_j, a_k, b_j, b_k = products(cross_a, cross_b, columns[j], columns[k], start, stop)
        if top >= 0:
            sums[j, top] -= a_j
            if k > j:
                sums[k, top] -= a_k
        if bottom >= 0:
            sums[j, bottom] -= b_j
            if k > j:
                sums[k, bottom] -= b_k


@fast_internal
def _add_products(
    left: FloatArray,
    x: FloatArray,
    cross_a: FloatArray,
    cross_b: FloatArray,
    start: int,
    stop: int,
    first: FloatArray,
    second: FloatArray,
    triangle: bool,
    sums: FloatArray,
) -> None:
    """Add the sums of left column * curvature * column of x; of a `triangle` no pair far above the diagonal.

    Two by two, so that each number that is read serves twice; `first` and `second` are room for rows.
    """
    last, p = left.shape[0] - 1, x.shape[0]
    for j in range(0, last + 1, 2):
        k = min(j + 1, last)
        for i in range(np.uint64(start), np.uint64(stop)):
            first[i] = left[j, i] * (cross_a[i] + cross_b[i])
        for i in range(np.uint64(start), np.uint64(stop)):
            second[i] = left[k, i] * (cross_a[i] + cross_b[i])
        for m in range(0, k + 1 if triangle else p, 2):
            o = min(m + 1, p - 1)
            j_m, j_o, k_m, k_o = products(first, second, x[m], x[o], start, stop)
            sums[j, m] += j_m
            if o > m:
                sums[j, o] += j_o
            if k > j:
                sums[k, m] += k_m
                if o > m:
                    sums[k, o] += k_o


@internal
def mixed_information(rows: MixedRows, work: MixedWork, thresholds: FloatArray, link: Any) -> None:
    """Information of the fixed part given the modes (lower triangle), and its coupling to the random."""
    n_thresholds = thresholds.shape[0]
    x, z = rows.x, rows.z
    cross_a, cross_b = work.cross_a, work.cross_b
    information, coupling = work.information, work.coupling
    n_trials, q, size = coupling.shape
    for i in range(size):
        for j in range(size):
            information[i, j] = 0.0
    for t in range(n_trials):
        for d in range(q):
            for j in range(size):
                coupling[t, d, j] = 0.0
            for e in range(q):
                work.kept_curvature[t, d, e] = work.curvature[t, d, e]
    slopes = information[n_thresholds:]
    for c in range(rows.cell_level.shape[0]):
        k, lower = rows.top[rows.cell_level[c]], rows.bottom[rows.cell_level[c]]
        own = coupling[rows.cell_trial[c]]
        for start in range(rows.cell_start[c], rows.cell_start[c + 1], BLOCK):
            stop = min(start + BLOCK, rows.cell_start[c + 1])
            if k >= 0:
                information[k, k] += block_sum(cross_a, start, stop)
            if lower >= 0:
                information[lower, lower] += block_sum(cross_b, start, stop)
            _subtract_cell(x, cross_a, cross_b, start, stop, k, lower, slopes)
            _subtract_cell(z, cross_a, cross_b, start, stop, k, lower, own)
    for level in range(rows.top.shape[0]):
        k, lower = rows.top[level], rows.bottom[level]
        if k < 0 or lower < 0:
            continue
        if links.is_logit(link):
            mixed = logit.gap_curvature(rows.level_weight[level], thresholds[k] - thresholds[lower])
        else:
            mixed = work.mixed[k]
        information[k, k] += mixed
        information[lower, lower] += mixed
        information[k, lower] -= mixed
    first, second = work.third_a, work.third_b
    square = slopes[:, n_thresholds:]
    for start in range(0, x.shape[1], BLOCK):
        stop = min(start + BLOCK, x.shape[1])
        _add_products(x, x, cross_a, cross_b, start, stop, first, second, True, square)
    for t in range(n_trials):
        own = coupling[t][:, n_thresholds:]
        for start in range(rows.trial_start[t], rows.trial_start[t + 1], BLOCK):
            stop = min(start + BLOCK, rows.trial_start[t + 1])
            _add_products(z, x, cross_a, cross_b, start, stop, first, second, False, own)


@internal
def _eliminate_modes(work: MixedWork, factor: FloatArray, marginal: FloatArray) -> bool:
    """Schur complement of the random part: information of the fixed part with the modes eliminated.

    It is taken at the present factor L, and at the curvatures A that belong to the information: with many
    patients, what is left of that is a small difference. With C C' = I + L'A L, the modes' variances
    L (C C')^-1 L' take away rank-one terms, one for each column of L. False where there is no such C.
    """
    n_trials, q, size = work.coupling.shape
    rank = factor.shape[1]
    root, row, taken = work.hessian[:rank, :rank], work.row[:rank], work.taken
    for i in range(size):
        for j in range(i + 1):
            marginal[i, j] = work.information[i, j]
    for t in range(n_trials):
        trial_hessian(work.kept_curvature[t], factor, work.room, root)
        if not cholesky(root):
            # an indefinite curvature serves at its own factor only
            trial_hessian(work.curvature[t], factor, work.room, root)
            if not cholesky(root):
                return False
        for k in range(rank):
            for i in range(size):
                taken[k, i] = 0.0
        for d in range(q):
            for k in range(rank):
                row[k] = factor[d, k]
            solve_lower(root, row)
            for k in range(rank):
                for i in range(size):
                    taken[k, i] += row[k] * work.coupling[t, d, i]
        for k in range(rank):
            for i in range(size):
                for j in range(i + 1):
                    marginal[i, j] -= taken[k, i] * taken[k, j]
    return True


@kernel
def marginal_information(
    rows: MixedRows, work: MixedWork, thresholds: FloatArray, factor: FloatArray, link: Any
) -> FloatArray:
    """Information of thresholds and slopes, with the modes eliminated, where `work` has been left."""
    size = work.gradient.shape[0]
    marginal = np.empty((size, size))
    mixed_information(rows, work, thresholds, link)
    _eliminate_modes(work, factor, marginal)
    for i in range(size):
        for j in range(i):
            marginal[j, i] = marginal[i, j]
    return marginal


@internal
def _add_covariance_part(
    work: MixedWork,
    factor: FloatArray,
    modes: FloatArray,
    entry_row: IntArray,
    entry_column: IntArray,
    cross: FloatArray,
    hessian: FloatArray,
) -> None:
    """Add minus the second derivatives in the factor's entries, and those in an entry and the fixed part."""
    q, rank = factor.shape
    n_trials, _, size = work.coupling.shape
    reduced, conditional = work.room, work.conditional
    mode_change, effect_change, score_change = work.row, work.column, work.other_column
    for t in range(n_trials):
        curvature, inverse, score, loaded = work.curvature[t], work.inverse[t], work.score[t], work.loaded[t]
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
        for entry in range(entry_row.shape[0]):
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
            for other in range(entry_row.shape[0]):
                d, k = entry_row[other], entry_column[other]
                hessian[other, entry] -= (
                    score_change[d] * modes[t, k]
                    + score[d] * mode_change[k]
                    - conditional[d, a] * inverse[b, k]
                    + reduced[d, b] * reduced[a, k]
                )
            for d in range(q):
                amount = effect_change[d]
                for i in range(size):
                    cross[entry, i] += amount * work.coupling[t, d, i]
    for entry in range(entry_row.shape[0]):
        for other in range(entry_row.shape[0]):
            if entry_column[entry] == entry_column[other]:
                hessian[other, entry] -= 2.0 * work.correction[entry_row[other], entry_row[entry]]


@internal
def _predict_modes(
    work: MixedWork,
    factor: FloatArray,
    modes: FloatArray,
    fixed_step: FloatArray,
    factor_step: FloatArray,
    mode_step: FloatArray,
) -> None:
    """Fill what the modes will do in a step, to first order."""
    q, rank = factor.shape
    n_trials, _, size = work.coupling.shape
    effect_change = work.column
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


@maker
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
    size = work.gradient.shape[0]
    n_entries = rank * q - rank * (rank - 1) // 2
    marginal = work.marginal
    if not _eliminate_modes(work, factor, marginal) or not cholesky(marginal):
        return False
    for i in range(size):
        fixed_step[i] = work.gradient[i]
    solve_lower(marginal, fixed_step)
    if n_entries > 0:
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
        _add_covariance_part(work, factor, modes, entry_row, entry_column, cross, hessian)
        right = np.empty(n_entries)
        for entry in range(n_entries):
            solve_lower(marginal, cross[entry])
            right[entry] = work.factor_gradient[entry_row[entry], entry_column[entry]]
            for i in range(size):
                right[entry] -= cross[entry, i] * fixed_step[i]
        for entry in range(n_entries):
            for other in range(n_entries):
                for i in range(size):
                    hessian[entry, other] -= cross[entry, i] * cross[other, i]
        solve_damped(hessian, right)
        largest = 0.0
        for entry in range(n_entries):
            largest = max(largest, abs(right[entry]))
        if largest > largest_factor_step:
            for entry in range(n_entries):
                right[entry] *= largest_factor_step / largest
        for d in range(q):
            for k in range(rank):
                factor_step[d, k] = 0.0
        for entry in range(n_entries):
            factor_step[entry_row[entry], entry_column[entry]] = right[entry]
            for i in range(size):
                fixed_step[i] -= cross[entry, i] * right[entry]
    solve_upper(marginal, fixed_step)
    _predict_modes(work, factor, modes, fixed_step, factor_step, mode_step)
    return True
