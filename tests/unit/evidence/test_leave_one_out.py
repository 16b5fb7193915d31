"""The analysis without one trial is that of the others; against R."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ipdmediation.evidence.columns import LEFT_OUT_COLUMNS
from ipdmediation.evidence.leave_one_out import leave_one_out, without
from ipdmediation.inference.bootstrap import cohort_effects
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from tests.unit.evidence.conftest import analysis_of

pytestmark = pytest.mark.filterwarnings("ignore::ipdmediation.inference.summary.BootstrapWarning")


def repeated(analysis: ImputedAnalysis, replicates: int = 20) -> pd.DataFrame:
    return leave_one_out(
        analysis,
        replicates=replicates,
        stream=lambda trial, replicate: stream(5, "leave one out", trial, replicate),
        interval="percentile",
        level=0.8,
        max_failed=0.5,
    )


def shares(table: pd.DataFrame) -> list[float]:
    return table.query("effect == 'pm' and scale == 'mean'")["estimate"].tolist()


@pytest.fixture(scope="module")
def table(imaged: pd.DataFrame) -> pd.DataFrame:
    return repeated(analysis_of(imaged, covariates=("c1", "c2")))


def test_r_s_proportion_mediated_without_each_trial(table: pd.DataFrame) -> None:
    expected = [0.48786189, 0.41272690, 0.50823427, 0.51536455, 0.46949079, 0.53247619, 0.52778399]
    assert shares(table) == pytest.approx(expected, abs=2e-8)
    assert tuple(table.columns) == LEFT_OUT_COLUMNS
    assert table["trial"].unique().tolist() == [f"t{number}" for number in range(1, 8)]
    rows = table.query("effect == 'tnie' and scale == 'mean'")
    assert (rows["ci_low"] < rows["estimate"]).all()
    assert (rows["estimate"] < rows["ci_high"]).all()


@pytest.mark.parametrize("trial_effects", ["none", "fixed", "random_slope"])
def test_it_is_the_analysis_of_the_other_trials(imaged: pd.DataFrame, trial_effects: str) -> None:
    some = imaged[imaged["trial"].isin(["t1", "t2", "t4", "t6"])].reset_index(drop=True)
    whole = analysis_of(some, covariates=("c1",), trial_effects=trial_effects)
    rest = some[some["trial"] != "t2"].reset_index(drop=True)
    (alone,) = analysis_of(rest, covariates=("c1",), trial_effects=trial_effects).effects()
    (left,) = without(whole, "t2").effects()
    np.testing.assert_array_equal(cohort_effects(left), cohort_effects(alone))


def test_of_two_trials_one_is_left_which_has_no_trial_effects(imaged: pd.DataFrame) -> None:
    two = imaged[imaged["trial"].isin(["t1", "t2"])].reset_index(drop=True)
    for trial_effects in ("fixed", "random_slope"):
        analysis = analysis_of(two, covariates=("c1",), trial_effects=trial_effects)
        analysis = (
            replace(
                analysis, options=replace(analysis.options, population="new_trial"), resampling="two_level"
            )
            if trial_effects == "random_slope"
            else analysis
        )
        one = two[two["trial"] == "t2"].reset_index(drop=True)
        (alone,) = analysis_of(one, covariates=("c1",), trial_effects="none").effects()
        assert without(analysis, "t1").resampling == "stratified"
        (left,) = without(analysis, "t1").effects()
        np.testing.assert_array_equal(cohort_effects(left), cohort_effects(alone))
        assert len(repeated(analysis, 10)["trial"].unique()) == 2


def test_others_that_cannot_be_analysed_are_said(imaged: pd.DataFrame) -> None:
    """Without the one trial that has controls there is nothing to compare."""
    rows = imaged.assign(treatment=imaged["treatment"].where(imaged["trial"] == "t1", 1))
    some = rows[rows["trial"].isin(["t1", "t2"])].reset_index(drop=True)
    found = repeated(analysis_of(some, trial_effects="none"), 10)
    assert found.iloc[0][["trial", "reason", "effect"]].tolist() == [
        "t1",
        "the models of the other trials cannot be fitted",
        "",
    ]
    assert (found.loc[found["trial"] == "t2", "reason"] == "").all()
