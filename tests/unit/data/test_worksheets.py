"""Worksheets: every cell is what it shows, or it is located."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ipdmediation.data.errors import SourceError
from ipdmediation.data.reading import RawTable, read_raw
from ipdmediation.data.reading.raw_table import ErrorCell

HEADER = ["id", "arm", "note", "vol"]


def book(
    tmp_path: Path, rows: list[list[Any]], change: Callable[[Any], None] | None = None, **options: Any
) -> RawTable:
    """Write a workbook, change its first sheet, read its columns but the note."""
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    if change:
        change(workbook.active)
    workbook.save(tmp_path / "a.xlsx")
    wanted = {"id": "patient", "arm": "treatment", "vol": "volume"}
    return read_raw(tmp_path / "a.xlsx", file_format="excel", options=options, columns=wanted)


def test_errors_know_their_cells_and_only_in_columns_that_are_used(tmp_path: Path) -> None:
    table = book(tmp_path, [HEADER, ["1", "A", "#REF!", 5], ["2", "B", "ok", "#N/A"]])
    cell = table["vol"][1]
    assert isinstance(cell, ErrorCell)
    assert (cell, cell.address) == ("#N/A", "D3")
    assert table.place([False, True]) == "1 row (sheet row 3)"


def test_formulas_without_a_value_are_located(tmp_path: Path) -> None:
    rows = [HEADER, ["1", "A", "=1+1", "=2+2"], ["2", "B", "ok", None], ["3", "B", "ok", "=1"]]
    with pytest.raises(
        SourceError, match=r"'Sheet': formulas without a stored value, 2 in all: D2 \(column 'vol'\), D4"
    ):
        book(tmp_path, rows)
    assert book(tmp_path, [HEADER, ["1", "A", "=1+1", 5]])["vol"].tolist() == [5]


def test_a_formula_that_gave_an_empty_text_is_an_empty_cell(tmp_path: Path) -> None:
    rows = [HEADER, ["1", "A", "x", '=IF(1,"",2)'], ["2", "B", "y", 5]]
    with pytest.raises(SourceError, match="without a stored value"):
        book(tmp_path, rows)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as file:
        parts = {name: file.read(name) for name in file.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'r="D2"', b'r="D2" t="str"')
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    assert read_raw(tmp_path / "b.xlsx", file_format="excel")["vol"].tolist() == [None, 5]


def test_merged_cells_are_located(tmp_path: Path) -> None:
    rows = [["Title"], HEADER, ["1", "A", "x", 5], ["2", "B", "y", None]]

    def harmless(sheet: Any) -> None:
        sheet.merge_cells("A1:D1")
        sheet.merge_cells("C3:C4")

    assert len(book(tmp_path, rows, harmless, header_row=2)) == 2
    with pytest.raises(
        SourceError, match=r"merged cells in columns that are read, 1 in all: D3:D4 \(column 'vol'\)"
    ):
        book(tmp_path, rows, lambda sheet: sheet.merge_cells("D3:D4"), header_row=2)


def test_a_merged_header_is_two_columns_of_one_name(tmp_path: Path) -> None:
    rows = [["Title"], ["id", "arm", "vol", None], ["1", "A", 4, 5]]

    def title(sheet: Any) -> None:
        sheet.merge_cells("A1:D1")

    def header(sheet: Any) -> None:
        sheet.merge_cells("C2:D2")

    assert book(tmp_path, rows, title, header_row=2)["vol"].tolist() == [4]
    with pytest.raises(SourceError, match=r"C2:D2 \(column 'vol'\)"):
        book(tmp_path, rows, header, header_row=2)


def test_a_header_further_down(tmp_path: Path) -> None:
    rows = [["Core laboratory"], [], HEADER, ["1", "A", "x", 5]]
    with pytest.raises(SourceError, match=r"header seems to stand in sheet row 3.*header_row: 3"):
        book(tmp_path, rows)
    table = book(tmp_path, rows, header_row=3)
    assert (table["id"].tolist(), list(table.rows)) == (["1"], [4])


def test_empty_rows_are_none_and_keep_the_count(tmp_path: Path) -> None:
    table = book(tmp_path, [HEADER, ["1", "A", "x", 5], [None, " "], ["2", "B", None, 6], [None], [" "]])
    assert (table["id"].tolist(), list(table.rows)) == (["1", "2"], [2, 4])


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (datetime(2014, 3, 1), "yyyy-mm-dd", date(2014, 3, 1)),
        (datetime(2014, 3, 1), '[$-409]d" hours "mmm\\sy;@', date(2014, 3, 1)),
        (datetime(2014, 3, 1), "yyyy-mm-dd h:mm", datetime(2014, 3, 1)),
        (datetime(2014, 3, 1, 10), "yyyy-mm-dd", datetime(2014, 3, 1, 10)),
        (time(10, 30), "h:mm", time(10, 30)),
        (timedelta(hours=30), "[h]:mm", timedelta(hours=30)),
        (0.45, "0%", 0.45),
        (True, "General", True),
        ("007", "@", "007"),
        (7, "000", 7),
        (2**53 + 2, "0", float(2**53 + 2)),
    ],
)
def test_what_a_cell_holds(tmp_path: Path, value: Any, number_format: str, expected: Any) -> None:
    def change(sheet: Any) -> None:
        sheet["D2"].number_format = number_format

    found = book(tmp_path, [HEADER, ["1", "A", "x", value]], change)["vol"][0]
    assert (found, type(found)) == (expected, type(expected))


def test_the_epoch_is_that_of_the_workbook(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet.parent.epoch = CALENDAR_MAC_1904

    rows = [HEADER, ["1", "A", "x", 5]]
    assert book(tmp_path, rows).epoch == datetime(1899, 12, 30)
    assert book(tmp_path, rows, change).epoch == CALENDAR_MAC_1904


def test_a_hidden_sheet_is_read_only_by_name(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet.title, sheet.sheet_state = "old", "hidden"
        sheet.parent.create_sheet("new").append(HEADER)
        sheet.parent["new"].append(["9", "A", "x", 1])
        sheet.parent.active = 1

    rows = [HEADER, ["1", "A", "x", 5]]
    assert book(tmp_path, rows, change)["id"].tolist() == ["9"]
    assert book(tmp_path, rows, change, sheet="old")["id"].tolist() == ["1"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            r"begins as a file of format xls does; say so: source: \{format: xls\}",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "has a password; allowed: one that was saved without",
        ),
    ],
)
def test_other_workbooks(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(SourceError, match=message):
        read_raw(tmp_path / "a.xlsx", file_format="excel")


def test_a_column_that_is_only_partly_shown_as_percentages(tmp_path: Path) -> None:
    rows = [HEADER, ["1", "A", "x", 0.45], ["2", "B", "y", 45], ["3", "B", "y", None]]

    def some(sheet: Any) -> None:
        sheet["D2"].number_format = "0%"

    def every(sheet: Any) -> None:
        some(sheet)
        sheet["D3"].number_format = "0.0 %"

    with pytest.raises(SourceError, match=r"column 'vol': 1 of 2 numbers are shown as percentages \(D2\)"):
        book(tmp_path, rows, some)
    assert len(book(tmp_path, rows, every)) == 3
