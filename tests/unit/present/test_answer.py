# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
import math
import re

import pandas as pd
import pytest

from ipdmediation.present.report.answer import answer
from ipdmediation.present.report.meaning import meaning
from ipdmediation.present.report.page import _facts


def text(result):
    return " ".join(answer(result))


def with_effects(examples, **cells):
    return examples.result(effects=examples.changed(**cells))


def test_the_answer_is_built_around_the_natural_effects(examples):
    total, share, people, published = answer(examples.result())
    assert total == (
        "Endovascular therapy led to better outcomes than standard care: difference in the mean of "
        "the modified Rankin Scale at 90 days, −0.76 points (95% CI −0.90 to −0.61); below 0 is better."
    )
    assert share.startswith(
        "If nothing unmeasured affects both the follow-up infarct volume and the modified Rankin Scale"
    )
    assert "24.4% (95% CI 16.2% to 32.5%) of this benefit runs through the follow-up infarct volume" in share
    assert "−0.19 points (95% CI −0.25 to −0.12) of the −0.76. The rest, −0.57 points" in share
    assert "17.0 more (95% CI 13.7 to 20.1) reach 2 (slight disability) or better on the modified" in people
    assert "4.3 of these (95% CI 2.7 to 5.9) through the follow-up infarct volume." in people
    assert "from 2.48 to 2.22); it would then be 12.2% (95% CI 1.2% to 18.9%). That is too low:" in published
    # the odds ratio beside it has not moved away from 1
    assert "pushes an odds ratio away from 1" in published


@pytest.mark.parametrize(
    ("values", "words", "whole"),
    [
        ((0.5, 0.3, 0.8), "led to worse outcomes than", "of this harm runs through"),
        ((-0.1, -0.3, 0.1), "remains open", "of this effect runs through"),
    ],
)
def test_harm_and_doubt_are_called_so(examples, values, words, whole):
    estimate, low, high = values
    result = with_effects(examples, effect="te", scale="mean", estimate=estimate, ci_low=low, ci_high=high)
    assert words in text(result)
    assert whole in text(result)
    assert "led to better outcomes" not in text(result)


def test_what_is_withheld_or_not_there_is_not_estimated(examples):
    result = examples.result(effects=examples.withheld(("pm", "mean")))
    assert result.row("pm", "mean") is not None
    assert result.estimated("pm", "mean") is None
    assert result.row("pm", "no such scale") is None
    assert result.estimated("pm", "no such scale") is None
    te = result.estimated("te", "mean")
    assert te is not None
    assert (te["effect"], te["scale"]) == ("te", "mean")


def test_a_withheld_share_is_in_no_sentence(examples):
    result = examples.result(effects=examples.withheld(("pm", "mean")))
    told = f"{text(result)} {' '.join(meaning(result))}"
    assert "is not given, because the interval of the total effect includes the value of no effect." in told
    assert "29.1%" not in told
    assert (
        "the part through the follow-up infarct volume is −0.19 points (95% CI −0.25 to −0.12), for the "
        "better" in told
    )
    assert "12.2%" not in told
    assert "24.4%" not in told


def test_opposite_directions_are_told_with_their_signs(examples):
    effects = examples.withheld(("pm", "mean"), ("log_or_difference", "proportion"), ("khb", "proportion"),
                                why="opposite_directions")  # fmt: skip
    harm = (effects["effect"] == "tnie") & (effects["scale"] == "mean")
    effects.loc[harm, ["estimate", "ci_low", "ci_high"]] = [0.2, 0.1, 0.3]
    told = text(examples.result(effects=effects))
    assert "through the follow-up infarct volume and the total effect have opposite directions" in told
    assert "through the follow-up infarct volume is 0.20 points (95% CI 0.10–0.30), for the worse" in told
    assert (
        "the part that does not run through it is −0.57 points (95% CI −0.69 to −0.45), for the better"
        in told
    )
    assert "%" not in told.replace("95% CI", "")


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-0.002, 0.211, "(95% CI −0.2% to 21.1%)"),
        (-0.0001, 0.3, "below 0%, so that the follow-up infarct volume may carry none of the benefit"),
        (0.4, 1.0004, "above 100%, so that the follow-up infarct volume may carry all of the benefit"),
        (-0.1, 1.2, "reaches below 0%, so that"),
    ],
)
def test_intervals_beyond_the_whole_are_said_to_be(examples, low, high, words):
    result = with_effects(examples, effect="pm", scale="mean", ci_low=low, ci_high=high)
    assert words in text(result)
    assert "reaches" not in text(examples.result())


def test_a_share_above_the_whole_is_explained(examples):
    result = with_effects(examples, effect="pm", scale="mean", estimate=1.3, ci_low=1.1, ci_high=1.6)
    assert "the rest of the effect works in the opposite direction" in text(result)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.122, "That is too low"),
        (-0.15, "That is too low"),
        (0.24, "Here the two are alike."),
        (0.4, "which the change of scale does not explain"),
    ],
)
def test_the_published_way_is_judged_by_the_numbers(examples, share, words):
    result = with_effects(examples, effect="log_or_difference", scale="proportion", estimate=share)
    assert words in text(result)


@pytest.mark.parametrize(
    ("indirect", "words"),
    [
        ((-0.19, -0.25, -0.12), "−0.19 points (95% CI −0.25 to −0.12), is clear."),
        ((-0.01, -0.06, 0.04), "−0.01 points (95% CI −0.06 to 0.04), is not clearly different from none."),
    ],
)
def test_an_odds_ratio_that_grows_is_said_beside_the_indirect_effect(examples, indirect, words):
    estimate, low, high = indirect
    effects = examples.changed("tnie", "mean", estimate=estimate, ci_low=low, ci_high=high)
    effects.loc[effects["effect"] == "direct", "estimate"] = 1.1
    told = " ".join(meaning(examples.result(effects=effects)))
    assert (
        "moves away from 1 when the mediator enters, from 2.48 to 3.00: a change of scale makes that step"
        in told
    )
    assert f"The indirect effect on the mean of the outcome, {words}" in told
    assert "moves away from 1 when" not in " ".join(meaning(examples.result()))


def test_an_odds_ratio_also_grows_where_the_mediator_works_against_the_total_effect(examples):
    effects = examples.changed("tnie", "mean", estimate=0.19, ci_low=0.12, ci_high=0.25)
    effects.loc[effects["effect"] == "direct", "estimate"] = 1.1
    told = " ".join(meaning(examples.result(effects=effects)))
    assert "from 2.48 to 3.00: part of that step is mediation" in told
    assert "not mediation" not in told


def test_shares_are_compared_where_they_differ(examples):
    """That of the effect on the mean may agree with the published one although the stretching is large."""
    published = examples.result().estimated("log_or_difference", "proportion")["estimate"]
    told = " ".join(meaning(examples.result(effects=examples.changed("pm", "mean", estimate=published))))
    assert "The first lies below the second because of the stretching; that it comes close" in told
    assert "so it should not be read as" not in told
    assert "so it should not be read as" in " ".join(meaning(examples.result()))


def test_people_can_be_fewer(examples):
    effects = examples.changed("te", "prob_le_2", estimate=-0.05, ci_low=-0.1, ci_high=0.02)
    told = text(examples.result(effects=effects))
    assert "5.0 fewer (95% CI 10.0 fewer to 2.0 more) reach" in told
    assert "4.3 more (95% CI 2.7 to 5.9) through" in told
    high = examples.study(
        analysis={**examples.study().analysis, "named_level": 3,
                  "outcome": {"variable": "mrs", "family": "ordinal", "better": "high"}}
    )  # fmt: skip
    assert "17.0 fewer (95% CI 13.7 to 20.1) reach 3 (moderate disability) or better" in text(
        examples.result(study=high)
    )


@pytest.mark.parametrize("uncertain", ["te", "tnie"])
def test_people_are_some_of_others_only_where_both_numbers_are_clear(examples, uncertain):
    """Otherwise "0.9 of these (4.6 fewer to 1.7 more)" would be a share, and nonsense as an interval."""
    (people,) = [
        each
        for each in answer(with_effects(examples, effect=uncertain, scale="prob_le_2", ci_low=-0.03))
        if each.startswith("Of 100")
    ]
    assert "of these" not in people
    through = (
        "4.3 more (95% CI 3.0 fewer to 5.9 more)" if uncertain == "tnie" else "4.3 more (95% CI 2.7 to 5.9)"
    )
    assert f"; {through} through the follow-up infarct volume." in people


def test_two_directions_that_are_open_are_said_to_be_in_one_sentence(examples):
    effects = examples.withheld(("pm", "mean"))
    parts = effects["effect"].isin(["pnde", "tnie"]) & (effects["scale"] == "mean")
    effects.loc[parts, "ci_high"] = 0.2
    told = text(examples.result(effects=effects))
    assert "−0.57 points (95% CI −0.69 to 0.20); the directions of both remain open." in told
    assert "its direction" not in told


def test_the_published_way_hides_mediation_only_where_there_is_clearly_some(examples):
    assert "and that hides mediation." in text(examples.result())
    told = text(with_effects(examples, effect="pm", scale="mean", ci_low=-0.02))
    assert "That is too low" in told
    assert "hides mediation" not in told


@pytest.mark.parametrize(
    ("published", "on_one_scale", "words"),
    [
        (0.18, 0.185, "because the two are shares on different scales"),
        (0.3, 0.36, "although the change of scale makes it too low: shares on different scales"),
        (0.3, 0.29, "which the change of scale does not explain"),
    ],
)
def test_a_change_of_scale_is_blamed_only_where_it_can_be(examples, published, on_one_scale, words):
    effects = examples.changed("log_or_difference", "proportion", estimate=published)
    effects.loc[effects["effect"] == "khb", "estimate"] = on_one_scale
    told = text(examples.result(effects=effects))
    assert words in told
    assert "That is too low" not in told


def test_the_step_between_the_odds_ratios_is_told_as_it_is(examples):
    ordinary = " ".join(meaning(examples.result()))
    assert "usually works the other way. The share from the difference is then too small" in ordinary
    every = [("pm", "mean"), ("khb", "proportion"), ("log_or_difference", "proportion")]
    withheld = " ".join(meaning(examples.result(effects=examples.withheld(*every))))
    assert "usually works the other way." in withheld
    assert "too small" not in withheld
    effects = examples.withheld(*every, why="opposite_directions")
    harm = (effects["effect"] == "tnie") & (effects["scale"] == "mean")
    effects.loc[harm, ["estimate", "ci_low", "ci_high"]] = [0.2, 0.1, 0.3]
    opposite = " ".join(meaning(examples.result(effects=effects)))
    assert "adds up two things that here work the same way: what the mediator carries" in opposite
    assert "the other way" not in opposite
    assert "too small" not in opposite


def test_shares_that_differ_are_explained_with_an_interaction_too(examples):
    study, models, effects = examples.interaction()
    effects = effects[effects["effect"] != "log_or_difference"]
    told = " ".join(meaning(examples.result(study=study, models=models, effects=effects)))
    assert (
        "Karlson-Holm-Breen), 29.1%, is one of the effect on the log odds, that of the answer, 24.4%," in told
    )
    assert "too small" not in told


def test_a_tile_without_a_number_says_why(examples):
    every = [("pm", "mean"), ("khb", "proportion"), ("log_or_difference", "proportion")]
    effects = examples.withheld(*every)
    effects.loc[effects["withheld"] != "", "note"] = "withheld: the interval of the total effect contains 0"
    effects.loc[effects["effect"] == "log_or_difference", ["withheld", "note"]] = [
        "undefined", "not defined: the direct coefficient depends on the mediator",
    ]  # fmt: skip
    tiles = {
        fact["label"]: (fact["value"], fact["detail"]) for fact in _facts(examples.result(effects=effects))
    }
    why = "the interval of the total effect contains 0"
    assert tiles["Share of the effect on the mean"] == ("withheld", why)
    assert tiles["Share on one scale (KHB)"] == ("withheld", why)
    assert tiles["Share by difference of coefficients"] == (
        "not defined", "the direct coefficient depends on the mediator",
    )  # fmt: skip


def test_few_participants_are_hedged(examples):
    flow = examples.flow()
    flow[["remaining", "remaining_treated", "remaining_control"]] = [40, 20, 20]
    assert "With 40 participants all of these figures are uncertain" in text(examples.result(flow=flow))
    assert "uncertain" not in text(examples.result())


def test_with_an_interaction_no_coefficient_at_zero_is_shown(examples):
    study, models, effects = examples.interaction()
    result = examples.result(study=study, models=models, effects=effects)
    told = " ".join([*answer(result), *meaning(result)])
    assert "3.74" not in told
    assert "published analyses" not in told
    assert (
        "0.43 (95% CI 0.35–0.52) with endovascular therapy and 0.50 (95% CI 0.41–0.61) with standard care"
        in told
    )
    assert "at the lower quartile of 14 mL" in told
    assert "at the upper quartile of 120 mL" in told


def of_family(examples, variable, family):
    study = examples.study()
    variables = {
        **study.variables,
        "dead": {"type": "binary", "label": "Dead at 90 days"},
        "score": {"type": "continuous", "label": "Attitude score", "unit": "point"},
    }
    outcome = {"variable": variable, "family": family, "better": "low"}
    effects = examples.effects()
    if family == "binary":
        effects = effects[effects["scale"] != "utility"].replace({"scale": {"prob_le_2": "prob_le_0"}})
    else:
        effects = effects[effects["scale"].isin(["mean", "coefficient", "proportion"])]
    study = examples.study(variables=variables, analysis={**study.analysis, "outcome": outcome})
    return examples.result(study=study, effects=effects)


def test_a_binary_outcome_is_told_by_its_event(examples):
    told = text(of_family(examples, "dead", "binary"))
    assert "difference in the probability of “Dead at 90 days: Yes”, −76.0 percentage points" in told
    assert "17.0 more (95% CI 13.7 to 20.1) have “Dead at 90 days: No”" in told
    assert "log odds ratio shrinks" in told
    paths = " ".join(meaning(of_family(examples, "dead", "binary")))
    assert "odds ratio of a better outcome (Dead at 90 days: No) per ln mL, 0.46" in paths
    # such a label is no noun
    assert "affects both the follow-up infarct volume and “Dead at 90 days”" in told
    assert "The indirect effect on the mean" not in told + paths
    assert "of the effect on the probability" in paths


def test_a_continuous_outcome_has_neither_odds_nor_people(examples):
    result = of_family(examples, "score", "continuous")
    told = " ".join([*answer(result), *meaning(result)])
    assert "difference in the mean of attitude score, −0.76 points" in told
    assert "odds" not in told
    assert "Of 100" not in told


def test_a_share_without_an_interval_says_why(examples):
    note = "no BCa interval: all replicates are above the estimate"
    cells = {"ci_low": math.nan, "ci_high": math.nan, "note": note, "withheld": "no_interval"}
    told = text(with_effects(examples, effect="pm", scale="mean", **cells))
    assert "24.4% of this benefit" in told
    assert "No BCa interval: all replicates are above the estimate." in told
    assert "nan" not in told


def test_a_run_without_natural_effects_says_so(examples):
    effects = examples.effects()
    result = examples.result(effects=pd.DataFrame(effects[effects["scale"] == "coefficient"]))
    assert answer(result) == ["This run has no estimate of the natural effects."]


def test_every_tile_has_its_own_number(examples):
    """Typed from the example's rows: no two of them are alike."""
    tiles = [(fact["label"], fact["value"], fact["detail"]) for fact in _facts(examples.result())]
    scale = "mean of the modified Rankin Scale at 90 days"
    below, odds = "below 0 is better", "common odds ratio of a better outcome"
    assert tiles == [
        ("Participants analysed", "1665", "EVT 821, Control 844"),
        (f"Total effect, {scale}", "−0.76 points", f"95% CI −0.90 to −0.61; {below}"),
        (f"Direct effect, {scale}", "−0.57 points", f"95% CI −0.69 to −0.45; {below}"),
        (
            f"Effect through the follow-up infarct volume, {scale}",
            "−0.19 points",
            f"95% CI −0.25 to −0.12; {below}",
        ),
        ("Share of the effect on the mean", "24.4%", "95% CI 16.2% to 32.5%"),
        ("Share on one scale (KHB)", "29.1%", "95% CI 18.0% to 44.0%"),
        ("Share by difference of coefficients", "12.2%", "95% CI 1.2% to 18.9%"),
        (f"Total effect, {odds}", "2.48", "95% CI 1.77–3.53; above 1 is better"),
    ]


def test_the_sentence_of_people_has_the_numbers_of_its_cut(examples):
    """17.0 and 4.3 of 100 at 2 or better; of 4 others on the mean, utility, win and odds none is there."""
    (people,) = [each for each in answer(examples.result()) if each.startswith("Of 100")]
    assert re.findall(r"\d+\.\d", people) == ["17.0", "13.7", "20.1", "4.3", "2.7", "5.9"]
