"""Worksheets: typed cells, never an error, a formula without a value or part of a merged range."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ipdmediation.data.errors import SourceError, listing
from ipdmediation.data.reading.columns import Wanted, check_header, find_columns, header_names
from ipdmediation.data.reading.raw_table import ErrorCell, RawTable

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

OPTIONS = frozenset({"sheet", "decimal", "header_row"})

#: How far down a header is looked for that is not where it should be, in rows.
HEADER_ROWS = 50

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_excel(path: Path, *, options: Mapping[str, Any], columns: Wanted) -> RawTable:
    """Return the columns of a worksheet, by default of the first that is not hidden."""
    _check_container(path)
    book = _workbook(path, values=True)
    sheet = _sheet(book, options.get("sheet"), path)
    grid = [list(row) for row in sheet.iter_rows()]
    filled = [place for place, row in enumerate(grid) if any(_value(cell) is not None for cell in row)]
    top = int(options["header_row"]) - 1 if "header_row" in options else filled[0] if filled else 0
    if not filled or top > filled[-1]:
        raise SourceError(
            f"{path}: sheet {sheet.title!r} is empty" + (" from its header on" if filled else "")
        )
    names = header_names([_value(cell) for cell in grid[top]])
    first_rows = {place + 1: [_value(cell) for cell in grid[place]] for place in filled[:HEADER_ROWS]}
    check_header(names, columns, first_rows, file=str(path), counted="sheet row")
    positions = find_columns(names, columns, file=str(path))
    body = [place for place in filled if place > top]
    if not body:
        raise SourceError(f"{path}: no row below the column names {listing(names)}")
    used = {name: [grid[row][place] for row in body] for name, place in positions.items()}
    _check_merged(sheet, positions, range(top, body[-1] + 1), path)
    _check_calculated(used, sheet.title, path)
    _check_percentages(used, sheet.title, path)
    frame = pd.DataFrame(
        {name: pd.Series([_value(cell) for cell in cells], dtype=object) for name, cells in used.items()}
    )
    return RawTable(frame=frame, rows=[place + 1 for place in body], counted="sheet row", epoch=book.epoch)


def _check_container(path: Path) -> None:
    content = path.read_bytes()
    if content.startswith(OLE2):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise SourceError(f"{path}: the workbook has a password; save it without one")
        raise SourceError(f"{path}: a workbook of Excel 97-2003 (.xls), which is not read; save it as .xlsx")
    if zipfile.is_zipfile(path) and "xl/workbook.bin" in zipfile.ZipFile(path).namelist():
        raise SourceError(f"{path}: a binary workbook (.xlsb), which is not read; save it as .xlsx")


def _workbook(path: Path, *, values: bool) -> Workbook:
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of drawings and the like, which are not read
            return openpyxl.load_workbook(BytesIO(path.read_bytes()), data_only=values)
    except Exception as error:  # openpyxl raises errors of zip and XML parsers for a file that is no workbook
        raise SourceError(f"{path}: not readable as an Excel workbook ({error})") from error


def _sheet(book: Workbook, name: str | None, path: Path) -> Worksheet:
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if name is not None and name not in sheets:
        raise SourceError(f"{path}: no sheet {name!r}; the file has {listing(sheets)}")
    if name is not None:
        return sheets[name]
    visible = [sheet for sheet in sheets.values() if sheet.sheet_state == "visible"]
    if not visible:
        raise SourceError(f"{path}: no visible sheet; name one in source.options.sheet: {listing(sheets)}")
    return visible[0]


def _value(cell: Any) -> object:
    """Return what stands in a cell: an error as such, a date that has no time as a date."""
    value = cell.value
    if cell.data_type == "e":
        return ErrorCell(str(value), cell.coordinate)
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, datetime) and value.time() == time(0) and not _shows_time(cell.number_format):
        return date(value.year, value.month, value.day)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return float(value)  # as a worksheet stores it: no digit beyond is sure
    return value


def _shows_time(number_format: str) -> bool:
    codes = re.sub(r'"[^"]*"|\\.|_.|\[\$[^\]]*\]', "", number_format.split(";", maxsplit=1)[0])
    return re.search("[hs]", codes, re.IGNORECASE) is not None


def _check_merged(sheet: Worksheet, positions: Mapping[str, int], rows: range, path: Path) -> None:
    places = {place + 1: name for name, place in positions.items()}
    found = [
        (area.coord, next(name for place, name in places.items() if area.min_col <= place <= area.max_col))
        for area in sheet.merged_cells.ranges
        if area.max_row > rows.start
        and area.min_row <= rows.stop
        and any(area.min_col <= place <= area.max_col for place in places)
    ]
    if found:
        shown = ", ".join(f"{area} (column {name!r})" for area, name in sorted(found)[:10])
        raise SourceError(
            f"{path}: sheet {sheet.title!r}: merged cells in columns that are read, {len(found)} in all: "
            f"{shown}; which rows their values are for is not known: undo the merging and fill each cell"
        )


def _check_calculated(used: Mapping[str, Sequence[Any]], sheet: str, path: Path) -> None:
    # A formula that gave an empty text was calculated; openpyxl leaves its type as the file has it.
    empty = [
        (name, cell)
        for name, cells in used.items()
        for cell in cells
        if cell.value is None and cell.data_type != "str"
    ]
    if not empty:
        return
    formulas = _workbook(path, values=False)[sheet]
    found = [(name, cell) for name, cell in empty if formulas[cell.coordinate].data_type == "f"]
    if found:
        shown = ", ".join(f"{cell.coordinate} (column {name!r})" for name, cell in found[:10])
        more = f" and {len(found) - 10} more" if len(found) > 10 else ""
        raise SourceError(
            f"{path}: sheet {sheet!r}: formulas without a stored value, {len(found)} in all: {shown}{more}; "
            "open the workbook in a spreadsheet program and save it, or put values in their place"
        )


def _check_percentages(used: Mapping[str, Sequence[Any]], sheet: str, path: Path) -> None:
    """Refuse a column in which some numbers are a hundredth of what they show, and others are not."""
    for name, cells in used.items():
        numbers = [cell for cell in cells if cell.data_type == "n" and cell.value]
        shares = [cell for cell in numbers if "%" in cell.number_format]
        if shares and len(shares) < len(numbers):
            places = ", ".join(cell.coordinate for cell in shares[:10])
            raise SourceError(
                f"{path}: sheet {sheet!r}: column {name!r}: {len(shares)} of {len(numbers)} numbers are "
                f"shown as percentages ({places}), so that 45 % holds 0.45; give all of them one format"
            )
