"""The distribution function of each link with its first two derivatives, for arrays of numbers.

Kernels have their own, one number at a time; this is for what is computed once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit, ndtr

from ipdmediation.kernels.arrays import FloatArray

Values = tuple[FloatArray, FloatArray, FloatArray]


def _logit(x: FloatArray) -> Values:
    below = expit(x)
    density = below * expit(-x)
    return below, density, density * (1 - 2 * below)


def _probit(x: FloatArray) -> Values:
    density = np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)
    return ndtr(x), density, -x * density


def _cloglog(x: FloatArray) -> Values:
    rate = np.exp(np.minimum(x, 700.0))
    density = rate * np.exp(-rate)
    return -np.expm1(-rate), density, density * (1 - rate)


def _loglog(x: FloatArray) -> Values:
    below, density, bend = _cloglog(-x)
    return 1 - below, density, -bend


def _cauchit(x: FloatArray) -> Values:
    density = 1 / (np.pi * (1 + x * x))
    return 0.5 + np.arctan(x) / np.pi, density, -2 * x / (1 + x * x) * density


_DISTRIBUTIONS: dict[str, Callable[[FloatArray], Values]] = {
    "logit": _logit,
    "probit": _probit,
    "cloglog": _cloglog,
    "loglog": _loglog,
    "cauchit": _cauchit,
}


def distribution(link: str, x: FloatArray) -> Values:
    """Return F, F' and F'' of a link at numbers, of which some may be infinite.

    Parameters
    ----------
    link : a key of `vocabulary.links.LINKS`.
    x : (n,)

    Examples
    --------
    >>> [value.tolist() for value in distribution("logit", np.array([0.0, np.inf]))]
    [[0.5, 1.0], [0.25, 0.0], [0.0, 0.0]]
    """
    finite = np.isfinite(x)
    values = (np.where(x > 0, 1.0, 0.0), np.zeros(x.shape), np.zeros(x.shape))
    for value, found in zip(values, _DISTRIBUTIONS[link](x[finite]), strict=True):
        value[finite] = found
    return values
