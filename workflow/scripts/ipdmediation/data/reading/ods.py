"""OpenDocument spreadsheets (.ods)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd

from ipdmediation.data.errors import SourceError
from ipdmediation.data.reading.beginnings import has_password, unreadable
from ipdmediation.data.reading.calamine import open_sheet
from ipdmediation.data.reading.columns import Wanted
from ipdmediation.data.reading.raw_table import ErrorCell, RawTable, is_error
from ipdmediation.data.reading.sizes import check_grid
from ipdmediation.data.reading.worksheets import Area, Place, Sheet, table_of, typed

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"

#: An error that has no name, as LibreOffice writes it.
NUMBERED_ERROR = re.compile(r"Err:\d+")


def read_ods(path: Path, *, options: Mapping[str, Any], columns: Wanted) -> RawTable:
    """Return the columns of a worksheet, by default of the first that is not hidden."""
    _check_password(path)
    try:
        document = _document(path)
        for sheet in document.iter(f"{TABLE}table"):  # the library reads all of them
            check_grid(*_extent(sheet), str(sheet.get(f"{TABLE}name")), path)
        title, values = open_sheet(path, file_format="ods", sheet=options.get("sheet"))
        marks = _marks(document, title)
    except SourceError:
        raise
    except (ET.ParseError, KeyError, StopIteration, ValueError, zipfile.BadZipFile) as error:
        raise unreadable(path, "ods", error) from error
    # A date of this format says by itself whether it has a time.
    grid = [[typed(cell, shows_time=True) for cell in row] for row in values()]
    for at, cell in marks.cells.items():
        if at.row < len(grid) and at.column < len(grid[at.row]):
            grid[at.row][at.column] = cell

    def uncalculated(places: Collection[Place]) -> Collection[Place]:
        return [at for at in places if at in marks.uncalculated]

    found = Sheet(
        title=title,
        grid=grid,
        merged=marks.merged,
        percentages=marks.percentages,
        uncalculated=uncalculated,
        epoch=marks.epoch,
    )
    return table_of(found, options=options, columns=columns, path=path)


def _check_password(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as file:
            is_encrypted = b"encryption-data" in file.read("META-INF/manifest.xml")
    except (OSError, KeyError, zipfile.BadZipFile, ValueError):
        return  # what is wrong is said by the reader
    if is_encrypted:
        raise has_password(path)


@dataclass
class _Marks:
    """What a sheet says of its cells beside their values."""

    cells: dict[Place, object] = field(default_factory=dict)
    percentages: set[Place] = field(default_factory=set)
    uncalculated: set[Place] = field(default_factory=set)
    merged: list[Area] = field(default_factory=list)
    epoch: datetime = datetime(1899, 12, 30)


def _document(path: Path) -> ET.ElementTree[ET.Element]:
    with zipfile.ZipFile(path) as file, file.open("content.xml") as content:
        return ET.parse(content)


def _repeated(element: ET.Element, what: str) -> int:
    return int(element.get(f"{TABLE}number-{what}-repeated", "1"))


def _extent(sheet: ET.Element) -> tuple[int, int]:
    """Return how many rows and columns there are up to the last cells that are not empty."""
    last_row = last_column = row_at = 0
    for row in sheet.iter(f"{TABLE}table-row"):
        row_at += _repeated(row, "rows")
        column_at = 0
        for cell in _cells(row):
            column_at += _repeated(cell, "columns")
            if len(cell) or len(cell.attrib) > (f"{TABLE}number-columns-repeated" in cell.attrib):
                last_row, last_column = row_at, max(last_column, column_at)
    return last_row, last_column


def _marks(document: ET.ElementTree[ET.Element], title: str) -> _Marks:
    marks = _Marks()
    start = next(document.iter(f"{TABLE}null-date"), None)
    if start is not None and start.get(f"{TABLE}date-value"):
        marks.epoch = datetime.fromisoformat(str(start.get(f"{TABLE}date-value")))
    sheet = next(sheet for sheet in document.iter(f"{TABLE}table") if sheet.get(f"{TABLE}name") == title)
    row_at = 0
    for row in sheet.iter(f"{TABLE}table-row"):
        rows = range(row_at, row_at + _repeated(row, "rows"))
        column_at = 0
        for cell in _cells(row):
            columns = range(column_at, column_at + _repeated(cell, "columns"))
            _note(cell, rows, columns, marks)
            column_at = columns.stop
        row_at = rows.stop
    return marks


def _cells(row: ET.Element) -> Iterator[ET.Element]:
    kinds = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
    return (cell for cell in row if cell.tag in kinds)


def _note(cell: ET.Element, rows: range, columns: range, marks: _Marks) -> None:
    """Keep what stands beside the value of a cell, which may be repeated."""
    kind, formula = cell.get(f"{OFFICE}value-type"), cell.get(f"{TABLE}formula")
    down, right = (int(cell.get(f"{TABLE}number-{of}-spanned", "1")) for of in ("rows", "columns"))
    text = "".join(cell[0].itertext()) if len(cell) and cell[0].tag == f"{TEXT}p" else ""
    says_error = is_error(text) or NUMBERED_ERROR.fullmatch(text) is not None
    is_wrong = cell.get(f"{CALC}value-type") == "error" or (formula is not None and says_error)
    duration = pd.Timedelta(str(cell.get(f"{OFFICE}time-value"))) if kind == "time" else pd.Timedelta(0)
    is_long = duration >= pd.Timedelta(days=1)
    has_no_value = kind is None and formula is not None
    if not (is_wrong or is_long or has_no_value or kind == "percentage" or down > 1 or right > 1):
        return
    for at in (Place(row, column) for row in rows for column in columns):
        if is_wrong:
            marks.cells[at] = ErrorCell(text or "#VALUE!", at.address)
        elif kind == "percentage":
            marks.percentages.add(at)
        elif has_no_value:
            marks.uncalculated.add(at)
        elif is_long:
            marks.cells[at] = duration.to_pytimedelta()
        if down > 1 or right > 1:
            marks.merged.append(Area(at, Place(at.row + down - 1, at.column + right - 1)))
