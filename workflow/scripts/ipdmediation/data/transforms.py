"""Analysis scales of the mediator: the numbers of each transform."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.vocabulary.transforms import CUBE_ROOT, IDENTITY, LOG, LOG1P

#: To the analysis scale and back, of values and what is added to them, by the transform's key.
SCALES: dict[
    str, tuple[Callable[[FloatArray, float], FloatArray], Callable[[FloatArray, float], FloatArray]]
] = {
    IDENTITY.key: (lambda values, _: values.copy(), lambda values, _: values.copy()),
    LOG.key: (lambda values, added: np.log(values + added), lambda values, added: np.exp(values) - added),
    LOG1P.key: (lambda values, _: np.log1p(values), lambda values, _: np.expm1(values)),
    CUBE_ROOT.key: (lambda values, _: np.cbrt(values), lambda values, _: values**3),
}


def to_analysis_scale(values: npt.ArrayLike, *, transform: str, offset: float = 0.0) -> FloatArray:
    """Return values on the analysis scale.

    Parameters
    ----------
    values : array_like of float
        In the variable's unit; NaN stays NaN.
    transform : str
        A key of `vocabulary.transforms.TRANSFORMS`: `log` is ln(values + offset), `log1p` is ln(1 + values).
    offset : float
        Used by `log` only.

    Examples
    --------
    >>> to_analysis_scale([0.0, 8.0], transform="cube_root")
    array([0., 2.])
    """
    there, _ = SCALES[transform]
    return there(np.asarray(values, dtype=np.float64), offset)


def from_analysis_scale(values: npt.ArrayLike, *, transform: str, offset: float = 0.0) -> FloatArray:
    """Return values on the natural scale: the inverse of `to_analysis_scale`.

    Examples
    --------
    >>> from_analysis_scale([0.0, 2.0], transform="cube_root")
    array([0., 8.])
    """
    _, back = SCALES[transform]
    return back(np.asarray(values, dtype=np.float64), offset)
