"""What a fitted model is.

Every `Model` of the package returns the same `ModelFit`; the bootstrap uses the lean `Refit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.errors import FitWarning
from ipdmediation.vocabulary.terms import Component, Term, random_terms, residual_term


class Refit(NamedTuple):
    """What a bootstrap replicate needs of a fit; also the start values of the next one.

    Attributes
    ----------
    estimates : (p,) array in the order of the model's `names`. A threshold next to an outcome level that no
        weighted patient has equals its neighbour, or is infinite at the ends of the scale. The coefficient of
        a covariate that is constant among the weighted patients is 0 (see `ResampledModel`).
    random_covariance : (q, q) array; (0, 0) without random effects.
    modes : (trials, q) array of conditional modes of the random effects; (0, 0) without.
    residual_variance : nan for models without one.
    log_likelihood : at the estimates; nan where the refit path does not compute it.
    status : a `FitStatus`.
    iterations : outer iterations used.
    """

    estimates: FloatArray
    random_covariance: FloatArray
    modes: FloatArray
    residual_variance: float
    log_likelihood: float
    status: int
    iterations: int


def lacking_refit(size: int) -> Refit:
    """Return the refit to a resample in which an arm lacks a level that its thresholds end at."""
    none = np.zeros((0, 0))
    return Refit(np.full(size, np.nan), none, none, np.nan, np.nan, int(FitStatus.ARM_LACKS_LEVEL), 0)


@dataclass(frozen=True)
class RandomEffects:
    """Random effects by trial.

    Attributes
    ----------
    names : (q,) e.g. ("intercept", "treatment").
    covariance : (q, q) array.
    modes : (trials, q) array of conditional modes.
    mode_se : (trials, q) array of their conditional standard errors.
    """

    names: tuple[str, ...]
    covariance: FloatArray
    modes: FloatArray
    mode_se: FloatArray


@dataclass(frozen=True)
class ModelFit:
    """A fitted model.

    Attributes
    ----------
    names : (p,) threshold names, then coefficient names.
    estimates : (p,) array.
    covariance : (p, p) array, inverse of the observed information; nan for an infinite threshold.
    n_thresholds : 0 for linear models.
    random_effects : None for models without.
    residual_variance : None for models without.
    gradient_norm : largest absolute element of the gradient of the log-likelihood on standardised columns.
    n : sum of the weights, rounded (the number of patients, where weights are counts).
    warnings : what a reader of the estimates has to know.
    unbounded : positions of estimates that are infinite; a number stands there with which probabilities are
        those of the limit, and the table has none.
    """

    names: tuple[str, ...]
    estimates: FloatArray
    covariance: FloatArray
    n_thresholds: int
    random_effects: RandomEffects | None
    residual_variance: float | None
    log_likelihood: float
    gradient_norm: float
    iterations: int
    converged: bool
    singular: bool
    n: int
    n_per_trial: dict[str, int]
    family: str
    link: str
    trial_effects: str
    warnings: tuple[FitWarning, ...]
    unbounded: tuple[int, ...] = ()

    @property
    def standard_errors(self) -> FloatArray:
        """(p,) array of standard errors."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def thresholds(self) -> FloatArray:
        """(n_thresholds,) array of thresholds."""
        return self.estimates[: self.n_thresholds]

    @property
    def coefficients(self) -> FloatArray:
        """Estimates without the thresholds."""
        return self.estimates[self.n_thresholds :]

    @property
    def variance_terms(self) -> tuple[Term, ...]:
        """What the rows of `table` below the estimates are."""
        random = () if self.random_effects is None else random_terms(self.random_effects.names)
        return random if self.residual_variance is None else (*random, residual_term())

    def coefficient(self, name: str) -> float:
        """Return the estimate of the term `name`; `KeyError` if the model has no such term."""
        return float(self.estimates[self._position(name)])

    def start(self) -> Refit:
        """Return start values for a refit of the same model."""
        random = self.random_effects
        return Refit(
            estimates=self.estimates,
            random_covariance=np.zeros((0, 0)) if random is None else random.covariance,
            modes=np.zeros((0, 0)) if random is None else random.modes,
            residual_variance=np.nan if self.residual_variance is None else self.residual_variance,
            log_likelihood=self.log_likelihood,
            status=int(FitStatus.SINGULAR if self.singular else FitStatus.CONVERGED),
            iterations=self.iterations,
        )

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Tidy table of the fit.

        Parameters
        ----------
        level : confidence level of the Wald intervals (normal quantiles).

        Returns
        -------
        DataFrame with columns component (threshold, coefficient, variance), term, estimate, se, ci_low,
        ci_high, p_value: the estimates in the order of `names`, then standard deviations and correlations of
        the random effects, then the residual standard deviation. Rows of component `variance` have an
        estimate only.
        """
        quantile = ndtri((1 + level) / 2)
        estimates, errors = self.estimates.copy(), self.standard_errors
        estimates[list(self.unbounded)] = errors[list(self.unbounded)] = np.nan
        with np.errstate(divide="ignore", invalid="ignore"):
            p_values = 2 * ndtr(-np.abs(estimates / errors))
        rows = pd.DataFrame(
            {
                "component": np.where(
                    np.arange(len(self.names)) < self.n_thresholds,
                    Component.THRESHOLD.value,
                    Component.COEFFICIENT.value,
                ),
                "term": list(self.names),
                "estimate": estimates,
                "se": errors,
                "ci_low": estimates - quantile * errors,
                "ci_high": estimates + quantile * errors,
                "p_value": p_values,
            }
        )
        variances = pd.DataFrame(self._variance_rows(), columns=["component", "term", "estimate"])
        return rows if variances.empty else pd.concat([rows, variances], ignore_index=True)

    def _position(self, name: str) -> int:
        try:
            return self.names.index(name)
        except ValueError:
            raise KeyError(f"no term {name!r} in this model; it has {', '.join(self.names)}") from None

    def _variance_rows(self) -> list[tuple[str, str, float]]:
        values: list[float] = []
        terms = self.variance_terms
        if self.random_effects is not None:
            covariance = self.random_effects.covariance
            sds = np.sqrt(np.diag(covariance))
            values += sds.tolist()
            for later in range(len(sds)):
                for earlier in range(later):
                    scale = sds[earlier] * sds[later]
                    values.append(float(covariance[earlier, later] / scale) if scale > 0 else np.nan)
        if self.residual_variance is not None:
            values.append(float(np.sqrt(self.residual_variance)))
        return [
            (term.kind.component.value, term.id, value) for term, value in zip(terms, values, strict=True)
        ]


class Model(Protocol):
    """What every model of the package can do."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the estimates; those of the design's columns come last."""

    @property
    def n_thresholds(self) -> int:
        """Number of thresholds, which come first; a model without has its intercept there."""

    def fit(self, *, weights: ArrayLike | None = None, start: Refit | None = None) -> ModelFit:
        """Fit with checks, warnings and standard errors."""

    def refit(self, weights: FloatArray, start: Refit | None = None) -> Refit:
        """Fit a resample: estimates and a status only."""
