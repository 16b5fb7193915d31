"""Each trial and all trials but one: the steps do what the configuration says, and give R's numbers."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from ipdmediation.data.result_tables import csv_text, read_table
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.evidence.by_trial import effects_by_trial
from ipdmediation.evidence.coefficients_by_cut import coefficients_by_cut
from ipdmediation.evidence.cut_tests import cut_tests, form_of_tests
from ipdmediation.evidence.free_treatment import free_treatment
from ipdmediation.evidence.leave_one_out import leave_one_out
from ipdmediation.evidence.pooled_trials import tables
from ipdmediation.inference.streams import stream
from ipdmediation.models.specification import AnalysisSpecification, MediationModels, models_by_imputation
from tests.steps.conftest import Planned
from tests.steps.test_models import prepared

REFERENCE = Path(__file__).resolve().parents[1] / "reference/evidence_a.csv"
pytestmark = pytest.mark.filterwarnings(
    "ignore::ipdmediation.inference.summary.BootstrapWarning", "ignore::ipdmediation.models.errors.FitWarning"
)


def test_each_trial_is_analysed_as_the_configuration_says(study: Planned) -> None:
    made = study.do("each_trial", analysis="primary")
    found = effects_by_trial(
        prepared(study, "primary"),
        covariates=["age"],
        replicates=12,
        stream=lambda trial, replicate: stream(5, "each trial", "primary", trial, replicate),
        interval="basic",
        level=0.8,
    )
    by_trial, together = tables(list(found), level=0.8, minimum_count=3)
    assert Path(made["by_trial"]).read_text() == csv_text(by_trial)
    assert Path(made["together"]).read_text() == csv_text(together)
    assert len(by_trial["trial"].unique()) == 3
    assert dict(study.planned("each_trial", analysis="primary")["params"].items())["minimum_count"] == 3


def test_each_trial_is_left_out_as_the_configuration_says(study: Planned) -> None:
    made = study.do("leave_one_out", analysis="primary")
    table = leave_one_out(
        prepared(study, "primary"),
        replicates=11,
        stream=lambda trial, replicate: stream(5, "leave one out", "primary", trial, replicate),
        interval="basic",
        level=0.8,
        max_failed=0.4,
    )
    assert Path(made["effects"]).read_text() == csv_text(table)


def test_figures_and_tables_are_made_of_the_analysis_that_asks_for_them(study: Planned) -> None:
    for step in ("show_each_trial", "show_leave_one_out", "show_proportional_odds"):
        made = study.do(step, analysis="primary")
        assert len(made["figures"]) == len(made["tables"]) == 3
        assert all(Path(path).stat().st_size for path in (*made["figures"], *made["tables"]))
        with pytest.raises(ValueError, match="not enough values"):
            study.planned(step, analysis="middle_aged")


def test_proportional_odds_are_tested_as_the_configuration_says(study: Planned) -> None:
    made = study.do("proportional_odds", analysis="primary")
    analysis = prepared(study, "primary")
    specification = form_of_tests(analysis.specification, trials=3)
    form = replace(
        analysis, specification=specification, options=StandardisationOptions(), resampling="stratified"
    )

    def build(specification: AnalysisSpecification) -> list[MediationModels]:
        return models_by_imputation(
            analysis.completed, specification=specification, variables=study.variables
        )

    assert Path(made["tests"]).read_text() == csv_text(cut_tests(specification, build))
    by_cut = coefficients_by_cut(specification, build, level=0.8, minimum_count=3)
    assert Path(made["by_cut"]).read_text() == csv_text(by_cut)
    both = free_treatment(
        form,
        replicates=10,
        stream=lambda replicate: stream(5, "proportional odds", "primary", replicate),
        interval="basic",
        level=0.8,
        max_failed=0.4,
    )
    assert Path(made["effects"]).read_text() == csv_text(both)


def stated(file: str) -> dict[str, object]:
    """The patients of `evidence_a.csv` whose mediator was measured, in seven trials of one file."""
    trial = {"column": "trial", "codes": {n: {"id": f"t{n}", "label": f"Trial {n}"} for n in range(1, 8)}}
    names = ("c1", "c2", "m", "dead", "y")
    return {
        "trial": trial,
        "source": {"file": file, "format": "csv"},
        "patient": {"column": "id"},
        "treatment": {"column": "a", "codes": {0: "control", 1: "treated"}},
        "variables": {name: {"column": name} for name in names},
    }


CONFIG = {
    "study": {"title": "Made up", "question": "How much of it runs through the mediator?"},
    "seed": 7,
    "trials": {"every": "every.yaml"},
    "variables": {
        **{name: {"type": "continuous", "label": name.upper()} for name in ("c1", "c2", "m")},
        "dead": {"type": "binary", "label": "Dead before imaging"},
        "y": {"type": "ordinal", "label": "Score", "levels": {level: f"Level {level}" for level in range(7)}},
    },
    "eligibility": [{"variable": "dead", "one_of": [0], "reason": "Dead before imaging"}],
    "analyses": {
        "primary": {
            "label": "Main analysis",
            "mediator": {"variable": "m", "transform": "identity"},
            "outcome": {"variable": "y", "family": "ordinal", "better": "low"},
            "covariates": ["c1", "c2"],
            "trial_effects": "fixed",
            "missing": {"method": "complete_case"},
            "bootstrap": {"replicates": 40},
            "evidence": {
                "trials": {
                    "two_stages": True,
                    "covariates": ["c1"],
                    "replicates": 40,
                    "leave_one_out": True,
                    "leave_one_out_replicates": 40,
                },
                "proportional_odds": {"tests": True, "replicates": 40},
            },
        },
        "free": {
            "label": "Treatment free at every cut",
            "evidence": None,
            "outcome": {"proportional_odds": {"treatment": "free"}},
        },
    },
}


@pytest.fixture(scope="module")
def seven_trials(tmp_path_factory: pytest.TempPathFactory, plan: Callable[[Path], Path]) -> Planned:
    root = tmp_path_factory.mktemp("seven")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        shutil.copy(REFERENCE, root)
        Path("every.yaml").write_text(yaml.safe_dump(stated(REFERENCE.name)))
        Path("config.yaml").write_text(yaml.safe_dump(CONFIG, sort_keys=False))
        return Planned(root, CONFIG, pickle.loads(plan(Path("config.yaml")).read_bytes()))


def on_the_mean(table: pd.DataFrame, effect: str) -> list[float]:
    return table.query(f"effect == '{effect}' and scale == 'mean'")["estimate"].tolist()


def test_by_configuration_r_s_effects_of_each_trial_and_shares_without_one(
    seven_trials: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(seven_trials.root)
    made = seven_trials.do("each_trial", analysis="primary")
    by_trial, together = read_table(made["by_trial"]), read_table(made["together"])
    assert on_the_mean(by_trial, "tnie") == pytest.approx(
        [-0.79977516, -0.55093439, -0.78740331, -0.35968806, -0.43162774, -0.52922473, 0.46540065], abs=2e-8
    )
    assert on_the_mean(by_trial, "te") == pytest.approx(
        [-1.52024896, -0.27037145, -1.97497794, -1.13299270, -0.61210493, -1.48093508, -0.32904939], abs=4e-8
    )
    assert (together["trials"] == 7).all()
    assert np.isfinite(together.query("effect == 'tnie' and scale == 'mean'")["prediction_low"]).all()
    left_out = read_table(seven_trials.do("leave_one_out", analysis="primary")["effects"])
    assert on_the_mean(left_out, "pm") == pytest.approx(
        [0.48786189, 0.41272690, 0.50823427, 0.51536455, 0.46949079, 0.53247619, 0.52778399], abs=2e-8
    )


def test_by_configuration_r_s_tests_and_effects_of_a_free_treatment(
    seven_trials: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(seven_trials.root)
    made = seven_trials.do("proportional_odds", analysis="primary")
    tests = read_table(made["tests"]).set_index(["model", "test", "term"])["chi_square"]
    # twice the difference of clm's log-likelihoods, with indicators of the trials
    ratio = tests["outcome", "likelihood_ratio", "treatment"]
    assert ratio == pytest.approx(2 * (-624.9660554 + 626.7008664), abs=1e-6)
    both = read_table(made["effects"])
    free = both[both["treatment"] == "free"].set_index(["effect", "scale"])["estimate"]
    assert free["pm", "prob_le_2"] == pytest.approx(0.48829267, abs=2e-8)
    found = read_table(seven_trials.do("estimate_effects", analysis="free")["effects"])
    estimates = found.set_index(["effect", "scale"])["estimate"]
    expected = {("te", "mean"): -1.02793496, ("tnie", "mean"): -0.51187332, ("pm", "mean"): 0.49796275}
    assert {key: estimates[key] for key in expected} == pytest.approx(expected, abs=2e-8)
    assert found.loc[found["effect"] == "total", "withheld"].tolist() == ["undefined"]
    fitted = json.loads(
        Path(seven_trials.do("fit_models", analysis="free")["outcome_diagnostics"]).read_text()
    )
    assert fitted["log_likelihood"] == [pytest.approx(-624.9660554, abs=1e-7)]
