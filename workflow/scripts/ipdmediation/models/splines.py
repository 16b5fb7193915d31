"""Restricted cubic splines: cubic between the knots, linear beyond the outer ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ipdmediation.models.errors import ModelError

KNOT_QUANTILES = {
    3: (0.10, 0.50, 0.90),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.50, 0.725, 0.95),
    6: (0.05, 0.23, 0.41, 0.59, 0.77, 0.95),
    7: (0.025, 0.1833, 0.3417, 0.50, 0.6583, 0.8167, 0.975),
}


def quantile_knots(values: ArrayLike, *, count: int) -> tuple[float, ...]:
    """Return knots at the quantiles of values.

    Parameters
    ----------
    values : array-like, shape (n,)
    count : 3 to 7

    Raises
    ------
    ModelError
        If there is no choice of quantiles for that count, or values have too many ties for so many knots.

    References
    ----------
    Harrell 2015, Regression Modeling Strategies, table 2.3.
    """
    if count not in KNOT_QUANTILES:
        raise ModelError(f"a spline has {min(KNOT_QUANTILES)} to {max(KNOT_QUANTILES)} knots, not {count}")
    # this kind of quantile stays where it is when every value is repeated, as resampling whole trials does
    places = np.quantile(np.asarray(values), KNOT_QUANTILES[count], method="averaged_inverted_cdf")
    knots = tuple(places.tolist())
    if len(set(knots)) < count:
        listed = ", ".join(f"{knot:g}" for knot in knots)
        raise ModelError(f"{count} knots at quantiles of the mediator fall together: {listed}")
    return knots


def restricted_cubic_spline(values: ArrayLike, *, knots: Sequence[float]) -> NDArray[np.float64]:
    """Return the columns of a restricted cubic spline.

    Parameters
    ----------
    values : array-like, shape (n,)
    knots : increasing, at least three of them

    Returns
    -------
    ndarray, shape (n, knots - 1)
        The values themselves, then truncated cubes that add up to a line beyond the outer knots, divided by
        the squared distance of these so that all columns have the unit of the values.

    References
    ----------
    Harrell 2015, Regression Modeling Strategies, section 2.4.5, equation 2.25.

    Examples
    --------
    >>> restricted_cubic_spline([0.0, 1.0, 2.0, 3.0], knots=[0.0, 1.0, 2.0])[:, 1]
    array([0.  , 0.25, 1.5 , 3.  ])
    """
    x, t = np.asarray(values, dtype=np.float64)[:, None], np.asarray(knots, dtype=np.float64)
    cubes = np.maximum(x - t, 0.0) ** 3
    last, before = t[-1], t[-2]
    inner = (
        cubes[:, :-2]
        - cubes[:, [-2]] * (last - t[:-2]) / (last - before)
        + cubes[:, [-1]] * (before - t[:-2]) / (last - before)
    )
    columns: NDArray[np.float64] = np.hstack([x, inner / (last - t[0]) ** 2])
    return columns
