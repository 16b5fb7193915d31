"""A patient's id keeps every character and digit, or is refused; no message names one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.errors import MappingError
from ipdmediation.data.reading import RawTable
from tests.unit.data.harmonised_rows import Variables, harmonise


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


def test_the_number_of_the_row_is_the_id_where_the_file_has_none(
    raw: pd.DataFrame, mapping: dict[str, Any], variables: Variables
) -> None:
    mapping["patient"] = {"row_number": True}
    table = RawTable(frame=raw.drop(columns="PATNR"), rows=[2, 3, 5, 8], counted="line")
    result = harmonise(table, mapping, variables)
    assert result.frame["patient"].tolist() == ["2", "3", "5", "8"]
    said = result.quality[result.quality["variable"] == "patient"]
    assert said[["column", "n", "missing"]].to_numpy().tolist() == [["number of the line", 4, 0]]
