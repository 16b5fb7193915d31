"""Expressions drawn at random come to what plain Python makes of them, row by row."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ipdmediation.data.codes import Code
from ipdmediation.data.derivation_source import DEEPEST
from ipdmediation.data.derived import to_derived
from ipdmediation.data.mapping import ColumnMapping
from ipdmediation.data.reading import RawTable

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
