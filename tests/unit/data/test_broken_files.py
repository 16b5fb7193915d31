"""Files that are cut off, empty, of another format, locked or doubtful: one line that names the file."""

from __future__ import annotations

import gzip
import struct
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow
import pyarrow.feather
import pyarrow.parquet
import pytest

from ipdmediation.data.errors import DataError
from ipdmediation.data.reading import FORMATS, read_raw
from tests.unit.data.test_round_trip import TRIAL, WAYS
from tests.unit.data.workbooks import (
    UNCALCULATED,
    WRITERS,
    Book,
    Error,
    Shown,
    biff,
    biff_record,
    compound,
)

ROWS = pd.DataFrame({"ID": [f"P{row}" for row in range(90)], "VOL": [row + 0.5 for row in range(90)]})
PACKED = ("csv.gz", "csv.zip")
#: Ways to write of which a part can be told from the whole.
WHOLE = [way for way in WAYS if way not in ("csv", "tsv", "sep=;")]
SHEETS = tuple(WRITERS)


def refused(path: Path, file_format: str, columns: dict[str, str] | None = None) -> str:
    """Read a file that has to be refused; give the line that says so."""
    with pytest.raises(DataError) as error:
        read_raw(path, file_format=file_format, columns=columns)
    said = str(error.value)
    assert "\n" not in said
    assert said.startswith(f"{path}: ")
    return said


@pytest.mark.parametrize("share", [0.35, 0.8])
@pytest.mark.parametrize("way", WHOLE)
def test_cut_off(tmp_path: Path, way: str, share: float) -> None:
    file_format, write = WAYS[way]
    path = tmp_path / "a.raw"
    write(ROWS, path)
    assert len(read_raw(path, file_format=file_format)) == 90
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share) + 1])
    said = refused(path, file_format)
    assert "not readable as" in said
    assert "allowed: " in said


@pytest.mark.parametrize("file_format", FORMATS)
def test_empty(tmp_path: Path, file_format: str) -> None:
    (tmp_path / "a.raw").write_bytes(b"")
    assert "the file is empty" in refused(tmp_path / "a.raw", file_format)


@pytest.mark.parametrize("file_format", [name for name in FORMATS if name not in ("csv", "tsv")])
@pytest.mark.parametrize(
    "content",
    [b"PATNR,ARM\n1,A\n2,B\n" * 40, b"<html><table><tr><td>PATNR</td></tr></table></html>", bytes(800)],
)
def test_no_such_file_at_all(tmp_path: Path, file_format: str, content: bytes) -> None:
    (tmp_path / "a.raw").write_bytes(content)
    assert "not readable as" in refused(tmp_path / "a.raw", file_format)


#: What the first bytes say of a file; those of text say nothing.
MARKED = [way for way in WAYS if way not in ("csv", "tsv", "sep=;", *PACKED)]


@pytest.mark.parametrize("way", [way for way in MARKED if way != "stata"])
def test_another_format_under_this_name(tmp_path: Path, way: str) -> None:
    file_format, write = WAYS[way]
    write(TRIAL, tmp_path / "a.raw")
    for other in FORMATS:
        if other != file_format:
            said = refused(tmp_path / "a.raw", other)
            assert f"not readable as {other}: " in said
            assert f"say so: source: {{format: {file_format}}}" in said


def test_packed_text_under_another_name(tmp_path: Path) -> None:
    for way in PACKED:
        WAYS[way][1](TRIAL, tmp_path / "a.raw")
        for other in ("stata", "excel", "ods", "feather", "sas7bdat"):
            assert "not readable as" in refused(tmp_path / "a.raw", other)


def write_locked_ods(path: Path) -> None:
    WRITERS["ods"](Book({"data": [["ID"], ["1"]]}), path)
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    parts["META-INF/manifest.xml"] = parts["META-INF/manifest.xml"].replace(
        b"/></", b'><manifest:encryption-data manifest:checksum="x"/></manifest:file-entry></'
    )
    parts["content.xml"] = bytes(range(200))
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)


def test_a_password(tmp_path: Path) -> None:
    path = tmp_path / "a.raw"
    book = Book({"data": [["ID"], ["1"]]})
    for file_format in ("excel", "xlsb", "xls"):
        path.write_bytes(compound("EncryptedPackage", bytes(5000)))
        assert "the file has a password; allowed: one that was saved without" in refused(path, file_format)
    path.write_bytes(compound("Workbook", biff(book, biff_record(0x2F, struct.pack("<HHH", 0, 1, 2)))))
    assert "the file has a password" in refused(path, "xls")
    path.write_bytes(b"\x1c" + bytes(7) + b"ENCRYPTEDSAV\x15" + bytes(range(200)))
    assert "the file has a password" in refused(path, "spss")
    write_locked_ods(path)
    assert "the file has a password" in refused(path, "ods")


@pytest.mark.parametrize("file_format", SHEETS)
def test_worksheets_that_are_in_doubt(tmp_path: Path, file_format: str) -> None:
    path, write, wanted = tmp_path / "a.raw", WRITERS[file_format], {"ID": "patient", "VOL": "volume"}

    def said(*rows: list[object], merged: tuple[str, ...] = ()) -> str:
        write(Book({"data": [["ID", "VOL", "VOL2"], *rows]}, merged=merged), path)
        return refused(path, file_format, wanted)

    assert "sheet 'data': merged cells in columns that are read, 1 in all: B2:B3 (column 'VOL')" in said(
        ["1", 5, None], ["2", None, None], merged=("B2:B3",)
    )
    assert "B1:C1 (column 'VOL')" in said(["1", 5, None], merged=("B1:C1",))
    assert "column 'VOL': 1 of 2 numbers are shown as percentages (B2)" in said(
        ["1", Shown(0.45, "0.0%"), None], ["2", 45, None]
    )
    if file_format in ("excel", "ods"):
        assert "formulas without a stored value, 1 in all: B3 (column 'VOL')" in said(
            ["1", 5, None], ["2", UNCALCULATED, None]
        )


@pytest.mark.parametrize("file_format", SHEETS)
def test_what_is_in_doubt_in_other_columns_does_no_harm(tmp_path: Path, file_format: str) -> None:
    rows: list[list[object]] = [
        ["ID", "x", "VOL"],
        ["1", Error("#REF!"), 5],
        ["2", Shown(0.45, "0%"), 6],
        ["3", 45, 7],
    ]
    WRITERS[file_format](Book({"data": rows}, merged=("B4:B5",)), tmp_path / "a.raw")
    raw = read_raw(tmp_path / "a.raw", file_format=file_format, columns={"ID": "patient", "VOL": "volume"})
    assert raw["VOL"].tolist() == [5, 6, 7]


@pytest.mark.parametrize("file_format", SHEETS)
def test_no_rows_no_sheet_no_column(tmp_path: Path, file_format: str) -> None:
    path, write = tmp_path / "a.raw", WRITERS[file_format]
    write(Book({"data": [["ID", "VOL"]], "more": [["x"], ["y"]]}), path)
    assert "no row below the column names 'ID', 'VOL'" in refused(path, file_format)
    assert "column 'mrs' (outcome) is not in the file" in refused_column(path, file_format)
    for sheet, message in (
        ("Data", "no sheet 'Data'; the file has 'data', 'more'"),
        (3, "no sheet number 3; not hidden are 2: 'data', 'more'"),
    ):
        with pytest.raises(DataError, match=message):
            read_raw(path, file_format=file_format, options={"sheet": sheet})
    if file_format == "excel":
        return  # the library that writes it here hides no only sheet
    write(Book({"data": [["ID"], ["1"]]}, hidden=["data"]), path)
    assert "no visible sheet; name one in source.options.sheet: 'data'" in refused(path, file_format)


def refused_column(path: Path, file_format: str) -> str:
    with pytest.raises(DataError) as error:
        read_raw(path, file_format=file_format, columns={"mrs": "outcome", "ID": "patient"})
    return str(error.value)


@pytest.mark.parametrize("way", WAYS)
def test_a_column_that_is_not_there_and_one_that_is_there_twice(tmp_path: Path, way: str) -> None:
    file_format, write = WAYS[way]
    path = tmp_path / "a.raw"
    write(ROWS, path)
    assert "column 'mrs' (outcome) is not in the file" in refused_column(path, file_format)
    if write_twice(way, path):
        assert "column names occur more than once: 'VOL' in columns 2, 3" in refused(path, file_format)


def write_twice(way: str, path: Path) -> bool:
    """Write a file with two columns of one name where a format can have them."""
    if way in WRITERS:
        WRITERS[way](Book({"data": [["ID", "VOL", "VOL"], ["1", 2, 3]]}), path)
        return True
    text = b"ID,VOL,VOL\n1,2,3\n"
    texts = {
        "csv": text,
        "tsv": text.replace(b",", b"\t"),
        "csv.gz": gzip.compress(text),
        "sep=;": b"sep=;\n" + text.replace(b",", b";"),
    }
    table = pyarrow.Table.from_arrays([pyarrow.array([1])] * 3, ["ID", "VOL", "VOL"])
    if way in texts:
        path.write_bytes(texts[way])
    elif way == "parquet":
        pyarrow.parquet.write_table(table, path)
    elif way == "feather":
        with pyarrow.OSFile(str(path), "wb") as file, pyarrow.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
    else:
        return False
    return True


def test_columns_of_feather_that_hold_no_values(tmp_path: Path) -> None:
    path = tmp_path / "a.raw"
    pyarrow.feather.write_feather(pyarrow.table({"ID": ["1"], "x": [[1, 2]], "y": [b"\xff"]}), path)
    assert read_raw(path, file_format="feather", columns={"ID": "patient"})["ID"].tolist() == ["1"]
    assert "column 'x' (volume) holds lists" in refused(path, "feather", {"x": "volume"})
    assert "column 'y': 1 row (row 1) holds bytes that are no text" in refused(
        path, "feather", {"y": "volume"}
    )
    path.write_bytes(b"FEA1" + bytes(40) + b"FEA1")
    assert "Feather of version 1; allowed: version 2" in refused(path, "feather")


def archive(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)


def test_archives_that_are_not_one_text(tmp_path: Path) -> None:
    path = tmp_path / "a.raw"
    archive(path, {"one.csv": b"a,b\n1,2\n", "x/two.csv": b"a,b\n1,2\n"})
    assert "a zip archive of 2 files, 'one.csv', 'x/two.csv'; allowed: exactly one" in refused(path, "csv")
    archive(path, {})
    assert "a zip archive of 0 files; allowed: exactly one" in refused(path, "csv")
    archive(path, {"one.csv": b""})
    assert "the compressed file in it is empty" in refused(path, "csv")
    path.write_bytes(gzip.compress(b""))
    assert "the compressed file in it is empty" in refused(path, "csv")
    archive(path, {"one.csv": b"a,b\n1,2\n"})
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the flag of the file's own header, and of the directory at the end
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    assert "the zip archive has a password" in refused(path, "tsv")
    archive(path, {"one.csv": b"a,b\n1,2\n"})
    path.write_bytes(path.read_bytes().replace(b"1,2\n", b"1,3\n"))
    assert "not readable as zip (Bad CRC-32" in refused(path, "csv")
    path.write_bytes(gzip.compress(b"a,b\n1,2\n")[:-8] + bytes(8))
    assert "not readable as gzip" in refused(path, "csv")


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (b"sep=;\na;b\n1;2\n", {"separator": ","}, "line 1 says that the separator is ';', .* says ','"),
        (b"sep=,\na,b\n1,2\n", {"decimal": ","}, "the separator is ',', which is the decimal mark"),
        (b"sep=;\n", {}, "the file has no line 2"),
        (b"sep=;\na,b\n1,2\n", {}, "only one column, 'a,b', with separator ';'"),
        (b"a,b\nmL,y\n", {"rows_below_header": 1}, "no row below the column names 'a', 'b' and the 1 below"),
        (b"a,b\nmL,y\n1,2\n", {"rows_below_header": 5}, "and the 5 below them that are left out"),
    ],
)
def test_lines_around_the_header_that_do_not_fit(
    tmp_path: Path, content: bytes, options: dict[str, object], message: str
) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_raw(tmp_path / "a.csv", file_format="csv", options=options)
