"""Compiled searches among the columns of a design."""

from __future__ import annotations

import numpy as np

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.compiling import kernel


@kernel
def constant_columns(columns: FloatArray, weights: FloatArray) -> IntArray:
    """Return which of the (p, n) columns have one value only among the rows with weight.

    A column is read up to the first row that differs, which costs next to nothing.
    """
    p, n = columns.shape
    constant = np.empty(p, np.int64)
    found = 0
    first = 0
    while first < n and not weights[first] > 0.0:
        first += 1
    for j in range(p):
        column = columns[j]
        row = first + 1
        while row < n and (not weights[row] > 0.0 or column[row] == column[first]):
            row += 1
        if row == n:
            constant[found] = j
            found += 1
    return constant[:found]
