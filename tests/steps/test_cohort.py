"""From files to completed data sets: each step does what the configuration says, as its functions do."""

from __future__ import annotations

import importlib
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ipdmediation.data.cohort import select_cohort, with_reasons, without_reasons
from ipdmediation.data.described import arm_variable
from ipdmediation.data.description import (
    describe_baseline,
    describe_mediator,
    describe_outcome,
    describe_trials,
)
from ipdmediation.data.disclosure import public_description, public_flow, public_quality
from ipdmediation.data.imputation import impute
from ipdmediation.data.integrity import check_integrity
from ipdmediation.data.missing import MissingData
from ipdmediation.data.pseudonyms import pseudonyms
from ipdmediation.data.result_tables import csv_text, read_table
from ipdmediation.data.schema import conform
from ipdmediation.data.transforms import to_analysis_scale
from ipdmediation.inference.streams import stream
from ipdmediation.plumbing.pseudonym_key import key_file, read_key
from tests.steps.conftest import OTHERS, Planned

ANALYSES = ["primary", *OTHERS]
TRIALS = ("trial_1", "trial_2", "trial_3")
NO_ARGUMENTS = ("code", "expected")  # of a step's own function
COVARIATES = {"primary": ["age"], "accelerated": ["age"], "middle_aged": []}


def cohort_of(study: Planned, analysis: str) -> pd.DataFrame:
    return conform(pd.read_parquet(study.do("select_cohort", analysis=analysis)["cohort"]), study.variables)


def test_each_trial_is_read_by_its_own_mapping(study: Planned) -> None:
    for number in (1, 2, 3):
        made = study.do("harmonise_trial", trial=f"trial_{number}")
        harmonised = pd.read_parquet(made["harmonised"])
        raw = pd.read_csv(study.root / f"made_up/odd/trial_{number}.csv").sort_values("ID")
        assert set(harmonised["trial"]) == {f"trial_{number}"}
        pd.testing.assert_series_equal(
            harmonised["volume"], raw["VOL"], check_dtype=False, check_index=False, check_names=False
        )
        counts = pd.read_csv(made["counts"]).set_index("variable")
        assert counts.loc["age", "missing"] == raw["AGE"].isna().sum()


def test_a_pseudonym_takes_the_place_of_each_id(study: Planned) -> None:
    key = read_key(key_file(None))
    for number in (1, 2, 3):
        harmonised = pd.read_parquet(
            study.do("harmonise_trial", trial=f"trial_{number}")["harmonised"], columns=["trial", "patient"]
        )
        ids = sorted(pd.read_csv(study.root / f"made_up/odd/trial_{number}.csv")["ID"])
        assert harmonised["patient"].tolist() == pseudonyms(harmonised["trial"], ids, key=key)


def test_no_number_depends_on_the_key(study: Planned, tmp_path: Path) -> None:
    """Nor on whether ids are pseudonyms: the rows have the order of the ids, and nothing is sorted later."""
    keys = {name: tmp_path / f"{name}.key" for name in ("one", "two")}
    made = {name: chain(study, tmp_path / name, key=str(path)) for name, path in keys.items()}
    made["ids"] = chain(study, tmp_path / "ids", key=None)
    patients = [set(pd.read_parquet(files["imputed"])["patient"]) for files in made.values()]
    assert not patients[0] & patients[1]
    assert "P007" in patients[2]
    for name in ("draws", "distributions"):
        assert len({Path(files[name]).read_bytes() for files in made.values()}) == 1, name
    others = [pd.read_parquet(files["imputed"]).drop(columns="patient") for files in made.values()]
    for other in others[1:]:
        pd.testing.assert_frame_equal(others[0], other)


def chain(study: Planned, folder: Path, *, key: str | None) -> dict[str, str]:
    """Go from the trials' files to draws in another folder, with this key or with the ids as they are."""
    folder.mkdir()

    def made(rule: str, inputs: dict[str, Any], **wildcards: object) -> dict[str, str]:
        planned = study.planned(rule, **wildcards)
        names = [name for name in planned["output"]["named"] if name not in ("provenance", "notices")]
        outputs: dict[str, Any] = {name: str(folder / f"{name}.{'-'.join(wildcards)}") for name in names}
        if rule == "harmonise_trial":
            outputs = {name: f"{path}.{wildcards['trial']}" for name, path in outputs.items()}
        if "quality" in outputs:
            outputs["quality"] = [f"{outputs['quality']}.{trial}" for trial in TRIALS]
        params = {name: value for name, value in planned["params"].items() if name not in NO_ARGUMENTS}
        if rule == "harmonise_trial":
            params |= {"pseudonymous": key is not None, "key": key}
        handed = {name: planned["input"]["named"][name] for name in planned["input"]["named"]}
        importlib.import_module(Path(planned["script"]).stem).main(**handed | inputs, **outputs, **params)
        return outputs

    each = [made("harmonise_trial", {}, trial=trial) for trial in TRIALS]
    pooled = made("pool_trials", {"trials": [files["harmonised"] for files in each]})
    described = made("describe_trials", {**pooled, "counts": [files["counts"] for files in each]})
    cohort = made("select_cohort", pooled, analysis="primary")
    imputed = made("impute_missing", {"cohort": cohort["cohort"]}, analysis="primary")
    draws = made("bootstrap_chunk", imputed, analysis="primary", start=0, stop=8)
    return {**described, **imputed, **draws}


def test_the_trials_stand_side_by_side_and_show_nobody(study: Planned) -> None:
    made = study.do("describe_trials")
    variables = {name: study.variables[name] for name in sorted(study.variables)}
    pooled = conform(pd.read_parquet(made["pooled"]), variables, excluded_arms=True)
    table = describe_trials(pooled, variables=variables, minimum=3)
    known = variables | {"treatment": arm_variable()}
    public = public_description(table, variables=known, minimum=3)
    assert Path(made["distributions"]).read_text() == csv_text(public)
    checks = check_integrity(
        pooled,
        variables=variables,
        baseline=["age"],
        counts=pd.concat(read_table(path) for path in made["counts"]),
        distributions=public,
        treated_shares=dict.fromkeys(TRIALS, 0.5),
        minimum=3,
    )
    assert set(checks["check"]) >= {"allocation"}
    assert Path(made["integrity"]).read_text() == csv_text(checks)
    for counts, path in zip(made["counts"], made["quality"], strict=True):
        assert Path(path).stem == Path(counts).stem
        assert Path(path).read_text() == csv_text(public_quality(read_table(counts), minimum=3))


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
