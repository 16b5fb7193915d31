import warnings

import numpy as np
import pandas as pd
import pytest

from ipdmediation.effects.catalogue import COEFFICIENT_EFFECTS, KHB_EFFECTS, Effect
from ipdmediation.inference.bootstrap import BootstrapError
from ipdmediation.inference.summary import COLUMNS, BootstrapWarning, summarise_effects
from ipdmediation.vocabulary.effects import SHARE_ON_ONE_SCALE
from ipdmediation.vocabulary.scales import COEFFICIENT, MEAN, PROPORTION, scale_of

TOTAL = Effect(effect="total", scale=COEFFICIENT)
SHARE = Effect(effect="log_or_difference", scale=PROPORTION, share_of="total")
NATURAL = (
    Effect(effect="te", scale=MEAN),
    Effect(effect="pm", scale=MEAN, share_of="te"),
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
    family="ordinal",
    link="logit",
    singular=0,
    level=0.95,
):
    draws = pd.DataFrame({effects[0].column: total, effects[1].column: share})
    draws["status"] = np.where(np.arange(len(draws)) < failed, "failed", "converged")
    draws.loc[draws.index[len(draws) - singular :], "status"] = "singular"
    draws["reason"] = np.where(draws["status"] == "failed", "total model: separated", "")
    means = [np.mean(total), np.mean(share)] if estimates is None else estimates
    table = summarise_effects(
        draws,
        np.array(means),
        effects=effects,
        family=family,
        link=link,
        interval=interval,
        level=level,
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
    assert (table["note"] == "").all()
    assert (table["withheld"] == "").all()
    assert (table["replicates"] == 999).all()


def test_a_share_of_an_uncertain_total_effect_is_withheld():
    table = summary(GRID - 0.2, GRID)
    assert table.loc["log_or_difference", ["estimate", "ci_low", "ci_high", "p_value"]].isna().all()
    note = "withheld: the interval of the total effect's common odds ratio contains 1"
    assert table.loc["log_or_difference", ["withheld", "note"]].tolist() == ["total_uncertain", note]
    assert np.isfinite(table.loc["total", "estimate"])


def test_a_share_on_one_scale_is_withheld_for_the_total_effect_on_that_scale():
    """The other total coefficient stands beside it, and its interval may be clear of the null."""
    whole = Effect(effect="khb_total", scale=COEFFICIENT)
    share = Effect(effect=SHARE_ON_ONE_SCALE.effect, scale=PROPORTION, share_of="khb_total")
    row = summary(GRID - 0.2, GRID, effects=(whole, share)).loc["khb"]
    assert (
        row["note"]
        == "withheld: the interval of the total effect's common odds ratio on one scale contains 1"
    )


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        ("proportion", "total effect contains 0"),
        ("log_or", "total effect's common odds ratio contains 1"),
        ("log_win_odds", "total effect's win odds contains 1"),
    ],
)
def test_a_share_of_another_link_s_coefficients_has_no_odds_ratio(scale, words):
    whole = Effect(effect="te", scale=COEFFICIENT if scale == "proportion" else scale_of(scale))
    share = Effect(effect="pm", scale=scale_of(scale), share_of="te")
    row = summary(GRID - 0.2, GRID, effects=(whole, share), link="probit").loc["pm"]
    assert row["note"] == f"withheld: the interval of the {words}"


def test_a_share_of_opposite_effects_is_withheld_and_one_above_1_explained():
    assert "opposite directions" in summary(GRID + 1, GRID - 0.5).loc["log_or_difference", "note"]
    above = summary(GRID + 1, GRID + 1).loc["log_or_difference"]
    assert above["estimate"] == pytest.approx(1.2)
    assert above["note"].startswith("above 1")


def test_a_difference_below_0_is_given_where_the_mediated_effect_has_the_direction_of_the_total():
    """Only its scale has changed: the coefficient grows although something is mediated."""
    indirect = Effect(effect="khb_indirect", scale=COEFFICIENT)
    share = Effect(
        effect="log_or_difference",
        scale=PROPORTION,
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
            family="ordinal",
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


@pytest.mark.parametrize(
    ("scale", "family", "words"),
    [
        ("proportion", "ordinal", "total effect's common odds ratio contains 1"),
        ("proportion", "binary", "total effect's odds ratio contains 1"),
        ("proportion", "continuous", "total effect contains 0"),
        ("log_or", "ordinal", "total effect's common odds ratio contains 1"),
        ("log_or", "binary", "total effect's odds ratio contains 1"),
        ("log_win_odds", "ordinal", "total effect's win odds contains 1"),
        ("mean", "ordinal", "total effect contains 0"),
        ("prob_le_1", "binary", "total effect contains 0"),
        ("win", "ordinal", "total effect contains 0"),
    ],
)
def test_why_a_share_is_withheld_is_said_on_its_scale(scale, family, words):
    whole = Effect(effect="te", scale=COEFFICIENT if scale == "proportion" else scale_of(scale))
    share = Effect(effect="pm", scale=scale_of(scale), share_of="te")
    row = summary(GRID - 0.2, GRID, effects=(whole, share), family=family).loc["pm"]
    assert row["note"] == f"withheld: the interval of the {words}"
    assert row["withheld"] == "total_uncertain"


def test_an_undefined_effect_says_why():
    undefined = Effect(effect="log_or_difference", scale=PROPORTION, share_of="total", undefined="why")
    row = summary(GRID + 1, GRID, effects=(TOTAL, undefined)).loc["log_or_difference"]
    assert row[["withheld", "note"]].tolist() == ["undefined", "not defined: why"]
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
    assert one_sided["withheld"] == "no_interval"


def test_a_share_of_a_total_effect_without_interval_is_withheld():
    table = summary(GRID + 1, GRID, interval="bca", accelerations=np.zeros(2), estimates=[0.5, np.mean(GRID)])
    assert table.loc["log_or_difference", "note"] == "withheld: the total effect has no interval"
    assert table.loc["log_or_difference", "withheld"] == "no_interval"


@pytest.mark.parametrize("nothing", [np.nan, np.inf, -np.inf])
def test_replicates_without_a_share_are_counted_and_left_out(nothing):
    table = summary(GRID + 1, np.where(np.arange(999) < 9, nothing, GRID), estimates=[1.2, 0.2])
    row = table.loc["log_or_difference"]
    expected = np.quantile(GRID[9:], [0.025, 0.975], method="weibull")
    assert row[["ci_low", "ci_high"]].tolist() == pytest.approx(expected)
    assert row["p_value"] == pytest.approx(2 / 991)
    assert row["undefined"] == 9
    assert row["withheld"] == ""
    assert table.loc["total", "undefined"] == 0
    assert table.loc["total", "ci_low"] == pytest.approx(1 + GRID[24])


def test_past_the_accepted_share_only_that_effect_has_no_interval():
    table = summary(GRID + 1, np.where(np.arange(999) < 10, np.nan, GRID), estimates=[1.2, 0.2])
    row = table.loc["log_or_difference"]
    assert row["note"] == "no interval: not defined in 10 of 999 replicates"
    assert row[["withheld", "undefined"]].tolist() == ["too_many_undefined", 10]
    assert row[["ci_low", "ci_high", "p_value"]].isna().all()
    assert row["estimate"] == 0.2
    assert not row["p_bound"]
    assert table.loc["total", "ci_low"] == pytest.approx(1 + GRID[24])


def test_an_infinite_effect_that_is_no_share_keeps_its_place():
    whole = np.where(np.arange(999) < 5, np.inf, GRID + 1)
    row = summary(whole, GRID, estimates=[1.2, 0.2]).loc["total"]
    assert row["ci_high"] == pytest.approx(np.sort(whole)[974])
    assert row["undefined"] == 5
    row = summary(
        np.where(np.arange(999) < 30, np.inf, GRID + 1), GRID, estimates=[1.2, 0.2], max_failed=0.05
    ).loc["total"]
    assert row["note"] == "no interval: infinite in 30 of 999 replicates"
    assert row["withheld"] == "no_interval"
    assert row[["ci_low", "ci_high"]].isna().all()


def test_an_effect_that_the_cohort_has_not_is_undefined():
    row = summary(GRID + 1, GRID, estimates=[1.2, np.inf]).loc["log_or_difference"]
    assert row[["withheld", "note"]].tolist() == [
        "undefined",
        "not defined: no finite value in this cohort",
    ]
    assert row[["estimate", "ci_low", "p_value"]].isna().all()


def test_a_p_value_beyond_every_replicate_is_a_bound():
    table = summary(GRID + 1, GRID - 0.1001)
    assert table["p_bound"].tolist() == [True, False]
    assert table.loc["total", "p_value"] == pytest.approx(2 / 1000)


@pytest.mark.filterwarnings("ignore::ipdmediation.inference.summary.BootstrapWarning")
def test_what_failures_leave_may_be_too_few_for_an_interval():
    few = np.linspace(0.1, 0.3, 39)
    assert np.isfinite(summary(few + 1, few).loc["total", "ci_low"])
    row = summary(few + 1, few, failed=1, max_failed=0.05).loc["total"]
    assert row["note"] == "no interval: 38 replicates are too few for 95%"
    assert row["withheld"] == "no_interval"
    assert row[["ci_low", "p_value"]].isna().all()


def test_few_replicates_and_those_at_the_boundary_are_notices():
    few = np.linspace(0.1, 0.3, 100)
    with pytest.warns(BootstrapWarning, match="100 bootstrap replicates are few for a percentile interval"):
        summary(few + 1, few)
    with pytest.warns(BootstrapWarning, match="in 12 of 999 bootstrap replicates") as found:
        table = summary(GRID + 1, GRID, singular=12)
    assert found[0].message.kind == "replicates_at_boundary"
    assert (table["singular"] == 12).all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (summary(GRID + 1, GRID)["singular"] == 0).all()
        summary(few + 1, few, interval="normal")


def test_a_limit_that_is_only_the_outermost_draw_is_a_remark_and_nothing_is_withheld():
    high = float(np.sort(GRID)[-2])
    row = summary(
        GRID + 1, GRID, interval="bca", accelerations=np.zeros(2), estimates=[np.mean(GRID) + 1, high]
    ).loc["log_or_difference"]
    assert row["note"] == "upper limit beyond the outermost of 999 replicates, which is given instead"
    assert row["withheld"] == ""
    assert row["ci_high"] == pytest.approx(GRID[-1])


def test_a_share_keeps_both_of_its_remarks():
    above = summary(
        GRID + 1,
        GRID + 1,
        interval="bca",
        accelerations=np.zeros(2),
        estimates=[np.mean(GRID) + 1, 1 + float(np.sort(GRID)[-2])],
    ).loc["log_or_difference"]
    assert above["note"].startswith("upper limit beyond")
    assert "; above 1: " in above["note"]


HUNDRED = np.linspace(0.1, 0.3, 100)


@pytest.mark.filterwarnings("ignore::ipdmediation.inference.summary.BootstrapWarning")
@pytest.mark.parametrize(("accepted", "most"), [(0.01, 1), (0.07, 7), (0.29, 29), (0.58, 58)])
def test_as_many_failures_as_accepted_are_accepted_and_one_more_is_not(accepted, most):
    """Also where the product of both is a little off, as 0.29 * 100 is less than 29."""
    table = summary(HUNDRED + 1, HUNDRED, failed=most, max_failed=accepted)
    assert (table["failed"] == most).all()
    with pytest.raises(BootstrapError, match=f"{most + 1} of 100 "):
        summary(HUNDRED + 1, HUNDRED, failed=most + 1, max_failed=accepted)
    for undefined, withheld in ((most, ""), (most + 1, "too_many_undefined")):
        share = np.where(np.arange(100) < undefined, np.nan, HUNDRED)
        row = summary(HUNDRED + 1, share, estimates=[1.2, 0.2], max_failed=accepted).loc["log_or_difference"]
        assert row["withheld"] == (withheld or ("no_interval" if 100 - undefined < 39 else ""))


def test_by_hand_two_infinite_of_79_draws_leave_no_upper_end():
    draws = np.concatenate([np.linspace(1, 2, 77), [np.inf, np.inf]])
    with pytest.warns(BootstrapWarning):
        row = summary(draws, np.full(79, 0.2), estimates=[1.5, 0.2], max_failed=0.05).loc["total"]
    assert row["note"] == "no interval: infinite in 2 of 79 replicates"
    assert row["p_value"] == pytest.approx(2 / 80)


def test_the_share_as_published_is_withheld_by_the_direction_that_khb_finds():
    """By the catalogue itself: total 1, khb's part -0.2, and a difference that looks like a share of 0.1."""
    catalogue = {each.effect: each for each in (*COEFFICIENT_EFFECTS, *KHB_EFFECTS)}
    effects = [catalogue[name] for name in ("total", "khb_total", "khb_indirect", "khb", "log_or_difference")]
    values = {
        "total": 1.0,
        "khb_total": 1.2,
        "khb_indirect": -0.2,
        "khb": -0.2 / 1.2,
        "log_or_difference": 0.1,
    }

    def rows(**changes):
        at = values | changes
        noise = np.linspace(-0.01, 0.01, 999)
        draws = pd.DataFrame({each.column: at[each.effect] + noise for each in effects})
        table = summarise_effects(
            draws.assign(status="converged", reason=""),
            np.array([at[each.effect] for each in effects]),
            effects=effects,
            family="ordinal",
            interval="percentile",
            level=0.95,
            max_failed=0,
        )
        return table.set_index("effect")

    assert rows().loc[["khb", "log_or_difference"], "withheld"].tolist() == ["opposite_directions"] * 2
    along = rows(khb_indirect=0.2, khb=0.2 / 1.2)
    assert along.loc[["khb", "log_or_difference"], "withheld"].tolist() == ["", ""]
    assert along.loc["khb", "estimate"] == pytest.approx(1 / 6)
