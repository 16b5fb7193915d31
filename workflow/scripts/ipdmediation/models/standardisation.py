"""Back from standardised columns to their own scale."""

from __future__ import annotations

import numpy as np

from ipdmediation.kernels.arrays import FloatArray, IntArray


def natural_jacobian(
    present: IntArray, *, n_levels: int, centre: FloatArray, scale: FloatArray
) -> FloatArray:
    """Return the derivatives of natural thresholds and slopes in standardised ones.

    A natural threshold is the standardised one plus the sum of centre / scale times the standardised slopes.

    Parameters
    ----------
    present : (m,) levels that rows have; an empty level shares the threshold below it.
    n_levels : number of levels.
    centre, scale : (p,) of the columns.

    Returns
    -------
    (n_levels - 1 + p, m - 1 + p); nan in the rows of thresholds that are infinite.
    """
    n_thresholds, n_present = n_levels - 1, present.size - 1
    jacobian = np.zeros((n_thresholds + scale.size, n_present + scale.size))
    for k in range(n_thresholds):
        position = int(np.searchsorted(present, k, side="right")) - 1
        if 0 <= position < n_present:
            jacobian[k, position] = 1.0
            jacobian[k, n_present:] = centre / scale
        else:
            jacobian[k] = np.nan
    slopes = np.arange(scale.size)
    jacobian[n_thresholds + slopes, n_present + slopes] = 1 / scale
    return jacobian
