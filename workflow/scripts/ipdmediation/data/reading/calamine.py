"""Values of a workbook as python-calamine reads them: an error is an empty text, formats are not shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

from ipdmediation.data.errors import SourceError
from ipdmediation.data.reading.beginnings import has_password, unreadable
from ipdmediation.data.reading.worksheets import chosen_sheet

#: Cells by row and column.
Grid = list[list[object]]


def open_sheet(path: Path, *, file_format: str, sheet: str | int | None) -> tuple[str, Callable[[], Grid]]:
    """Return the name of a worksheet, and what reads its cells: all that its last ones span, empty or not.

    Parameters
    ----------
    path : Path
        The workbook.
    file_format : str
        What messages call its format.
    sheet : str, int or None
        As in `chosen_sheet`.
    """
    import python_calamine

    with _own_errors(path, file_format):
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
        title = chosen_sheet(_worksheets(book), sheet, path)

    def values() -> Grid:
        with _own_errors(path, file_format):
            return [list(row) for row in book.get_sheet_by_name(title).to_python(skip_empty_area=False)]

    return title, values


@contextmanager
def _own_errors(path: Path, file_format: str) -> Iterator[None]:
    import python_calamine

    try:
        yield
    except (SourceError, KeyboardInterrupt, SystemExit):
        raise
    except python_calamine.PasswordError as error:
        raise has_password(path) from error
    except BaseException as error:  # of the library, and its panics, which are no `Exception`
        raise unreadable(path, file_format, error) from error


def sheet_name(path: Path, *, sheet: str | int) -> str | int:
    """Return the name of a worksheet that is named or counted; what was stated where it cannot be told.

    Parameters
    ----------
    path : Path
        The workbook, of any format.
    sheet : str or int
        As in `chosen_sheet`.
    """
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
        return chosen_sheet(_worksheets(book), sheet, path)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # as above; what is wrong with the file its reader says
        return sheet


def visible_sheets(path: Path) -> list[str]:
    """Return the worksheets of a workbook of any format that are not hidden; none where it cannot be told."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
        return [name for name, hidden in _worksheets(book).items() if not hidden]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # as above
        return []


def _worksheets(book: Any) -> dict[str, bool]:
    """Return each worksheet of a workbook, and whether it is hidden."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    return {
        known.name: known.visible != SheetVisibleEnum.Visible
        for known in book.sheets_metadata
        if known.typ == SheetTypeEnum.WorkSheet
    }


def with_time(cell: object) -> object:
    """Return a date as the stamp at its midnight, as the library gives it where a cell shows the time."""
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime.combine(cell, time(0))
    return cell
