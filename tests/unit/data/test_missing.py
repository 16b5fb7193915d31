"""Which variables have to be known, which are imputed, and the table that counts both."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from ipdmediation.data.missing import MISSING_COLUMNS, NOTHING_NEEDED, MissingData, never_measured
from tests.unit.data.conftest import VARIABLES, a_cohort


@pytest.mark.parametrize(
    ("covariates", "names"),
    [
        (["age", "female"], ("age", "female")),
        ("log(delay) + age:treatment", ("delay", "age")),
        ({"mediator": ["age"], "outcome": "C(site) + age"}, ("age", "site")),
        ([], ()),
    ],
)
def test_every_variable_of_any_model_is_needed(covariates: Any, names: tuple[str, ...]) -> None:
    needed = {"covariates": covariates, "mediator": "volume", "outcome": "mrs", "variables": VARIABLES}
    complete = MissingData.of(method="complete_case", **needed)
    assert (complete.required, complete.imputed) == ((*names, "volume", "mrs"), ())
    imputed = MissingData.of(method="impute", **needed)
    assert (imputed.required, imputed.imputed) == (("mrs",), (*names, "volume"))


def test_where_nothing_is_missing_the_table_has_columns_only() -> None:
    full, holes = a_cohort(50, 1)
    plan = MissingData(required=("mrs",), imputed=("age",))
    assert plan.table(full, full).empty
    assert plan.table(full, full).columns.tolist() == list(MISSING_COLUMNS)
    assert NOTHING_NEEDED.table(holes, holes).empty


def test_a_trial_that_never_measured_a_variable_is_told_from_one_that_often_did_not() -> None:
    patients = pd.DataFrame(
        {
            "trial": ["a"] * 3 + ["b"] * 3 + ["all_of_them"] * 2,
            "mrs": 1.0,
            "age": [1.0, None, 2.0, None, None, None, None, None],
            "volume": [None, 1.0, 1.0, None, 1.0, 1.0, 1.0, 1.0],
        }
    )
    table = MissingData(required=("mrs",), imputed=("age", "volume")).table(patients, patients)
    assert never_measured(table, "age") == ["b", "all_of_them"]
    assert never_measured(table, "volume") == []
    excluded = MissingData(required=("age",)).table(patients, patients)
    assert never_measured(excluded, "age") == []
