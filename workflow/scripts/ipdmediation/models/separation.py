"""Directions in which the likelihood of a cumulative link model never falls: what separation is.

Along a direction d every row's probability rises or stays. With d the coefficients run to infinity, and the
limit of the likelihood is a model of the rows that d leaves alone: the others are predicted with certainty,
or are no longer bounded on one side. Albert & Anderson 1984, Biometrika 71:1; Konis 2007, thesis, Oxford.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipdmediation.kernels.arrays import FloatArray, IntArray

INFINITE = 40.0  # of the linear predictor: probabilities are then 0 or 1 up to 1e-17
_GAIN = 0.5  # of a bound that runs off, where all of these gain at least 1
_NOTHING = 1e-7


@dataclass(frozen=True)
class Recession:
    """A direction along which the likelihood rises without a maximum.

    Attributes
    ----------
    thresholds : (K - 1,) its part in the thresholds, 0 at levels that no row has.
    slopes : (p,) its part in the coefficients, on the columns' own scale; scaled to `INFINITE`.
    decided : (n,) rows with weight that are predicted with certainty in the limit.
    """

    thresholds: FloatArray
    slopes: FloatArray
    decided: NDArray[np.bool_]


def find_recession(
    levels: IntArray, matrix: FloatArray, weights: FloatArray, *, columns: IntArray, n_levels: int
) -> Recession | None:
    """Look for a direction of recession among some columns and the thresholds.

    Parameters
    ----------
    levels : (n,) outcome levels 0..n_levels - 1.
    matrix : (n, p) design.
    weights : (n,) weights; rows without weight do not count.
    columns : which columns may be in the direction; those that do not vary are not.
    n_levels : number of outcome levels.

    Returns
    -------
    Recession or None
        One that contains every bound that any such direction takes to infinity.
    """
    rows = np.flatnonzero(weights > 0)
    present, own = np.unique(levels[rows], return_inverse=True)
    varying = columns[np.ptp(matrix[np.ix_(rows, columns)], axis=0) > 0]
    if not varying.size or present.size < 2:
        return None
    values = matrix[np.ix_(rows, varying)]
    scale = values.std(axis=0)
    found = _by_one_value(own, values, present.size - 1) or _by_program(own, values / scale, scale)
    if found is None:
        return None
    steps, slopes = found
    predictor = values @ slopes
    above = np.append(steps, np.inf)[own] - predictor
    below = predictor - np.insert(steps, 0, -np.inf)[own]
    decided = np.zeros(levels.size, dtype=bool)
    decided[rows] = (above > _GAIN) & (below > _GAIN)
    thresholds = np.zeros(n_levels - 1)
    thresholds[present[:-1]] = steps * INFINITE
    # the threshold of a level that nobody has is that of the next lower one
    for empty in np.setdiff1d(np.arange(present[0], n_levels - 1), present[:-1]):
        thresholds[empty] = thresholds[empty - 1]
    every = np.zeros(matrix.shape[1])
    every[varying] = slopes * INFINITE
    return Recession(thresholds, every, decided)


def _by_one_value(own: IntArray, values: FloatArray, top: int) -> tuple[FloatArray, FloatArray] | None:
    """Look for the common case: of a column's two values one goes with the lowest or highest level only."""
    low, high = values.min(axis=0), values.max(axis=0)
    slopes = np.zeros(values.shape[1])
    left = np.ones(own.size, dtype=bool)
    for j in np.flatnonzero(((values == low) | (values == high)).all(axis=0)):
        for value, sign in ((low[j], -1.0), (high[j], 1.0)):
            carriers = values[:, j] == value
            level = own[carriers][0]
            if level in (0, top) and (own[carriers] == level).all():
                # 1 is what a bound gains at least
                slopes[j] = sign * (1.0 if level == top else -1.0) / (high[j] - low[j])
                left &= ~carriers
                break
    if not slopes.any() or not left.any():
        return None
    # an end of the scale that only carriers have is for the program below
    if own[left].min() > 0 or own[left].max() < top:
        return None
    # the others' predictors move together
    return np.full(top, (values @ slopes)[left][0]), slopes


def _by_program(own: IntArray, values: FloatArray, scale: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Find the direction that takes most bounds to infinity, by linear programming."""
    # a tenth of a second to import, and few cohorts need it
    from scipy import sparse
    from scipy.optimize import linprog

    top = int(own.max())
    upper, lower = np.flatnonzero(own < top), np.flatnonzero(own > 0)
    gains = np.zeros((upper.size + lower.size, top + values.shape[1]))
    second = upper.size + np.arange(lower.size)
    gains[np.arange(upper.size), own[upper]] = 1.0
    gains[: upper.size, top:] = -values[upper]
    gains[second, own[lower] - 1] = -1.0
    gains[upper.size :, top:] = values[lower]
    gains = np.unique(gains, axis=0)
    bounds, size = gains.shape
    # maximise the sum of s, 0 <= s <= 1, s <= gain: a direction can be scaled until each gain is 0 or above 1
    program = linprog(
        np.concatenate([np.zeros(size), -np.ones(bounds)]),
        A_ub=sparse.hstack([sparse.csr_array(-gains), sparse.eye_array(bounds)], format="csc"),
        b_ub=np.zeros(bounds),
        bounds=[(None, None)] * size + [(0, 1)] * bounds,
        method="highs",
    )
    if program.status != 0 or -program.fun < _GAIN:
        return None
    direction = np.where(np.abs(program.x[:size]) > _NOTHING, program.x[:size], 0.0)
    return direction[:top], direction[top:] / scale
