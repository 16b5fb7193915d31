import re
import unicodedata

import pandas as pd
import pytest

from ipdmediation.present.report.methods import methods
from ipdmediation.present.sources import SOURCES


def of(examples, **choices):
    study = examples.study()
    study = examples.study(analysis={**study.analysis, **choices})
    return methods(examples.result(study=study), version="1.2.3")


def told(examples, **choices):
    return " ".join(of(examples, **choices).done)


def test_only_sources_that_are_named_are_listed(examples):
    for choices in ({}, {"interaction": True}, {"trial_effects": "none"}, {"covariates": []}):
        made = of(examples, **choices)
        text = " ".join([*made.done, *made.assumed])
        named = {key for key in SOURCES if key in text}
        assert list(made.sources) == [key for key in SOURCES if key in named]
        # A year in parentheses, or after a name, belongs to a source of the list.
        cited = re.findall(r"[a-z] (?:et al\. )?((?:19|20)\d{2})\b", text)
        assert set(cited) <= {key.rpartition(" ")[2] for key in named}


@pytest.mark.parametrize(
    ("choices", "words", "not_words"),
    [
        ({"trial_effects": "random_slope"}, "Laplace approximation", "no trial effects"),
        ({"trial_effects": "fixed"}, "indicators", "Laplace"),
        (
            {"trial_effects": "fixed"},
            "by maximum likelihood, the mediator model by least squares.",
            "All models were fitted",
        ),
        (
            {
                "trial_effects": "none",
                "outcome": {"variable": "nihss", "family": "continuous", "better": "low"},
            },
            "All models were fitted by least squares.",
            "likelihood",
        ),
        ({"interaction": True}, "expected log odds, averaged over the participants", "keeps them apart"),
        ({"trial_effects": "none"}, "The 7 trials were not told apart", "There was one study"),
        ({"interaction": True}, "with their interaction", "The share by difference is one minus"),
        (
            {"weights": "nihss"},
            "Participants were weighted by “NIHSS at baseline”, divided by its mean",
            "restricted",
        ),
        (
            {"mediator": {"variable": "fiv", "transform": "log", "offset": 1, "centred": "within_trial"}},
            "so that zero is allowed, as the difference from its mean in the participant's own trial;",
            "spline",
        ),
        (
            {"estimation": "reml"},
            "the mediator model by restricted maximum likelihood.",
            "weighted",
        ),
        (
            {"cluster": "occlusion"},
            "Each level of “Occlusion site” within a trial had its own level and its own treatment effect, "
            "normally distributed. Trials had their own levels as well (indicators).",
            "in a trial like their own",
        ),
        ({"cluster": "occlusion"}, "each in a cluster like their own", "Each trial has"),
        ({"trial_effects": "none", "trials": ["escape"]}, "There was one study", "were not told apart"),
        ({"trial_effects": "none", "trials": ["escape", "piste"]}, "The 2 trials were not told", "7 trials"),
        (
            {"trial_effects": "none", "trials": ["escape"]},
            "drawn with replacement within arm",
            "within trial",
        ),
    ],
)
def test_the_models_are_told_as_they_are(examples, choices, words, not_words):
    text = told(examples, **choices)
    assert words in text
    assert not_words not in text


def test_one_study_is_called_so(examples):
    study = examples.study(
        trials={"one": "One"}, analysis={**examples.study().analysis, "trial_effects": "none"}
    )
    text = " ".join(methods(examples.result(study=study)).done)
    assert "There was one study, so the models had no trial effects." in text


def test_imputation_is_told_only_where_something_was_imputed(examples):
    assert "imputed 10 times" in told(examples)
    assert "ASPECTS at baseline in 41." in told(examples)
    assert "age in 0" not in told(examples)
    nothing = methods(examples.result(missing=examples.missing().iloc[:0]))
    text = " ".join(nothing.done)
    assert "No participant in the analysis lacked a value" in text
    assert "mput" not in text
    assert not any("Rubin" in source for source in nothing.sources)


def test_complete_cases_are_told_with_what_was_missing(examples):
    table = examples.missing().assign(handled="excluded")
    text = " ".join(methods(examples.result(missing=table)).done)
    assert "were left out: ASPECTS at baseline in 41" in text
    assert "chained equations" not in text
    one = table[table["variable"] == "aspects"]
    several = pd.concat([one, one.assign(variable="nihss")])
    assert "may lack several" not in " ".join(methods(examples.result(missing=one)).done)
    assert "may lack several" in " ".join(methods(examples.result(missing=several)).done)


def test_one_trial_has_no_other_to_draw_within(examples):
    one = examples.study(trials={"piste": "PISTE"})
    text = " ".join(methods(examples.result(study=one)).done)
    assert "drawn with replacement within arm (inference for this study)" in text


def test_a_withheld_share_is_not_told_as_given(examples):
    text = " ".join(methods(examples.result(effects=examples.withheld(("pm", "mean")))).done)
    assert "over the total one; it is withheld here." in text
    assert "withheld" not in " ".join(methods(examples.result()).done)


@pytest.mark.parametrize(
    ("resampling", "words"),
    [
        ("stratified", "within trial and arm (inference for these trials)"),
        ("two_level", "Trials were drawn with"),
    ],
)
@pytest.mark.parametrize(
    ("interval", "name"),
    [("percentile", "percentile intervals (Davison"), ("bca", "accelerated intervals (Efron")],
)
def test_the_bootstrap_is_told(examples, resampling, words, interval, name):
    bootstrap = {**examples.study().analysis["bootstrap"], "resampling": resampling, "interval": interval}
    text = told(examples, bootstrap=bootstrap)
    assert words in text
    assert name in text
    assert "P values: twice the smaller share" in text


@pytest.mark.parametrize(
    ("covariates", "sentence"),
    [
        ([], "No model had covariates."),
        (["age", "female"], "All models were adjusted for age and female sex."),
        (
            "age + bs(nihss, df=4)",
            "All models were adjusted for age and NIHSS at baseline (as the formula age + bs(nihss, df=4)).",
        ),
        (
            {"mediator": [], "outcome": ["age"]},
            "The mediator model was adjusted for nothing, the total and the outcome model for age.",
        ),
    ],
)
def test_covariates_are_told(examples, covariates, sentence):
    assert sentence in told(examples, covariates=covariates)


def test_the_software_is_cited_with_its_version(examples):
    assert "made with ipdmediation 1.2.3" in told(examples)


def test_assumptions_follow_the_analysis(examples):
    assumed = " ".join(of(examples).assumed)
    assert "nothing unmeasured affects both the follow-up infarct volume and" in assumed
    assert "proportional odds" in assumed
    assert "the same in both arms" in assumed
    assert "99 randomised participants are not analysed" in assumed
    curved = {**examples.study().analysis["mediator"], "spline_knots": 4}
    other = " ".join(of(examples, interaction=True, mediator=curved).assumed)
    assert "the same in both arms" not in other
    assert "straight line" not in other
    everybody = methods(examples.result(flow=pd.DataFrame(examples.flow().iloc[:1])))
    assert "not analysed" not in " ".join(everybody.assumed)


def test_what_is_missing_has_its_assumption(examples):
    whole = " ".join(methods(examples.result(missing=examples.missing().iloc[:0])).assumed)
    assert "missing" not in whole
    imputed = " ".join(methods(examples.result()).assumed)
    assert "taken to be missing at random" in imputed
    assert "Leaving out" not in imputed
    left_out = " ".join(
        methods(examples.result(missing=examples.missing().assign(handled="excluded"))).assumed
    )
    assert "Leaving out participants without a value does no harm only where" in left_out
    assert "at random" not in left_out


def test_how_many_left_by_a_rule_is_counted_from_those_who_stayed(examples):
    """What was excluded in single steps may be withheld: 1764 less 1665."""
    hidden = examples.withheld_flow().assign(excluded=lambda flow: flow["excluded"].where(flow["step"] != 2))
    for steps in (examples.flow(), examples.withheld_flow(), hidden):
        told = " ".join(methods(examples.result(flow=steps), version="1").assumed)
        assert "99 randomised participants are not analysed" in told


def test_one_missing_value_is_told_and_none_is_not(examples):
    table = examples.missing()
    lacking = table[(table["trial"] == "all") & table["variable"].eq("aspects")]
    assert len(lacking) == 1
    for missing, handled, told in ((1, "imputed", True), (1, "excluded", True), (0, "imputed", False)):
        one = lacking.assign(missing=missing, handled=handled)
        text = " ".join(methods(examples.result(missing=one)).done)
        assert ("ASPECTS at baseline in 1." in text) == told, text
        assert ("No participant in the analysis lacked a value" in text) != told


def test_sources_stand_in_the_order_of_their_authors() -> None:
    printed = [unicodedata.normalize("NFKD", source.printed).casefold() for source in SOURCES.values()]
    assert printed == sorted(printed)
