"""The patient of each row of a file, by an id or by the row's number."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.codes import is_whole, number
from ipdmediation.data.distinct import flagged, mapped
from ipdmediation.data.matching import is_missing, shown
from ipdmediation.data.reading.raw_table import SHOWN_ROWS, Mask, RawTable, is_error, numbered

#: A number as a program writes one of floating point into a text file: with a decimal mark or an exponent.
FLOATING_POINT = re.compile(r"\d+[.,]\d+([eE]\+\d+)?|\d+[eE]\+\d+", re.ASCII)

#: Digits that such a program, a spreadsheet for example, keeps for certain.
SURE_DIGITS = 15


def patient_ids(raw: RawTable, column: str | None) -> pd.Series[Any]:
    """Return the id of each row as text, None where there is none; without a column the row's number."""
    if column is None:
        return pd.Series([str(row) for row in raw.rows], index=raw.frame.index, dtype=object)
    return mapped(raw[column], _identifier).astype(object)


def id_problems(
    raw: RawTable,
    column: str,
    *,
    trials: pd.Series[Any] | str,
    ids: pd.Series[Any],
    once: bool,
    way_out: str = "`visits:`",
) -> list[str]:
    """Return one sentence for each kind of row whose id says not, or not for certain, who it is.

    Parameters
    ----------
    raw : RawTable
        A file.
    column : str
        Its column of the id.
    trials, ids : Series
        Trial and id of each row.
    once : bool
        Whether a patient may have one row only.
    way_out : str
        What a mapping says of a file in which a patient has several.
    """
    problems = []
    cells = raw[column]
    errors = flagged(cells, is_error)
    if errors.any():
        problems.append(f"{raw.holding(errors)} errors of a worksheet, {shown(cells[errors])}; allowed: ids")
    inexact = flagged(cells, _is_inexact)
    if inexact.any():
        problems.append(
            f"{raw.holding(inexact)} numbers of more digits than the file keeps: two ids may have become "
            "one; allowed: ids as text, or whole numbers below 2^53 (2^24 where the column has single "
            "precision)"
        )
    if ids.isna().any():
        problems.append(f"{raw.place(ids.isna())} without an id; allowed: an id in every row")
    whose = pd.DataFrame({"trial": trials, "patient": ids})
    repeated = (ids.notna() & whose.duplicated(keep=False)).to_numpy() & once
    if repeated.any() and not (errors | inexact).any():
        problems.append(
            f"{raw.place(repeated)} share an id{_sharing(raw, whose, repeated)}; allowed: each patient once "
            f"(where a row is a visit, say {way_out})"
        )
    return [f"column {column!r} (patient): {text}" for text in problems]


def _sharing(raw: RawTable, whose: pd.DataFrame, repeated: Mask) -> str:
    """Return which rows share which id, without the ids: messages go to logs and terminals."""
    found = whose[repeated]
    groups = [[raw.rows[place] for place in places] for places in found.groupby(list(found)).groups.values()]
    if len(groups) == 1:
        return ""
    told = ": " + "; ".join(numbered(raw.counted, rows) for rows in sorted(groups)[:SHOWN_ROWS])
    return told if len(groups) <= SHOWN_ROWS else f"{told} and {len(groups) - SHOWN_ROWS} more ids"


def _is_inexact(cell: object) -> bool:
    """Return whether an id is a number of floating point so large that it may stand for its neighbour."""
    if isinstance(cell, str):
        text = cell.strip()
        return FLOATING_POINT.fullmatch(text) is not None and float(text.replace(",", ".")) >= 10**SURE_DIGITS
    if not isinstance(cell, (float, np.floating)) or is_missing(cell):
        return False
    precision = type(cell) if isinstance(cell, np.floating) else np.float64
    return bool(abs(float(cell)) >= 2.0 ** (np.finfo(precision).nmant + 1))


def _identifier(cell: object) -> str | None:
    """Return a patient's id as text: what a number was is written without decimals, text is kept as it is."""
    if is_missing(cell):
        return None
    if isinstance(cell, str):
        return str(cell).strip() or None
    value = number(cell)
    if value is None:
        return str(cell)
    return str(int(value)) if is_whole(value) else f"{value.normalize():f}"
