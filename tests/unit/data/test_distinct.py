"""What is asked once of each different cell is true of every row that has it, and of no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipdmediation.data.codes import Code, as_float, number
from ipdmediation.data.conversion import to_numbers
from ipdmediation.data.distinct import Distinct, flagged, mapped
from ipdmediation.data.matching import _Lookup, is_missing, match_values
from ipdmediation.data.reading.raw_table import DeclaredMissing, RawTable

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(-2, 2, width=16),
    st.sampled_from(["1", "01", "1.0", "a", " a", "", "-9", "1e0", "\u0661", "+2", ".5", "5.", "1_0"]),
    st.sampled_from([DeclaredMissing(1), DeclaredMissing(".a"), np.float64("nan")]),
)


@given(st.lists(CELLS, max_size=12))
def test_each_row_has_its_own_cell(cells: list[Any]) -> None:
    column = pd.Series(cells, dtype=object)
    different = Distinct.of(column)
    for cell, place in zip(column.array, different.places, strict=True):
        found = different.cells[place]
        assert (is_missing(cell) and is_missing(found)) or (type(cell) is type(found) and cell == found)
    assert mapped(column, repr).tolist() == [repr(different.cells[place]) for place in different.places]
    assert flagged(column, is_missing).tolist() == [is_missing(cell) for cell in column.array]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1.5, np.nan, 1.5]),
        pd.Series(pd.array([1, None, 1], dtype="Int64")),
        pd.Series(pd.to_datetime(["2015-01-01", None, "2015-01-01"])),
        pd.Series(["a", None, "a"], dtype="str"),
        pd.Series(["a", None, "a"], dtype=object),
    ],
    ids=str,
)
def test_a_typed_column_has_its_cells_once(column: pd.Series[Any]) -> None:
    different = Distinct.of(column)
    assert different.places[0] == different.places[2] != different.places[1]
    assert different.cells[different.places[0]] == column[0]
    assert different.cells[different.places[1]] is None


def test_two_stamps_at_one_moment_stay_two() -> None:
    zones = [UTC, timezone(timedelta(hours=1))]
    stamps = [datetime(2015, 1, 1, 12, tzinfo=zones[0]), datetime(2015, 1, 1, 13, tzinfo=zones[1])]
    assert stamps[0] == stamps[1]
    assert len(set(Distinct.of(pd.Series(stamps, dtype=object)).places)) == 2


@given(st.lists(CELLS, max_size=12), st.sampled_from([".", ","]), st.booleans())
def test_a_number_that_no_code_is_near_is_no_code(cells: list[Any], decimal: str, by_value: bool) -> None:
    """The short way past numbers that can be no code leads where the whole rule does."""
    codes = [Code(1), Code("01"), Code("a"), Code(0.5), Code(-9)]
    cells = [cell for cell in cells if not isinstance(cell, DeclaredMissing)]
    lookup = _Lookup(cells, codes, decimal=decimal, by_value=by_value)
    found = match_values(cells, codes, decimal=decimal, by_value=by_value)
    assert found == [None if is_missing(cell) else lookup.code_of(cell) for cell in cells]


@given(
    st.sampled_from(["1", "0.1", "1e3", "+2", ".5", "5.", "", "a", "1,5", "nan", "1_0", " 7 "])
    | st.integers()
)
def test_a_number_of_double_precision_is_the_nearest_one(cell: Any) -> None:
    value = number(cell)
    assert as_float(cell) == (None if value is None else float(value))


def test_numbers_of_a_column_are_those_of_its_texts() -> None:
    texts = ["1.10", "1.1", "-9", "0.30000000000000004", None, "<1", "1e400", " 2 "]
    raw = RawTable.of_rows(pd.DataFrame({"x": texts}, dtype=object))
    found = to_numbers(raw, "x", codes={Code("<1"): 0.5}, missing=[Code(-9)], decimal=".")
    expected = [1.1, 1.1, np.nan, 0.30000000000000004, np.nan, 0.5, np.inf, 2]
    np.testing.assert_array_equal(found.data, expected)
    assert found.missing_coded is not None
    assert found.missing_coded.tolist() == [text == "-9" for text in texts]
    assert found.recoded is not None
    assert found.recoded.tolist() == [text == "<1" for text in texts]
    assert found.problems == []
