"""Loops over rows for a link that is given by its ratios.

With p = F(a) - F(b), a > b, and f = F', a link says what log p, f(a) / p and f(b) / p are, and the relative
derivatives -f'/f (`slope`) and f''/f (`bend`) of its density. McCullagh 1980, J R Stat Soc B 42:109.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.compiling import fast_internal, internal


class RowKernels(NamedTuple):
    """The kernels that `links` chooses from."""

    bound: Callable[..., Any]
    rows: Callable[..., Any]
    third: Callable[..., Any]
    log_probability: Callable[..., Any]


def row_kernels(
    *,
    ratios: Callable[[float, float], tuple[float, float, float]],
    slope: Callable[[float], float],
    bend: Callable[[float], float],
    end: float,
) -> RowKernels:
    """Make the kernels of a link.

    Parameters
    ----------
    ratios : log p, f(a) / p and f(b) / p of the bounds a > b, without overflow and cancellation.
    slope, bend : -f'(x) / f(x) and f''(x) / f(x).
    end : a bound that is as good as infinite.
    """

    @internal
    def bound(threshold: float) -> float:
        return min(max(threshold, -end), end)

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
        # few arrays in a loop: the compiler gives up vectorising where too many could overlap
        for i in range(np.uint64(start), np.uint64(stop)):
            above[i] = upper[i] - eta[i]
        for i in range(np.uint64(start), np.uint64(stop)):
            below[i] = lower[i] - eta[i]
        for i in range(np.uint64(start), np.uint64(stop)):
            _, above[i], below[i] = ratios(above[i], below[i])
        for i in range(np.uint64(start), np.uint64(stop)):
            cross_a[i] = above[i] * (slope(upper[i] - eta[i]) + (above[i] - below[i]))
        for i in range(np.uint64(start), np.uint64(stop)):
            cross_b[i] = -below[i] * (slope(lower[i] - eta[i]) + (above[i] - below[i]))
        for i in range(np.uint64(start), np.uint64(stop)):
            above[i] *= weights[i]
            below[i] *= weights[i]
        for i in range(np.uint64(start), np.uint64(stop)):
            cross_a[i] *= weights[i]
            cross_b[i] *= weights[i]

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
        for i in range(np.uint64(start), np.uint64(stop)):
            a, b = upper[i] - eta[i], lower[i] - eta[i]
            slope_a, slope_b = slope(a), slope(b)
            half = 0.5 * third_a[i]
            ratio_a, ratio_b = above[i] * inverse_weights[i], below[i] * inverse_weights[i]
            score = ratio_a - ratio_b
            common = slope_a * ratio_a - slope_b * ratio_b
            third_a[i] = half * above[i] * (-bend(a) - common - 2.0 * score * (slope_a + score))
            third_b[i] = half * below[i] * (bend(b) + common + 2.0 * score * (slope_b + score))

    @internal
    def log_probability(eta: float, upper: float, lower: float) -> float:
        value, _, _ = ratios(bound(upper) - eta, bound(lower) - eta)
        return value

    return RowKernels(bound, rows, third, log_probability)
