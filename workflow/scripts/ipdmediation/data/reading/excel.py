"""Excel workbooks (.xlsx, .xlsm)."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipdmediation.data.reading.beginnings import unreadable
from ipdmediation.data.reading.columns import Wanted
from ipdmediation.data.reading.raw_table import ErrorCell, RawTable
from ipdmediation.data.reading.sizes import check_grid
from ipdmediation.data.reading.worksheets import (
    Area,
    Place,
    Sheet,
    chosen_sheet,
    shows_time,
    table_of,
    typed,
)

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook


def read_excel(path: Path, *, options: Mapping[str, Any], columns: Wanted) -> RawTable:
    """Return the columns of a worksheet, by default of the first that is not hidden."""
    book = _workbook(path, values=True)
    hidden = {sheet.title: sheet.sheet_state != "visible" for sheet in book.worksheets}
    sheet = book[chosen_sheet(hidden, options.get("sheet"), path)]
    check_grid(sheet.max_row, sheet.max_column, sheet.title, path)
    rows = [list(row) for row in sheet.iter_rows()]

    def uncalculated(places: Collection[Place]) -> Collection[Place]:
        # A formula that gave an empty text was calculated; openpyxl leaves its type as the file has it.
        asked = [at for at in places if rows[at.row][at.column].data_type != "str"]
        if not asked:
            return []
        formulas = _workbook(path, values=False)[sheet.title]
        return [at for at in asked if formulas[at.address].data_type == "f"]

    found = Sheet(
        title=sheet.title,
        grid=[[_value(cell) for cell in row] for row in rows],
        merged=[
            Area(Place(area.min_row - 1, area.min_col - 1), Place(area.max_row - 1, area.max_col - 1))
            for area in sheet.merged_cells.ranges
        ],
        percentages={
            Place(cell.row - 1, cell.column - 1)
            for row in rows
            for cell in row
            if cell.data_type == "n" and cell.value is not None and "%" in cell.number_format
        },
        uncalculated=uncalculated,
        epoch=book.epoch,
    )
    return table_of(found, options=options, columns=columns, path=path)


def _workbook(path: Path, *, values: bool) -> Workbook:
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of drawings and the like, which are not read
            return openpyxl.load_workbook(BytesIO(path.read_bytes()), data_only=values)
    except Exception as error:  # openpyxl raises errors of zip and XML parsers for a file that is no workbook
        raise unreadable(path, "an Excel workbook", error) from error


def _value(cell: Any) -> object:
    """Return what stands in a cell, an error as such."""
    if cell.data_type == "e":
        return ErrorCell(str(cell.value), cell.coordinate)
    return typed(cell.value, shows_time=shows_time(cell.number_format))
