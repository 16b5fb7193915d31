"""The interval of a ratio of two estimates, by Fieller's theorem."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class RatioInterval(NamedTuple):
    """Ends of the interval of a ratio."""

    low: float
    high: float


def fieller_interval(estimates: ArrayLike, covariance: ArrayLike, *, quantile: float) -> RatioInterval | None:
    """Return the interval of a ratio, None where it is not bounded.

    It holds every ratio r for which numerator - r denominator lies within `quantile` of its standard errors
    of 0. Where the denominator itself does, no ratio however large can be excluded.

    Parameters
    ----------
    estimates : array-like, shape (2,)
        Numerator and denominator.
    covariance : array-like, shape (2, 2)
        Of the two.
    quantile : float
        Of the normal or a t distribution, 1.96 for an interval of 95%.

    References
    ----------
    Fieller 1954, J R Stat Soc B 16:175; Freedman 2001, Stat Med 20:2903 (of a share of a treatment's effect).

    Examples
    --------
    >>> low, high = fieller_interval([0.5, 1.0], [[0.01, 0.0], [0.0, 0.01]], quantile=1.96)
    >>> round(low, 3), round(high, 3)
    (0.296, 0.744)
    """
    numerator, denominator = np.asarray(estimates, dtype=np.float64)
    spread = quantile**2 * np.asarray(covariance, dtype=np.float64)
    square = denominator**2 - spread[1, 1]
    if not square > 0:
        return None
    middle = numerator * denominator - spread[0, 1]
    # below 0 by rounding alone, where the covariance is singular
    root = math.sqrt(max(middle**2 - square * (numerator**2 - spread[0, 0]), 0.0))
    return RatioInterval(float((middle - root) / square), float((middle + root) / square))
