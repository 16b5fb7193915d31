"""From completed data sets to intervals: each step does what the configuration says, as its functions do."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.notices import read_notices
from ipdmediation.data.result_tables import csv_text, read_table
from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.inference.bootstrap import cohort_effects, draw_replicates, jackknife_effects
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.intervals import acceleration
from ipdmediation.inference.mediator_residuals import mediator_residuals
from ipdmediation.inference.model_table import model_diagnostics, model_table, rare_terms
from ipdmediation.inference.resampling import StratifiedPlan, TwoLevelPlan
from ipdmediation.inference.streams import stream
from ipdmediation.inference.summary import BootstrapWarning, summarise_effects
from ipdmediation.plumbing.result_files import EVIDENCE
from ipdmediation.vocabulary.terms import read_terms
from tests.steps.conftest import OTHERS, Planned

IMPUTATIONS = {"primary": 2, "middle_aged": 2}
RESAMPLING = {"primary": "stratified", "middle_aged": "two_level"}
MODEL = {
    "mediator": {"variable": "volume", "transform": "log", "offset": 3, "spline_knots": None},
    "outcome": {"variable": "score", "family": "ordinal", "better": "low"},
    "covariates": ["age"],
    "interaction": False,
    "trial_effects": "fixed",
}
MODELS = {
    "primary": MODEL,
    "middle_aged": MODEL
    | {
        "outcome": {"variable": "score", "family": "ordinal", "link": "probit", "better": "low"},
        "covariates": [],
        "interaction": True,
        "trial_effects": "random_intercept",
    },
}
UTILITY = [1, 0.8, 0.5, 0.2, 0]


def prepared(study: Planned, analysis: str) -> ImputedAnalysis:
    return ImputedAnalysis.from_config(
        study.completed(analysis),
        model=MODELS[analysis],
        standardisation={
            "mediator_distribution": "gaussian",
            "population": "these_trials",
            "controlled_at": [5],
            "utility": UTILITY,
        },
        resampling=RESAMPLING[analysis],
        variables=study.variables,
    )


def effects_of(study: Planned, analysis: str) -> list[MediationEffects]:
    return list(prepared(study, analysis).effects())


def draws_of(study: Planned, analysis: str, start: int, stop: int) -> pd.DataFrame:
    return draw_replicates(
        prepared(study, analysis),
        replicates=range(start, stop),
        stream=lambda replicate: stream(5, "bootstrap", analysis, replicate),
    )


@pytest.mark.parametrize("analysis", RESAMPLING)
@pytest.mark.parametrize("start", [0, 8])
def test_a_chunk_has_its_own_replicates(study: Planned, analysis: str, start: int) -> None:
    made = study.do("bootstrap_chunk", analysis=analysis, start=start, stop=start + 8)
    drawn = pd.read_parquet(made["draws"])
    pd.testing.assert_frame_equal(drawn, draws_of(study, analysis, start, start + 8))
    assert drawn["replicate"].to_list() == list(range(start, start + 8))
    assert drawn["imputation"].to_list() == [row % IMPUTATIONS[analysis] for row in range(8)]


@pytest.mark.parametrize(
    ("analysis", "kind"), [("primary", StratifiedPlan), ("middle_aged", TwoLevelPlan)], ids=RESAMPLING
)
def test_replicates_are_drawn_as_the_analysis_says(study: Planned, analysis: str, kind: type) -> None:
    of_analysis = prepared(study, analysis)
    by_name = kind.of(of_analysis.cohort)
    frame = by_name.frame(of_analysis.cohort)
    (drawn, *_) = of_analysis.resampled_effects()
    assert type(of_analysis.plan) is kind
    assert len(drawn.models.mediator_values) == len(frame)


@pytest.mark.parametrize(
    ("analysis", "interval", "level"),
    [("primary", "basic", 0.8), ("accelerated", "bca", 0.85), ("middle_aged", "basic", 0.8)],
)
def test_effects_have_the_interval_and_the_level_of_their_analysis(
    study: Planned, analysis: str, interval: str, level: float
) -> None:
    drawn_as = "primary" if analysis == "accelerated" else analysis
    effects = effects_of(study, drawn_as)
    accelerations = None
    if interval == "bca":
        plan = prepared(study, drawn_as).plan
        accelerations = acceleration(
            np.mean([jackknife_effects(each, plan.jackknife()) for each in effects], axis=0)
        )
    with warnings.catch_warnings(action="ignore", category=BootstrapWarning):
        expected = summarise_effects(
            draws_of(study, drawn_as, 0, 13),
            np.mean([cohort_effects(each) for each in effects], axis=0),
            effects=effects[0].effects,
            family="ordinal",
            link="probit" if analysis == "middle_aged" else "logit",
            interval=interval,
            level=level,
            max_failed=0.4,
            accelerations=accelerations,
        )
    made = study.do("estimate_effects", analysis=analysis)
    assert Path(made["effects"]).read_text() == csv_text(expected)
    assert expected["replicates"].max() == 13


@pytest.mark.parametrize("analysis", RESAMPLING)
def test_models_are_pooled_over_all_imputations_at_the_level_of_the_analysis(
    study: Planned, analysis: str
) -> None:
    made = study.do("fit_models", analysis=analysis)
    models = [each.models for each in effects_of(study, analysis)]
    for name in ("mediator", "total", "outcome"):
        fits = [getattr(each, name).fit() for each in models]
        terms = getattr(models[0], name).terms
        written = json.loads(Path(made[f"{name}_diagnostics"]).read_text())
        expected = json.loads(json.dumps(model_diagnostics(fits, terms=terms)))
        assert {key: written[key] for key in expected} == expected
        table = pd.read_csv(made[name])
        assert {term.id for term in read_terms(made[f"{name}_diagnostics"])} == set(table["term"])
        rows = table[table["kind"] == "treatment"]
        position = [term.kind for term in terms].index("treatment")
        pooled = np.mean([fit.estimates[position] for fit in fits])
        assert rows["estimate"].item() == pytest.approx(pooled, rel=1e-12)
        rare = rare_terms(terms, getattr(models[0], f"{name}_design"), minimum=3)
        whole = model_table(
            fits,
            model=name,
            terms=terms,
            level=0.8,
            specification=models[0].specification,
            variables=study.variables,
            rare=rare,
        )
        assert Path(made[name]).read_text() == csv_text(whole)
        if name == "mediator":
            residuals = mediator_residuals(models, fits, minimum=3)
            assert Path(made["residuals"]).read_text() == csv_text(residuals)


def test_the_interval_of_a_coefficient_is_as_wide_as_its_level(study: Planned) -> None:
    tables = [
        pd.read_csv(study.do("fit_models", analysis=name)["total"]) for name in ("primary", "accelerated")
    ]
    at_80, at_85 = ((table["ci_high"] - table["ci_low"]) / (2 * table["se"]) for table in tables)
    assert at_80.min() >= 1.2815  # the normal's 90th percentile, which few imputations only widen
    assert at_85.min() >= 1.4395
    assert at_85.max() < 1.96


def test_notices_of_every_step_are_collected(study: Planned) -> None:
    kinds = []
    for analysis in ["primary", *OTHERS]:
        made = study.do("collect_notices", analysis=analysis)
        collected = read_notices(made["collected"])
        assert collected == [notice for path in made["noted"] for notice in read_notices(path)]
        own = [notice for notice in collected if notice.step.replace(" ", "_") not in EVIDENCE]
        assert own == collected[: len(own)]  # those of the evidence come last
        assert (len(own) < len(collected)) == (analysis == "primary")
        kinds.append([notice.kind for notice in own])
    boundary = ["singular_fit"] * 2 + ["small_strata", "replicates_at_boundary"]
    assert kinds == [["small_strata"], ["small_strata", "few_replicates"], boundary]


def test_a_published_figure_is_looked_up_in_its_own_analysis(study: Planned) -> None:
    compared = pd.read_csv(study.do("compare_published")["comparison"])
    flow = read_table(study.do("describe_flow", analysis="middle_aged")["flow"])
    assert compared["this_run"].item() == flow["remaining"].iloc[0] == 60
