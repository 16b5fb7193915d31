"""Which code of a mapping each cell of a column is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.codes import Code, as_float, is_whole, number
from ipdmediation.data.distinct import Distinct
from ipdmediation.data.reading.raw_table import DeclaredMissing

#: How Stata and SAS name a missing value that has a meaning.
MARK = re.compile(r"\.[A-Za-z_]")


def match_codes(
    cells: pd.Series[Any],
    codes: Sequence[Code],
    *,
    decimal: str,
    by_value: bool = False,
    declared: Sequence[Code] | None = None,
) -> pd.Series[Any]:
    """Return the code that each cell is, None where it is no code.

    A cell is a code with the same text (blanks at the ends aside). Otherwise, a cell that is a number is the
    code of this number. A text cell is a number where it is written in plain digits, and then

    - the code of this number, written as a number, if it is whole ("01" is 1);
    - the code of this number, "1" as well as 1.5, if the column spells the number in one way only; so "1.1"
      and "1.10" in one column never become the same code.

    A cell that its file declares missing is the code of what stands in it, its mark (.a) in either case.

    Parameters
    ----------
    cells : Series
        A column of a `RawTable`.
    codes : sequence of Code
        Where two are the same, the first is found.
    decimal : str
        Decimal mark of text cells.
    by_value : bool
        The column holds numbers: every spelling of a number is this number.
    declared : sequence of Code, optional
        Those that a cell which its file declares missing may be; without it all.

    Returns
    -------
    Series of object
        With the index of `cells`.
    """
    different = Distinct.of(cells)
    found = match_values(different.cells, codes, decimal=decimal, by_value=by_value, declared=declared)
    return pd.Series(different.spread(found), index=cells.index, dtype=object)


def match_values(
    values: Sequence[object],
    codes: Sequence[Code],
    *,
    decimal: str,
    by_value: bool = False,
    declared: Sequence[Code] | None = None,
) -> list[Code | None]:
    """Return the same for the different cells of a column.

    Parameters
    ----------
    values : sequence
        All the different cells that the column has.
    codes, decimal, by_value, declared
        As in `match_codes`.
    """
    if not codes and not declared:
        return [None] * len(values)
    lookup = _Lookup(values, codes, decimal=decimal, by_value=by_value)
    named = lookup if declared is None else _Lookup(values, declared, decimal=decimal, by_value=by_value)
    found: list[Code | None] = []
    for value in values:
        if isinstance(value, DeclaredMissing):
            found.append(named.of_declared(value.value))
        elif lookup.may_have(value) and not is_missing(value):
            found.append(lookup.code_of(value))
        else:
            found.append(None)
    return found


def is_missing(cell: object) -> bool:
    """Return whether nothing stands in a cell, or what its file declares missing."""
    return (
        cell is None
        or (isinstance(cell, str) and not cell.strip())
        or cell is pd.NaT
        or cell is pd.NA
        or (isinstance(cell, (float, np.floating)) and bool(np.isnan(cell)))
        or (isinstance(cell, Decimal) and cell.is_nan())
        or isinstance(cell, DeclaredMissing)
    )


def shown(cells: Iterable[object], *, limit: int = 10) -> str:
    """Return the different cells among some, as they stand in the file, cut after `limit` of them."""
    texts = sorted({cell_text(cell) for cell in cells})
    more = len(texts) - limit
    text = ", ".join(texts[:limit])
    return f"{text} and {more} more" if more > 0 else text


def cell_text(cell: object) -> str:
    """Return one cell as it stands in the file: text in quotes, everything else without."""
    if isinstance(cell, DeclaredMissing):
        return cell_text(cell.value)
    if isinstance(cell, str):
        return repr(str(cell))
    if isinstance(cell, (bool, np.bool_)):
        return str(bool(cell))
    value = number(cell)
    if value is None:
        return str(cell)
    return str(int(value)) if is_whole(value) else str(value)


def spelt_alike(cells: pd.Series[Any], codes: Sequence[Code], *, decimal: str) -> str:
    """Return a sentence on cells that are no code but the number of one; empty where there is none."""
    values: dict[Decimal, list[Code]] = defaultdict(list)
    for code in codes:
        value = code.value(decimal)
        if value is not None:
            values[value].append(code)
    for cell in cells:
        value = number(cell, decimal=decimal)
        found = [] if value is None else values[value]
        if isinstance(cell, str) and found:
            pair = f"{cell.strip()!r} and {found[0]!r}"
            return f" ({pair} are one number but two texts: name each spelling in quotes)"
        if len(found) > 1:
            return f" (the column holds numbers, in which {found[0]!r} and {found[1]!r} are the same)"
    return ""


class _Lookup:
    """The codes of one column by text and by number, and how often the column spells a number."""

    def __init__(
        self, cells: Iterable[object], codes: Sequence[Code], *, decimal: str, by_value: bool
    ) -> None:
        self.decimal = decimal
        self.by_value = by_value
        self.texts: dict[str, Code] = {}
        self.numbers: dict[Decimal, Code] = {}
        self.quoted_numbers: dict[Decimal, list[Code]] = defaultdict(list)
        for code in codes:
            value = code.value(decimal, exponent=by_value or not code.is_text)
            if code.is_text:
                self.texts.setdefault(code.text, code)
            if value is not None and (by_value or not code.is_text):
                self.numbers.setdefault(value, code)
            elif value is not None:
                self.quoted_numbers[value].append(code)
        # What single precision makes of a code, also where a file holds that in double precision.
        with np.errstate(over="ignore"):
            self.rounded = {float(np.float32(float(value))): code for value, code in self.numbers.items()}
        self.spellings: dict[Decimal, set[str]] = defaultdict(set)
        if not by_value:
            for cell in cells:
                value = number(cell, decimal=decimal, exponent=False) if isinstance(cell, str) else None
                if value is not None:
                    self.spellings[value].add(str(cell).strip())

        self.floats = {
            *map(float, self.numbers), *map(float, self.quoted_numbers), *self.rounded
        }  # fmt: skip

    def may_have(self, cell: object) -> bool:
        """Return whether a cell may be a code; False for nearly all that are none, for it is quickly told."""
        value = as_float(cell, decimal=self.decimal, exponent=self.by_value)
        if isinstance(cell, str):
            return value in self.floats or cell.strip() in self.texts
        return value is None or value in self.floats

    def code_of(self, cell: object) -> Code | None:
        if isinstance(cell, str):
            return self.texts.get(cell.strip()) or self._of_numeric_text(cell)
        if isinstance(cell, (bool, np.bool_)):
            cell = bool(cell)
            found = self._of_truth_value(cell)
            if found is not None or self.by_value:
                return found
        value = number(cell)
        if value is None:
            return self.texts.get(str(cell)) or self.texts.get(str(cell).removesuffix(" 00:00:00"))
        if value in self.numbers:
            return self.numbers[value]
        quoted = self.quoted_numbers.get(value, [])
        exact = float(cell) if isinstance(cell, np.floating) else float(value)
        return quoted[0] if len(quoted) == 1 else self.rounded.get(exact)

    def of_declared(self, value: object) -> Code | None:
        """Return the code of what a cell holds that its file declares missing."""
        found = self.code_of(value)
        if found is None and isinstance(value, str) and MARK.fullmatch(value):
            return self.texts.get(value.swapcase())
        return found

    def _of_truth_value(self, cell: bool) -> Code | None:
        """Return the code that is the word for a truth value: true, True and TRUE are one in a typed cell."""
        word = str(cell).lower()
        return next((code for text, code in self.texts.items() if text.lower() == word), None)

    def _of_numeric_text(self, cell: str) -> Code | None:
        value = number(cell, decimal=self.decimal, exponent=self.by_value)
        if value is None:
            return None
        found = self.numbers.get(value)
        if self.by_value:
            return found or self.rounded.get(float(value))
        if found is not None and is_whole(value):
            return found
        quoted = self.quoted_numbers.get(value, []) if is_whole(value) else []
        once = len(self.spellings[value]) == 1
        return (found or (quoted[0] if len(quoted) == 1 else None)) if once else None
