"""Expressions over columns: known answers, and one error for each thing that cannot be computed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.codes import Code
from tests.unit.data.derived_columns import derived, problem, values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("A + B", [3, None, 9, None]),
        ("A - B * 2 / 4", [0, None, 1.5, None]),
        ("-A", [-1, None, -4, -3]),
        ("(A + 1) * 2", [4, None, 10, 8]),
        ("min(A, B)", [1, None, 4, None]),
        ("max(A, B, 3)", [3, None, 5, None]),
        ("sum(A, B)", [3, None, 9, None]),
        ("mean(A, B)", [1.5, None, 4.5, None]),
        ("abs(A - B)", [1, None, 1, None]),
        ("sqrt(A)", [1, None, 2, 3**0.5]),
        ("log(A)", [0, None, np.log(4), np.log(3)]),
        ("round(A / 8)", [0, None, 0, 0]),
        ("round(A / 8, 1)", [0.1, None, 0.5, 0.4]),
        ("first_known(A, B)", [1, 7, 4, 3]),
        ("first_known(B, A, 0)", [2, 7, 5, 3]),
        ("A if A < 3 else B", [1, None, 5, None]),
        ("0 if is_missing(A) else A", [1, 0, 4, 3]),
        ("1 if is_missing(A + B) else 0", [0, 1, 0, 1]),
        ("missing if A == 4 else A", [1, None, None, 3]),
        ("1 if 1 <= A < 4 else 0", [1, None, 0, 1]),
        ("1 if A > 0 or B > 0 else 0", [1, 1, 1, 1]),
        ("1 if A > 1 and B > 3 else 0", [0, None, 1, None]),
        ("1 if A > 3 and B > 3 else 0", [0, None, 1, 0]),
        ("1 if not A == 1 else 0", [0, None, 1, 1]),
        ("1 if T == 'x' else 2", [1, 2, None, 2]),
        ("1 if T != 'x' else 2", [2, 1, None, 1]),
        ("1 if T == '01' else 2", [2, 1, None, 2]),
    ],
)
def test_known_answers(expression: str, expected: list[float | None]) -> None:
    columns = {"A": ["1", "", "4", 3], "B": [2, "7", "5.0", None], "T": ["x", " 01", None, "y"]}
    found = values(expression, columns)
    assert [value is None for value in found] == [value is None for value in expected]
    np.testing.assert_allclose(np.array(found, dtype=float), np.array(expected, dtype=float))


def test_rounding_is_that_of_python() -> None:
    cells = [0.5, 1.5, 2.5, -0.5, 2.675]
    assert values("round(A)", {"A": cells}) == [0, 2, 2, 0, 3]
    assert values("round(A, 2)", {"A": cells})[-1] == 2.67


def test_the_decimal_mark_is_that_of_the_file() -> None:
    assert values("A * 1.5", {"A": ["1,5", "2"]}, decimal=",") == [2.25, 3]


def test_codes_for_missing_are_missing_in_the_expression() -> None:
    columns = {"A": ["1", "-9", "x"], "B": ["2", "3", "-9.0"]}
    result = derived("A + B", columns, missing=(-9, "x", 77))
    assert result.data.tolist()[0] == 3
    assert result.data.isna().tolist() == [False, True, True]
    assert result.missing_coded.tolist() == [False, True, True]
    assert result.missing_found == {Code(-9), Code("x")}
    assert values("first_known(A, B)", columns, missing=(-9, "x")) == [1, 3, None]
    assert values("1 if is_missing(A) else 0", columns, missing=(-9, "x")) == [0, 1, 1]
    assert values("1 if A == 'x' else 0", columns, missing=(-9, "x")) == [0, None, None]
    assert values("first_known(A, B)", columns, missing=(-9, "x"), numbers=False) == ["1", "3", None]


def test_a_code_for_missing_with_a_fraction_is_a_number_to_numbers_and_a_text_to_codes() -> None:
    columns = {"A": ["99.90", "99.9", "1"]}
    assert values("-1 if is_missing(A) else A", columns, missing=(99.9,)) == [-1, -1, 1]
    assert values("1 if is_missing(A) else 0", columns, missing=(99.9,)) == [1, 1, 0]
    assert values("1 if is_missing(A) and A != 'x' else 0", columns, missing=(99.9,)) == [0, 0, 0]


def test_a_code_for_missing_that_no_case_needs_has_been_found_all_the_same() -> None:
    result = derived("A if B == 1 else C", {"A": ["2"], "B": ["1"], "C": ["-9"]}, missing=(-9,))
    assert result.missing_found == {Code(-9)}
    assert result.data.tolist() == [2]


@pytest.mark.parametrize("dtype", ["int64", "Int64", "float64", "Float64", "float32", "str", "category"])
def test_columns_of_every_type(dtype: str) -> None:
    frame = pd.DataFrame({"A": pd.Series([1, 2, 4]).astype(dtype), "B": ["x", "y", "x"]})
    result = derived("A * 1.5 if B == 'x' and A != 1 else -A", frame)
    assert result.data.tolist() == [-1, -2, 6]
    cells = derived("A if B == 'x' else 9", frame, numbers=False).data
    assert [float(cell) for cell in cells] == [1, 9, 4]


def test_single_precision_is_the_number_that_was_written() -> None:
    frame = pd.DataFrame({"A": pd.Series([0.1], dtype="float32")})
    assert derived("A * 10", frame).data.tolist() == [1.0]


def test_names_in_backticks() -> None:
    columns = {"a b": ["1"], "if": ["2"], "µg/L": ["3"], "missing": ["4"], "___": ["5"]}
    assert values("sum(`a b`, `if`, `µg/L`, `missing`, ___)", columns) == [15]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("A + 1", "column 'A': 1 row (line 4) holds 'x'; allowed: numbers with decimal mark '.'"),
        ("1 if A > 0 else 0", "column 'A': 1 row (line 4) holds 'x'"),
        ("first_known(A, 1)", "column 'A': 1 row (line 4) holds 'x'"),
        ("1 / B", "`1 / B` divides by 0 or by nearly 0 in 2 rows (lines 2, 4), from B; allowed: numbers"),
        ("log(B)", "`log(B)` takes the logarithm of a number that is not above 0 in 2 rows (lines 2, 4)"),
        (
            "sqrt(B - 1)",
            "`sqrt(B - 1)` takes the root of a negative number in 2 rows (lines 2, 4), from B; allowed",
        ),
        ("C * C", "`C * C` is too large a number in 1 row (line 3), from C; allowed: numbers"),
        ("`D d` - 1", "``D d` - 1` is too large a number in 1 row (line 2), from D d; allowed"),
        ("1 if E == 'x' else 0", "column 'E': 1 row (line 3) holds errors of a worksheet, #REF!"),
        ("days_between(B, A)", "B to A: 'B': 3 rows (lines 2, 3, 4) hold '0', '4', 0"),
    ],
)
def test_what_cannot_be_computed_is_named(expression: str, said: str) -> None:
    columns = {
        "A": ["1", "", "x"],
        "B": ["0", "4", 0],
        "C": ["1", "1e200", None],
        "D d": [np.inf, 1.0, 2.0],
        "E": ["x", "#REF!", None],
    }
    assert said in problem(expression, columns)


def test_what_does_not_count_for_a_patient_is_not_computed() -> None:
    columns = {"A": ["1", "<1", "2"], "B": ["2", "0", ""], "F": ["0", "1", "0"]}
    assert values("0.5 if A == '<1' else A", columns) == [1, 0.5, 2]
    assert values("0 if F == 1 else A", columns) == [1, 0, 2]
    assert values("0 if B == 0 else 4 / B", columns) == [2, 0, None]
    assert values("1 if B != 0 and 4 / B > 1 else 0", columns) == [1, 0, None]
    assert values("1 if B == 0 or 4 / B > 1 else 0", columns) == [1, 1, None]
    assert values("first_known(B, A)", {"A": ["x", "5"], "B": ["1", ""]}) == [1, 5]
    # where a condition is missing, neither value is computed
    assert values("A if B == 2 else 7", columns) == [1, 7, None]


def test_codes_of_a_continuous_variable_stand_for_numbers_in_each_column() -> None:
    codes = {Code("<1"): 0.5, Code(">300"): 300}
    result = derived("A + B", {"A": ["<1", "2", "3"], "B": ["1", ">300", "5"]}, codes=codes)
    assert result.data.tolist() == [1.5, 302, 8]
    assert result.recoded.tolist() == [True, True, False]


def test_a_text_is_compared_as_codes_are() -> None:
    cells = ["1.1", "1.10", "01", "true", 3, True]
    assert values("1 if A == '1.1' else 0", {"A": cells}) == [1, 0, 0, 0, 0, 0]
    assert values("1 if A == '1' else 0", {"A": cells}) == [0, 0, 1, 0, 0, 1]
    assert values("1 if A == '3' else 0", {"A": cells}) == [0, 0, 0, 0, 1, 0]
    # also where only some of the rows are asked: how the whole column is written decides
    columns = {"A": ["1.0", "1", "7"], "B": ["1", "0", "1"]}
    assert values("(1 if A == '1' else 0) if B == 1 else 5", columns) == [0, 5, 0]


def test_the_time_between_stamps_follows_the_rules_of_stamps() -> None:
    columns = {"A": ["01.03.2014 10:00", "02.03.2014 00:00", "-"], "B": ["02.03.2014 16:00"] * 3}
    stamps = {"stamp_format": "%d.%m.%Y %H:%M", "missing": ("-",)}
    assert values("hours_between(A, B)", columns, **stamps) == [30, 16, None]
    assert values("days_between(A, B) * 2", columns, **stamps) == [2.5, 4 / 3, None]
    assert values("-1 if is_missing(A) else hours_between(A, B)", columns, **stamps) == [30, 16, -1]
    dates = {"A": ["2014-03-01", "2014-02-28"], "B": ["2014-03-31", "2014-03-01"]}
    assert values("days_between(A, B)", dates) == [30, 1]
    assert "a date without a time" in problem("hours_between(A, B)", dates)
    mixed = {"A": ["2014-03-01", "2014-02-28 12:00"], "B": ["2014-03-02 12:00", "2014-03-01 12:00"]}
    assert "say `incomplete: missing`" in problem("days_between(A, B)", mixed)
    result = derived("days_between(A, B)", mixed, incomplete="start")
    assert result.data.tolist() == [1.5, 1]
    assert result.incomplete.tolist() == [True, False]
    assert derived("days_between(A, B)", mixed, incomplete="missing").data.isna().tolist() == [True, False]


def test_a_stamp_that_means_missing_is_missing_to_is_missing_too() -> None:
    columns = {"A": ["01-01-1900", "01-03-2014"], "B": ["02-03-2014"] * 2}
    expression = "-1 if is_missing(A) else days_between(A, B)"
    settings_ = {"stamp_format": "%d-%m-%Y", "missing": ("1900-01-01",)}
    assert values(expression, columns, **settings_) == [-1, 1]


def test_a_year_of_two_digits_is_from_1969_to_2068() -> None:
    """The way out for births before it is an expression."""
    columns = {"BIRTH": ["02-03-45", "02-03-69", "02-03-68"], "RAND": ["02-03-14"] * 3}
    settings_ = {"stamp_format": "%d-%m-%y"}
    days = values("days_between(BIRTH, RAND)", columns, **settings_)
    years = [round(day / 365.25, 2) for day in days]
    assert years == [-31, 45, -54]
    stated = "days_between(BIRTH, RAND) / 365.25 + (100 if days_between(BIRTH, RAND) < 0 else 0)"
    assert [round(year, 2) for year in values(stated, columns, **settings_)] == [69, 45, 46]


def test_a_date_whose_order_is_not_stated_is_refused() -> None:
    columns = {"A": ["01-03-2014"], "B": ["02-03-2014"]}
    assert "allowed: time stamps written as ISO 8601" in problem("days_between(A, B)", columns)
