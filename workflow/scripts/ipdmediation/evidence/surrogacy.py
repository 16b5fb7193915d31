"""The surrogacy panel as tables: its measures, the trials with what the others predict of them, the line."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from ipdmediation.evidence.columns import (
    SURROGACY_COLUMNS,
    SURROGATE_LINE_COLUMNS,
    SURROGATE_TRIAL_COLUMNS,
    with_words,
)
from ipdmediation.evidence.individual_association import information_rows, latent_rows
from ipdmediation.evidence.panel_models import panel_analysis, panel_fits
from ipdmediation.evidence.prentice import prentice_rows
from ipdmediation.evidence.surrogate_trials import SurrogateTrial
from ipdmediation.evidence.treatment_explained import share_draws, share_rows
from ipdmediation.evidence.trial_association import association_rows, line_of
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.vocabulary.terms import MEDIATOR
from ipdmediation.vocabulary.withheld import Withheld

NO_LINE_WITHOUT = "no line through the other trials"
INSIDE, OUTSIDE = "yes", "no"
_POINTS = 61  # of the drawn line
_MARGIN = 0.08  # of the range of the effects, on either side


def surrogacy(
    analysis: ImputedAnalysis,
    trials: Sequence[SurrogateTrial],
    *,
    replicates: int,
    stream: Callable[[int], np.random.Generator],
    level: float,
    max_failed: float,
) -> pd.DataFrame:
    """Return the measures of the panel.

    Parameters
    ----------
    analysis : ImputedAnalysis
        Of all trials together.
    trials : sequence of SurrogateTrial
        All of them, those left out among them.
    replicates, stream, max_failed
        As for `treatment_explained.share_draws` and `share_rows`.
    level : float
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        `SURROGACY_COLUMNS`; `level` is `prentice`, `individual` or `trial`. What cannot be computed has no
        number, a key in `withheld` and a `note` with the reason.

    Raises
    ------
    ModelError
        Where a model of all trials together cannot be fitted.
    """
    panel = panel_analysis(analysis)
    fits = panel_fits(panel)
    draws = share_draws(panel, replicates=replicates, stream=stream)
    kept = [each for each in trials if not each.reason]
    sign = math.copysign(1.0, float(np.mean([each.outcome.coefficient(MEDIATOR) for each in fits])))
    rows: dict[str, list[dict[str, Any]]] = {
        "prentice": prentice_rows(fits, level=level),
        "individual": [
            *share_rows(fits, draws, level=level, max_failed=max_failed),
            *information_rows(fits, trials, level=level),
            *latent_rows(panel, fits, level=level),
        ],
        "trial": [*association_rows(kept, sign=sign, level=level), _predicted(kept, level)],
    }
    of_patients = {"n": fits[0].patients}
    table = pd.DataFrame(
        [
            {"level": of, **(of_patients if of != "trial" else {}), **row}
            for of, found in rows.items()
            for row in found
        ]
    ).reindex(columns=list(SURROGACY_COLUMNS))
    return with_words(table).astype({"n": "Int64", "trials": "Int64"})


def surrogate_predictions(trials: Sequence[SurrogateTrial], *, level: float) -> pd.DataFrame:
    """Return each trial's effects, and what the line through the other trials predicts of it.

    The prediction interval holds what the trial would estimate: it has the error of the trial's own estimate
    in it, and as many degrees of freedom as there are other trials, less 2.

    Returns
    -------
    DataFrame
        `SURROGATE_TRIAL_COLUMNS`, one row per trial; `weight` is its share in the line of all trials, and
        `inside` says whether its effect on the outcome lies in the interval.
    """
    kept = [each for each in trials if not each.reason]
    line = line_of(kept)
    weights = dict(zip([each.trial for each in kept], [] if line is None else line.weights, strict=False))
    quantile = float(ndtri(0.5 + level / 2))
    rows: list[dict[str, Any]] = []
    for each in trials:
        row: dict[str, Any] = {"trial": each.trial, "n": each.patients}
        if each.reason:
            rows.append({**row, "reason": each.reason})
            continue
        for name, estimate, se in (
            ("on_mediator", each.alpha, each.alpha_se),
            ("on_outcome", each.beta, each.beta_se),
        ):
            ends = {f"{name}_low": estimate - quantile * se, f"{name}_high": estimate + quantile * se}
            row |= {name: estimate, f"{name}_se": se, **ends}
        row["weight"] = weights.get(each.trial, math.nan)
        rows.append(row | _left_out(each, kept, level))
    table = pd.DataFrame(rows, columns=list(SURROGATE_TRIAL_COLUMNS))
    return with_words(table).astype({"n": "Int64"})


def surrogate_line(trials: Sequence[SurrogateTrial], *, level: float) -> pd.DataFrame:
    """Return the line and its prediction intervals for new trials, over the effects that there are and 0.

    Returns
    -------
    DataFrame
        `SURROGATE_LINE_COLUMNS`; empty where there is no line.
    """
    kept = [each for each in trials if not each.reason]
    line = line_of(kept)
    if line is None:
        return pd.DataFrame(columns=list(SURROGATE_LINE_COLUMNS), dtype="float64")
    at = _drawn_over(kept)
    predicted = line.predict(at, level=level)
    return pd.DataFrame(dict(zip(SURROGATE_LINE_COLUMNS, (at, *predicted), strict=True)))


def _drawn_over(trials: Sequence[SurrogateTrial]) -> FloatArray:
    ends = [0.0, *(each.alpha for each in trials)]
    margin = _MARGIN * (max(ends) - min(ends))
    return np.linspace(min(ends) - margin, max(ends) + margin, _POINTS)


def _left_out(trial: SurrogateTrial, kept: Sequence[SurrogateTrial], level: float) -> dict[str, Any]:
    line = line_of([each for each in kept if each is not trial])
    if line is None:
        return {"note": NO_LINE_WITHOUT}
    predicted = line.predict(trial.alpha, level=level, variance=trial.beta_se**2)
    estimate, low, high = (float(each[0]) for each in predicted)
    inside = INSIDE if low <= trial.beta <= high else OUTSIDE
    return {"predicted": estimate, "prediction_low": low, "prediction_high": high, "inside": inside}


def _predicted(kept: Sequence[SurrogateTrial], level: float) -> dict[str, Any]:
    """Return how many trials' effects lie where the others predict them."""
    found = [_left_out(each, kept, level).get("inside") for each in kept]
    said = [each for each in found if each is not None]
    row: dict[str, Any] = {"measure": "predicted_inside", "trials": len(said)}
    if said:
        return {**row, "estimate": said.count(INSIDE)}
    return {**row, "withheld": Withheld.UNDEFINED.value, "note": Withheld.UNDEFINED.note(NO_LINE_WITHOUT)}
