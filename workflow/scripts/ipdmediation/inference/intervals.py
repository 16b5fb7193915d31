"""Intervals and p-values from bootstrap draws."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri


class Interval(NamedTuple):
    """Ends of an interval, and what a reader has to know of them.

    Attributes
    ----------
    low, high : float
    note : str
        Empty, or that an end is not where its formula puts it.
    """

    low: float
    high: float
    note: str = ""


class NoIntervalError(ValueError):
    """Draws that give no interval; the message is for the note in a table."""


@dataclass(frozen=True, kw_only=True)
class Draws:
    """What the interval of one effect is made of.

    Attributes
    ----------
    drawn : ndarray, shape (B,)
        Values of the replicates, none missing. An infinite one lies beyond every finite one: to leave it out
        would make the interval too short.
    estimate : float
        Value of the cohort itself.
    acceleration : float
        As `acceleration` returns it; only `bca_interval` asks for it.
    """

    drawn: NDArray[np.float64]
    estimate: float
    acceleration: float = np.nan


def percentile_interval(draws: Draws, *, level: float) -> Interval:
    """Return the percentile interval, by the order statistics at (B + 1) p.

    Parameters
    ----------
    draws : Draws
    level : float
        Coverage, between 0 and 1.

    References
    ----------
    Davison & Hinkley 1997, section 5.3.1.
    """
    tail = (1 - level) / 2
    return _quantiles(draws, tail, 1 - tail)


def basic_interval(draws: Draws, *, level: float) -> Interval:
    """Return the basic interval: the percentile interval mirrored at the estimate.

    References
    ----------
    Davison & Hinkley 1997, section 5.2.1.
    """
    low, high, _ = percentile_interval(draws, level=level)
    return Interval(2 * draws.estimate - high, 2 * draws.estimate - low)


def normal_interval(draws: Draws, *, level: float) -> Interval:
    """Return the normal interval: bias-corrected estimate and the draws' standard deviation.

    Raises
    ------
    NoIntervalError
        Where a draw is infinite, so that there is no standard deviation.

    References
    ----------
    Davison & Hinkley 1997, section 5.2.1.
    """
    infinite = int(np.isinf(draws.drawn).sum())
    if infinite:
        raise NoIntervalError(f"no normal interval: infinite in {infinite} replicates")
    centre = 2 * draws.estimate - draws.drawn.mean()
    half = ndtri(0.5 + level / 2) * draws.drawn.std(ddof=1)
    return Interval(float(centre - half), float(centre + half))


def bca_interval(draws: Draws, *, level: float) -> Interval:
    """Return the bias-corrected and accelerated interval.

    The percentile interval at other probabilities: with z0 the normal quantile of the share of draws below
    the estimate (ties half), a the acceleration and z the normal quantile of a probability, that of
    z0 + (z0 + z) / (1 - a (z0 + z)). Where such a probability lies beyond those that the draws tell apart,
    1 / (B + 1) and B / (B + 1), the end is the outermost draw, and the note says so.

    Raises
    ------
    NoIntervalError
        Where all draws are equal or on one side of the estimate, or there is no acceleration.

    References
    ----------
    Efron 1987, J Am Stat Assoc 82:171; Davison & Hinkley 1997, equations 5.20 and 5.21.
    """
    drawn = draws.drawn
    if drawn.min() == drawn.max():
        raise NoIntervalError("no BCa interval: all replicates have the same value")
    share = np.mean((drawn < draws.estimate) + 0.5 * (drawn == draws.estimate))
    if share in (0, 1):
        side = "above" if share == 0 else "below"
        raise NoIntervalError(f"no BCa interval: all replicates are {side} the estimate")
    if not np.isfinite(draws.acceleration):
        raise NoIntervalError("no BCa interval: the jackknife gives no acceleration")
    bias, tail = ndtri(share), (1 - level) / 2
    shifted = bias + ndtri([tail, 1 - tail])
    stretch = 1 - draws.acceleration * shifted
    if stretch.min() <= 0:
        raise NoIntervalError("no BCa interval: the acceleration is too large for this level")
    return _quantiles(draws, *ndtr(bias + shifted / stretch))


INTERVALS: Mapping[str, Callable[..., Interval]] = {
    "percentile": percentile_interval,
    "basic": basic_interval,
    "normal": normal_interval,
    "bca": bca_interval,
}


def acceleration(left_out: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the acceleration of estimates from a jackknife, a sixth of the skewness of their influences.

    Parameters
    ----------
    left_out : ndarray, shape (groups, effects)
        Estimates without one group of patients after the other.

    Returns
    -------
    ndarray, shape (effects,)
        sum d^3 / (6 (sum d^2)^(3/2)) with d the mean minus the estimates; missing where all are equal or one
        is missing.

    References
    ----------
    Efron 1987, J Am Stat Assoc 82:171; Davison & Hinkley 1997, equation 5.22.

    Examples
    --------
    >>> acceleration(np.array([[0.0], [0.0], [-3.0]])).round(4)
    array([0.068])
    """
    influence = left_out.mean(axis=0) - left_out
    with np.errstate(invalid="ignore"):
        skewed: NDArray[np.float64] = np.sum(influence**3, axis=0) / np.sum(influence**2, axis=0) ** 1.5
    return skewed / 6


class PValue(NamedTuple):
    """A p-value of a bootstrap.

    Attributes
    ----------
    value : float
        The p-value, or what it is smaller than.
    bound : bool
        Whether no replicate lies at the null or beyond it, so that the p-value is smaller than `value`.
    """

    value: float
    bound: bool


def bootstrap_p_value(draws: NDArray[np.float64], *, null: float) -> PValue:
    """Return the two-sided p-value of a null value, (r + 1) / (B + 1) on the smaller side, doubled.

    Parameters
    ----------
    draws : ndarray, shape (B,)
        Values of the replicates, none missing.
    null : float
        Value of the effect when there is none.

    References
    ----------
    Davison & Hinkley 1997, section 4.2.5: counting the observed sample keeps p above 0.

    Examples
    --------
    >>> bootstrap_p_value(np.arange(1.0, 1000.0), null=0)
    PValue(value=0.002, bound=True)
    """
    beyond = min(np.count_nonzero(draws <= null), np.count_nonzero(draws >= null))
    return PValue(float(min(1.0, 2 * (beyond + 1) / (draws.size + 1))), bound=bool(beyond == 0))


def _quantiles(draws: Draws, lower: float, upper: float) -> Interval:
    """Return the values at ranks (B + 1) p, between two ranks by interpolation, at most the outermost one."""
    count = draws.drawn.size
    # Rounded, for a rank that is off by its last digit would take a share of an infinite neighbour.
    ranks = np.round((count + 1) * np.array([lower, upper]), 9)
    low, high = np.interp(ranks, np.arange(1, count + 1), np.sort(draws.drawn))
    beyond = [end for end, out in (("lower", ranks[0] < 1), ("upper", ranks[1] > count)) if out]
    note = f"{' and '.join(beyond)} limit beyond the outermost of {count} replicates, which is given instead"
    return Interval(float(low), float(high), note if beyond else "")
