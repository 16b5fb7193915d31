"""A file with a row for each visit: each variable has the value of the visit that its mapping names."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipdmediation.data.errors import MappingError
from ipdmediation.data.harmonise import HarmonisedTrial, harmonise_trial
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.reading import RawTable
from ipdmediation.data.variables import variables_from_config

VARIABLES = variables_from_config(
    {
        "age": {"type": "continuous", "label": "Age", "unit": "year", "minimum": 18, "maximum": 105},
        "site": {"type": "categorical", "label": "Site", "levels": {"l": "Left", "r": "Right"}},
        "mrs": {"type": "ordinal", "label": "mRS", "levels": {0: "0", 1: "1", 2: "2", 3: "3"}},
    }
)
MAPPING: dict[str, Any] = {
    "label": "Long",
    "source": {"file": "long.csv", "format": "csv"},
    "missing": [-9],
    "visits": {"column": "VISIT", "day": "DAY"},
    "patient": {"column": "ID"},
    "treatment": {"column": "ARM", "codes": {"A": "treated", "B": "control"}},
    "variables": {
        "age": {"column": "AGE"},
        "site": {"column": "SIDE", "codes": {"L": "l", "R": "r"}},
        "mrs": {"column": "MRS"},
    },
}
ROWS = [
    # ID, ARM, VISIT, DAY, AGE, SIDE, MRS
    ("2", "A", "B0", "0", "70", "L", None),
    ("2", None, "M1", "31", None, None, "3"),
    ("2", "A", "M3", "88", "70", None, "1"),
    ("1", "B", "M3", "140", None, "R", "0"),
    ("1", "B", "B0", "0", "61,5", "R", "-9"),
    ("1", "B", "M1", "28", "61,5", None, "2"),
    ("7", "A", "B0", "0", None, None, None),
]


def table(rows: list[tuple[Any, ...]] = ROWS) -> RawTable:
    names = ["ID", "ARM", "VISIT", "DAY", "AGE", "SIDE", "MRS"]
    frame = pd.DataFrame(rows, columns=names, dtype=object)
    return RawTable(frame=frame, rows=range(2, 2 + len(rows)), counted="line")


def mapping(**at: Any) -> dict[str, Any]:
    stated = copy.deepcopy(MAPPING)
    for name, visit in at.items():
        stated["variables"][name]["at"] = visit
    return stated


def harmonise(raw: RawTable, stated: dict[str, Any]) -> HarmonisedTrial:
    stated["source"]["options"] = {"decimal": ","}
    return harmonise_trial(
        raw,
        mapping=TrialMapping.from_mapping(stated),
        trial="long",
        variables=VARIABLES,
        file="long.csv",
    )


def scores(at: Any, rows: list[tuple[Any, ...]] = ROWS) -> list[float | None]:
    """The outcome of patients 2, 1 and 7."""
    found = harmonise(table(rows), mapping(mrs=at)).frame["mrs"]
    return [None if pd.isna(score) else int(score) for score in found]


def message(raw: RawTable, stated: dict[str, Any]) -> str:
    with pytest.raises(MappingError) as error:
        harmonise(raw, stated)
    return str(error.value)


def test_a_patient_is_one_row_with_what_its_rows_agree_on() -> None:
    frame = harmonise(table(), mapping(mrs={"visit": "M3"})).frame
    assert frame["patient"].tolist() == ["2", "1", "7"]
    assert frame["treatment"].tolist() == [1, 0, 1]
    np.testing.assert_array_equal(frame["age"], [70, 61.5, np.nan])
    assert frame["site"].tolist()[:2] == ["l", "r"]
    assert frame["mrs"].dtype == "Int8"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ({"visit": "M3"}, [1, 0, None]),
        ({"visit": "M1"}, [3, 2, None]),
        ({"visit": ["B0", "M1", "M3"]}, [3, 2, None]),
        ({"visit": ["M3", "M1"]}, [1, 0, None]),
        ({"visit": "B0"}, [None, None, None]),
        ({"day": 90, "from": 60, "to": 120}, [1, None, None]),
        ({"day": 90}, [1, 0, None]),
        ({"day": 30, "to": 60}, [3, 2, None]),
        ("first", [3, 2, None]),
        ("last", [1, 0, None]),
        ("smallest", [1, 0, None]),
        ("largest", [3, 2, None]),
    ],
    ids=str,
)
def test_a_value_is_that_of_the_visit(at: Any, expected: list[int | None]) -> None:
    assert scores(at) == expected


def test_the_order_of_the_rows_plays_no_part_where_days_are_known() -> None:
    for at in ("first", "last", {"day": 90}, {"visit": ["M3", "M1"]}, "smallest"):
        backwards = dict(zip(["7", "1", "2"], scores(at, ROWS[::-1]), strict=True))
        assert backwards == dict(zip(["2", "1", "7"], scores(at), strict=True))


def test_without_days_first_and_last_go_by_row() -> None:
    stated = mapping(mrs="first")
    del stated["visits"]["day"]
    found = harmonise(table(), stated).frame["mrs"]
    assert found.tolist()[:2] == [3, 0]


def test_of_two_days_as_near_the_earlier_one_counts() -> None:
    rows = [("1", "A", "x", "100", None, None, "2"), ("1", "A", "y", "80", None, None, "1")]
    assert scores({"day": 90}, rows) == [1]


def test_what_stands_at_other_visits_does_no_harm() -> None:
    rows = [*ROWS, ("7", "A", "M1", "30", None, None, "not done")]
    assert scores({"visit": "M3"}, rows) == [1, 0, None]
    assert "line 9) holds codes without a mapping, 'not done'" in message(table(rows), mapping(mrs="last"))


def test_a_derived_variable_has_the_cells_of_one_visit() -> None:
    stated = mapping()
    stated["variables"]["mrs"] = {"derive": "MRS if DAY > 0 else missing", "at": {"visit": ["M3", "M1"]}}
    found = harmonise(table(), stated)
    assert [None if pd.isna(score) else int(score) for score in found.frame["mrs"]] == [1, 0, None]
    counts = found.quality.set_index("variable").loc["mrs"]
    assert (counts["n"], counts["converted"], counts["missing"]) == (3, 2, 1)


def test_who_was_randomised_twice_counts_as_the_mapping_says() -> None:
    rows = [
        ("1", "B", None, "40", "70", "L", "1"),
        ("1", "A", None, "0", "69", "L", "3"),
        ("2", "B", None, "0", "50", "R", "2"),
    ]
    twice = mapping(age="first", mrs="first")
    twice["visits"] = {"day": "DAY"}
    with pytest.raises(
        MappingError, match=r"column 'ARM' \(treatment\): .*another value than in other rows"
    ) as error:
        harmonise(table(rows), twice)
    assert "`at`" in str(error.value)
    for which, arm, age, score in (("first", 1, 69, 3), ("last", 0, 70, 1)):
        stated = mapping(age=which, mrs=which)
        stated |= {"visits": {"day": "DAY"}, "treatment": {**stated["treatment"], "at": which}}
        found = harmonise(table(rows), stated).frame.set_index("patient")
        assert found.loc["1", ["treatment", "age", "mrs"]].tolist() == [arm, age, score]
        assert found.loc["2", "treatment"] == 0


def test_quality_counts_patients_and_not_rows() -> None:
    quality = harmonise(table(), mapping(mrs={"visit": "B0"})).quality.set_index("variable")
    assert (quality["n"] == 3).all()
    assert quality.loc["mrs", ["missing", "missing_coded"]].tolist() == [3, 1]
    assert quality.loc["site", ["missing", "recoded"]].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            ("2", "A", "M6", "180", "71", None, None),
            "column 'AGE' (age): 1 row (line 9) holds another value than in other rows of the same patient; "
            "allowed: one value (or say at which visit: `at`)",
        ),
        (("2", "B", "M6", "180", None, None, None), "column 'ARM' (treatment): 1 row (line 9) holds another"),
        (("2", "A", "M3", "88", None, None, "2"), "another value than at the same visit; allowed: one value"),
        (("9", None, "B0", "0", None, None, None), "no row of the patients of 1 row (line 9) has an arm"),
        ((None, "A", "B0", "0", None, None, None), "column 'ID' (patient): 1 row (line 9) without an id"),
        (("2", "A", "M6", "late", None, None, None), "column 'DAY' (day of the visit): 1 row (line 9) "),
    ],
)
def test_rows_that_contradict_one_another_are_named(row: tuple[Any, ...], said: str) -> None:
    assert said in message(table([*ROWS, row]), mapping(mrs={"visit": "M3"}))


def test_the_same_value_twice_at_one_visit_is_no_contradiction() -> None:
    assert scores({"visit": "M3"}, [*ROWS, ("2", "A", "M3", "89", None, None, "1")]) == [1, 0, None]


def test_a_visit_that_nobody_has_is_named() -> None:
    said = message(table(), mapping(mrs={"visit": ["M4", "M12"]}))
    assert "no row is of visit 'M4', 'M12' (column 'VISIT': 'B0', 'M1', 'M3')" in said
    assert "no row has a day that is asked for" in message(table(), mapping(mrs={"day": 900, "from": 800}))


def test_a_patient_twice_where_rows_are_patients_says_that_they_may_be_visits() -> None:
    stated = mapping()
    del stated["visits"]
    assert "(where a row is a visit, say `visits:`)" in message(table(), stated)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 200), st.sampled_from([None, "0", "1", "2", "3"])),
        min_size=1,
        max_size=14,
        unique_by=lambda row: row[:2],
    ),
    st.sampled_from(["first", "last", "smallest", "largest", "day"]),
)
def test_no_patient_is_lost_and_the_value_is_the_one_that_plain_python_finds(
    visits: list[tuple[str, int, str | None]], rule: str
) -> None:
    rows = [(who, "A", "x", str(day), None, None, score) for who, day, score in visits]
    at: Any = {"day": 90, "from": 30, "to": 150} if rule == "day" else rule
    asked = [row for row in visits if rule != "day" or 30 <= row[1] <= 150]
    if not asked:
        return
    frame = harmonise(table(rows), mapping(mrs=at)).frame
    assert frame["patient"].tolist() == list(dict.fromkeys(who for who, _, _ in visits))
    for patient, score in zip(frame["patient"], frame["mrs"], strict=True):
        known = [(day, int(found)) for who, day, found in asked if who == patient and found is not None]
        keys = {
            "first": lambda each: each[0],
            "last": lambda each: -each[0],
            "smallest": lambda each: each[1],
            "largest": lambda each: -each[1],
            "day": lambda each: (abs(each[0] - 90), each[0]),
        }
        expected = min(known, key=keys[rule])[1] if known else None
        assert (None if pd.isna(score) else score) == expected
