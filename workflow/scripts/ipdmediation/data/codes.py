"""Codes as a mapping writes them, and when two of them are the same (imports nothing heavy)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import combinations
from math import isnan
from numbers import Integral, Real

#: What a code of an arm or a trial may mean beside these: it is none that is compared or pooled.
EXCLUDED = "excluded"


@dataclass(frozen=True)
class Code:
    """A code of a trial, as its mapping writes it.

    A number matches every cell that holds this number. Text matches a cell with the same text; see
    `ipdmediation.data.matching` for the whole rule.

    Parameters
    ----------
    written : str, int or float
        In YAML, what stands in quotes or is no number is text.
    """

    written: str | float

    @property
    def is_text(self) -> bool:
        """Whether the mapping writes it as text."""
        return isinstance(self.written, str)

    @property
    def text(self) -> str:
        """The code without blanks at its ends."""
        return str(self.written).strip()

    def value(self, decimal: str = ".", *, exponent: bool = True) -> Decimal | None:
        """Return the number that the code is, text with either the file's or YAML's decimal mark."""
        found = number(self.written, decimal=decimal, exponent=exponent)
        return number(self.written, exponent=exponent) if found is None else found

    def __repr__(self) -> str:
        return repr(self.written)


@cache
def _pattern(decimal: str, *, exponent: bool) -> re.Pattern[str]:
    mark = re.escape(decimal)
    return re.compile(
        rf"[+-]?(\d+({mark}\d*)?|{mark}\d+)" + (r"([eE][+-]?\d+)?" if exponent else ""), re.ASCII
    )


def number(cell: object, *, decimal: str = ".", exponent: bool = True) -> Decimal | None:
    """Return the exact number that a cell holds or that its text spells; None where it is no number.

    A number of single precision is the shortest decimal one that is stored as it.

    Parameters
    ----------
    cell : object
        A cell of a file, or a code.
    decimal : str
        Decimal mark of text.
    exponent : bool
        Whether text such as "2E1" is a number.

    Examples
    --------
    >>> [number(cell, decimal=",") for cell in ("01,50", 1.5, "M", float("nan"))]
    [Decimal('1.50'), Decimal('1.5'), None, None]
    """
    if isinstance(cell, str):
        text = cell.strip()
        if not _pattern(decimal, exponent=exponent).fullmatch(text):
            return None
        return Decimal(text.replace(decimal, "."))
    if isinstance(cell, Decimal):
        return None if cell.is_nan() else cell
    if isinstance(cell, Integral):
        return Decimal(int(cell))
    if isinstance(cell, Real):
        # The text of a number of single precision is its shortest decimal.
        found = Decimal(repr(float(cell)) if isinstance(cell, float) else str(cell))
        return None if found.is_nan() else found
    return None


def as_float(cell: object, *, decimal: str = ".", exponent: bool = True) -> float | None:
    """Return the same as a number of double precision, the nearest one; None where it is no number.

    Examples
    --------
    >>> [as_float(cell, decimal=",") for cell in ("01,50", 2, True, "M", float("nan"))]
    [1.5, 2.0, None, None, None]
    """
    if isinstance(cell, str):
        text = cell.strip()
        found = _pattern(decimal, exponent=exponent).fullmatch(text) is not None
        return float(text.replace(decimal, ".")) if found else None
    if isinstance(cell, float):
        return None if isnan(cell) else float(cell)
    value = None if isinstance(cell, bool) else number(cell)
    return None if value is None else float(value)


def is_whole(value: Decimal) -> bool:
    """Return whether a number has no fraction."""
    return value.is_finite() and value == value.to_integral_value()


def same_codes(codes: Iterable[Code], *, by_value: bool, decimal: str) -> list[tuple[Code, Code]]:
    """Return the pairs of codes that are one code written twice.

    Two codes are one where both are the same number and one of them is written as a number, or where they are
    whole ("1" and "01"). Two texts with a fraction, "1.1" and "1.10", may be two codes.

    Parameters
    ----------
    codes : iterable of Code
        The codes of one column.
    by_value : bool
        Whether the column holds numbers: then any two spellings of one number are one code.
    decimal : str
        Decimal mark of the file.

    Examples
    --------
    >>> codes = map(Code, ["1", "01", "1.1", "1.10", 2, "2.0"])
    >>> same_codes(codes, by_value=False, decimal=".")
    [('1', '01'), (2, '2.0')]
    """
    return [pair for pair in combinations(codes, 2) if _are_same(*pair, by_value=by_value, decimal=decimal)]


def _are_same(one: Code, other: Code, *, by_value: bool, decimal: str) -> bool:
    if one.is_text and other.is_text and one.text == other.text:
        return True
    values = [code.value(decimal, exponent=by_value or not code.is_text) for code in (one, other)]
    if values[0] is None or values[0] != values[1]:
        return False
    return by_value or not (one.is_text and other.is_text) or is_whole(values[0])
