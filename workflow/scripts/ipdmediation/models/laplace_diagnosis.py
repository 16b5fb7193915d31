"""What is computed once a cumulative link mixed model has been fitted: value, gradient and information."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.laplace import laplace_criterion
from ipdmediation.kernels.mixed_rows import MixedRows, MixedWork
from ipdmediation.kernels.newton import marginal_information

_STEP = 1e-4


class LaplacePoint(NamedTuple):
    """Parameters of a model on its standardised scale.

    Attributes
    ----------
    thresholds : (m,) those between present levels.
    slopes : (p,)
    factor : (q, r) lower trapezoidal factor of the random effects' covariance.
    modes : (trials, r) start values of the conditional modes, replaced by what is found.
    """

    thresholds: FloatArray
    slopes: FloatArray
    factor: FloatArray
    modes: FloatArray


class LaplaceDiagnosis(NamedTuple):
    """The criterion around a point.

    Attributes
    ----------
    log_likelihood : its value.
    gradient : in thresholds, slopes and the entries of the factor, column by column.
    observed : minus the second derivatives, of the same parameters.
    marginal : (m + p, m + p) information of thresholds and slopes, the modes eliminated, the covariance
        known.
    spread : (trials, q, q) conditional variances of the random effects.
    """

    log_likelihood: float
    gradient: FloatArray
    observed: FloatArray
    marginal: FloatArray
    spread: FloatArray


def diagnose(rows: MixedRows, work: MixedWork, point: LaplacePoint, *, link: Any) -> LaplaceDiagnosis:
    """Evaluate the criterion and its derivatives; the second ones are numerical, of the exact gradient.

    Parameters
    ----------
    rows, work : as of `kernels.mixed_rows`.
    point : where.
    link : its object, of `kernels.links.LINKS`.
    """
    value, gradient = _gradient(rows, work, point, link)
    spread = work.spread.copy()
    marginal = marginal_information(rows, work, point.thresholds, point.factor, link)
    entries = _free_entries(point.factor)
    changes = np.eye(gradient.size) * _STEP
    observed = np.array(
        [
            _gradient(rows, work, _moved(point, -change, entries), link)[1]
            - _gradient(rows, work, _moved(point, change, entries), link)[1]
            for change in changes
        ]
    ) / (2 * _STEP)
    return LaplaceDiagnosis(value, gradient, 0.5 * (observed + observed.T), marginal, spread)


def _free_entries(factor: FloatArray) -> tuple[list[int], list[int]]:
    """Rows and columns of the factor's entries that are not zero by its shape, column by column."""
    q, rank = factor.shape
    pairs = [(a, b) for b in range(rank) for a in range(b, q)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _moved(point: LaplacePoint, change: FloatArray, entries: tuple[list[int], list[int]]) -> LaplacePoint:
    n_thresholds, size = point.thresholds.size, point.thresholds.size + point.slopes.size
    factor = point.factor.copy()
    factor[entries] += change[size:]
    return LaplacePoint(
        point.thresholds + change[:n_thresholds],
        point.slopes + change[n_thresholds:size],
        factor,
        point.modes.copy(),
    )


def _gradient(rows: MixedRows, work: MixedWork, point: LaplacePoint, link: Any) -> tuple[float, FloatArray]:
    value = laplace_criterion(rows, work, *point, link)
    return float(value), np.concatenate([work.gradient, work.factor_gradient[_free_entries(point.factor)]])
