"""The logit link, F(x) = 1 / (1 + exp(-x)): a positive coefficient is a log odds ratio of higher levels.

Here log p = log F(a) + log F(-b) + log(1 - exp(b - a)), whose last part depends on the thresholds only and is
added by level. That leaves one exponential per row; the other links have no such part.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.compiling import fast_internal, internal
from ipdmediation.kernels.exponential import exp

_LARGEST_PREDICTOR = 100.0
_LARGEST_BOUND = 460.0  # exp(460) is 1e200

FLAT_BEYOND = 40.0
STRIP = math.pi


class Logit(NamedTuple):
    """What kernels are compiled for: numba tells tuples apart by the names of class and fields alone."""

    position: int = 0


Link = Logit


@internal
def bound(threshold: float) -> float:
    """Return what a row needs of its bound: exp(-t)."""
    return math.exp(min(-threshold, _LARGEST_BOUND))


@fast_internal
def rows(
    eta: FloatArray,
    weights: FloatArray,
    upper: FloatArray,
    lower: FloatArray,
    above: FloatArray,
    below: FloatArray,
    cross_a: FloatArray,
    cross_b: FloatArray,
    start: int,
    stop: int,
) -> None:
    """Row quantities."""
    # few arrays in a loop: the compiler gives up vectorising where too many could overlap
    for i in range(np.uint64(start), np.uint64(stop)):
        below[i] = exp(min(max(eta[i], -_LARGEST_PREDICTOR), _LARGEST_PREDICTOR))
    for i in range(np.uint64(start), np.uint64(stop)):
        odds = below[i] * upper[i]
        f_a = 1.0 / (1.0 + odds)
        above[i] = weights[i] * odds * f_a
        cross_a[i] = weights[i] * odds * f_a * f_a
    for i in range(np.uint64(start), np.uint64(stop)):
        odds = below[i] * lower[i]
        f_b = 1.0 / (1.0 + odds)
        below[i] = weights[i] * f_b
        cross_b[i] = weights[i] * f_b * (odds * f_b)


@fast_internal
def third(
    eta: FloatArray,
    inverse_weights: FloatArray,
    upper: FloatArray,
    lower: FloatArray,
    above: FloatArray,
    below: FloatArray,
    cross_a: FloatArray,
    cross_b: FloatArray,
    start: int,
    stop: int,
    third_a: FloatArray,
    third_b: FloatArray,
) -> None:
    """Leverage (in `third_a`) times half the derivatives of a row's curvature in a and b."""
    for i in range(np.uint64(start), np.uint64(stop)):
        third_b[i] = 0.5 * third_a[i] * cross_b[i] * (1.0 - 2.0 * below[i] * inverse_weights[i])
    for i in range(np.uint64(start), np.uint64(stop)):
        third_a[i] = 0.5 * third_a[i] * cross_a[i] * (2.0 * above[i] * inverse_weights[i] - 1.0)


@internal
def gap_slope(weight: float, gap: float) -> float:
    """Return the derivative of weight log(1 - exp(-gap)), which depends on the thresholds only."""
    return weight / math.expm1(gap)


@internal
def gap_curvature(weight: float, gap: float) -> float:
    """Minus the second derivative of weight log(1 - exp(-gap))."""
    return weight / (math.expm1(gap) * -math.expm1(-gap))


@internal
def log_probability(eta: float, upper: float, lower: float) -> float:
    """log(F(upper - eta) - F(lower - eta)); the ends are infinite."""
    total = math.log(-math.expm1(lower - upper))
    return total - _log1p_exp(eta - upper) - _log1p_exp(lower - eta)


@internal
def _log1p_exp(value: float) -> float:
    return value + math.log1p(math.exp(-value)) if value > 0.0 else math.log1p(math.exp(value))


@internal
def quantile(probability: float) -> float:
    """Inverse of F."""
    return math.log(probability / (1.0 - probability))


@internal
def distribution(x: float) -> tuple[float, float, float]:
    """F and its first two derivatives."""
    below = 1.0 / (1.0 + math.exp(-x))
    density = below * (1.0 - below)
    return below, density, density * (1.0 - 2.0 * below)
