"""The same trial in every format becomes the same harmonised trial."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from ipdmediation.data.harmonise import harmonise_trial
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.pooling import pool_trials
from ipdmediation.data.reading import FORMATS, read_raw
from ipdmediation.inference.streams import stream
from ipdmediation.synthetic.generate import simulate_trial
from tests.unit.data.conftest import VARIABLES
from tests.unit.data.sas_file import write_sas7bdat
from tests.unit.data.workbooks import WRITERS, Book
from tests.unit.synthetic.conftest import PARAMETERS, TRIALS
from tests.unit.synthetic.conftest import VARIABLES as DEFAULT

TRIAL = pd.DataFrame(
    {
        "PATNR": ["001", "002", "0100", "A4"],
        "ARM": [1.0, 2, 1, 2],
        "AGE": [61.5, 70, np.nan, 33.25],
        "SEX": ["M", "F", "F", "M"],
        "ONSET": pd.to_datetime(["2013-02-01T10:00", "2013-02-01T23:30", "2013-03-03T01:01", None]),
        "RAND": pd.to_datetime(["2013-02-01T11:30", "2013-02-02T00:00", "2013-03-03T02:02", None]),
        "OCC": [1.0, 2, 2, np.nan],
        "VOL": [1.5, -1, 0, 3],
        "MRS": [0.0, 1, 2, np.nan],
    }
)

MAPPING: dict[str, Any] = {
    "label": "Trial A",
    "source": {"file": "a.raw", "format": "csv"},
    "patient": {"column": "PATNR"},
    "treatment": {"column": "ARM", "codes": {1: "treated", 2: "control"}},
    "variables": {
        "age": {"column": "AGE"},
        "female": {"column": "SEX", "codes": {"M": 0, "F": 1}},
        "delay": {"from": "ONSET", "to": "RAND"},
        "site": {"column": "OCC", "codes": {1: "m1", 2: "ica"}},
        "volume": {"column": "VOL", "unit": "cL", "missing": [-1]},
        "mrs": {"column": "MRS"},
    },
}


def as_text(table: pd.DataFrame, separator: str = ",") -> bytes:
    return table.to_csv(index=False, sep=separator, date_format="%Y-%m-%d %H:%M").encode()


def write_zip(table: pd.DataFrame, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/", "")
        archive.writestr("folder/trial of ours.txt", as_text(table))
        archive.writestr("__MACOSX/folder/._trial of ours.txt", b"\0\5\7")


def write_sheet(file_format: str) -> Callable[[pd.DataFrame, Path], None]:
    def write(table: pd.DataFrame, path: Path) -> None:
        cells = table.astype(object).where(table.notna(), None)
        rows = [[as_cell(cell) for cell in row] for row in cells.itertuples(index=False)]
        WRITERS[file_format](Book({"data": [list(table.columns), *rows]}), path)

    return write


def as_cell(value: Any) -> Any:
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


def write_sas(table: pd.DataFrame, path: Path) -> None:
    origin = pd.Timestamp("1960-01-01")
    stamps = [name for name in table if pd.api.types.is_datetime64_dtype(table[name])]
    numbers = {name: (table[name] - origin).dt.total_seconds() for name in stamps}
    columns = {name: list(numbers.get(name, table[name])) for name in table}
    write_sas7bdat(path, columns, dict.fromkeys(stamps, "DATETIME20"))


#: How a trial is written: the format that reads it, and a writer.
WAYS: dict[str, tuple[str, Callable[[pd.DataFrame, Path], object]]] = {
    "csv": ("csv", lambda table, path: path.write_bytes(as_text(table))),
    "tsv": ("tsv", lambda table, path: path.write_bytes(as_text(table, "\t"))),
    "csv.gz": ("csv", lambda table, path: path.write_bytes(gzip.compress(as_text(table)))),
    "csv.zip": ("csv", write_zip),
    "sep=;": ("csv", lambda table, path: path.write_bytes(b"sep=;\r\n" + as_text(table, ";"))),
    "excel": ("excel", write_sheet("excel")),
    "xls": ("xls", write_sheet("xls")),
    "xlsb": ("xlsb", write_sheet("xlsb")),
    "ods": ("ods", write_sheet("ods")),
    "stata": ("stata", lambda table, path: pyreadstat.write_dta(table, str(path))),
    "sav": ("spss", lambda table, path: pyreadstat.write_sav(table, str(path))),
    "zsav": ("spss", lambda table, path: pyreadstat.write_sav(table, str(path), compress=True)),
    "por": ("spss_por", lambda table, path: pyreadstat.write_por(table, str(path))),
    "sas7bdat": ("sas7bdat", write_sas),
    "xpt": ("sas_xport", lambda table, path: pyreadstat.write_xport(table, str(path))),
    "parquet": ("parquet", lambda table, path: table.to_parquet(path)),
    "feather": ("feather", lambda table, path: table.to_feather(path)),
}


def test_every_format_is_among_them() -> None:
    assert {file_format for file_format, _ in WAYS.values()} == set(FORMATS)


@pytest.mark.parametrize("way", WAYS)
def test_a_trial_is_the_same_in_every_format(tmp_path: Path, way: str) -> None:
    file_format, write = WAYS[way]
    write(TRIAL, tmp_path / "a.raw")
    mapping = TrialMapping.from_mapping(MAPPING)
    raw = read_raw(tmp_path / "a.raw", file_format=file_format, columns=mapping.columns)
    found = harmonise_trial(raw, mapping=mapping, trial="a", variables=VARIABLES, file="a.raw")
    frame = found.frame
    assert frame["patient"].tolist() == ["001", "002", "0100", "A4"]
    assert frame["treatment"].tolist() == [1, 0, 1, 0]
    np.testing.assert_array_equal(frame["age"], [61.5, 70, np.nan, 33.25])
    assert frame["female"].tolist() == [0, 1, 1, 0]
    np.testing.assert_allclose(frame["delay"], [1.5, 0.5, 61 / 60, np.nan])
    assert frame["site"].tolist()[:3] == ["m1", "ica", "ica"]
    np.testing.assert_allclose(frame["volume"], [15, np.nan, 0, 30])
    assert frame["mrs"].tolist()[:3] == [0, 1, 2]
    assert frame[["site", "mrs"]].isna().sum().tolist() == [1, 1]
    coded = found.quality.set_index("variable")["missing_coded"]
    assert coded[coded > 0].to_dict() == {"volume": 1}


@pytest.mark.parametrize("way", WAYS)
def test_only_the_columns_that_are_asked_for_are_read_and_in_this_order(tmp_path: Path, way: str) -> None:
    file_format, write = WAYS[way]
    write(TRIAL, tmp_path / "a.raw")
    raw = read_raw(tmp_path / "a.raw", file_format=file_format, columns={"VOL": "volume", "PATNR": "patient"})
    assert list(raw.columns) == ["VOL", "PATNR"]
    assert [str(cell) for cell in raw["PATNR"]] == ["001", "002", "0100", "A4"]
    assert [float(cell) for cell in raw["VOL"]] == [1.5, -1, 0, 3]


@pytest.fixture(scope="module")
def default_cohort() -> pd.DataFrame:
    """All patients of the default study's seven trials, with as many digits as openpyxl keeps."""
    frames = [simulate_trial(PARAMETERS, trial, rng=stream(1, "simulate", trial)) for trial in TRIALS]
    pooled = pool_trials(frames, variables=DEFAULT)
    numbers = pooled.select_dtypes("float64").columns
    return pooled.assign(**{name: pooled[name].round(9) for name in numbers})


@pytest.mark.parametrize("way", WAYS)
def test_the_default_cohort_reads_back_to_the_identical_pooled_file(
    tmp_path: Path, way: str, default_cohort: pd.DataFrame
) -> None:
    """In one file of seven trials. Of .xls, .xlsb, .ods and .sas7bdat the tests have writers of their own."""
    file_format, write = WAYS[way]
    if way == "xls":  # the writer of the tests holds no more
        default_cohort = default_cohort.groupby("trial").head(15).reset_index(drop=True)
    short = {name: f"V{place:02d}" for place, name in enumerate(default_cohort.columns)}
    table = default_cohort.rename(columns=short)
    numbers = table.select_dtypes(["Int8", "int8"]).columns
    texts = table.select_dtypes(["category", "string", "str"]).columns
    table = table.astype(dict.fromkeys(numbers, "float64")).astype(dict.fromkeys(texts, object))
    table[texts] = table[texts].where(table[texts].notna(), None)
    write(table, tmp_path / "a.raw")
    trials = sorted(default_cohort["trial"].unique())
    mapping = TrialMapping.from_mapping(
        {
            "source": {"format": file_format},
            "trial": {"column": short["trial"], "codes": {trial: trial for trial in trials}},
            "patient": {"column": short["patient"]},
            "treatment": {"column": short["treatment"], "codes": {0: "control", 1: "treated"}},
            "variables": {name: {"column": short[name]} for name in DEFAULT},
        }
    )
    raw = read_raw(tmp_path / "a.raw", file_format=file_format, columns=mapping.columns)
    found = harmonise_trial(raw, mapping=mapping, trial="all", variables=DEFAULT, file="a.raw")
    pooled = pool_trials([found.frame], variables=DEFAULT)
    default_cohort.to_parquet(tmp_path / "expected.parquet")
    pooled.to_parquet(tmp_path / "found.parquet")
    assert (tmp_path / "found.parquet").read_bytes() == (tmp_path / "expected.parquet").read_bytes()


@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("way", WAYS)
def test_limits_of_detection_are_a_stated_value_or_missing_and_counted(
    tmp_path: Path, way: str, decimal: str
) -> None:
    """As text in a column of numbers; formats whose columns are typed hold all of it as text."""
    file_format, write = WAYS[way]
    cells = ["<0.5", "12.75", ">300", "4"]
    texts = {"ARM": ["1", "2", "1", "2"], "OCC": ["1", "2", "2", None], "MRS": ["0", "1", "2", None]}
    whole = {name: pd.Series(values, dtype=object) for name, values in texts.items()}
    table = TRIAL.assign(VOL=[cell.replace(".", decimal) for cell in cells], **whole)
    write(table, tmp_path / "a.raw")
    limit = f"<0{decimal}5"
    for stated, first, counts in (
        ({"codes": {limit: 0.25, ">300": 300}}, 2.5, {"recoded": 2, "missing_coded": 0}),
        ({"codes": {">300": 300}, "missing": [limit]}, np.nan, {"recoded": 1, "missing_coded": 1}),
    ):
        entry = {"column": "VOL", "unit": "cL", "out_of_range": "missing", **stated}
        mapping = TrialMapping.from_mapping(
            MAPPING
            | {"source": {"format": file_format, "options": {"decimal": decimal}}}
            | {"variables": MAPPING["variables"] | {"volume": entry, "age": {"absent": True}}}
        )
        raw = read_raw(tmp_path / "a.raw", file_format=file_format, columns=mapping.columns)
        found = harmonise_trial(raw, mapping=mapping, trial="a", variables=VARIABLES, file="a.raw")
        # 300 cL are beyond the range of the variable, as any other value would be
        np.testing.assert_array_equal(found.frame["volume"], [first, 127.5, np.nan, 40])
        row = found.quality.set_index("variable").loc["volume"]
        assert {name: row[name] for name in counts} == counts
        assert row["out_of_range"] == 1
