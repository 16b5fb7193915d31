"""Small workbooks in every format, for no library here writes .xls, .xlsb or .ods.

The same cells go into all formats; what Excel or LibreOffice would write besides is left away.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl
from openpyxl.utils.datetime import to_excel


@dataclass(frozen=True)
class Shown:
    """A number with a format; of a date, a time and a duration that format is clear."""

    value: Any
    number_format: str


@dataclass(frozen=True)
class Error:
    text: str


#: A formula that nobody calculated.
UNCALCULATED = object()

GENERAL = "General"
FORMATS_OF = {
    datetime: "yyyy-mm-dd hh:mm",
    date: "yyyy-mm-dd",
    time: "hh:mm",
    timedelta: "[h]:mm",
}
ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}

#: Those that are written as the result of a formula.
CALCULATED = ("#DIV/0!", "#N/A", "#REF!")


@dataclass(frozen=True)
class Book:
    """Sheets by name, those that are hidden, and areas that are merged in the first sheet (A5:B6)."""

    sheets: Mapping[str, Sequence[Sequence[Any]]]
    hidden: Sequence[str] = ()
    merged: Sequence[str] = ()

    def number_formats(self) -> list[str]:
        cells = [cell for rows in self.sheets.values() for row in rows for cell in row]
        return [GENERAL, *dict.fromkeys(shown(cell)[1] for cell in cells if shown(cell)[1] != GENERAL)]

    def areas(self) -> Iterable[tuple[int, int, int, int]]:
        """Give first and last row, first and last column, counted from 0."""
        for area in self.merged:
            left, top, right, bottom = openpyxl.utils.range_boundaries(area)
            yield top - 1, bottom - 1, left - 1, right - 1


def shown(cell: Any) -> tuple[Any, str]:
    """Give a cell as it is stored, and its format."""
    if isinstance(cell, Shown):
        return stored(cell.value), cell.number_format
    return stored(cell), FORMATS_OF.get(type(cell), GENERAL)


def stored(value: Any) -> Any:
    return to_excel(value) if type(value) in FORMATS_OF else value


def write_excel(book: Book, path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in book.sheets.items():
        sheet = workbook.create_sheet(name)
        sheet.sheet_state = "hidden" if name in book.hidden else "visible"
        for row, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells, start=1):
                value = "=1+1" if cell is UNCALCULATED else cell
                value = value.text if isinstance(value, Error) else value
                target = sheet.cell(row, column, value.value if isinstance(value, Shown) else value)
                if shown(cell)[1] != GENERAL:
                    target.number_format = shown(cell)[1]
    for area in book.merged:
        workbook[next(iter(book.sheets))].merge_cells(area)
    workbook.save(path)


def write_ods(book: Book, path: Path) -> None:
    areas = {(top, left): (bottom - top + 1, right - left + 1) for top, bottom, left, right in book.areas()}
    tables = []
    for place, (name, rows) in enumerate(book.sheets.items()):
        spans = areas if place == 0 else {}
        lines = []
        for row, cells in enumerate(rows):
            inner = "".join(ods_cell(cell, spans.get((row, column))) for column, cell in enumerate(cells))
            lines.append(f"<table:table-row>{inner}</table:table-row>")
        style = "hidden" if name in book.hidden else "visible"
        empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
        tables.append(
            f"<table:table table:name={quoteattr(name)} table:style-name='{style}'>"
            f"{''.join(lines)}{empty}</table:table>"
        )
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces} office:version="1.2" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        "<office:automatic-styles>"
        + "".join(
            f'<style:style style:name="{name}" style:family="table">'
            f'<style:table-properties table:display="{display}"/></style:style>'
            for name, display in (("visible", "true"), ("hidden", "false"))
        )
        + f"</office:automatic-styles><office:body><office:spreadsheet>{''.join(tables)}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", kind)
        file.writestr("content.xml", content)
        file.writestr("META-INF/manifest.xml", manifest)


def ods_cell(cell: Any, span: tuple[int, int] | None) -> str:
    value = cell.value if isinstance(cell, Shown) else cell
    text = ""
    if value is None:
        told = ""
    elif value is UNCALCULATED:
        told = 'table:formula="of:=1+1"'
    elif isinstance(value, Error):
        # LibreOffice marks an error; others write it as the text of a number 0.
        told = 'table:formula="of:=1/0" office:value-type="float" office:value="0"'
        if value.text not in CALCULATED:
            told = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
        text = value.text
    elif isinstance(value, bool):
        told = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, (int, float)):
        kind = "percentage" if "%" in shown(cell)[1] else "float"
        told = f'office:value-type="{kind}" office:value="{value!r}"'
    elif isinstance(value, date):
        told = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, (time, timedelta)):
        seconds = round(to_excel(value) * 86400)
        told = (
            f'office:value-type="time" office:time-value="PT{seconds // 3600:02}H{seconds // 60 % 60:02}M00S"'
        )
    else:
        told, text = 'office:value-type="string"', str(value)
    if span:
        told += f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"'
    return f"<table:table-cell {told}>{f'<text:p>{escape(text)}</text:p>' if text else ''}</table:table-cell>"


def write_xls(book: Book, path: Path) -> None:
    path.write_bytes(compound("Workbook", biff(book)))


def biff(book: Book, *before: bytes) -> bytes:
    """Give the stream of a workbook of Excel 97; `before` are records that stand first in it."""
    formats = book.number_formats()
    styles = [biff_record(0xE0, struct.pack("<HHH14x", 0, 0, 0xFFF5))]  # the parent of all
    styles += [biff_record(0xE0, struct.pack("<HHH14x", 0, 164 + place, 1)) for place in range(len(formats))]
    head = [
        biff_record(0x809, struct.pack("<HHHHII", 0x600, 5, 0xDBB, 0x7CC, 0, 6)),
        *before,
        biff_record(0x42, struct.pack("<H", 1200)),
        biff_record(0x22, struct.pack("<H", 0)),
        biff_record(
            0x31, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + biff_text("Arial", 1)
        ),
        *(
            biff_record(0x41E, struct.pack("<H", 164 + place) + biff_text(text, 2))
            for place, text in enumerate(formats)
        ),
        *styles,
    ]
    bodies = [
        biff_sheet(rows, formats, list(book.areas()) if place == 0 else [])
        for place, rows in enumerate(book.sheets.values())
    ]
    names = [biff_text(name, 1) for name in book.sheets]
    at = sum(map(len, head)) + sum(10 + len(name) for name in names) + 4
    for body, name, title in zip(bodies, names, book.sheets, strict=True):
        head.append(biff_record(0x85, struct.pack("<IBB", at, title in book.hidden, 0) + name))
        at += len(body)
    return b"".join([*head, biff_record(0x0A, b""), *bodies])


def biff_sheet(
    rows: Sequence[Sequence[Any]], formats: list[str], areas: list[tuple[int, int, int, int]]
) -> bytes:
    records = [biff_record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0xDBB, 0x7CC, 0, 6))]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            value, number_format = shown(cell)
            start = struct.pack("<HHH", row, column, 1 + formats.index(number_format))
            if value is UNCALCULATED:  # a formula with an empty text, as one writes that calculates nothing
                result = struct.pack("<B5xHHIH3B", 3, 0xFFFF, 3, 0, 3, 0x1E, 1, 0)
                records.append(biff_record(0x06, start + result))
            elif isinstance(value, Error):
                error = ERRORS[value.text]
                formula = biff_record(
                    0x06, start + struct.pack("<BxB3xHHIH3B", 2, error, 0xFFFF, 0, 0, 3, 0x1E, 1, 0)
                )
                plain = biff_record(0x205, start + struct.pack("<BB", error, 1))
                records.append(formula if value.text in CALCULATED else plain)
            elif isinstance(value, bool):
                records.append(biff_record(0x205, start + struct.pack("<BB", value, 0)))
            elif isinstance(value, (int, float)):
                records.append(biff_record(0x203, start + struct.pack("<d", value)))
            elif value is not None:
                records.append(biff_record(0x204, start + biff_text(str(value), 2)))
    if areas:
        told = b"".join(struct.pack("<4H", *area) for area in areas)
        records.append(biff_record(0xE5, struct.pack("<H", len(areas)) + told))
    return b"".join([*records, biff_record(0x0A, b"")])


def biff_record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def biff_text(text: str, length_bytes: int) -> bytes:
    return len(text).to_bytes(length_bytes, "little") + b"\1" + text.encode("utf-16-le")


def compound(name: str, stream: bytes) -> bytes:
    """Give an OLE2 file that holds one stream."""
    free, end, fat_sector = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    content = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(content) // 512
    chain = [fat_sector, end, *range(3, 2 + sectors), end]
    assert len(chain) <= 128
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        encoded = title.encode("utf-16-le")
        length = len(encoded) + 2 if title else 0
        return struct.pack(
            "<64sHBBIII36xIQ", encoded, length, kind, 1, free, free, child, start, size
        )  # fmt: skip

    folder = (
        entry("Root Entry", 5, 1, end, 0)
        + entry(name, 2, free, 2, len(content))
        + 2 * entry("", 0, free, 0, 0)
    )
    return header + struct.pack("<128I", *chain, *[free] * (128 - len(chain))) + folder + content


def write_xlsb(book: Book, path: Path) -> None:
    formats = book.number_formats()
    styles = [binary(278), binary(615, struct.pack("<I", len(formats)))]
    styles += [binary(44, struct.pack("<H", 164 + place) + wide(text)) for place, text in enumerate(formats)]
    styles += [binary(616), binary(617, struct.pack("<I", len(formats)))]
    styles += [binary(47, struct.pack("<HH12x", 0, 164 + place)) for place in range(len(formats))]
    styles += [binary(618), binary(279)]
    workbook = [binary(131), binary(153, bytes(12)), binary(143)]
    relations, parts = [], {}
    for place, (name, rows) in enumerate(book.sheets.items(), start=1):
        workbook.append(
            binary(156, struct.pack("<II", name in book.hidden, place) + wide(f"rId{place}") + wide(name))
        )
        target = f"worksheets/sheet{place}.bin"
        relations.append(f'<Relationship Id="rId{place}" Target="{target}" Type="worksheet"/>')
        areas = list(book.areas()) if place == 1 else []
        parts[f"xl/{target}"] = xlsb_sheet(rows, formats, areas)
    workbook += [binary(144), binary(132)]
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("xl/workbook.bin", b"".join(workbook))
        file.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{space}">{"".join(relations)}</Relationships>',
        )
        file.writestr("xl/styles.bin", b"".join(styles))
        for part, content in parts.items():
            file.writestr(part, content)


def xlsb_sheet(
    rows: Sequence[Sequence[Any]], formats: list[str], areas: list[tuple[int, int, int, int]]
) -> bytes:
    width = max(map(len, rows))
    records = [binary(129), binary(148, struct.pack("<4I", 0, len(rows) - 1, 0, width - 1)), binary(145)]
    for row, cells in enumerate(rows):
        records.append(binary(0, struct.pack("<I13x", row)))
        for column, cell in enumerate(cells):
            value, number_format = shown(cell)
            start = struct.pack("<II", column, formats.index(number_format))
            if isinstance(value, Error):
                error = struct.pack("<B", ERRORS[value.text])
                formula = binary(11, start + error + struct.pack("<HI3BI", 0, 3, 0x1E, 1, 0, 0))
                records.append(formula if value.text in CALCULATED else binary(3, start + error))
            elif isinstance(value, bool):
                records.append(binary(4, start + struct.pack("<B", value)))
            elif isinstance(value, (int, float)):
                records.append(binary(5, start + struct.pack("<d", value)))
            elif value is not None:
                records.append(binary(6, start + wide(str(value))))
    records.append(binary(146))
    if areas:
        records.append(binary(177, struct.pack("<I", len(areas))))
        records += [binary(176, struct.pack("<4I", *area)) for area in areas]
        records.append(binary(178))
    return b"".join([*records, binary(130)])


def binary(kind: int, content: bytes = b"") -> bytes:
    """Give a record of a part of .xlsb."""
    start = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, told = len(content), bytearray()
    while True:
        told.append(length & 0x7F | (0x80 if length > 0x7F else 0))
        length >>= 7
        if not length:
            return start + bytes(told) + content


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


WRITERS = {"excel": write_excel, "xls": write_xls, "xlsb": write_xlsb, "ods": write_ods}
