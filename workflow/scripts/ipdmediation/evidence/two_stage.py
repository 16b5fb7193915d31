"""The second of two stages: effects of several trials pooled by a random-effects meta-analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from pymare.core import Dataset
from pymare.estimators import VarianceBasedLikelihoodEstimator
from pymare.stats import q_gen, q_profile
from scipy.special import chdtrc, stdtrit

from ipdmediation.kernels.arrays import FloatArray

#: Names of the correction of Knapp and Hartung in PyMARE: as it is, and with a factor that is at least 1.
_CORRECTIONS = {False: "knapp-hartung", True: "knapp-hartung-conservative"}
#: Of a search for tau^2; with PyMARE's own it ends at the fifth digit.
TOLERANCES: Mapping[str, float] = {"xtol": 1e-12, "ftol": 1e-15, "maxiter": 200}


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """Several effects, each pooled over the same k trials by itself; arrays of shape (d,).

    Attributes
    ----------
    trials : int
        k.
    estimate, se : ndarray
        Mean over trials and its standard error.
    low, high : ndarray
        Its confidence interval, with k - 1 degrees of freedom; missing for one trial, as is all that follows.
    prediction_low, prediction_high : ndarray
        Within these lies the effect in a new trial, with k - 1 degrees of freedom.
    tau, tau_low, tau_high : ndarray
        Standard deviation of the effect between trials, with its interval.
    i2 : ndarray
        Share of the variance of the trials' estimates that is between trials, from 0 to 1.
    q, q_p : ndarray
        Cochran's Q and the p-value of no difference between trials.
    weights : ndarray, shape (k, d)
        Share of each trial in the mean.
    """

    trials: int
    estimate: FloatArray
    se: FloatArray
    low: FloatArray
    high: FloatArray
    prediction_low: FloatArray
    prediction_high: FloatArray
    tau: FloatArray
    tau_low: FloatArray
    tau_high: FloatArray
    i2: FloatArray
    q: FloatArray
    q_p: FloatArray
    weights: FloatArray


def pool(
    estimates: FloatArray, variances: FloatArray, *, level: float = 0.95, truncated: bool = True
) -> Pooled:
    """Pool effects over trials, each by itself.

    theta_t ~ N(mu, S_t + tau^2), with tau^2 by restricted maximum likelihood. With w_t = 1 / (S_t + tau^2)
    the mean is sum w theta / sum w and its variance max(1, q) / sum w, where
    q = sum w (theta - mu)^2 / (k - 1). The prediction interval is mu +- t sqrt(tau^2 + variance of mu), and
    I^2 = tau^2 / (tau^2 + s^2) with s^2 the typical variance of a trial's estimate.

    Parameters
    ----------
    estimates, variances : ndarray, shape (k, d)
        Of k trials and d effects.
    level : float
        Coverage of the intervals.
    truncated : bool
        Whether q counts as 1 at least. Where it does not, trials that happen to agree make the interval
        shorter than one that assumes no difference between trials at all.

    References
    ----------
    Knapp & Hartung 2003, Stat Med 22:2693; Rover, Knapp & Friede 2015, BMC Med Res Methodol 15:99 (q of 1 at
    least); Higgins, Thompson & Spiegelhalter 2009, J R Stat Soc A 172:137 (prediction, there with k - 2
    degrees of freedom); Higgins & Thompson 2002, Stat Med 21:1539 (I^2); Viechtbauer 2007, Stat Med 26:37
    (Q-profile).
    """
    k, count = estimates.shape
    unknown = np.full(count, np.nan)
    if k == 1:
        others = dict.fromkeys(_OF_SEVERAL, unknown)
        return Pooled(
            trials=1, estimate=estimates[0], se=np.sqrt(variances[0]), weights=np.ones((1, count)), **others
        )
    estimator = VarianceBasedLikelihoodEstimator(
        "REML", small_sample_correction=_CORRECTIONS[truncated], **TOLERANCES
    )
    data = Dataset(estimates, variances)
    fitted = estimator.fit_dataset(data).summary()
    estimate, se = np.ravel(fitted.fe_params), np.ravel(fitted.fe_se)
    between = np.ravel(fitted.tau2)
    quantile = stdtrit(k - 1, 0.5 + level / 2)
    margin, reach = quantile * se, quantile * np.sqrt(between + se**2)
    precision = 1 / variances
    # Higgins & Thompson 2002, equation 9
    typical = (k - 1) * precision.sum(axis=0) / (precision.sum(axis=0) ** 2 - (precision**2).sum(axis=0))
    q = np.ravel(q_gen(data.y, data.v, data.X, 0.0))
    profiles = [q_profile(data.y[:, [j]], data.v[:, [j]], data.X, alpha=1 - level) for j in range(count)]
    weights = 1 / (variances + between)
    return Pooled(
        trials=k,
        estimate=estimate,
        se=se,
        low=estimate - margin,
        high=estimate + margin,
        prediction_low=estimate - reach,
        prediction_high=estimate + reach,
        tau=np.sqrt(between),
        tau_low=np.sqrt([profile["ci_l"] for profile in profiles]),
        tau_high=np.sqrt([profile["ci_u"] for profile in profiles]),
        i2=between / (between + typical),
        q=q,
        q_p=chdtrc(k - 1, q),
        weights=weights / weights.sum(axis=0),
    )


_OF_SEVERAL = (
    "low", "high", "prediction_low", "prediction_high", "tau", "tau_low", "tau_high", "i2", "q", "q_p",
)  # fmt: skip
