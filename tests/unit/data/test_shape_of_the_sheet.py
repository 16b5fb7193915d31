"""Where the table stands in its file: its sheet, its header, rows of units, a stated separator."""

from __future__ import annotations

import gzip
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from ipdmediation.data.errors import SourceError
from ipdmediation.data.reading import RawTable, read_raw
from ipdmediation.data.reading.raw_table import ErrorCell
from tests.unit.data.workbooks import WRITERS, Book, Error, Shown

SHEETS = tuple(WRITERS)
HEADER = ["id", "arm", "note", "vol"]


def of_sheet(path: Path, file_format: str, book: Book, **options: Any) -> RawTable:
    WRITERS[file_format](book, path / "a.raw")
    wanted = {"id": "patient", "arm": "treatment", "vol": "volume"}
    return read_raw(path / "a.raw", file_format=file_format, options=options, columns=wanted)


def of_text(path: Path, content: str, **options: Any) -> RawTable:
    (path / "a.csv").write_bytes(content.encode(options.get("encoding", "utf-8")))
    return read_raw(path / "a.csv", file_format="csv", options=options)


@pytest.mark.parametrize("file_format", SHEETS)
@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (date(2014, 3, 1), date(2014, 3, 1)),
        (datetime(2014, 3, 1), datetime(2014, 3, 1)),
        (datetime(2014, 3, 1, 10, 30), datetime(2014, 3, 1, 10, 30)),
        (time(10, 30), time(10, 30)),
        (timedelta(hours=30), timedelta(hours=30)),
        (True, True),
        (False, False),
        (0, 0),
        (3, 3),
        (3.5, 3.5),
        (Shown(0.45, "0%"), 0.45),
        (2**53 + 2, float(2**53 + 2)),
        ("007", "007"),
        ("NA", "NA"),
        (" ", None),
        (None, None),
    ],
)
def test_a_cell_has_the_same_type_in_every_worksheet(
    tmp_path: Path, file_format: str, cell: object, expected: object
) -> None:
    table = of_sheet(tmp_path, file_format, Book({"data": [HEADER, ["1", "A", "x", cell]]}))
    found = table["vol"][0]
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize("file_format", SHEETS)
@pytest.mark.parametrize("error", ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"])
def test_an_error_is_an_error_with_its_cell(tmp_path: Path, file_format: str, error: str) -> None:
    rows = [HEADER, ["1", "A", Error("#REF!"), 5], [], ["2", "B", "x", Error(error)]]
    table = of_sheet(tmp_path, file_format, Book({"data": rows}))
    cell = table["vol"][1]
    assert isinstance(cell, ErrorCell)
    assert (cell, cell.address) == (error, "D4")
    assert table.place([False, True]) == "1 row (sheet row 4)"


@pytest.mark.parametrize("file_format", SHEETS)
def test_a_sheet_by_name_by_number_and_the_first_that_is_not_hidden(tmp_path: Path, file_format: str) -> None:
    sheets = {
        "old": [HEADER, ["0", "A", "x", 1]],
        "read me": [HEADER, ["1", "A", "x", 1]],
        "2": [HEADER, ["2", "A", "x", 1]],
        "data": [HEADER, ["3", "A", "x", 1]],
    }
    book = Book(sheets, hidden=["old"])
    for sheet, expected in (
        (None, "1"),
        (1, "1"),
        (2, "2"),
        (3, "3"),
        ("2", "2"),
        ("old", "0"),
        ("data", "3"),
    ):
        options = {} if sheet is None else {"sheet": sheet}
        assert of_sheet(tmp_path, file_format, book, **options)["id"].tolist() == [expected]
    years = Book({"2019": [HEADER, ["1", "A", "x", 1]]})
    with pytest.raises(SourceError, match=r"no sheet number 2019.*a name that is a number stands in quotes"):
        of_sheet(tmp_path, file_format, years, sheet=2019)


@pytest.mark.parametrize("file_format", SHEETS)
def test_a_header_further_down_and_rows_of_units(tmp_path: Path, file_format: str) -> None:
    rows = [
        ["Core laboratory"],
        [],
        HEADER,
        [None, None, None, "mL"],
        [],
        ["1", "A", "x", 5],
        [None],
        ["2", "B", "x", "1,5"],
    ]
    book = Book({"data": rows})
    with pytest.raises(SourceError, match=r"header seems to stand in sheet row 3.*header_row: 3"):
        of_sheet(tmp_path, file_format, book)
    plain = of_sheet(tmp_path, file_format, book, header_row=3)
    assert plain["vol"].tolist() == ["mL", 5, "1,5"]
    for below in (1, 2):
        table = of_sheet(tmp_path, file_format, book, header_row=3, rows_below_header=below)
        assert (table["id"].tolist(), list(table.rows)) == (["1", "2"], [6, 8])
    assert list(of_sheet(tmp_path, file_format, book, header_row=3, rows_below_header=3).rows) == [8]


@pytest.mark.parametrize("file_format", SHEETS)
def test_a_name_may_be_merged_with_the_units_below_it(tmp_path: Path, file_format: str) -> None:
    rows = [HEADER, [None, None, None, None], ["1", "A", "x", 5]]
    book = Book({"data": rows}, merged=("A1:A2", "D1:D2"))
    assert of_sheet(tmp_path, file_format, book, rows_below_header=1)["vol"].tolist() == [5]
    with pytest.raises(SourceError, match=r"merged cells .* A1:A2 \(column 'id'\), D1:D2"):
        of_sheet(tmp_path, file_format, book)
    wide = Book({"data": [[*row, None] for row in rows]}, merged=("D1:E2",))
    with pytest.raises(SourceError, match=r"D1:E2 \(column 'vol'\)"):
        of_sheet(tmp_path, file_format, wide, rows_below_header=1)
    units = Book({"data": rows}, merged=("A2:D2",))
    assert of_sheet(tmp_path, file_format, units, rows_below_header=1)["vol"].tolist() == [5]


@pytest.mark.parametrize("file_format", SHEETS)
def test_a_column_of_percentages_alone_is_read(tmp_path: Path, file_format: str) -> None:
    rows = [
        HEADER,
        ["1", "A", "x", Shown(0.45, "0%")],
        ["2", "B", "y", Shown(0.5, "0.0 %")],
        ["3", "B", "z", 0],
    ]
    assert of_sheet(tmp_path, file_format, Book({"data": rows}))["vol"].tolist() == [0.45, 0.5, 0]


@pytest.mark.parametrize("stated", ["sep=;", "SEP=;", '"sep=;"', "\ufeffsep=;"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_first_line_that_says_the_separator(tmp_path: Path, stated: str, end: str) -> None:
    content = end.join([stated, "id;vol", "1;2,5", "", "3;4"]) + end
    for options in ({}, {"separator": ";"}, {"header_row": 2}, {"header_row": 1}):
        table = of_text(tmp_path, content, decimal=",", **options)
        assert table["vol"].tolist() == ["2,5", "4"]
        assert list(table.rows) == [3, 5]


def test_a_separator_line_of_a_tsv_and_of_utf_16(tmp_path: Path) -> None:
    assert of_text(tmp_path, "sep=\t\nid\tvol\n1\t2\n")["vol"].tolist() == ["2"]
    assert of_text(tmp_path, "sep=|\nid|vol\n1|2\n", encoding="utf-16")["vol"].tolist() == ["2"]
    (tmp_path / "a.tsv").write_text("sep=;\nid;vol\n1;2\n")
    assert read_raw(tmp_path / "a.tsv", file_format="tsv")["vol"].tolist() == ["2"]


def test_a_header_below_a_title_and_a_separator_line(tmp_path: Path) -> None:
    content = "sep=;\nCore laboratory;\nid;vol\ntext;mL\n1;2\n"
    table = of_text(tmp_path, content, header_row=3, rows_below_header=1)
    assert (table["vol"].tolist(), list(table.rows)) == (["2"], [5])


def test_rows_of_units_in_text(tmp_path: Path) -> None:
    content = 'id,vol\n"number\nof the patient",mL\n\n1,2\n,\n3,4\n'
    for below in (1, 2):
        table = of_text(tmp_path, content, rows_below_header=below)
        assert (table["vol"].tolist(), list(table.rows)) == (["2", "4"], [5, 7])
    assert list(of_text(tmp_path, content, rows_below_header=3).rows) == [7]
    short = of_text(tmp_path, "id,vol\nunits\n1,2\n", rows_below_header=1)
    assert short["vol"].tolist() == ["2"]
    with pytest.raises(SourceError, match=r"1 of 2 rows with other than the header's 2 cells"):
        of_text(tmp_path, "id,vol\nunits\n1,2\n")


def test_a_row_of_units_may_not_swallow_patients(tmp_path: Path) -> None:
    content = 'id,vol\nn,"mL\n1,2\n3,4"\n5,6\n'
    with pytest.raises(SourceError, match="lines 2 to 4"):
        of_text(tmp_path, content, rows_below_header=1)


def test_packed_text_is_read_whatever_its_name(tmp_path: Path) -> None:
    for content in ("id;vol\n1;2\n".encode("utf-16"), "id;vol\n1;2\n".encode("utf-8-sig")):
        (tmp_path / "a.csv").write_bytes(gzip.compress(content))
        encoding = "utf-16" if content.startswith(b"\xff\xfe") else "utf-8"
        options = {"separator": ";", "encoding": encoding}
        assert read_raw(tmp_path / "a.csv", file_format="csv", options=options)["vol"].tolist() == ["2"]
