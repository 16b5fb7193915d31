"""The Laplace approximation of a cumulative link mixed model: its modes, its value and its exact gradient.

A row of trial t has the predictor x'beta + z'L u[t], u[t] ~ N(0, I), and the covariance of the random effects
is D = L L'. L has as many columns as D has rank (lower trapezoidal), so the boundary is an ordinary point.
With the score G = sum w (dl/deta) z and the curvature A = sum w (-d2l/deta2) z z' at the modes, H = I + L'A
L, the criterion is  sum_t  sum_i w l_i - u'u / 2 - log det(H) / 2. Pinheiro & Bates 1995, J Comput Graph Stat
4:12.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ipdmediation.kernels import links
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.compiling import fast_internal, internal, kernel
from ipdmediation.kernels.links import logit
from ipdmediation.kernels.mixed_rows import MixedRows, MixedWork, cell_log_likelihood, fill_cell_bounds
from ipdmediation.kernels.modes import find_modes
from ipdmediation.kernels.rows import BLOCK, linear_predictor, products

# Random effects are standardised so that their standard deviations are in units of the linear predictor.
MAX_PASSES = 60


@fast_internal
def _trial_leverage(z: FloatArray, spread: FloatArray, start: int, stop: int, leverage: FloatArray) -> None:
    """Variance part z'L H^-1 L'z of every row."""
    for i in range(np.uint64(start), np.uint64(stop)):
        leverage[i] = spread[0, 0] * z[0, i] * z[0, i]
    for d in range(1, z.shape[0]):
        for e in range(d + 1):
            scale = spread[d, e] if d == e else 2.0 * spread[d, e]
            for i in range(np.uint64(start), np.uint64(stop)):
                leverage[i] += scale * z[d, i] * z[e, i]


@fast_internal
def _add_third_sums(
    z: FloatArray, third_a: FloatArray, third_b: FloatArray, start: int, stop: int, third: FloatArray
) -> None:
    for d in range(z.shape[0]):
        total = 0.0
        for i in range(np.uint64(start), np.uint64(stop)):
            total += (third_a[i] + third_b[i]) * z[d, i]
        third[d] += total


@fast_internal
def _trial_row_scores(
    z: FloatArray,
    cross_a: FloatArray,
    cross_b: FloatArray,
    third_a: FloatArray,
    third_b: FloatArray,
    shift: FloatArray,
    start: int,
    stop: int,
    above: FloatArray,
    below: FloatArray,
) -> None:
    """Turn `above` and `below` into the derivatives of the criterion in a and minus b."""
    for i in range(np.uint64(start), np.uint64(stop)):
        above[i] -= third_a[i]
        below[i] += third_b[i]
    for d in range(z.shape[0]):
        amount = shift[d]
        for i in range(np.uint64(start), np.uint64(stop)):
            above[i] += cross_a[i] * amount * z[d, i]
            below[i] -= cross_b[i] * amount * z[d, i]


@fast_internal
def _gradient(rows: MixedRows, work: MixedWork, thresholds: FloatArray, link: Any) -> None:
    """Gradient in thresholds and slopes, from the derivatives of the criterion in a and minus b."""
    n_thresholds = thresholds.shape[0]
    x, above, below, gradient = rows.x, work.above, work.below, work.gradient
    for j in range(gradient.shape[0]):
        gradient[j] = 0.0
    for c in range(rows.cell_level.shape[0]):
        k, lower = rows.top[rows.cell_level[c]], rows.bottom[rows.cell_level[c]]
        first = 0.0
        second = 0.0
        for i in range(np.uint64(rows.cell_start[c]), np.uint64(rows.cell_start[c + 1])):
            first += above[i]
            second += below[i]
        if k >= 0:
            gradient[k] += first
        if lower >= 0:
            gradient[lower] -= second
    if links.is_logit(link):
        for level in range(rows.top.shape[0]):
            k, lower = rows.top[level], rows.bottom[level]
            if k >= 0 and lower >= 0:
                gap_pull = logit.gap_slope(rows.level_weight[level], thresholds[k] - thresholds[lower])
                gradient[k] += gap_pull
                gradient[lower] -= gap_pull
    for start in range(0, x.shape[1], BLOCK):
        stop = min(start + BLOCK, x.shape[1])
        for j in range(0, x.shape[0], 2):
            k = min(j + 1, x.shape[0] - 1)
            above_j, above_k, below_j, below_k = products(above, below, x[j], x[k], start, stop)
            gradient[n_thresholds + j] += below_j - above_j
            if k > j:
                gradient[n_thresholds + k] += below_k - above_k


@internal
def _third_pass(rows: MixedRows, work: MixedWork, link: Any) -> None:
    """Fill the third-derivative parts of all rows, and their (trials, q) sums in the random effects."""
    z, trial_start, third = rows.z, rows.trial_start, work.third
    third_a, third_b = work.third_a, work.third_b
    n_trials, q = third.shape
    for t in range(n_trials):
        for d in range(q):
            third[t, d] = 0.0
    t = 0
    for start in range(0, rows.weights.shape[0], BLOCK):
        stop = min(start + BLOCK, rows.weights.shape[0])
        while trial_start[t + 1] <= start:
            t += 1
        part = t
        while part < n_trials and trial_start[part] < stop:
            low, high = max(start, trial_start[part]), min(stop, trial_start[part + 1])
            _trial_leverage(z, work.spread[part], low, high, third_a)
            part += 1
        links.third(
            link,
            work.eta,
            rows.inverse_weights,
            work.upper,
            work.lower,
            work.above,
            work.below,
            work.cross_a,
            work.cross_b,
            start,
            stop,
            third_a,
            third_b,
        )
        part = t
        while part < n_trials and trial_start[part] < stop:
            low, high = max(start, trial_start[part]), min(stop, trial_start[part + 1])
            _add_third_sums(z, third_a, third_b, low, high, third[part])
            part += 1


@internal
def evaluate(
    rows: MixedRows,
    work: MixedWork,
    thresholds: FloatArray,
    slopes: FloatArray,
    factor: FloatArray,
    modes: FloatArray,
    link: Any,
    tolerance: float,
    max_passes: int,
) -> tuple[bool, float]:
    """Solve for the modes and compute the exact gradient of the Laplace criterion.

    The modes are iterated until their step is below `tolerance`; that last step is taken into account to
    first order. Returns whether all modes were found, and sum_t (u'u + log det H) / 2.
    """
    q, rank = factor.shape
    n_trials = modes.shape[0]
    response, shift, combined = work.row, work.column, work.other_column
    factor_gradient, covariance_gradient = work.factor_gradient, work.covariance_gradient
    correction = work.correction

    linear_predictor(rows.x, rows.offset, slopes, work.fixed_eta)
    fill_cell_bounds(thresholds, rows, link, work)
    for d in range(q):
        for e in range(q):
            factor_gradient[d, e] = 0.0
            covariance_gradient[d, e] = 0.0
            correction[d, e] = 0.0
    found, log_determinants = find_modes(rows, work, factor, modes, link, tolerance, max_passes)
    penalty = 0.5 * log_determinants
    for t in range(n_trials):
        for k in range(rank):
            penalty += 0.5 * modes[t, k] * modes[t, k]
        for d in range(q):
            # the modes are one step ahead of the rows: bring the score along, to first order
            for k in range(rank):
                work.score[t, d] -= work.loaded[t, d, k] * work.step[t, k]
            for e in range(q):
                spread = 0.0
                for k in range(rank):
                    for m in range(rank):
                        spread += factor[d, k] * work.inverse[t, k, m] * factor[e, m]
                work.spread[t, d, e] = spread
    if not links.is_logit(link):
        _fill_mixed(rows, work)
    _third_pass(rows, work, link)
    for t in range(n_trials):
        score, curvature, inverse = work.score[t], work.curvature[t], work.inverse[t]
        loaded, step, third = work.loaded[t], work.step[t], work.third[t]
        for k in range(rank):
            response[k] = 0.0
            for m in range(rank):
                weighted = 0.0
                for d in range(q):
                    weighted += factor[d, m] * third[d]
                response[k] += inverse[k, m] * weighted
        for d in range(q):
            shift[d] = 0.0
            combined[d] = third[d]
            for k in range(rank):
                shift[d] += factor[d, k] * (response[k] + step[k])
                combined[d] -= loaded[d, k] * response[k]
        for start in range(rows.trial_start[t], rows.trial_start[t + 1], BLOCK):
            stop = min(start + BLOCK, rows.trial_start[t + 1])
            _trial_row_scores(
                rows.z,
                work.cross_a,
                work.cross_b,
                work.third_a,
                work.third_b,
                shift,
                start,
                stop,
                work.above,
                work.below,
            )

        for d in range(q):
            for k in range(rank):
                total = (score[d] + combined[d]) * modes[t, k] + score[d] * response[k]
                for m in range(rank):
                    total -= loaded[d, m] * inverse[m, k]
                factor_gradient[d, k] += total
            for e in range(q):
                bent = 0.5 * (score[d] * combined[e] + score[e] * combined[d])
                conditional = curvature[d, e]
                for k in range(rank):
                    for m in range(rank):
                        conditional -= loaded[d, k] * inverse[k, m] * loaded[e, m]
                correction[d, e] += bent
                covariance_gradient[d, e] += 0.5 * (score[d] * score[e] - conditional) + bent
    _gradient(rows, work, thresholds, link)
    return found, penalty


@internal
def _fill_mixed(rows: MixedRows, work: MixedWork) -> None:
    """Sum the second derivatives of log p in both of its bounds, by the upper one."""
    mixed = work.mixed
    mixed[:] = 0.0
    for c in range(rows.cell_level.shape[0]):
        k = rows.top[rows.cell_level[c]]
        if k >= 0 and rows.bottom[rows.cell_level[c]] >= 0:
            for i in range(rows.cell_start[c], rows.cell_start[c + 1]):
                mixed[k] += work.above[i] * work.below[i] * rows.inverse_weights[i]


@kernel
def laplace_criterion(
    rows: MixedRows,
    work: MixedWork,
    thresholds: FloatArray,
    slopes: FloatArray,
    factor: FloatArray,
    modes: FloatArray,
    link: Any,
) -> float:
    """Laplace log-likelihood; modes (start values) are replaced and the exact gradient is left in `work`."""
    _, penalty = evaluate(rows, work, thresholds, slopes, factor, modes, link, 1e-9, MAX_PASSES)
    return cell_log_likelihood(work.eta, rows, thresholds, link, 0, work.eta.shape[0]) - penalty
