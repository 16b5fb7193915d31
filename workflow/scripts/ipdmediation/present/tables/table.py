"""A table ready to be printed, whatever it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ipdmediation.present import notation, style
from ipdmediation.present.house_style import people
from ipdmediation.present.study import Study

# Columns of words, set to the left and broken into lines; all others hold numbers.
PROSE = frozenset(
    {
        "Note",
        "Arm",
        "Agrees if",
        "Variable",
        "Column in the file",
        "Scale",
        "Interval",
        "Unit",
        "Better",
        "Codes not found",
        "Topic",
        "Reported by this run",
        "Left to the authors",
        "Section",
    }
)


@dataclass(frozen=True)
class Table:
    """A table ready to be printed: every cell is a text.

    Parameters
    ----------
    name
        Short id, a file name without suffix.
    title
        What the table shows.
    cells
        Texts; the first column names the row.
    notes
        Sentences under the table.
    indented
        Positions of rows that belong to the row above them.
    printed
        Headings for HTML and DOCX where they differ from the unique ones of the CSV file.
    places
        For each row the sections of the page that its last cell names, by their names: ids on the page.
    """

    name: str
    title: str
    cells: pd.DataFrame
    notes: tuple[str, ...] = ()
    indented: frozenset[int] = frozenset()
    printed: tuple[str, ...] = ()
    places: tuple[Mapping[str, str], ...] = ()

    @property
    def heads(self) -> tuple[str, ...]:
        """Headings as they are printed; unlike the columns of the cells they may repeat."""
        return self.printed or tuple(str(column) for column in self.cells.columns)

    @property
    def numeric(self) -> list[bool]:
        """Which columns hold numbers: neither names of rows nor prose."""
        return [position > 0 and name not in PROSE for position, name in enumerate(self.cells.columns)]


def unique(columns: Sequence[str]) -> list[str]:
    """Return headings of which the repeated are numbered, as the columns of a file need.

    Examples
    --------
    >>> unique(["Term", "P", "P"])
    ['Term', 'P', 'P (2)']
    """
    seen: Counter[str] = Counter()
    names = []
    for column in columns:
        seen[column] += 1
        names.append(column if seen[column] == 1 else f"{column} ({seen[column]})")
    return names


def withheld_note(columns: Iterable[pd.Series[Any]]) -> tuple[str, ...]:
    """Return the note on counts that are withheld for few participants, nothing where none is."""
    return (notation.withheld(),) if any(column.isna().any() for column in columns) else ()


def weights_note(study: Study) -> tuple[str, ...]:
    """Return the note of weighted participants, nothing where all count alike."""
    return (
        (f"{notation.upper(people())} are weighted by “{study.label(study.weights)}”.",)
        if study.weights
        else ()
    )


def synthetic_note(study: Study) -> tuple[str, ...]:
    """Return the note of synthetic patients, nothing for real ones."""
    return (f"{style.SYNTHETIC_NOTE}: no row describes a real person.",) if study.synthetic else ()
