"""Both stages as tables: every trial's effects with its weight, and the effects pooled over trials."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from ipdmediation.data.arms import ARMS
from ipdmediation.data.disclosure import hidden_cells
from ipdmediation.evidence.columns import POOLED_COLUMNS, RESULT, ROWS, TRIAL_COLUMNS, with_words
from ipdmediation.evidence.drawn_trial import MOST_FAILED, TrialEffects
from ipdmediation.evidence.fieller import fieller_interval
from ipdmediation.evidence.joint_pooling import pool_jointly
from ipdmediation.evidence.two_stage import Pooled, pool
from ipdmediation.vocabulary.effects import PROPORTION_MEDIATED, EffectKey
from ipdmediation.vocabulary.withheld import Withheld

ONE_TRIAL = "one trial: its own estimate and interval, nothing is pooled"
_WHOLE, _PART = "te", "tnie"


def tables(
    trials: Sequence[TrialEffects], *, level: float, minimum_count: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the effects of the trials, and the same pooled.

    Parameters
    ----------
    trials : sequence of TrialEffects
        All of them, those left out among them.
    level : float
        Coverage of the intervals.
    minimum_count : int
        Smallest number of patients in an arm that is shown.

    Returns
    -------
    by_trial : DataFrame
        `TRIAL_COLUMNS`. A trial that is left out has one row, with its `reason` and no effect; `weight` is
        its share in the pooled effect, and `source` whether its rows are there or its result alone.
    pooled : DataFrame
        `POOLED_COLUMNS`, one row per effect and scale. The proportion mediated is that of the pooled indirect
        and total effect, pooled together, with Fieller's interval; shares of trials are not averaged.
    """
    arms = _public_arms(trials, minimum_count)
    rows = [
        {"trial": each.trial, "source": RESULT if each.sent else ROWS, **arms[each.trial], **row}
        for each in trials
        for row in ([{"reason": each.reason}] if each.reason else _rows(each))
    ]
    by_trial = pd.DataFrame(rows).reindex(columns=list(TRIAL_COLUMNS))
    by_trial = with_words(by_trial).astype(dict.fromkeys([*ARMS, "replicates", "failed"], "Int64"))
    pooled = _pool_each(by_trial, level=level)
    fitted = {each.trial: each for each in trials if not each.reason}
    found: list[dict[str, Any]] = []
    for (effect, scale), (row, names) in pooled.items():
        found.append({"effect": effect, "scale": scale, **row})
        if effect == _PART:
            share = _share([fitted[name] for name in names], scale, level=level)
            found.append({"effect": PROPORTION_MEDIATED, "scale": scale, **share})
    return by_trial, with_words(pd.DataFrame(found, columns=list(POOLED_COLUMNS)))


def _pool_each(
    by_trial: pd.DataFrame, *, level: float
) -> dict[EffectKey, tuple[dict[str, Any], tuple[str, ...]]]:
    """Pool each effect, those of the same trials at once; write the weights into the table.

    Returns
    -------
    dict
        The effect's row and the trials in it.
    """
    usable = by_trial[by_trial["se"] > 0]
    places = {
        EffectKey(*map(str, key)): rows.index for key, rows in usable.groupby(["effect", "scale"], sort=False)
    }
    names = {key: tuple(by_trial.loc[index, "trial"]) for key, index in places.items()}
    found = {}
    for same in dict.fromkeys(names.values()):
        keys = [key for key in places if names[key] == same]
        cells = np.stack([places[key] for key in keys], axis=1)
        estimates, errors = (
            by_trial[column].to_numpy(dtype=np.float64)[cells] for column in ("estimate", "se")
        )
        pooled = pool(estimates, errors**2, level=level)
        for at, key in enumerate(keys):
            by_trial.loc[cells[:, at], "weight"] = pooled.weights[:, at]
            found[key] = (_pooled_row(pooled, at, by_trial.loc[cells[0, at]]), same)
    return {key: found[key] for key in places}


def _rows(trial: TrialEffects) -> list[dict[Any, Any]]:
    rows = []
    for position, row in enumerate(trial.effects.to_dict("records")):
        drawn = trial.draws[:, position]
        finite = drawn[np.isfinite(drawn)]
        enough = finite.size >= (1 - MOST_FAILED) * drawn.size
        pooled = row["effect"] != PROPORTION_MEDIATED and enough and np.isfinite(row["estimate"])
        rows.append({**row, "se": finite.std(ddof=1) if pooled else np.nan})
    return rows


def _pooled_row(pooled: Pooled, at: int, own: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row of an effect; of a single trial it is the trial's own."""
    row = {
        "trials": pooled.trials,
        "estimate": pooled.estimate[at],
        "se": pooled.se[at],
        "ci_low": pooled.low[at],
        "ci_high": pooled.high[at],
        **{
            name: getattr(pooled, name)[at]
            for name in (
                "prediction_low", "prediction_high", "tau", "tau_low", "tau_high", "i2", "q", "q_p",
            )
        },
        "singular": False,
    }  # fmt: skip
    if pooled.trials > 1:
        return row
    return row | {"ci_low": own["ci_low"], "ci_high": own["ci_high"], "note": ONE_TRIAL}


def _share(trials: Sequence[TrialEffects], scale: str, *, level: float) -> dict[str, Any]:
    """Return the row of the proportion mediated on a scale."""
    if len(trials) == 1:
        (own,) = (
            trials[0]
            .effects.pipe(
                lambda table: table[(table["effect"] == PROPORTION_MEDIATED) & (table["scale"] == scale)]
            )
            .to_dict("records")
        )
        kept = {name: own[name] for name in ("estimate", "ci_low", "ci_high", "withheld")}
        return {"trials": 1, "singular": False, **kept, "note": own["note"] or ONE_TRIAL}
    keys = [EffectKey(_PART, scale), EffectKey(_WHOLE, scale)]
    places = [[_place(trial, key) for key in keys] for trial in trials]
    estimates = np.array(
        [trial.effects["estimate"].to_numpy()[at] for trial, at in zip(trials, places, strict=True)]
    )
    covariances = np.array(
        [_covariance(trial.draws[:, at]) for trial, at in zip(trials, places, strict=True)]
    )
    joint = pool_jointly(estimates, covariances)
    quantile = float(stdtrit(len(trials) - 1, 0.5 + level / 2))
    row: dict[str, Any] = {"trials": len(trials), "singular": joint.singular}
    ends = fieller_interval(joint.means, joint.covariance, quantile=quantile)
    if ends is None:
        why, reason = Withheld.TOTAL_UNCERTAIN, "the interval of the pooled total effect contains 0"
    elif joint.means[0] * joint.means[1] < 0:
        why = Withheld.OPPOSITE_DIRECTIONS
        reason = "the mediated and the total effect have opposite directions"
    else:
        note = "the effects' variation between trials is estimated at its boundary" if joint.singular else ""
        return row | {
            "estimate": joint.means[0] / joint.means[1],
            "ci_low": ends.low,
            "ci_high": ends.high,
            "note": note,
        }
    return row | {"withheld": why.value, "note": why.note(reason)}


def _place(trial: TrialEffects, key: EffectKey) -> int:
    found = (trial.effects["effect"] == key.effect) & (trial.effects["scale"] == key.scale)
    return int(np.flatnonzero(found)[0])


def _covariance(draws: np.ndarray) -> np.ndarray:
    return np.cov(draws[np.isfinite(draws).all(axis=1)], rowvar=False)


def _public_arms(trials: Sequence[TrialEffects], minimum: int) -> dict[str, dict[str, float]]:
    """Return the patients of each trial by arm, missing where they are few or would give few away.

    A trial that sent its result is in no sum: where one of its arms is small, the other tells nothing.
    """
    here = [each for each in trials if not each.sent]
    counts = np.array([[each.arms[arm] for arm in ARMS] for each in here], dtype=np.float64)
    counts = counts.reshape(len(here), len(ARMS))
    counts = np.vstack([counts.sum(axis=0), counts])
    counts = np.column_stack([counts.sum(axis=1), counts])
    place = np.arange(counts.size).reshape(counts.shape)
    shown = place < counts.shape[1]  # the sums over trials stand in the flow
    empty = hidden_cells(counts, [*place, *place.T], minimum=minimum, shown=shown)
    public = np.where(empty, np.nan, counts)[1:, 1:]
    return {
        each.trial: dict(zip(ARMS, map(float, row), strict=True))
        for each, row in zip(here, public, strict=True)
    } | {
        each.trial: {
            arm: math.nan if count is None or 0 < count < minimum else float(count)
            for arm, count in each.arms.items()
        }
        for each in trials
        if each.sent
    }
