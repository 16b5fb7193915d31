"""Figure: the analysis of all trials together without one of them after the other."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present.figures.forest import ForestRow, Panel, forest
from ipdmediation.present.figures.rows import effect_row
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.leave_one_out import EVERYBODY, SHOWN, by_trial, not_analysed
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.scales import MEAN


def leave_one_out(left_out: pd.DataFrame, effects: pd.DataFrame, *, study: Study) -> Figure:
    """Draw the indirect effect and the proportion mediated without each trial, and those of all trials.

    Parameters
    ----------
    left_out
        The effects without each trial.
    effects
        The effects of the analysis of all trials.
    study
        Words of the study.
    """
    rows = [
        ForestRow(
            label=f"Without {study.trial(trial)}",
            marks=tuple(effect_row(found, effect, MEAN.key) for effect in SHOWN),
        )
        for trial, found in by_trial(left_out, study).items()
    ]
    every = tuple(effect_row(effects, effect, MEAN.key) for effect in SHOWN)
    rows.append(ForestRow(label=EVERYBODY, marks=every, shape="circle"))
    panels = [Panel(title=NATURAL[effect], read=reading(effect, MEAN.key, study=study)) for effect in SHOWN]
    return forest(rows, panels, heads=[], notes=not_analysed(left_out, study), study=study)
