"""Loops over the rows of a design.

Bounds of a range of rows are made unsigned: with signed ones numba looks for negative indices and does not
vectorise.
"""

from __future__ import annotations

import numpy as np

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.compiling import fast_internal

BLOCK = 2048  # rows whose quantities stay in the cache between two loops over them


@fast_internal
def linear_predictor(x: FloatArray, offset: FloatArray, slopes: FloatArray, eta: FloatArray) -> None:
    """Fill (n,) `eta` with the offset plus the (p, n) columns times their slopes."""
    for start in range(0, eta.shape[0], BLOCK):
        stop = min(start + BLOCK, eta.shape[0])
        for i in range(np.uint64(start), np.uint64(stop)):
            eta[i] = offset[i] + (slopes[0] * x[0, i] if x.shape[0] % 2 else 0.0)
        # two by two, so that eta is read and written half as often
        for j in range(x.shape[0] % 2, x.shape[0], 2):
            for i in range(np.uint64(start), np.uint64(stop)):
                eta[i] += slopes[j] * x[j, i] + slopes[j + 1] * x[j + 1, i]


@fast_internal
def block_sum(values: FloatArray, start: int, stop: int) -> float:
    """Sum of a range of rows."""
    total = 0.0
    for i in range(np.uint64(start), np.uint64(stop)):
        total += values[i]
    return total


@fast_internal
def dot(left: FloatArray, right: FloatArray, start: int, stop: int) -> float:
    """Sum of the products of a range of rows."""
    total = 0.0
    for i in range(np.uint64(start), np.uint64(stop)):
        total += left[i] * right[i]
    return total


@fast_internal
def dot_difference(column: FloatArray, first: FloatArray, second: FloatArray, start: int, stop: int) -> float:
    """Sum of column * (second - first) of a range of rows."""
    total = 0.0
    for i in range(np.uint64(start), np.uint64(stop)):
        total += column[i] * (second[i] - first[i])
    return total


@fast_internal
def products(
    first: FloatArray, second: FloatArray, left: FloatArray, right: FloatArray, start: int, stop: int
) -> tuple[float, float, float, float]:
    """Sum first * left, first * right, second * left and second * right over a range of rows."""
    first_left, first_right, second_left, second_right = 0.0, 0.0, 0.0, 0.0
    for i in range(np.uint64(start), np.uint64(stop)):
        first_left += first[i] * left[i]
        first_right += first[i] * right[i]
        second_left += second[i] * left[i]
        second_right += second[i] * right[i]
    return first_left, first_right, second_left, second_right
