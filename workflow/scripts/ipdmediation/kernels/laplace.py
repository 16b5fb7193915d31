"""The Laplace approximation of a cumulative link mixed model: its modes, its value and its exact gradient.

A row of trial t has the predictor x'beta + z'L u[t], u[t] ~ N(0, I), and the covariance of the random effects
is D = L L'. L has as many columns as D has rank (lower trapezoidal), so the boundary is an ordinary point.
With the score G = sum w (dl/deta) z and the curvature A = sum w (-d2l/deta2) z z' at the modes, H = I + L'A
L, the criterion is  sum_t  sum_i w l_i - u'u / 2 - log det(H) / 2. Pinheiro & Bates 1995, J Comput Graph Stat
4:12.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ipdmediation.kernels import links
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.compiling import fast_internal, internal, kernel
from ipdmediation.kernels.links import logit
from ipdmediation.kernels.matrices import invert
from ipdmediation.kernels.mixed_rows import MixedRows, MixedWork, cell_log_likelihood, fill_cell_bounds
from ipdmediation.kernels.rows import BLOCK, linear_predictor

# Random effects are standardised so that their standard deviations are in units of the linear predictor.
MAX_PASSES = 60


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


@internal
def _pass(
    rows: MixedRows, work: MixedWork, t: int, effects: FloatArray, link: Any, outer_product: bool
) -> None:
    """Row quantities, score and curvature of one trial at given random effects.

    With `outer_product`, squares of scores stand in place of second derivatives.
    """
    q = rows.z.shape[0]
    score, curvature = work.score[t], work.curvature[t]
    score[:] = 0.0
    curvature[:, :] = 0.0
    for start in range(rows.trial_start[t], rows.trial_start[t + 1], BLOCK):
        stop = min(start + BLOCK, rows.trial_start[t + 1])
        trial_predictor(rows.z, work.fixed_eta, effects, start, stop, work.eta)
        links.rows(
            link,
            work.eta,
            rows.weights,
            work.upper,
            work.lower,
            work.above,
            work.below,
            work.cross_a,
            work.cross_b,
            start,
            stop,
        )
        if outer_product:
            links.outer_product(rows.weights, work.above, work.below, work.cross_a, work.cross_b, start, stop)
        _add_sums(rows.z, work.above, work.below, work.cross_a, work.cross_b, start, stop, score, curvature)
    for d in range(q):
        for e in range(d):
            curvature[e, d] = curvature[d, e]


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


@internal
def _third_derivatives(rows: MixedRows, work: MixedWork, t: int, link: Any, third: FloatArray) -> None:
    """Fill the third-derivative parts of one trial's rows, and their sums in the random effects."""
    third[:] = 0.0
    for start in range(rows.trial_start[t], rows.trial_start[t + 1], BLOCK):
        stop = min(start + BLOCK, rows.trial_start[t + 1])
        _trial_leverage(rows.z, work.spread[t], start, stop, work.third_a)
        links.third(
            link,
            work.eta,
            rows.weights,
            work.upper,
            work.lower,
            work.above,
            work.below,
            work.cross_a,
            work.cross_b,
            start,
            stop,
            work.third_a,
            work.third_b,
        )
        _add_third_sums(rows.z, work.third_a, work.third_b, start, stop, third)


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
def _gradient(
    x: FloatArray,
    above: FloatArray,
    below: FloatArray,
    thresholds: FloatArray,
    level_weight: FloatArray,
    cell_start: IntArray,
    cell_level: IntArray,
    link: Any,
    gradient: FloatArray,
) -> None:
    n_thresholds = thresholds.shape[0]
    gradient[:] = 0.0
    for c in range(cell_level.shape[0]):
        k = cell_level[c]
        first = 0.0
        second = 0.0
        for i in range(np.uint64(cell_start[c]), np.uint64(cell_start[c + 1])):
            first += above[i]
            second += below[i]
        if k < n_thresholds:
            gradient[k] += first
        if k > 0:
            gradient[k - 1] -= second
    if links.is_logit(link):
        for k in range(1, n_thresholds):
            gap_pull = logit.gap_slope(level_weight[k], thresholds[k] - thresholds[k - 1])
            gradient[k] += gap_pull
            gradient[k - 1] -= gap_pull
    for start in range(0, x.shape[1], BLOCK):
        stop = min(start + BLOCK, x.shape[1])
        for j in range(x.shape[0]):
            total = 0.0
            for i in range(np.uint64(start), np.uint64(stop)):
                total += x[j, i] * (below[i] - above[i])
            gradient[n_thresholds + j] += total


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
def _find_modes(
    rows: MixedRows,
    work: MixedWork,
    t: int,
    factor: FloatArray,
    modes: FloatArray,
    link: Any,
    tolerance: float,
    max_passes: int,
    loaded: FloatArray,
    step: FloatArray,
) -> tuple[float, float]:
    """Newton's method for the modes of one trial, which are replaced.

    Leaves the row quantities, score, curvature, inverse of H and A L of the last but one modes, and the last
    step. Returns log det H and the length of that step.
    """
    q, rank = factor.shape
    score, curvature, inverse = work.score[t], work.curvature[t], work.inverse[t]
    effects = np.empty(q)
    pull = np.empty(rank)
    hessian = np.empty((rank, rank))
    step[:] = 0.0
    ascent = 0.0
    largest = math.inf
    log_determinant = 0.0
    for trial_pass in range(max_passes):
        for d in range(q):
            effects[d] = 0.0
            for k in range(rank):
                effects[d] += factor[d, k] * modes[t, k]
        _pass(rows, work, t, effects, link, False)
        new_ascent = 0.0
        for k in range(rank):
            pull[k] = -modes[t, k]
            for d in range(q):
                pull[k] += factor[d, k] * score[d]
            new_ascent += pull[k] * step[k]
        if trial_pass > 0 and new_ascent < -0.8 * ascent:
            ascent *= 0.5
            for k in range(rank):
                step[k] *= 0.5
                modes[t, k] -= step[k]
            continue
        _trial_hessian(curvature, factor, loaded, hessian)
        log_determinant = invert(hessian, inverse)
        if math.isnan(log_determinant):
            _pass(rows, work, t, effects, link, True)
            _trial_hessian(curvature, factor, loaded, hessian)
            log_determinant = invert(hessian, inverse)
        largest = 0.0
        ascent = 0.0
        for k in range(rank):
            step[k] = 0.0
            for m in range(rank):
                step[k] += inverse[k, m] * pull[m]
            largest = max(largest, abs(step[k]))
        shorten = min(1.0, 3.0 / largest) if largest > 0.0 else 1.0
        for k in range(rank):
            step[k] *= shorten
            ascent += step[k] * pull[k]
            modes[t, k] += step[k]
        if largest < tolerance:
            break
    return log_determinant, largest


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
    n_thresholds = thresholds.shape[0]
    step = np.empty(rank)
    loaded = np.empty((q, rank))
    third = np.empty(q)
    response = np.empty(q)
    shift = np.empty(q)
    combined = np.empty(q)
    z, w = rows.z, rows.weights
    above, below, cross_a, cross_b = work.above, work.below, work.cross_a, work.cross_b
    third_a, third_b = work.third_a, work.third_b

    linear_predictor(rows.x, rows.offset, slopes, work.fixed_eta)
    fill_cell_bounds(thresholds, rows, link, work)
    work.factor_gradient[:, :] = 0.0
    work.covariance_gradient[:, :] = 0.0
    work.correction[:, :] = 0.0
    work.mixed[:] = 0.0
    penalty = 0.0
    found = True
    cell = 0
    for t in range(n_trials):
        start, stop = rows.trial_start[t], rows.trial_start[t + 1]
        curvature = work.curvature[t]
        inverse = work.inverse[t]
        score = work.score[t]
        log_determinant, last = _find_modes(
            rows, work, t, factor, modes, link, tolerance, max_passes, loaded, step
        )
        if not last < tolerance:
            found = False

        # the modes are one step ahead of the rows: bring the score along, to first order
        for d in range(q):
            for k in range(rank):
                score[d] -= loaded[d, k] * step[k]
        penalty += 0.5 * log_determinant
        for k in range(rank):
            penalty += 0.5 * modes[t, k] * modes[t, k]
        spread = work.spread[t]
        for d in range(q):
            for e in range(q):
                spread[d, e] = 0.0
                for k in range(rank):
                    for m in range(rank):
                        spread[d, e] += factor[d, k] * inverse[k, m] * factor[e, m]
        if not links.is_logit(link):
            while cell < rows.cell_level.shape[0] and rows.cell_start[cell] < stop:
                k = rows.cell_level[cell]
                if 0 < k < n_thresholds:
                    for i in range(rows.cell_start[cell], rows.cell_start[cell + 1]):
                        work.mixed[k] += above[i] * below[i] / w[i]
                cell += 1
        _third_derivatives(rows, work, t, link, third)
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
        _trial_row_scores(z, cross_a, cross_b, third_a, third_b, shift, start, stop, above, below)

        for d in range(q):
            for k in range(rank):
                total = (score[d] + combined[d]) * modes[t, k] + score[d] * response[k]
                for m in range(rank):
                    total -= loaded[d, m] * inverse[m, k]
                work.factor_gradient[d, k] += total
            for e in range(q):
                bent = 0.5 * (score[d] * combined[e] + score[e] * combined[d])
                conditional = curvature[d, e]
                for k in range(rank):
                    for m in range(rank):
                        conditional -= loaded[d, k] * inverse[k, m] * loaded[e, m]
                work.correction[d, e] += bent
                work.covariance_gradient[d, e] += 0.5 * (score[d] * score[e] - conditional) + bent

    _gradient(
        rows.x,
        above,
        below,
        thresholds,
        rows.level_weight,
        rows.cell_start,
        rows.cell_level,
        link,
        work.gradient,
    )
    return found, penalty


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
