"""Wald tests of several coefficients at once, pooled over completed data sets."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import special

from ipdmediation.kernels.arrays import FloatArray


class WaldTest(NamedTuple):
    """A test that k coefficients are all zero.

    Attributes
    ----------
    statistic : float
        F statistic; with one data set the Wald chi-squared divided by k.
    numerator_df, denominator_df : float
        k, and infinity where nothing differs between the data sets.
    p_value : float
    """

    statistic: float
    numerator_df: int
    denominator_df: float
    p_value: float


def pooled_wald_test(estimates: Sequence[FloatArray], covariances: Sequence[FloatArray]) -> WaldTest:
    """Test that coefficients are all zero.

    Parameters
    ----------
    estimates, covariances : sequences of (k,) and (k, k) arrays
        Of each completed data set.

    References
    ----------
    Li, Raghunathan & Rubin 1991, Journal of the American Statistical Association 86:1065 (statistic D1).

    Examples
    --------
    >>> test = pooled_wald_test([np.array([1.96, 0.0])], [np.eye(2)])
    >>> round(test.statistic, 3), round(test.p_value, 3)
    (1.921, 0.146)
    """
    imputations, k = np.shape(estimates)
    mean, within = np.mean(estimates, axis=0), np.mean(covariances, axis=0)
    deviations = np.asarray(estimates) - mean
    between = deviations.T @ deviations / max(imputations - 1, 1)
    increase = (1 + 1 / imputations) * np.trace(np.linalg.solve(within, between)) / k
    statistic = float(mean @ np.linalg.solve(within, mean) / (k * (1 + increase)))
    denominator = _denominator(k * (imputations - 1), k, increase) if increase > 0 else np.inf
    # F with infinitely many degrees of freedom is chi-squared / k
    p_value = (
        special.fdtrc(k, denominator, statistic)
        if np.isfinite(denominator)
        else special.chdtrc(k, k * statistic)
    )
    return WaldTest(statistic, k, float(denominator), float(p_value))


def _denominator(freedom: int, k: int, increase: float) -> float:
    if freedom > 4:
        return 4 + (freedom - 4) * (1 + (1 - 2 / freedom) / increase) ** 2
    return freedom * (1 + 1 / k) * (1 + 1 / increase) ** 2 / 2
