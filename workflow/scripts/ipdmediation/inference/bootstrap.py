"""Bootstrap of a mediation analysis: one resample serves all models of a replicate."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ipdmediation.effects.mediation import PreparedEffects
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.results import Refit
from ipdmediation.models.specification import MODEL_NAMES


class Ending(NamedTuple):
    """How a replicate ended: its effects, missing where failed, and why it failed."""

    effects: NDArray[np.float64]
    status: str
    reason: str


class BootstrapError(ValueError):
    """Too many replicates failed for their distribution to be trusted."""


def too_many_failed(failed: int, replicates: int, accepted: float) -> str:
    """Return why there is no interval, with the largest share of failures that is accepted.

    Examples
    --------
    >>> too_many_failed(50, 1000, 0.01)
    '50 of 1000 bootstrap replicates failed; the accepted share is 0.01'
    """
    return f"{failed} of {replicates} bootstrap replicates failed; the accepted share is {accepted:g}"


class Fitted(NamedTuple):
    """One completed data set: its effects, and the fits of all three models to it."""

    effects: PreparedEffects
    fits: Sequence[Refit]

    @property
    def weights(self) -> NDArray[np.float64]:
        """(n,) numbers of times that the patients count."""
        return self.effects.models.weighted(np.ones(len(self.effects.models.mediator_values)))

    @property
    def estimates(self) -> NDArray[np.float64]:
        """(effects,) effects of the data set, in their order."""
        return self.effects.evaluate(self.fits, self.weights)


def fit_cohort(effects: PreparedEffects) -> Fitted:
    """Fit all three models to one completed data set."""
    return Fitted(effects, _fits(effects, np.ones(len(effects.models.mediator_values))))


def cohort_effects(analysis: PreparedEffects) -> NDArray[np.float64]:
    """Return the effects of one completed data set, in the order of ``analysis.effects``."""
    return fit_cohort(analysis).estimates


def jackknife_effects(
    analysis: PreparedEffects, weights: Iterable[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return the effects of one completed data set without one group of patients after the other.

    Parameters
    ----------
    analysis : PreparedEffects
        Models and effects of the data set.
    weights : iterable of ndarray, shape (n,)
        Weights of its patients, as a plan's `jackknife` yields them.

    Returns
    -------
    ndarray, shape (groups, effects)
        Missing where a model could not be fitted.
    """
    starts = _fits(analysis, np.ones(len(analysis.models.mediator_values)))
    return np.array([_refitted_effects(analysis, each, starts).effects for each in weights])


def draw_replicates(
    analysis: ImputedAnalysis,
    *,
    replicates: range,
    stream: Callable[[int], np.random.Generator],
) -> pd.DataFrame:
    """Return the effects in bootstrap replicates.

    Parameters
    ----------
    analysis : ImputedAnalysis
        Replicate r uses the completed data set r modulo their count, so that draws are pooled over
        imputations and do not depend on how replicates are divided into chunks. One data set after the other
        is prepared.
    replicates : range
        Numbers of the replicates.
    stream : callable
        Random stream of a replicate's number.

    Returns
    -------
    DataFrame
        One row per replicate: `replicate`, `imputation`, `status` (converged, singular, failed), `reason`
        (empty unless failed) and one column per effect, missing where failed.

    References
    ----------
    Schomaker & Heumann 2018, Statistics in Medicine 37:2252 (bootstrap with multiple imputation).
    """
    drawn: dict[int, Ending] = {}
    columns: list[str] = []
    plan, imputations = analysis.plan, analysis.imputations
    for imputation, effects in enumerate(analysis.resampled_effects()):
        columns = [effect.column for effect in effects.effects]
        starts = _fits(effects, plan.cohort_weights)
        for replicate in replicates:
            if replicate % imputations == imputation:
                drawn[replicate] = _refitted_effects(effects, plan.weights(stream(replicate)), starts)
    endings = [drawn[replicate] for replicate in replicates]
    labels = pd.DataFrame(
        {
            "replicate": list(replicates),
            "imputation": [replicate % imputations for replicate in replicates],
            "status": [ending.status for ending in endings],
            "reason": [ending.reason for ending in endings],
        }
    )
    values = np.reshape([ending.effects for ending in endings], (len(replicates), len(columns)))
    return pd.concat([labels, pd.DataFrame(values, columns=columns)], axis=1)


def _fits(analysis: PreparedEffects, counts: NDArray[np.float64]) -> list[Refit]:
    weights = analysis.models.weighted(counts)
    return [getattr(analysis.models, name).fit(weights=weights).start() for name in MODEL_NAMES]


def _refitted_effects(
    analysis: PreparedEffects, counts: NDArray[np.float64], starts: Sequence[Refit]
) -> Ending:
    weights = analysis.models.weighted(counts)
    models = [getattr(analysis.models, name) for name in MODEL_NAMES]
    fits = [model.refit(weights, start) for model, start in zip(models, starts, strict=True)]
    for name, model, fit in zip(MODEL_NAMES, models, fits, strict=True):
        if not FitStatus(fit.status).usable:
            reason = f"{name} model: {model.why_failed(fit, weights)}"
            return Ending(np.full(len(analysis.effects), np.nan), "failed", reason)
    singular = any(fit.status == FitStatus.SINGULAR for fit in fits)
    return Ending(analysis.evaluate(fits, weights), "singular" if singular else "converged", "")
