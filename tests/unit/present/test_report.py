# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from ipdmediation.present import report

VOID = {"meta", "link", "img", "br", "hr", "input"}


class Page(HTMLParser):
    """Checks that tags are closed in order and collects what tests ask about."""

    def __init__(self):
        super().__init__()
        self.open, self.headings, self.images, self.sources, self.ids, self.anchors = [], [], [], [], [], []
        self.captions = self.tables = 0

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img":
            self.images.append(found)
        self.sources += [found[name] for name in ("src", "href") if name in found]
        self.anchors += [found["href"][1:] for _ in "a" if tag == "a" and found["href"].startswith("#")]
        self.ids += [found["id"]] if "id" in found else []
        self.tables += tag == "table"
        self.captions += tag == "caption"

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def page(examples, *results, **parts):
    return report.render(examples.TEMPLATE, list(results) or [examples.result()], **parts)


def whole(examples):
    other = examples.study()
    other = examples.study(analysis={**other.analysis, "label": "Complete cases"})
    return page(
        examples, examples.result(), examples.result(study=other, figures={}), published=examples.published(),
        quality=examples.quality(), manifest=examples.manifest(),
    )  # fmt: skip


def parsed(html):
    found = Page()
    found.feed(html)
    assert not found.open
    return found


def plain(html):
    text = re.sub(r"<style>.*?</style>", "", html, flags=re.S)
    text = re.sub(r"<[^>]+>", " ", text).replace("\N{WORD JOINER}", "")
    return re.sub(r"\s+", " ", text).replace("&#39;", "'").replace("&lt;", "<")


def test_page_is_well_formed_and_accessible(examples):
    html = whole(examples)
    found = parsed(html)
    assert html.lstrip().startswith("<!DOCTYPE html>")
    assert found.headings[0] == 1
    assert found.headings.count(1) == 1
    assert all(
        later - earlier <= 1 for earlier, later in zip(found.headings, found.headings[1:], strict=False)
    )
    assert len(found.images) == 8
    assert all(len(image["alt"]) > 20 for image in found.images)
    assert found.tables == found.captions == 10
    assert set(found.anchors) <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))


def test_page_fetches_nothing(examples):
    html = whole(examples)
    assert all(source.startswith(("#", "data:")) for source in parsed(html).sources)
    assert "http" not in html
    assert "url(" not in html
    assert "<script" not in html


def test_answer_comes_first_and_is_made_from_the_numbers(examples):
    text = plain(whole(examples))
    assert text.index("The question and the answer") < text.index("From randomisation to analysis")
    assert "did better than those given standard care" in text
    assert (
        "Modified Rankin Scale at 90 days, common odds ratio of a better outcome 2.48 (95% CI 1.75–3.51)"
        in text
    )
    assert (
        "12% (1% to 19%) of the effect of endovascular therapy runs through follow-up infarct volume" in text
    )
    assert "the share is 24% (16% to 32%)" in text


def changed(examples, **estimates):
    effects = examples.effects()
    for effect, values in estimates.items():
        effects.loc[effects["effect"] == effect, ["estimate", "ci_low", "ci_high"]] = values
    return examples.result(effects=effects)


def test_other_numbers_make_another_answer(examples):
    text = plain(page(examples, changed(examples, log_or_difference=[0.45, 0.3, 0.6])))
    assert "45% (30% to 60%)" in text
    assert "12% (1%" not in text


@pytest.mark.parametrize(
    ("ratio", "words"), [([0.5, 0.3, 0.8], "did worse than"), ([1.1, 0.8, 1.5], "remains open")]
)
def test_harm_and_doubt_are_called_so(examples, ratio, words):
    models = examples.models()
    total = models["total"]
    total.loc[total["term"] == "treatment", ["ratio", "ratio_low", "ratio_high"]] = ratio
    (first, *_) = report.answer(examples.result(models=models))
    assert words in first
    assert "did better than" not in first


def test_meaning_explains_the_gap_with_its_numbers(examples):
    text = " ".join(report.meaning(examples.result()))
    assert "non-collapsibility" in text
    assert "12% from the difference, 29% when both models are put on one scale" in text
    assert "and 24% on the mean of the outcome" in text
    assert "because of the stretching" in text


@pytest.mark.parametrize(
    ("share", "words"), [([0.285, 0.1, 0.4], "stretching is small"), ([0.6, 0.4, 0.8], "does not explain")]
)
def test_meaning_follows_the_numbers(examples, share, words):
    text = " ".join(report.meaning(changed(examples, log_or_difference=share)))
    assert words in text
    assert "mostly the stretching" not in text


def test_a_share_outside_its_range_is_printed_and_explained(examples):
    text = " ".join(report.meaning(changed(examples, log_or_difference=[-0.15, -0.3, 0.02])))
    assert "lies outside 0% to 100% (−15.0% (−30.0% to 2.0%))" in text


def farther_from_1(examples):
    """Models whose odds ratio grows from 2.48 to 3.00 when the mediator enters."""
    models = examples.models()
    outcome = models["outcome"]
    columns = ["estimate", "ratio", "ratio_low", "ratio_high"]
    outcome.loc[outcome["term"] == "treatment", columns] = [np.log(3), 3.0, 2.0, 4.5]
    return models


@pytest.mark.parametrize(
    ("indirect", "words"),
    [
        ([-0.19, -0.25, -0.12], "−0.19 (−0.25 to −0.12), is clear."),
        ([-0.01, -0.06, 0.04], "−0.01 (−0.06 to 0.04), is not clearly different from none."),
    ],
)
def test_an_odds_ratio_that_grows_is_said_beside_the_indirect_effect(examples, indirect, words):
    effects = examples.effects()
    tnie = (effects["effect"] == "tnie") & (effects["scale"] == "mean")
    effects.loc[tnie, ["estimate", "ci_low", "ci_high"]] = indirect
    result = examples.result(models=farther_from_1(examples), effects=effects)
    text = " ".join(report.meaning(result))
    assert "moves away from 1 when the mediator enters, from 2.48 to 3.00" in text
    assert f"The indirect effect on the mean of the outcome, {words}" in text
    assert "moves away from 1" not in " ".join(report.meaning(examples.result()))


def test_a_negative_share_is_not_said_to_run_through_the_mediator(examples):
    result = changed(examples, log_or_difference=[-0.21, -0.4, -0.05])
    text = " ".join(report.answer(result))
    assert "further from 1 than without" in text
    assert "of the effect of endovascular therapy runs through" not in text


def test_analyses_with_different_measures_name_them(examples):
    study = examples.study()
    outcome = {"variable": "mrs", "family": "binary", "better": "low"}
    other = examples.study(analysis={**study.analysis, "label": "Alive", "outcome": outcome})
    text = plain(page(examples, examples.result(), examples.result(study=other, figures={})))
    assert "Primary analysis: common odds ratio 1665" in text
    assert "Alive: odds ratio 1665" in text
    assert "Total effect, common odds ratio (95% CI)" not in text.partition("All analyses beside")[2]


def test_a_withheld_share_gives_its_reason(examples):
    result = changed(examples, log_or_difference=[np.nan] * 3)
    result.effects.loc[4, "note"] = "withheld: the interval of the total effect includes 0"
    text = plain(page(examples, result))
    assert "is not stated: withheld: the interval of the total effect includes 0." in text
    assert "nan" not in text.lower().replace("nano", "")


def test_synthetic_data_are_announced(examples):
    html = whole(examples)
    assert "Nothing here is a finding about real people" in html
    assert "they are assumed, not reported" in html
    real = examples.study(synthetic=False)
    assert "ynthetic" not in plain(page(examples, examples.result(study=real, figures={})))


def test_optional_parts_vanish(examples):
    html = page(examples, examples.result(figures={}, diagnostics={}))
    found = parsed(html)
    assert not {"published", "quality", "analyses", "reproduce"} & set(found.ids)
    assert not found.images
    nothing = page(examples, published=examples.published().iloc[:0])
    assert "published" not in parsed(nothing).ids


def test_one_study_has_no_panels_by_trial(examples):
    study, _, _ = examples.framing()
    result = examples.result()
    one = examples.study(trials={"escape": "ESCAPE"})
    assert "in each trial" in page(examples, result)
    assert "The same in each trial" not in page(examples, examples.result(study=one))
    assert study.analysis["trial_effects"] == "none"


def test_published_disagreement_is_named(examples):
    text = plain(whole(examples))
    assert "3 of 4 published figures agree" in text
    assert "Not in agreement: Share explained." in text


def test_a_published_share_stands_beside_those_on_one_scale(examples):
    study = examples.study()
    redone = examples.study(
        analysis={**study.analysis, "label": "As published", "published_share": {"value": 0.12}}
    )
    text = plain(page(examples, examples.result(study=redone), published=examples.published()))
    (sentences,) = re.findall(r"The published share, 12\.0%, .* under Mediation\.", text)
    assert "In the analysis “As published” this run gives 12.2%" in sentences
    assert re.search(r"\) by difference; .*\) on one scale \(KHB\); .*\) of the mean outcome\.", sentences)
    assert "The published share" not in plain(whole(examples))


def test_fits_that_failed_are_not_hidden(examples):
    diagnostics = examples.diagnostics()
    warnings = ["EmptyLevelWarning: level 5 is empty."]
    diagnostics["total"] |= {"converged": False, "singular": True, "warnings": warnings}
    text = plain(page(examples, examples.result(diagnostics=diagnostics)))
    assert "The total model did NOT converge on 1665 participants" in text
    assert "the fit is singular. Level 5 is empty." in text
    assert "EmptyLevelWarning" not in text


@pytest.mark.parametrize(
    ("resampling", "words"),
    [
        ("stratified", "Participants are drawn with replacement within trial and arm (these trials)"),
        ("two_level", "Trials are drawn with replacement, and within each of them participants by arm"),
    ],
)
def test_methods_name_the_resampling_and_the_interval(examples, resampling, words):
    study = examples.study()
    bootstrap = {**study.analysis["bootstrap"], "resampling": resampling, "interval": "bca"}
    study = examples.study(analysis={**study.analysis, "bootstrap": bootstrap})
    text = plain(page(examples, examples.result(study=study)))
    assert words in text
    assert "bias-corrected and accelerated intervals (Efron 1987)" in text


def test_a_share_without_an_interval_says_why(examples):
    effects = examples.effects()
    shares = effects["effect"].isin(["log_or_difference", "khb", "pm"])
    effects.loc[shares, ["ci_low", "ci_high"]] = np.nan
    effects.loc[shares, "note"] = "no BCa interval: all replicates are above the estimate"
    text = plain(page(examples, examples.result(effects=effects)))
    assert "no BCa interval: all replicates are above the estimate" in text
    assert "nan" not in text.lower().split()


def test_manifest_is_shown(examples):
    text = plain(whole(examples))
    for piece in ("20190211", "6081f80", "numpy", "2.4.6", "config/trials/mr_clean.yaml", "a" * 64):
        assert piece in text


def test_all_analyses_stand_beside_each_other(examples):
    text = plain(whole(examples))
    assert "Complete cases 1665 2.48 (1.75–3.51) 2.22 (1.53–3.22)" in text


def test_a_linear_outcome_has_no_odds_ratio(examples):
    models = examples.models()
    for frame in models.values():
        frame[["ratio", "ratio_low", "ratio_high"]] = np.nan
        frame["ratio_unit"] = np.nan
    study = examples.study()
    outcome = {"variable": "nihss", "family": "continuous", "better": "low"}
    study = examples.study(analysis={**study.analysis, "outcome": outcome})
    result = examples.result(study=study, models=models, figures={})
    sentences = " ".join([*report.answer(result), *report.meaning(result)])
    assert "NIHSS at baseline was higher in participants given endovascular therapy" in sentences
    assert "odds" not in sentences


def test_a_spline_has_no_single_path_b(examples):
    study, models = examples.spline()
    diagnostics = examples.diagnostics()
    diagnostics["outcome"]["nonlinearity"] = {"p_value": 0.03}
    effects = examples.effects()
    effects = effects[~effects["effect"].isin(["mediator_effect", "log_or_product"])]
    result = examples.result(study=study, models=models, effects=effects, diagnostics=diagnostics)
    text = plain(page(examples, result)).replace("\N{NO-BREAK SPACE}", " ")
    assert "on the same treatment: a curve (restricted cubic spline) without a single number." in text
    assert "Follow-up infarct volume may be such a predictor." in text
    assert "the mediator's curve against a straight line, P = .03." in text
    assert "spline term 3: coefficient" in text
    assert "nan" not in text.lower().replace("nano", "")


@pytest.mark.parametrize(
    ("covariates", "sentence"),
    [
        ([], "No model has covariates."),
        (["age", "female"], "All models are adjusted for age and female."),
        (
            "age + bs(nihss, df=4)",
            "All models are adjusted for age and NIHSS at baseline (as the formula age + bs(nihss, df=4)).",
        ),
        (
            {"mediator": [], "outcome": ["age"]},
            "The mediator model is adjusted for nothing, the total and the outcome model for age.",
        ),
    ],
)
def test_covariates_are_told(examples, covariates, sentence):
    study = examples.study()
    study = examples.study(analysis={**study.analysis, "covariates": covariates})
    assert sentence in plain(page(examples, examples.result(study=study)))


def test_patient_rows_are_refused(examples):
    patients = pd.DataFrame({"trial": ["a"], "patient": ["1"], "treatment": [1], "age": [70.0]})
    with pytest.raises(
        report.PatientRowsError, match="Primary analysis: baseline: columns age, patient, treatment"
    ):
        page(examples, examples.result(baseline=patients))
    unnamed = pd.DataFrame({"age": [70.0], "mrs": [3]})
    with pytest.raises(report.PatientRowsError, match="aggregate"):
        page(examples, quality={"a": unnamed})


def test_labels_are_escaped(examples):
    study = examples.study(title="A <b>bold</b> & dangerous title")
    html = page(examples, examples.result(study=study))
    assert "A &lt;b&gt;bold&lt;/b&gt; &amp; dangerous title" in html


def test_tables_read_back_from_files_give_the_same_page(examples, tmp_path):
    def again(frame):
        frame.to_csv(tmp_path / "t.csv", index=False)
        return pd.read_csv(tmp_path / "t.csv")

    direct = examples.result()
    tables = {
        name: again(getattr(direct, name)) for name in ("flow", "baseline", "outcome", "mediator", "effects")
    }
    models = {name: again(frame) for name, frame in direct.models.items()}
    read = examples.result(**tables, models=models)
    quality = {trial: again(frame) for trial, frame in examples.quality().items()}
    assert page(examples, read, published=again(examples.published()), quality=quality) == page(
        examples, direct, published=examples.published(), quality=examples.quality()
    )
