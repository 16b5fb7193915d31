"""A logit model of the outcome whose error is correlated with the mediator's, by a Gaussian copula.

With u = F^-1-normal of the logistic error and e the mediator model's error of standard deviation s,
corr(u, e) = rho, and

    P(Y <= k | M, A, C) = Phi{(Phi^-1[Lambda(tau_k - eta)] - rho e / s) / sqrt(1 - rho^2)},

which is maximised anew at each rho. Cells of the mediation formula integrate the same over e. Genest &
Neslehova 2007, ASTIN Bulletin 37:475 (copulas of discrete outcomes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import minimize
from scipy.special import log_expit, ndtr, ndtri_exp

from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.predictors import first_column
from ipdmediation.effects.quadrature import gauss_hermite
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.errors import ModelError
from ipdmediation.models.results import Refit

_NODES = 61
_PLACES = 2000  # a curve through so many is within 1e-9 of patients' averages, also at a correlation of 0.99
_LOG_ROOT = 0.5 * np.log(2 * np.pi)
_TINY = 1e-300


class CopulaFit(NamedTuple):
    """The outcome model at a correlation of the errors.

    Attributes
    ----------
    estimates : (p,) array
        In the order of the outcome model: thresholds, then coefficients.
    log_likelihood : float
    """

    estimates: FloatArray
    log_likelihood: float


@dataclass(frozen=True, kw_only=True)
class LogitCopula:
    """The data of the two models, prepared.

    Attributes
    ----------
    matrix : (n, p) array
        Columns of the outcome model.
    levels : (n,) array of int
        The outcome as modelled, from 0.
    thresholds : int
    errors : (n,) array
        Of the mediator, in standard deviations.
    weights : (n,) array
    """

    matrix: FloatArray
    levels: IntArray
    thresholds: int
    errors: FloatArray
    weights: FloatArray
    _prepared: MediationEffects
    _mediator: Refit
    _start: FloatArray

    @classmethod
    def of(cls, prepared: MediationEffects, mediator: Refit, outcome: Refit) -> LogitCopula:
        """Prepare models with fixed effects only, of an outcome with levels.

        Parameters
        ----------
        prepared : MediationEffects
        mediator, outcome : Refit
            Fits of its models to the cohort.

        Raises
        ------
        ModelError
            Where nobody has a level of the outcome.
        """
        models = prepared.models
        if np.unique(models.outcome_values).size < len(models.outcome_levels):
            raise ModelError("nobody has one of the outcome's levels")
        at = first_column(models.mediator, models.mediator_design)
        means = mediator.estimates[0] + models.mediator_design.matrix @ mediator.estimates[at:]
        return cls(
            matrix=models.outcome_design.matrix,
            levels=np.asarray(models.outcome_values, dtype=np.int64),
            thresholds=len(models.outcome_levels) - 1,
            errors=(models.mediator_values - means) / np.sqrt(mediator.residual_variance),
            weights=models.weighted(np.ones(means.size)),
            _prepared=prepared,
            _mediator=mediator,
            _start=outcome.estimates,
        )

    def fit(self, rho: float, *, start: FloatArray | None = None) -> CopulaFit:
        """Maximise the likelihood of the outcome, given the mediator.

        Parameters
        ----------
        rho : float
            Of the outcome as modelled, between -1 and 1.
        start : ndarray or None
            Estimates to start at, None for those of the logit model.

        Raises
        ------
        ModelError
            Where no maximum was found.
        """
        free = self._to_free(self._start if start is None else start)
        found = minimize(
            lambda values: self._negative(values, rho), free, jac=True, method="BFGS", options={"gtol": 1e-5}
        )
        gradient = np.abs(found.jac).max()
        if not gradient < 1e-3:
            raise ModelError(f"no maximum of the copula model at a correlation of {rho:g}")
        return CopulaFit(self._from_free(found.x), -float(found.fun))

    def cells(self, fit: CopulaFit, rho: float) -> FloatArray:
        """Return the (4, K) distributions over the levels of the cells (0, 0), (0, 1), (1, 0), (1, 1)."""
        models = self._prepared.models
        design = models.mediator_design
        at = first_column(models.mediator, design)
        estimates = self._mediator.estimates
        means = estimates[0] + np.array([columns @ estimates[at:] for columns in design.other_columns()])
        own = models.outcome_design
        slopes = fit.estimates[self.thresholds :]
        others = np.setdiff1d(np.arange(slopes.size), own.mediator_positions)
        direct = np.array([columns @ slopes[others] for columns in own.other_columns()])
        by_arm = own.mediator_columns(np.ones(1))[:, 0] @ slopes[own.mediator_positions]
        sd = float(np.sqrt(self._mediator.residual_variance))
        share = self.weights / self.weights.sum()
        cells = []
        for arm, other in ((0, 0), (0, 1), (1, 0), (1, 1)):
            predictors = direct[arm] + by_arm[arm] * means[other]
            below = _below(fit.estimates[: self.thresholds, None] - predictors, by_arm[arm] * sd, rho)
            cells.append(np.diff([0.0, *(below @ share), 1.0]))
        return np.array(cells)

    def slope(self, fit: CopulaFit) -> float:
        """Return the mediator's coefficient, that in the treated with an interaction."""
        own = self._prepared.models.outcome_design
        terms = own.mediator_columns(np.ones(1))[1, 0]
        return float(terms @ fit.estimates[self.thresholds :][own.mediator_positions])

    def _to_free(self, estimates: FloatArray) -> FloatArray:
        """Return the first threshold, the logarithms of the steps to the next ones, and the coefficients."""
        first = estimates[: self.thresholds]
        return np.concatenate([first[:1], np.log(np.diff(first)), estimates[self.thresholds :]])

    def _from_free(self, free: FloatArray) -> FloatArray:
        steps = np.exp(free[1 : self.thresholds])
        first = free[0] + np.concatenate([[0.0], np.cumsum(steps)])
        return np.concatenate([first, free[self.thresholds :]])

    def _negative(self, free: FloatArray, rho: float) -> tuple[float, FloatArray]:
        """Return minus the log-likelihood and its gradient."""
        estimates = self._from_free(free)
        limits = np.concatenate([[-np.inf], estimates[: self.thresholds], [np.inf]])
        eta = self.matrix @ estimates[self.thresholds :]
        root = np.sqrt(1 - rho**2)
        low, high = (_bound(limits[self.levels + above] - eta, rho * self.errors, root) for above in (0, 1))
        probability = np.maximum(high.below - low.below, _TINY)
        # in the upper half a difference of small numbers is one of the complements
        upper = low.below > 0.5
        probability[upper] = np.maximum(low.above[upper] - high.above[upper], _TINY)
        by_high, by_low = self.weights * high.density / probability, self.weights * low.density / probability
        of_threshold = np.zeros(self.thresholds + 2)
        np.add.at(of_threshold, self.levels + 1, by_high)
        np.subtract.at(of_threshold, self.levels, by_low)
        of_threshold = of_threshold[1:-1]
        # the first threshold moves all, a step those above it
        moved = np.cumsum(of_threshold[::-1])[::-1]
        moved[1:] *= np.exp(free[1 : self.thresholds])
        of_slopes = -self.matrix.T @ (by_high - by_low)
        return -float(self.weights @ np.log(probability)), -np.concatenate([moved, of_slopes])


class _Bound(NamedTuple):
    """Probability below and above a bound of the predictor, and its derivative; (n,) each."""

    below: FloatArray
    above: FloatArray
    density: FloatArray


def _bound(x: FloatArray, shift: FloatArray, root: float) -> _Bound:
    normal = _normal(x)
    at = (normal - shift) / root
    finite = np.isfinite(x)
    density = np.zeros(x.size)
    z, u = normal[finite], at[finite]
    logistic = log_expit(x[finite]) + log_expit(-x[finite])
    density[finite] = np.exp(logistic + (z * z - u * u) / 2) / root
    return _Bound(ndtr(at), ndtr(-at), density)


def _below(distances: FloatArray, slope: float, rho: float) -> FloatArray:
    """Return the probability below each threshold, averaged over the mediator's standardised error."""
    places, where = np.unique(distances, return_inverse=True)
    if places.size <= _PLACES:
        return _averaged(places, slope, rho)[where]
    grid = np.linspace(places[0], places[-1], _PLACES)
    curve: FloatArray = CubicSpline(grid, _averaged(grid, slope, rho))(distances)
    return curve


def _averaged(distances: FloatArray, slope: float, rho: float) -> FloatArray:
    rule = gauss_hermite(_NODES)
    normal = _normal(distances[:, None] - slope * rule.nodes)
    averaged: FloatArray = ndtr((normal - rho * rule.nodes) / np.sqrt(1 - rho**2)) @ rule.weights
    return averaged


def _normal(x: FloatArray) -> FloatArray:
    """Return the normal quantile of a logistic probability, exact in both tails."""
    quantile: FloatArray = np.where(x < 0, 1.0, -1.0) * ndtri_exp(log_expit(-np.abs(x)))
    return quantile
