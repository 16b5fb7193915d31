from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ipdmediation.data.configuration import resolve_source
from ipdmediation.data.errors import ConfigurationError, MappingError
from ipdmediation.data.harmonise import harmonise_trial
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.quality import QUALITY_COLUMNS
from ipdmediation.data.reading import RawTable, read_raw
from ipdmediation.data.schema import conform
from ipdmediation.data.units import convert
from ipdmediation.data.variables import Variable, variables_from_config

Variables = dict[str, Variable]
FRAMING = Path(__file__).parents[3] / "config" / "examples" / "framing"


def harmonise(raw: pd.DataFrame | RawTable, mapping: dict[str, Any], variables: Variables) -> Any:
    table = raw if isinstance(raw, RawTable) else RawTable.of_rows(raw)
    return harmonise_trial(
        table, mapping=TrialMapping.from_mapping(mapping), trial="a", variables=variables, file="a.csv"
    )


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


@pytest.mark.parametrize(
    "fault",
    [
        ("ARM", ["1", "2", "3", "3"], ["'ARM'", "2 rows (rows 3, 4)", "'3'", "allowed: 1, 2"]),
        ("ARM", ["1", "2", None, "1"], ["'ARM'", "1 row (row 3)", "without an arm"]),
        ("SEX", ["M", "V", "f", "M"], ["'SEX' (female)", "2 rows", "'V', 'f'", "allowed: 'M', 'F'"]),
        ("OCC", ["1", "2", "9", "9"], ["'OCC' (site)", "2 rows", "'9'", "allowed: 1, 2"]),
        ("MRS", ["0", "1", "7", "2"], ["'MRS' (mrs)", "1 row", "'7'", "allowed: 0, 1, 2"]),
        ("LEEFTIJD", ["61.5", "x", "1", "2"], ["'LEEFTIJD' (age)", "2 rows", "'61.5', 'x'", "mark ','"]),
        ("LEEFTIJD", ["5", "70", "70", "70"], ["'LEEFTIJD' (age)", "1 row", "'5'", "from 18 to 105 year"]),
        ("VOL", ["-3", "1", "1", "1"], ["'VOL' (volume)", "'-30'", "from 0 to 900 mL", "in the file '-3'"]),
        ("ONSET", ["2013-02-01", "x", None, None], ["'ONSET'", "2 rows", "%d-%m-%Y %H:%M"]),
        ("RAND", ["01-02-2013 09:00", None, None, None], ["'ONSET to RAND' (delay)", "'-1'", "0 to 24 hour"]),
        ("OCC", ["1", "2", "2 a  b", "1"], ["1 row (row 3)", "'2 a  b'"]),
        ("VOL", ["1.5", "1", "1", "1"], ["'1.5'", "where '.' is the decimal mark", "decimal: '.'"]),
        ("VOL", ["<1", "1", "1", "1"], ["'<1'", "missing: ['<1'], or codes: {'<1': <number>}"]),
        ("ARM", ["1", "2", "#N/A", "2"], ["#N/A", "among the codes or as missing: ['#N/A']"]),
        ("PATNR", ["1", "#N/A", "3", "2"], ["errors of a worksheet", "'#N/A'"]),
        ("PATNR", ["1", "1", "1", "2"], ["'PATNR' (patient)", "3 rows (rows 1, 2, 3)", "each patient once"]),
        ("PATNR", ["8", "9", "9", "8"], ["4 rows (rows 1, 2, 3, 4) share an id: rows 1, 4; rows 2, 3"]),
        ("PATNR", ["1", None, " ", "2"], ["'PATNR' (patient)", "2 rows", "without an id"]),
    ],
)
def test_every_fault_names_file_column_rows_and_allowed_values(
    raw: pd.DataFrame,
    mapping: dict[str, Any],
    variables: Variables,
    fault: tuple[str, list[str | None], list[str]],
) -> None:
    column, cells, parts = fault
    raw[column] = pd.Series(cells, dtype="str")
    with pytest.raises(MappingError) as error:
        harmonise(raw, mapping, variables)
    for part in ["a.csv", *parts]:
        assert part in str(error.value)


def test_all_faults_at_once(raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables) -> None:
    raw["SEX"], raw["MRS"] = "X", "9"
    with pytest.raises(MappingError) as error:
        harmonise(raw, mapping, variables)
    assert "'SEX'" in str(error.value)
    assert "'MRS'" in str(error.value)


def test_a_column_that_is_not_there(raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables) -> None:
    with pytest.raises(MappingError, match=r"a\.csv.*'PATNR'(.|\n)*'SEX' \(female\) is not in the file"):
        harmonise(raw.drop(columns="SEX"), mapping, variables)


def test_a_variable_without_mapping(raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables) -> None:
    mapping["variables"]["mRS"] = mapping["variables"].pop("mrs")
    with pytest.raises(MappingError, match=r"lacks 'mrs' and names 'mRS'"):
        harmonise(raw, mapping, variables)


@pytest.mark.parametrize(
    ("unit", "message"), [("kg", "cannot be converted"), ("blorg", "not known"), ("point", "cannot be")]
)
def test_units_are_checked_before_the_data(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables, unit: str, message: str
) -> None:
    mapping["variables"]["volume"]["unit"] = unit
    raw["SEX"] = "X"
    with pytest.raises(ConfigurationError, match=message):
        harmonise(raw, mapping, variables)


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
    study, content = (
        yaml.safe_load((FRAMING / name).read_text()) for name in ("config.yaml", "framing.yaml")
    )
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


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.1", "1.10", "007", "7"], ["1.1", "1.10", "007", "7"]),
        ([2**60 + 1, 2**60 + 3, 1, 2], [str(2**60 + 1), str(2**60 + 3), "1", "2"]),
        ([Decimal("90071992547409931"), Decimal("90071992547409932"), 3, 4.0], None),
        ([1.0, 2.5, 3.0, 4.0], ["1", "2.5", "3", "4"]),
    ],
)
def test_an_id_keeps_every_character_and_digit(
    raw: pd.DataFrame,
    mapping: dict[str, Any],
    variables: Variables,
    cells: list[Any],
    expected: list[str] | None,
) -> None:
    raw["PATNR"] = pd.Series(cells, dtype="object")
    found = harmonise(raw, mapping, variables).frame["patient"].tolist()
    assert found == (expected or [str(int(cell)) for cell in cells])


def test_an_id_that_the_file_cannot_hold_exactly(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    raw["PATNR"] = [1.0, 2.0**53, 2.0**53, 4.0]
    with pytest.raises(MappingError, match=r"2 rows \(rows 2, 3\) hold numbers of more digits") as error:
        harmonise(raw, mapping, variables)
    assert "9007199254740992" not in str(error.value)


IDS = ["Q-7301", "Q-7302", "Q-7302", "Q-7304"]


@pytest.mark.parametrize("wrong", [{}, {"treatment": {"column": "PATNR"}}, {"variables": {"age": "PATNR"}}])
def test_no_message_names_an_id(
    wrong: dict[str, Any], raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    raw["PATNR"] = IDS
    mapping["treatment"] |= wrong.get("treatment", {})
    for name, column in wrong.get("variables", {}).items():
        mapping["variables"][name] = {"column": column}
    with pytest.raises(MappingError, match="PATNR") as error:
        harmonise(raw, mapping, variables)
    assert "Q-73" not in str(error.value)


def test_an_id_that_a_spreadsheet_program_has_cut(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    raw["PATNR"] = ["9,00719925474099E+15", "1E05", "2E+3", "1.5"]
    with pytest.raises(MappingError, match=r"1 row \(row 1\) holds numbers of more digits"):
        harmonise(raw, mapping, variables)
    raw["PATNR"] = ["9.007199254740993e+15", "9E+15", "9007199254740992.0", "9007199254740993"]
    with pytest.raises(MappingError, match=r"3 rows \(rows 1, 2, 3\) hold numbers of more digits"):
        harmonise(raw, mapping, variables)


def test_an_id_of_single_precision(raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables) -> None:
    raw["PATNR"] = np.array([1.1, 2**24 - 1, 3, 4], dtype="float32")
    assert harmonise(raw, mapping, variables).frame["patient"].tolist() == ["1.1", "16777215", "3", "4"]
    raw["PATNR"] = np.array([1, 2**24, 3, 2**24 + 1], dtype="float32")
    with pytest.raises(MappingError, match=r"2 rows \(rows 2, 4\) hold numbers of more digits.*2\^24"):
        harmonise(raw, mapping, variables)


def test_a_message_shows_single_precision_as_it_is_in_the_file(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    raw["VOL"] = np.array([99.9, 1, 1, 1], dtype="float32")
    with pytest.raises(MappingError, match=r"in the file 99\.9\)"):
        harmonise(raw, mapping, variables)
    raw["MRS"] = np.array([1, 0.7, 1, 1], dtype="float32")
    with pytest.raises(MappingError, match=r"holds? codes without a mapping, 0\.7;"):
        harmonise(raw, mapping, variables)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([True, False, True, True], "truth values"),
        ([pd.Timedelta(hours=1)] * 4, "durations"),
        ([date(2014, 3, 1)] * 4, "dates or time stamps"),
        ([time(10)] * 4, "times of day"),
    ],
)
def test_what_is_no_number_says_what_it_is(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables, cells: list[Any], kind: str
) -> None:
    raw["VOL"] = pd.Series(cells, dtype="object")
    with pytest.raises(MappingError, match=rf"'VOL' \(volume\): 4 rows .*hold {kind}"):
        harmonise(raw, mapping, variables)


def test_the_number_of_the_row_is_the_id_where_the_file_has_none(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    mapping["patient"] = {"row_number": True}
    table = RawTable(frame=raw.drop(columns="PATNR"), rows=[2, 3, 5, 8], counted="line")
    result = harmonise(table, mapping, variables)
    assert result.frame["patient"].tolist() == ["2", "3", "5", "8"]
    said = result.quality[result.quality["variable"] == "patient"]
    assert said[["column", "n", "missing"]].to_numpy().tolist() == [["number of the line", 4, 0]]
