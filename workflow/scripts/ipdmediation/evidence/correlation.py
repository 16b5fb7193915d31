"""The correlation of trials' effects, with its sign, and what it says of a surrogate."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from ipdmediation.kernels.arrays import FloatArray

#: Trials from which Fisher's interval is bounded.
FEWEST = 4
#: IQWiG's limits of a correlation: from the first on it is high, up to the second it is low.
HIGH, LOW = 0.85, 0.7


class Verdict(StrEnum):
    """What the interval of a correlation says of a surrogate at the level of trials."""

    PROVEN = "proven"
    NOT_VALID = "not_valid"
    UNCLEAR = "unclear"


#: What the limits are, for the note of a verdict.
LIMITS = f"the whole interval at {HIGH:g} or more: proven; at {LOW:g} or less: not valid; else unclear"


class Correlation(NamedTuple):
    """A correlation with its sign and its interval; the ends are -1 and 1 where trials are too few."""

    estimate: float
    low: float
    high: float


def correlation(first: FloatArray, second: FloatArray, *, weights: FloatArray, level: float) -> Correlation:
    """Return the correlation of two effects over k trials, missing where one of them is constant.

    The interval is tanh(atanh(r) +- z / sqrt(k - 3)), of the correlation and not of its square: that of a
    square by its derivative has no width where the correlation is 0.

    Parameters
    ----------
    first, second, weights : ndarray, shape (k,)
    level : float
        Coverage.

    References
    ----------
    Fisher 1921, Metron 1:3.
    """
    centred = [values - np.average(values, weights=weights) for values in (first, second)]
    squares = [float(weights @ values**2) for values in centred]
    if min(squares) <= 0:
        return Correlation(math.nan, math.nan, math.nan)
    r = float(weights @ (centred[0] * centred[1])) / math.sqrt(squares[0] * squares[1])
    r = min(max(r, -1.0), 1.0)
    if len(first) < FEWEST:
        return Correlation(r, -1.0, 1.0)
    if abs(r) == 1:
        return Correlation(r, r, r)
    z, reach = math.atanh(r), float(ndtri(0.5 + level / 2)) / math.sqrt(len(first) - 3)
    return Correlation(r, math.tanh(z - reach), math.tanh(z + reach))


def verdict(found: Correlation, *, sign: float) -> Verdict:
    """Say what a correlation says of a surrogate.

    Parameters
    ----------
    found : Correlation
        Of the effects on the mediator and on the outcome.
    sign : float
        Of the association of both within patients: a correlation of the other sign speaks against the
        mediator, however large it is.

    References
    ----------
    IQWiG 2011, Rapid report A10-05.

    Examples
    --------
    >>> strong = Correlation(-0.95, -0.98, -0.88)
    >>> str(verdict(strong, sign=-1.0)), str(verdict(strong, sign=1.0))
    ('proven', 'not_valid')
    """
    if math.isnan(found.estimate):
        return Verdict.UNCLEAR
    low, high = (found.low, found.high) if sign >= 0 else (-found.high, -found.low)
    if low >= HIGH:
        return Verdict.PROVEN
    return Verdict.NOT_VALID if high <= LOW else Verdict.UNCLEAR
