"""Table: the effects by how patients are dealt with whose mediator an event made impossible."""

from __future__ import annotations

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.death import AS_ANALYSED, HANDLED, NAMES, remarks, row_of, rows_of
from ipdmediation.present.figures.rows import effect_row
from ipdmediation.present.house_style import people
from ipdmediation.present.scales import Row, reading
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note, withheld_note
from ipdmediation.vocabulary.effects import BOUNDS, PROPORTION_MEDIATED, VIA_EVENT
from ipdmediation.vocabulary.handlings import Handling
from ipdmediation.vocabulary.scales import COEFFICIENT, MEAN

SHOWN = ("te", "pnde", "tnie", PROPORTION_MEDIATED)
WITH_PARTS = (Handling.WORST_VALUE, Handling.WORST_RANK, Handling.WEIGHTED, Handling.COMPOSITE)


def death(death: pd.DataFrame, patients: pd.DataFrame, effects: pd.DataFrame, *, study: Study) -> Table:
    """Set the total effect in everybody first, then the effects by handling, then the bounds.

    Parameters
    ----------
    death
        The effects by handling.
    patients
        How many patients there are of each kind.
    effects
        The effects of the analysis.
    study
        Words of the study, with what is asked of the event.
    """
    blank = [notation.DASH] * (len(SHOWN) - 1)
    rows = [
        [
            f"{HANDLED[handling]}, {study.coefficient}",
            _text(row_of(death, handling, "total", COEFFICIENT.key), study),
            *blank,
        ]
        for handling in (Handling.ALL, Handling.MEASURED)
    ]
    rows.append([AS_ANALYSED, *(_text(effect_row(effects, effect, MEAN.key), study) for effect in SHOWN)])
    rows += [
        [
            HANDLED[handling],
            *(_text(row_of(death, handling, effect), study) for effect in SHOWN),
        ]
        for handling in WITH_PARTS
    ]
    through = row_of(death, Handling.COMPOSITE, VIA_EVENT)
    if through is not None:
        dashes = dict.fromkeys(SHOWN, notation.DASH)
        rows.append([NAMES[VIA_EVENT], *(dashes | {"tnie": _text(through, study)}).values()])
    indented = frozenset[int]() if through is None else frozenset({len(rows) - 1})
    rows += [
        [
            f"{HANDLED[Handling.ALWAYS_MEASURED]}, {which} for treatment",
            _text(row_of(death, Handling.ALWAYS_MEASURED, bound), study),
            *blank,
        ]
        for bound, which in zip(BOUNDS, ("best", "worst"), strict=True)
    ]
    heads = [notation.upper(people()), *(f"{NAMES[effect]} ({study.coverage} CI)" for effect in SHOWN)]
    why = {notation.text_of(row["note"]) for row in _shares(death) if not notation.known(row["estimate"])}
    return Table(
        name="death",
        title=f"Nobody left out: effects on the {reading('te', MEAN.key, study=study).named}",
        cells=pd.DataFrame(rows, columns=heads),
        indented=indented,
        notes=(
            *remarks(death, patients, study),
            *(f"{notation.upper(each)}." for each in sorted(why)),
            *withheld_note(patients[column] for column in patients.columns[1:]),
            *synthetic_note(study),
        ),
    )


def _shares(death: pd.DataFrame) -> list[Row]:
    found = (
        row_of(death, handling, PROPORTION_MEDIATED)
        for handling in WITH_PARTS
        if len(rows_of(death, handling))
    )
    return [row for row in found if row is not None]


def _text(row: Row | None, study: Study) -> str:
    return notation.DASH if row is None else reading(row["effect"], row["scale"], study=study).text(row)
