"""The common odds ratio of two distributions over the same levels."""

from __future__ import annotations

import math

import numpy as np

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.compiling import internal, kernel
from ipdmediation.kernels.matrices import cholesky, solve
from ipdmediation.kernels.thresholds import step_length

_EMPTY = 1e-14  # a level with less probability than this is not there
_SMALLEST_STEP = 1e-12
_MAX_ITERATIONS = 100


@internal
def _proportional_odds_derivatives(
    tables: FloatArray, thresholds: FloatArray, effect: float, score: FloatArray, information: FloatArray
) -> bool:
    """Score and observed information (lower triangle) of thresholds, then effect; False outside the range."""
    levels = tables.shape[1]
    last = levels - 1
    score[:] = 0.0
    information[:, :] = 0.0
    for group in range(2):
        below, density_below, bend_below = 0.0, 0.0, 0.0
        for k in range(levels):
            above, density_above, bend_above = 1.0, 0.0, 0.0
            if k < last:
                above = 1.0 / (1.0 + math.exp(group * effect - thresholds[k]))
                density_above = above * (1.0 - above)
                bend_above = density_above * (1.0 - 2.0 * above)
            probability = above - below
            if not probability > 0.0:
                return False
            weight = tables[group, k]
            first_a, first_b = density_above / probability, -density_below / probability
            second_a = first_a * first_a - bend_above / probability
            second_b = first_b * first_b + bend_below / probability
            mixed = first_a * first_b
            if k < last:
                score[k] += weight * first_a
                information[k, k] += weight * second_a
                information[last, k] -= group * weight * (second_a + mixed)
            if k > 0:
                score[k - 1] += weight * first_b
                information[k - 1, k - 1] += weight * second_b
                information[last, k - 1] -= group * weight * (second_b + mixed)
            if 0 < k < last:
                information[k, k - 1] += weight * mixed
            score[last] -= group * weight * (first_a + first_b)
            information[last, last] += group * weight * (second_a + 2.0 * mixed + second_b)
            below, density_below, bend_below = above, density_above, bend_above
    return True


@kernel
def common_log_odds_ratio(distribution: FloatArray, reference: FloatArray) -> float:
    """Proportional-odds maximum likelihood for two equal groups with these expected tables.

    Positive where `distribution` lies on higher levels. A level without probability in both is left out.

    Returns
    -------
    The log odds ratio; nan where there is none (one group has all its probability at one end).
    """
    levels = 0
    tables = np.empty((2, distribution.shape[0]))
    for k in range(distribution.shape[0]):
        if distribution[k] + reference[k] > _EMPTY:
            tables[0, levels] = reference[k]
            tables[1, levels] = distribution[k]
            levels += 1
    last = levels - 1
    if last < 1:
        return 0.0
    thresholds = np.empty(last)
    effect = 0.0
    below, whole = 0.0, 0.0
    for k in range(levels):
        whole += tables[0, k] + tables[1, k]
    for k in range(last):
        below += tables[0, k] + tables[1, k]
        thresholds[k] = math.log(below / (whole - below))
    step = np.empty(last + 1)
    information = np.empty((last + 1, last + 1))
    for _ in range(_MAX_ITERATIONS):
        if not _proportional_odds_derivatives(tables[:, :levels], thresholds, effect, step, information):
            return math.nan
        if not cholesky(information):
            return math.nan
        solve(information, step)
        largest = 0.0
        for k in range(levels):
            largest = max(largest, abs(step[k]))
        if not math.isfinite(largest):
            return math.nan
        shorten = step_length(step, thresholds, last, largest, 2.0)
        thresholds += shorten * step[:last]
        effect += shorten * step[last]
        if largest < _SMALLEST_STEP:
            return float(effect)
    return math.nan
