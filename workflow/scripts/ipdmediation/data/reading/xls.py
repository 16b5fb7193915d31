"""Workbooks of Excel 97-2003 and earlier (.xls)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ipdmediation.data.errors import SourceError
from ipdmediation.data.reading.beginnings import has_password, unreadable
from ipdmediation.data.reading.columns import Wanted
from ipdmediation.data.reading.raw_table import ErrorCell, RawTable
from ipdmediation.data.reading.worksheets import (
    Area,
    Place,
    Sheet,
    chosen_sheet,
    shows_time,
    table_of,
    typed,
)


def read_xls(path: Path, *, options: Mapping[str, Any], columns: Wanted) -> RawTable:
    """Return the columns of a worksheet, by default of the first that is not hidden."""
    import xlrd

    try:
        # Of the library for .xlsb and .ods an error of a cell would be an empty text.
        book = xlrd.open_workbook(
            file_contents=path.read_bytes(), formatting_info=True, ragged_rows=True, logfile=io.StringIO()
        )
        hidden = {sheet.name: sheet.visibility != 0 for sheet in book.sheets()}
        sheet = _sheet(book, chosen_sheet(hidden, options.get("sheet"), path))
    except SourceError:
        raise
    except Exception as error:  # of many classes where a file is no workbook
        if "encrypted" in str(error):
            raise has_password(path) from error
        raise unreadable(path, "xls", error) from error
    return table_of(sheet, options=options, columns=columns, path=path)


def _sheet(book: Any, title: str) -> Sheet:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

    sheet, epoch = book.sheet_by_name(title), CALENDAR_MAC_1904 if book.datemode else CALENDAR_WINDOWS_1900
    grid: list[list[object]] = []
    percentages = set()
    for row in range(sheet.nrows):
        grid.append([])
        for column, cell in enumerate(sheet.row(row)):
            number_format, at = _number_format(book, cell), Place(row, column)
            grid[-1].append(_value(cell, number_format, epoch, at))
            if "%" in number_format:
                percentages.add(at)
    merged = [
        Area(Place(first, left), Place(end - 1, right - 1)) for first, end, left, right in sheet.merged_cells
    ]
    return Sheet(title=title, grid=grid, merged=merged, percentages=percentages, epoch=epoch)


def _number_format(book: Any, cell: Any) -> str:
    if not cell.value and not isinstance(cell.value, float):
        return "General"  # of an empty cell the library may name a style that is not there
    return str(book.format_map[book.xf_list[cell.xf_index].format_key].format_str)


def _value(cell: Any, number_format: str, epoch: Any, at: Place) -> object:
    """Return what stands in a cell, numbers that are shown as dates as the same types as of .xlsx."""
    import xlrd
    from openpyxl.styles.numbers import is_date_format, is_timedelta_format
    from openpyxl.utils.datetime import from_excel

    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return ErrorCell(xlrd.error_text_from_code.get(cell.value, f"#ERROR{cell.value}!"), at.address)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    value = cell.value
    if cell.ctype != xlrd.XL_CELL_TEXT and is_date_format(number_format):
        try:
            value = from_excel(value, epoch, timedelta=is_timedelta_format(number_format))
        except (OverflowError, ValueError):
            return ErrorCell("#VALUE!", at.address)  # no date, as a spreadsheet program shows it
    return typed(value, shows_time=shows_time(number_format))
