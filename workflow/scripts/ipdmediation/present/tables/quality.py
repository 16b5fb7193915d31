"""Table: what harmonising did to each variable of a trial."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.printed_units import printed_unit
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note, withheld_note

COUNTS = {
    "missing": "Missing",
    "missing_coded": "Missing by code",
    "recoded": "Recoded",
    "converted": "Converted",
    "incomplete": "Incomplete dates",
    "out_of_range": "Out of range",
}

RULES = "Contract: a rule of the study; who breaks it is out of range, of whom it cannot be told is missing."


def quality(counts: pd.DataFrame, *, study: Study, units: Mapping[str, str] | None = None) -> Table:
    """List what harmonising did to each variable of one trial.

    Parameters
    ----------
    counts
        Columns `variable, column, n, missing_codes_unused` and those of `COUNTS`.
    study
        Words of the study.
    units
        Unit of the file of each variable that was converted to the study's.
    """
    rows = [
        [
            notation.upper(study.label(str(row["variable"]))),
            _origin(str(row["variable"]), notation.text_of(row["column"]), study, units or {}),
            *(notation.count(row[name]) for name in ("n", *COUNTS)),
            notation.text_of(row["missing_codes_unused"]),
        ]
        for row in counts.sort_values("variable", key=_places(study), kind="stable").to_dict("records")
    ]
    heads = ["Variable", "Column in the file", notation.upper(people())]
    return Table(
        name="quality",
        title="What harmonising did",
        cells=pd.DataFrame(rows, columns=[*heads, *COUNTS.values(), "Codes not found"]),
        notes=(
            "Converted: to the unit of the study, or computed from several columns.",
            "Codes not found: declared to mean missing, and nowhere in the file.",
            *withheld_note([counts[name] for name in ("n", *COUNTS)]),
            *([RULES] if (counts["variable"] == "contract").any() else []),
            *synthetic_note(study),
        ),
    )


def _places(study: Study) -> Callable[[pd.Series[Any]], pd.Series[Any]]:
    """Return the place of each row: the variables in the order of the study, between ids and rules."""
    places = {name: place for place, name in enumerate(study.variables)} | {"contract": len(study.variables)}
    return lambda names: names.map(places).fillna(-1)


def _origin(variable: str, column: str, study: Study, units: Mapping[str, str]) -> str:
    """Say where the values come from, and from which unit to which they were converted."""
    if column in ("", "absent"):
        return "not recorded"
    if variable not in units:
        return column
    before, after = map(printed_unit, (units[variable], study.variables[variable]["unit"]))
    return f"{column}, {before} to {after}"
