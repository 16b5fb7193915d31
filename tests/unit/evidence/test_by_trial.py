"""Each trial by itself, against R; and trials that cannot be set beside others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ipdmediation.evidence.by_trial import effects_by_trial
from ipdmediation.evidence.columns import POOLED_COLUMNS, TRIAL_COLUMNS
from ipdmediation.evidence.drawn_trial import TrialEffects
from ipdmediation.evidence.pooled_trials import ONE_TRIAL, tables
from ipdmediation.evidence.two_stage import pool
from ipdmediation.inference.bootstrap import draw_replicates
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from ipdmediation.inference.summarised_analysis import summarise_analysis
from ipdmediation.models.specification import mediation_models
from tests.unit.evidence.conftest import analysis_of

pytestmark = pytest.mark.filterwarnings("ignore::ipdmediation.inference.summary.BootstrapWarning")


def own_stream(trial: str, replicate: int) -> np.random.Generator:
    return stream(5, "each trial", trial, replicate)


def first_stage(analysis: ImputedAnalysis, **choices: Any) -> list[TrialEffects]:
    options: dict[str, Any] = {
        "covariates": ("c1",),
        "replicates": 60,
        "stream": own_stream,
        "interval": "percentile",
        "level": 0.95,
        **choices,
    }
    return list(effects_by_trial(analysis, **options))


@pytest.fixture(scope="module")
def trials(imaged: pd.DataFrame) -> list[TrialEffects]:
    return first_stage(analysis_of(imaged, covariates=("c1", "c2")))


def estimates(trials: list[TrialEffects], effect: str, scale: str) -> list[float]:
    tables = [each.effects.set_index(["effect", "scale"]) for each in trials]
    return [float(table.loc[(effect, scale), "estimate"]) for table in tables]


def test_r_s_estimates_of_each_trial(trials: list[TrialEffects]) -> None:
    assert [each.reason for each in trials] == [""] * 7
    assert [each.arms["treated"] for each in trials] == [38, 32, 20, 28, 25, 35, 14]
    assert estimates(trials, "treatment_on_mediator", "coefficient") == pytest.approx(
        [-1.01419804, -0.76437901, -0.89832450, -0.85759771, -0.85417769, -0.93878474, 0.56363027], abs=1e-8
    )
    assert estimates(trials, "total", "coefficient") == pytest.approx(
        [1.73151744, 0.40327907, 2.10149188, 1.21702106, 0.82606813, 1.50199476, 0.06672884], abs=2e-8
    )
    assert estimates(trials, "tnie", "mean") == pytest.approx(
        [-0.79977516, -0.55093439, -0.78740331, -0.35968806, -0.43162774, -0.52922473, 0.46540065], abs=2e-8
    )
    assert estimates(trials, "te", "mean") == pytest.approx(
        [-1.52024896, -0.27037145, -1.97497794, -1.13299270, -0.61210493, -1.48093508, -0.32904939], abs=4e-8
    )


def test_r_s_standard_errors_of_each_trial(imaged: pd.DataFrame) -> None:
    analysis = analysis_of(imaged, trial_effects="none", covariates=("c1",))
    found = []
    for _, rows in imaged.groupby("trial"):
        models = mediation_models(rows.reset_index(drop=True), specification=analysis.specification)
        mediator, total = models.mediator.fit(), models.total.fit()
        found.append((mediator.standard_errors[1], total.standard_errors[total.n_thresholds]))
    assert [each[0] for each in found] == pytest.approx(
        [0.20410349, 0.31053578, 0.32208637, 0.31811878, 0.28337115, 0.26400574, 0.42538283], abs=1e-8
    )
    assert [each[1] for each in found] == pytest.approx(
        [0.46268692, 0.44455477, 0.71077182, 0.50690194, 0.54633230, 0.44940712, 0.69267626], abs=2e-8
    )


def test_r_s_log_odds_ratios_of_the_published_counts(published: pd.DataFrame) -> None:
    """By trial, treatment only; one trial has no patient with one of the levels in one arm."""
    specification = analysis_of(published, trial_effects="none").specification
    found = {}
    for trial, rows in published.groupby("trial", sort=False):
        fit = mediation_models(rows.reset_index(drop=True), specification=specification).total.fit()
        found[trial] = (fit.estimates[fit.n_thresholds], fit.standard_errors[fit.n_thresholds])
    expected = {
        "mr_clean": (0.4998150680, 0.1606804741),
        "escape": (0.9911980624, 0.2066069693),
        "extend_ia": (1.1690629949, 0.4435236456),
        "swift_prime": (0.9380036230, 0.2620033518),
        "revascat": (0.4531048539, 0.2473276504),
        "thrace": (0.3322899026, 0.1760403171),
        "piste": (0.4269373136, 0.4478700235),
    }
    assert set(found) == set(expected)
    for trial, numbers in expected.items():
        assert found[trial] == pytest.approx(numbers, abs=2e-9), trial


def test_two_stages_of_one_trial_are_that_trial(imaged: pd.DataFrame) -> None:
    one = imaged[imaged["trial"] == "t1"].reset_index(drop=True)
    analysis = analysis_of(one, trial_effects="none", covariates=("c1",))
    by_trial, pooled = tables(first_stage(analysis), level=0.95, minimum_count=1)
    draws = draw_replicates(
        analysis, replicates=range(60), stream=lambda replicate: own_stream("t1", replicate)
    )
    alone = summarise_analysis(analysis, draws, interval="percentile", level=0.95, max_failed=0.1)
    alone = alone.set_index(["effect", "scale"])
    assert (pooled["trials"] == 1).all()
    assert (pooled["effect"] == "pm").any()
    numbers = ["estimate", "ci_low", "ci_high"]
    for row in pooled.to_dict("records"):
        expected = alone.loc[(row["effect"], row["scale"])]
        assert [row[name] for name in numbers] == pytest.approx(
            [expected[name] for name in numbers], nan_ok=True
        )
        assert row["note"] in (ONE_TRIAL, expected["note"])
        assert np.isnan([row[name] for name in ("tau", "prediction_low", "i2", "q")]).all()
    assert by_trial["weight"].dropna().eq(1).all()


def test_the_second_stage_weighs_by_the_trial_s_own_bootstrap(trials: list[TrialEffects]) -> None:
    by_trial, pooled = tables(trials, level=0.9, minimum_count=1)
    assert tuple(by_trial.columns) == TRIAL_COLUMNS
    assert tuple(pooled.columns) == POOLED_COLUMNS
    place = trials[0].effects.query("effect == 'tnie' and scale == 'mean'").index[0]
    spread = np.array([each.draws[:, place].std(ddof=1) for each in trials])
    rows = by_trial.query("effect == 'tnie' and scale == 'mean'")
    assert rows["se"].tolist() == pytest.approx(spread)
    expected = pool(rows[["estimate"]].to_numpy(), spread[:, None] ** 2, level=0.9)
    row = pooled.query("effect == 'tnie' and scale == 'mean'").iloc[0]
    assert (row["estimate"], row["ci_low"], row["prediction_high"], row["tau"], row["i2"]) == pytest.approx(
        (expected.estimate[0], expected.low[0], expected.prediction_high[0], expected.tau[0], expected.i2[0])
    )
    assert rows["weight"].tolist() == pytest.approx(expected.weights[:, 0])


def test_the_share_is_that_of_the_pooled_effects_never_a_mean_of_shares(trials: list[TrialEffects]) -> None:
    by_trial, pooled = tables(trials, level=0.95, minimum_count=1)
    on_mean = pooled[pooled["scale"] == "mean"].set_index("effect")["estimate"]
    assert on_mean["pm"] == pytest.approx(on_mean["tnie"] / on_mean["te"], abs=0.05)
    row = pooled.query("effect == 'pm' and scale == 'mean'").iloc[0]
    assert row["ci_low"] < row["estimate"] < row["ci_high"]
    assert by_trial.query("effect == 'pm'")["weight"].isna().all()


def test_a_pooled_total_effect_that_may_be_0_has_no_share(imaged: pd.DataFrame) -> None:
    noise = imaged.assign(y=np.random.default_rng(2).permutation(imaged["y"]))
    found = first_stage(analysis_of(noise, covariates=("c1",)))
    row = tables(found, level=0.95, minimum_count=1)[1].query("effect == 'pm' and scale == 'mean'").iloc[0]
    assert np.isnan(row["estimate"])
    assert row["withheld"] == "total_uncertain"
    assert row["note"].startswith("withheld: ")


def one_arm(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(treatment=frame["treatment"].where(frame["trial"] != "t3", 1))


def one_arm_dead(frame: pd.DataFrame) -> pd.DataFrame:
    dead = (frame["trial"] == "t3") & (frame["treatment"] == 0)
    return frame.assign(y=frame["y"].mask(dead, 6))


def lacking_level(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(y=frame["y"].mask((frame["trial"] == "t3") & (frame["y"] == 4), 3))


def constant_mediator(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(m=frame["m"].mask(frame["trial"] == "t3", 1.5))


def constant_covariate(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(c1=frame["c1"].mask(frame["trial"] == "t3", 0.5))


def few(frame: pd.DataFrame) -> pd.DataFrame:
    """One patient in each level and four levels of few covariates more than that."""
    small = frame[frame["trial"] == "t3"].drop_duplicates("y")
    small = small.assign(treatment=[0, 1, 0, 1, 0, 1, 0])
    columns = {f"x{j}": np.random.default_rng(j).normal(size=len(frame)) for j in range(6)}
    return (
        pd.concat([frame[frame["trial"] != "t3"], small])
        .sort_index()
        .assign(**{name: values[: len(frame) - 38 + 7] for name, values in columns.items()})
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (one_arm, "all of its patients are in one arm"),
        (one_arm_dead, "the outcome is the same for all patients of an arm"),
        (lacking_level, "it lacks an outcome level that other trials have"),
        (constant_mediator, "its mediator does not vary where its effect would show"),
        (constant_covariate, "a covariate is the same for all of its patients"),
    ],
)
def test_a_trial_that_cannot_be_fitted_is_left_out_by_name(
    imaged: pd.DataFrame, change: Any, reason: str
) -> None:
    few_trials = imaged[imaged["trial"].isin(["t1", "t3", "t4"])].reset_index(drop=True)
    found = first_stage(analysis_of(change(few_trials), covariates=("c1",)), replicates=20, level=0.8)
    assert {each.trial: each.reason for each in found} == {"t1": "", "t3": reason, "t4": ""}
    by_trial, pooled = tables(found, level=0.8, minimum_count=1)
    left_out = by_trial[by_trial["trial"] == "t3"]
    assert left_out[["effect", "scale", "reason"]].to_numpy().tolist() == [["", "", reason]]
    assert (pooled["trials"] == 2).all()


def test_too_few_patients_for_the_models(imaged: pd.DataFrame) -> None:
    frame = few(imaged).reset_index(drop=True)
    names = ("c1", *(f"x{j}" for j in range(6)))
    found = first_stage(analysis_of(frame, covariates=names), covariates=names, replicates=20, level=0.8)
    reasons = {each.trial: each.reason for each in found}
    assert reasons["t3"] == "too few patients, or too alike, for the coefficients of its models"
    assert reasons["t1"] == ""


def test_a_mediator_that_a_trial_never_measured_is_not_the_trial_s_own(imaged: pd.DataFrame) -> None:
    found = first_stage(analysis_of(imaged, covariates=("c1",)), unmeasured=["t2"], replicates=20, level=0.8)
    assert found[1].reason == "the mediator was measured of none of its patients"
    assert sum(bool(each.reason) for each in found) == 1


def test_a_trial_with_an_arm_of_few_patients_would_give_their_counts_away(imaged: pd.DataFrame) -> None:
    analysis = analysis_of(imaged, covariates=("c1",))
    found = first_stage(analysis, minimum_count=19, replicates=20, level=0.8)
    reason = "fewer than 19 patients in an arm"
    assert [each.reason for each in found] == ["", "", reason, "", "", "", reason]
    nobody = one_arm(imaged[imaged["trial"].isin(["t1", "t3"])]).reset_index(drop=True)
    found = first_stage(analysis_of(nobody), covariates=(), minimum_count=19, replicates=20, level=0.8)
    assert found[1].reason == "all of its patients are in one arm"


def test_a_trial_whose_replicates_often_fail_is_left_out(imaged: pd.DataFrame) -> None:
    """Of five treated patients with one who is not dead, every third resample has the dead alone."""
    rows = imaged[imaged["trial"].isin(["t1", "t3"])].copy()
    treated = rows.index[(rows["trial"] == "t3") & (rows["treatment"] == 1)]
    rows = rows.drop(treated[5:])
    rows.loc[treated[:5], "y"] = [6, 6, 6, 6, 2]
    controls = rows.index[(rows["trial"] == "t3") & (rows["treatment"] == 0)]
    rows.loc[controls[:7], "y"] = range(7)
    found = first_stage(analysis_of(rows.reset_index(drop=True), covariates=()), covariates=(), level=0.8)
    assert found[1].reason.endswith(" of 60 bootstrap replicates failed; the accepted share is 0.1")
    assert int(found[1].reason.split()[0]) > 6


def test_no_reason_quotes_a_patient_s_value(imaged: pd.DataFrame) -> None:
    odd = imaged.assign(m=imaged["m"].mask(imaged["trial"] == "t3", 77.123))
    found = first_stage(analysis_of(odd, covariates=("c1",)), replicates=20, level=0.8)
    assert not any("77" in each.reason for each in found)


def test_where_no_trial_can_be_fitted_nothing_is_pooled(imaged: pd.DataFrame) -> None:
    some = imaged[imaged["trial"].isin(["t1", "t2"])].reset_index(drop=True)
    found = first_stage(analysis_of(some), unmeasured=["t1", "t2"])
    by_trial, pooled = tables(found, level=0.95, minimum_count=1)
    assert pooled.empty
    assert tuple(pooled.columns) == POOLED_COLUMNS
    assert by_trial["trial"].tolist() == ["t1", "t2"]


def test_small_arms_are_not_counted_in_public(trials: list[TrialEffects]) -> None:
    """Of 14 + 14 neither is shown where 15 are needed, nor what would give them away from the sum."""
    few_patients = [replace(each, arms={"control": 20 + at, "treated": 30}) for at, each in enumerate(trials)]
    few_patients[2] = replace(few_patients[2], arms={"control": 3, "treated": 30})
    by_trial, _ = tables(few_patients, level=0.95, minimum_count=5)
    shown = by_trial.drop_duplicates("trial").set_index("trial")
    assert pd.isna(shown.loc["t3", "control"])
    assert shown["control"].isna().sum() >= 2  # one alone would follow from the sum over trials
    whole, _ = tables(few_patients, level=0.95, minimum_count=1)
    assert whole["control"].notna().all()


def test_models_by_trial_have_no_trial_effects_and_the_trial_s_own_population(imaged: pd.DataFrame) -> None:
    """Random slopes and new trials are the one-stage analysis' own."""
    random = replace(
        analysis_of(imaged, trial_effects="random_slope", covariates=("c1", "c2")),
        resampling="two_level",
    )
    random = replace(random, options=replace(random.options, population="new_trial", controlled_at=(1.0,)))
    fixed = analysis_of(imaged, covariates=("c1", "c2"))
    few = [first_stage(each, replicates=20, level=0.8)[0].effects for each in (random, fixed)]
    pd.testing.assert_frame_equal(*few)
    assert not few[0]["effect"].str.startswith("cde").any()
