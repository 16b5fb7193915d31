"""Binary workbooks of Excel (.xlsb)."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from ipdmediation.data.reading.beginnings import unreadable
from ipdmediation.data.reading.calamine import open_sheet, with_time
from ipdmediation.data.reading.columns import Wanted
from ipdmediation.data.reading.raw_table import ErrorCell, RawTable
from ipdmediation.data.reading.sizes import check_grid
from ipdmediation.data.reading.worksheets import Area, Place, Sheet, shows_time, table_of, typed

# Kinds of record, by the names that Microsoft's description of the format ([MS-XLSB]) gives them.
ROW_HDR, CELL_ERROR, FMLA_ERROR, LAST_CELL = 0, 3, 11, 11
FMT, XF, BEGIN_CELL_XFS, END_CELL_XFS = 44, 47, 617, 618
WB_PROP, BUNDLE_SH, MERGE_CELL = 153, 156, 176


def read_xlsb(path: Path, *, options: Mapping[str, Any], columns: Wanted) -> RawTable:
    """Return the columns of a worksheet, by default of the first that is not hidden."""
    title, values = open_sheet(path, file_format="xlsb", sheet=options.get("sheet"))
    try:
        marks = _marks(path, title)
    except (KeyError, IndexError, struct.error, zipfile.BadZipFile, UnicodeError) as error:
        raise unreadable(path, "xlsb", error) from error
    last = [max(found, default=-1) for found in zip(*marks.formats, strict=True)] or [-1, -1]
    check_grid(last[0] + 1, last[1] + 1, title, path)
    grid: list[list[object]] = []
    for row, cells in enumerate(values()):
        grid.append([])
        for column, cell in enumerate(cells):
            at = Place(row, column)
            with_clock = shows_time(marks.formats.get(at, "General"))
            grid[-1].append(
                marks.errors.get(at) or typed(with_time(cell) if with_clock else cell, shows_time=with_clock)
            )
    sheet = Sheet(
        title=title,
        grid=grid,
        merged=marks.merged,
        percentages={at for at, number_format in marks.formats.items() if "%" in number_format},
        epoch=marks.epoch,
    )
    return table_of(sheet, options=options, columns=columns, path=path)


@dataclass
class _Marks:
    """What a sheet says of its cells beside their values."""

    epoch: datetime
    errors: dict[Place, ErrorCell] = field(default_factory=dict)
    formats: dict[Place, str] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Go through the records of a part: a kind, a length (seven bits in each byte of both), the content."""
    at = 0

    def number(longest: int) -> int:
        nonlocal at
        value = 0
        for place in range(longest):
            byte = content[at]
            at += 1
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                break
        return value

    while at < len(content):
        kind, length = number(2), number(4)
        yield kind, content[at : at + length]
        at += length


def _text(content: bytes, at: int) -> tuple[str, int]:
    """Return a text that stands after its length, and where it ends."""
    end = at + 4 + 2 * struct.unpack_from("<I", content, at)[0]
    return content[at + 4 : end].decode("utf-16-le"), end


def _marks(path: Path, title: str) -> _Marks:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
    from xlrd import error_text_from_code

    with zipfile.ZipFile(path) as file:
        parts = {
            part.get("Id"): str(part.get("Target"))
            for part in ET.fromstring(file.read("xl/_rels/workbook.bin.rels"))
        }
        workbook = list(_records(file.read("xl/workbook.bin")))
        part = next(
            parts[relation]
            for relation, name in (_sheet_of(content) for kind, content in workbook if kind == BUNDLE_SH)
            if name == title
        )
        sheet = file.read(part.removeprefix("/") if part.startswith("/") else f"xl/{part}")
        styles = file.read("xl/styles.bin") if "xl/styles.bin" in file.namelist() else b""
    starts_1904 = any(kind == WB_PROP and content[0] & 1 for kind, content in workbook)
    formats = _number_formats(styles)
    marks = _Marks(epoch=CALENDAR_MAC_1904 if starts_1904 else CALENDAR_WINDOWS_1900)
    row = 0
    for kind, content in _records(sheet):
        if kind == ROW_HDR:
            row = struct.unpack_from("<I", content)[0]
        elif kind <= LAST_CELL:
            column, style = struct.unpack_from("<II", content)
            at, style = Place(row, column), style & 0xFFFFFF
            marks.formats[at] = formats[style] if style < len(formats) else "General"
            if kind in (CELL_ERROR, FMLA_ERROR):
                text = error_text_from_code.get(content[8], f"#ERROR{content[8]}!")
                marks.errors[at] = ErrorCell(text, at.address)
        elif kind == MERGE_CELL:
            first, last, left, right = struct.unpack_from("<4I", content)
            marks.merged.append(Area(Place(first, left), Place(last, right)))
    return marks


def _sheet_of(content: bytes) -> tuple[str, str]:
    """Return where a sheet's part is named, and the sheet's name."""
    relation, end = _text(content, 8)
    return relation, _text(content, end)[0]


def _number_formats(styles: bytes) -> list[str]:
    """Return the number format of each style of cells."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    own: dict[int, str] = {}
    found, is_of_cells = [], False
    for kind, content in _records(styles):
        if kind == FMT:
            own[struct.unpack_from("<H", content)[0]] = _text(content, 2)[0]
        elif kind in (BEGIN_CELL_XFS, END_CELL_XFS):
            is_of_cells = kind == BEGIN_CELL_XFS
        elif kind == XF and is_of_cells:
            number = struct.unpack_from("<2H", content)[1]
            found.append(own.get(number) or BUILTIN_FORMATS.get(number, "General"))
    return found
