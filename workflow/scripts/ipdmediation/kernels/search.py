"""Search for the maximum of the Laplace approximation, at the boundary of the covariance as well.

Near zero the criterion is almost quartic in a standard deviation: there the search works with the variance,
and goes over to a covariance of lower rank, or back.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.compiling import internal, maker
from ipdmediation.kernels.fixed import is_flat
from ipdmediation.kernels.laplace import MAX_PASSES, evaluate
from ipdmediation.kernels.matrices import eigen, factor_from, factor_of, product_transposed, trapezoid
from ipdmediation.kernels.mixed_rows import MixedRows, MixedWork
from ipdmediation.kernels.newton import mixed_information, mixed_step
from ipdmediation.kernels.status import FitStatus
from ipdmediation.kernels.thresholds import start_of_second, step_length

_CONVERGED = int(FitStatus.CONVERGED)
_SINGULAR = int(FitStatus.SINGULAR)
_NOT_CONVERGED = int(FitStatus.NOT_CONVERGED)
_SEPARATED = int(FitStatus.SEPARATED)
_RANK_DEFICIENT = int(FitStatus.RANK_DEFICIENT)

_KEEP_HESSIAN_BELOW = 0.05
_INNER_TOLERANCE = 3e-6
_LOOSE_INNER_TOLERANCE = 0.03
_LARGEST_FACTOR_STEP = 0.4
# Random effects are standardised so that their standard deviations are in units of the linear predictor.
_SMALL_SD = 0.05
NEGLIGIBLE_SD = 1e-3
_MAX_RANK_CHANGES = 10


@maker
def _modes_at(factor: FloatArray, score: FloatArray) -> FloatArray:
    """Modes that belong to given scores: u = L'G holds at every mode."""
    n_trials, q = score.shape
    rank = factor.shape[1]
    modes = np.zeros((n_trials, rank))
    for t in range(n_trials):
        for k in range(rank):
            for d in range(q):
                modes[t, k] += factor[d, k] * score[t, d]
    return modes


@internal
def _variance_slope(work: MixedWork, direction: FloatArray) -> tuple[float, float]:
    """First derivative of the criterion in the variance along a direction, and a positive second one."""
    q = direction.shape[0]
    slope = 0.0
    expected = 0.0
    observed = 0.0
    for d in range(q):
        for e in range(q):
            slope += direction[d] * work.covariance_gradient[d, e] * direction[e]
    for t in range(work.score.shape[0]):
        pull = 0.0
        bend = 0.0
        for d in range(q):
            pull += direction[d] * work.score[t, d]
            for e in range(q):
                conditional = work.curvature[t, d, e]
                for f in range(q):
                    for g in range(q):
                        conditional -= (
                            work.curvature[t, d, f] * work.spread[t, f, g] * work.curvature[t, g, e]
                        )
                bend += direction[d] * conditional * direction[e]
        expected += 0.5 * bend * bend
        observed += pull * pull * bend - 0.5 * bend * bend
    return slope, max(expected, observed, 1e-12)


@maker
def _reopening(work: MixedWork, factor: FloatArray) -> FloatArray:
    """Column that a covariance of lower rank should gain, all zero if the boundary is optimal.

    The boundary is optimal if no direction has a positive derivative of the criterion in the variance.
    """
    q = factor.shape[0]
    column = np.zeros(q)
    values, vectors = eigen(work.covariance_gradient)
    if values[0] > 0.0:
        slope, bend = _variance_slope(work, vectors[:, 0])
        if slope / bend > NEGLIGIBLE_SD * NEGLIGIBLE_SD:
            for d in range(q):
                column[d] = math.sqrt(slope / bend) * vectors[d, 0]
    return column


@internal
def _opens(column: FloatArray) -> bool:
    """Whether any entry differs from zero."""
    largest = 0.0
    for d in range(column.shape[0]):
        largest = max(largest, abs(column[d]))
    return largest > 0.0


@maker
def maximise_laplace(
    rows: MixedRows,
    work: MixedWork,
    thresholds: FloatArray,
    slopes: FloatArray,
    start_factor: FloatArray,
    start_modes: FloatArray,
    link: Any,
    tolerance: float,
    max_iterations: int,
) -> tuple[FloatArray, FloatArray, int, int]:
    """Climb from a start: factor, modes, status, iterations; thresholds and slopes change in place."""
    n_thresholds = thresholds.shape[0]
    second = start_of_second(rows.top, rows.bottom)
    size = n_thresholds + slopes.shape[0]
    n_trials = start_modes.shape[0]
    q = start_factor.shape[0]
    factor = start_factor.copy()
    modes = start_modes.copy()
    base_modes = modes.copy()
    fixed_step = np.zeros(size)
    factor_step = np.zeros(factor.shape)
    mode_step = np.zeros(modes.shape)
    inner_tolerance = min(_INNER_TOLERANCE, 30.0 * tolerance)
    rebuild = True
    stepped = False
    settled = False
    ascent = 0.0
    largest_factor_step = _LARGEST_FACTOR_STEP
    rank_changes = 0
    previous = 1.0
    for iteration in range(max_iterations):
        # modes need be no nearer than the parameters are, as the modes' last step is taken into account
        nearness = max(inner_tolerance, min(0.3 * previous, _LOOSE_INNER_TOLERANCE))
        found, _ = evaluate(rows, work, thresholds, slopes, factor, modes, link, nearness, MAX_PASSES)
        rank = factor.shape[1]
        if not found:
            return factor, modes, _NOT_CONVERGED, iteration
        if stepped:
            new_ascent = 0.0
            for i in range(size):
                new_ascent += work.gradient[i] * fixed_step[i]
            for d in range(q):
                for k in range(rank):
                    new_ascent += work.factor_gradient[d, k] * factor_step[d, k]
            if not new_ascent > -0.8 * ascent and not settled:
                ascent *= 0.5
                rebuild = True
                largest_factor_step = max(0.25 * largest_factor_step, 0.02)
                for i in range(size):
                    fixed_step[i] *= 0.5
                    if i < n_thresholds:
                        thresholds[i] -= fixed_step[i]
                    else:
                        slopes[i - n_thresholds] -= fixed_step[i]
                for k in range(rank):
                    for d in range(q):
                        factor_step[d, k] *= 0.5
                        factor[d, k] -= factor_step[d, k]
                    for t in range(n_trials):
                        mode_step[t, k] *= 0.5
                        modes[t, k] = base_modes[t, k] + mode_step[t, k]
                continue

        largest_factor_step = min(2.0 * largest_factor_step, _LARGEST_FACTOR_STEP)
        # a direction of small variance: leave it if the variance wants to fall, jump ahead if it wants to
        # rise
        if rank > 0 and rank_changes < _MAX_RANK_CHANGES:
            covariance = product_transposed(factor, factor)
            values, vectors = eigen(covariance)
            smallest = math.sqrt(max(values[rank - 1], 0.0))
            if smallest < _SMALL_SD:
                slope, bend = _variance_slope(work, vectors[:, rank - 1])
                # Newton in the variance itself, where the criterion is nearly quadratic
                target = math.sqrt(max(smallest * smallest + slope / bend, 0.0))
                negligible = smallest < NEGLIGIBLE_SD * max(1.0, math.sqrt(values[0]))
                changed = True
                if target == 0.0 and (negligible or previous < 0.1):
                    factor = factor_of(covariance, rank - 1)
                elif target > 2.0 * smallest and not settled:
                    values[rank - 1] = target * target
                    factor = factor_from(values, vectors, rank)
                elif negligible:
                    factor = factor_of(covariance, rank - 1)
                else:
                    changed = False
                if changed:
                    modes = _modes_at(factor, work.score)
                    factor_step = np.zeros(factor.shape)
                    mode_step = np.zeros(modes.shape)
                    base_modes = modes.copy()
                    rank_changes += 1
                    stepped = False
                    settled = False
                    rebuild = True
                    continue
        if settled:
            if rank < q and rank_changes < _MAX_RANK_CHANGES:
                column = _reopening(work, factor)
                if _opens(column):
                    widened = np.zeros((q, rank + 1))
                    for d in range(q):
                        widened[d, rank] = column[d]
                        for k in range(rank):
                            widened[d, k] = factor[d, k]
                    factor = trapezoid(widened)
                    modes = _modes_at(factor, work.score)
                    factor_step = np.zeros(factor.shape)
                    mode_step = np.zeros(modes.shape)
                    base_modes = modes.copy()
                    rank_changes += 1
                    stepped = False
                    settled = False
                    rebuild = True
                    continue
            status = _CONVERGED if rank == q else _SINGULAR
            return factor, modes, status, iteration + 1

        if rebuild:
            mixed_information(rows, work, thresholds, link)
        reach = 0.0
        for d in range(q):
            for k in range(rank):
                reach = max(reach, abs(factor[d, k]))
        reach = min(largest_factor_step, 0.1 + 0.5 * reach)
        if not mixed_step(work, factor, modes, reach, fixed_step, factor_step, mode_step):
            return factor, modes, _RANK_DEFICIENT, iteration
        largest = 0.0
        for i in range(size):
            largest = max(largest, abs(fixed_step[i]))
        shorten = step_length(fixed_step, thresholds, second, largest, 3.0)
        ascent = 0.0
        for i in range(size):
            fixed_step[i] *= shorten
            ascent += work.gradient[i] * fixed_step[i]
            if i < n_thresholds:
                thresholds[i] += fixed_step[i]
            else:
                slopes[i - n_thresholds] += fixed_step[i]
        for k in range(rank):
            for d in range(q):
                factor_step[d, k] *= shorten
                ascent += work.factor_gradient[d, k] * factor_step[d, k]
                factor[d, k] += factor_step[d, k]
                largest = max(largest, abs(factor_step[d, k]))
            for t in range(n_trials):
                mode_step[t, k] *= shorten
                base_modes[t, k] = modes[t, k]
                modes[t, k] += mode_step[t, k]
        stepped = True
        rebuild = largest > _KEEP_HESSIAN_BELOW
        # steps shrink geometrically, so the next one is about largest^2 / previous
        settled = largest * min(1.0, largest / previous) < 0.5 * tolerance
        previous = largest
        if settled and (rank == q or not _opens(_reopening(work, factor))):
            return factor, modes, _CONVERGED if rank == q else _SINGULAR, iteration + 1
        if is_flat(ascent, largest):
            return factor, modes, _SEPARATED, iteration
    return factor, modes, _NOT_CONVERGED, max_iterations
