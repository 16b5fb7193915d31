"""Rubin's rules: estimates of several completed data sets as one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


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
