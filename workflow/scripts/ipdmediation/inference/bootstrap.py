"""Bootstrap of a mediation analysis: one resample serves all models of a replicate."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ipdmediation.effects.catalogue import COEFFICIENT_EFFECTS
from ipdmediation.effects.log_odds import PathCoefficients, coefficient_effects
from ipdmediation.inference.resampling import StratifiedPlan
from ipdmediation.models.results import FitStatus, Refit
from ipdmediation.models.specification import MODEL_NAMES, MediationModels

DRAW_COLUMNS = ["replicate", "imputation", "status", "reason"]


class BootstrapError(ValueError):
    """Too many replicates failed for their distribution to be trusted."""


def cohort_effects(models: MediationModels) -> NDArray[np.float64]:
    """Return the effects of `COEFFICIENT_EFFECTS` in the cohort itself."""
    return _effects(models, [getattr(models, name).fit().start() for name in MODEL_NAMES])


def draw_replicates(
    models: Sequence[MediationModels],
    *,
    plan: StratifiedPlan,
    replicates: range,
    stream: Callable[[int], np.random.Generator],
) -> pd.DataFrame:
    """Return the effects in bootstrap replicates.

    Parameters
    ----------
    models : sequence of MediationModels
        Models of each completed data set; replicate r uses number r modulo their count, so that draws are
        pooled over imputations and do not depend on how replicates are divided into chunks.
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
    members = [[getattr(each, name) for name in MODEL_NAMES] for each in models]
    starts = [[model.fit().start() for model in each] for each in members]
    rows = []
    for replicate in replicates:
        imputation = replicate % len(models)
        weights = plan.weights(stream(replicate))
        fits = [
            model.refit(weights, start)
            for model, start in zip(members[imputation], starts[imputation], strict=True)
        ]
        status, reason = _ending(fits)
        effects = (
            np.full(len(COEFFICIENT_EFFECTS), np.nan)
            if status == "failed"
            else _effects(models[imputation], fits)
        )
        rows.append([replicate, imputation, status, reason, *effects])
    return pd.DataFrame(rows, columns=[*DRAW_COLUMNS, *(effect.column for effect in COEFFICIENT_EFFECTS)])


def _effects(models: MediationModels, fits: Sequence[Refit]) -> NDArray[np.float64]:
    mediator, total, outcome = fits
    return coefficient_effects(
        PathCoefficients(
            total=float(total.estimates[models.total.names.index("treatment")]),
            direct=float(outcome.estimates[models.outcome.names.index("treatment")]),
            treatment_on_mediator=float(mediator.estimates[models.mediator.names.index("treatment")]),
            mediator_effect=float(outcome.estimates[models.outcome.names.index("mediator")]),
        )
    )


def _ending(fits: Sequence[Refit]) -> tuple[str, str]:
    for fit, name in zip(fits, MODEL_NAMES, strict=True):
        status = FitStatus(fit.status)
        if not status.usable:
            return "failed", f"{name} model: {status.name.lower().replace('_', ' ')}"
    singular = any(fit.status == FitStatus.SINGULAR for fit in fits)
    return ("singular" if singular else "converged"), ""
