"""Table: the analysis of all trials together without one of them after the other."""

from __future__ import annotations

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.figures.rows import effect_row
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.leave_one_out import EVERYBODY, by_trial, not_analysed
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note
from ipdmediation.vocabulary.scales import MEAN


def leave_one_out(left_out: pd.DataFrame, effects: pd.DataFrame, *, study: Study) -> Table:
    """Set the natural effects without each trial below each other, and those of all trials last.

    Parameters
    ----------
    left_out
        The effects without each trial.
    effects
        The effects of the analysis of all trials.
    study
        Words of the study.
    """
    parts = {f"Without {study.trial(trial)}": found for trial, found in by_trial(left_out, study).items()}
    rows = [
        [label, *(_text(found, effect, study) for effect in NATURAL)]
        for label, found in {**parts, EVERYBODY: effects}.items()
    ]
    heads = [f"{name} ({study.coverage} CI)" for name in NATURAL.values()]
    found = left_out[left_out["scale"] == MEAN.key]
    remarks = dict.fromkeys(filter(None, map(notation.text_of, found["note"])))
    return Table(
        name="leave_one_out",
        title=f"Without one trial: effects on the {reading('te', MEAN.key, study=study).named}",
        cells=pd.DataFrame(rows, columns=["Analysed", *heads]),
        notes=(
            *not_analysed(left_out, study),
            *(f"{notation.upper(remark)}." for remark in remarks),
            *synthetic_note(study),
        ),
    )


def _text(found: pd.DataFrame, effect: str, study: Study) -> str:
    row = effect_row(found, effect, MEAN.key)
    return notation.DASH if row is None else reading(effect, MEAN.key, study=study).text(row)
