# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""Effects, shares and figures on the page, and what it says of them."""

import re
from dataclasses import replace

from tests.unit.present.rendered_page import page, plain


def test_a_spline_has_no_single_path_b(examples):
    study, models, effects = examples.spline()
    diagnostics = examples.diagnostics()
    diagnostics["outcome"]["nonlinearity"] = {"p_value": 0.03}
    result = examples.result(study=study, models=models, effects=effects, diagnostics=diagnostics)
    text = plain(page(examples, result)).replace("\N{NO-BREAK SPACE}", " ")
    assert "on the same treatment: a curve (restricted cubic spline) without a single number." in text
    assert "The follow-up infarct volume may be such a predictor." in text
    assert "the mediator's curve against a straight line, P = .03." in text
    assert "spline term 3: coefficient" in text
    assert not re.search(r"\bnan\b", text.lower())


def test_every_tile_has_its_unit_its_null_and_its_better_side(examples):
    text = plain(page(examples, examples.result()))
    assert "−0.76 points 95% CI −0.90 to −0.61; below 0 is better" in text
    assert (
        "Total effect, common odds ratio of a better outcome 2.48 95% CI 1.77–3.53; above 1 is better" in text
    )
    assert "Share of the effect on the mean 24.4% 95% CI 16.2% to 32.5%" in text


def test_a_page_promises_a_difference_of_shares_only_where_there_is_one(examples):
    assert "and why shares differ, is said" in plain(page(examples))
    outcome = {"variable": "nihss", "family": "continuous", "better": "high"}
    study = examples.study(analysis={**examples.study().analysis, "outcome": outcome})
    effects = examples.effects()
    effects = effects[effects["scale"].isin(["mean", "coefficient", "proportion"])]
    text = plain(page(examples, examples.result(study=study, effects=effects)))
    assert "why shares differ" not in text
    # of a linear model's outcome all shares are one
    assert "Share on one scale (KHB)" not in text
    assert "before any adjustment. Higher is better." in text


def test_without_a_share_no_distribution_is_announced(examples):
    every = examples.withheld(("pm", "mean"), ("khb", "proportion"), ("log_or_difference", "proportion"))
    assert "Its bootstrap distribution is drawn" not in plain(page(examples, examples.result(effects=every)))
    assert "Its bootstrap distribution is drawn" in plain(page(examples))


def test_a_withheld_share_is_withheld_everywhere(examples):
    keys = [
        ("pm", "mean"),
        ("khb", "proportion"),
        ("log_or_difference", "proportion"),
        ("log_or_product", "proportion"),
    ]
    study = examples.study()
    analysis = {**study.analysis, "published_share": {"value": 0.12}}
    result = examples.result(study=examples.study(analysis=analysis), effects=examples.withheld(*keys))
    text = plain(page(examples, result, replace(result, figures={})))
    for share in ("24.4%", "29.1%", "12.2%"):
        assert share not in text
    assert not re.search(r"\bnan\b", text.lower())


def test_with_an_interaction_the_coefficient_at_zero_stands_in_the_models_table_only(examples):
    study, models, effects = examples.interaction()
    html = page(examples, examples.result(study=study, models=models, effects=effects))
    outside = re.sub(r"<caption>[^\n]*The three models</span></caption>.*?</table>", "", html, flags=re.S)
    assert "3.74" in html
    assert "3.74" not in outside
    assert "where the follow-up infarct volume is 0 mL" in plain(html)


def test_a_caption_tells_what_its_figure_shows(examples):
    text = plain(page(examples))
    assert "Better outcomes are to the left. Lines join the same level in both arms." in text
    assert "From randomisation to analysis. A participant is counted under the first rule" in text
    assert "The axis is spaced as the analysis transforms the mediator." in text
    assert "where its place is known" not in text
    few = examples.result(
        outcome=examples.withheld_levels("all"),
        flow=examples.flow().iloc[:1],
        study=examples.study(
            analysis={**examples.study().analysis, "mediator": {"variable": "fiv", "transform": "identity"}}
        ),
    )
    text = plain(page(examples, few))
    assert "Better outcomes are to the left; levels that are withheld are blank. Lines join" in text
    assert "the same level in both arms where its place is known." in text
    assert "From randomisation to analysis." in text
    assert "first rule" not in text
    assert "spaced as" not in text
    # what is withheld in one trial is not missing in the figure of all
    assert "levels that are withheld" not in plain(
        page(examples, examples.result(outcome=examples.withheld_levels()))
    )
