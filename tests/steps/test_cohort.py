"""From files to completed data sets: each step does what the configuration says, as its functions do."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from ipdmediation.data.cohort import select_cohort, with_reasons, without_reasons
from ipdmediation.data.description import describe_baseline, describe_mediator, describe_outcome
from ipdmediation.data.disclosure import public_description, public_flow
from ipdmediation.data.imputation import impute
from ipdmediation.data.missing import MissingData
from ipdmediation.data.result_tables import csv_text, read_table
from ipdmediation.data.schema import conform
from ipdmediation.data.transforms import to_analysis_scale
from ipdmediation.inference.streams import stream
from tests.steps.conftest import OTHERS, Planned

ANALYSES = ["primary", *OTHERS]
COVARIATES = {"primary": ["age"], "accelerated": ["age"], "middle_aged": []}


def cohort_of(study: Planned, analysis: str) -> pd.DataFrame:
    return conform(pd.read_parquet(study.do("select_cohort", analysis=analysis)["cohort"]), study.variables)


def test_each_trial_is_read_by_its_own_mapping(study: Planned) -> None:
    for number in (1, 2, 3):
        made = study.do("harmonise_trial", trial=f"trial_{number}")
        harmonised = pd.read_parquet(made["harmonised"])
        raw = pd.read_csv(study.root / f"made_up/odd/trial_{number}.csv")
        assert set(harmonised["trial"]) == {f"trial_{number}"}
        volumes = raw.set_index("ID")["VOL"].rename_axis("patient").rename("volume")
        pd.testing.assert_series_equal(
            harmonised.set_index("patient")["volume"].sort_index(),
            volumes.sort_index(),
            check_dtype=False,
            check_index_type=False,
        )
        counts = pd.read_csv(made["quality"]).set_index("variable")
        assert counts.loc["age", "missing"] == raw["AGE"].isna().sum()


def test_all_trials_are_pooled(study: Planned) -> None:
    pooled = pd.read_parquet(study.do("pool_trials")["pooled"])
    assert pooled["trial"].value_counts().to_dict() == dict.fromkeys(["trial_1", "trial_2", "trial_3"], 20)


@pytest.mark.parametrize("analysis", ANALYSES)
def test_a_cohort_is_that_of_its_analysis(study: Planned, analysis: str) -> None:
    made = study.do("select_cohort", analysis=analysis)
    selected = select_cohort(
        conform(pd.read_parquet(made["pooled"]), study.variables, excluded_arms=True),
        rules=OTHERS.get(analysis, {}).get("eligibility", []),
        variables=study.variables,
        missing=MissingData.of(
            method="impute",
            covariates=COVARIATES[analysis],
            mediator="volume",
            outcome="score",
            variables=study.variables,
        ),
    )
    pd.testing.assert_frame_equal(
        conform(pd.read_parquet(made["cohort"]), study.variables), conform(selected.frame, study.variables)
    )
    assert Path(made["steps"]).read_text() == csv_text(without_reasons(selected.flow))
    assert Path(made["missing"]).read_text() == csv_text(selected.missing)


@pytest.mark.parametrize(("analysis", "drawn_as"), [("primary",) * 2, ("accelerated", "primary")])
def test_missing_values_are_imputed_as_configured(study: Planned, analysis: str, drawn_as: str) -> None:
    cohort = cohort_of(study, analysis)
    plan = MissingData.of(
        method="impute", covariates=["age"], mediator="volume", outcome="score", variables=study.variables
    )
    assert list(plan.imputed) == ["age", "volume"]
    expected = impute(
        cohort,
        variables=study.variables,
        targets=plan.imputed,
        predictors=plan.required,
        imputations=2,
        iterations=3,
        donors=4,
        rng=stream(5, "imputation", drawn_as),
        scales={"volume": partial(to_analysis_scale, transform="log", offset=3)},
    )
    made = study.do("impute_missing", analysis=analysis)
    pd.testing.assert_frame_equal(
        conform(pd.read_parquet(made["imputed"]), study.variables), conform(expected, study.variables)
    )


@pytest.mark.parametrize(("analysis", "level"), [("primary", 0.8), ("accelerated", 0.85)])
def test_descriptions_are_those_of_the_cohort(study: Planned, analysis: str, level: float) -> None:
    made, cohort = study.do("describe_cohort", analysis=analysis), cohort_of(study, analysis)
    shared = {"variables": study.variables, "level": level, "minimum": 3}
    expected = {
        "baseline": describe_baseline(cohort, rows=["age"], **shared),
        "outcome": describe_outcome(cohort, outcome="score", **shared),
        "mediator": describe_mediator(cohort, mediator="volume", transform="log", offset=3, **shared),
    }
    for name, table in expected.items():
        public = public_description(table, variables=study.variables, minimum=3)
        assert Path(made[name]).read_text() == csv_text(public), name


def test_a_flow_has_the_reasons_of_its_rules_and_no_small_count(study: Planned) -> None:
    made = study.do("describe_flow", analysis="middle_aged")
    expected = public_flow(with_reasons(read_table(made["steps"]), ["Not middle-aged"]), minimum=3)
    assert Path(made["flow"]).read_text() == csv_text(expected)
    assert "Not middle-aged" in Path(made["flow"]).read_text()
