"""How a file is written is found out, or one line says why it cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from ipdmediation.data.drafting.source import find_source, format_of
from ipdmediation.data.errors import DataError
from tests.unit.data.drafting.conftest import written
from tests.unit.data.workbooks import WRITERS, Book

BODY = [f"{n};{'AB'[n % 2]};{n % 7},5" for n in range(30)]


def text(*above: str, header: str = "id;arm;größe") -> str:
    return "\n".join([*above, header, *BODY]) + "\n"


@pytest.mark.parametrize(
    ("content", "encoding", "options", "guessed"),
    [
        (text(), "utf-8", {"separator": ";", "decimal": ","}, 0),
        (text(), "utf-8-sig", {"separator": ";", "decimal": ","}, 0),
        (text(), "utf-16", {"separator": ";", "encoding": "utf-16", "decimal": ","}, 0),
        (text(), "cp1252", {"separator": ";", "encoding": "cp1252", "decimal": ","}, 1),
        (text("Trial North", ""), "utf-8", {"separator": ";", "header_row": 3, "decimal": ","}, 0),
        (text("Trial North;;"), "utf-8", {"separator": ";", "header_row": 2, "decimal": ","}, 0),
        (text().replace(",", ".").replace(";", ","), "utf-8", {}, 0),
        (text().replace(";", "|").replace(",", "."), "utf-8", {"separator": "|"}, 0),
        (text().replace(",", ".").replace(";", ",").replace("id", "", 1), "utf-8", {}, 0),
    ],
)
def test_a_text_is_read_as_it_is_written(
    tmp_path: Path, content: str, encoding: str, options: dict[str, Any], guessed: int
) -> None:
    found = find_source(written(tmp_path / "a.csv", content, encoding))
    assert (found.file_format, dict(found.options), len(found.decide)) == ("csv", options, guessed)
    assert list(found.raw.columns)[1:] == ["arm", "größe"]
    assert len(found.raw) == 30


def test_tabs_make_a_tsv_whatever_its_name(tmp_path: Path) -> None:
    found = find_source(written(tmp_path / "a.txt", text().replace(";", "\t")))
    assert (found.file_format, dict(found.options)) == ("tsv", {"decimal": ","})


@pytest.mark.parametrize(
    ("below", "units"),
    [
        (["", "", "cm3"], True),
        (["", "old/new", "cm3"], True),
        (["P77", "A", "<1"], False),  # a patient: the arm is that of others
        (["", "", "1.5"], False),
        (["", "", ""], False),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_row_of_units_below_the_header_is_asked(
    tmp_path: Path, ending: str, below: list[str], units: bool
) -> None:
    table = pd.DataFrame([below, *[[f"P{n}", "AB"[n % 2], n / 2] for n in range(20)]])
    table.columns = ["id", "arm", "volume"]
    path = tmp_path / f"a.{ending}"
    table.to_csv(path, index=False) if ending == "csv" else table.to_excel(path, index=False)
    found = find_source(path)
    assert found.options.get("rows_below_header") == (1 if units else None)
    assert any("units or the like" in question for question in found.decide) is units


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_the_first_visible_sheet_is_read_from_its_header_on(tmp_path: Path, name: str) -> None:
    book = openpyxl.Workbook()
    hidden, sheet = book.active, book.create_sheet("Patients")
    hidden.sheet_state = "hidden"
    for row in [
        ["Trial North, data of May"],
        [],
        ["id", "arm", "volume"],
        *[[n, n % 2, "1,5"] for n in range(20)],
    ]:
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    path = (tmp_path / "a.xlsx").rename(tmp_path / name)
    found = find_source(path)
    assert (found.file_format, dict(found.options)) == ("excel", {"header_row": 3, "decimal": ","})
    assert list(found.raw.columns) == ["id", "arm", "volume"]


@pytest.mark.parametrize("file_format", ["excel", "xls", "xlsb", "ods"])
def test_other_sheets_are_asked_and_hidden_ones_are_not(tmp_path: Path, file_format: str) -> None:
    rows = [["id", "arm"], *[[f"P{n}", "AB"[n % 2]] for n in range(20)]]
    path = tmp_path / "a.raw"
    follow_up = [["Outcomes, at day 90"], ["id", "score (0, 6)"], *[[f"Q{n}", n % 7] for n in range(20)]]
    sheets = {"Lists": rows, "Base, line": rows, "Follow-up": follow_up, "2": [["P1", "A"], ["P2", "A"]]}
    WRITERS[file_format](Book(sheets, hidden=["Lists"]), path)
    found = find_source(path)
    assert dict(found.options) == {"sheet": "Base, line"}
    (question,) = found.decide
    assert question.startswith(
        'is "Base, line" the sheet of this trial\'s patients? The file also has '
        'Follow-up (header_row: 2; id, "score (0, 6)"), "2": one with more about the same patients is joined'
    )
    assert "Lists" not in question
    WRITERS[file_format](Book({"Lists": rows, "data": rows}, hidden=["Lists"]), path)
    assert (find_source(path).decide, dict(find_source(path).options)) == ((), {})


@pytest.mark.parametrize(
    ("name", "beginning", "known"),
    [
        ("a.sav", b"", "spss"),
        ("a.DTA", b"", "stata"),
        ("a.b.parquet", b"", "parquet"),
        ("a.xpt", b"", "sas_xport"),
        ("a.csv", b"$FL2", "spss"),
        ("a", b"<stata_dta>", "stata"),
        ("a.nonsense", b"x", "csv"),
        ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1"), "xls"),
        ("a.dat", bytes(12) + b"\xc2\xea\x81", "sas7bdat"),
        ("a.csv.gz", b"\x1f\x8b", "csv"),
        ("a.ods", b"", "ods"),
    ],
)
def test_the_first_bytes_are_surer_than_the_name(
    tmp_path: Path, name: str, beginning: bytes, known: str
) -> None:
    (tmp_path / name).write_bytes(beginning)
    assert format_of(tmp_path / name) == known


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b"id\n1\n2\n", "only one column"),
        ("a.csv", b"id,arm,age\n", "no row below the column names"),
        ("a.csv", b"id,arm\n1,2\n1\n", "rows with other than the header's 2 cells"),
        ("a.csv", bytes(range(256)) * 8, "NUL"),
        ("a.xlsx", bytes(range(256)) * 8, "not readable as"),
        ("a.sav", b"$FL2" + bytes(range(256)), "not readable as spss"),
        ("a.parquet", b"PAR1" + bytes(100), "not readable as parquet"),
        ("a.csv", b"id,id\n1,2\n", "more than once"),
        ("a.csv", b"N001,usual,67,5.8\nN002,usual,68,5.9\nN003,new,69,6\n", "looks like a patient's"),
        ("a.csv", b"id," + b"x" * 400 + b"\n1,2\n", "more than 300 letters"),
    ],
)
def test_what_is_not_read_is_one_error_that_names_the_file(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        find_source(tmp_path / name)
    assert str(caught.value).startswith(str(tmp_path / name))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "N001" not in str(caught.value)


def test_a_name_without_a_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        find_source(tmp_path / "a.csv")


def test_a_file_of_numbered_columns_is_no_file_without_a_header(tmp_path: Path) -> None:
    """Columns called after years are no patient."""
    frame = pd.DataFrame({"id": [f"p{n}" for n in range(9)], "arm": list("ABABABABA"), "2019": range(9)})
    frame["x"] = "y"
    frame.to_csv(tmp_path / "a.csv", index=False)
    assert list(find_source(tmp_path / "a.csv").raw.columns) == ["id", "arm", "2019", "x"]
