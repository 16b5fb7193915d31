"""The line through the effects of several trials: effects on one variable regressed on those on another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from pymare.core import Dataset
from pymare.estimators import VarianceBasedLikelihoodEstimator
from scipy.special import stdtrit

from ipdmediation.evidence.two_stage import TOLERANCES
from ipdmediation.kernels.arrays import FloatArray

#: Trials that a line needs: two are on one whatever they say.
FEWEST = 3
#: Differences of the trials' effects that count as none, as a share of the largest effect.
_NO_DIFFERENCE = 1e-10


class Prediction(NamedTuple):
    """What a line predicts, with the ends of its interval; arrays of one shape."""

    estimate: FloatArray
    low: FloatArray
    high: FloatArray


class Threshold(NamedTuple):
    """Where the prediction of a new trial first excludes no effect.

    Attributes
    ----------
    at : float
        The effect nearest to 0 whose prediction interval excludes 0; missing where there is none.
    until : float
        Where it holds 0 again, beyond `at`; infinite where it never does.
    at_no_effect : bool
        Whether it excludes 0 already where there is no effect, so that a threshold would mean nothing.
    """

    at: float
    until: float
    at_no_effect: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """A regression of k trials' effects on others, with a variance between trials.

    Attributes
    ----------
    trials : int
        k.
    coefficients : ndarray, shape (2,)
        Intercept and slope.
    covariance : ndarray, shape (2, 2)
        Of these.
    tau2 : float
        Variance between trials that the line leaves.
    weights : ndarray, shape (k,)
        Share of each trial.
    """

    trials: int
    coefficients: FloatArray
    covariance: FloatArray
    tau2: float
    weights: FloatArray

    def quantile(self, level: float) -> float:
        """Return that of t with k - 2 degrees of freedom."""
        return float(stdtrit(self.trials - 2, 0.5 + level / 2))

    def predict(self, at: ArrayLike, *, level: float, variance: ArrayLike = 0.0) -> Prediction:
        """Return the effects of new trials, with prediction intervals.

        mu +- t sqrt(var(mu) + tau^2 + s^2) with k - 2 degrees of freedom.

        Parameters
        ----------
        at : array-like, shape (n,)
            Their effects on the other variable.
        level : float
            Coverage.
        variance : array-like, shape (n,)
            s^2, the error of the estimates that are to be predicted; 0 for the effects themselves.
        """
        design = _design(np.atleast_1d(np.asarray(at, dtype=np.float64)))
        estimate = design @ self.coefficients
        own = np.einsum("ni,ij,nj->n", design, self.covariance, design)
        reach = self.quantile(level) * np.sqrt(own + self.tau2 + np.asarray(variance))
        return Prediction(estimate, estimate - reach, estimate + reach)

    def threshold(self, *, level: float) -> Threshold:
        """Return the surrogate threshold effect.

        The squared prediction less the squared reach of its interval is a quadratic function of the effect:
        it is negative exactly where the interval holds 0.

        References
        ----------
        Burzykowski & Buyse 2006, Pharm Stat 5:173.
        """
        squared = self.quantile(level) ** 2
        spread = squared * (self.covariance + np.diag([self.tau2, 0.0]))
        excess = np.outer(self.coefficients, self.coefficients) - spread
        constant, linear, square = excess[0, 0], 2 * excess[0, 1], excess[1, 1]
        if constant > 0:
            return Threshold(np.nan, np.nan, at_no_effect=True)
        found = np.roots([square, linear, constant])
        real = np.sort(found[np.isreal(found)].real)
        if real.size < 2:
            return Threshold(np.nan, np.nan, at_no_effect=False)
        near, far = real[np.argsort(np.abs(real))]
        # between two effects of one sign the interval excludes 0, outside of two of opposite signs
        return Threshold(float(near), float(far) if square < 0 else np.inf, at_no_effect=False)


def regress(estimates: FloatArray, variances: FloatArray, others: FloatArray) -> Line | None:
    """Regress effects on others, None where the others are all the same.

    beta_t ~ N(b0 + b1 alpha_t, S_t + tau^2), tau^2 by restricted maximum likelihood. The coefficients'
    covariance is q (X'WX)^-1 with w_t = 1 / (S_t + tau^2) and q = sum w (beta - X b)^2 / (k - 2), where q
    counts as 1 at least if tau^2 is 0: trials that happen to lie on a line would else say that they must.

    Parameters
    ----------
    estimates, variances : ndarray, shape (k,)
        beta_t and their squared standard errors, of three trials at least.
    others : ndarray, shape (k,)
        alpha_t, taken as if they were known.

    References
    ----------
    Knapp & Hartung 2003, Stat Med 22:2693; Jackson et al. 2017, Stat Med 36:3923 (q).
    """
    if np.ptp(others) <= _NO_DIFFERENCE * np.abs(others).max():
        return None
    design = _design(others)
    estimator = VarianceBasedLikelihoodEstimator("REML", **TOLERANCES)
    fitted = estimator.fit_dataset(Dataset(estimates, variances, design, add_intercept=False)).summary()
    tau2 = float(np.ravel(fitted.tau2)[0])
    weights = 1 / (variances + tau2)
    covariance = np.linalg.inv((design.T * weights) @ design)
    coefficients = covariance @ (design.T @ (weights * estimates))
    q = float(weights @ (estimates - design @ coefficients) ** 2) / (len(estimates) - 2)
    return Line(
        trials=len(estimates),
        coefficients=coefficients,
        covariance=np.asarray(covariance * (q if tau2 > 0 else max(1.0, q)), dtype=np.float64),
        tau2=tau2,
        weights=weights / weights.sum(),
    )


def _design(others: FloatArray) -> FloatArray:
    return np.column_stack([np.ones(others.size), others])
