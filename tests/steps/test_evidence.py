"""What stands beside the effects: the steps do what the configuration says, and give R's numbers."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from ipdmediation.data.result_tables import csv_text, read_table
from ipdmediation.data.schema import conform
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.evidence.by_trial import effects_by_trial
from ipdmediation.evidence.coefficients_by_cut import coefficients_by_cut
from ipdmediation.evidence.confounding import confounding
from ipdmediation.evidence.cut_tests import cut_tests, form_of_tests
from ipdmediation.evidence.death import handlings
from ipdmediation.evidence.event_mediators import EventAnalysis
from ipdmediation.evidence.free_treatment import free_treatment
from ipdmediation.evidence.leave_one_out import leave_one_out
from ipdmediation.evidence.measurement_error import measurement_error
from ipdmediation.evidence.pooled_trials import tables
from ipdmediation.evidence.surrogacy import surrogacy, surrogate_line, surrogate_predictions
from ipdmediation.evidence.surrogate_trials import surrogate_trials
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
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


#: How many tables show each piece of evidence.
SHOWN = {
    "show_each_trial": 1,
    "show_leave_one_out": 1,
    "show_confounding": 1,
    "show_measurement_error": 1,
    "show_proportional_odds": 3,
    "show_surrogacy": 2,
}


def resample(replicate: int) -> np.random.Generator:
    """The resamples of the analysis' own bootstrap."""
    return stream(5, "bootstrap", "primary", replicate)


def test_confounding_is_stated_as_the_configuration_says(study: Planned) -> None:
    made = study.do("confounding", analysis="primary")
    tables = confounding(
        prepared(study, "primary"),
        correlations=[-0.2, 0.3],
        benchmarks=study.analysis("primary")["covariates"],
        logit_check=True,
        replicates=10,
        stream=resample,
        interval="basic",
        level=0.8,
        max_failed=0.4,
    )
    for name, table in tables._asdict().items():
        assert Path(made[name]).read_text() == csv_text(table)


def test_error_of_measurement_is_stated_as_the_configuration_says(study: Planned) -> None:
    made = study.do("measurement_error", analysis="primary")
    table = measurement_error(
        prepared(study, "primary"),
        error={"error_sd": 0.2},
        replicates=14,
        stream=resample,
        interval="basic",
        level=0.8,
        max_failed=0.4,
    )
    assert Path(made["effects"]).read_text() == csv_text(table)


def test_the_panel_is_computed_as_the_configuration_says(study: Planned) -> None:
    made = study.do("surrogacy", analysis="primary")
    analysis = prepared(study, "primary")
    trials = list(surrogate_trials(analysis, covariates=["age"], minimum_count=3))
    table = surrogacy(
        analysis,
        trials,
        replicates=14,
        stream=lambda replicate: stream(5, "bootstrap", "primary", replicate),
        level=0.8,
        max_failed=0.4,
    )
    assert Path(made["measures"]).read_text() == csv_text(table)
    assert Path(made["predictions"]).read_text() == csv_text(surrogate_predictions(trials, level=0.8))
    assert Path(made["line"]).read_text() == csv_text(surrogate_line(trials, level=0.8))
    assert dict(study.planned("surrogacy", analysis="primary")["params"].items())["minimum_count"] == 3


def test_figures_and_tables_are_made_of_the_analysis_that_asks_for_them(study: Planned) -> None:
    for step, tables_of in SHOWN.items():
        made = study.do(step, analysis="primary")
        assert len(made["figures"]) == 3
        assert len(made["tables"]) == 3 * tables_of
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


def stated(file: str, trials: Iterable[int] = range(1, 8)) -> dict[str, object]:
    """The mapping of a file like `evidence_a.csv`: several trials of one file, by their numbers."""
    trial = {"column": "trial", "codes": {n: {"id": f"t{n}", "label": f"Trial {n}"} for n in trials}}
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
                "confounding": {"curve": True, "replicates": 40},
                "measurement_error": {"error": {"reliability": 0.8}, "replicates": 40},
                "surrogacy": {"panel": True, "covariates": ["c1"], "replicates": 40},
                "death": {"event": "dead", "covariates": ["c1", "c2"], "replicates": 41},
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


def test_by_configuration_r_s_effects_under_confounding_and_without_error_of_measurement(
    seven_trials: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(seven_trials.root)
    made = seven_trials.do("confounding", analysis="primary")
    tables = {name: read_table(made[name]) for name in ("curve", "undone", "benchmarks", "e_values", "logit")}
    curve = tables["curve"].query("scale == 'mean' and effect == 'tnie'").set_index("rho")["estimate"]
    assert curve[[0, 0.2, 0.4, -0.2]].tolist() == pytest.approx(
        [-0.50325959, -0.29064487, -0.05222273, -0.71714045], abs=2e-8
    )
    assert tables["undone"].query("statistic == 'explains'")["rho"].tolist() == pytest.approx([0.4385890904])
    benchmarks = tables["benchmarks"].query("effect == 'tnie'").set_index("variable")["rho"]
    assert benchmarks[["c1", "c2"]].tolist() == pytest.approx([0.14475233, 0.00139871], abs=1e-8)
    values = tables["e_values"].set_index(["effect", "scale"])["e_value"]
    assert values["tnie", "prob_le_2"] == pytest.approx(1.80616584, abs=1e-7)
    logit = tables["logit"].set_index(["statistic", "rho"])["tnie"]
    assert logit["grid", 0.2] == pytest.approx(-0.302096, abs=3e-6)
    found = read_table(seven_trials.do("measurement_error", analysis="primary")["effects"])
    assert on_the_mean(found[found["stated"] == "reliability"], "pm") == pytest.approx([0.61670475], abs=2e-8)


def test_by_configuration_r_s_surrogacy_panel(seven_trials: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(seven_trials.root)
    made = seven_trials.do("surrogacy", analysis="primary")
    found = read_table(made["measures"]).drop_duplicates("measure").set_index("measure")
    for measure, column, expected in (
        ("treatment_on_mediator", "test", -6.90716179),
        ("treatment_given_mediator", "test", 9.63008698),
        ("pte", "ci_low", 0.26038153),
        ("r2_h_by_trial", "estimate", 0.18879943),
        ("latent_correlation", "estimate", -0.4385890904),
        ("slope", "se", 0.50068329),
        ("correlation", "estimate", -0.71356056),
    ):
        assert found.loc[measure, column] == pytest.approx(expected, abs=1e-7), measure
    assert found.loc["correlation", "verdict"] == "unclear"
    assert len(read_table(made["predictions"])) == 7


def test_by_configuration_r_s_numbers_of_everybody_the_dead_among_them(
    seven_trials: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(seven_trials.root)
    made = seven_trials.do("death", analysis="primary")
    table = read_table(made["effects"])
    assert table.query("effect == 'total'")["estimate"].tolist() == pytest.approx(
        [1.09159875, 1.10539386], abs=1e-8
    )
    expected = {
        "worst_value": {"te": -1.02477440, "tnie": -0.62463564, "pm": 0.60953479},
        "worst_rank": {"te": -1.03359265, "tnie": -0.62334497, "pm": 0.60308573},
        "composite": {"te": -1.05178901, "pnde": -0.48241304, "via_event": -0.08597120, "tnie": -0.48340477},
        "always_measured": {"te_best": -1.25405405, "te_worst": -1.02702703},
    }
    for handling, numbers in expected.items():
        rows = table[table["handling"] == handling]
        found = {effect: on_the_mean(rows, effect)[0] for effect in numbers}
        assert found == pytest.approx(numbers, abs=1e-8), handling
    assert read_table(made["patients"])["all"].tolist() == [400, 377, 23, 0]
    shown = seven_trials.do("show_death", analysis="primary")
    assert all(Path(path).stat().st_size for path in (*shown["figures"], *shown["tables"]))


def test_everybody_is_analysed_as_the_configuration_says(
    seven_trials: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawn by the streams of the analysis' own bootstrap; its models, and the interval that it asks for."""
    monkeypatch.chdir(seven_trials.root)
    made = seven_trials.do("death", analysis="primary")
    pooled = conform(pd.read_parquet(made["pooled"]), seven_trials.variables, excluded_arms=True)
    stated = dict(seven_trials.planned("death", analysis="primary")["params"].items())
    dead = pooled["dead"].to_numpy() == 1
    table = handlings(
        EventAnalysis(
            analysis=ImputedAnalysis.from_config(
                pooled.astype({"treatment": "int8"}).assign(imputation=0),
                model=stated["model"],
                standardisation=stated["standardisation"],
                resampling="stratified",
                variables=seven_trials.variables,
            ),
            event=dead,
            measured=~dead,
            covariates=["c1", "c2"],
        ),
        replicates=41,
        stream=lambda replicate: stream(7, "bootstrap", "primary", replicate),
        interval="percentile",
        level=0.95,
        max_failed=0.01,
    )
    assert Path(made["effects"]).read_text() == csv_text(table)


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
