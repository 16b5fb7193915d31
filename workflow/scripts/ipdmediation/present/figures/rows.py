"""Rows of the tidy tables that figures show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from ipdmediation.data.arms import ARM_NAMES
from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.terms import Component, TermKind

#: From above, or from the left.
SHOWN_ARMS = tuple(reversed(ARM_NAMES))

_MOST_NAMED = 10


def rows_of(frame: pd.DataFrame, variable: str, trial: str) -> pd.DataFrame:
    """Return the rows of a variable in one trial, or in `all`."""
    return frame[(frame["variable"] == variable) & (frame["trial"] == trial)]


def trials_of(frame: pd.DataFrame, study: Study) -> list[str]:
    """Trials of a table, first those the configuration names, in its order."""
    found = [str(trial) for trial in frame["trial"].unique() if trial != "all"]
    return [
        *(trial for trial in study.trials if trial in found),
        *(t for t in found if t not in study.trials),
    ]


def not_drawn(trials: Sequence[str], study: Study) -> str:
    """Say which trials a figure leaves out, as there is nothing of them to show; empty where it has all."""
    if not trials:
        return ""
    few = len(trials) <= _MOST_NAMED
    named = notation.joined(map(study.trial, trials)) if few else f"{notation.count(len(trials))} trials"
    return f"Not drawn, as nobody has a value or every number is withheld for few {people()}: {named}."


def statistic(frame: pd.DataFrame, arm: str, statistic: str) -> float:
    """Find the estimate of one row, not a number where there is none."""
    found = frame.loc[(frame["arm"] == arm) & (frame["statistic"] == statistic), "estimate"]
    return float(found.iloc[0]) if len(found) else math.nan


def arm_sizes(frame: pd.DataFrame) -> dict[str, float]:
    """Return the number of patients in each arm."""
    return {arm: statistic(frame, arm, "n") for arm in SHOWN_ARMS}


def level_shares(frame: pd.DataFrame, levels: Sequence[str]) -> dict[str, list[float]]:
    """Percentages of the levels by arm, not a number where withheld; of a binary one the second may do."""
    shares: dict[str, list[float]] = {}
    for arm in SHOWN_ARMS:
        rows = frame[(frame["arm"] == arm) & (frame["statistic"] == "percent")]
        given = {
            notation.level_id(level): float(value)
            for level, value in zip(rows["level"], rows["estimate"], strict=True)
        }
        if set(given) in ({""}, {"1"}) and set(levels) == {"0", "1"}:
            (yes,) = given.values()
            given = {"1": yes, "0": 100 - yes}
        nobody = statistic(frame, arm, "n") == 0
        shares[arm] = [0.0 if nobody else given.get(level, 0.0) for level in levels]
    return shares


def coefficients_of(model: pd.DataFrame) -> pd.DataFrame:
    """Rows of coefficients by term, without the intercept and the second unit of the mediator."""
    left_out = model["kind"].isin([TermKind.INTERCEPT, TermKind.MEDIATOR_DOUBLING])
    return model[(model["component"] == Component.COEFFICIENT) & ~left_out].set_index("term")


def effect_row(effects: pd.DataFrame, effect: str, scale: str) -> dict[Any, Any] | None:
    """Row of one effect on one scale, None where the analysis has no such effect."""
    found = effects[(effects["effect"] == effect) & (effects["scale"] == scale)]
    return None if found.empty else dict(found.iloc[0])
