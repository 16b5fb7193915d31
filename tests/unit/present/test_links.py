# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""No text calls the coefficients of another link than the logit odds ratios or their logarithms."""

import math
import re
from html import unescape
from itertools import product

import pytest
from matplotlib.text import Text

from ipdmediation.present.figures.model_coefficients import model_coefficients
from ipdmediation.present.figures.outcome_by_arm import outcome_by_arm
from ipdmediation.present.figures.path_diagram import path_diagram
from ipdmediation.present.figures.proportion_distribution import proportion_distribution
from ipdmediation.present.report.answer import answer
from ipdmediation.present.report.meaning import meaning
from ipdmediation.present.report.methods import methods
from ipdmediation.present.report.page import render
from ipdmediation.present.tables.effects import effects
from ipdmediation.present.tables.models import models
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.links import LINKS
from tests.unit.present.test_captions import CAPTIONS, rendered

OTHERS = [link for link in LINKS.values() if not link.odds]
WITH_LINKS = [family.key for family in FAMILIES.values() if family.links]
EVERY = list(product(LINKS.values(), WITH_LINKS))
SHAPES = ("plain", "interaction", "withheld", "against", "high", "other cohort")
PAGES = [
    *((link, family, "plain") for link, family in EVERY),
    *((LINKS["probit"], "ordinal", shape) for shape in SHAPES[1:]),
    (LINKS["cloglog"], "binary", "interaction"),
]
#: What the distributions give under every link.
OF_DISTRIBUTIONS = re.compile(
    r"win odds|(?:common )?odds ratio of a better outcome(?: \([^)]*\))?, averaged over the participants",
    re.IGNORECASE,
)
ODDS = re.compile(r"odds|logit|logistic", re.IGNORECASE)


def made(examples, link, family, shape="plain"):
    """A small result of models with a link; coefficients of the outcome have no ratios but the logit's."""
    study, tables, given = examples.study(), examples.models(), examples.effects()
    if shape == "interaction":
        study, tables, given = examples.interaction()
    if shape == "withheld":
        given = examples.withheld(("pm", "mean"), ("log_or_difference", "proportion"))
    if shape == "against":
        given = examples.changed("log_or_difference", "proportion", estimate=-0.1, ci_low=-0.3, ci_high=0.1)
    if shape == "high":
        given = examples.changed("log_or_difference", "proportion", estimate=0.28, ci_low=0.1, ci_high=0.4)
    if shape == "other cohort":
        given = given[given["effect"] != "log_or_difference"]
    analysis = {**study.analysis, "published_share": {"value": 0.12, "low": 0.01, "high": 0.19}}
    analysis["outcome"] = {**analysis["outcome"], "family": family, "link": link.key}
    variables = dict(study.variables)
    if family == "binary":
        variables["mrs"] = {"type": "binary", "label": "Dead at 90 days"}
        given = given[~given["scale"].str.startswith("prob_le")]
    for name in ("total", "outcome"):
        frame = tables[name]
        frame["ratio_unit"] = frame["ratio_unit"].where(~frame["ratio"].notna(), FAMILIES[family].ratio(link))
        if not link.odds:
            frame[["ratio", "ratio_low", "ratio_high"]] = math.nan
    study = examples.study(analysis=analysis, variables=variables)
    outcome = examples.outcome()
    if family == "binary":
        outcome = examples.shares(
            {"all": {"treated": [500, 321], "control": [420, 424]}}, ["0", "1"], variable="mrs"
        )
    return examples.result(study=study, models=tables, effects=given, outcome=outcome)


def page_of(examples, result):
    published = examples.published()
    published = published[~published["label"].str.contains("odds")]  # the words of a configuration
    html = render(
        examples.TEMPLATE, [result, result], published=published, quality=examples.quality(),
        truth=examples.truth(),
    )  # fmt: skip
    html = re.sub(r"<style>.*?</style>", "", html, flags=re.S)
    alts = " ".join(re.findall(r'alt="([^"]*)"', html))
    return unescape(re.sub(r"<[^>]+>", " ", html).replace("\N{WORD JOINER}", "") + alts)


def figures_of(examples, result):
    study, given = result.study, result.effects
    drawn = [
        path_diagram(given, study=study),
        model_coefficients(result.models["total"], result.models["outcome"], given, study=study),
        outcome_by_arm(result.outcome, study=study, effects=given),
        proportion_distribution(examples.draws(), given, study=study),
    ]
    return " ".join(item.get_text() for figure in drawn for item in figure.findobj(Text))


def said(text):
    """What a text says of odds beyond the effects that come from the distributions."""
    text = OF_DISTRIBUTIONS.sub("", re.sub(r"\s+", " ", text))
    return [text[max(found.start() - 60, 0) : found.end() + 40] for found in ODDS.finditer(text)]


@pytest.mark.parametrize(("link", "family", "shape"), PAGES, ids=lambda part: getattr(part, "key", part))
def test_only_the_logit_has_odds_on_the_page(examples, link, family, shape):
    text = page_of(examples, made(examples, link, family, shape))
    if link.odds:
        assert said(text)
    else:
        assert said(text) == []
        assert link.measure in text
    assert "averaged over the participants" in text  # the standardised odds ratio stays


@pytest.mark.parametrize(("link", "family"), EVERY[:6], ids=lambda part: getattr(part, "key", part))
def test_only_the_logit_has_odds_in_the_figures(examples, link, family):
    text = figures_of(examples, made(examples, link, family))
    assert bool(said(text)) == link.odds
    assert link.measure in text.replace("\n", " ")


@pytest.mark.parametrize("file", CAPTIONS)
def test_captions_of_snakemake_s_report_hold_for_every_link(file):
    assert said(rendered(file, None)) == []


@pytest.mark.parametrize("link", OTHERS, ids=lambda link: link.key)
def test_a_coefficient_of_another_link_is_written_as_it_is(examples, link):
    result = made(examples, link, "ordinal")
    rows = effects(result.effects, study=result.study).cells.set_index("Effect")
    total = rows.loc["Treatment, not adjusted for the mediator (total)"]
    assert total["Scale"] == f"{link.measure} of a better outcome"
    assert total["Estimate (95% CI)"].startswith("0.91 (0.57")
    assert (total["No effect"], total["Better"]) == ("0", "above 0")
    table = models(result.models, study=result.study)
    head = f"Outcome model: {link.measure} (95% Wald CI)"
    assert head in table.cells.columns
    assert table.cells.set_index("Term").loc["Age, per year", head].startswith("−0.03")
    assert any(note.endswith("coefficient above 0 means a better outcome.") for note in table.notes)
    assert f"the {link.measure} shrinks" in " ".join(answer(result))
    assert "(it goes from 0.91 to 0.80)" in " ".join(answer(result))


def test_the_mediator_s_model_has_no_link(examples):
    result = made(examples, LINKS["probit"], "ordinal")
    analysis = {**result.study.analysis, "mediator": {"variable": "fiv", "transform": "identity"}}
    tables = {**result.models, "mediator": result.models["mediator"].assign(ratio=math.nan)}
    columns = models(tables, study=examples.study(analysis=analysis)).cells.columns
    assert "Mediator model: difference, mL (95% Wald CI)" in columns


def test_the_methods_name_the_model_and_what_is_the_same_at_each_cut(examples):
    def told(key, family="ordinal"):
        found = methods(made(examples, LINKS[key], family))
        return found.done[0], " ".join(found.assumed)

    assert "was modelled by a proportional-odds (cumulative logit) model" in told("logit")[0]
    assert "(proportional odds)" in told("logit")[1]
    model, assumed = told("probit")
    assert (
        "a cumulative probit model: the probability of a level or a worse one is F(threshold − predictor), "
        "where F is the standard normal distribution function; each cut of the scale has its own threshold, "
        "and all cuts have one predictor, so that participants differ by the same amount at each cut on the "
        "probit scale."
    ) in model
    assert "every probit coefficient is the same at each cut of the scale (parallel on the probit scale)" in (
        assumed
    )
    assert (
        "where F(x) = 1 − exp(−exp(x)) (of the reversed levels the same model is called log-log); each cut"
    ) in told("cloglog")[0]
    assert (
        "where F(x) = exp(−exp(−x)) (of the reversed levels the same model is called complementary log-log); "
        "each cut"
    ) in told("loglog")[0]
    assert "where F is the standard Cauchy distribution function; each cut" in told("cauchit")[0]
    model, assumed = told("cloglog", "binary")
    assert (
        "a binary complementary log-log model: the probability of “Dead at 90 days: Yes” is F(threshold − "
        "predictor), where F(x) = 1 − exp(−exp(x)) (of the reversed levels the same model is called log-log)."
    ) in model
    assert "cut of the scale" not in assumed


@pytest.mark.parametrize("link", OTHERS, ids=lambda link: link.key)
def test_non_collapsibility_is_said_of_every_link(examples, link):
    text = " ".join(meaning(made(examples, link, "ordinal")))
    assert f"{link.measure} changes when a strong predictor of the outcome enters the model" in text
    grown = examples.changed("direct", "coefficient", estimate=1.1)
    result = made(examples, link, "ordinal")
    text = " ".join(meaning(examples.result(study=result.study, models=result.models, effects=grown)))
    assert f"Here the {link.measure} moves away from 0 when the mediator enters, from 0.91 to 1.10" in text
