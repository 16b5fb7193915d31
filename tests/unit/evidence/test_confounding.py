"""Unmeasured confounding of mediator and outcome: R's numbers, identities, and a study with a real cause."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels

from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.effects.structural import confounded
from ipdmediation.evidence.along import cohort_slopes
from ipdmediation.evidence.benchmarks import benchmark
from ipdmediation.evidence.confounding import CHECKED_AT, Confounding, confounding
from ipdmediation.evidence.e_values import e_value
from ipdmediation.inference.bootstrap import draw_replicates
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from ipdmediation.models.specification import AnalysisSpecification
from ipdmediation.models.splines import quantile_knots, restricted_cubic_spline
from tests.unit.effects.conftest import Prepared, simulated_cohort, specified
from tests.unit.evidence.conftest import analysis_of

pytestmark = pytest.mark.filterwarnings(
    "ignore::ipdmediation.inference.summary.BootstrapWarning", "ignore::ipdmediation.models.errors.FitWarning"
)
LEVEL = 0.8


def resample(replicate: int) -> np.random.Generator:
    return stream(3, "bootstrap", "primary", replicate)


def made(analysis: ImputedAnalysis, **choices: Any) -> Confounding:
    stated = {"correlations": [-0.2, 0.2, 0.4], "benchmarks": [], "logit_check": False, "replicates": 9}
    others = {"interval": "percentile", "level": LEVEL, "max_failed": 0.5}
    return confounding(analysis, stream=resample, **(stated | others | choices))  # type: ignore[arg-type]


def on_the_mean(table: pd.DataFrame, effect: str) -> pd.Series[float]:
    found = table[(table["effect"] == effect) & (table["scale"] == "mean")]
    return found.set_index("rho")["estimate"]


@pytest.fixture(scope="module")
def of_evidence(imaged: pd.DataFrame) -> ImputedAnalysis:
    return analysis_of(imaged, covariates=("c1", "c2"))


@pytest.fixture(scope="module")
def tables(of_evidence: ImputedAnalysis) -> Confounding:
    steps = [round(0.1 * step, 1) for step in range(-9, 10)]
    return made(of_evidence, correlations=steps, benchmarks=["c1", "c2"], logit_check=True, replicates=60)


@pytest.fixture(scope="module")
def ucla() -> ImputedAnalysis:
    """Data that statsmodels ships; higher codes are better, so that the error is not turned."""
    path = Path(statsmodels.__file__).parent / "miscmodels/tests/results/ologit_ucla.csv"
    frame = pd.read_csv(path)
    levels = ["unlikely", "somewhat likely", "very likely"]
    frame["apply"] = pd.Categorical(frame["apply"], categories=levels).codes
    return ImputedAnalysis(
        completed=frame.assign(trial="ucla", treatment=frame["pared"], imputation=0),
        specification=AnalysisSpecification(mediator="gpa", outcome="apply", covariates=("public",)),
        options=StandardisationOptions(),
    )


def test_r_s_curve_of_the_probit_beside_a_logit_analysis(tables: Confounding) -> None:
    indirect = on_the_mean(tables.curve, "tnie")
    assert indirect[[0, 0.2, 0.4, -0.2]].tolist() == pytest.approx(
        [-0.50325959, -0.29064487, -0.05222273, -0.71714045], abs=2e-8
    )
    assert on_the_mean(tables.curve, "te").tolist() == pytest.approx([-1.06098995] * 19, abs=2e-8)
    assert on_the_mean(tables.curve, "pm")[0.2] == pytest.approx(0.27393744, abs=2e-8)
    (explains,) = tables.undone.query("statistic == 'explains'").to_dict("records")
    assert explains["rho"] == pytest.approx(0.4385890904, abs=2e-9)
    assert explains["r2"] == pytest.approx(0.4385890904**2)
    assert explains["ci_low"] < explains["rho"] < explains["ci_high"]


def test_a_share_is_withheld_where_the_effect_through_the_mediator_has_turned(tables: Confounding) -> None:
    rows = tables.curve.query("effect == 'pm' and scale == 'mean'").set_index("rho")
    assert rows.loc[0.6, "withheld"] == "opposite_directions"
    assert np.isnan(rows.loc[0.6, "estimate"])
    assert rows.loc[0.4, "withheld"] == ""


def test_r_s_numbers_with_an_interaction(imaged: pd.DataFrame) -> None:
    found = made(analysis_of(imaged, covariates=("c1", "c2"), interaction=True))
    assert on_the_mean(found.curve, "tnie")[[0, 0.2, 0.4, -0.2]].tolist() == pytest.approx(
        [-0.55538442, -0.34606535, -0.11083445, -0.76558441], abs=2e-8
    )
    undone = found.undone.query("statistic == 'explains'").set_index("effect")["rho"]
    assert undone[["pnie", "tnie"]].tolist() == pytest.approx([0.403993234, 0.4803084506], abs=2e-9)


def test_the_interval_begins_to_hold_no_effect_where_the_correlation_s_own_interval_begins(
    tables: Confounding,
) -> None:
    """A replicate's effect is above 0 exactly where the correlation is above the one that explains it."""
    reached = tables.undone.query("statistic == 'reaches_null'").set_index("scale")["rho"]
    (explains,) = tables.undone.query("statistic == 'explains'").to_dict("records")
    assert reached["mean"] == pytest.approx(explains["ci_low"], abs=2e-3)
    assert reached.tolist() == pytest.approx([reached["mean"]] * len(reached), abs=3e-3)


def test_what_is_not_reached_is_said(of_evidence: ImputedAnalysis) -> None:
    near = made(of_evidence, correlations=[0.05]).undone.query("statistic == 'reaches_null'")
    assert near["rho"].isna().all()
    assert set(near["note"]) == {"not at the correlations that were looked at"}
    noise = replace(
        of_evidence,
        completed=of_evidence.completed.assign(
            m=np.random.default_rng(4).normal(size=len(of_evidence.completed))
        ),
    )
    held = made(noise, replicates=30).undone.query("statistic == 'reaches_null' and scale == 'mean'")
    said = "the interval includes the value of no effect without confounding already"
    assert held["note"].tolist() == [said]


def test_replicates_are_the_resamples_of_the_analysis_itself(imaged: pd.DataFrame) -> None:
    probit = analysis_of(imaged, covariates=("c1", "c2"), link="probit")
    draws = draw_replicates(probit, replicates=range(9), stream=resample)["tnie:mean"]
    row = made(probit).curve.query("rho == 0 and effect == 'tnie' and scale == 'mean'")
    assert row["ci_low"].item() == pytest.approx(draws.min())
    assert row["ci_high"].item() == pytest.approx(draws.max())


def test_r_s_benchmarks(tables: Confounding) -> None:
    strengths = tables.benchmarks.query("effect == 'tnie'").set_index("variable")
    assert strengths["rho"].tolist() == pytest.approx([0.14475233, 0.00139871], abs=1e-8)
    along = on_the_mean(tables.curve, "tnie")
    assert along[0.1] < strengths.loc["c1", "estimate"] < along[0.2]


def test_the_columns_of_a_covariate_count_as_one(of_evidence: ImputedAnalysis) -> None:
    """A spline is one covariate, and a category coded against another level is the same one."""
    completed = of_evidence.completed
    groups = pd.cut(completed["c1"], 3, labels=["low", "middle", "high"])
    found = []
    for order in (["low", "middle", "high"], ["high", "low", "middle"]):
        frame = completed.assign(group=pd.Categorical(groups, categories=order))
        each = replace(
            of_evidence,
            completed=frame,
            specification=replace(of_evidence.specification, covariates="group + c2", link="probit"),
        )
        ((*fitted,),) = cohort_slopes(each)
        found.append(benchmark(*fitted, covariate="group"))
    assert found[0] == pytest.approx(found[1], rel=1e-6)
    spline = replace(
        of_evidence,
        specification=replace(of_evidence.specification, covariates="bs(c1, df=4) + c2", link="probit"),
    )
    ((*fitted,),) = cohort_slopes(spline)
    assert abs(benchmark(*fitted, covariate="c1")) > 0.05


def test_a_benchmark_is_what_leaving_the_covariate_out_does() -> None:
    """A linear model without a covariate, corrected by its benchmark, has the effect of that with it."""
    frame = simulated_cohort(4000, seed=8, noise="normal").assign(imputation=0)
    frame["y"] = 0.7 * frame["x0"] - 0.5 * frame["m"] + np.random.default_rng(2).normal(size=4000)
    whole, short = (
        analysis_of(frame, family="continuous", better="high", covariates=names)
        for names in (("x0", "x1"), ("x1",))
    )
    ((*fitted,),) = cohort_slopes(whole)
    strength = benchmark(*fitted, covariate="x0")
    rows = on_the_mean(made(short, correlations=[strength]).curve, "tnie")
    expected = on_the_mean(made(whole).curve, "tnie")[0]
    assert rows[strength] == pytest.approx(expected, rel=0.02)
    assert rows[0] != pytest.approx(expected, rel=0.1)


def test_r_s_e_values(tables: Confounding) -> None:
    values = tables.e_values.set_index(["effect", "scale"])
    found = values.loc[[("tnie", "prob_le_2"), ("pnde", "prob_le_2"), ("tnie", "log_or")]]
    assert found["estimate"].tolist() == pytest.approx([1.24878287, 1.32097586, 1.58603824], abs=2e-8)
    assert found["e_value"].tolist() == pytest.approx([1.80616584, 1.97212974, 1.83092025], abs=1e-7)
    assert (found["e_value_limit"] < found["e_value"]).all()
    assert found["e_value_limit"].iloc[0] == pytest.approx(e_value(found["ci_low"].iloc[0]))


def test_an_interval_that_holds_one_has_an_e_value_of_one(published: pd.DataFrame) -> None:
    rows = made(analysis_of(published), replicates=20).e_values.query("effect == 'tnie'")
    holds = (rows["ci_low"] <= 1) & (rows["ci_high"] >= 1)
    assert holds.any()
    assert (rows.loc[holds, "e_value_limit"] == 1).all()


def test_r_s_logit_with_correlated_errors(tables: Confounding, ucla: ImputedAnalysis) -> None:
    logit = tables.logit.set_index("rho")
    at = logit.loc[0.2]
    assert at[["slope", "te", "tnie", "log_likelihood"]].tolist() == pytest.approx(
        [0.465183, -1.024411, -0.302096, -627.047458], abs=3e-6
    )
    assert at["tnie_probit"] == pytest.approx(-0.29064487, abs=2e-8)
    assert sorted(logit[logit["statistic"] == "grid"].index) == sorted(CHECKED_AT)
    (star,) = logit[logit["statistic"] == "explains"].index
    assert star == pytest.approx(0.453490, abs=3e-6)
    assert logit.loc[0.0, "tnie"] == pytest.approx(-0.50392996, abs=2e-7)
    other = made(ucla, correlations=[0.3], logit_check=True)
    assert on_the_mean(other.curve, "tnie")[0.3] == pytest.approx(-0.05611286, abs=2e-8)
    (star,) = other.logit.query("statistic == 'explains'")["rho"]
    assert star == pytest.approx(0.1426412, abs=3e-6)


def test_where_there_is_no_logit_that_is_said(imaged: pd.DataFrame) -> None:
    found = made(analysis_of(imaged, link="cloglog"), logit_check=True)
    assert found.logit["note"].tolist() == ["no logit model of a mediator that is linear in it"]
    assert found.logit["rho"].isna().all()
    assert made(analysis_of(imaged)).logit.empty


@pytest.mark.parametrize("trial_effects", ["none", "random_slope", "random_slopes"])
def test_nothing_is_mediated_at_the_correlation_that_explains_it(
    imaged: pd.DataFrame, trial_effects: str
) -> None:
    analysis = analysis_of(imaged, covariates=("c1",), trial_effects=trial_effects)
    (first,) = made(analysis).undone.query("statistic == 'explains'")["rho"]
    found = on_the_mean(made(analysis, correlations=[first]).curve, "tnie")
    spread = 0.02 if trial_effects == "random_slopes" else 1e-8  # there it is that of the mean slope
    assert found[first] == pytest.approx(0, abs=spread)
    assert np.ptp(on_the_mean(made(analysis).curve, "te")) < 1e-9


def test_a_continuous_outcome_has_a_closed_form_and_no_e_values() -> None:
    frame = simulated_cohort(500, seed=5).assign(imputation=0)
    frame["y"] = frame["y"] + np.random.default_rng(6).normal(size=500)
    found = made(analysis_of(frame, family="continuous", covariates=("x0", "x1")))
    assert found.e_values.empty
    assert set(found.curve["scale"]) == {"mean"}
    (first,) = found.undone.query("statistic == 'explains'")["rho"]
    again = made(analysis_of(frame, family="continuous", covariates=("x0", "x1")), correlations=[first])
    assert on_the_mean(again.curve, "tnie")[first] == pytest.approx(0, abs=1e-10)


def test_a_binary_outcome_of_which_the_event_is_worse(imaged: pd.DataFrame) -> None:
    binary = imaged.assign(y=(imaged["y"] > 2).astype(float))
    found = made(analysis_of(binary, family="binary", covariates=("c1",)), logit_check=True)
    (explains,) = found.undone.query("statistic == 'explains'")["rho"]
    assert explains > 0  # a cause of larger lesions and of the event
    logit = found.logit.query("statistic == 'explains'")["rho"]
    assert logit.tolist() == pytest.approx([explains], abs=0.05)
    assert set(found.e_values["scale"]) == {"prob_le_0", "log_or"}


def test_nothing_is_mediated_at_the_correlation_that_explains_a_curve(imaged: pd.DataFrame) -> None:
    form = {"covariates": ("c1",), "spline_knots": 3, "interaction": True}
    analysis = analysis_of(imaged, **form)
    found = made(analysis, logit_check=True)
    rows = found.undone.query("statistic == 'explains'").set_index("effect")
    assert ((rows["ci_low"] < rows["rho"]) & (rows["rho"] < rows["ci_high"])).all()
    first = float(rows.loc["tnie", "rho"])
    there = made(analysis, correlations=[first]).curve
    assert on_the_mean(there, "tnie")[first] == pytest.approx(0, abs=1e-7)
    assert np.ptp(on_the_mean(found.curve, "te")) < 1e-9
    straight = made(analysis_of(imaged, **{**form, "spline_knots": 0})).undone["rho"].iloc[-1]
    assert first == pytest.approx(0.44, abs=0.1)
    assert straight != first
    assert found.logit["note"].tolist() == ["no logit model of a mediator that is linear in it"]


def test_the_residuals_that_there_are_give_the_same_correlation(imaged: pd.DataFrame) -> None:
    normal = analysis_of(imaged, covariates=("c1", "c2"))
    empirical = replace(normal, options=StandardisationOptions(mediator_distribution="empirical"))
    own = made(empirical)
    assert own.undone["rho"].iloc[0] == pytest.approx(0.4385890904, abs=2e-9)
    curve = on_the_mean(own.curve, "tnie")
    assert curve[0.2] == pytest.approx(-0.29064487, abs=0.01)
    assert curve[0.2] != pytest.approx(-0.29064487, abs=1e-6)


@pytest.mark.slow
def test_the_curve_at_the_true_correlation_has_the_generating_effect() -> None:
    """A cause of mediator and outcome that no model has gives their errors the square of its loading."""
    n, loading = 60_000, 0.6
    rng = np.random.default_rng(11)
    arm = rng.permutation(n) % 2
    cause, first, second = rng.normal(size=(3, n))
    rest = np.sqrt(1 - loading**2)
    of_mediator, of_outcome = loading * cause + rest * first, loading * cause + rest * second
    mediator = 1.0 - 0.7 * arm + of_mediator

    def levels(treated: Any, value: Any) -> Any:
        return np.digitize(-0.5 * treated + 0.6 * value + of_outcome, [-0.8, 0.1, 0.9, 1.7])

    frame = pd.DataFrame(
        {"trial": "one", "treatment": arm, "m": mediator, "y": levels(arm, mediator), "imputation": 0}
    )
    truth = (levels(1, 0.3 + of_mediator) - levels(1, 1.0 + of_mediator)).mean()
    found = on_the_mean(
        made(analysis_of(frame, trial_effects="none"), correlations=[loading**2]).curve, "tnie"
    )
    assert found[loading**2] == pytest.approx(truth, abs=0.015)
    assert found[0] < truth - 0.1


def test_the_curve_of_a_spline_at_the_true_correlation_has_the_generating_effects() -> None:
    """A curve of the mediator by arm, with knots where the analysis puts them, and errors that a cause ties.

    The truth is plain Monte Carlo: every patient's outcome in each of the four worlds. Over ten seeds an
    estimate less its truth has a standard error of .012 (te), .007 (pnde) or .009 (tnie, pnie); three are
    allowed.
    """
    n, loading, sd = 60_000, 0.8, 1.4
    cause, first, second = np.random.default_rng(1).normal(size=(3, n))
    rest = np.sqrt(1 - loading**2)
    of_mediator, of_outcome = sd * (loading * cause + rest * first), loading * cause + rest * second
    arm = np.arange(n) % 2

    def mediator(treated: Any) -> Any:
        return 1.0 - 0.9 * treated + of_mediator

    knots = quantile_knots(mediator(arm), count=3)

    def levels(treated: Any, value: Any) -> Any:
        curve = restricted_cubic_spline(value, knots=knots)
        latent = curve @ [-0.3, 1.2] + treated * (curve @ [0.4, -0.5] - 0.5) + of_outcome
        return np.digitize(latent, [-0.8, 0.1, 0.9, 1.7])

    frame = pd.DataFrame(
        {"trial": "one", "treatment": arm, "m": mediator(arm), "y": levels(arm, mediator(arm))}
    )
    choices = {"link": "probit", "spline_knots": 3, "interaction": True, "trial_effects": "none"}
    prepared = Prepared(frame, specified(0, **choices))
    world = {(a, m): levels(a, mediator(m)).mean() for a in (0, 1) for m in (0, 1)}
    truth = {
        "te": world[1, 1] - world[0, 0],
        "pnde": world[1, 0] - world[0, 0],
        "tnie": world[1, 1] - world[1, 0],
        "pnie": world[0, 1] - world[0, 0],
    }
    found = prepared.effects(confounded(loading**2, mediator_sd=prepared.sd))
    unconfounded = prepared.effects()
    errors = {"te": 0.012, "pnde": 0.007, "tnie": 0.009, "pnie": 0.009}
    for effect, true in truth.items():
        assert found[effect] == pytest.approx(true, abs=3 * errors[effect]), effect
        assert effect == "te" or abs(unconfounded[effect] - true) > 30 * errors[effect]
