"""Figure: the total and the indirect effect in each trial, pooled in two stages, and of all trials in one."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present import notation
from ipdmediation.present.each_trial import (
    ONE_STAGE,
    PREDICTION,
    SHOWN,
    heterogeneity,
    left_out_sentence,
    reported,
    rows_by_trial,
    sent_sentence,
    two_stages,
)
from ipdmediation.present.figures.forest import MOST_NAMED, ForestRow, Panel, forest
from ipdmediation.present.figures.rows import SHOWN_ARMS, effect_row
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.scales import Row, reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.scales import MEAN


def each_trial(trials: pd.DataFrame, pooled: pd.DataFrame, effects: pd.DataFrame, *, study: Study) -> Figure:
    """Draw the forest of both stages, and the analysis in one stage beneath.

    Parameters
    ----------
    trials, pooled
        The tables of both stages.
    effects
        The effects of the analysis of all trials together.
    study
        Words of the study.
    """
    found = rows_by_trial(trials, study)
    rows = [
        ForestRow(
            label=study.trial(trial),
            counts=tuple(notation.count(cells[SHOWN[0]][arm]) for arm in SHOWN_ARMS),
            marks=tuple(cells.get(effect) for effect in SHOWN),
        )
        for trial, cells in found.items()
    ]
    if len(rows) > MOST_NAMED:
        rows.sort(key=lambda row: _estimate(row.marks[0]))
    second = [effect_row(pooled, effect, MEAN.key) for effect in SHOWN]
    rows.append(ForestRow(label=two_stages(pooled), marks=tuple(second), shape="diamond"))
    if any(reported(row, "prediction_low") for row in second):
        rows.append(ForestRow(label=PREDICTION, marks=tuple(_prediction(row) for row in second), shape="bar"))
    one_stage = tuple(effect_row(effects, effect, MEAN.key) for effect in SHOWN)
    rows.append(ForestRow(label=ONE_STAGE, marks=one_stage, shape="circle"))
    panels = [
        Panel(
            title=NATURAL[effect],
            read=reading(effect, MEAN.key, study=study),
            below=tuple(heterogeneity(row, study=study)),
        )
        for effect, row in zip(SHOWN, second, strict=True)
    ]
    notes = [
        "Squares: areas are the weights of the trials in the second stage.",
        *sent_sentence(study),
        *left_out_sentence(trials, study),
    ]
    return forest(rows, panels, heads=[study.short(arm) for arm in SHOWN_ARMS], notes=notes, study=study)


def _estimate(mark: Row | None) -> float:
    return math.inf if mark is None else float(mark["estimate"])


def _prediction(row: Row | None) -> Row | None:
    if not reported(row, "prediction_low"):
        return None
    assert row is not None
    return {"estimate": math.nan, "ci_low": row["prediction_low"], "ci_high": row["prediction_high"]}
