"""Derived variables: known answers, plain Python row by row, and one error for each thing that cannot be."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ipdmediation.data.codes import Code
from ipdmediation.data.derivation_source import DEEPEST
from ipdmediation.data.derived import to_derived
from ipdmediation.data.errors import MappingError
from ipdmediation.data.harmonise import HarmonisedTrial, harmonise_trial
from ipdmediation.data.mapping import ColumnMapping, TrialMapping
from ipdmediation.data.reading import RawTable
from ipdmediation.data.variables import variables_from_config

DECLARED: dict[str, dict[str, Any]] = {
    "score": {"type": "continuous", "label": "Score"},
    "volume": {"type": "continuous", "label": "Volume", "unit": "mL", "minimum": 0, "maximum": 900},
    "delay": {"type": "continuous", "label": "Delay", "unit": "minute"},
    "age": {"type": "continuous", "label": "Age", "unit": "year", "minimum": 18, "maximum": 105},
    "old": {"type": "binary", "label": "Old"},
    "grade": {"type": "ordinal", "label": "Grade", "levels": {0: "Well", 1: "Ill", 2: "Dead"}},
    "side": {"type": "categorical", "label": "Side", "levels": {"left": "Left", "right": "Right"}},
}


def raw_of(columns: dict[str, Any], *, epoch: datetime | None = None) -> RawTable:
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
    return RawTable(frame=frame, rows=range(2, len(frame) + 2), counted="line", epoch=epoch)


def derived(
    expression: str,
    columns: dict[str, Any] | pd.DataFrame,
    *,
    numbers: bool = True,
    missing: tuple[Any, ...] = (),
    decimal: str = ".",
    **mapping: Any,
) -> Any:
    raw = RawTable.of_rows(columns) if isinstance(columns, pd.DataFrame) else raw_of(columns)
    column = ColumnMapping(derive=expression, **mapping)
    codes = [Code(code) for code in missing]
    return to_derived(raw, column, numbers=numbers, missing=codes, decimal=decimal)


def values(expression: str, columns: dict[str, Any], **settings_: Any) -> list[Any]:
    result = derived(expression, columns, **settings_)
    assert result.problems == []
    return [None if pd.isna(value) else value for value in result.data]


def problem(expression: str, columns: dict[str, Any], **settings_: Any) -> str:
    result = derived(expression, columns, **settings_)
    assert result.problems
    return " | ".join(result.problems)


def harmonise(
    columns: dict[str, Any], *, missing: tuple[Any, ...] = (), **variables: dict[str, Any]
) -> HarmonisedTrial:
    """Return a file with some variables mapped; the id is P, the arm T."""
    n = len(next(iter(columns.values())))
    mapping = {
        "source": {"format": "csv"},
        "missing": list(missing),
        "patient": {"column": "P"},
        "treatment": {"column": "T", "codes": {1: "treated", 2: "control"}},
        "variables": variables,
    }
    return harmonise_trial(
        raw_of({"P": [f"p{row}" for row in range(n)], "T": ["1"] * n, **columns}),
        mapping=TrialMapping.from_mapping(mapping),
        trial="a",
        variables=variables_from_config({name: DECLARED[name] for name in variables}),
        file="a.csv",
    )


def message(columns: dict[str, Any], **variables: dict[str, Any]) -> str:
    with pytest.raises(MappingError) as error:
        harmonise(columns, **variables)
    return str(error.value)


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


# trials as they come


def test_a_sum_of_items() -> None:
    columns = {"N1": ["1", "2", "-9", "0"], "N2": ["0", "3", "1", "2"], "item 3": ["1", "", "1", "4"]}
    done = harmonise(columns, missing=(-9, 99), score={"derive": "sum(N1, N2, `item 3`)"})
    np.testing.assert_array_equal(done.frame["score"], [2, np.nan, np.nan, 6])
    row = done.quality.set_index("variable").loc["score"]
    assert row["column"] == "derived: sum(N1, N2, `item 3`)"
    assert (row["missing"], row["missing_coded"], row["converted"], row["recoded"]) == (2, 1, 2, 0)
    assert row["missing_codes_unused"] == "99"


def test_an_outcome_from_two_columns() -> None:
    columns = {
        "CENTRAL": ["0", "", "9", "2"],
        "LOCAL": ["2", "1", "2", ""],
        "DIED": ["no", "no", "yes", "no"],
    }
    central = harmonise(columns, grade={"derive": "first_known(CENTRAL, LOCAL)", "missing": [9]})
    assert central.frame["grade"].tolist() == [0, 1, 2, 2]
    dead = harmonise(columns, grade={"derive": "2 if DIED == 'yes' else first_known(CENTRAL, LOCAL)"})
    assert dead.frame["grade"].tolist() == [0, 1, 2, 2]
    codes = {"grade": {"derive": "'dead' if DIED == 'yes' else LOCAL", "codes": {"1": 0, "2": 1, "dead": 2}}}
    coded = harmonise(columns, **codes)
    assert coded.frame["grade"].tolist()[:3] == [1, 0, 2]
    assert coded.frame["grade"].isna().tolist() == [False] * 3 + [True]
    counts = coded.quality.set_index("variable").loc["grade"]
    assert (counts["recoded"], counts["converted"], counts["missing"]) == (3, 3, 1)
    said = message(columns, grade={"derive": "first_known(CENTRAL, LOCAL)"})
    assert (
        "derived: first_known(CENTRAL, LOCAL) (grade): 1 row (line 4) holds codes without a mapping" in said
    )
    assert "'9'; allowed: 0, 1, 2" in said


def test_a_volume_of_three_diameters() -> None:
    columns = {"a": ["2", "4"], "b": ["3", "5"], "c (cm)": ["1", "100"]}
    mapping = {"derive": "a * b * `c (cm)` / 2", "unit": "cm**3"}
    done = harmonise({name: cells[:1] for name, cells in columns.items()}, volume=mapping)
    np.testing.assert_allclose(done.frame["volume"], [3])
    said = message(columns, volume=mapping)
    assert "derived: a * b * `c (cm)` / 2 (volume): 1 row (line 3) outside the range, '1000'" in said
    assert "(in the file '4', '5', '100'); allowed: numbers from 0 to 900 mL" in said
    dropped = harmonise(columns, volume={**mapping, "out_of_range": "missing"})
    assert dropped.quality.set_index("variable").loc["volume", "out_of_range"] == 1


def test_hours_between_two_stamps_in_the_variable_s_unit() -> None:
    columns = {"ONSET": ["1.3.2014 10:00", ""], "RAND": ["1.3.2014 11:30", "1.3.2014 12:00"]}
    mapping = {"derive": "hours_between(ONSET, RAND)", "format": "%d.%m.%Y %H:%M", "unit": "hour"}
    done = harmonise(columns, delay=mapping)
    np.testing.assert_allclose(done.frame["delay"], [90, np.nan])


def test_age_from_birth_and_randomisation() -> None:
    columns = {"BIRTH": ["1944-03-01", "1950-06-30"], "RAND": ["2014-03-01 10:15", "2014-06-30 23:00"]}
    mapping = {"derive": "days_between(BIRTH, RAND) / 365.25", "incomplete": "start"}
    done = harmonise(columns, age=mapping)
    np.testing.assert_allclose(done.frame["age"], [70, 64], atol=0.01)
    assert done.quality.set_index("variable").loc["age", "incomplete"] == 2


def test_truth_values_are_one_and_zero_or_the_codes_true_and_false() -> None:
    columns = {"A": ["70", "80", ""]}
    old = harmonise(columns, old={"derive": "A >= 75"}).frame["old"]
    assert old.tolist()[:2] == [0, 1]
    assert old.isna().tolist() == [False, False, True]
    young = harmonise(columns, old={"derive": "A < 75", "codes": {"true": 0, "false": 1}})
    assert young.frame["old"].tolist()[:2] == [0, 1]
    side = {"derive": "A >= 75", "codes": {"true": "left", "false": "right"}}
    assert harmonise(columns, side=side).frame["side"].tolist()[:2] == ["right", "left"]
    words = {"derive": "'left' if A >= 75 else 'right'"}
    assert harmonise(columns, side=words).frame["side"].tolist()[:2] == ["right", "left"]


def test_everything_that_is_wrong_is_one_error() -> None:
    columns = {"A": ["x", "1"], "B": ["0", "y"]}
    said = message(
        columns, score={"derive": "A + B"}, grade={"derive": "A"}, age={"derive": "40 / B if A == 1 else 50"}
    )
    for part in (
        "derived: A + B (score): column 'A': 1 row (line 2) holds 'x'",
        "derived: A + B (score): column 'B': 1 row (line 3) holds 'y'",
        "derived: A (grade): 1 row (line 2) holds codes without a mapping, 'x'",
        "(age): column 'A': 1 row (line 2) holds 'x'",
        "(age): column 'B': 1 row (line 3) holds 'y'",
    ):
        assert part in said


def test_columns_that_are_not_in_the_file_are_named() -> None:
    said = message({"N1": ["1"]}, score={"derive": "sum(N1, n2, `N 3`)"})
    assert "column 'n2' (score) is not in the file" in said
    assert "column 'N 3' (score) is not in the file" in said


def test_the_patient_s_id_is_no_column_of_an_expression() -> None:
    assert "column 'P' is that of the patient's id" in message({"N": ["1"]}, score={"derive": "N + P"})


# against plain Python, row by row

Row = dict[str, Any]


@dataclass(frozen=True)
class Both:
    """An expression, and what plain Python makes of a row."""

    text: str
    of: Callable[[Row], Any]


def strict(function: Callable[..., Any], text: str, *parts: Both) -> Both:
    """Return a function of parts that is missing where one of them is."""

    def of(row: Row) -> Any:
        found = [part.of(row) for part in parts]
        return None if None in found else function(*found)

    return Both(text.format(*(part.text for part in parts)), of)


def both_true(one: Any, other: Any) -> Any:
    if one is False or other is False:
        return False
    return None if None in (one, other) else True


def negated(value: Any) -> Any:
    return None if value is None else not value


def chosen(test: Both, yes: Both, no: Both) -> Both:
    def of(row: Row) -> Any:
        found = test.of(row)
        return None if found is None else (yes if found else no).of(row)

    return Both(f"({yes.text} if {test.text} else {no.text})", of)


def first(one: Both, other: Both) -> Both:
    def of(row: Row) -> Any:
        found = one.of(row)
        return other.of(row) if found is None else found

    return Both(f"first_known({one.text}, {other.text})", of)


COMPARED = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
PAIRS: dict[str, Callable[..., Any]] = {
    "({} + {})": operator.add,
    "({} - {})": operator.sub,
    "({} * {})": operator.mul,
    "({} / (abs({}) + 1))": lambda a, b: a / (abs(b) + 1),
    "min({}, {})": min,
    "max({}, {})": max,
    "sum({}, {})": operator.add,
    "mean({}, {})": lambda a, b: (a + b) / 2,
}
SINGLES: dict[str, Callable[..., Any]] = {
    "(-{})": operator.neg,
    "abs({})": abs,
    "round({})": round,
    "round({}, 1)": lambda a: round(a, 1),
    "sqrt(abs({}))": lambda a: abs(a) ** 0.5,
}


COLUMN = st.sampled_from("ABC").map(lambda name: Both(name, lambda row: row[name]))
NUMBER = st.integers(-3, 3).map(lambda value: Both(f"({value})", lambda _: float(value)))
TEXT = Both("T", lambda row: row["T"])


@st.composite
def numbers_of(draw: st.DrawFn, depth: int) -> Both:
    """Draw an expression that gives a number, of at most so many steps inside one another."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(COLUMN | NUMBER)
    inner = numbers_of(depth - 1)
    how = draw(st.sampled_from([*PAIRS, *SINGLES, "first", "choice", "sum of three"]))
    if how in PAIRS:
        return strict(PAIRS[how], how, draw(inner), draw(inner))
    if how in SINGLES:
        return strict(SINGLES[how], how, draw(inner))
    if how == "first":
        return first(draw(inner), draw(inner))
    if how == "choice":
        return chosen(draw(conditions(depth - 1)), draw(inner), draw(inner))
    parts = [draw(inner) for _ in range(3)]
    return strict(lambda *found: reduce(operator.add, found), "sum({}, {}, {})", *parts)


@st.composite
def conditions(draw: st.DrawFn, depth: int) -> Both:
    """Draw an expression that is true or false."""
    how = draw(
        st.sampled_from(["compared", "between", "asked", "text", *(["and", "or", "not"] * (depth > 0))])
    )
    inner, numbers = conditions(max(depth - 1, 0)), numbers_of(max(depth - 1, 0))
    if how == "compared":
        name = draw(st.sampled_from(list(COMPARED)))
        return strict(COMPARED[name], f"({{}} {name} {{}})", draw(numbers), draw(numbers))
    if how == "between":
        a, b, c = (draw(numbers) for _ in range(3))
        low, high = strict(operator.le, "", a, b), strict(operator.lt, "", b, c)
        text = f"({a.text} <= {b.text} < {c.text})"
        return Both(text, lambda row: both_true(low.of(row), high.of(row)))
    if how == "asked":
        part = draw(numbers)
        return Both(f"is_missing({part.text})", lambda row: part.of(row) is None)
    if how == "text":
        word, name = draw(st.sampled_from("ab")), draw(st.sampled_from(["==", "!="]))
        return strict(lambda cell: COMPARED[name](cell, word), f"({{}} {name} '{word}')", TEXT)
    return joined(how, draw(inner), draw(inner))


def joined(how: str, p: Both, q: Both) -> Both:
    if how == "not":
        return Both(f"(not {p.text})", lambda row: negated(p.of(row)))
    if how == "and":
        return Both(f"({p.text} and {q.text})", lambda row: both_true(p.of(row), q.of(row)))
    either = f"({p.text} or {q.text})"
    return Both(either, lambda row: negated(both_true(negated(p.of(row)), negated(q.of(row)))))


CELL = st.none() | st.integers(-3, 3).map(float)
ROWS = st.lists(
    st.fixed_dictionaries({"A": CELL, "B": CELL, "C": CELL, "T": st.sampled_from(["a", "b", "c", None])}),
    min_size=1,
    max_size=6,
)


def of_rows(rows: list[Row]) -> RawTable:
    """Return rows as a file has them: some numbers as text, some missing by code, some empty."""
    empty = {"A": "-9", "B": None, "C": " ", "T": ""}
    frame = pd.DataFrame(
        {
            name: pd.Series([empty[name] if row[name] is None else row[name] for row in rows], dtype=object)
            for name in "ABCT"
        }
    )
    return RawTable.of_rows(frame.assign(C=frame["C"].map(str).astype(object)))


def deepest(text: str) -> int:
    depths = np.cumsum([{"(": 1, ")": -1}.get(letter, 0) for letter in text])
    return int(depths.max(initial=0))


def computed(expression: Both, rows: list[Row], *, numbers: bool) -> list[Any]:
    assume(deepest(expression.text) <= DEEPEST and any(name in expression.text for name in "ABCT"))
    column = ColumnMapping(derive=expression.text)
    result = to_derived(of_rows(rows), column, numbers=numbers, missing=[Code(-9)], decimal=".")
    assert result.problems == []
    return [None if pd.isna(value) else value for value in result.data]


@settings(max_examples=150, deadline=None)
@given(numbers_of(4), ROWS)
def test_numbers_are_those_of_plain_python(expression: Both, rows: list[Row]) -> None:
    found = computed(expression, rows, numbers=True)
    expected = [expression.of(row) for row in rows]
    assert [value is None for value in found] == [value is None for value in expected], expression.text
    np.testing.assert_allclose(np.array(found, dtype=float), np.array(expected, dtype=float), atol=1e-12)


@settings(max_examples=150, deadline=None)
@given(conditions(4), ROWS)
def test_truth_values_are_those_of_plain_python(expression: Both, rows: list[Row]) -> None:
    found = computed(expression, rows, numbers=False)
    assert found == [expression.of(row) for row in rows], expression.text
