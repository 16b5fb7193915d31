"""Tests of proportional odds, coefficients cut by cut, and what the assumption changes in the effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.evidence.coefficients_by_cut import coefficients_by_cut
from ipdmediation.evidence.cut_tests import cut_tests, form_of_tests
from ipdmediation.evidence.free_treatment import free_treatment
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.pooling import pool_chi_squares
from ipdmediation.models.partial_odds import PartialOdds
from ipdmediation.models.specification import AnalysisSpecification, models_by_imputation
from ipdmediation.vocabulary.links import LINKS

pytestmark = pytest.mark.filterwarnings("ignore::ipdmediation.inference.summary.BootstrapWarning")
REFERENCE = Path(__file__).parents[2] / "reference"
A = AnalysisSpecification(mediator="m", outcome="y", better="low", covariates=("c1", "c2"))


@pytest.fixture(scope="module")
def patients() -> pd.DataFrame:
    everybody = pd.read_csv(REFERENCE / "evidence_a.csv").rename(columns={"a": "treatment"})
    return everybody[everybody["dead"] == 0].assign(imputation=0).reset_index(drop=True)


@pytest.fixture(scope="module")
def counts() -> pd.DataFrame:
    """One row per patient of the published counts, with a mediator that says nothing."""
    table = pd.read_csv(REFERENCE / "mrs_by_trial.csv")
    rows = [
        {"trial": row["trial"], "treatment": int(row["arm"] == "treated"), "y": level}
        for row in table.to_dict("records")
        for level in range(7)
        for _ in range(row[f"mrs_{level}"])
    ]
    return pd.DataFrame(rows).assign(m=np.random.default_rng(1).normal(size=len(rows)), imputation=0)


def built(frame: pd.DataFrame) -> Callable[[AnalysisSpecification], Any]:
    return lambda specification: models_by_imputation(frame, specification=specification)


def held(frame: pd.DataFrame, specification: AnalysisSpecification = A) -> pd.DataFrame:
    return cut_tests(specification, built(frame)).set_index(["model", "test", "term"]).sort_index()


def cuts(frame: pd.DataFrame, specification: AnalysisSpecification = A, least: int = 1) -> pd.DataFrame:
    return coefficients_by_cut(specification, built(frame), level=0.95, minimum_count=least)


def of(table: pd.DataFrame, model: str, term: str, form: str) -> pd.DataFrame:
    return table[(table["model"] == model) & (table["term"] == term) & (table["form"] == form)]


def test_score_and_likelihood_ratio_of_every_variable(patients: pd.DataFrame) -> None:
    found = held(patients)
    scores = found.loc[("outcome", "score")]
    # the reference's information is differentiated numerically
    expected = {"treatment": 3.511348, "mediator": 9.085263, "c1": 4.327087, "c2": 1.769096, "all": 23.377873}
    assert scores["chi_square"].to_dict() == pytest.approx(expected, abs=7e-4)
    assert scores["df"].to_dict() == {"treatment": 5, "mediator": 5, "c1": 5, "c2": 5, "all": 20}
    ratio = found.loc[("outcome", "likelihood_ratio", "treatment")]
    assert ratio["chi_square"] == pytest.approx(3.589136, abs=1e-6)
    assert ratio["p_value"] == pytest.approx(0.609945, abs=1e-6)
    assert (found["reason"] == "").all()


def test_brant_s_test(patients: pd.DataFrame) -> None:
    brant = held(patients).loc[("outcome", "brant")]["chi_square"]
    expected = {"treatment": 4.8541241, "mediator": 13.1531394, "c1": 3.7470575, "c2": 1.1554706}
    # R's logistic regressions end a little before their maximum
    assert {term: brant[term] for term in expected} == pytest.approx(expected, abs=3e-4)
    # R's `brant` copies a block of the covariance without transposing it, and prints 20.8452
    assert brant["all"] == pytest.approx(20.6426445, abs=1e-6)


def test_the_published_counts(counts: pd.DataFrame) -> None:
    specification = replace(A, covariates=(), trial_effects="fixed")
    ratio = held(counts, specification).loc[("total", "likelihood_ratio", "treatment")]
    assert ratio["chi_square"] == pytest.approx(19.09005307, abs=1e-7)
    assert ratio["p_value"] == pytest.approx(0.0018, abs=5e-5)
    table = cuts(counts, specification)
    whole = of(table, "total", "treatment", "proportional").iloc[0]
    assert (whole["estimate"], whole["se"]) == pytest.approx((0.61660745, 0.08575160), abs=2e-8)
    binary = of(table, "total", "treatment", "binary").set_index("cut")["estimate"]
    expected = [0.64175480, 0.74600482, 0.75335688, 0.71222811, 0.43240953, 0.19112626]
    assert [binary[f"le_{k}"] for k in range(6)] == pytest.approx(expected, abs=2e-8)
    partial = of(table, "total", "treatment", "partial").set_index("cut")["estimate"]
    expected = [0.63148518, 0.72644118, 0.74456747, 0.71221250, 0.42642029, 0.19287520]
    assert [partial[f"le_{k}"] for k in range(6)] == pytest.approx(expected, abs=2e-8)


@pytest.mark.parametrize("link", list(LINKS))
def test_score_and_information_are_the_derivatives(patients: pd.DataFrame, link: str) -> None:
    rows = patients[["treatment", "m", "c1"]].to_numpy(float)
    model = PartialOdds(
        6 - patients["y"].to_numpy(), rows, free=[0, 1], link=link, weights=np.linspace(0.5, 1.5, len(rows))
    )
    start = model.from_proportional(np.linspace(-2.0, 2.0, 6), np.array([0.2, -0.1, 0.1]))
    at = model.derivatives(start)
    values = [
        model.derivatives(start + 1e-5 * unit).value - model.derivatives(start - 1e-5 * unit).value
        for unit in np.eye(start.size)
    ]
    np.testing.assert_allclose(at.score, np.array(values) / 2e-5, atol=1e-5)
    moved = [
        model.derivatives(start + 1e-5 * unit).score - model.derivatives(start - 1e-5 * unit).score
        for unit in np.eye(start.size)
    ]
    np.testing.assert_allclose(at.information, -np.array(moved) / 2e-5, atol=1e-4)


def test_a_free_number_can_have_no_maximum_inside() -> None:
    rng = np.random.default_rng(3)
    value = np.repeat([-2.0, 2.0], 30)
    # of the low values nobody is at the middle level, of the high ones nobody elsewhere
    levels = np.where(value < 0, np.where(np.arange(60) % 2, 0, 2), 1)
    columns = np.column_stack([value + 0.01 * rng.normal(size=60)])
    model = PartialOdds(levels, columns, free=[0], link="logit", weights=np.ones(60))
    assert model.fit(model.from_proportional(np.array([-1.0, 1.0]), np.zeros(1))) is None


def test_where_an_arm_lacks_the_worst_level_that_is_said(patients: pd.DataFrame) -> None:
    left = patients[(patients["treatment"] == 0) | (patients["y"] < 6)].reset_index(drop=True)
    found, text = held(left), "no treated patient has outcome level 6"
    ratio = found.loc[("outcome", "likelihood_ratio", "treatment")]
    assert np.isnan(ratio["chi_square"])
    assert ratio["reason"] == text
    assert (
        found.loc[("outcome", "brant", "all")]["reason"] == "not every cut has treated patients on both sides"
    )
    assert np.isfinite(found.loc[("outcome", "score", "mediator")]["chi_square"])
    table = cuts(left).set_index("cut")
    worst = table[(table["form"] == "binary") & (table["term"] == "treatment")].loc["le_5"]
    assert set(worst["reason"]) == {"an arm has nobody on one side of it"}
    assert worst["estimate"].isna().all()
    both = effects(left)
    assert both.loc[both["treatment"] == "free", "reason"].tolist() == [text]
    assert set(both["treatment"]) == {"proportional", "free"}


def test_a_cut_beside_few_patients_is_not_shown(patients: pd.DataFrame) -> None:
    fewest = int(patients.groupby(["treatment", "y"]).size().min())
    shown = cuts(patients, least=1)
    hidden = cuts(patients, least=fewest + 1)
    assert shown["estimate"].notna().all()
    reasons = set(hidden["reason"]) - {""}
    assert reasons == {f"fewer than {fewest + 1} patients of an arm on one side of it"}
    assert hidden.loc[hidden["reason"] != "", ["estimate", "se", "ci_low", "ci_high"]].isna().all(axis=None)


def test_other_links_have_no_brant_test(patients: pd.DataFrame) -> None:
    found = held(patients, replace(A, link="probit"))
    assert found.loc[("outcome", "brant", "all")]["reason"].startswith("it compares logistic regressions")
    assert np.isfinite(found.loc[("outcome", "score", "all")]["chi_square"])


def test_spline_and_interaction_are_tested_as_one_variable_each(patients: pd.DataFrame) -> None:
    found = held(patients, replace(A, spline_knots=4, interaction=True)).loc[("outcome", "score")]
    assert found["df"].to_dict()["mediator"] == found["df"].to_dict()["treatment:mediator"] == 15
    # and the coefficients by cut are of a straight line in both arms
    other = cuts(patients, replace(A, spline_knots=4, interaction=True))
    pd.testing.assert_frame_equal(other, cuts(patients))


@pytest.mark.parametrize(
    ("stated", "form"),
    [("none", "none"), ("fixed", "fixed"), ("random_intercept", "fixed"), ("random_slopes", "fixed")],
)
def test_trials_have_indicators_in_the_tests(stated: str, form: str) -> None:
    specification = replace(A, trial_effects=stated, estimation="ml")
    assert form_of_tests(specification, trials=3).trial_effects == form
    assert form_of_tests(specification, trials=1).trial_effects == "none"


def test_statistics_of_several_data_sets_are_one() -> None:
    assert pool_chi_squares([4.0, 4.0], df=2) == pytest.approx((4.0, 0.1353352832))
    # mitml::testModels(..., method = "D2") does this: ARIV = 1.5 * var(sqrt(d))
    values, df = np.array([5.0, 9.0]), 3
    increase = 1.5 * np.sqrt(values).var(ddof=1)
    statistic, p_value = pool_chi_squares(values, df=df)
    assert statistic == pytest.approx(df * (7 / df - 3 * increase) / (1 + increase))
    assert 0 < p_value < 1
    assert pool_chi_squares([0.1, 30.0], df=1) == (0.0, 1.0)


def effects(frame: pd.DataFrame, **choices: Any) -> pd.DataFrame:
    analysis = ImputedAnalysis(
        completed=frame, specification=replace(A, **choices), options=StandardisationOptions()
    )
    return free_treatment(
        analysis,
        replicates=45,
        stream=np.random.default_rng,
        interval="percentile",
        level=0.9,
        max_failed=0.5,
    )


def test_effects_both_ways_and_their_difference(patients: pd.DataFrame) -> None:
    table = effects(patients, trial_effects="fixed")
    rows = table.set_index(["effect", "scale", "treatment"])["estimate"]
    expected = {
        ("te", "mean", "proportional"): -1.02395859,
        ("tnie", "mean", "proportional"): -0.50392996,
        ("te", "mean", "free"): -1.02793496,
        ("tnie", "mean", "free"): -0.51187332,
        ("pm", "mean", "free"): 0.49796275,
        ("pm", "prob_le_2", "free"): 0.48829267,
    }
    assert {key: rows[key] for key in expected} == pytest.approx(expected, abs=2e-8)
    for effect, scale, way in rows.index:
        if way == "difference":
            change = rows[effect, scale, "free"] - rows[effect, scale, "proportional"]
            assert rows[effect, scale, way] == pytest.approx(change, nan_ok=True)
    # the same resamples: the difference is known far better than either
    ends = table.set_index(["effect", "scale", "treatment"])[["ci_low", "ci_high"]]
    width = (ends["ci_high"] - ends["ci_low"]).xs("te").xs("mean")
    assert width["difference"] < 0.2 * width["free"]
