"""Table: the trials, and of how many of their patients what is known."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ipdmediation.data.codes import EXCLUDED
from ipdmediation.data.described import arm_variable
from ipdmediation.data.disclosure import ALL
from ipdmediation.present import notation
from ipdmediation.present.each_trial import sent_sentence
from ipdmediation.present.figures.rows import SHOWN_ARMS
from ipdmediation.present.house_style import people
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note, withheld_note

_Counts = Mapping[tuple[str, str], float]


def trials(distributions: pd.DataFrame, outcome: pd.DataFrame, *, study: Study) -> Table:
    """Count who was randomised and who is analysed in each trial, and who has mediator and outcome.

    Parameters
    ----------
    distributions
        Tidy description of the pooled trials.
    outcome
        Tidy description of the outcome of those who are analysed.
    study
        Words of the study; its trials are the rows.
    """
    arms = _counts(distributions, arm_variable().name, "count", by="level")
    known = {name: _counts(distributions, name, "n", by="arm") for name in (study.mediator, study.outcome)}
    analysed = _counts(outcome, study.outcome, "n", by="arm")
    heads = [
        *(f"Randomised, {study.short(arm)}" for arm in SHOWN_ARMS),
        "Mediator measured",
        "Outcome known",
        *(f"Analysed, {study.short(arm)}" for arm in SHOWN_ARMS),
    ]

    def numbers(trial: str) -> list[float]:
        return [
            *(arms.get((trial, arm), 0.0) for arm in SHOWN_ARMS),
            *(counts.get((trial, ALL), 0.0) for counts in known.values()),
            *(analysed.get((trial, arm), 0.0) for arm in SHOWN_ARMS),
        ]

    counted = {study.trial(trial): numbers(trial) for trial in study.trials}
    rows = [[label, *map(notation.count, found)] for label, found in counted.items()]
    rows += [[study.trial(trial), *([""] * len(heads))] for trial in study.sent_trials]
    if len(counted) > 1:
        rows.append(["All trials", *map(notation.count, numbers(ALL))])
    return Table(
        name="trials",
        title="The trials" if len(rows) > 1 else "The trial",
        cells=pd.DataFrame(rows, columns=["Trial", *heads]),
        notes=(
            f"“Mediator measured” and “Outcome known” count all {people()} of a trial{_other_arms(arms)}.",
            *sent_sentence(study),
            *withheld_note([pd.Series([n for found in counted.values() for n in found])]),
            *synthetic_note(study),
        ),
    )


def _counts(table: pd.DataFrame, variable: str, statistic: str, *, by: str) -> _Counts:
    """Return a statistic of a variable by trial and what it is by."""
    found = table[(table["variable"] == variable) & (table["statistic"] == statistic)]
    return {(str(row["trial"]), str(row[by])): float(row["estimate"]) for row in found.to_dict("records")}


def _other_arms(arms: _Counts) -> str:
    """Say that there are patients in neither arm; a count of them that is withheld is one."""
    return ", those in neither arm among them" if arms.get((ALL, EXCLUDED), 0.0) != 0 else ""
