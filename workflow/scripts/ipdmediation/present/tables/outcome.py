"""Table: the outcome by trial and arm."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.figures.rows import SHOWN_ARMS, trials_of
from ipdmediation.present.study import Study
from ipdmediation.present.tables.summaries import (
    MEAN,
    MEDIAN,
    SHARE,
    Statistics,
    explained,
    mean,
    median,
    share,
    statistics,
)
from ipdmediation.present.tables.table import Table, synthetic_note, withheld_note


def outcome(description: pd.DataFrame, *, study: Study) -> Table:
    """Count the levels of the outcome in each arm, or summarise it, in all trials and in each.

    Parameters
    ----------
    description
        Tidy description of the outcome.
    study
        Words of the study; its trials give the order of the rows.
    """
    trials = trials_of(description, study)
    names = {"all": "All trials", **{trial: study.trial(trial) for trial in trials}}
    if len(trials) == 1:
        names = {"all": study.trial(trials[0])}
    columns = _columns(study)
    found = {str(trial): statistics(rows) for trial, rows in description.groupby("trial", sort=False)}
    rows = [
        [
            name,
            study.short(arm),
            notation.count(found[trial].get((arm, "n", ""), float("nan"))),
            *(cell(found[trial], arm) for cell in columns.values()),
        ]
        for trial, name in names.items()
        for arm in SHOWN_ARMS
    ]
    cells = pd.DataFrame(rows, columns=["Trial", "Arm", "n", *columns])
    label, unit = study.label(study.outcome), study.unit(study.outcome)
    return Table(
        name="outcome",
        title=f"{f'{label}, {unit}' if unit else label}, by {'trial and arm' if len(trials) != 1 else 'arm'}",
        cells=cells,
        notes=(
            *_meanings(study),
            *withheld_note(cells[name].where(cells[name] != notation.DASH) for name in cells),
            *synthetic_note(study),
        ),
    )


def _columns(study: Study) -> dict[str, Callable[[Statistics, str], str]]:
    """Return what writes the cells of each column; levels are named by their codes, the best one first."""
    if study.family.event:
        return {f"{study.levels(study.outcome)['1']}, {SHARE}": partial(share, level="")}
    if study.has_levels:
        return {
            f"{notation.stated(int(level))}, {SHARE}": partial(share, level=level)
            for level in study.levels_better_first()
        }
    return {notation.upper(MEAN): mean, notation.upper(MEDIAN): median}


def _meanings(study: Study) -> list[str]:
    if not study.has_levels:
        return [f"{'; '.join(explained({MEAN, MEDIAN}))}."]
    if study.family.event:
        return []
    levels = study.levels_better_first().items()
    return [f"Levels: {'; '.join(f'{notation.stated(int(level))}, {text}' for level, text in levels)}."]
