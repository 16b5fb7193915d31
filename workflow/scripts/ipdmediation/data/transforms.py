"""Analysis scales of the mediator."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from ipdmediation.kernels.arrays import FloatArray

Transform = Literal["log", "log1p", "cube_root", "identity"]


def to_analysis_scale(values: npt.ArrayLike, *, transform: Transform, offset: float = 0.0) -> FloatArray:
    """Return values on the analysis scale.

    Parameters
    ----------
    values : array_like of float
        In the variable's unit; NaN stays NaN.
    transform : {"log", "log1p", "cube_root", "identity"}
        `log` is ln(values + offset), `log1p` is ln(1 + values).
    offset : float
        Used by `log` only.

    Examples
    --------
    >>> to_analysis_scale([0.0, 8.0], transform="cube_root")
    array([0., 2.])
    """
    array = np.asarray(values, dtype=np.float64)
    if transform == "log":
        return np.log(array + offset)
    if transform == "log1p":
        return np.log1p(array)
    if transform == "cube_root":
        return np.cbrt(array)
    return array.copy()


def from_analysis_scale(values: npt.ArrayLike, *, transform: Transform, offset: float = 0.0) -> FloatArray:
    """Return values on the natural scale: the inverse of `to_analysis_scale`.

    Examples
    --------
    >>> from_analysis_scale([0.0, 2.0], transform="cube_root")
    array([0., 8.])
    """
    array = np.asarray(values, dtype=np.float64)
    if transform == "log":
        return np.exp(array) - offset
    if transform == "log1p":
        return np.expm1(array)
    if transform == "cube_root":
        return array**3
    return array.copy()
