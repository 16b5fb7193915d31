"""Bootstrap of a mediation analysis: one resample serves all models of a replicate."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.inference.resampling import StratifiedPlan
from ipdmediation.models.results import FitStatus, Refit
from ipdmediation.models.specification import MODEL_NAMES, MediationModels, Model

DRAW_COLUMNS = ["replicate", "imputation", "status", "reason"]


class BootstrapError(ValueError):
    """Too many replicates failed for their distribution to be trusted."""


def cohort_effects(analysis: MediationEffects) -> NDArray[np.float64]:
    """Return the effects of one completed data set, in the order of ``analysis.effects``."""
    models = _models(analysis.models)
    return analysis.evaluate([model.fit().start() for model in models], _whole(analysis))


def draw_replicates(
    analyses: Sequence[MediationEffects],
    *,
    plan: StratifiedPlan,
    replicates: range,
    stream: Callable[[int], np.random.Generator],
) -> pd.DataFrame:
    """Return the effects in bootstrap replicates.

    Parameters
    ----------
    analyses : sequence of MediationEffects
        Models and effects of each completed data set; replicate r uses number r modulo their count, so that
        draws are pooled over imputations and do not depend on how replicates are divided into chunks.
    plan : StratifiedPlan
        Draws the patients of a replicate.
    replicates : range
        Numbers of the replicates.
    stream : callable
        Random stream of a replicate's number.

    Returns
    -------
    DataFrame
        One row a replicate: `replicate`, `imputation`, `status` (converged, singular, failed), `reason`
        (empty unless failed) and one column an effect, missing where failed.

    References
    ----------
    Schomaker & Heumann 2018, Statistics in Medicine 37:2252 (bootstrap with multiple imputation).
    """
    models = [_models(analysis.models) for analysis in analyses]
    starts = [[model.fit().start() for model in each] for each in models]
    effects = analyses[0].effects
    rows = []
    for replicate in replicates:
        imputation = replicate % len(analyses)
        weights = plan.weights(stream(replicate))
        fits = [
            model.refit(weights, start)
            for model, start in zip(models[imputation], starts[imputation], strict=True)
        ]
        status, reason = _ending(fits)
        values = (
            np.full(len(effects), np.nan)
            if status == "failed"
            else analyses[imputation].evaluate(fits, weights)
        )
        rows.append([replicate, imputation, status, reason, *values])
    return pd.DataFrame(rows, columns=[*DRAW_COLUMNS, *(effect.column for effect in effects)])


def _models(models: MediationModels) -> list[Model]:
    return [getattr(models, name) for name in MODEL_NAMES]


def _whole(analysis: MediationEffects) -> NDArray[np.float64]:
    return np.ones(len(analysis.models.mediator_values))


def _ending(fits: Sequence[Refit]) -> tuple[str, str]:
    for fit, name in zip(fits, MODEL_NAMES, strict=True):
        status = FitStatus(fit.status)
        if not status.usable:
            return "failed", f"{name} model: {status.name.lower().replace('_', ' ')}"
    singular = any(fit.status == FitStatus.SINGULAR for fit in fits)
    return ("singular" if singular else "converged"), ""
