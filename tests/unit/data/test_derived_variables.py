"""Derived variables of a harmonised trial, and one error for everything that is wrong with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ipdmediation.data.errors import MappingError
from ipdmediation.data.harmonise import HarmonisedTrial, harmonise_trial
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.variables import variables_from_config
from tests.unit.data.derived_columns import raw_of

DECLARED: dict[str, dict[str, Any]] = {
    "score": {"type": "continuous", "label": "Score"},
    "volume": {"type": "continuous", "label": "Volume", "unit": "mL", "minimum": 0, "maximum": 900},
    "delay": {"type": "continuous", "label": "Delay", "unit": "minute"},
    "age": {"type": "continuous", "label": "Age", "unit": "year", "minimum": 18, "maximum": 105},
    "old": {"type": "binary", "label": "Old"},
    "grade": {"type": "ordinal", "label": "Grade", "levels": {0: "Well", 1: "Ill", 2: "Dead"}},
    "side": {"type": "categorical", "label": "Side", "levels": {"left": "Left", "right": "Right"}},
}


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
