"""What a format's reader hands on: cells as the file has them, and where in the file each row stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ipdmediation.data.reading.column_labels import ColumnLabels

#: Rows of a table, true for those that are meant.
Mask = npt.NDArray[np.bool_]

#: Row numbers that a message lists.
SHOWN_ROWS = 10

ERROR_TEXT = re.compile(r"#(N/A|GETTING_DATA|[A-Z][A-Z0-9/_]*[!?])")


class ErrorCell(str):
    """An error in a cell of a worksheet, such as #REF!, which is no text of the trial.

    Parameters
    ----------
    text : str
        The error.
    address : str
        The cell, such as C12.
    """

    address: str

    def __new__(cls, text: str, address: str) -> ErrorCell:
        """Keep the address beside the text."""
        cell = super().__new__(cls, text)
        cell.address = address
        return cell


@dataclass(frozen=True)
class DeclaredMissing:
    """A cell that its file itself declares missing: it is, unless the mapping names it.

    Parameters
    ----------
    value : object
        What stands in the file: a mark such as ".a" (Stata) or "._" (SAS), or the number, text or date that
        SPSS knows as user-missing.
    """

    value: Any


def is_error(cell: object) -> bool:
    """Return whether a cell is an error of a worksheet, or its text in a file that was made from one."""
    return isinstance(cell, ErrorCell) or (
        isinstance(cell, str) and ERROR_TEXT.fullmatch(cell.strip()) is not None
    )


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """A trial's file as it was written, one row per patient.

    Parameters
    ----------
    frame : DataFrame
        The columns that were asked for. Text is text, an empty cell is missing.
    rows : sequence of int
        Number of each row in the file.
    counted : str
        What these numbers count: "row", "line" or "sheet row".
    epoch : datetime or None
        Day 0 of a workbook's serial numbers; None where numbers are no stamps.
    decimal : str or None
        Decimal mark of numbers in text; None where it is that of the mapping.
    file : str or None
        Which of a trial's files it is, where there are several.
    labels : mapping of str to ColumnLabels
        What the file says of its columns; empty for formats that say nothing. No cell is read by it.
    """

    frame: pd.DataFrame
    rows: Sequence[int]
    counted: str = "row"
    epoch: datetime | None = None
    decimal: str | None = None
    file: str | None = None
    labels: Mapping[str, ColumnLabels] = field(default_factory=dict)

    @classmethod
    def of_rows(cls, frame: pd.DataFrame) -> RawTable:
        """Return a table of which the rows are counted from 1."""
        return cls(frame=frame.reset_index(drop=True), rows=range(1, len(frame) + 1))

    def where(self, mask: Mask) -> RawTable:
        """Return some of the rows, which keep their numbers."""
        if mask.all():
            return self
        rows = np.asarray(self.rows)[mask].tolist()
        return replace(self, frame=self.frame[mask].reset_index(drop=True), rows=rows)

    def of(self, *_columns: str) -> RawTable:
        """Return the table with the row numbers of the file that some columns are in."""
        return self

    @property
    def columns(self) -> pd.Index[Any]:
        """The names of the columns."""
        return self.frame.columns

    def __getitem__(self, column: str) -> pd.Series[Any]:
        cells = self.frame[column]
        if cells.dtype in ("float16", "float32"):
            # Whoever goes through such a column gets Python's floats, and with them other digits.
            return pd.Series(list(cells.array), index=cells.index, dtype=object)
        return cells

    def __len__(self) -> int:
        return len(self.frame)

    def place(self, mask: npt.ArrayLike) -> str:
        """Return how many rows a mask holds and which: "2 rows (lines 3, 9)"."""
        found = self._numbers(mask)
        plural = "" if len(found) == 1 else "s"
        whose = "" if self.file is None else f" of {self.file}"
        return f"{len(found)} row{plural} ({numbered(self.counted, found)}{whose})"

    def holding(self, mask: npt.ArrayLike) -> str:
        """Return the same with a verb: "1 row (line 3) holds", "2 rows (lines 3, 9) hold"."""
        return f"{self.place(mask)} hold{'s' if len(self._numbers(mask)) == 1 else ''}"

    def _numbers(self, mask: npt.ArrayLike) -> list[int]:
        """Return the numbers of some rows; a row of the file that stands in several is one."""
        return list(dict.fromkeys(np.asarray(self.rows)[np.asarray(mask, dtype=bool)].tolist()))


def numbered(counted: str, found: Sequence[int]) -> str:
    """Return the first of some row numbers as text.

    Examples
    --------
    >>> numbered("line", [3, 9])
    'lines 3, 9'
    """
    more = len(found) - SHOWN_ROWS
    text = f"{counted}{'' if len(found) == 1 else 's'} {', '.join(map(str, found[:SHOWN_ROWS]))}"
    return f"{text} and {more} more" if more > 0 else text
