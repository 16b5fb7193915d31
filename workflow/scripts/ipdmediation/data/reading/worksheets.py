"""From a worksheet to a table: typed cells, none of them doubtful in the columns that are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from ipdmediation.data.errors import SourceError, listing
from ipdmediation.data.reading.columns import Wanted, check_header, find_columns, header_names
from ipdmediation.data.reading.raw_table import RawTable

OPTIONS = frozenset({"sheet", "decimal", "header_row", "rows_below_header"})

#: How far down a header is looked for that is not where it should be, in rows.
HEADER_ROWS = 50

#: Whole numbers from here on are not kept to the last digit by a worksheet.
NOT_EXACT = 2**53


class Place(NamedTuple):
    """A cell by its row and column, both counted from 0."""

    row: int
    column: int

    @property
    def address(self) -> str:
        """Its name, such as C12."""
        from openpyxl.utils import get_column_letter

        return f"{get_column_letter(self.column + 1)}{self.row + 1}"


class Area(NamedTuple):
    """Merged cells, from the first to the last one."""

    first: Place
    last: Place

    @property
    def address(self) -> str:
        """Its name, such as C12:D13."""
        return f"{self.first.address}:{self.last.address}"


def _none(places: Collection[Place]) -> Collection[Place]:
    return []


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A worksheet as the reader of its format found it.

    Parameters
    ----------
    title : str
        Its name.
    grid : sequence of sequence
        Cells by row and column; None where nothing stands, `ErrorCell` where an error does.
    merged : sequence of Area
        Merged cells.
    percentages : collection of Place
        Numbers that are shown as percentages.
    uncalculated : callable
        Returns of some empty cells those that hold a formula.
    epoch : datetime or None
        Day 0 of serial numbers.
    """

    title: str
    grid: Sequence[Sequence[object]]
    merged: Sequence[Area] = ()
    percentages: Collection[Place] = ()
    uncalculated: Callable[[Collection[Place]], Collection[Place]] = _none
    epoch: datetime | None = None

    def value(self, row: int, column: int) -> object:
        """Return what stands in a cell, None beyond the end of its row."""
        cells = self.grid[row]
        return cells[column] if column < len(cells) else None


def chosen_sheet(sheets: Mapping[str, bool], wanted: str | int | None, path: Path) -> str:
    """Return the name of the worksheet that is to be read.

    Parameters
    ----------
    sheets : mapping of str to bool
        Each worksheet, in the file's order, and whether it is hidden.
    wanted : str, int or None
        Its name, or its number among those that are not hidden; None is number 1.
    path : Path
        The file.
    """
    if isinstance(wanted, str):
        if wanted not in sheets:
            raise SourceError(f"{path}: no sheet {wanted!r}; the file has {listing(sheets)}")
        return wanted
    visible = [name for name, hidden in sheets.items() if not hidden]
    if not visible:
        raise SourceError(f"{path}: no visible sheet; name one in source.options.sheet: {listing(sheets)}")
    number = 1 if wanted is None else wanted
    if number > len(visible):
        quoted = f"; a name that is a number stands in quotes: '{number}'" if str(number) in sheets else ""
        raise SourceError(
            f"{path}: no sheet number {number}; not hidden are {len(visible)}: {listing(visible)}{quoted}"
        )
    return visible[number - 1]


def typed(value: object, *, shows_time: bool) -> object:
    """Return what a cell holds: nothing for blanks, a date for one that has and shows no time, whole numbers.

    Examples
    --------
    >>> [typed(cell, shows_time=False) for cell in (datetime(2014, 3, 1), 3.0, " ")]
    [datetime.date(2014, 3, 1), 3, None]
    """
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, datetime) and value.time() == time(0) and not shows_time:
        return date(value.year, value.month, value.day)
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < NOT_EXACT:
        return int(value)
    if isinstance(value, int) and abs(value) >= NOT_EXACT:
        return float(value)  # as a worksheet stores it: no digit beyond is sure
    return value


def shows_time(number_format: str) -> bool:
    """Return whether a number format shows a time of day.

    Examples
    --------
    >>> shows_time("yyyy-mm-dd h:mm"), shows_time('d" hours "mmm')
    (True, False)
    """
    codes = re.sub(r'"[^"]*"|\\.|_.|\[\$[^\]]*\]', "", number_format.split(";", maxsplit=1)[0])
    return re.search("[hs]", codes, re.IGNORECASE) is not None


def table_of(sheet: Sheet, *, options: Mapping[str, Any], columns: Wanted, path: Path) -> RawTable:
    """Return the columns of a worksheet.

    Parameters
    ----------
    sheet : Sheet
        The worksheet.
    options : mapping
        `header_row` and `rows_below_header` among them.
    columns : mapping of str to str, or None
        Columns that are to be read, and what for.
    path : Path
        The file.

    Raises
    ------
    SourceError
        For a sheet without rows, and for merged cells, formulas without a value and numbers of which some are
        percentages in the columns that are read.
    MappingError
        Where a column is not in the sheet.
    """
    grid = sheet.grid
    filled = [place for place, row in enumerate(grid) if any(cell is not None for cell in row)]
    top = int(options["header_row"]) - 1 if "header_row" in options else filled[0] if filled else 0
    if not filled or top > filled[-1]:
        raise SourceError(
            f"{path}: sheet {sheet.title!r} is empty" + (" from its header on" if filled else "")
        )
    width = max(len(grid[row]) for row in filled)
    names = header_names([sheet.value(top, column) for column in range(width)])
    first_rows = {row + 1: grid[row] for row in filled[:HEADER_ROWS]}
    check_header(names, columns, first_rows, file=str(path), counted="sheet row")
    positions = find_columns(names, columns, file=str(path))
    below = int(options.get("rows_below_header", 0))
    body = [row for row in filled if row > top + below]
    if not body:
        left_out = f" and the {below} below them that are left out" if below else ""
        raise SourceError(f"{path}: no row below the column names {listing(names)}{left_out}")
    used = {name: [Place(row, place) for row in body] for name, place in positions.items()}
    _check_merged(sheet, positions, header=range(top, top + below + 1), last=body[-1], path=path)
    _check_calculated(sheet, used, path)
    _check_percentages(sheet, used, path)
    frame = pd.DataFrame(
        {name: pd.Series([sheet.value(*at) for at in places], dtype=object) for name, places in used.items()}
    )
    return RawTable(frame=frame, rows=[row + 1 for row in body], counted="sheet row", epoch=sheet.epoch)


def _check_merged(
    sheet: Sheet, positions: Mapping[str, int], *, header: range, last: int, path: Path
) -> None:
    found = [
        (area, next(name for name, place in positions.items() if place in _columns(area)))
        for area in sheet.merged
        if _makes_doubt(area, header, last) and set(_columns(area)) & set(positions.values())
    ]
    if found:
        shown = ", ".join(f"{area.address} (column {name!r})" for area, name in sorted(found)[:10])
        raise SourceError(
            f"{path}: sheet {sheet.title!r}: merged cells in columns that are read, {len(found)} in all: "
            f"{shown}; which rows their values are for is not known: undo the merging and fill each cell"
        )


def _columns(area: Area) -> range:
    return range(area.first.column, area.last.column + 1)


def _makes_doubt(area: Area, header: range, last: int) -> bool:
    """Return whether merged cells hide the name of a column or values of patients."""
    if area.last.row >= header.stop:
        return area.first.row <= last
    # A name may go down over the rows that are left out below it, but over no other column.
    alone = area.first.row == header.start and area.first.column == area.last.column
    return area.first.row <= header.start <= area.last.row and not alone


def _check_calculated(sheet: Sheet, used: Mapping[str, Sequence[Place]], path: Path) -> None:
    empty = {at: name for name, places in used.items() for at in places if sheet.value(*at) is None}
    found = list(sheet.uncalculated(empty)) if empty else []
    if found:
        shown = ", ".join(f"{at.address} (column {empty[at]!r})" for at in found[:10])
        more = f" and {len(found) - 10} more" if len(found) > 10 else ""
        raise SourceError(
            f"{path}: sheet {sheet.title!r}: formulas without a stored value, {len(found)} in all: {shown}"
            f"{more}; open the workbook in a spreadsheet program and save it, or put values in their place"
        )


def _check_percentages(sheet: Sheet, used: Mapping[str, Sequence[Place]], path: Path) -> None:
    """Refuse a column in which some numbers are a hundredth of what they show, and others are not."""
    for name, places in used.items():
        numbers = [at for at in places if _is_number(sheet.value(*at))]
        shares = [at for at in numbers if at in sheet.percentages]
        if shares and len(shares) < len(numbers):
            where = ", ".join(at.address for at in shares[:10])
            raise SourceError(
                f"{path}: sheet {sheet.title!r}: column {name!r}: {len(shares)} of {len(numbers)} numbers "
                f"are shown as percentages ({where}), so that 45 % holds 0.45; give all of them one format"
            )


def _is_number(cell: object) -> bool:
    """Return whether a cell holds a number that is not the same as a percentage and as itself."""
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell != 0
