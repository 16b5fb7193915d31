"""From the cells of one column to numbers or levels, and what that took."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.codes import Code, number
from ipdmediation.data.errors import listing
from ipdmediation.data.matching import is_missing, match_codes, shown, spelt_alike
from ipdmediation.data.reading.raw_table import ErrorCell, Mask, RawTable, is_error


@dataclass
class Harmonised:
    """One variable on its way: its column so far, and to which patients what happened; None is to nobody."""

    data: pd.Series[Any]
    missing_coded: Mask | None = None
    recoded: Mask | None = None
    converted: Mask | None = None
    incomplete: Mask | None = None
    out_of_range: Mask | None = None
    missing_found: frozenset[Code] = frozenset()
    problems: list[str] = field(default_factory=list)


def to_levels(
    raw: RawTable,
    column: str,
    *,
    codes: Mapping[Code, Any],
    missing: Collection[Code],
    decimal: str,
    implied: bool = False,
) -> Harmonised:
    """Map the codes of a column to levels.

    Parameters
    ----------
    raw : RawTable
        The trial's file.
    column : str
        One of its columns.
    codes : mapping of Code
        Code to level.
    missing : collection of Code
        Codes that mean missing.
    decimal : str
        Decimal mark of text.
    implied : bool
        The codes are the common ones, which the mapping does not write: a cell that its file declares missing
        is none of them.
    """
    cells = raw[column]
    declared = list(missing) if implied else None
    found = match_codes(cells, [*missing, *codes], decimal=decimal, declared=declared)
    coded_missing = found.isin(list(missing))
    result = Harmonised(
        found.mask(coded_missing).map(codes).astype(object),
        missing_coded=coded_missing.to_numpy(),
        missing_found=frozenset(found[coded_missing]),
        problems=error_cells(raw, cells, found),
    )
    unknown = ~cells.map(is_missing) & found.isna() & ~cells.map(is_error)
    if unknown.any():
        alike = spelt_alike(cells[unknown], list(codes), decimal=decimal)
        result.problems.append(
            f"{raw.holding(unknown)} codes without a mapping, {shown(cells[unknown])}; "
            f"allowed: {listing(codes, limit=30)}{alike}"
        )
    return result


def to_numbers(
    raw: RawTable,
    column: str,
    *,
    codes: Mapping[Code, Any],
    missing: Collection[Code],
    decimal: str,
) -> Harmonised:
    """Read the cells of a column as numbers, except those that are a code.

    Parameters
    ----------
    raw, column, missing, decimal
        As in `to_levels`.
    codes : mapping of Code
        Code to the number that it stands for.
    """
    cells = raw[column]
    found = match_codes(cells, [*missing, *codes], decimal=decimal, by_value=True)
    coded_missing = found.isin(list(missing))
    recoded = found.notna() & ~coded_missing
    plain = ~cells.map(is_missing) & found.isna()
    values = [
        _number(cell, decimal) if is_plain else None
        for cell, is_plain in zip(cells.array, plain, strict=True)
    ]
    result = Harmonised(
        pd.Series(values, index=cells.index, dtype="float64").mask(
            recoded, found.map(codes).astype("float64")
        ),
        missing_coded=coded_missing.to_numpy(),
        recoded=recoded.to_numpy(),
        missing_found=frozenset(found[coded_missing]),
        problems=error_cells(raw, cells, found),
    )
    bad = plain & result.data.isna() & ~cells.map(is_error)
    if bad.any():
        result.problems.append(f"{raw.holding(bad)} {_no_numbers(cells[bad], decimal)}")
    return result


def error_cells(raw: RawTable, cells: pd.Series[Any], found: pd.Series[Any]) -> list[str]:
    """Return one sentence for all errors of a worksheet that no code names."""
    errors = cells.map(is_error).astype(bool) & found.isna()
    if not errors.any():
        return []
    places = ", ".join(
        f"{cell.address} {cell}" if isinstance(cell, ErrorCell) else str(cell) for cell in cells[errors][:10]
    )
    texts = sorted(set(map(str, cells[errors])))
    return [
        f"{raw.holding(errors)} errors of a worksheet, {places}; mend them in the file, or name them in "
        f"the mapping, among the codes or as missing: {texts}"
    ]


def _number(cell: object, decimal: str) -> float | None:
    if isinstance(cell, (bool, np.bool_)):
        return None
    value = number(cell, decimal=decimal)
    return None if value is None else float(value)


def _no_numbers(cells: pd.Series[Any], decimal: str) -> str:
    """Return what cells hold instead of numbers, and what is allowed."""
    kinds = {
        "truth values": (bool, np.bool_),
        "durations": (timedelta, np.timedelta64),
        "dates or time stamps": (date, np.datetime64),
        "times of day": (time,),
    }
    words = [
        word
        for word, kind in kinds.items()
        if cells.map(lambda cell, kind=kind: isinstance(cell, kind)).any()
    ]
    texts = [cell for cell in cells if isinstance(cell, str)]
    what = " and ".join(words)
    what = f"{what} ({shown(cells)})" if words else shown(cells)
    other = "," if decimal == "." else "."
    way_out = ""
    if any(number(text, decimal=other) is not None for text in texts):
        way_out = f" (where {other!r} is the decimal mark, say source: {{options: {{decimal: {other!r}}}}})"
    elif texts:
        text = texts[0].strip()
        way_out = f" (or say what a text means: missing: [{text!r}], or codes: {{{text!r}: <number>}})"
    return f"{what}; allowed: numbers with decimal mark {decimal!r}{way_out}"
