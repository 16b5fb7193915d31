"""Files side by side, one row per patient or visit: a message about a column has the rows of its own file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ipdmediation.data.joined_columns import file_of
from ipdmediation.data.reading.raw_table import Mask, RawTable


@dataclass(frozen=True, kw_only=True)
class Part(RawTable):
    """The columns of one file, in the rows of several; a row is 0 where the file has none.

    Parameters
    ----------
    patients : RawTable or None
        The first file in the same rows, which says whose row is not there.
    """

    patients: RawTable | None = None

    def where(self, mask: Mask) -> RawTable:
        """Return some of the rows."""
        patients = None if self.patients is None else self.patients.where(mask)
        return replace(super().where(mask), patients=patients)  # type: ignore[call-arg]  # of this class

    def place(self, mask: npt.ArrayLike) -> str:
        """Return which rows a mask holds, and for whom the file has none."""
        meant = np.asarray(mask, dtype=bool)
        here = np.asarray(self.rows) > 0
        nobody = meant & ~here
        if self.patients is None or not nobody.any():
            return super().place(meant)
        lacking = f"{self.patients.place(nobody)} without a row in {self.file}"
        return f"{super().place(meant & here)} and {lacking}" if (meant & here).any() else lacking


@dataclass(frozen=True, kw_only=True)
class JoinedTable(RawTable):
    """All files side by side.

    Parameters
    ----------
    parts : mapping of str to Part
        By the name of the file.
    numbering : RawTable
        The file that numbers the rows where a message is about several.
    """

    parts: Mapping[str, Part]
    numbering: RawTable

    @classmethod
    def of_parts(cls, parts: Mapping[str, Part], *, patients: RawTable, driver: str | None) -> JoinedTable:
        """Put files side by side that have the same rows.

        Parameters
        ----------
        parts : mapping of str to Part
        patients : RawTable
            The first file in these rows.
        driver : str or None
            The file that gives rows their numbers where a message is about several; None for the first.
        """
        whole = {name: replace(part, patients=patients) for name, part in parts.items()}
        numbering = patients if driver is None else whole[driver]
        nothing = pd.DataFrame(index=range(len(patients)))
        frame = pd.concat([nothing, *(part.frame for part in whole.values())], axis="columns")
        return cls(frame=frame, rows=numbering.rows, parts=whole, numbering=numbering)

    def of(self, *columns: str) -> RawTable:
        """Return the file of some columns; of columns of several files that which numbers the rows."""
        files = {file_of(column) for column in columns}
        return self.parts[files.pop()] if len(files) == 1 else self.numbering

    def where(self, mask: Mask) -> RawTable:
        """Return some of the rows."""
        parts = {name: part.where(mask) for name, part in self.parts.items()}
        some = super().where(mask)
        return replace(some, parts=parts, numbering=self.numbering.where(mask))  # type: ignore[call-arg]

    def place(self, mask: npt.ArrayLike) -> str:
        """Return which rows a mask holds."""
        return self.numbering.place(mask)


def aligned(table: RawTable, rows: npt.NDArray[np.intp]) -> Part:
    """Return rows of a file in a given order; -1 is none, and its cells are missing.

    Parameters
    ----------
    table : RawTable
    rows : (rows,) array
        Positions in the table.
    """
    numbers = np.append(np.asarray(table.rows, dtype=np.int64), 0)[rows]
    same = np.array_equal(rows, np.arange(len(table)))
    frame = (
        table.frame if same else pd.DataFrame({name: _taken(table.frame[name], rows) for name in table.frame})
    )
    return Part(
        frame=frame,
        rows=numbers.tolist(),
        counted=table.counted,
        epoch=table.epoch,
        decimal=table.decimal,
        file=table.file,
    )


def _taken(cells: pd.Series[Any], rows: npt.NDArray[np.intp]) -> pd.Series[Any]:
    if isinstance(cells.dtype, np.dtype) and cells.dtype.kind in "iub" and (rows < 0).any():
        cells = cells.astype(object)  # a whole number stays one beside a cell that is missing
    return cells.reindex(rows).reset_index(drop=True)
