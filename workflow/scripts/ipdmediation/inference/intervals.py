"""Intervals and p-values from bootstrap draws."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Interval = tuple[float, float]


def percentile_interval(draws: NDArray[np.float64], *, estimate: float, level: float) -> Interval:
    """Return the percentile interval, by the order statistics at (B + 1) p.

    Parameters
    ----------
    draws : ndarray, shape (B,)
        Finite values of the replicates.
    estimate : float
        Value of the cohort itself; this interval does not use it.
    level : float
        Coverage, between 0 and 1.

    References
    ----------
    Davison & Hinkley 1997, section 5.3.1.
    """
    low, high = _quantiles(draws, level)
    return low, high


def basic_interval(draws: NDArray[np.float64], *, estimate: float, level: float) -> Interval:
    """Return the basic interval: the percentile interval mirrored at the estimate.

    References
    ----------
    Davison & Hinkley 1997, section 5.2.1.
    """
    low, high = _quantiles(draws, level)
    return 2 * estimate - high, 2 * estimate - low


def normal_interval(draws: NDArray[np.float64], *, estimate: float, level: float) -> Interval:
    """Return the normal interval: bias-corrected estimate and the draws' standard deviation.

    References
    ----------
    Davison & Hinkley 1997, section 5.2.1.
    """
    centre = 2 * estimate - draws.mean()
    half = ndtri(0.5 + level / 2) * draws.std(ddof=1)
    return float(centre - half), float(centre + half)


INTERVALS: Mapping[str, Callable[..., Interval]] = {
    "percentile": percentile_interval,
    "basic": basic_interval,
    "normal": normal_interval,
}


def bootstrap_p_value(draws: NDArray[np.float64], *, null: float) -> float:
    """Return the two-sided p-value of a null value, (r + 1) / (B + 1) on the smaller side, doubled.

    Parameters
    ----------
    draws : ndarray, shape (B,)
        Finite values of the replicates.
    null : float
        Value of the effect when there is none.

    References
    ----------
    Davison & Hinkley 1997, section 4.2.5: counting the observed sample keeps p above 0.
    """
    below = (np.count_nonzero(draws <= null) + 1) / (draws.size + 1)
    above = (np.count_nonzero(draws >= null) + 1) / (draws.size + 1)
    return float(min(1.0, 2 * min(below, above)))


def _quantiles(draws: NDArray[np.float64], level: float) -> Interval:
    tail = (1 - level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], method="weibull")
    return float(low), float(high)
