"""Tables as CSV, HTML and DOCX files with the same bytes every time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ipdmediation.data.result_tables import csv_text
from ipdmediation.present.emphasis import in_html, runs, without
from ipdmediation.present.house_style import HouseStyle, current, for_machines
from ipdmediation.present.tables.table import Table

EPOCH = datetime(1980, 1, 1, tzinfo=UTC)  # the oldest date a zip entry can carry
_DIGIT = 0.556 * 8 * 12700  # width of a digit of Arial at 8 points, in the units of a Word document
_CELL_MARGINS = 2.6  # left and right of a cell, in digits
_SHORT = 8  # characters
_BOLD = 1.1  # of a bold word, beside the same one in roman
# Widths in Arial, in digits; what is not named is about as wide as one.
_WIDTHS = (
    {"%": 1.6, "m": 1.5, "M": 1.5, "W": 1.7, "w": 1.3, "\N{MINUS SIGN}": 1.05}
    | dict.fromkeys("ABCDEGHKNOPQRSUVXY", 1.25)
    | dict.fromkeys(" \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}.,:;/\N{MIDDLE DOT}ft", 0.5)
    | dict.fromkeys("()-r", 0.6)
    | dict.fromkeys("ijl", 0.4)
)


def save(table: Table, path: Path) -> None:
    """Write a table with the same bytes every time.

    Parameters
    ----------
    table
        A table of this module.
    path
        Target; its suffix (.csv, .html or .docx) names the format.
    """
    writers = {".csv": _csv, ".html": _html, ".docx": _docx}
    path.write_bytes(writers[path.suffix](table))


def save_each(make: Callable[[], Table], paths: Iterable[Path]) -> None:
    """Write a table into several files; a CSV file, which is for machines, has plain numbers in any style."""
    made: dict[HouseStyle, Table] = {}
    for path in paths:
        with for_machines() if path.suffix == ".csv" else nullcontext():
            if current() not in made:
                made[current()] = make()
            save(made[current()], path)


def save_together(tables: Sequence[Table], path: Path, *, title: str) -> None:
    """Write numbered tables into one Word document, a page or more each, with the same bytes every time."""
    numbered = [
        replace(table, title=f"Table {number}. {table.title}") for number, table in enumerate(tables, start=1)
    ]
    path.write_bytes(_document(numbered, title=title))


def _csv(table: Table) -> bytes:
    return csv_text(table.cells).encode()


def _html(table: Table) -> bytes:
    from great_tables import GT, loc
    from great_tables import style as gt_style

    stub = str(table.cells.columns[0])
    made = (
        GT(table.cells, id=table.name)
        .tab_header(title=table.title)
        .cols_label({name: _label(head) for name, head in zip(table.cells.columns, table.heads, strict=True)})
        .cols_align("right", columns=list(table.cells.columns[table.numeric]))
        .cols_align("left", columns=list(table.cells.columns[np.logical_not(table.numeric)]))
        .tab_options(
            table_font_size="13px",
            heading_title_font_size="15px",
            heading_align="left",
            data_row_padding="3px",
            table_font_names=["Helvetica Neue", "Arial", "sans-serif"],
            column_labels_font_weight="bold",
        )
    )
    if table.indented:
        made = made.tab_style(
            style=gt_style.css("padding-left: 24px;"),
            locations=loc.body(columns=stub, rows=sorted(table.indented)),
        )
    for note in table.notes:
        made = made.tab_source_note(_label(note))
    page: str = made.as_raw_html(make_page=True, all_important=False)
    return page.encode()


def _label(text: str) -> Any:
    """Return a text as great_tables takes it: one with italics as HTML."""
    from great_tables import html

    return text if text == without(text) else html(in_html(text))


def _docx(table: Table) -> bytes:
    return _document([table], title=table.title)


def _document(tables: Sequence[Table], *, title: str) -> bytes:
    from docx import Document
    from docx.shared import Pt

    document = Document()
    document.styles["Normal"].font.name = "Arial"
    document.styles["Normal"].font.size = Pt(8)
    document.styles["Normal"].paragraph_format.space_after = Pt(0)
    for position, table in enumerate(tables):
        section = document.add_section() if position else document.sections[0]
        _write_table(table, document, section)
    core = document.core_properties
    core.author, core.title, core.comments = "ipdmediation", title, ""
    core.created = core.modified = EPOCH
    core.revision = 1
    written = io.BytesIO()
    document.save(written)
    return undated(written.getvalue())


def _write_table(table: Table, document: Any, section: Any) -> None:
    """Write a table below its title into a section of a Word document, a page of which fits it."""
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    wide = len(table.cells.columns) > 6
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    section.left_margin = section.right_margin = Mm(15)
    heading = document.add_paragraph()
    heading.paragraph_format.space_after = Pt(4)
    title = heading.add_run(table.title)
    title.bold, title.font.size = True, Pt(10)
    grid = document.add_table(rows=1, cols=len(table.cells.columns), style="Light Shading")
    grid.autofit = False
    # Of the style its rules and its bold heading, neither the grey bands nor a bold first column.
    for name, value in {"val": "0620", "firstColumn": "0", "noHBand": "1"}.items():
        grid._tbl.tblPr.find(qn("w:tblLook")).set(qn(f"w:{name}"), value)
    grid._tbl.tblPr.append(_room_in_cells())
    for cell, name in zip(grid.rows[0].cells, table.heads, strict=True):
        _put(cell.paragraphs[0], _unbroken(name))
    # Word repeats the heading row on every page.
    properties = grid.rows[0]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))
    for position, values in enumerate(table.cells.itertuples(index=False)):
        row = grid.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # a row stays on one page
        for column, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
            cell.text = _unbroken(str(value))
            if column == 0 and position in table.indented:
                cell.paragraphs[0].paragraph_format.left_indent = Mm(4)
    room = section.page_width - section.left_margin - section.right_margin
    for column, share, numeric in zip(
        grid.columns, _column_shares(table, room / _DIGIT), table.numeric, strict=True
    ):
        column.width = round(room * share)  # what LibreOffice reads; Word reads that of the cells
        for cell in column.cells:
            cell.width = column.width
            if numeric:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for position, note in enumerate(table.notes):
        below = document.add_paragraph()
        below.paragraph_format.space_before = Pt(1 if position else 4)
        _put(below, note)


def _put(paragraph: Any, text: str) -> None:
    """Write a text into an empty paragraph of a Word document."""
    for part, italic in runs(text):
        run = paragraph.add_run(part)
        if italic:
            run.italic = True


def _room_in_cells() -> Any:
    """Return what sets the lines of a row off from those of the next one."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "bottom"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "25")  # twentieths of a point
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    return margins


def _unbroken(text: str) -> str:
    """Keep a short text, and what an interval is called, on one line."""
    kept = text.replace(" ", "\N{NO-BREAK SPACE}") if len(text) <= _SHORT else text
    return kept.replace("% CI", "%\N{NO-BREAK SPACE}CI")


def _column_shares(table: Table, room: float) -> list[float]:
    """Share out a page's width, in digits: numbers and words stay whole, and texts break between words."""
    least, wished = [], []
    for (_, cells), head, numeric in zip(table.cells.items(), table.heads, table.numeric, strict=True):
        texts = [_unbroken(str(cell)) for cell in cells]
        unbroken = texts if numeric else [word for text in texts for word in text.split(" ")]
        words = [_BOLD * _digits(word) for word in _unbroken(head).split(" ")]
        least.append(_CELL_MARGINS + max([*words, *map(_digits, unbroken)]))
        longest = max(map(_digits, texts), default=0.0)
        wished.append(max(least[-1], 0.0 if numeric else _CELL_MARGINS + min(longest, 26.0)))
    spare, wishes = room - sum(least), sum(wished) - sum(least)
    if 0 <= spare <= wishes:
        wished = [low + (high - low) * spare / wishes for low, high in zip(least, wished, strict=True)]
    elif spare < 0:
        wished = least
    return [need / sum(wished) for need in wished]


def _digits(text: str) -> float:
    """Width of a text in Arial, in widths of a digit."""
    return sum(_WIDTHS.get(character, 1.0) for character in without(text))


def undated(archive: bytes) -> bytes:
    """Rewrite a zip file with one fixed date on every entry."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(fixed, "w") as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, date_time=EPOCH.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return fixed.getvalue()
