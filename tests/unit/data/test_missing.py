"""Which variables have to be known, which are imputed, and the table that counts both."""

from __future__ import annotations

from typing import Any

import pytest

from ipdmediation.data.missing import MISSING_COLUMNS, NOTHING_NEEDED, MissingData
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
