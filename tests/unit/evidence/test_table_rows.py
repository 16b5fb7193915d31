"""The rows that are told from a configuration are those that the tables have."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from ipdmediation.data.cohort import FLOW_COLUMNS, select_cohort
from ipdmediation.data.described import DESCRIPTION_COLUMNS
from ipdmediation.data.description import (
    describe_baseline,
    describe_mediator,
    describe_outcome,
)
from ipdmediation.data.missing import MissingData
from ipdmediation.data.references import Study
from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.evidence.published import compare_with_published
from ipdmediation.evidence.published_rows import published_faults
from ipdmediation.evidence.table_rows import COLUMNS, Row, as_cell, rows_of
from ipdmediation.inference import model_table, summary
from ipdmediation.models.specification import AnalysisSpecification, mediation_models
from tests.unit.data.conftest import DECLARED, VARIABLES, a_cohort

RULES: list[dict[str, Any]] = [{"variable": "age", "between": [None, 95], "reason": "Too old"}]
SETTINGS: dict[str, Any] = {
    "label": "Primary",
    "eligibility": [],
    "mediator": {"variable": "volume", "transform": "log", "offset": 1, "spline_knots": None},
    "outcome": {"variable": "mrs", "family": "ordinal", "better": "low"},
    "covariates": ["age", "female", "site"],
    "named_level": None,
    "interaction": False,
    "trial_effects": "none",
    "standardisation": {
        "mediator_distribution": "gaussian",
        "population": "these_trials",
        "controlled_at": [5, 50],
        "utility": [1, 0.5, 0],
    },
    "missing": {"method": "impute"},
}


def told(table: str, *, settings: dict[str, Any] = SETTINGS, excluding: bool = False) -> list[Row]:
    return rows_of(
        table,
        settings=settings,
        variables=VARIABLES,
        trials=["t0", "t1", "t2"],
        baseline=["age", "female", "site", "mrs"],
        rules=RULES,
        excluding=excluding,
    )


def agree(rows: list[Row], table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    """Hold what is told against a table: every row of it is possible, every certain row is there once."""
    found = [tuple(as_cell(value) for value in row) for row in table[list(columns)].itertuples(index=False)]
    for cells in found:
        assert any(
            all(row.holds(column, [cell]) for column, cell in zip(columns, cells, strict=True))
            for row in rows
        ), cells
    for row in [row for row in rows if row.certain]:
        same = [
            cells
            for cells in found
            if all(row.holds(column, [cell]) for column, cell in zip(columns, cells, strict=True))
        ]
        assert len(same) == 1, row


@pytest.fixture(scope="module")
def cohort() -> pd.DataFrame:
    full, _ = a_cohort(240, 3)
    return full


def test_columns_are_those_of_the_tables() -> None:
    known = {
        "flow": FLOW_COLUMNS,
        "describe": DESCRIPTION_COLUMNS,
        "models": model_table.COLUMNS,
        "effects": summary.COLUMNS,
    }
    for table, columns in COLUMNS.items():
        assert {*columns.named, *columns.numbers} <= set(known[table])


def test_rows_of_the_flow(cohort: pd.DataFrame) -> None:
    for method in ("impute", "complete_case"):
        missing = MissingData.of(
            method=method, covariates=["age"], mediator="volume", outcome="mrs", variables=VARIABLES
        )
        flow = select_cohort(cohort, rules=RULES, variables=VARIABLES, missing=missing).flow
        agree(
            told("flow", settings={**SETTINGS, "missing": {"method": method}}),
            flow,
            ("step", "kind", "reason"),
        )
    holes = cohort.copy()
    holes.loc[:4, "mrs"] = None
    missing = MissingData.of(
        method="impute", covariates=["age"], mediator="volume", outcome="mrs", variables=VARIABLES
    )
    flow = select_cohort(holes, rules=RULES, variables=VARIABLES, missing=missing).flow
    assert len(flow) == 3
    agree(told("flow"), flow, ("step", "kind", "reason"))
    partly = cohort.astype({"treatment": "Int8"})
    partly.loc[:9, "treatment"] = pd.NA
    flow = select_cohort(partly, rules=RULES, variables=VARIABLES).flow
    agree(told("flow", excluding=True), flow, ("step", "kind", "reason"))


def test_rows_of_the_descriptions(cohort: pd.DataFrame) -> None:
    named = COLUMNS["describe"].named
    baseline = describe_baseline(cohort, variables=VARIABLES, rows=["age", "female", "site", "mrs"])
    agree(told("describe/baseline"), baseline, named)
    agree(told("describe/outcome"), describe_outcome(cohort, variables=VARIABLES, outcome="mrs"), named)
    mediator = describe_mediator(cohort, variables=VARIABLES, mediator="volume", transform="log", offset=1)
    agree(told("describe/mediator"), mediator, named)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"interaction": True},
        {"mediator": {**SETTINGS["mediator"], "spline_knots": 3}},
        {"trial_effects": "fixed"},
        {"trial_effects": "random_slopes"},
        {"outcome": {"variable": "female", "family": "binary", "better": "high"}, "covariates": ["age"]},
        {"outcome": {"variable": "delay", "family": "continuous", "better": "low"}, "trial_effects": "fixed"},
        {"covariates": "age + bs(delay, df=4) + female:age"},
    ],
    ids=range(8),
)
def test_rows_of_the_models_and_of_the_effects(cohort: pd.DataFrame, change: dict[str, Any]) -> None:
    settings = {**SETTINGS, **change}
    family = settings["outcome"]["family"]
    if family != "ordinal":
        settings["standardisation"] = {**SETTINGS["standardisation"], "utility": None}
    specification = AnalysisSpecification.from_config(settings)
    models = mediation_models(cohort, specification=specification, variables=VARIABLES)
    options = StandardisationOptions(controlled_at=(5.0, 50.0))
    utility = settings["standardisation"]["utility"]
    effects = MediationEffects.of(models, cohort, options=options, utility=utility).effects
    table = pd.DataFrame([{"effect": each.effect, "scale": each.scale.key} for each in effects])
    agree(told("effects", settings=settings), table, COLUMNS["effects"].named)
    for part, model in (("mediator", models.mediator), ("total", models.total), ("outcome", models.outcome)):
        table = model_table.model_table(
            [model.fit()],
            model=part,
            terms=model.terms,
            level=0.95,
            specification=specification,
            variables=VARIABLES,
        )
        agree(told(f"models/{part}", settings=settings), table, COLUMNS["models"].named)


def study_with(figure: dict[str, Any]) -> Study:
    config = {
        "variables": DECLARED,
        "trials": {"t0": "", "t1": ""},
        "describe": {"baseline": ["age"]},
        "eligibility": RULES,
        "analyses": {"primary": SETTINGS},
        "published": [{"label": "F", "value": 1, "analysis": "primary", "column": "estimate"} | figure],
    }
    return Study(config=config, declared=tuple(DECLARED), trials=("t0", "t1"))


@pytest.mark.parametrize(
    ("table", "where", "said"),
    [
        ("flow", {"step": 3}, "no row of table 'flow' has 3; allowed: '0', '1', '2'"),
        (
            "flow",
            {"reason": "Too young"},
            "has 'Too young'; allowed: 'Randomised', 'Too old', 'Outcome unknown'",
        ),
        ("flow", {"reason": "Too old"}, None),
        ("describe/baseline", {"variable": "female", "statistic": "count"}, "has 'female'; allowed: 'age'"),
        (
            "describe/baseline",
            {"variable": "age", "statistic": "count"},
            "has 'count'; allowed: 'n', 'missing', 'median'",
        ),
        ("describe/baseline", {"variable": "age", "arm": "all", "statistic": "median"}, None),
        (
            "describe/baseline",
            {"variable": "age", "statistic": "median"},
            "3 rows of table 'describe/baseline'",
        ),
        ("describe/outcome", {"arm": "all", "trial": "t1", "statistic": "count", "level": 1}, None),
        (
            "describe/outcome",
            {"arm": "all", "trial": "t1", "statistic": "count", "level": 9},
            "has 9; allowed",
        ),
        ("describe/outcome", {"arm": "all", "trial": "t1", "statistic": "count", "level": [0, 1]}, None),
        (
            "describe/outcome",
            {"arm": "all", "trial": "t9", "statistic": "mean"},
            "has 't9'; allowed: 'all', 't0'",
        ),
        ("models/mediator", {"term": "mediator"}, "no row of table 'models/mediator' has 'mediator'"),
        ("models/outcome", {"term": "mediator"}, None),
        ("effects", {"effect": "te", "scale": "log_or"}, None),
        ("effects", {"effect": "te"}, "match; say also which scale"),
        ("effects", {"effect": "te", "scale": "prob_le_2"}, "no row of table 'effects' has 'prob_le_2'"),
        ("effects", {"effect": "khb", "scale": "mean"}, "0 rows of table 'effects' match"),
        ("effects", {"effect": "cde_5", "scale": "mean"}, None),
        ("effects", {"effect": "cde_7", "scale": "mean"}, "no row of table 'effects' has 'cde_7'"),
    ],
)
def test_a_figure_without_a_row_is_found_before_the_run(
    table: str, where: dict[str, Any], said: str | None
) -> None:
    column = "remaining" if table == "flow" else "estimate"
    found = list(published_faults(study_with({"table": table, "where": where, "column": column}), {}))
    assert len(found) == (said is not None)
    if said is not None:
        assert said in found[0].text
        assert found[0].place[:3] == ("published", 0, "where")


def test_a_number_finds_its_row_whatever_the_other_rows_of_the_column_are() -> None:
    """Read from a file, levels beside empty cells are 0.0 and 1.0."""
    table = pd.DataFrame({"statistic": ["n", "count", "count"], "level": [float("nan"), 0.0, 1.0]})
    table["estimate"] = [9.0, 4.0, 5.0]
    figure = {"label": "F", "value": 5, "analysis": "a", "table": "t", "column": "estimate"}
    for level in (1, "1", 1.0):
        where = {"statistic": "count", "level": level}
        row = compare_with_published([{**figure, "where": where}], {"a/t": table}).iloc[0]
        assert row["this_run"] == 5
        assert row["agrees"]


@pytest.mark.parametrize(
    ("method", "excluding", "expected"),
    [
        (
            "impute",
            False,
            [
                ("0", "randomised", "Randomised", True),
                ("1", "eligibility", "Too old", True),
                ("2", "missing", "Outcome unknown", False),
            ],
        ),
        (
            "complete_case",
            False,
            [
                ("0", "randomised", "Randomised", True),
                ("1", "eligibility", "Too old", True),
                ("2", "missing", "A variable of the models missing", True),
            ],
        ),
        (
            "impute",
            True,
            [
                ("0", "randomised", "Randomised", False),
                ("0 1", "arm", "Not in a compared arm", False),
                ("1 2", "eligibility", "Too old", False),
                ("2 3", "missing", "Outcome unknown", False),
            ],
        ),
    ],
)
def test_steps_of_the_flow_and_which_are_there_for_certain(
    method: str, excluding: bool, expected: list[tuple[str, str, str, bool]]
) -> None:
    rows = told("flow", settings={**SETTINGS, "missing": {"method": method}}, excluding=excluding)
    found = [
        (*(" ".join(sorted(row.cells[column] or ())) for column in ("step", "kind", "reason")), row.certain)
        for row in rows
    ]
    assert found == expected
