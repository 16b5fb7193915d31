"""Back from standardised columns to their own scale."""

from __future__ import annotations

import numpy as np

from ipdmediation.kernels.arrays import FloatArray, IntArray


def natural_jacobian(
    present: IntArray, *, n_levels: int, n_arms: int = 1, centre: FloatArray, scale: FloatArray
) -> FloatArray:
    """Return the derivatives of natural thresholds and slopes in standardised ones.

    A natural threshold is the standardised one plus the sum of centre / scale times the standardised slopes.

    Parameters
    ----------
    present : (m,) levels that rows have, numbered as kernels do; an empty level has the threshold below it.
    n_levels : number of levels.
    n_arms : 2 where each arm has thresholds of its own.
    centre, scale : (p,) of the columns.

    Returns
    -------
    (n_arms (n_levels - 1) + p, m - n_arms + p); nan in the rows of thresholds that are infinite.
    """
    n_thresholds, n_present = n_arms * (n_levels - 1), present.size - n_arms
    jacobian = np.zeros((n_thresholds + scale.size, n_present + scale.size))
    found = 0
    for arm in range(n_arms):
        own = present[present // n_levels == arm] - arm * n_levels
        for k in range(n_levels - 1):
            position = int(np.searchsorted(own, k, side="right")) - 1
            row = arm * (n_levels - 1) + k
            if 0 <= position < own.size - 1:
                jacobian[row, found + position] = 1.0
                jacobian[row, n_present:] = centre / scale
            else:
                jacobian[row] = np.nan
        found += own.size - 1
    slopes = np.arange(scale.size)
    jacobian[n_thresholds + slopes, n_present + slopes] = 1 / scale
    return jacobian
