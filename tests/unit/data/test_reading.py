from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from ipdmediation.data.configuration import resolve_source
from ipdmediation.data.errors import SourceError
from ipdmediation.data.reading import read_raw

TABLE = pd.DataFrame(
    {
        "id": ["007", "008", "009"],
        "code": [1.0, 2.0, 9.0],
        "vol": [1.5, np.nan, 20.25],
        "when": pd.to_datetime(["2013-02-01 10:00", None, "2013-02-03 23:59"]),
    }
)


def test_text_stays_text(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("id;code;vol\n007;NA;1,5\n008;;  \n", encoding="utf-8-sig")
    raw = read_raw(file, file_format="csv", options={"separator": ";", "decimal": ","})
    assert list(raw.columns) == ["id", "code", "vol"]
    assert raw["id"].tolist() == ["007", "008"]
    assert raw["code"].isna().tolist() == [False, True]
    assert raw["vol"][0] == "1,5"


def test_tsv_and_encoding(tmp_path: Path) -> None:
    file = tmp_path / "a.tsv"
    file.write_text("id\tcentre\n1\tGenève\n", encoding="latin-1")
    with pytest.raises(SourceError, match=r"a\.tsv.*'utf-8'.*latin-1"):
        read_raw(file, file_format="tsv")
    assert read_raw(file, file_format="tsv", options={"encoding": "latin-1"})["centre"][0] == "Genève"


def test_row_names_without_a_header(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('"","age"\n"1",45\n')
    assert list(read_raw(file, file_format="csv").columns) == ["column_1", "age"]


def write_excel(file: Path) -> None:
    with pd.ExcelWriter(file) as book:
        pd.DataFrame({"note": ["see next sheet"]}).to_excel(book, sheet_name="Read me", index=False)
        TABLE.to_excel(book, sheet_name="data", index=False)


@pytest.mark.parametrize(
    ("file_format", "name", "write", "options"),
    [
        ("excel", "a.xlsx", write_excel, {"sheet": "data"}),
        ("stata", "a.dta", lambda file: pyreadstat.write_dta(TABLE, str(file)), {}),
        ("spss", "a.sav", lambda file: pyreadstat.write_sav(TABLE, str(file)), {}),
        ("sas_xport", "a.xpt", lambda file: pyreadstat.write_xport(TABLE, str(file)), {}),
        ("parquet", "a.parquet", TABLE.to_parquet, {}),
    ],
)
def test_every_format_keeps_ids_codes_and_stamps(
    tmp_path: Path,
    file_format: str,
    name: str,
    write: Callable[[Path], None],
    options: dict[str, Any],
) -> None:
    write(tmp_path / name)
    raw = read_raw(tmp_path / name, file_format=file_format, options=options)
    assert list(raw.columns) == list(TABLE.columns)
    assert raw["id"].tolist() == ["007", "008", "009"]
    assert raw["code"].astype("float64").tolist() == [1, 2, 9]
    np.testing.assert_array_equal(raw["vol"].astype("float64"), TABLE["vol"])
    assert (pd.to_datetime(raw["when"]).dropna() == TABLE["when"].dropna()).all()
    assert raw["when"].isna().tolist() == [False, True, False]


def test_labels_are_left_and_user_missing_is_missing(tmp_path: Path) -> None:
    pyreadstat.write_sav(
        TABLE,
        str(tmp_path / "a.sav"),
        missing_ranges={"code": [9]},
        variable_value_labels={"code": {1: "EVT", 2: "Control", 9: "Unknown"}},
    )
    raw = read_raw(tmp_path / "a.sav", file_format="spss")
    np.testing.assert_array_equal(raw["code"], [1, 2, np.nan])


def test_extended_missing_of_stata_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "a.dta"
    pyreadstat.write_dta(pd.DataFrame({"x": [1.0, "a", 3.0]}), str(file), missing_user_values={"x": ["a"]})
    np.testing.assert_array_equal(read_raw(file, file_format="stata")["x"].astype("float64"), [1, np.nan, 3])


@pytest.mark.parametrize(
    ("file_format", "content", "message"),
    [
        ("csv", None, "no such file"),
        ("csv", "", "the file is empty"),
        ("csv", "id,age\n", "no row below the column names 'id', 'age'"),
        ("csv", "id;age\n1;2\n", "only one column, 'id;age', with separator ','; the header holds ';'"),
        ("csv", "id,age,age\n1,2,3\n", "column names 'age' occur more than once"),
        ("csv", "id,age\n1,2\n1,2,3\n", "rows of different length with separator ','"),
        ("excel", "no workbook", "not readable as an Excel workbook"),
        ("spss", "no sav", "not readable as spss"),
        ("stata", "no dta", "not readable as stata"),
        ("sas_xport", "no xpt", "not readable as sas_xport"),
        ("parquet", "no parquet", "not readable as parquet"),
        ("json", "{}", "format 'json' is not one of csv, tsv"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, file_format: str, content: str | None, message: str
) -> None:
    file = tmp_path / "trial.raw"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SourceError) as error:
        read_raw(file, file_format=file_format)
    assert "trial.raw" in str(error.value)
    assert message in str(error.value)


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    write_excel(tmp_path / "a.xlsx")
    with pytest.raises(SourceError, match=r"no sheet 'Data'; the file has 'Read me', 'data'"):
        read_raw(tmp_path / "a.xlsx", file_format="excel", options={"sheet": "Data"})


def test_a_file_that_a_dependency_ships() -> None:
    path = resolve_source({"package": "statsmodels", "path": "stats/tests/results/framing.csv"})
    assert path.is_file()
    assert resolve_source({"file": "data/a.csv"}) == Path("data/a.csv")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"package": "no_such_package", "path": "a.csv"}, "package 'no_such_package' is not installed"),
        ({"package": "statsmodels", "path": "no.csv"}, "package 'statsmodels' ships no file 'no.csv'"),
        ({"package": "statsmodels", "path": "../pandas/__init__.py"}, "ships no file"),
    ],
)
def test_a_shipped_file_that_is_not_there(source: dict[str, str], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        resolve_source(source)
