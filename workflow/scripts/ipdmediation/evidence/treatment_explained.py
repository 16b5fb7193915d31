"""Freedman's proportion of the treatment's effect that a mediator explains, with Fieller's interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from scipy.special import ndtri

from ipdmediation.evidence.fieller import fieller_interval
from ipdmediation.evidence.panel_models import PanelFits
from ipdmediation.evidence.stacked_scores import influence
from ipdmediation.inference.bootstrap import too_many_failed
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.specification import mediation_models
from ipdmediation.vocabulary.terms import TREATMENT
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS
from ipdmediation.vocabulary.withheld import Withheld

#: Standard errors of the total effect below which a share of it is poorly determined.
FEWEST_ERRORS = 4.0
POORLY_DETERMINED = "poorly determined: the total effect is less than four of its standard errors"


def share_rows(
    fits: Sequence[PanelFits], draws: FloatArray, *, level: float, max_failed: float
) -> Iterator[dict[str, Any]]:
    """Yield the proportion explained, 1 - direct/total, with the interval by each joint covariance.

    From the models' stacked scores where these have no random effects, and from bootstrap draws. Over
    completed data sets the first is pooled by Rubin's rules; draws go through the data sets in turn.

    Parameters
    ----------
    fits : sequence of PanelFits
    draws : ndarray, shape (replicates, 2)
        Of `share_draws`.
    level : float
        Coverage.
    max_failed : float
        Largest share of draws that may be missing.

    References
    ----------
    Freedman, Graubard & Schatzkin 1992, Stat Med 11:167; Freedman 2001, Stat Med 20:2903.
    """
    pairs = np.array(
        [[each.total.coefficient(TREATMENT), each.outcome.coefficient(TREATMENT)] for each in fits]
    )
    if not TRIAL_EFFECTS[fits[0].models.specification.trial_effects].random:
        covariance = np.mean([joint_covariance(each) for each in fits], axis=0)
        if len(fits) > 1:
            covariance = covariance + (1 + 1 / len(fits)) * np.cov(pairs, rowvar=False)
        yield _row("fieller_scores", pairs.mean(axis=0), covariance, level)
    drawn = draws[np.isfinite(draws).all(axis=1)]
    failed = len(draws) - len(drawn)
    if failed / len(draws) > max_failed:
        why, reason = Withheld.NO_INTERVAL, too_many_failed(failed, len(draws), max_failed)
        row = {"measure": "pte", "interval": "fieller_draws"}
        yield {**row, "withheld": why.value, "note": why.note(reason)}
    else:
        yield _row("fieller_draws", pairs.mean(axis=0), np.cov(drawn, rowvar=False), level)


def joint_covariance(fits: PanelFits) -> FloatArray:
    """Return the (2, 2) robust covariance of the total and the direct coefficient, from stacked scores."""
    models = fits.models
    pair = ((fits.total, models.total_design), (fits.outcome, models.outcome_design))
    added = np.column_stack(
        [
            influence(
                fit,
                design.matrix,
                models.outcome_values,
                position=fit.names.index(TREATMENT),
                weights=fits.weights,
            )
            for fit, design in pair
        ]
    )
    covariance: FloatArray = added.T @ added
    return covariance


def share_draws(
    analysis: ImputedAnalysis, *, replicates: int, stream: Callable[[int], np.random.Generator]
) -> FloatArray:
    """Return the total and the direct coefficient in bootstrap replicates, missing where a model failed.

    Parameters
    ----------
    analysis : ImputedAnalysis
        As `panel_analysis` returns it.
    replicates : int
        Replicate r uses the completed data set r modulo their count.
    stream : callable
        Random stream of a replicate's number; that of the analysis' own bootstrap draws the same patients.

    Returns
    -------
    ndarray, shape (replicates, 2)
    """
    plan, imputations = analysis.plan, analysis.imputations
    drawn = np.full((replicates, 2), np.nan)
    for imputation, (_, rows) in enumerate(analysis.completed.groupby("imputation")):
        models = mediation_models(
            plan.frame(rows).reset_index(drop=True),
            specification=analysis.specification,
            variables=analysis.variables,
        )
        pair = (models.total, models.outcome)
        places = [model.names.index(TREATMENT) for model in pair]
        own = models.weighted(plan.cohort_weights)
        starts = [model.fit(weights=own).start() for model in pair]
        for replicate in range(imputation, replicates, imputations):
            weights = models.weighted(plan.weights(stream(replicate)))
            fits = [model.refit(weights, start) for model, start in zip(pair, starts, strict=True)]
            if all(FitStatus(fit.status).usable for fit in fits):
                drawn[replicate] = [fit.estimates[at] for fit, at in zip(fits, places, strict=True)]
    return drawn


def _row(interval: str, pair: FloatArray, covariance: FloatArray, level: float) -> dict[str, Any]:
    total, direct = map(float, pair)
    turn = np.array([[1.0, -1.0], [1.0, 0.0]])  # to total - direct, and total
    ends = fieller_interval(
        [total - direct, total], turn @ covariance @ turn.T, quantile=float(ndtri(0.5 + level / 2))
    )
    errors = abs(total) / math.sqrt(covariance[0, 0])
    row: dict[str, Any] = {"measure": "pte", "interval": interval, "test": errors}
    if ends is None:
        why, reason = Withheld.TOTAL_UNCERTAIN, "the interval of the total effect contains 0"
    elif (total - direct) * total < 0:
        why = Withheld.OPPOSITE_DIRECTIONS
        reason = "the total effect and the part that the mediator takes away have opposite directions"
    else:
        note = POORLY_DETERMINED if errors < FEWEST_ERRORS else ""
        return {
            **row, "estimate": 1 - direct / total, "ci_low": ends.low, "ci_high": ends.high, "note": note,
        }  # fmt: skip
    return {**row, "withheld": why.value, "note": why.note(reason)}
