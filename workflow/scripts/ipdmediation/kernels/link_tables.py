"""Tables of a link's distribution function with the random part of the predictor integrated out.

A *link table* holds H(x) = sum over q of probability[q] F((x + shift[q]) / scale) as one polynomial of degree
5 for each interval of x. With the shifts of a Gauss-Hermite rule, H is the outcome's distribution function
with Gaussian variables integrated out; with residuals as shifts, they are integrated over their empirical
distribution.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ipdmediation.kernels import links
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.compiling import fast_internal, inlined, internal, kernel

POWERS = 6  # of a polynomial of degree 5


@fast_internal
def _logistic_mixture(x: float, factors: FloatArray, probabilities: FloatArray) -> tuple[float, float, float]:
    """H of the logit and its first two derivatives, with one exponential; `factors` are exp(-shift)."""
    odds = math.exp(-x)
    value, slope, curvature = 0.0, 0.0, 0.0
    for q in range(factors.shape[0]):
        below = 1.0 / (1.0 + odds * factors[q])
        density = probabilities[q] * below * (1.0 - below)
        value += probabilities[q] * below
        slope += density
        curvature += density * (1.0 - 2.0 * below)
    return value, slope, curvature


@internal
def _mixture(
    link: Any, x: float, shifts: FloatArray, probabilities: FloatArray, scale: float
) -> tuple[float, float, float]:
    """H of any link and its first two derivatives."""
    value, slope, curvature = 0.0, 0.0, 0.0
    for q in range(shifts.shape[0]):
        below, density, change = links.distribution(link, (x + shifts[q]) / scale)
        value += probabilities[q] * below
        slope += probabilities[q] * density / scale
        curvature += probabilities[q] * change / (scale * scale)
    return value, slope, curvature


@kernel
def link_table(
    shifts: FloatArray,
    probabilities: FloatArray,
    scale: float,
    link: Any,
    low: float,
    step: float,
    intervals: int,
) -> FloatArray:
    """Tabulate H from `low` on: quintic Hermite polynomials, exact to the curvature at the nodes.

    `scale` is 1 for the logit.

    Returns
    -------
    (6, intervals) coefficients of the powers of (x - start of the interval) / step.
    """
    knots = np.empty((intervals + 1, 3))
    factors = np.exp(-shifts)
    for j in range(intervals + 1):
        x = low + j * step
        if links.is_logit(link):
            value, slope, curvature = _logistic_mixture(x, factors, probabilities)
        else:
            value, slope, curvature = _mixture(link, x, shifts, probabilities, scale)
        knots[j, 0] = value
        knots[j, 1] = slope * step
        knots[j, 2] = curvature * step * step
    table = np.empty((POWERS, intervals))
    for j in range(intervals):
        value, slope, curvature = knots[j, 0], knots[j, 1], knots[j, 2]
        rest = knots[j + 1, 0] - value - slope - 0.5 * curvature
        rest_slope = knots[j + 1, 1] - slope - curvature
        rest_curvature = knots[j + 1, 2] - curvature
        table[0, j] = value
        table[1, j] = slope
        table[2, j] = 0.5 * curvature
        table[3, j] = 10.0 * rest - 4.0 * rest_slope + 0.5 * rest_curvature
        table[4, j] = -15.0 * rest + 7.0 * rest_slope - rest_curvature
        table[5, j] = 6.0 * rest - 3.0 * rest_slope + 0.5 * rest_curvature
    return table


@inlined
def look_up(table: FloatArray, position: float) -> float:
    """Evaluate a table at (x - low) / step; beyond its ends at the end."""
    intervals = table.shape[1]
    position = min(max(position, 0.0), float(intervals))
    j = min(int(position), intervals - 1)
    u = position - j
    value: float = table[0, j] + u * (
        table[1, j] + u * (table[2, j] + u * (table[3, j] + u * (table[4, j] + u * table[5, j])))
    )
    return value
