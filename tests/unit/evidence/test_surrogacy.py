"""The surrogacy panel, against R and other programs; and what is said where trials are few."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ipdmediation.evidence.columns import SURROGACY_COLUMNS
from ipdmediation.evidence.panel_models import panel_analysis
from ipdmediation.evidence.surrogacy import surrogacy, surrogate_line, surrogate_predictions
from ipdmediation.evidence.surrogate_trials import SurrogateTrial, surrogate_trials
from ipdmediation.evidence.treatment_explained import share_draws
from ipdmediation.inference.bootstrap import draw_replicates
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from tests.unit.evidence.conftest import analysis_of


def own_stream(replicate: int) -> np.random.Generator:
    return stream(3, "bootstrap", "primary", replicate)


def panel(analysis: ImputedAnalysis, **choices: Any) -> pd.DataFrame:
    trials = list(surrogate_trials(analysis, covariates=("c1",)))
    options: dict[str, Any] = {"replicates": 40, "stream": own_stream, "level": 0.95, "max_failed": 0.05}
    return surrogacy(analysis, trials, **(options | choices))


def rows(table: pd.DataFrame) -> pd.DataFrame:
    """The measures by name; of the proportion the interval that needs no draws, where there is one."""
    return table.drop_duplicates("measure").set_index("measure")


@pytest.fixture(scope="module")
def seven(imaged: pd.DataFrame) -> ImputedAnalysis:
    return analysis_of(imaged, covariates=("c1", "c2"))


@pytest.fixture(scope="module")
def trials(seven: ImputedAnalysis) -> list[SurrogateTrial]:
    return list(surrogate_trials(seven, covariates=("c1",)))


@pytest.fixture(scope="module")
def table(seven: ImputedAnalysis) -> pd.DataFrame:
    return panel(seven, replicates=400)


def test_r_s_criteria_of_prentice(table: pd.DataFrame) -> None:
    found = table[table["level"] == "prentice"]
    assert found["measure"].tolist() == [
        "treatment_on_mediator", "treatment_on_outcome",
        "mediator_given_treatment", "treatment_given_mediator",
    ]  # fmt: skip
    assert found["test"].tolist() == pytest.approx(
        [-6.90716179, 34.27971572, 75.0072503, 9.63008698], abs=1e-8
    )
    assert found["df"].tolist() == [367, 1, 1, 1]
    assert "no proof" in found["note"].iloc[3]
    assert (found["note"].iloc[:3] == "").all()


def test_r_s_proportion_with_the_interval_of_stacked_scores_and_of_draws(table: pd.DataFrame) -> None:
    scores, draws = (table[table["interval"] == name].iloc[0] for name in ("fieller_scores", "fieller_draws"))
    assert scores["estimate"] == draws["estimate"] == pytest.approx(0.44156599, abs=1e-8)
    assert [scores["ci_low"], scores["ci_high"]] == pytest.approx([0.26038153, 0.71414771], abs=1e-7)
    assert scores["test"] == pytest.approx(5.6987, abs=1e-4)
    assert [draws["ci_low"], draws["ci_high"]] == pytest.approx([0.26, 0.714], abs=0.05)


def test_r_s_associations_within_patients(table: pd.DataFrame) -> None:
    found = rows(table)
    assert found.loc[["r2_h", "r2_h_by_trial"], "test"].tolist() == pytest.approx(
        [75.0072503, 78.88346004], abs=1e-7
    )
    assert found.loc[["r2_h", "r2_h_by_trial"], "estimate"].tolist() == pytest.approx(
        [0.18041587, 0.18879943], abs=1e-8
    )
    assert found.loc["r2_h_by_trial", "df"] == 7
    assert found.loc["latent_correlation", "estimate"] == pytest.approx(-0.4385890904, abs=1e-8)
    assert found.loc["latent_r2", "estimate"] == pytest.approx(0.4385890904**2, abs=1e-8)
    ends = found.loc["latent_correlation", ["ci_low", "ci_high"]].astype(float)
    assert sorted(found.loc["latent_r2", ["ci_low", "ci_high"]]) == pytest.approx(sorted(ends**2))


def test_r_s_line_through_the_trials(table: pd.DataFrame) -> None:
    found = rows(table)
    assert found.loc[["intercept", "slope"], "estimate"].tolist() == pytest.approx(
        [0.37881093, -0.98010650], abs=1e-7
    )
    assert found.loc["slope", "se"] == pytest.approx(0.50068329, abs=1e-7)
    assert found.loc["tau", "estimate"] ** 2 == pytest.approx(0.02722388, abs=1e-7)
    assert found.loc["r2_tau2", "estimate"] == pytest.approx(0.816572, abs=1e-6)
    assert found.loc["threshold_effect", "estimate"] == pytest.approx(-0.43245, abs=1e-4)
    assert found.loc["threshold_until", "estimate"] < -1.1
    assert found.loc["correlation", "estimate"] == pytest.approx(-0.71356056, abs=1e-8)
    assert found.loc["weighted_r2", "estimate"] == pytest.approx(0.42290925, abs=1e-8)
    assert found.loc["reliability", "estimate"] == pytest.approx(0.37727148, abs=1e-7)


def test_seven_trials_leave_it_open_and_never_prove_the_contrary(table: pd.DataFrame) -> None:
    found = rows(table)
    assert found.loc["correlation", "verdict"] == "unclear"
    assert found.loc["correlation", "ci_low"] < 0 < found.loc["correlation", "ci_high"]
    assert found.loc["r2", "ci_low"] == 0
    assert found.loc["r2", "ci_high"] == pytest.approx(found.loc["correlation", "ci_low"] ** 2)
    assert "towards 0" in found.loc["correlation", "note"]
    assert (table["verdict"] != "").sum() == 1


def test_every_row_has_a_number_or_a_reason(table: pd.DataFrame) -> None:
    assert list(table.columns) == list(SURROGACY_COLUMNS)
    lacking = table[table["estimate"].isna()]
    assert (lacking["withheld"] != "").all()
    assert (lacking["note"] != "").all()


def test_each_trial_is_predicted_from_the_others(trials: list[SurrogateTrial], table: pd.DataFrame) -> None:
    found = surrogate_predictions(trials, level=0.95)
    assert found["trial"].tolist() == [f"t{number}" for number in range(1, 8)]
    # metafor: rma(beta, sb^2, mods = ~ alpha, test = "knha") without the trial; t with 4 degrees of freedom
    # times sqrt(se^2 + tau2 + sb^2)
    numbers = ["predicted", "prediction_low", "prediction_high"]
    assert found.loc[0, numbers].tolist() == pytest.approx([1.26075070, -0.34488486, 2.86638625], abs=2e-6)
    assert found.loc[3, numbers].tolist() == pytest.approx([1.23011498, -0.56493412, 3.02516409], abs=2e-6)
    # nothing is left between the others: metafor's interval, -.018 to 2.612, has a factor below 1
    assert found.loc[1, numbers[0]] == pytest.approx(1.29682122, abs=2e-6)
    assert found.loc[1, numbers[1]] < -0.01848571
    assert found["weight"].sum() == pytest.approx(1)
    assert (found["inside"] == "yes").sum() == rows(table).loc["predicted_inside", "estimate"] == 7


def test_the_line_is_drawn_over_all_effects_and_no_effect(trials: list[SurrogateTrial]) -> None:
    line = surrogate_line(trials, level=0.95)
    assert line["on_mediator"].iloc[0] < min(trial.alpha for trial in trials)
    assert line["on_mediator"].iloc[-1] > max(0.0, *(trial.alpha for trial in trials))
    at = np.interp(-1.0, line["on_mediator"], line["predicted"])
    assert at == pytest.approx(1.35891743, abs=1e-6)
    ends = [np.interp(-1.0, line["on_mediator"], line[f"prediction_{end}"]) for end in ("low", "high")]
    assert ends == pytest.approx([0.61656782, 2.10126703], abs=0.003)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_of_few_trials_it_is_said_what_cannot_be(imaged: pd.DataFrame, count: int) -> None:
    kept = [f"t{number}" for number in range(1, count + 1)]
    few = imaged[imaged["trial"].isin(kept)].reset_index(drop=True)
    analysis = analysis_of(few, covariates=("c1",), trial_effects="fixed" if count > 1 else "none")
    found = rows(panel(analysis))
    individual = found[found["level"] != "trial"]
    assert individual["estimate"].notna().all() or (individual["withheld"] != "").any()
    assert found.loc["r2_h", "estimate"] > 0
    assert found.loc["correlation", "verdict"] == "unclear"
    if count < 3:
        assert found.loc["slope", "note"] == "not defined: it needs three trials"
        assert np.isnan(found.loc["correlation", "estimate"])
    else:
        assert np.isfinite(found.loc["slope", "estimate"])
    if count == 3:
        assert found.loc["correlation", ["ci_low", "ci_high"]].tolist() == [-1, 1]
        assert "any correlation" in found.loc["correlation", "note"]
    trials = list(surrogate_trials(analysis, covariates=("c1",)))
    predicted = surrogate_predictions(trials, level=0.95)
    assert predicted["predicted"].notna().all() == (count == 4)
    assert surrogate_line(trials, level=0.95).empty == (count < 3)
    lacking = found[found["estimate"].isna()]
    assert (lacking["note"] != "").all()


def test_a_trial_is_left_out_by_name_and_of_no_trial_patients_remain(imaged: pd.DataFrame) -> None:
    sick = imaged.copy()
    sick.loc[(sick["trial"] == "t2") & (sick["treatment"] == 1), "y"] = 6
    analysis = analysis_of(sick, covariates=("c1", "c2"))
    trials = list(surrogate_trials(analysis, covariates=("c1",)))
    (out,) = [trial for trial in trials if trial.reason]
    assert (out.trial, out.reason) == ("t2", "the outcome is the same for all patients of an arm")
    found = surrogate_predictions(trials, level=0.95).set_index("trial")
    assert found.loc["t2", "reason"] == out.reason
    assert np.isnan(found.loc["t2", "on_outcome"])
    everybody = list(surrogate_trials(analysis, covariates=("c1",), minimum_count=1000))
    assert all(trial.reason.startswith("fewer than 1000") for trial in everybody)
    options: dict[str, Any] = {"replicates": 40, "stream": own_stream, "level": 0.95, "max_failed": 0.05}
    none = rows(surrogacy(analysis, everybody, **options))
    assert none.loc["r2_h_by_trial", "note"] == "not defined: no trial can be analysed by itself"
    assert none.loc["r2_h", "estimate"] > 0


def test_the_draws_are_those_of_the_analysis(seven: ImputedAnalysis) -> None:
    own = draw_replicates(seven, replicates=range(6), stream=own_stream)
    mine = share_draws(panel_analysis(seven), replicates=6, stream=own_stream)
    assert mine[:, 0].tolist() == own["total:coefficient"].tolist()
    assert mine[:, 1].tolist() == own["direct:coefficient"].tolist()


def test_too_many_failed_draws_give_no_interval(
    seven: ImputedAnalysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = np.full((40, 2), np.nan)
    monkeypatch.setattr("ipdmediation.evidence.surrogacy.share_draws", lambda *_, **__: broken)
    (row,) = panel(seven).query("interval == 'fieller_draws'").to_dict("records")
    assert row["withheld"] == "no_interval"
    assert row["note"] == "withheld: 40 of 40 bootstrap replicates failed; the accepted share is 0.05"


def test_interaction_and_spline_and_random_mediator_slopes_are_no_part_of_the_panel(
    imaged: pd.DataFrame,
) -> None:
    choices = {"covariates": ("c1",), "trial_effects": "random_slope"}
    plain = panel_analysis(analysis_of(imaged, **choices))
    odd = panel_analysis(
        analysis_of(
            imaged, covariates=("c1",), trial_effects="random_slopes", interaction=True, estimation="reml"
        )
    )
    assert odd.specification == plain.specification
    splines = panel_analysis(analysis_of(imaged, covariates=("c1",), spline_knots=4))
    assert splines.specification == panel_analysis(analysis_of(imaged, covariates=("c1",))).specification
    interacting = list(surrogate_trials(analysis_of(imaged, interaction=True), covariates=("c1",)))
    straight = list(surrogate_trials(analysis_of(imaged), covariates=("c1",)))
    assert [each.g2 for each in interacting] == [each.g2 for each in straight]


def test_models_with_random_effects_have_the_interval_of_draws_alone(imaged: pd.DataFrame) -> None:
    table = panel(analysis_of(imaged, covariates=("c1", "c2"), trial_effects="random_slope"))
    found = table[table["measure"] == "pte"]
    assert found["interval"].tolist() == ["fieller_draws"]
    assert np.isnan(rows(table).loc["treatment_on_mediator", "df"])
    assert np.isfinite(table.loc[table["level"] != "trial", "estimate"]).all()


def test_a_continuous_outcome_has_its_partial_correlation(imaged: pd.DataFrame) -> None:
    found = rows(panel(analysis_of(imaged, covariates=("c1", "c2"), family="continuous")))
    design = np.column_stack(
        [imaged[["treatment", "c1", "c2"]], pd.get_dummies(imaged["trial"], dtype=float).to_numpy()]
    )
    residuals = [
        values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
        for values in (imaged["m"].to_numpy(dtype=float), imaged["y"].to_numpy(dtype=float))
    ]
    r = np.corrcoef(*residuals)[0, 1]
    assert found.loc["latent_correlation", "estimate"] == pytest.approx(r, abs=0.002)
    assert found.loc["r2_h", "estimate"] == pytest.approx(r**2, abs=1e-9)


def test_completed_data_sets_are_pooled(imaged: pd.DataFrame) -> None:
    rng = np.random.default_rng(2)
    noisy = imaged.assign(m=imaged["m"] + rng.normal(scale=0.3, size=len(imaged)), imputation=1)
    two = pd.concat([imaged, noisy], ignore_index=True)
    found = rows(panel(analysis_of(two, covariates=("c1", "c2"))))
    single = [
        rows(panel(analysis_of(each, covariates=("c1", "c2"))))
        for each in (imaged, noisy.assign(imputation=0))
    ]
    for measure in ("treatment_on_mediator", "pte"):
        each = [table.loc[measure, "estimate"] for table in single]
        assert min(each) <= found.loc[measure, "estimate"] <= max(each)
    assert found.loc["r2_h", "test"] == pytest.approx(
        np.mean([table.loc["r2_h", "test"] for table in single])
    )
    # what differs between the data sets makes the test less sure
    assert found.loc["mediator_given_treatment", "test"] < found.loc["r2_h", "test"]
