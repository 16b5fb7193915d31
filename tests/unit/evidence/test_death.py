"""Patients who died before the mediator could be measured: R's numbers, identities, and little data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.evidence.columns import HANDLING_COLUMNS
from ipdmediation.evidence.death import NO_EVENT, NO_MEDIATOR, NOBODY_ELSE, handlings
from ipdmediation.evidence.event_mediators import EventAnalysis
from ipdmediation.inference.bootstrap import draw_replicates
from ipdmediation.inference.streams import stream
from ipdmediation.inference.summarised_analysis import summarise_analysis
from ipdmediation.vocabulary.handlings import Handling
from tests.unit.evidence.conftest import REFERENCE, analysis_of

pytestmark = pytest.mark.filterwarnings(
    "ignore::ipdmediation.inference.summary.BootstrapWarning", "ignore::ipdmediation.models.errors.FitWarning"
)


@pytest.fixture(scope="module")
def everybody() -> pd.DataFrame:
    """All patients of `evidence_a.csv`; the mediator of the dead is missing."""
    frame = pd.read_csv(REFERENCE / "evidence_a.csv").rename(columns={"a": "treatment"})
    return frame.assign(trial="t" + frame["trial"].astype(str), imputation=0)


def of_death(frame: pd.DataFrame, covariates: Any = ("c1", "c2"), **choices: Any) -> EventAnalysis:
    dead = frame["dead"].to_numpy() == 1
    return EventAnalysis(
        analysis=analysis_of(frame, **{"covariates": ("c1", "c2"), **choices}),
        event=dead,
        measured=frame["m"].notna().to_numpy() & ~dead,
        covariates=covariates,
    )


def found(analysis: EventAnalysis, replicates: int = 20, interval: str = "percentile") -> pd.DataFrame:
    return handlings(
        analysis,
        replicates=replicates,
        stream=own_stream,
        interval=interval,
        level=0.8,
        max_failed=0.2,
    )


def own_stream(replicate: int) -> np.random.Generator:
    return stream(5, "bootstrap", "primary", replicate)


def value(table: pd.DataFrame, handling: str, effect: str, scale: str = "mean") -> float:
    rows = table.query(f"handling == '{handling}' and effect == '{effect}' and scale == '{scale}'")
    (estimate,) = rows["estimate"]
    return float(estimate)


def reason(table: pd.DataFrame, handling: str) -> str:
    (said,) = table.loc[table["handling"] == handling, "reason"].unique()
    return str(said)


@pytest.fixture(scope="module")
def of_a(everybody: pd.DataFrame) -> pd.DataFrame:
    return found(of_death(everybody))


def test_r_s_numbers_of_every_handling(of_a: pd.DataFrame) -> None:
    assert tuple(of_a.columns) == HANDLING_COLUMNS
    assert list(of_a["handling"].unique()) == [handling.value for handling in Handling]
    expected = {
        ("all", "total", "coefficient"): 1.09159875,
        ("measured", "total", "coefficient"): 1.10539386,
        ("worst_value", "te", "mean"): -1.02477440,
        ("worst_value", "tnie", "mean"): -0.62463564,
        ("worst_value", "pm", "mean"): 0.60953479,
        ("worst_rank", "te", "mean"): -1.03359265,
        ("worst_rank", "tnie", "mean"): -0.62334497,
        ("worst_rank", "pm", "mean"): 0.60308573,
        ("composite", "te", "mean"): -1.05178901,
        ("composite", "pnde", "mean"): -0.48241304,
        ("composite", "via_event", "mean"): -0.08597120,
        ("composite", "tnie", "mean"): -0.48340477,
        ("always_measured", "te_best", "mean"): -1.25405405,
        ("always_measured", "te_worst", "mean"): -1.02702703,
    }
    assert {key: value(of_a, *key) for key in expected} == pytest.approx(expected, abs=1e-8)
    of_bounds = of_a[of_a["handling"] == "always_measured"]
    assert of_bounds["kept"].tolist() == pytest.approx([0.96354167] * len(of_bounds), abs=1e-8)
    assert (of_bounds["remark"] == "trimmed_treated").all()
    assert set(of_a.loc[of_a["handling"].str.startswith("worst"), "remark"]) == {"largest"}
    assert reason(of_a, "weighted") == NOBODY_ELSE


def test_r_s_numbers_of_weights_where_the_mediator_is_missing_for_another_reason(
    everybody: pd.DataFrame,
) -> None:
    other = replace(of_death(everybody), event=np.zeros(len(everybody), dtype=bool))
    table = found(other)
    expected = {"te": -1.03200335, "tnie": -0.50089025, "pm": 0.48535719}
    assert {effect: value(table, "weighted", effect) for effect in expected} == pytest.approx(
        expected, abs=1e-8
    )
    weights = table[table["handling"] == "weighted"].iloc[0]
    assert weights["weight_low"] < 1 < weights["weight_high"] < 2
    assert 370 < weights["effective"] < 377


@pytest.mark.parametrize(
    "choices",
    [
        {"link": "probit"},
        {"interaction": True, "trial_effects": "random_slope"},
        {"spline_knots": 3, "trial_effects": "none", "link": "cloglog"},
    ],
)
def test_the_parts_sum_to_the_total_effect_on_every_scale(
    everybody: pd.DataFrame, choices: dict[str, Any]
) -> None:
    table = found(of_death(everybody, **choices), replicates=9)
    parts = table[table["handling"] == "composite"].pivot_table(
        index="scale", columns="effect", values="estimate"
    )
    assert len(parts) == 10
    assert parts["te"].to_numpy() == pytest.approx(
        (parts["pnde"] + parts["via_event"] + parts["tnie"]).to_numpy(), abs=1e-14
    )
    assert (parts["via_event"].abs() > 1e-6).all()


@pytest.mark.parametrize("choices", [{}, {"trial_effects": "random_slope", "interaction": True}])
@pytest.mark.parametrize("distribution", ["gaussian", "empirical"])
def test_without_deaths_the_composite_mediator_gives_the_natural_effects(
    imaged: pd.DataFrame, choices: dict[str, Any], distribution: str
) -> None:
    analysis = of_death(imaged, **choices)
    options = StandardisationOptions(mediator_distribution=distribution)
    analysis = replace(analysis, analysis=replace(analysis.analysis, options=options))
    table = found(analysis, replicates=12)
    draws = draw_replicates(analysis.analysis, replicates=range(12), stream=own_stream)
    alone = summarise_analysis(
        analysis.analysis, draws, interval="percentile", level=0.8, max_failed=0.2
    ).set_index(["effect", "scale"])
    composite = table[table["handling"] == "composite"].set_index(["effect", "scale"])
    for key in composite.index[composite.index.get_level_values("effect") != "via_event"]:
        for column in ("estimate", "ci_low", "ci_high"):
            assert composite.loc[key, column] == pytest.approx(alone.loc[key, column], abs=1e-7), key
    assert (composite.loc["via_event", "estimate"] == 0).all()
    assert (composite["remark"] == "no_event").all()
    assert {reason(table, key) for key in ("worst_value", "worst_rank", "always_measured")} == {NO_EVENT}


def test_where_one_arm_only_has_deaths_nothing_is_infinite(everybody: pd.DataFrame) -> None:
    """No coefficient of treatment is finite: the probability is 0 in one arm, its own rate in the other."""
    frame = everybody[(everybody["dead"] == 0) | (everybody["treatment"] == 0)].reset_index(drop=True)
    table = found(of_death(frame, covariates=()))
    assert (table.loc[table["handling"] == "composite", "remark"] == "no_event_treated").all()
    assert not table["failed"].any()
    estimates = table.loc[table["reason"] == "", "estimate"]
    assert np.isfinite(estimates).all()
    alive = frame[frame["dead"] == 0]
    saved = frame.loc[frame["treatment"] == 0, "dead"].mean()
    # without covariates: whom treatment saves from death has an outcome like the others' in that arm
    by_hand = -saved * (6 - alive.loc[alive["treatment"] == 1, "y"].mean())
    assert value(table, "composite", "via_event") == pytest.approx(by_hand, rel=0.2)


def test_where_more_of_the_treated_die_the_controls_are_trimmed(everybody: pd.DataFrame) -> None:
    swapped = everybody.assign(treatment=1 - everybody["treatment"])
    table = found(of_death(swapped))
    assert value(table, "always_measured", "te_best") == pytest.approx(1.02702703, abs=1e-8)
    assert value(table, "always_measured", "te_worst") == pytest.approx(1.25405405, abs=1e-8)
    assert (table.loc[table["handling"] == "always_measured", "remark"] == "trimmed_control").all()


def test_a_mediator_that_is_better_when_large_has_its_smallest_value_as_the_worst(
    everybody: pd.DataFrame,
) -> None:
    table = found(of_death(everybody.assign(m=-everybody["m"])))
    assert set(table.loc[table["handling"].str.startswith("worst"), "remark"]) == {"smallest"}
    assert value(table, "worst_value", "tnie") == pytest.approx(-0.62463564, abs=1e-8)
    assert value(table, "worst_rank", "tnie") == pytest.approx(-0.62334497, abs=1e-8)


def test_where_everybody_of_a_trial_is_dead_its_own_level_is_not_known(everybody: pd.DataFrame) -> None:
    last = everybody["trial"] == "t7"
    frame = everybody.assign(
        dead=everybody["dead"].mask(last, 1), m=everybody["m"].mask(last), y=everybody["y"].mask(last, 6)
    )
    fixed = found(of_death(frame), replicates=9)
    assert {reason(fixed, key) for key in ("measured", "composite")} == {NO_MEDIATOR}
    assert reason(fixed, "worst_value") == ""
    assert np.isfinite(value(fixed, "all", "total", "coefficient"))
    random = found(of_death(frame, trial_effects="random_intercept"), replicates=9)
    assert reason(random, "composite") == ""
    assert value(random, "composite", "te") < 0


def test_a_binary_outcome_has_every_handling_too(everybody: pd.DataFrame) -> None:
    frame = everybody.assign(y=(everybody["y"] > 3).astype(int))
    table = found(of_death(frame, family="binary"))
    parts = [value(table, "composite", effect) for effect in ("pnde", "via_event", "tnie")]
    assert sum(parts) == pytest.approx(value(table, "composite", "te"), abs=1e-14)
    assert value(table, "always_measured", "te_best") < value(table, "always_measured", "te_worst") < 0


def test_replicates_are_of_everybody_by_the_streams_of_the_analysis(everybody: pd.DataFrame) -> None:
    """The worst value is an ordinary analysis of everybody; of 9 replicates an interval has the outermost."""
    analysis = of_death(everybody)
    table = found(analysis, replicates=9)
    draws = draw_replicates(analysis.at_worst_value(), replicates=range(9), stream=own_stream)
    for handling, effect, scale in (("worst_value", "te", "mean"), ("all", "total", "coefficient")):
        row = table.query(f"handling == '{handling}' and effect == '{effect}' and scale == '{scale}'").iloc[0]
        drawn = draws[f"{effect}:{scale}"]
        assert (row["ci_low"], row["ci_high"]) == pytest.approx((drawn.min(), drawn.max()), abs=1e-6)


def test_bca_and_trials_drawn_too_and_weighted_patients(everybody: pd.DataFrame) -> None:
    small = everybody[everybody["trial"].isin(["t1", "t2", "t3"])].reset_index(drop=True)
    bca = found(of_death(small, trial_effects="none"), interval="bca", replicates=12)
    assert np.isfinite(bca.query("handling == 'composite' and effect == 'te'")["ci_low"]).all()
    analysis = of_death(small, trial_effects="random_intercept")
    two_level = replace(analysis, analysis=replace(analysis.analysis, resampling="two_level"))
    table = found(two_level, replicates=12)
    alone = found(analysis, replicates=12)
    assert value(table, "composite", "te") == pytest.approx(value(alone, "composite", "te"), abs=1e-6)
    doubled = pd.concat([small, small[small["c2"] == 1]], ignore_index=True)
    weighted = of_death(small.assign(w=1.0 + small["c2"]), trial_effects="none", weights="w")
    of_weights, of_copies = found(weighted), found(of_death(doubled, trial_effects="none"))
    for effect in ("te", "via_event"):
        assert value(of_weights, "composite", effect) == pytest.approx(
            value(of_copies, "composite", effect), rel=0.02
        )
    for bound in ("te_best", "te_worst"):
        assert value(of_weights, "always_measured", bound) == pytest.approx(
            value(of_copies, "always_measured", bound), abs=1e-12
        )
