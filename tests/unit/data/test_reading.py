from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet
import pyreadstat
import pytest

from ipdmediation.data.configuration import resolve_source
from ipdmediation.data.errors import MappingError, SourceError
from ipdmediation.data.matching import is_missing
from ipdmediation.data.reading import FORMATS, RawTable, read_raw
from ipdmediation.data.reading.raw_table import DeclaredMissing
from ipdmediation.data.stamp_formats import Precision
from ipdmediation.data.stamps import read_stamp
from tests.yaml_files import read_yaml

ROOT = Path(__file__).parents[3]

WRITERS: dict[str, Callable[[pd.DataFrame, Path], object]] = {
    "stata": lambda table, file: pyreadstat.write_dta(table, str(file)),
    "spss": lambda table, file: pyreadstat.write_sav(table, str(file)),
    "sas_xport": lambda table, file: pyreadstat.write_xport(table, str(file)),
    "parquet": lambda table, file: table.to_parquet(file),
    "excel": lambda table, file: table.to_excel(file, index=False, engine="openpyxl"),
}

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
    assert raw["vol"].tolist() == ["1,5", None]
    assert (raw.counted, list(raw.rows)) == ("line", [2, 3])


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
    assert raw["code"].tolist() == [1, 2, DeclaredMissing(9.0)]
    assert raw["code"].map(is_missing).tolist() == [False, False, True]


def test_extended_missing_of_stata_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "a.dta"
    pyreadstat.write_dta(pd.DataFrame({"x": [1.0, "a", 3.0]}), str(file), missing_user_values={"x": ["a"]})
    assert read_raw(file, file_format="stata")["x"].tolist() == [1, DeclaredMissing(".a"), 3]


@pytest.mark.parametrize(
    ("file_format", "content", "message"),
    [
        ("csv", None, "no such file"),
        ("csv", "", "the file is empty"),
        ("csv", "id,age\n", "no row below the column names 'id', 'age'"),
        ("csv", "id;age\n1;2\n", "only one column, 'id;age', with separator ','; the header holds ';'"),
        ("csv", "id,age,age\n1,2,3\n", "column names occur more than once: 'age' in columns 2, 3"),
        (
            "csv",
            "id,age\n1,2\n1,2,3\n",
            "header's 2 cells with separator ',': line 3 (patient row 2) has 3",
        ),
        ("excel", "no workbook", "not readable as an Excel workbook"),
        ("spss", "no sav", "not readable as spss"),
        ("stata", "no dta", "not readable as stata"),
        ("sas_xport", "no xpt", "not readable as sas_xport"),
        ("parquet", "no parquet", "not readable as parquet"),
        ("json", "{}", "format 'json' is not one of 'csv', 'tsv'"),
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
    assert "\n" not in str(error.value)
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


def test_the_schema_knows_the_options_of_each_format() -> None:
    schema = read_yaml(ROOT / "workflow/schemas/trial.schema.yaml")
    parts = schema["$defs"]
    assert parts["format"]["enum"] == list(FORMATS)
    for source in (schema["properties"]["source"], parts["joined_file"]):
        validator = jsonschema.Draft202012Validator({**source, "$defs": parts})
        for name, known in FORMATS.items():
            for option, node in parts["options"]["properties"].items():
                content = {"file": "a", "format": name, "options": {option: node["examples"][0]}}
                assert validator.is_valid(content) == (option in known.options), (name, option)


@pytest.mark.parametrize("file_format", ["stata", "spss", "sas_xport", "parquet", "excel"])
def test_other_columns_do_no_harm(tmp_path: Path, file_format: str) -> None:
    file = tmp_path / "a.raw"
    WRITERS[file_format](TABLE, file)
    raw = read_raw(file, file_format=file_format, columns={"vol": "volume", "id": "patient"})
    assert list(raw.columns) == ["vol", "id"]
    with pytest.raises(MappingError, match=r"column 'mrs' \(outcome\) is not in the file"):
        read_raw(file, file_format=file_format, columns={"mrs": "outcome"})


@pytest.mark.parametrize("file_format", ["stata", "spss", "sas_xport", "parquet", "excel"])
def test_a_date_is_no_time_stamp(tmp_path: Path, file_format: str) -> None:
    table = pd.DataFrame({"day": [date(2014, 3, 1), None], "when": [datetime(2014, 3, 1), None]})
    WRITERS[file_format](table, tmp_path / "a.raw")
    raw = read_raw(tmp_path / "a.raw", file_format=file_format)
    kinds = [
        read_stamp(raw[column][0], stamp_format=None, epoch=None).precision for column in ("day", "when")
    ]
    assert kinds == [Precision.DAY, Precision.TIME]


def test_a_date_that_holds_a_time_is_refused(tmp_path: Path) -> None:
    table = pd.DataFrame({"day": [19783.0, 19783.25]})
    pyreadstat.write_dta(table, str(tmp_path / "a.dta"), variable_format={"day": "%td"})
    with pytest.raises(SourceError, match=r"column 'day': 1 row \(row 2\) with a time of day"):
        read_raw(tmp_path / "a.dta", file_format="stata")


@pytest.mark.parametrize(
    ("shown", "kind", "value"),
    [
        ("%tdDD/NN/CCYY", date, 19783.0),
        ("%tdnn/dd/YY", date, 19783.0),
        ("%-tdMon_DD,_CCYY", date, 19783.0),
        ("%dD_m_Y", date, 19783.0),
        ("%tcDDmonCCYY_HH:MM", datetime, 1.7e12),
        ("%tcHH:MM", datetime, 1.7e12),
        ("%tm", float, 650.0),
        ("%8.0g", float, 650.0),
    ],
)
def test_dates_of_stata_however_they_are_shown(tmp_path: Path, shown: str, kind: type, value: float) -> None:
    table = pd.DataFrame({"when": [value, value]})
    pyreadstat.write_dta(table, str(tmp_path / "a.dta"), variable_format={"when": shown})
    cell = read_raw(tmp_path / "a.dta", file_format="stata")["when"][0]
    assert isinstance(cell, kind)
    assert isinstance(cell, datetime) == (kind is datetime)


@pytest.mark.parametrize("file_format", ["stata", "spss", "sas_xport", "parquet", "excel"])
def test_a_file_that_was_cut_off(tmp_path: Path, file_format: str) -> None:
    file = tmp_path / "a.raw"
    WRITERS[file_format](pd.DataFrame({"id": [f"P{row}" for row in range(90)], "vol": 1.5}), file)
    assert len(read_raw(file, file_format=file_format)) == 90
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * 0.9) + 1])
    with pytest.raises(SourceError, match=r"a\.raw: .*not readable as"):
        read_raw(file, file_format=file_format)


def test_single_precision_stays_single(tmp_path: Path) -> None:
    table = pd.DataFrame({"x": np.array([99.9, 5.3], dtype="float32")})
    table.to_parquet(tmp_path / "a.parquet")
    table.to_stata(tmp_path / "a.dta", write_index=False)
    for name, file_format in (("a.parquet", "parquet"), ("a.dta", "stata")):
        cells = read_raw(tmp_path / name, file_format=file_format)["x"]
        assert list(map(repr, cells)) == ["np.float32(99.9)", "np.float32(5.3)"]


def test_text_of_a_statistics_package_in_another_encoding(tmp_path: Path) -> None:
    content = pd.DataFrame({"id": ["ab~d", "e"], "x": [1.0, 2.0]})
    pyreadstat.write_dta(content, str(tmp_path / "a.dta"))
    (tmp_path / "a.dta").write_bytes((tmp_path / "a.dta").read_bytes().replace(b"ab~d", b"ab\xe9d"))
    assert read_raw(tmp_path / "a.dta", file_format="stata", columns={"x": "age"})["x"].tolist() == [1, 2]
    with pytest.raises(SourceError, match=r"column 'id': not readable as stata.*source\.options\.encoding"):
        read_raw(tmp_path / "a.dta", file_format="stata")
    read = read_raw(tmp_path / "a.dta", file_format="stata", options={"encoding": "latin1"})
    assert read["id"][0] == "ab\xe9d"


def test_parquet_keeps_digits_bytes_and_instants(tmp_path: Path) -> None:
    table = pyarrow.table(
        {
            "big": pyarrow.array([2**60 + 1, None], pyarrow.int64()),
            "unsigned": pyarrow.array([2**64 - 1, 1], pyarrow.uint64()),
            "decimal": pyarrow.array([Decimal("90071992547409931.50"), None]),
            "bytes": pyarrow.array([b"P1", None]),
            "category": pyarrow.array(["a", None]).dictionary_encode(),
            "zoned": pyarrow.array([datetime(2014, 3, 1, tzinfo=UTC), None], pyarrow.timestamp("us", "UTC")),
            "late": pyarrow.array([datetime(9999, 12, 31), None], pyarrow.timestamp("us")),
            "a.b": pyarrow.array([1, 2]),
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    raw = read_raw(tmp_path / "a.parquet", file_format="parquet")
    assert raw["big"].tolist() == [2**60 + 1, pd.NA]
    assert raw["unsigned"].tolist() == [2**64 - 1, 1]
    assert raw["decimal"][0] == Decimal("90071992547409931.50")
    assert (raw["bytes"][0], raw["category"][0]) == ("P1", "a")
    assert raw["zoned"][0].utcoffset() == timedelta(0)
    assert raw["late"][0].year == 9999
    assert raw["a.b"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([[1.0, 2.0]], r"column 'x' \(volume\) holds lists .*allowed: one value per row"),
        ([{"a": 1}], "holds records"),
        ([b"\xff"], r"column 'x': 1 row \(row 1\) holds bytes that are no text"),
        ([b"a", b"\xff", None], r"column 'x': 1 row \(row 2\) holds bytes that are no text"),
    ],
)
def test_parquet_columns_that_are_no_column_of_values(tmp_path: Path, cells: list[Any], message: str) -> None:
    table = pyarrow.table({"id": range(len(cells)), "x": cells})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    read = read_raw(tmp_path / "a.parquet", file_format="parquet", columns={"id": "patient"})
    assert len(read) == len(cells)
    with pytest.raises(SourceError, match=message):
        read_raw(tmp_path / "a.parquet", file_format="parquet", columns={"x": "volume"})


def test_a_repeated_name_in_parquet(tmp_path: Path) -> None:
    table = pyarrow.Table.from_arrays(
        [pyarrow.array([1]), pyarrow.array([2]), pyarrow.array([3])], ["x", "x", "id"]
    )
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    assert read_raw(tmp_path / "a.parquet", file_format="parquet", columns={"id": "patient"})["id"][0] == 3
    with pytest.raises(SourceError, match="'x' in columns 1, 2"):
        read_raw(tmp_path / "a.parquet", file_format="parquet", columns={"x": "volume"})


def test_a_message_lists_the_first_rows() -> None:
    table = RawTable.of_rows(pd.DataFrame({"x": range(14)}))
    assert table.place([True] * 14) == "14 rows (rows 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 4 more)"
    assert table.place([True] * 10 + [False] * 4) == "10 rows (rows 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)"


IDS = "Q-7301;67;M\nQ-7302;70;F\n"


@pytest.mark.parametrize(
    "options", [{"separator": ";"}, {"separator": ","}, {"separator": ";", "header_row": 2}]
)
@pytest.mark.parametrize("header", ["", "A trial of ours;;\n", "# 2 patients\n"])
def test_a_row_of_a_patient_that_is_taken_for_the_header_is_not_shown(
    tmp_path: Path, header: str, options: dict[str, Any]
) -> None:
    (tmp_path / "a.csv").write_text(header + IDS)
    wanted = {"PATNR": "patient", "LEEFTIJD": "age", "GESLACHT": "female"}
    with pytest.raises((SourceError, MappingError)) as error:
        read_raw(tmp_path / "a.csv", file_format="csv", options=options, columns=wanted)
    assert "Q-73" not in str(error.value)


def test_a_cell_that_cannot_be_decoded_is_not_shown_whole(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("id,age\nQ-7301 Grün,67\n".encode("latin-1"))
    with pytest.raises(SourceError, match=r"column 'id': 1 row \(line 2\) not readable .*\\xfc") as error:
        read_raw(tmp_path / "a.csv", file_format="csv", columns={"id": "patient", "age": "age"})
    assert "Q-73" not in str(error.value)
