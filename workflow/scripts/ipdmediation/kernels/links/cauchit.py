"""The Cauchy link, F(x) = 1/2 + atan(x) / pi: heavy tails, for rows that no predictor explains."""

from __future__ import annotations

import math
from typing import NamedTuple

from ipdmediation.kernels.compiling import inlined, internal
from ipdmediation.kernels.links.general import row_kernels

_SMALLEST = 1e-300

# The tails are never flat; what is cut off beyond has a probability of 3e-4.
FLAT_BEYOND = 1000.0
STRIP = 1.0


class Cauchit(NamedTuple):
    """What kernels are compiled for: numba tells tuples apart by the names of class and fields alone."""

    position: int = 0


Link = Cauchit


@inlined
def ratios(a: float, b: float) -> tuple[float, float, float]:
    """Log p, f(a) / p and f(b) / p; p is the angle between the two bounds, seen from a distance of 1."""
    p = max(math.atan2(a - b, 1.0 + a * b), _SMALLEST)
    return math.log(p / math.pi), 1.0 / ((1.0 + a * a) * p), 1.0 / ((1.0 + b * b) * p)


@inlined
def _slope(x: float) -> float:
    return 2.0 * x / (1.0 + x * x)


@inlined
def _bend(x: float) -> float:
    square = x * x
    return (6.0 * square - 2.0) / ((1.0 + square) * (1.0 + square))


bound, rows, third, log_probability = row_kernels(ratios=ratios, slope=_slope, bend=_bend, end=1e75)


@internal
def quantile(probability: float) -> float:
    """Inverse of F."""
    return math.tan(math.pi * (probability - 0.5))


@internal
def distribution(x: float) -> tuple[float, float, float]:
    """F and its first two derivatives."""
    density = 1.0 / (math.pi * (1.0 + x * x))
    return 0.5 + math.atan(x) / math.pi, density, -2.0 * x * density / (1.0 + x * x)
