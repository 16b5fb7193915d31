"""A trial in the common variables: its codes, units, arms and missing values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipdmediation.data.configuration import resolve_source
from ipdmediation.data.errors import MappingError
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.quality import QUALITY_COLUMNS
from ipdmediation.data.reading import read_raw
from ipdmediation.data.schema import conform
from ipdmediation.data.units import convert
from ipdmediation.data.variables import variables_from_config
from tests.unit.data.harmonised_rows import Variables, harmonise
from tests.yaml_files import read_yaml

FRAMING = Path(__file__).parents[3] / "config" / "examples" / "framing"


def test_a_trial_in_the_common_variables(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    frame = harmonise(raw, mapping, variables).frame
    assert list(frame.columns) == ["trial", "patient", "treatment", *variables]
    assert frame["patient"].tolist() == ["001", "002", "-9", "a4"]
    assert frame["treatment"].tolist() == [1, 0, 1, 0]
    np.testing.assert_array_equal(frame["age"], [61.5, 70, np.nan, np.nan])
    assert frame["female"].tolist()[:3] == [0, 1, 1]
    assert frame["female"].isna().tolist() == [False, False, False, True]
    np.testing.assert_allclose(frame["delay"], [1.5, 0.5, np.nan, np.nan])
    assert frame["site"].tolist()[:3] == ["m1", "ica", "ica"]
    assert list(frame["site"].cat.categories) == ["m1", "ica", "none"]
    np.testing.assert_allclose(frame["volume"], [15, np.nan, 0, 30])
    assert frame["mrs"].dtype == "Int8"


def test_quality_counts_what_happened(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    raw.loc[3, "VOL"] = "200"
    mapping["variables"]["volume"]["out_of_range"] = "missing"
    quality = harmonise(raw, mapping, variables).quality
    assert tuple(quality.columns) == QUALITY_COLUMNS
    rows = {row.variable: row for row in quality.itertuples()}
    assert (quality["n"] == 4).all()
    assert (rows["age"].missing, rows["age"].missing_coded) == (2, 1)
    assert (rows["volume"].missing, rows["volume"].missing_coded) == (2, 1)
    assert (rows["volume"].converted, rows["volume"].out_of_range) == (3, 1)
    assert (rows["female"].recoded, rows["female"].missing_coded) == (3, 1)
    assert (rows["mrs"].recoded, rows["mrs"].missing) == (0, 1)
    assert (rows["delay"].column, rows["delay"].converted) == ("ONSET to RAND", 2)
    assert rows["treatment"].recoded == 4


def test_constant_and_absent(raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables) -> None:
    mapping["variables"] |= {
        "site": {"constant": "ica"},
        "female": {"absent": True},
        "mrs": {"constant": 0},
        "age": {"constant": 55},
        "volume": {"absent": True},
    }
    result = harmonise(raw, mapping, variables)
    assert result.frame["site"].tolist() == ["ica"] * 4
    assert result.frame["mrs"].tolist() == [0] * 4
    assert result.frame["age"].tolist() == [55.0] * 4
    assert result.frame["female"].isna().all()
    assert result.frame["female"].dtype == "Int8"
    assert result.frame["volume"].dtype == "float64"
    assert result.quality.set_index("variable").loc["female", "missing"] == 4


def test_typed_files_give_the_same_frame(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    expected = harmonise(raw, mapping, variables).frame
    typed = raw.assign(
        ARM=[1.0, 2.0, 1.0, 2.0],
        LEEFTIJD=[61.5, 70, -9, np.nan],
        ONSET=pd.to_datetime(["2013-02-01 10:00", "2013-02-01 23:30", None, None]),
        RAND=pd.to_datetime(["2013-02-01 11:30", "2013-02-02 00:00", "2013-02-01 11:30", None]),
        OCC=pd.array([1, 2, 2, None], dtype="Int64"),
        VOL=pd.Series([1.5, -1, 0, 3], dtype="object"),
        MRS=pd.Categorical([0, 1, 2, -9]),
    )
    pd.testing.assert_frame_equal(harmonise(typed, mapping, variables).frame, expected)


def test_a_harmonised_trial_is_its_own_harmonisation(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    frame = harmonise(raw, mapping, variables).frame
    same: dict[str, Any] = {
        "label": "again",
        "source": {},
        "patient": {"column": "patient"},
        "treatment": {"column": "treatment", "codes": {0: "control", 1: "treated"}},
        "variables": {name: {"column": name} for name in variables},
    }
    again = harmonise(frame, same, variables).frame
    pd.testing.assert_frame_equal(again, frame)
    pd.testing.assert_frame_equal(conform(frame, variables), frame)


@settings(max_examples=25, deadline=None)
@given(
    codes=st.lists(st.integers(-99, 99), min_size=3, max_size=3, unique=True),
    values=st.lists(st.sampled_from(["m1", "ica", "none"]), min_size=1, max_size=20),
    as_text=st.booleans(),
)
def test_codes_round_trip(codes: list[int], values: list[str], as_text: bool) -> None:
    variables = variables_from_config(
        {"site": {"type": "categorical", "label": "Site", "levels": {"m1": "M1", "ica": "I", "none": "N"}}}
    )
    levels = dict(zip(codes, ["m1", "ica", "none"], strict=True))
    written = {level: code for code, level in levels.items()}
    cells = pd.Series([written[value] for value in values])
    raw = pd.DataFrame(
        {
            "id": [str(row) for row in range(len(values))],
            "arm": "T",
            "site": cells.astype("str") if as_text else cells.astype("float64"),
        }
    )
    mapping = {
        "label": "A",
        "source": {},
        "patient": {"column": "id"},
        "treatment": {"column": "arm", "codes": {"T": "treated"}},
        "variables": {"site": {"column": "site", "codes": levels}},
    }
    result = harmonise(raw, mapping, variables)
    assert result.frame["site"].tolist() == values
    assert result.quality.set_index("variable").loc["site", "recoded"] == len(values)


@settings(deadline=None)
@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20),
    pair=st.sampled_from([("mL", "cL"), ("hour", "minute"), ("year", "month"), ("degC", "degF")]),
)
def test_units_round_trip(values: list[float], pair: tuple[str, str]) -> None:
    there = convert(values, *pair)
    np.testing.assert_allclose(convert(there, pair[1], pair[0]), values, rtol=1e-12, atol=1e-9)


def test_the_framing_experiment_is_read_to_the_last_person() -> None:
    study, content = (read_yaml(FRAMING / name) for name in ("config.yaml", "framing.yaml"))
    source = content["source"]
    mapped = TrialMapping.from_mapping(content).columns
    raw = read_raw(resolve_source(source), file_format=source["format"], columns=mapped)
    frame = harmonise(raw, content, variables_from_config(study["variables"])).frame
    assert frame["treatment"].value_counts().to_dict() == {0: 197, 1: 68}
    assert frame["immigr"].value_counts().sort_index().tolist() == [19, 63, 75, 108]
    assert frame["educ"].value_counts(sort=False).tolist() == [20, 92, 70, 83]
    assert frame["gender"].sum() == 126
    assert frame["emo"].mean() == pytest.approx(6.973585, abs=1e-6)
    assert not frame.isna().any().any()


def test_a_limit_of_detection_is_the_number_that_the_mapping_says(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    raw["VOL"] = ["<0,5", "1,5", " >80", "-1"]
    mapping["variables"]["volume"]["codes"] = {"<0,5": 0.25, ">80": 80}
    result = harmonise(raw, mapping, variables)
    np.testing.assert_allclose(result.frame["volume"], [2.5, 15, 800, np.nan])
    row = result.quality.set_index("variable").loc["volume"]
    assert (row["recoded"], row["converted"], row["missing_coded"]) == (2, 3, 1)
    mapping["variables"]["volume"]["codes"][">80"] = 100
    with pytest.raises(MappingError, match=r"1 row \(row 3\) outside the range.*in the file ' >80'"):
        harmonise(raw, mapping, variables)


def test_an_arm_that_is_not_compared(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    raw.loc[3, "ARM"] = "3"
    with pytest.raises(MappingError, match="not compared: `excluded`"):
        harmonise(raw, mapping, variables)
    mapping["treatment"]["codes"][3] = "excluded"
    result = harmonise(raw, mapping, variables)
    assert result.frame["treatment"].tolist() == [1, 0, 1, pd.NA]
    assert result.frame["treatment"].dtype == "Int8"


def test_several_codes_may_mean_one_arm(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    raw["ARM"] = ["low", "high", "placebo", "low"]
    mapping["treatment"]["codes"] = {"low": "treated", "high": "treated", "placebo": "control"}
    assert harmonise(raw, mapping, variables).frame["treatment"].tolist() == [1, 1, 0, 1]


def test_an_arm_that_is_blank_is_not_excluded(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    raw.loc[3, "ARM"] = " "
    mapping["treatment"]["codes"][3] = "excluded"
    with pytest.raises(MappingError, match=r"1 row \(row 4\) without an arm"):
        harmonise(raw, mapping, variables)


def test_missing_codes_that_occur_nowhere_are_listed(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    mapping["missing"] = [-9, "NK", 888]
    mapping["variables"]["volume"]["missing"] = [-1, "ND"]
    mapping["variables"]["site"] = {"constant": "ica"}
    unused = harmonise(raw, mapping, variables).quality.set_index("variable")["missing_codes_unused"]
    assert unused.to_dict() == {
        "treatment": "",
        "age": "NK, 888",
        "female": "NK, 888",
        "delay": "NK, 888",
        "site": "",
        "volume": "ND, NK, 888",
        "mrs": "NK, 888",
    }


def test_missing_codes_match_by_value(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    mapping["variables"]["volume"] = {"column": "VOL", "missing": [99.9, "77,70"]}
    raw["VOL"] = ["99,90", "99,9", "77,7", "5"]
    assert harmonise(raw, mapping, variables).frame["volume"].isna().tolist() == [True, True, True, False]
    single = raw.assign(VOL=np.array([99.9, 5.3, 77.7, 99.8], dtype="float32"))
    volume = harmonise(single, mapping, variables).frame["volume"]
    assert volume.isna().tolist() == [True, False, True, False]
    assert volume.tolist()[1::2] == [5.3, 99.8]


def test_numbers_of_single_precision_keep_to_the_range(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    mapping["variables"]["volume"] = {"column": "VOL"}
    raw["VOL"] = np.array([0.3, 0.1, 0.2, 0.3], dtype="float32")
    narrow = {**variables, "volume": replace(variables["volume"], maximum=0.3)}
    assert harmonise(raw, mapping, narrow).frame["volume"].tolist() == [0.3, 0.1, 0.2, 0.3]
