"""Small files that become huge, of packed columns or sheets that reach far: refused before they do."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow
import pyreadstat
import pytest
from pyarrow import feather, parquet

from ipdmediation.data.errors import SourceError
from ipdmediation.data.reading import parquet as reading_parquet
from ipdmediation.data.reading import read_raw, sizes
from ipdmediation.data.reading.registry import FORMATS
from tests.unit.data.workbooks import WRITERS, Book

MEGABYTE = 1024**2
ROWS = 400_000


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a test reaches quickly."""
    monkeypatch.setattr(sizes, "MOST_BYTES", 40 * MEGABYTE)
    monkeypatch.setattr(sizes, "SUSPECT_BYTES", MEGABYTE)


def refused(path: Path, file_format: str) -> str:
    with pytest.raises(SourceError) as error:
        read_raw(path, file_format=file_format)
    said = str(error.value)
    assert "\n" not in said
    assert said.startswith(f"{path}: ")
    assert "allowed: at most 41,943,040, and above 1,048,576 at most 250 times as many" in said
    return said


def alike(path: Path) -> None:
    """Write the same number in every row."""
    table = pyarrow.table({"a": np.full(ROWS, 1.5)})
    if path.suffix == ".parquet":
        parquet.write_table(table, path, compression="zstd")
    else:
        feather.write_feather(table, path, compression="zstd")


@pytest.mark.parametrize("file_format", ["parquet", "feather"])
def test_rows_are_counted_before_any_is_read(
    tmp_path: Path, file_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"a.{file_format}"
    alike(path)
    assert path.stat().st_size * 250 < 8 * ROWS
    monkeypatch.setattr(pyarrow, "Table", None)  # what would be made of the rows
    monkeypatch.setattr(pd, "DataFrame", None)
    assert f"bytes that become {8 * ROWS:,} or more" in refused(path, file_format)


def test_only_what_is_read_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    row = np.arange(ROWS)
    parquet.write_table(pyarrow.table({"id": row, **{f"same_{n}": np.ones(ROWS) for n in range(20)}}), path)
    assert len(read_raw(path, file_format="parquet", columns={"id": "patient"})) == ROWS
    refused(path, "parquet")


@pytest.mark.parametrize("name", ["a.parquet", "a.feather"])
def test_long_texts_that_stand_once_for_all_rows_are_not_unfolded(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_parquet, "BATCH", 100)
    path = tmp_path / name
    table = pyarrow.table({"a": ["x" * 10_000] * 2000})
    if name == "a.parquet":
        parquet.write_table(table, path, compression="zstd")
    else:
        feather.write_feather(table, path, compression="zstd", chunksize=100)
    with pytest.raises(SourceError, match=r"bytes that become [1-4],\d{3},\d{3} or more") as error:
        read_raw(path, file_format=path.suffix[1:])
    assert "save it as text" in str(error.value)


def test_texts_of_spss_count_as_wide_as_they_are_declared(tmp_path: Path) -> None:
    path = tmp_path / "a.zsav"
    pyreadstat.write_sav(pd.DataFrame({"a": ["x" * 250, *[""] * 19_999]}), path, compress=True)
    assert "bytes that become 5,0" in refused(path, "spss")


def test_long_texts_of_stata_that_stand_once_for_all_rows_are_not_unfolded(tmp_path: Path) -> None:
    """The type strL has no width; the rows are read in parts, of which the later ones count as well."""
    path = tmp_path / "a.dta"
    texts = [*[""] * 1500, *["x" * 10_000] * 1500]
    for text in (texts, texts[::-1]):
        pd.DataFrame({"id": range(3000), "s": text}).to_stata(
            path, version=118, convert_strl=["s"], write_index=False
        )
        assert sizes.rows_at_once(1, path) < 2000
        assert len(read_raw(path, file_format="stata", columns={"id": "patient"})) == 3000
        with pytest.raises(SourceError, match=r"bytes that become 1\d,\d{3},\d{3} or more") as error:
            read_raw(path, file_format="stata")
        assert "save it as text" in str(error.value)
    sound = [f"{row} {'x' * (row % 7)}" for row in range(3000)]
    pd.DataFrame({"s": sound}).to_stata(path, version=118, convert_strl=["s"], write_index=False)
    assert read_raw(path, file_format="stata")["s"].tolist() == sound


def far(file_format: str, path: Path) -> None:
    """Write a workbook with a cell that lies far from all others."""
    if file_format == "excel":
        book = openpyxl.Workbook()
        book.active.title = "data"
        book.active.append(["ID", "ARM"])
        book.active.cell(1_048_576, 16_384, "x")
        book.save(path)
        return
    WRITERS["ods"](Book({"data": [["ID"], ["1"]]}), path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="string">'
    row = '<table:table-row table:number-rows-repeated="1048574">'
    row += f"{cell}<text:p>x</text:p></table:table-cell></table:table-row>"
    start = parts["content.xml"].decode().rindex("<table:table-row")
    content = parts["content.xml"].decode()
    parts["content.xml"] = f"{content[:start]}{row}{content[start:]}".encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


@pytest.mark.parametrize("file_format", ["excel", "ods"])
def test_a_sheet_that_reaches_far_is_not_laid_out(tmp_path: Path, file_format: str) -> None:
    path = tmp_path / "a.raw"
    far(file_format, path)
    said = refused(path, file_format)
    assert "sheet 'data' reaches to row 1,048,576 and column 16,384: " in said
    assert "delete what stands below its last row" in said


def test_a_binary_workbook_that_reaches_far_is_not_laid_out(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsb"
    rows: list[list[object]] = [[] for _ in range(50_000)]
    rows[0], rows[-1] = ["ID"], [None] * 99 + ["x"]
    WRITERS["xlsb"](Book({"data": rows}), path)
    assert "sheet 'data' reaches to row 50,000 and column 100: " in refused(path, "xlsb")


def test_a_sheet_with_empty_rows_repeated_to_its_end_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    WRITERS["ods"](Book({"data": [["ID"], ["1"]]}), path)
    assert b'number-rows-repeated="1048000"' in zipfile.ZipFile(path).read("content.xml")
    assert len(read_raw(path, file_format="ods")) == 1


#: Formats of which nothing can be packed, so that a file is as large as what is in it.
PLAIN = {"xls", "sas_xport", "spss_por"}


def test_every_format_has_a_bound() -> None:
    """A new format has to say how: here, in `test_compressed.py`, or that it cannot be packed."""
    compressed_text, widths = {"csv", "tsv"}, {"stata", "spss", "sas7bdat"}
    grids, columns = {"excel", "xlsb", "ods"}, {"parquet", "feather"}
    assert set(FORMATS) == compressed_text | widths | grids | columns | PLAIN
