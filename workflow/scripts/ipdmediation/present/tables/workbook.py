"""All tables in one workbook, a sheet each, with the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from ipdmediation.present.emphasis import without
from ipdmediation.present.tables.saving import EPOCH, undated
from ipdmediation.present.tables.table import Table

_LONGEST_NAME = 31  # characters, that a sheet may have
_WIDEST = 60  # characters, of a column
_NAMELESS = EPOCH.replace(tzinfo=None)
_CORE = "docProps/core.xml"


def save_workbook(tables: Sequence[Table], path: Path, *, title: str) -> None:
    """Write each table into a sheet: its title, its cells as they are printed, and its notes.

    Parameters
    ----------
    tables
        In the order of the sheets, which are called by number and name.
    path
        An XLSX file.
    title
        Of the workbook.
    """
    from openpyxl import Workbook

    book = Workbook()
    del book["Sheet"]  # that each new one has
    for number, table in enumerate(tables, start=1):
        sheet = book.create_sheet(f"{number} {table.name}"[:_LONGEST_NAME])
        _write(sheet, table, f"Table {number}. {table.title}")
    book.properties.creator, book.properties.title = "ipdmediation", title
    book.properties.created = _NAMELESS
    written = io.BytesIO()
    book.save(written)
    path.write_bytes(undated(_without_time(written.getvalue(), _NAMELESS)))


def _write(sheet: Any, table: Table, title: str) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    lines = [
        [title],
        list(table.heads),
        *table.cells.itertuples(index=False),
        *([note] for note in table.notes),
    ]
    for row, line in enumerate(lines, start=1):
        for column, text in enumerate(line, start=1):
            cell = sheet.cell(row, column, without(str(text)))
            cell.data_type = "s"  # a text that begins as a formula does is none
            if row <= 2:
                cell.font = Font(bold=True)
    printed = lines[1 : 2 + len(table.cells)]
    for column, numeric in enumerate(table.numeric, start=1):
        widest = max(len(str(line[column - 1])) for line in printed)
        sheet.column_dimensions[get_column_letter(column)].width = min(widest, _WIDEST) + 2
        for row in range(2, 2 + len(printed)) if numeric else ():
            sheet.cell(row, column).alignment = Alignment(horizontal="right")
    for position in table.indented:
        sheet.cell(3 + position, 1).alignment = Alignment(indent=1)
    sheet.freeze_panes = "B3"


def _without_time(archive: bytes, when: datetime) -> bytes:
    """Put one date in the place of that of writing, which the library gives its file."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == _CORE:
                stamp = f"{when.isoformat()}Z".encode()
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            target.writestr(name, content)
    return written.getvalue()
