"""Figures, tables and the page show the numbers of their own analysis under the names that are asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from ipdmediation.data.result_tables import read_table
from ipdmediation.present import notation
from ipdmediation.present.figures.balance import balance
from ipdmediation.present.figures.calibration import calibration
from ipdmediation.present.figures.causal_graph import causal_graph
from ipdmediation.present.figures.effects_by_cut import effects_by_cut
from ipdmediation.present.figures.four_worlds import four_worlds
from ipdmediation.present.figures.mediator_by_arm import mediator_by_arm
from ipdmediation.present.figures.mediator_by_trial import mediator_by_trial
from ipdmediation.present.figures.mediator_curve import mediator_curve
from ipdmediation.present.figures.mediator_residuals import mediator_residuals
from ipdmediation.present.figures.model_coefficients import model_coefficients
from ipdmediation.present.figures.outcome_by_arm import outcome_by_arm
from ipdmediation.present.figures.outcome_by_trial import outcome_by_trial
from ipdmediation.present.figures.path_diagram import path_diagram
from ipdmediation.present.figures.patient_flow import patient_flow
from ipdmediation.present.figures.proportion_distribution import proportion_distribution
from ipdmediation.present.figures.saving import save as save_figure
from ipdmediation.present.figures.specification_curve import specification_curve
from ipdmediation.present.house_style import for_machines, written_in
from ipdmediation.present.labels import labelled
from ipdmediation.present.report.page import render
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.study import Study
from ipdmediation.present.tables.baseline import baseline
from ipdmediation.present.tables.effects import effects
from ipdmediation.present.tables.flow import flow
from ipdmediation.present.tables.four_way import four_way
from ipdmediation.present.tables.models import models
from ipdmediation.present.tables.natural_effects import natural_effects
from ipdmediation.present.tables.outcome import outcome
from ipdmediation.present.tables.saving import save as save_table
from ipdmediation.present.tables.trials import trials
from ipdmediation.vocabulary.terms import read_terms
from tests.steps.conftest import ODD, OTHERS, Planned


@pytest.fixture(autouse=True)
def _in_the_style_of_the_study() -> Iterator[None]:
    """What a test draws and writes itself is in the style in which the study's own scripts do."""
    with written_in(journal=ODD.style["journal"], people=ODD.style["people"]):
        yield


def words(study: Planned, analysis: str) -> Study:
    """What the study and the analysis are called, by the job's own parameters."""
    return Study(**study.planned("figures", analysis=analysis)["params"]["study"])


def described(study: Planned, analysis: str) -> dict[str, pd.DataFrame]:
    """The tables of a cohort, its flow among them."""
    made = study.do("describe_cohort", analysis=analysis)
    tables = {name: made[name] for name in ("baseline", "outcome", "mediator")}
    tables["flow"] = study.do("describe_flow", analysis=analysis)["flow"]
    return {name: read_table(path) for name, path in tables.items()}


def pooled(study: Planned) -> pd.DataFrame:
    """The description of all trials before any analysis."""
    return read_table(study.do("describe_trials")["distributions"])


def fitted(study: Planned, analysis: str) -> dict[str, pd.DataFrame]:
    made = study.do("fit_models", analysis=analysis)
    return {name: read_table(made[name]) for name in ("mediator", "total", "outcome")}


def named(study: Planned, analysis: str, said: Study) -> dict[str, pd.DataFrame]:
    made = study.do("fit_models", analysis=analysis)
    return {
        name: labelled(table, read_terms(made[f"{name}_diagnostics"]), study=said)
        for name, table in fitted(study, analysis).items()
    }


def estimated(study: Planned, analysis: str) -> pd.DataFrame:
    return read_table(study.do("estimate_effects", analysis=analysis)["effects"])


def expected_of(study: Planned, analysis: str) -> dict[str, pd.DataFrame]:
    """What the models expect: under set treatments, along the mediator, and beside what there is."""
    made = {**study.do("estimate_effects", analysis=analysis), **study.do("fit_models", analysis=analysis)}
    return {name: read_table(made[name]) for name in ("worlds", "curve", "calibration", "residuals")}


def test_each_figure_is_drawn_from_its_own_numbers(study: Planned, tmp_path: Path) -> None:
    name = "middle_aged"
    known, found, said = described(study, name), estimated(study, name), words(study, name)
    models, expected = named(study, name, said), expected_of(study, name)
    draws = pd.concat(
        pd.read_parquet(study.do("bootstrap_chunk", analysis=name, start=start, stop=start + 8)["draws"])
        for start in (0, 8)
    )
    drawn = {
        "patient_flow": patient_flow(known["flow"], study=said),
        "balance": balance(known["baseline"], study=said),
        "effects_by_cut": effects_by_cut(found, study=said),
        "outcome_by_arm": outcome_by_arm(known["outcome"], effects=found, study=said),
        "outcome_by_trial": outcome_by_trial(known["outcome"], study=said),
        "mediator_by_arm": mediator_by_arm(known["mediator"], study=said),
        "mediator_by_trial": mediator_by_trial(known["mediator"], study=said),
        "causal_graph": causal_graph(known["flow"], study=said),
        "path_diagram": path_diagram(found, study=said),
        "four_worlds": four_worlds(expected["worlds"], found, study=said),
        "mediator_curve": mediator_curve(expected["curve"], study=said),
        "calibration": calibration(expected["calibration"], study=said),
        "mediator_residuals": mediator_residuals(expected["residuals"], study=said),
        "model_coefficients": model_coefficients(models["total"], models["outcome"], found, study=said),
        "proportion_distribution": proportion_distribution(draws, found, study=said),
    }
    made = {**study.do("figures_for_print", analysis=name), **study.do("figures", analysis=name)}
    for kind, begins in {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}.items():
        assert [Path(path).stem for path in made[kind]] == [Path(path).stem for path in made["svg"]]
        assert all(Path(path).read_bytes().startswith(begins) for path in made[kind])
    assert {Path(path).stem for path in made["svg"]} == set(drawn)
    for path in map(Path, made["svg"]):
        save_figure(drawn[path.stem], tmp_path / path.name, study=said)
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path


def test_all_analyses_are_drawn_beside_each_other_with_what_they_do_otherwise(
    study: Planned, tmp_path: Path
) -> None:
    planned, made = study.planned("all_analyses"), study.do("all_analyses")
    assert planned["params"]["departures"] == [
        (),
        ("bootstrap.interval", "bootstrap.level"),
        ("bootstrap.resampling", "covariates", "eligibility", "interaction", "outcome.link", "trial_effects"),
    ]
    studies = [Study(**said) for said in planned["params"]["studies"]]
    drawn = specification_curve(
        [estimated(study, name) for name in ("primary", *OTHERS)],
        studies=studies,
        departures=planned["params"]["departures"],
    )
    alone = tmp_path / Path(made["svg"]).name
    save_figure(drawn, alone, study=replace(studies[0], analysis={}))
    assert Path(made["svg"]).read_bytes() == alone.read_bytes()


@pytest.mark.parametrize("analysis", ["primary", "accelerated"])
def test_each_table_is_written_from_its_own_numbers(study: Planned, analysis: str, tmp_path: Path) -> None:
    known, found = described(study, analysis), estimated(study, analysis)
    said = Study(**study.planned("tables", analysis=analysis)["params"]["study"])
    written = {
        "baseline": lambda: baseline(known["baseline"], known["flow"], study=said),
        "flow": lambda: flow(known["flow"], study=said),
        "trials": lambda: trials(pooled(study), known["outcome"], study=said),
        "outcome": lambda: outcome(known["outcome"], study=said),
        "models": lambda: models(named(study, analysis, said), study=said),
        "effects": lambda: effects(found, study=said),
        "natural_effects": lambda: natural_effects(found, study=said),
        "four_way": lambda: four_way(found, study=said),
    }
    made = study.do("tables", analysis=analysis)
    for kind in ("csv", "html", "docx"):
        assert {Path(path).stem for path in made[kind]} == set(written)
        for path in made[kind]:
            with for_machines() if kind == "csv" else nullcontext():
                save_table(written[Path(path).stem](), tmp_path / f"written.{kind}")
            assert Path(path).read_bytes() == (tmp_path / f"written.{kind}").read_bytes(), path


@pytest.mark.parametrize("analysis", ["primary", "middle_aged"])
def test_the_trials_add_up_to_the_flow(study: Planned, analysis: str) -> None:
    known, arms = described(study, analysis), ("treated", "control")
    said = Study(**study.planned("tables", analysis=analysis)["params"]["study"])
    every = trials(pooled(study), known["outcome"], study=said).cells.iloc[-1]
    first, last = (known["flow"].sort_values("step").iloc[end] for end in (0, -1))
    randomised = [notation.count(first[f"remaining_{arm}"]) for arm in arms]
    analysed = [notation.count(last[f"remaining_{arm}"]) for arm in arms]
    assert list(every)[:3] == ["All trials", *randomised]
    assert list(every)[5:] == analysed


def test_the_words_are_those_of_the_analysis(study: Planned) -> None:
    for rule in ("figures", "tables"):
        said = study.planned(rule, analysis="middle_aged")["params"]["study"]
        assert said["analysis"]["label"] == "Middle-aged"
        assert said["analysis"]["bootstrap"]["level"] == 0.8
        assert said["trials"] == {f"trial_{number}": f"Trial {number}" for number in (1, 2, 3)}
        assert said["arms"]["treated"]["label"] == "New therapy"
        assert said["synthetic"] is False


def test_the_page_is_that_of_all_analyses_in_their_order(study: Planned) -> None:
    made = study.do("report")
    expected = [
        AnalysisResult(
            study=Study(**said),
            models=named(study, name, Study(**said)),
            diagnostics={
                model: json.loads(
                    Path(study.do("fit_models", analysis=name)[f"{model}_diagnostics"]).read_text()
                )
                for model in ("mediator", "total", "outcome")
            },
            figures={
                Path(path).stem: Path(path).read_text()
                for path in (*made["figures"], *made["evidence_figures"], *made["all_analyses"])
            }
            if name == "primary"
            else {},
            evidence={Path(path).stem: read_table(path) for path in made["evidence_tables"]}
            if name == "primary"
            else {},
            distributions=pooled(study),
            **described(study, name),
            **expected_of(study, name),
            effects=estimated(study, name),
            missing=read_table(study.do("select_cohort", analysis=name)["missing"]),
            notices=read_table(study.do("collect_notices", analysis=name)["collected"]),
        )
        for name, said in zip(("primary", *OTHERS), study.planned("report")["params"]["studies"], strict=True)
    ]
    page = render(
        Path(made["templates"][0]),
        expected,
        published=read_table(made["published"]),
        quality={f"trial_{number}": read_table(path) for number, path in enumerate(made["quality"], start=1)},
        integrity=read_table(made["integrity"]),
        manifest={
            name: value
            for name, value in json.loads(Path(made["recorded"]).read_text()).items()
            if name != "provenance"
        },
        truth=None,
        files=study.planned("report")["params"]["files"],
    )
    assert Path(made["report"]).read_text() == page
    assert all(
        f"/primary/figures/{stem}.svg" in path
        for stem, path in zip((Path(path).stem for path in made["figures"]), made["figures"], strict=True)
    )


@pytest.mark.usefixtures("copied")
def test_everything_that_is_shown_is_in_the_style_of_the_study_and_nothing_for_machines() -> None:
    results = Path("results/odd")
    printed = [*sorted(results.glob("primary/tables/*.html")), *sorted(results.glob("manuscript/*.md"))]
    printed += [results / "report.html", results / "quality/report.html"]
    assert len(printed) > 12
    for path in printed:
        text = re.sub(r"<(style|script)\b.*?</\1>|data:[^\"]*", "", path.read_text(), flags=re.DOTALL)
        assert re.search(r"\d·\d|patients", text), path
        if path.name != "report.html":  # that has versions, and topics of a guideline
            assert not re.search(r"[Pp]articipant|\d\.\d+ \(", text), path
    machines = [*results.glob("primary/tables/*.csv"), results / "manuscript/values.json"]
    assert sum("." in path.read_text() for path in machines) > 8
    assert not any("·" in path.read_text() for path in machines[:-1])  # the last has texts of the page, too
