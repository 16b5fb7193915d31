"""What a file of Stata, SAS or SPSS declares missing is missing, and the mapping may name it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from ipdmediation.data.codes import Code
from ipdmediation.data.errors import MappingError
from ipdmediation.data.harmonise import HarmonisedTrial, harmonise_trial
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.matching import cell_text, match_codes
from ipdmediation.data.reading import RawTable, read_raw
from ipdmediation.data.reading.raw_table import DeclaredMissing
from ipdmediation.data.variables import variables_from_config
from tests.unit.data.sas_file import write_sas7bdat

VARIABLES = variables_from_config(
    {
        "volume": {"type": "continuous", "label": "Volume", "unit": "mL", "minimum": 0, "maximum": 900},
        "mrs": {"type": "ordinal", "label": "mRS", "levels": {0: "Well", 1: "Ill", 2: "Dead"}},
    }
)


def write_stata(path: Path) -> None:
    columns = {
        "id": ["p1", "p2", "p3", "p4"],
        "arm": [1, 2, "c", 1],
        "vol": [1.5, "a", "b", None],
        "mrs": [0, "a", 2, 1],
    }
    marks = {"arm": ["c"], "vol": ["a", "b"], "mrs": ["a"]}
    pyreadstat.write_dta(pd.DataFrame(columns), str(path), missing_user_values=marks)


def write_sas(path: Path) -> None:
    columns: dict[str, Any] = {
        "id": ["p1", "p2", "p3", "p4"],
        "arm": [1.0, 2.0, ".C", 1.0],
        "vol": [1.5, ".A", ".B", None],
        "mrs": [0.0, ".A", 2.0, 1.0],
    }
    write_sas7bdat(path, columns)


def write_sas_xport(path: Path) -> None:
    table = pd.DataFrame(
        {"id": ["p1", "p2", "p3", "p4"], "arm": [1.0, 2, -71, 1], "vol": [1.5, -72, -73, np.nan]}
    ).assign(mrs=[0.0, -72, 2, 1])
    pyreadstat.write_xport(table, str(path), file_format_version=5)
    content = path.read_bytes()
    for number, mark in ((-71, b"C"), (-72, b"A"), (-73, b"B")):
        written = bytes([0xC2, -number]) + bytes(6)
        assert written in content
        content = content.replace(written, mark + bytes(7))
    path.write_bytes(content)


MARKED: dict[str, Callable[[Path], None]] = {
    "stata": write_stata,
    "sas7bdat": write_sas,
    "sas_xport": write_sas_xport,
}


def harmonised(raw: RawTable, **changes: Any) -> HarmonisedTrial:
    mapping = {
        "label": "A",
        "source": {"file": "a.raw", "format": "csv"},
        "patient": {"column": "id"},
        "treatment": {"column": "arm", "codes": {1: "treated", 2: "control"} | changes.pop("arm", {})},
        "variables": {"volume": {"column": "vol"}, "mrs": {"column": "mrs"}},
    }
    for name in list(changes):
        if name in mapping["variables"]:  # type: ignore[operator]
            mapping["variables"][name] |= changes.pop(name)  # type: ignore[index]
    return harmonise_trial(
        raw,
        mapping=TrialMapping.from_mapping(mapping | changes),
        trial="a",
        variables=VARIABLES,
        file="a.raw",
    )


@pytest.mark.parametrize("file_format", MARKED)
def test_marks_are_missing_without_a_word(tmp_path: Path, file_format: str) -> None:
    MARKED[file_format](tmp_path / "a.raw")
    raw = read_raw(tmp_path / "a.raw", file_format=file_format)
    with pytest.raises(MappingError, match=r"column 'arm' \(treatment\): 1 row \(row 3\) without an arm"):
        harmonised(raw)
    found = harmonised(raw, arm={".c": "control"})
    np.testing.assert_array_equal(found.frame["volume"], [1.5, np.nan, np.nan, np.nan])
    assert found.frame["mrs"].isna().tolist() == [False, True, False, False]
    assert found.quality["missing_coded"].sum() == 0


@pytest.mark.parametrize("file_format", MARKED)
def test_a_mapping_may_name_marks(tmp_path: Path, file_format: str) -> None:
    MARKED[file_format](tmp_path / "a.raw")
    raw = read_raw(tmp_path / "a.raw", file_format=file_format)
    found = harmonised(
        raw,
        arm={".c": "excluded"},
        missing=[".a"],
        volume={"codes": {".b": 0.25}},
        mrs={"codes": {0: 0, 1: 1, 2: 2}},
    )
    assert found.frame["treatment"].isna().tolist() == [False, False, True, False]
    np.testing.assert_array_equal(found.frame["volume"], [1.5, np.nan, 0.25, np.nan])
    quality = found.quality.set_index("variable")
    assert quality.loc[["volume", "mrs"], "missing_coded"].tolist() == [1, 1]
    assert quality.loc["volume", "recoded"] == 1
    assert quality.loc["volume", "missing_codes_unused"] == ""


@pytest.mark.parametrize("file_format", MARKED)
def test_a_mark_may_be_a_level(tmp_path: Path, file_format: str) -> None:
    MARKED[file_format](tmp_path / "a.raw")
    raw = read_raw(tmp_path / "a.raw", file_format=file_format)
    found = harmonised(raw, arm={".c": "control"}, mrs={"codes": {0: 0, 1: 1, 2: 2, ".a": 2}})
    assert found.frame["mrs"].tolist() == [0, 2, 2, 1]


def test_the_underscore_of_sas_and_its_dates(tmp_path: Path) -> None:
    columns: dict[str, Any] = {
        "x": [1.0, "._", ".Z"],
        "day": [19783.0, ".B", None],
        "at": [1.7e9, ".D", None],
    }
    write_sas7bdat(tmp_path / "a.raw", columns, {"day": "DATE9", "at": "DATETIME20"})
    raw = read_raw(tmp_path / "a.raw", file_format="sas7bdat")
    assert raw["x"].tolist() == [1, DeclaredMissing("._"), DeclaredMissing(".Z")]
    assert raw["day"].tolist()[:2] == [date(2014, 3, 1), DeclaredMissing(".B")]
    assert raw["at"][1] == DeclaredMissing(".D")
    assert raw["at"][0] == pd.Timestamp("2013-11-13 22:13:20")


def spss(path: Path, **ranges: Any) -> RawTable:
    table = pd.DataFrame(
        {
            "id": ["p1", "p2", "p3", "p4"],
            "arm": [1.0, 2, 1, 2],
            "vol": [1.5, -8, 99, 99],
            "mrs": [0.0, 2, 1, 9],
            "note": ["ok", "NA", "", "x"],
            "day": [date(2014, 3, 1), date(1900, 1, 1), date(2014, 3, 2), None],
        }
    )
    pyreadstat.write_sav(table, str(path), missing_ranges=ranges)
    return read_raw(path, file_format="spss")


def test_user_missing_of_spss_by_its_number(tmp_path: Path) -> None:
    raw = spss(tmp_path / "a.raw", vol=[{"lo": -1e300, "hi": -1}, 99], mrs=[9, 2])
    # 2 is a level of the outcome, which the file declares missing: the mapping says nothing of it.
    found = harmonised(raw)
    np.testing.assert_array_equal(found.frame["volume"], [1.5, np.nan, np.nan, np.nan])
    assert found.frame["mrs"].isna().tolist() == [False, True, False, True]
    assert found.quality["missing_coded"].sum() == 0
    named = harmonised(raw, missing=[99], volume={"codes": {"-8": 0.5}}, mrs={"codes": {0: 0, 1: 1, 2: 2}})
    np.testing.assert_array_equal(named.frame["volume"], [1.5, 0.5, np.nan, np.nan])
    assert named.frame["mrs"].isna().tolist() == [False, False, False, True]
    assert named.quality.set_index("variable").loc["volume", "missing_coded"] == 2


def test_user_missing_of_spss_that_is_text_or_a_date(tmp_path: Path) -> None:
    origin = (date(1900, 1, 1) - date(1582, 10, 14)).days * 86400.0
    raw = spss(tmp_path / "a.raw", note=["NA"], day=[origin])
    assert raw["note"].tolist() == ["ok", DeclaredMissing("NA"), "", "x"]
    assert raw["day"].tolist()[:3] == [date(2014, 3, 1), DeclaredMissing(date(1900, 1, 1)), date(2014, 3, 2)]
    everything = spss(tmp_path / "a.raw", day=[{"lo": -1e300, "hi": origin}])
    assert everything["day"][1] == DeclaredMissing(date(1900, 1, 1))


def test_a_declared_date_may_be_named_as_a_code_for_missing(tmp_path: Path) -> None:
    origin = (date(1900, 1, 1) - date(1582, 10, 14)).days * 86400.0
    raw = spss(tmp_path / "a.raw", day=[origin], vol=[-8, 99], mrs=[9])
    variables = variables_from_config(
        {"stay": {"type": "continuous", "label": "Stay", "unit": "day", "minimum": 0, "maximum": 90}}
    )
    for missing, counted in (([], 0), (["1900-01-01"], 1)):
        mapping = {
            "label": "A",
            "source": {"file": "a.raw", "format": "spss"},
            "patient": {"column": "id"},
            "treatment": {"column": "arm", "codes": {1: "treated", 2: "control"}},
            "variables": {"stay": {"from": "day", "to": "day", "missing": missing}},
        }
        found = harmonise_trial(
            raw, mapping=TrialMapping.from_mapping(mapping), trial="a", variables=variables, file="a.raw"
        )
        np.testing.assert_array_equal(found.frame["stay"], [0, np.nan, 0, np.nan])
        assert found.quality.set_index("variable").loc["stay", "missing_coded"] == counted


def test_user_missing_of_a_portable_file(tmp_path: Path) -> None:
    table = pd.DataFrame({"ID": ["p1", "p2"], "VOL": [1.5, 9.0]})
    pyreadstat.write_por(table, str(tmp_path / "a.raw"))
    content = (tmp_path / "a.raw").read_bytes()
    variable = b"3/VOL5/8/2/5/8/2/"
    assert variable in content
    (tmp_path / "a.raw").write_bytes(content.replace(variable, variable + b"89/"))
    raw = read_raw(tmp_path / "a.raw", file_format="spss_por")
    assert raw["VOL"].tolist() == [1.5, DeclaredMissing(9.0)]


def test_single_precision_beside_a_mark(tmp_path: Path) -> None:
    table = pd.DataFrame({"x": np.array([99.9, 5.3], dtype="float32")})
    table.to_stata(tmp_path / "a.raw", write_index=False)
    content = (tmp_path / "a.raw").read_bytes()
    mark_a = bytes.fromhex("0008007f")  # .a of a float
    number = np.float32(5.3).tobytes()
    assert content.count(number) == 1
    (tmp_path / "a.raw").write_bytes(content.replace(number, mark_a))
    cells = read_raw(tmp_path / "a.raw", file_format="stata")["x"].tolist()
    assert repr(cells[0]) == "np.float32(99.9)"
    assert cells[1] == DeclaredMissing(".a")


def test_a_mark_is_found_in_either_case_and_shown_as_it_stands() -> None:
    cells = pd.Series(
        [DeclaredMissing(".A"), DeclaredMissing("NA"), ".A", DeclaredMissing(7.0)], dtype=object
    )
    codes = [Code(".a"), Code("na"), Code(7)]
    found = match_codes(cells, codes, decimal=".")
    assert found.tolist() == [codes[0], None, None, codes[2]]
    assert match_codes(cells, codes, decimal=".", declared=[]).tolist() == [None] * 4
    assert [cell_text(cell) for cell in cells] == ["'.A'", "'NA'", "'.A'", "7"]
