# ruff: noqa: RUF001 - printed numbers carry true minus signs
"""What is said to readers who cannot see a figure: its numbers, each from a table."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pandas as pd
import pytest

from ipdmediation.plumbing.result_files import TABLES
from ipdmediation.present.report import figure_numbers
from ipdmediation.present.report.by_arm import levels_by_arm
from ipdmediation.present.report.exhibits import main_tables
from ipdmediation.present.report.figure_words import FIGURE_WORDS, alternative, caption, legend, shows
from ipdmediation.present.report.page import render
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.tables.evidence import SHOWN
from tests.tracing import untraced
from tests.unit.present import examples
from tests.unit.present.test_each_trial import EVIDENCE as BY_TRIAL
from tests.unit.present.test_surrogacy import EVIDENCE as SURROGACY
from tests.unit.present.test_undoing import everything

EVIDENCE = {**BY_TRIAL, **SURROGACY, **everything()}
#: Those without are told by a table beside them.
READ = {
    "patient_flow", "balance", "outcome_by_arm", "mediator_by_arm", "calibration", "mediator_residuals",
    "four_worlds", "effects_by_cut", "proportion_distribution", "each_trial", "leave_one_out", "confounding",
    "specification_curve",
}  # fmt: skip


def all_analyses(kind: str) -> list[AnalysisResult]:
    """Two analyses of an outcome of some kind, the second with another indirect effect."""
    study, effects = examples.study(), examples.effects()
    tables: dict[str, Any] = {}
    if kind == "withheld":
        effects = examples.withheld(("pm", "mean"), ("log_or_difference", "proportion"))
        tables["outcome"] = examples.withheld_levels("all")
    if kind == "continuous":
        outcome = {"variable": "nihss", "family": "continuous", "better": "high"}
        study = examples.study(analysis={**study.analysis, "outcome": outcome})
        effects = effects[effects["scale"].isin(["mean", "coefficient", "proportion"])]
        tables = {
            "outcome": examples.mediator().assign(variable="nihss"),
            "worlds": examples.worlds(()),
            "calibration": examples.calibration(()),
        }
    main = examples.result(study=study, effects=effects, evidence=EVIDENCE, **tables)
    other = effects.copy()
    other.loc[(other["effect"] == "tnie") & (other["scale"] == "mean"), "estimate"] = -0.327
    named = replace(study, analysis={**study.analysis, "label": "The other one"})
    return [main, replace(main, study=named, effects=other)]


@pytest.mark.parametrize("kind", ["ordinal", "withheld", "continuous"])
def test_every_number_that_is_read_out_is_one_of_a_table(kind: str) -> None:
    results = all_analyses(kind)
    main = results[0]
    tables = {
        **{name: getattr(main, name) for name in ("flow", "baseline", "outcome", "mediator", "effects")},
        **EVIDENCE, "worlds": main.worlds, "calibration": main.calibration, "residuals": main.residuals,
        "other": results[1].effects,
    }  # fmt: skip
    said = [alternative(name, results) for name in FIGURE_WORDS]
    given = ["95%", "90", "of 0–2", *main.study.levels(main.study.outcome).values()]
    assert untraced(said, tables, given=given) == []
    assert not any(re.search(r"\bnan\b|None|\{|\}", text) for text in said)


def test_the_main_figures_are_read_out_and_the_others_are_not() -> None:
    results = all_analyses("ordinal")
    assert {name for name, words in FIGURE_WORDS.items() if words.reads(results)} == READ
    for name in READ:
        (first, *_) = FIGURE_WORDS[name].reads(results)
        assert alternative(name, results).startswith(f"{shows(name, results[0])} {first}")
        assert re.search(r"\d", first), name


def test_the_largest_difference_is_read_out_whichever_arm_has_more() -> None:
    table = examples.baseline()
    table.loc[(table["variable"] == "age") & (table["statistic"] == "smd"), "estimate"] = -0.213
    (said,) = figure_numbers.balance([examples.result(baseline=table)])
    assert said == "The largest is 0.21, of age."
    assert figure_numbers.balance([examples.result(baseline=table[table["statistic"] != "smd"])]) == []


def test_the_calibration_is_read_out_where_it_is_worst_of_what_is_shown() -> None:
    table = examples.calibration()
    worst = (table["arm"] == "treated") & (table["group"] == 3) & (table["level"] == "2")
    table.loc[worst, ["observed", "expected"]] = [0.612, 0.103]
    hidden = (table["arm"] == "control") & (table["group"] == 1) & (table["level"] == "6")
    table.loc[hidden, "expected"] = 0.999
    (said,) = figure_numbers.calibration([examples.result(calibration=table)])
    assert "with endovascular therapy, in group 3 of the mediator" in said
    assert said.endswith("in 61.2% observed, 10.3% expected.")
    assert (
        figure_numbers.calibration([examples.result(calibration=table.assign(observed=float("nan")))]) == []
    )


def test_a_level_or_a_share_that_is_withheld_is_read_out_as_such() -> None:
    results = all_analyses("withheld")
    assert "withheld" in " ".join(figure_numbers.outcome_by_arm(results))
    shares = figure_numbers.proportion_distribution(results)
    assert [text.partition(": ")[2][:8] for text in shares] == ["withheld", "29.1% (9", "withheld"]


def test_the_caption_says_of_what_each_given_share_is_one() -> None:
    both, one = (
        "the effect on the mean of the outcome itself; ",
        "where the scale changes as the mediator enters",
    )
    text = caption("proportion_distribution", all_analyses("ordinal")[0])
    assert "three ways. They differ in what they are shares of: " + both in text
    assert "; the log common odds ratio of treatment, with both models on the scale of the one with" in text
    assert one in text
    withheld = examples.withheld(("log_or_difference", "proportion"))
    text = caption("proportion_distribution", examples.result(effects=withheld))
    assert "two ways" in text
    assert one not in text
    single = examples.withheld(("log_or_difference", "proportion"), ("khb", "proportion"))
    for result in (examples.result(effects=single), all_analyses("continuous")[0]):
        text = caption("proportion_distribution", result)
        assert text.endswith("mediated. Its bootstrap distribution is drawn, with estimate and interval.")


def test_the_outermost_trials_and_analyses_are_named() -> None:
    results = all_analyses("ordinal")
    of_all = figure_numbers.specification_curve(results)
    assert of_all[1].endswith("from −0.33 (“The other one”) to −0.19 (“Primary analysis”).")
    trials = BY_TRIAL["trials"]
    rows = trials[(trials["effect"] == "tnie") & (trials["scale"] == "mean") & trials["estimate"].notna()]
    ends = [rows.loc[getattr(rows["estimate"], which)(), "trial"] for which in ("idxmin", "idxmax")]
    last = figure_numbers.each_trial(results)[-1]
    assert re.findall(r"\(([^()]*)\)", last) == [results[0].study.trial(trial) for trial in ends]
    alone = replace(results[0], evidence={**EVIDENCE, "trials": trials[trials["trial"] == ends[0]]})
    assert not any("single trials" in text for text in figure_numbers.each_trial([alone]))


def test_an_analysis_on_another_scale_is_not_compared() -> None:
    results = [all_analyses("ordinal")[0], all_analyses("continuous")[1]]
    assert len(figure_numbers.specification_curve(results)) == 1


def test_the_cut_that_the_answer_names_is_read_out_with_how_far_the_others_reach() -> None:
    effects = examples.effects()
    more = effects[effects["scale"] == "prob_le_2"].assign(scale="prob_le_4")
    more["estimate"] = more["estimate"] * 0.4
    wide = examples.result(effects=pd.concat([effects, more], ignore_index=True))
    named, total, indirect = figure_numbers.effects_by_cut([wide])
    assert "of 0–2: total effect 17.0 percentage points (95% CI 13.7–20.1)" in named
    assert total == "Over all cuts the total effect goes from 6.8 to 17.0 percentage points."
    assert "from 1.7 to 4.3 percentage points" in indirect


@pytest.mark.parametrize("synthetic", [True, False])
def test_a_manuscript_says_what_the_page_says_and_that_data_are_synthetic(synthetic: bool) -> None:
    made = examples.result(study=examples.study(synthetic=synthetic))
    for name in made.figures:
        text = caption(name, made)
        assert text.endswith(".")
        assert legend(name, made) == text + (" Synthetic data." if synthetic else "")


def test_figures_and_tables_have_one_order_on_the_page_and_in_a_manuscript() -> None:
    results = all_analyses("ordinal")
    drawn = replace(results[0], figures=dict.fromkeys(reversed(FIGURE_WORDS), examples.SVG))
    html = render(examples.TEMPLATE, [drawn, results[1]])
    words = re.findall(r"<figcaption>.*?</a> (.*?)(?: <span|</figcaption>)", html)
    assert words == [text for name in FIGURE_WORDS if (text := caption(name, drawn)) in words]
    assert len(words) >= 18
    titles = map(unescape, re.findall(r"<caption>.*?</a> (.*?)</span></caption>", html))
    tables = main_tables(results)
    names = [table.name for table in tables]
    assert names == [name for name in (*TABLES, *SHOWN, "analyses") if name in names]
    assert {*TABLES, "each_trial", "confounding", "analyses"} <= set(names)
    wanted = [table.title for table in tables]
    assert [title for title in titles if title in wanted] == wanted


def test_a_binary_outcome_is_read_out_as_it_is_drawn() -> None:
    """Its table has the share with the event alone."""
    words = examples.study()
    outcome = {"variable": "female", "family": "binary", "better": "low"}
    study = replace(words, analysis={**words.analysis, "outcome": outcome})
    table = (
        examples.baseline().query("variable == 'female'").assign(estimate=lambda rows: rows["estimate"] / 2)
    )
    said = levels_by_arm(table, study=study)
    assert said == ["EVT: no 77%, yes 23%.", "Control: no 77%, yes 23%."]
    hidden = table.assign(estimate=float("nan"))
    assert levels_by_arm(hidden, study=study) == [
        "EVT: all levels withheld.",
        "Control: all levels withheld.",
    ]


def test_a_level_that_nobody_has_is_not_read_out_as_withheld() -> None:
    table = examples.outcome()
    said = levels_by_arm(table[table["level"] != "5"], study=examples.study())
    assert all("severe disability 0%, dead" in text for text in said)
    assert not any("withheld" in text for text in said)


def test_labels_inside_a_sentence_begin_in_lower_case() -> None:
    results = all_analyses("ordinal")
    assert shows("path_diagram", results[0]).startswith(
        "Paths from treatment through the follow-up infarct volume to the modified Rankin Scale at 90 days"
    )
    assert shows("outcome_by_arm", results[0]).startswith("Modified Rankin Scale at 90 days by arm.")


@pytest.mark.parametrize(
    ("figure", "table", "column", "words"),
    [
        ("confounding", "confounding", "rho", "Dashed: where nothing is mediated."),
        ("each_trial", "pooled", "prediction_low", "the prediction for a new trial (bar)"),
        ("surrogacy", "surrogate_line", "predicted", "The line through them"),
    ],
)
def test_a_caption_speaks_of_nothing_that_is_not_drawn(
    figure: str, table: str, column: str, words: str
) -> None:
    main = all_analyses("ordinal")[0]
    assert words in caption(figure, main)
    frame = EVIDENCE[table]
    without = {
        "rho": frame.assign(rho=frame.get("rho", 0) * 0.1),  # what undoes the effect lies beyond it
        "prediction_low": frame.assign(prediction_low=float("nan")),
        "predicted": frame.iloc[:0],
    }[column]
    assert words not in caption(figure, replace(main, evidence={**EVIDENCE, table: without}))


def test_the_intervals_of_covariates_are_named_where_there_are_covariates() -> None:
    main = examples.result()
    words = "Those of the covariates are Wald intervals."
    assert words in caption("model_coefficients", main)
    alone = {name: table[table["kind"] != "covariate"] for name, table in main.models.items()}
    assert words not in caption("model_coefficients", replace(main, models=alone))


@pytest.mark.parametrize(
    ("covariates", "adjusted"),
    [(["age"], True), ([], False), ("1 + age", True), ({"mediator": ["age"], "outcome": []}, False)],
)
def test_a_ratio_beside_raw_bars_says_whether_it_is_adjusted(covariates: Any, adjusted: bool) -> None:
    study = examples.study()
    study = replace(study, analysis={**study.analysis, "covariates": covariates})
    said = figure_numbers.outcome_by_arm([examples.result(study=study)])[-1]
    assert said.startswith("Adjusted common odds ratio" if adjusted else "Common odds ratio")
