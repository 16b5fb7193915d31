# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
from dataclasses import replace

import pytest

from ipdmediation.effects.catalogue import COEFFICIENT_EFFECTS, KHB_EFFECTS
from ipdmediation.effects.natural_effects import OutcomeScales
from ipdmediation.present.scales import named_cut, reading
from ipdmediation.vocabulary.effects import NATURAL_EFFECTS


def family(examples, variable, family, better="low"):
    analysis = examples.study().analysis
    variables = {
        **examples.study().variables,
        "dead": {"type": "binary", "label": "Dead at 90 days"},
        "score": {"type": "continuous", "label": "Score", "unit": "point"},
    }
    outcome = {"variable": variable, "family": family, "better": better}
    return examples.study(variables=variables, analysis={**analysis, "outcome": outcome})


def row(estimate, low, high):
    return {"estimate": estimate, "ci_low": low, "ci_high": high}


@pytest.mark.parametrize(
    ("variable", "kind"), [("mrs", "ordinal"), ("dead", "binary"), ("score", "continuous")]
)
def test_every_effect_has_a_name_a_null_and_a_better_side(examples, variable, kind):
    study = family(examples, variable, kind)
    levels = {"ordinal": list("6543210"), "binary": ["1", "0"], "continuous": []}[kind]
    scales = OutcomeScales.of(levels, utility=None)
    for effect in NATURAL_EFFECTS:
        for scale in scales.every:
            read = reading(effect, scale.key, study=study)
            assert read.name
            assert read.null == (1 if read.ratio else 0)
            assert bool(read.direction) == (effect != "pm")
    for effect in (*COEFFICIENT_EFFECTS, *KHB_EFFECTS):
        assert reading(*effect.key, study=study).name


def test_directions_follow_the_better_end(examples):
    low, high = (family(examples, "mrs", "ordinal", better) for better in ("low", "high"))
    assert reading("te", "mean", study=low).direction == "below 0 is better"
    assert reading("te", "mean", study=high).direction == "above 0 is better"
    assert reading("te", "prob_le_2", study=low).direction == "above 0 is better"
    assert reading("te", "prob_le_2", study=high).direction == "below 0 is better"
    assert reading("total", "coefficient", study=low).direction == "above 1 is better"
    dead = family(examples, "dead", "binary")
    assert reading("te", "mean", study=dead).direction == "below 0 is better"
    assert reading("te", "mean", study=dead).unit == "percentage points"


def test_ratios_and_points_are_written_as_such(examples):
    study = examples.study()
    assert reading("total", "coefficient", study=study).text(row(0.908, 0.57, 1.26)) == "2.48 (1.77–3.53)"
    assert reading("te", "prob_le_2", study=study).text(row(0.17, 0.137, 0.201)) == "17.0 (13.7–20.1)"
    assert reading("pm", "mean", study=study).text(row(0.244, -0.0002, 0.325)) == "24.4% (−0.02% to 32.5%)"
    for why, text in (("undefined", "not defined"), ("total_uncertain", "withheld")):
        missing = {**row(float("nan"), 1, 2), "withheld": why}
        assert reading("te", "mean", study=study).text(missing) == text


def test_an_estimate_and_its_interval_come_apart_without_reading_the_text(examples):
    study = examples.study()
    read = reading("total", "coefficient", study=study)
    assert read.parts(row(0.908, 0.57, 1.26)) == ("2.48", "1.77–3.53")
    alone = row(0.908, float("nan"), float("nan"))
    assert read.parts(alone) == ("2.48", "")
    assert read.sentence(alone, study) == read.text(alone) == "2.48"
    assert read.sentence(row(0.908, 0.57, 1.26), study) == "2.48 (95% CI 1.77–3.53)"
    share = reading("pm", "mean", study=study)
    assert share.parts(row(0.244, -0.0002, 0.325)) == ("24.4%", "−0.02% to 32.5%")
    win = reading("te", "win", study=study)
    assert win.sentence(row(0.1, 0.05, 0.2), study) == "10.0 percentage points above 50 (95% CI 5.0–20.0)"


@pytest.mark.parametrize(
    ("outcome", "scale", "text"),
    [
        (("mrs", "ordinal"), "mean", "0.40 (0.20–0.60)"),
        (("mrs", "ordinal"), "prob_le_2", "40.0 (20.0–60.0)"),
        (("mrs", "ordinal"), "win", "40.0 (20.0–60.0)"),
        (("mrs", "ordinal"), "utility", "0.40 (0.20–0.60)"),
        (("mrs", "ordinal"), "log_win_odds", "1.49 (1.22–1.82)"),
        (("mrs", "ordinal"), "log_or", "1.49 (1.22–1.82)"),
        (("dead", "binary"), "mean", "40.0 (20.0–60.0)"),
        (("dead", "binary"), "prob_le_0", "40.0 (20.0–60.0)"),
        (("score", "continuous"), "mean", "0.40 (0.20–0.60)"),
    ],
)
def test_by_hand_a_probability_is_in_percent_and_a_logarithm_a_ratio(examples, outcome, scale, text):
    """Of 0.4, 0.2 and 0.6; e to the power of 0.4 is 1.49."""
    read = reading("te", scale, study=family(examples, *outcome))
    assert read.text(row(0.4, 0.2, 0.6)) == text


def test_verdicts_need_an_interval_on_one_side(examples):
    read = reading("te", "mean", study=examples.study())
    assert read.verdict(row(-0.7, -0.9, -0.5)) == 1
    assert read.verdict(row(0.7, 0.5, 0.9)) == -1
    assert read.verdict(row(-0.7, -0.9, 0.1)) == 0
    assert read.verdict(row(-0.7, float("nan"), float("nan"))) == 0


@pytest.mark.parametrize(
    ("outcome", "named", "cut"),
    [
        (("mrs", "ordinal", "low"), 2, (2, 1)),
        (("mrs", "ordinal", "high"), 5, (4, -1)),
        (("dead", "binary", "low"), None, (0, 1)),
        (("dead", "binary", "high"), None, (0, -1)),
    ],
)
def test_who_reaches_the_named_level_is_counted_from_the_better_end(examples, outcome, named, cut):
    study = family(examples, *outcome)
    study = replace(study, analysis={**study.analysis, "named_level": named})
    scale, sign = named_cut(study)
    assert (scale.cut, sign) == cut
