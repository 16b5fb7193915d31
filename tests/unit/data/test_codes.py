from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ipdmediation.data.codes import Code, same_codes
from ipdmediation.data.matching import match_codes, shown, spelt_alike


def matched(cells: Any, codes: list[Any], **options: Any) -> list[Any]:
    column = cells if isinstance(cells, pd.Series) else pd.Series(cells, dtype=object)
    found = match_codes(column, [Code(code) for code in codes], **({"decimal": "."} | options))
    return [None if code is None else code.written for code in found]


@pytest.mark.parametrize(
    ("cells", "codes", "expected"),
    [
        (["1", "01", "1.0", " 1 "], [1], [1, 1, 1, 1]),
        ([1, 1.0, np.int64(1), True], [1], [1, 1, 1, 1]),
        ([1, 1.0], ["1"], ["1", "1"]),
        (["M", " M", "m"], ["M"], ["M", "M", None]),
        (["1.1", "1.10"], ["1.1", "1.10"], ["1.1", "1.10"]),
        (["1.1", "1.10"], ["1.1"], ["1.1", None]),
        (["1.1", "1.10"], [1.1], [None, None]),
        (["1.10", "2"], [1.1, 2], [1.1, 2]),
        (["20", "2E1"], [20], [20, None]),
        (["20", "2E1"], ["20", "2E1"], ["20", "2E1"]),
        (["2E1"], ["20"], [None]),
        (["1.0", "2.0"], ["1", "2"], ["1", "2"]),
        (["1", "01"], ["1"], ["1", None]),
        ([1.1], ["1.1", "1.10"], [None]),
        ([True, np.False_], ["true", "FALSE"], ["true", "FALSE"]),
        (["true", "TRUE"], ["true"], ["true", None]),
        ([date(1900, 1, 1), datetime(1900, 1, 1)], ["1900-01-01"], ["1900-01-01"] * 2),
        ([datetime(1900, 1, 1, 10), pd.Timestamp("1900-01-01")], ["1900-01-01"], [None, "1900-01-01"]),
        ([None, np.nan, pd.NA, pd.NaT, " "], [1, " "], [None] * 5),
    ],
)
def test_which_code_a_cell_is(cells: list[Any], codes: list[Any], expected: list[Any]) -> None:
    assert matched(cells, codes) == expected


def test_codes_of_a_column_of_numbers_go_by_value() -> None:
    assert matched(["9,90", "9.9", 9.9, "9,8"], ["9,9", 8], decimal=",", by_value=True) == [
        "9,9",
        None,
        "9,9",
        None,
    ]
    assert matched(["2E1"], [20], by_value=True) == [20]
    assert matched([True, np.True_], [1], by_value=True) == [None, None]
    assert matched([True, False], ["TRUE", 0], by_value=True) == ["TRUE", None]


def test_a_code_goes_by_the_precision_of_its_column() -> None:
    single = pd.Series(np.array([99.9, 0.26, 99.8], dtype="float32"))
    assert matched(single, [99.9, 0.26], by_value=True) == [99.9, 0.26, None]
    assert matched(single, [99.90000152587890625], by_value=True)[0] == 99.90000152587890625
    widened = single.astype("float64")
    assert matched(widened, [99.9, 0.26], by_value=True) == [99.9, 0.26, None]
    assert matched([repr(float(cell)) for cell in widened], [99.9], by_value=True) == [99.9, None, None]
    assert matched([0.1 + 1e-12, 2.0**60], [0.1, 1e300], by_value=True) == [None, None]


def test_a_second_spelling_is_explained() -> None:
    text = spelt_alike(pd.Series(["1.10"]), [Code(1.1)], decimal=".")
    assert "'1.10' and 1.1 are one number but two texts" in text
    text = spelt_alike(pd.Series([1.1]), [Code("1.1"), Code("1.10")], decimal=".")
    assert "the column holds numbers, in which '1.1' and '1.10' are the same" in text
    assert spelt_alike(pd.Series(["x", 2.0]), [Code("1.1")], decimal=".") == ""


@pytest.mark.parametrize(
    ("codes", "by_value", "pairs"),
    [
        ([1, "01"], False, [(1, "01")]),
        (["1", "01", "1.0"], False, [("1", "01"), ("1", "1.0"), ("01", "1.0")]),
        (["1.1", 1.1], False, [("1.1", 1.1)]),
        (["1.1", "1.10"], False, []),
        (["1.1", "1.10"], True, [("1.1", "1.10")]),
        (["20", "2E1", 21], False, []),
        (["M", " M"], False, [("M", " M")]),
        (["M", "m", 1, 2], False, []),
        (["9,9", 9.9], False, [("9,9", 9.9)]),
    ],
)
def test_codes_that_are_the_same(codes: list[Any], by_value: bool, pairs: list[tuple[Any, Any]]) -> None:
    found = same_codes(map(Code, codes), by_value=by_value, decimal=",")
    assert [(one.written, other.written) for one, other in found] == pairs


@settings(deadline=None)
@example(["0", "0E0"])
@given(st.lists(st.text("0123456789.Ee+ aB", min_size=1).filter(str.strip), min_size=2, max_size=6))
def test_texts_that_differ_never_become_one_code(cells: list[str]) -> None:
    """Of the texts of one column only one is a code that is written as text."""
    texts = list(dict.fromkeys(cell.strip() for cell in cells))
    assert matched(texts, texts) == texts
    for text in texts:
        others = [cell for cell in texts if cell != text]
        assert matched(texts, [text]).count(text) == 1 or not others


def test_ten_different_cells_are_shown_and_the_others_counted() -> None:
    letters = list("jihgfedcba")
    all_ten = "'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'"
    assert shown(letters * 2) == all_ten
    assert shown([*letters, "k"]) == f"{all_ten} and 1 more"
    assert shown([1, "1", 2.5], limit=2) == "'1', 1 and 1 more"
