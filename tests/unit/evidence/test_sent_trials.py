"""Trials that sent their results stand beside the others as if their rows were here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.variables import variables_from_config
from ipdmediation.evidence.drawn_trial import LACKS_A_LEVEL, DrawnTrial
from ipdmediation.evidence.pooled_trials import tables
from ipdmediation.evidence.sent_trials import EqualTrialsError, levels_of, side_by_side
from ipdmediation.evidence.site_archive import EFFECTS, SiteResult, SiteResultError, part
from ipdmediation.evidence.site_tables import about_trial, effects_of, tables_of, trial_of

OUTCOME = variables_from_config(
    {"y": {"type": "ordinal", "label": "Score", "levels": {level: str(level) for level in range(3)}}}
)["y"]
SETTINGS = {
    "outcome": {"family": "ordinal"},
    "mediator": {"spline_knots": None},
    "interaction": False,
    "standardisation": {"utility": None},
}
EVERY = effects_of(SETTINGS, OUTCOME)


def drawn(trial: str, seed: int, **choices: Any) -> DrawnTrial:
    rng = np.random.default_rng(seed)
    columns = [effect.column for effect in EVERY]
    draws = pd.DataFrame(rng.normal(2, 1, size=(50, len(EVERY))), columns=columns)
    draws.insert(0, "status", ["failed", *["converged"] * 49])
    draws["reason"] = ["outcome model: separation", *[""] * 49]
    draws.loc[0, columns] = np.nan
    draws.loc[1, "te:log_win_odds"] = np.inf
    stated: dict[str, Any] = {
        "trial": trial,
        "arms": {"control": 30, "treated": 31},
        "levels": frozenset([0.0, 1.0, 2.0]),
        "effects": EVERY,
        "estimates": rng.normal(2, 1, size=len(EVERY)),
        "draws": draws,
        **choices,
    }
    return DrawnTrial(**stated)


def sent(trial: DrawnTrial, *, minimum_count: int = 5, **changes: Any) -> DrawnTrial:
    """Return a trial as it arrives elsewhere, under another id."""
    about = about_trial(trial, minimum_count=minimum_count) | changes
    stated = {"settings": {}, "interval": "bca", "trials": {"ours": about}}
    result = SiteResult(
        manifest={"analyses": {"primary": stated}},
        parts={part("primary", "ours", name): text for name, text in tables_of(trial).items()},
    )
    return trial_of(
        result, file="sent.zip", analysis="primary", sent_as="ours", trial=trial.trial, effects=EVERY
    )


@pytest.mark.parametrize("interval", ["percentile", "bca"])
def test_what_arrives_is_what_was_sent_to_the_last_digit(interval: str) -> None:
    accelerations = np.linspace(-0.1, 0.1, len(EVERY)) if interval == "bca" else None
    own = drawn("north", 1, accelerations=accelerations)
    arrived = sent(own)
    assert arrived.sent
    assert (arrived.arms, arrived.levels) == (own.arms, own.levels)
    here, there = (
        each.summarised(family="ordinal", link="logit", interval=interval, level=0.9)
        for each in (own, arrived)
    )
    pd.testing.assert_frame_equal(here.effects, there.effects, check_exact=True)
    np.testing.assert_array_equal(here.draws, there.draws)
    assert there.effects["failed"].eq(1).all()


def test_the_order_is_that_of_the_ids_and_levels_are_known_to_all() -> None:
    here = [drawn("a", 1), drawn("c", 2)]
    lacking = sent(drawn("b", 3, levels=frozenset([0.0, 1.0])))
    assert levels_of([lacking]) == {0.0, 1.0}
    found = side_by_side(here, [lacking])
    assert [(each.trial, each.reason) for each in found] == [("a", ""), ("b", LACKS_A_LEVEL), ("c", "")]
    more = sent(drawn("b", 3))
    assert [each.reason for each in side_by_side(here, [more])] == ["", "", ""]


def test_a_trial_that_was_left_out_at_its_site_says_why() -> None:
    own = DrawnTrial.left_out(
        "b", "too few patients", arms={"control": 9, "treated": 9}, levels=frozenset([0.0])
    )
    assert tables_of(own) == {}
    arrived = sent(own)
    assert (arrived.reason, arrived.sent) == ("too few patients", True)
    by_trial, pooled = tables(
        [
            each.summarised(family="ordinal", link="logit", interval="basic", level=0.9)
            for each in side_by_side([drawn("a", 1), drawn("c", 2)], [arrived])
        ],
        level=0.9,
        minimum_count=5,
    )
    left_out = by_trial[by_trial["trial"] == "b"]
    assert left_out[["source", "reason"]].to_numpy().tolist() == [["result", "too few patients"]]
    assert (pooled["trials"] == 2).all()


def test_an_arm_of_few_patients_is_held_back_at_the_site_and_here() -> None:
    own = DrawnTrial.left_out(
        "b", "fewer than 5 patients in an arm", arms={"control": 4, "treated": 9}, levels=frozenset([2.0])
    )
    about = about_trial(own, minimum_count=5)
    assert about["arms"] == {"control": None, "treated": 9}
    assert about["levels"] == []
    found = side_by_side([drawn("a", 1)], [sent(own), sent(drawn("c", 2))])
    effects = [each.summarised(family="ordinal", link="logit", interval="basic", level=0.9) for each in found]
    by_trial, _ = tables(effects, level=0.9, minimum_count=31)
    shown = by_trial.drop_duplicates("trial").set_index("trial")
    assert pd.isna(shown.loc["b", "control"])
    assert pd.isna(shown.loc["c", "control"])
    assert shown.loc["c", "treated"] == 31


def test_the_same_patients_do_not_count_twice() -> None:
    own = drawn("a", 1)
    again = sent(replace(own, trial="b"))
    other_seed = replace(again, draws=drawn("a", 9).draws)
    for twice in (again, other_seed):
        with pytest.raises(
            EqualTrialsError, match="'b', which sent a result, and 'a' have the same estimates"
        ):
            side_by_side([own, drawn("c", 2)], [twice])
    with pytest.raises(EqualTrialsError, match="patients would count twice"):
        side_by_side([drawn("c", 2)], [sent(own), replace(again, draws=other_seed.draws)])


def test_tables_with_other_effects_or_replicates_are_refused() -> None:
    with pytest.raises(SiteResultError, match="other effects or replicates than analysis 'primary' here"):
        sent(drawn("a", 1), replicates=49)
    fewer = drawn("a", 1)
    fewer = replace(fewer, effects=EVERY[:-1], estimates=fewer.estimates[:-1])
    with pytest.raises(SiteResultError, match="other effects or replicates"):
        sent(fewer)


def test_effects_of_single_trials_are_in_the_file_on_all_scales() -> None:
    text = tables_of(drawn("a", 1))[EFFECTS].decode()
    for effect in ("te,mean", "tnie,prob_le_0", "pnde,log_or", "khb_total,coefficient", "pm,win"):
        assert f"{effect}," in text
