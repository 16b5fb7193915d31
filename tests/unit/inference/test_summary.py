import numpy as np
import pandas as pd
import pytest

from ipdmediation.effects.catalogue import Effect
from ipdmediation.inference.bootstrap import BootstrapError
from ipdmediation.inference.summary import COLUMNS, summarise_effects

TOTAL = Effect(effect="total", scale="coefficient", label="total")
SHARE = Effect(effect="log_or_difference", scale="proportion", label="share", share_of="total")
NATURAL = (
    Effect(effect="te", scale="mean", label="total"),
    Effect(effect="pm", scale="mean", label="share", share_of="te"),
)


def summary(
    total,
    share,
    *,
    effects=(TOTAL, SHARE),
    failed=0,
    max_failed=0.01,
    estimates=None,
    interval="percentile",
    accelerations=None,
):
    draws = pd.DataFrame({effects[0].column: total, effects[1].column: share})
    draws["status"] = np.where(np.arange(len(draws)) < failed, "failed", "converged")
    draws["reason"] = np.where(draws["status"] == "failed", "total model: separated", "")
    means = [np.mean(total), np.mean(share)] if estimates is None else estimates
    table = summarise_effects(
        draws,
        np.array(means),
        effects=effects,
        interval=interval,
        level=0.95,
        max_failed=max_failed,
        accelerations=accelerations,
    )
    assert table.columns.tolist() == COLUMNS
    return table.set_index("effect")


GRID = np.linspace(0.1, 0.3, 999)


def test_a_share_of_a_clear_total_effect_is_given():
    table = summary(GRID + 1, GRID)
    assert table.loc["log_or_difference", "estimate"] == pytest.approx(0.2)
    assert table.loc["log_or_difference", "ci_low"] == pytest.approx(GRID[24])
    assert not table.loc["log_or_difference", "note"]
    assert (table["replicates"] == 999).all()


def test_a_share_of_an_uncertain_total_effect_is_withheld():
    table = summary(GRID - 0.2, GRID)
    assert table.loc["log_or_difference", ["estimate", "ci_low", "ci_high", "p_value"]].isna().all()
    assert "the interval of the total effect contains 0" in table.loc["log_or_difference", "note"]
    assert np.isfinite(table.loc["total", "estimate"])


def test_a_share_of_opposite_effects_is_withheld_and_one_above_1_explained():
    assert "opposite directions" in summary(GRID + 1, GRID - 0.5).loc["log_or_difference", "note"]
    above = summary(GRID + 1, GRID + 1).loc["log_or_difference"]
    assert above["estimate"] == pytest.approx(1.2)
    assert above["note"].startswith("above 1")


def test_a_difference_below_0_is_given_where_the_mediated_effect_has_the_direction_of_the_total():
    """Only its scale has changed: the coefficient grows although something is mediated."""
    indirect = Effect(effect="khb_indirect", scale="coefficient", label="indirect")
    share = Effect(
        effect="log_or_difference",
        scale="proportion",
        label="share",
        share_of="total",
        mediated=indirect.key,
    )

    def row(mediated):
        draws = pd.DataFrame(
            {TOTAL.column: GRID + 1, indirect.column: mediated, share.column: GRID - 0.5, "reason": ""}
        ).assign(status="converged")
        table = summarise_effects(
            draws,
            np.array([1.2, np.mean(mediated), -0.3]),
            effects=(TOTAL, indirect, share),
            interval="percentile",
            level=0.95,
            max_failed=0,
        )
        return table.set_index("effect").loc["log_or_difference"]

    assert row(GRID)["estimate"] == pytest.approx(-0.3)
    assert row(GRID)["note"].startswith("below 0: the treatment's coefficient grows")
    assert np.isnan(row(-GRID)["estimate"])
    assert "opposite directions" in row(-GRID)["note"]


def test_a_natural_share_goes_by_the_total_effect_on_its_own_scale():
    assert summary(-GRID - 1, GRID, effects=NATURAL).loc["pm", "estimate"] == pytest.approx(0.2)
    assert "contains 0" in summary(GRID - 0.2, GRID, effects=NATURAL).loc["pm", "note"]


def test_an_undefined_effect_says_why():
    undefined = Effect(
        effect="log_or_difference", scale="proportion", label="", share_of="total", undefined="why"
    )
    row = summary(GRID + 1, GRID, effects=(TOTAL, undefined)).loc["log_or_difference"]
    assert row["note"] == "why"
    assert np.isnan(row["estimate"])


def test_failures_are_counted_and_too_many_are_an_error():
    table = summary(GRID + 1, GRID, failed=5)
    assert (table["failed"] == 5).all()
    with pytest.raises(BootstrapError, match=r"20 of 999 .* share is 0.01: total model: separated \(20\)"):
        summary(GRID + 1, GRID, failed=20)
    with pytest.raises(BootstrapError, match="999 of 999 "):
        summary(GRID + 1, GRID, failed=999, max_failed=1)


def test_a_bca_interval_has_the_effect_s_own_acceleration():
    table = summary(GRID + 1, GRID, interval="bca", accelerations=np.array([0.0, 0.1]))
    assert (table["interval"] == "bca").all()
    # the estimate is the middle draw, so without acceleration this is the percentile interval
    assert table.loc["total", "ci_low"] == pytest.approx(1 + GRID[24])
    assert table.loc["log_or_difference", "ci_low"] > GRID[24]


def test_a_missing_interval_is_explained():
    one_sided = summary(
        GRID + 1, GRID, interval="bca", accelerations=np.zeros(2), estimates=[np.mean(GRID) + 1, 0.05]
    ).loc["log_or_difference"]
    assert one_sided["note"] == "no BCa interval: all replicates are above the estimate"
    assert one_sided[["ci_low", "ci_high"]].isna().all()
    assert one_sided["estimate"] == 0.05
    assert one_sided["p_value"] == pytest.approx(2 / 1000)


def test_a_share_of_a_total_effect_without_interval_is_withheld():
    table = summary(GRID + 1, GRID, interval="bca", accelerations=np.zeros(2), estimates=[0.5, np.mean(GRID)])
    assert table.loc["log_or_difference", "note"] == "withheld: the total effect has no interval"


def test_replicates_without_the_effect_are_counted():
    row = summary(GRID + 1, np.where(np.arange(999) < 7, np.nan, GRID), estimates=[1.2, 0.2]).loc[
        "log_or_difference"
    ]
    assert row["note"] == "no interval: not defined in 7 of 999 replicates"
    assert row[["ci_low", "ci_high", "p_value"]].isna().all()
