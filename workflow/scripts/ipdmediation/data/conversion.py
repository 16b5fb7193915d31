"""From the cells of one column to numbers or levels, and what that took."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.codes import Code, as_float, number
from ipdmediation.data.distinct import Distinct
from ipdmediation.data.errors import listing
from ipdmediation.data.matching import is_missing, match_values, shown, spelt_alike
from ipdmediation.data.reading.raw_table import DeclaredMissing, ErrorCell, Mask, RawTable, is_error


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
    raw, decimal = raw.of(column), raw.of(column).decimal or decimal
    cells = raw[column]
    different = Distinct.of(cells)
    absent = frozenset(missing)
    declared = list(missing) if implied else None
    found = match_values(different.cells, [*missing, *codes], decimal=decimal, declared=declared)
    levels = [np.nan if code is None or code in absent else codes[code] for code in found]
    result = Harmonised(
        pd.Series(different.spread(levels), index=cells.index, dtype=object),
        missing_coded=different.spread([code in absent for code in found], dtype=bool),
        missing_found=frozenset(code for code in found if code in absent and code is not None),
        problems=error_cells(raw, cells, _uncoded_errors(different, found)),
    )
    unknown = different.spread(
        [
            code is None and not is_missing(cell) and not is_error(cell)
            for code, cell in zip(found, different.cells, strict=True)
        ],
        dtype=bool,
    )
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
    raw, decimal = raw.of(column), raw.of(column).decimal or decimal
    cells = raw[column]
    different = Distinct.of(cells)
    absent = frozenset(missing)
    found = match_values(different.cells, [*missing, *codes], decimal=decimal, by_value=True)
    numbers: list[float] = []
    bad: list[bool] = []
    for code, cell in zip(found, different.cells, strict=True):
        if code is not None:
            value = None if code in absent else float(codes[code])
        else:
            value = None if isinstance(cell, DeclaredMissing) else as_float(cell, decimal=decimal)
        numbers.append(np.nan if value is None else value)
        bad.append(value is None and code is None and not is_missing(cell) and not is_error(cell))
    result = Harmonised(
        pd.Series(different.spread(numbers, dtype=np.float64), index=cells.index),
        missing_coded=different.spread([code in absent for code in found], dtype=bool),
        recoded=different.spread([code is not None and code not in absent for code in found], dtype=bool),
        missing_found=frozenset(code for code in found if code in absent and code is not None),
        problems=error_cells(raw, cells, _uncoded_errors(different, found)),
    )
    no_numbers = different.spread(bad, dtype=bool)
    if no_numbers.any():
        result.problems.append(f"{raw.holding(no_numbers)} {_no_numbers(cells[no_numbers], decimal)}")
    return result


def error_cells(raw: RawTable, cells: pd.Series[Any], errors: Mask) -> list[str]:
    """Return one sentence for all errors of a worksheet that no code names."""
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


def _uncoded_errors(different: Distinct, found: Sequence[Code | None]) -> Mask:
    """Return the rows with an error of a worksheet that no code names."""
    named = zip(found, different.cells, strict=True)
    return different.spread([code is None and is_error(cell) for code, cell in named], dtype=bool)


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
