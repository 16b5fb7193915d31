"""What the rules ask of a machine, and what they are told beside the settings of an analysis."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from ipdmediation.plumbing import result_files
from tests.steps.conftest import OTHERS, Planned

LATENT = ("confounding", "surrogacy")  # have models with a probit of their own
EVIDENCE = (
    "each_trial",
    "leave_one_out",
    "confounding",
    "measurement_error",
    "proportional_odds",
    "surrogacy",
)
HEAVY = (
    "compile_kernels", "impute_missing", "fit_models", "bootstrap_chunk", "estimate_effects", *EVIDENCE,
)  # fmt: skip
ANALYSES = ["primary", *OTHERS]
TRIALS = ["trial_1", "trial_2", "trial_3"]


@pytest.mark.parametrize("rule", HEAVY)
def test_a_job_that_is_tried_again_is_given_twice_as_much(study: Planned, rule: str) -> None:
    for planned in (one for one in study.jobs if one["rule"] == rule):
        first, second = planned["resources"]
        for amount in ("mem_mb", "runtime"):
            assert second[amount] == 2 * first[amount]
        assert first["mem_mb"] >= 1000  # Python with pandas and the compiled kernels alone takes half of it
        assert first["runtime"] >= 10


def test_a_cluster_is_asked_for_the_heavy_jobs_only(study: Planned) -> None:
    assert {one["rule"] for one in study.jobs if not one["local"]} == set(HEAVY)


def test_what_may_take_long_says_how_long_it_took(study: Planned) -> None:
    timed = {one["rule"] for one in study.jobs if one["benchmark"]}
    assert timed == {"impute_missing", "fit_models", "bootstrap_chunk", *EVIDENCE}
    files = [one["benchmark"] for one in study.jobs if one["benchmark"]]
    assert len(set(files)) == len(files)
    assert all(path.startswith("results/odd/benchmarks/") for path in files)


def test_no_job_uses_more_than_one_core(study: Planned) -> None:
    assert {one["resources"][0]["_cores"] for one in study.jobs} == {1}


def test_kernels_are_compiled_for_each_link_before_the_jobs_that_use_it(study: Planned) -> None:
    compiled = {one["params"]["compiled_for"]: one for one in study.jobs if one["rule"] == "compile_kernels"}
    assert set(compiled) == {"all_links", "logit", "probit"}
    serves_all = compiled["all_links"]["output"]["named"]["kernels"]
    for link, analyses, evidence in (
        ("logit", ("primary", "accelerated"), EVIDENCE),
        ("probit", ("middle_aged",), LATENT),
    ):
        file = compiled[link]["output"]["named"]["kernels"]
        users = [one for one in study.jobs if file in one["input"]["every"] and one["rule"] != "manifest"]
        assert all(serves_all in one["input"]["every"] for one in users)
        # of the primary analysis some evidence has a model of each
        fitted = {one["wildcards"]["analysis"] for one in users if one["rule"] not in LATENT}
        assert fitted == set(analyses)
        assert {one["rule"] for one in users} == {
            "fit_models",
            "bootstrap_chunk",
            "estimate_effects",
            *evidence,
        }


def test_every_job_has_a_log_of_its_own(study: Planned) -> None:
    logs = [path for one in study.jobs for path in one["log"]]
    assert len(logs) == len(set(logs)) == len(study.jobs)
    assert all(path.startswith("results/odd/logs/") for path in logs)


def test_every_job_knows_its_code(study: Planned) -> None:
    scripts = {
        one["rule"]: re.sub("show_.*", "show_evidence", one["rule"]).removesuffix("_for_print")
        for one in study.jobs
    }
    codes = {(scripts[one["rule"]], one["params"]["code"]) for one in study.jobs}
    assert len(codes) == len({code for _, code in codes}) == len(set(scripts.values()))


def test_the_manifest_has_every_file_that_may_be_shown(study: Planned) -> None:
    made = {path for one in study.jobs for path in one["output"]["every"] if "/ipd/" not in path}
    planned = study.planned("manifest")
    assert set(planned["input"]["every"]) == made - {planned["output"]["named"]["manifest"]}
    assert len(made) > 150


def test_every_figure_and_table_is_in_snakemake_s_report_with_its_own_caption(study: Planned) -> None:
    for part, suffix in (("figures", "svg"), ("tables", "html")):
        (planned,) = (
            one
            for one in study.jobs
            if one["rule"] == part and one["wildcards"] == {"analysis": "accelerated"}
        )
        assert list(planned["reported"]) == planned["output"]["named"][suffix]
        for path, shown in planned["reported"].items():
            name = Path(path).stem
            assert Path(str(shown["caption"])).parts[-3:] == ("report", part, f"{name}.rst")
            at = shown["category"](SimpleNamespace(analysis="accelerated"))
            assert (at, shown["subcategory"]) == ("2. accelerated", part.capitalize())
            assert shown["labels"] == {"shows": name.replace("_", " "), "data": "of the trials"}
    page = study.planned("report")
    assert page["reported"][page["output"]["named"]["report"]]["category"] == "0. Pages"


def test_patients_rows_are_in_one_folder(study: Planned) -> None:
    parquet = {path for one in study.jobs for path in one["output"]["every"] if path.endswith(".parquet")}
    draws = {path for path in parquet if "/bootstrap/" in path}
    assert parquet - draws == {
        *(f"results/odd/ipd/harmonised/{trial}.parquet" for trial in TRIALS),
        "results/odd/ipd/pooled.parquet",
        *(f"results/odd/ipd/{name}/{table}.parquet" for name in ANALYSES for table in ("cohort", "imputed")),
    }


def test_no_figure_table_or_page_is_made_of_patients_rows(study: Planned) -> None:
    """So no single patient is a point of one."""
    readers = {one["rule"] for one in study.jobs if any("/ipd/" in path for path in one["input"]["every"])}
    assert readers == {
        "pool_trials", "describe_trials", "select_cohort", "describe_flow", "impute_missing",
        "describe_cohort", "fit_models", "bootstrap_chunk", "estimate_effects", *EVIDENCE,
    }  # fmt: skip


@pytest.mark.parametrize(
    "rule", ["describe_trials", "describe_flow", "describe_cohort", "fit_models", "quality_report"]
)
def test_few_patients_are_as_many_as_the_study_says(study: Planned, rule: str) -> None:
    assert {one["params"]["minimum_count"] for one in study.jobs if one["rule"] == rule} == {3}


def expected(study: Planned, rule: str, **wildcards: object) -> dict[str, Any]:
    return study.planned(rule, **wildcards)["params"]["expected"]


@pytest.mark.parametrize(
    ("name", "drawn_as"), [("primary", "primary"), ("accelerated", "primary"), ("middle_aged", "middle_aged")]
)
def test_a_step_expects_what_its_own_analysis_made(study: Planned, name: str, drawn_as: str) -> None:
    imputed = {"step": "impute_missing", "analysis": name, "seed": 5}
    draws = {"step": "bootstrap_chunk", "analysis": drawn_as, "seed": 5}
    wanted = expected(study, "estimate_effects", analysis=name)
    assert wanted.keys() == {"imputed", "chunks"}
    assert wanted["imputed"].items() >= imputed.items()
    assert wanted["chunks"].items() >= draws.items()
    assert expected(study, "fit_models", analysis=name) == {"imputed": wanted["imputed"]}
    assert expected(study, "figures", analysis=name) == {"draws": wanted["chunks"]}
    for start in (0, 8) if name == drawn_as else ():
        assert expected(study, "bootstrap_chunk", analysis=name, start=start) == {
            "imputed": wanted["imputed"]
        }
    noted = expected(study, "collect_notices", analysis=name)["noted"]
    fits = noted[3:6]
    assert {*noted[:3], *noted[6:]} == {None}
    assert [(one["step"], one["analysis"]) for one in fits] == [("fit_models", name)] * 3
    position = 3 * ANALYSES.index(name)
    assert expected(study, "report")["diagnostics"][position : position + 3] == fits


@pytest.mark.parametrize("name", ANALYSES)
def test_every_step_may_have_something_to_say(study: Planned, name: str) -> None:
    folder = f"results/odd/{name}"
    asked = [
        piece
        for piece in result_files.EVIDENCE
        if any(one["rule"] == piece and one["wildcards"]["analysis"] == name for one in study.jobs)
    ]
    assert bool(asked) == (name == "primary")
    assert study.planned("collect_notices", analysis=name)["input"]["named"]["noted"] == [
        "results/odd/notices/pooling.csv",
        f"{folder}/notices/cohort.csv",
        f"{folder}/notices/imputation.csv",
        *(f"{folder}/models/{model}.json" for model in ("mediator", "total", "outcome")),
        f"{folder}/notices/bootstrap.csv",
        *(f"{folder}/notices/{piece}.csv" for piece in asked),
    ]


def test_what_a_run_was_made_of_is_all_that_went_in(study: Planned) -> None:
    planned = study.planned("record_run")
    assert planned["input"]["named"] == {
        "raw": [f"made_up/odd/{trial}.csv" for trial in TRIALS],
        "mappings": [f"made_up/odd/{trial}.yaml" for trial in TRIALS],
        "sent": [],
        "mappings_sent": [],
        "flows": [f"results/odd/{name}/flow.csv" for name in ANALYSES],
        "effects": [f"results/odd/{name}/effects.csv" for name in ANALYSES],
    }
    configuration = planned["params"]["configuration"]
    assert configuration["seed"] == 5
    assert configuration["disclosure"]["minimum_count"] == 3
    assert list(configuration["analyses"]) == ANALYSES
    assert configuration["analyses"]["accelerated"]["bootstrap"] == {"interval": "bca", "level": 0.85}
    assert "pathvars" not in configuration
    assert planned["params"]["trials"] == TRIALS


SHARE = {
    "label": "Share",
    "value": 12,
    "low": 1,
    "high": 19,
    "scale": 100,
    "analysis": "other",
    "table": "effects",
    "where": {"effect": "log_or_difference", "scale": "proportion"},
    "column": "estimate",
}


@pytest.fixture(scope="module")
def one_trial(
    odd_study: Planned, plan: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, Any]]:
    """The jobs of a study of one trial with two analyses, of which the second has a published share."""
    changed = {
        "trials": {"trial_2": odd_study.config["trials"]["trial_2"]},
        "analyses": {
            "primary": odd_study.config["analyses"]["primary"] | {"trial_effects": "none", "evidence": None},
            "other": {"label": "Other"},
        },
        "published": [SHARE],
    }
    path = tmp_path_factory.mktemp("one") / "config.yaml"
    path.write_text(yaml.safe_dump(odd_study.config | changed, sort_keys=False))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(odd_study.root)
        return pickle.loads(plan(path).read_bytes())


def drawn(jobs: list[dict[str, Any]]) -> set[str]:
    return {
        Path(path).stem for one in jobs if one["rule"] == "figures" for path in one["output"]["named"]["svg"]
    }


def test_one_trial_has_no_figures_that_compare_trials(
    study: Planned, one_trial: list[dict[str, Any]]
) -> None:
    assert drawn(study.jobs) - drawn(one_trial) == {"outcome_by_trial", "mediator_by_trial"}
    assert drawn(one_trial) < drawn(study.jobs)


def test_a_published_share_is_shown_as_a_proportion_in_its_own_analysis(
    one_trial: list[dict[str, Any]],
) -> None:
    shares = {
        one["wildcards"]["analysis"]: one["params"]["study"]["analysis"]["published_share"]
        for one in one_trial
        if one["rule"] == "figures"
    }
    assert shares == {"primary": {}, "other": {"value": 0.12, "low": 0.01, "high": 0.19}}
