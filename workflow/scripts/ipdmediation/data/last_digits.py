"""Whether the numbers of a variable end in each of the ten digits equally often, as measured ones do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from ipdmediation.kernels.arrays import FloatArray

#: Decimals that numbers may be written with. With two, minutes as hours have only some of the ten digits.
DECIMALS = (0, 1)
#: Values below which ten digits are too many to count.
FEWEST = 100
#: Steps of the last digit between the quartiles, below which its tens do not take turns often enough.
FEWEST_STEPS = 15


@dataclass(frozen=True, kw_only=True)
class LastDigits:
    """How often the last digits of a variable are which.

    Parameters
    ----------
    counts : tuple of int
        Of the digits 0 to 9.
    p_value : float
        Of the chi-squared test that all are equally frequent, 9 degrees of freedom.
    """

    counts: tuple[int, ...]
    p_value: float

    @property
    def zero_or_five(self) -> int:
        """Number of values that end in 0 or 5."""
        return self.counts[0] + self.counts[5]

    @property
    def surplus(self) -> float:
        """Share of the values that would have to end in another digit for all to be equally frequent."""
        shares = np.array(self.counts) / sum(self.counts)
        return float(np.abs(shares - 0.1).sum() / 2)


def last_digits(values: FloatArray) -> LastDigits | None:
    """Count last digits, where all could be equally frequent.

    ASSUME: last digits are evenly spread where all values are written without decimals or with one, and
    at least 15 steps of the last digit lie between the quartiles; fewer than 100 values are too few to tell.

    Parameters
    ----------
    values : ndarray of float, (n,)
        Values as they were written, in one unit, without missing ones. The smallest and the largest, which
        may be a floor or a ceiling, are not counted.

    Returns
    -------
    LastDigits or None
        None where the digits say nothing.

    Examples
    --------
    >>> found = last_digits(np.repeat(np.arange(100.0), 3))
    >>> found.zero_or_five, round(found.surplus, 3)
    (57, 0.016)
    >>> last_digits(np.repeat(np.arange(10.0), 30)) is None
    True
    """
    if values.size == 0:
        return None
    inner = np.abs(values[(values > values.min()) & (values < values.max())])
    places = next((each for each in DECIMALS if np.allclose(inner, np.round(inner, each), 0, 1e-9)), None)
    if inner.size < FEWEST or places is None:
        return None
    steps = np.rint(inner * 10**places)
    low, high = np.quantile(steps, (0.25, 0.75))
    if high - low < FEWEST_STEPS:
        return None
    counts = np.bincount((steps % 10).astype(np.intp), minlength=10)
    return LastDigits(counts=tuple(counts.tolist()), p_value=float(stats.chisquare(counts).pvalue))
