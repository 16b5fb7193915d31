"""A mediator measured with error: R's numbers, identities, and what cannot be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipdmediation.evidence.along import Slopes, cohort_slopes
from ipdmediation.evidence.measurement_error import CURVE, conditional_reliability, measurement_error
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from tests.unit.evidence.conftest import analysis_of

pytestmark = pytest.mark.filterwarnings("ignore::ipdmediation.inference.summary.BootstrapWarning")


def made(analysis: ImputedAnalysis, error: dict[str, float | None], replicates: int = 9) -> pd.DataFrame:
    return measurement_error(
        analysis,
        error=error,
        replicates=replicates,
        stream=lambda replicate: stream(3, "bootstrap", "primary", replicate),
        interval="percentile",
        level=0.8,
        max_failed=0.2,
    )


def on_the_mean(table: pd.DataFrame, effect: str, scale: str = "mean") -> pd.Series[float]:
    found = table[(table["effect"] == effect) & (table["scale"] == scale) & (table["stated"] == "")]
    return found.set_index("reliability")["estimate"]


@pytest.fixture(scope="module")
def logit(imaged: pd.DataFrame) -> pd.DataFrame:
    return made(analysis_of(imaged, covariates=("c1", "c2")), {"reliability": 0.8})


@pytest.fixture(scope="module")
def probit(imaged: pd.DataFrame) -> ImputedAnalysis:
    return analysis_of(imaged, covariates=("c1", "c2"), link="probit")


def test_r_s_calibrated_logit(logit: pd.DataFrame) -> None:
    at = [0.9, 0.8, 0.7]
    for effect, expected in (
        ("te", [-1.01927150, -1.01348572, -1.00616521]),
        ("tnie", [-0.55803019, -0.62502145, -0.71006715]),
        ("pm", [0.54747943, 0.61670475, 0.70571627]),
    ):
        assert on_the_mean(logit, effect)[at].tolist() == pytest.approx(expected, abs=2e-8)
    stated = logit[(logit["stated"] != "") & (logit["effect"] == "pm") & (logit["scale"] == "mean")]
    assert stated["estimate"].tolist() == pytest.approx([0.61670475], abs=2e-8)
    assert set(logit["stated"]) == {"", "reliability"}
    assert set(logit.loc[logit["effect"] == "tnie", "method"]) == {"calibrated"}
    assert set(logit.loc[logit["effect"] == "khb", "method"]) == {"exact"}


def test_r_s_probit(probit: ImputedAnalysis) -> None:
    found, at = made(probit, {"error_sd": 0.3}), [0.9, 0.8, 0.7]
    assert on_the_mean(found, "te").tolist() == pytest.approx([-1.06098995] * len(CURVE), abs=2e-8)
    assert on_the_mean(found, "tnie")[at].tolist() == pytest.approx(
        [-0.56001917, -0.63104893, -0.72241625], abs=2e-8
    )
    assert on_the_mean(found, "pm")[at].tolist() == pytest.approx(
        [0.52782703, 0.59477371, 0.68088887], abs=2e-8
    )
    assert set(found["method"]) == {"exact"}


def test_the_share_on_one_scale_is_divided_by_the_reliability(logit: pd.DataFrame) -> None:
    shares = on_the_mean(logit, "khb", "proportion")
    np.testing.assert_allclose(shares, shares[1.0] / shares.index, rtol=1e-12)
    indirect = on_the_mean(logit, "khb_indirect", "coefficient")
    np.testing.assert_allclose(indirect, indirect[1.0] / indirect.index, rtol=1e-12)
    assert np.ptp(on_the_mean(logit, "khb_total", "coefficient")) < 1e-12


def test_without_error_nothing_changes(imaged: pd.DataFrame) -> None:
    analysis = analysis_of(imaged, covariates=("c1", "c2"))
    found = made(analysis, {"reliability": 1.0})
    rows = found[found["reliability"] == 1.0].groupby("stated")["estimate"]
    curve, stated = (rows.get_group(name).to_numpy() for name in ("", "reliability"))
    np.testing.assert_array_equal(curve, stated)


def test_the_stated_error_is_said_in_all_three_ways(probit: ImputedAnalysis) -> None:
    (slopes,) = [each for *_, each in cohort_slopes(probit)]
    for error in ({"reliability": 0.85}, {"error_sd": 0.35}, {"marginal_reliability": 0.92}):
        table = made(probit, error)
        row = table[table["stated"] != ""].iloc[0]
        (name, value) = next(iter(error.items()))
        assert row["stated"] == name
        assert row[name] == pytest.approx(value)
        spread = row["error_sd"] ** 2
        assert row["reliability"] == pytest.approx(1 - spread / slopes.mediator_sd**2)
        assert row["marginal_reliability"] == pytest.approx(1 - spread / slopes.mediator_total_sd**2)
        assert row["reliability"] < row["marginal_reliability"]


@pytest.mark.parametrize(
    "error", [{"reliability": 0.15}, {"error_sd": 1.3}, {"reliability": None, "marginal_reliability": 0.2}]
)
def test_what_cannot_be_is_said_in_words(probit: ImputedAnalysis, error: dict[str, Any]) -> None:
    table = made(probit, error)
    stated = table[table["stated"] != ""]
    assert stated[["estimate", "ci_low", "ci_high"]].isna().all(axis=None)
    assert (stated["withheld"] == "undefined").all()
    said = "not defined: the error would vary more than the mediator does, given treatment"
    if error.get("reliability"):
        said = "not defined: a reliability of 0.15 is not above 0.192, the squared correlation"
    assert stated["note"].str.startswith(said).all()
    assert table.loc[table["stated"] == "", "estimate"].notna().all()


def test_near_the_bound_replicates_beyond_it_are_counted(probit: ImputedAnalysis) -> None:
    """The reliability is possible in the cohort, but not in every resample."""
    table = made(probit, {"reliability": 0.2}, replicates=40)
    row = table[(table["stated"] != "") & (table["effect"] == "tnie") & (table["scale"] == "mean")].iloc[0]
    assert row["undefined"] > 0
    assert np.isfinite(row["estimate"])
    assert row["withheld"] == "too_many_undefined"
    assert np.isnan(row["ci_low"])


def test_a_continuous_outcome_is_exact(imaged: pd.DataFrame) -> None:
    table = made(analysis_of(imaged, family="continuous", covariates=("c1", "c2")), {"reliability": 0.7})
    indirect = on_the_mean(table, "tnie")
    np.testing.assert_allclose(indirect, indirect[1.0] / indirect.index, rtol=1e-9)
    assert set(table["method"]) == {"exact"}


@given(error=st.floats(0.01, 0.99), own=st.floats(0.5, 2.0), more=st.floats(1.0, 3.0))
def test_a_reliability_of_the_whole_variance_is_less_given_the_rest(
    error: float, own: float, more: float
) -> None:
    slopes = Slopes(np.zeros(2), mediator_sd=own, mediator_total_sd=own * more, outcome_sd=1.0)
    assert conditional_reliability({"marginal_reliability": error}, slopes) <= error + 1e-12
