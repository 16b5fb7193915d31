"""Rubin's rules: estimates and tests of several completed data sets as one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special


@dataclass(frozen=True)
class Pooled:
    """Estimates pooled over imputations.

    Attributes
    ----------
    estimate, se : ndarray, shape (p,)
        Mean of the estimates; square root of the total variance.
    degrees_of_freedom : ndarray, shape (p,)
        Of the t distribution of (estimate - truth) / se; infinite where nothing was imputed.
    """

    estimate: NDArray[np.float64]
    se: NDArray[np.float64]
    degrees_of_freedom: NDArray[np.float64]


def pool_estimates(estimates: ArrayLike, variances: ArrayLike) -> Pooled:
    """Pool the estimates of m completed data sets.

    Parameters
    ----------
    estimates, variances : array-like, shape (m, p)
        Estimates and their squared standard errors, one row per completed data set.

    Returns
    -------
    Pooled
        With m = 1 the estimates as they are.

    References
    ----------
    Rubin 1987, Multiple Imputation for Nonresponse in Surveys, equations 3.1.2 to 3.1.6.
    """
    values, within = np.atleast_2d(estimates), np.atleast_2d(variances).mean(axis=0)
    m = len(values)
    if m == 1:
        return Pooled(values[0], np.sqrt(within), np.full(within.shape, np.inf))
    between = (1 + 1 / m) * values.var(axis=0, ddof=1)
    with np.errstate(divide="ignore"):
        degrees_of_freedom = (m - 1) * (1 + within / between) ** 2
    return Pooled(values.mean(axis=0), np.sqrt(within + between), degrees_of_freedom)


def pool_chi_squares(statistics: ArrayLike, *, df: int) -> tuple[float, float]:
    """Pool the chi-squared statistics of one test in m completed data sets.

    Parameters
    ----------
    statistics : array-like, shape (m,)
    df : int
        Degrees of freedom of each.

    Returns
    -------
    tuple of float
        Statistic on the scale of a chi-squared with `df` degrees of freedom, at least 0, and p-value. With
        m = 1 the statistic as it is.

    References
    ----------
    Li, Meng, Raghunathan & Rubin 1991, Statistica Sinica 1:65 (statistic D2).

    Examples
    --------
    >>> statistic, p_value = pool_chi_squares([3.84], df=1)
    >>> round(statistic, 2), round(p_value, 3)
    (3.84, 0.05)
    """
    values = np.maximum(np.asarray(statistics, dtype=np.float64), 0.0)
    m = values.size
    increase = (1 + 1 / m) * float(np.sqrt(values).var(ddof=1)) if m > 1 else 0.0
    if increase == 0:
        return float(values.mean()), float(special.chdtrc(df, values.mean()))
    pooled = max((values.mean() / df - (m + 1) / (m - 1) * increase) / (1 + increase), 0.0)
    denominator = df ** (-3 / m) * (m - 1) * (1 + 1 / increase) ** 2
    return float(df * pooled), float(special.fdtrc(df, denominator, pooled))
