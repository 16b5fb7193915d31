"""What is wrong with the rows of a trial is said with file, column, rows and what is allowed."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.errors import ConfigurationError, MappingError
from tests.unit.data.harmonised_rows import Variables, harmonise


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
