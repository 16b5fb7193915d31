"""Likelihood ratios of nested models: as a test over completed data sets, and as a share of information."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import chdtr, chdtrc, chndtrinc, fdtrc

from ipdmediation.kernels.arrays import FloatArray


class Ratio(NamedTuple):
    """A likelihood-ratio test."""

    statistic: float
    p_value: float


class Explained(NamedTuple):
    """A share of information, from 0 to 1, with its interval."""

    estimate: float
    low: float
    high: float


def pooled_ratio(statistics: Sequence[float] | FloatArray, *, degrees: int) -> Ratio:
    """Return one likelihood-ratio test of m completed data sets.

    With m = 1 the statistic has a chi-squared distribution. Else d is the mean of the statistics and
    r = (1 + 1/m) times the variance of their square roots; the statistic is
    (d - k (m + 1)/(m - 1) r)/(1 + r), and divided by k it has an F distribution with k and
    k^(-3/m) (m - 1) (1 + 1/r)^2 degrees of freedom.

    Parameters
    ----------
    statistics : sequence of float
        2 (l_1 - l_0) in each data set.
    degrees : int
        k, of one of them.

    References
    ----------
    Li, Meng, Raghunathan & Rubin 1991, Statistica Sinica 1:65 (their D2).
    """
    found = np.maximum(np.asarray(statistics, dtype=np.float64), 0.0)
    m, mean = found.size, float(found.mean())
    r = (1 + 1 / m) * float(np.sqrt(found).var(ddof=1)) if m > 1 else 0.0
    if r == 0:
        return Ratio(mean, float(chdtrc(degrees, mean)))
    statistic = max((mean - degrees * (m + 1) / (m - 1) * r) / (1 + r), 0.0)
    below = degrees ** (-3 / m) * (m - 1) * (1 + 1 / r) ** 2
    return Ratio(statistic, float(fdtrc(degrees, below, statistic / degrees)))


def explained(statistic: float, *, degrees: int, patients: float, level: float) -> Explained:
    """Return the share of the outcome's information that a variable explains, 1 - exp(-G^2/n).

    The interval is that of the noncentrality of G^2, which is chi-squared with `degrees` of freedom if the
    variable says nothing.

    Parameters
    ----------
    statistic : float
        G^2, the likelihood-ratio statistic of the variable.
    degrees : int
    patients : float
        n.
    level : float
        Coverage.

    References
    ----------
    Alonso et al. 2006, Stat Med 25:205; Kent 1983, Biometrika 70:163.

    Examples
    --------
    >>> round(explained(75.0, degrees=1, patients=377, level=0.95).estimate, 3)
    0.18
    """
    ends = [
        _noncentrality(statistic, degrees, probability) for probability in (0.5 + level / 2, 0.5 - level / 2)
    ]
    estimate, low, high = (-math.expm1(-max(each, 0.0) / patients) for each in (statistic, *ends))
    return Explained(estimate, low, high)


def _noncentrality(statistic: float, degrees: int, probability: float) -> float:
    """Return that with which this part of the distribution lies below the statistic, 0 where none has."""
    if chdtr(degrees, statistic) <= probability:
        return 0.0
    return float(chndtrinc(statistic, degrees, probability))
