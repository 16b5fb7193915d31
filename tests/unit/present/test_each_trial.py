"""Each trial, the pooled ones and the analysis without one: what figure, table and page say."""

# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from ipdmediation.evidence.columns import LEFT_OUT_COLUMNS, POOLED_COLUMNS, TRIAL_COLUMNS, with_words
from ipdmediation.present.figures.each_trial import each_trial as each_trial_figure
from ipdmediation.present.figures.forest import MOST_NAMED, axis_limits
from ipdmediation.present.figures.leave_one_out import leave_one_out as leave_one_out_figure
from ipdmediation.present.report.evidence_methods import evidence_methods
from ipdmediation.present.report.page import render
from ipdmediation.present.report.privacy import PatientRowsError
from ipdmediation.present.scales import Reading
from ipdmediation.present.tables.each_trial import each_trial as each_trial_table
from ipdmediation.present.tables.leave_one_out import leave_one_out as leave_one_out_table
from tests.unit.present.examples import TEMPLATE, TRIALS, effects, many_trials, result, study

REASON = "all of its patients are in one arm"


def by_trial(names: Any = TRIALS, left_out: str = "piste") -> pd.DataFrame:
    """The table of the trials, one of them left out."""
    rows: list[dict[str, Any]] = []
    for at, name in enumerate(names):
        counts = {"trial": name, "control": 30 + at, "treated": 40 + at}
        if name == left_out:
            rows.append({**counts, "reason": REASON})
            continue
        for effect, value in (("te", -0.6), ("tnie", -0.2), ("pm", 0.3)):
            numbers = {"estimate": value - at / 100, "ci_low": value - 0.3, "ci_high": value + 0.4}
            rows.append({**counts, "effect": effect, "scale": "mean", **numbers, "se": 0.1, "weight": 1 / 6})
    return with_words(pd.DataFrame(rows, columns=list(TRIAL_COLUMNS)))


def pooled(trials: int = 6, **share: Any) -> pd.DataFrame:
    """The table of the pooled effects."""
    several = {
        "prediction_low": -1.1, "prediction_high": 0.004, "tau": 0.2, "tau_low": 0.0, "tau_high": 0.7,
        "i2": 0.41, "q": 12.0, "q_p": 0.062,
    }  # fmt: skip
    rows = [
        {
            "effect": effect, "scale": "mean", "trials": trials, "estimate": value, "ci_low": value - 0.2,
            "ci_high": value + 0.1, **(several if trials > 1 else {}),
        }
        for effect, value in (("te", -0.6), ("tnie", -0.2))
    ]  # fmt: skip
    of_share = {"estimate": 0.333, "ci_low": 0.1, "ci_high": 0.71} | share
    rows.append({"effect": "pm", "scale": "mean", "trials": trials, **of_share})
    return with_words(pd.DataFrame(rows, columns=list(POOLED_COLUMNS)))


def left_out(names: Any = TRIALS) -> pd.DataFrame:
    """The effects without each trial; without one of them the others cannot be analysed."""
    rows: list[dict[str, Any]] = []
    for name in names:
        if name == "escape":
            rows.append({"trial": name, "reason": "the models of the other trials cannot be fitted"})
            continue
        for effect, value in (("te", -0.6), ("pnde", -0.4), ("tnie", -0.2), ("pm", 0.3)):
            numbers = {"estimate": value, "ci_low": value - 0.1, "ci_high": value + 0.1}
            rows.append({"trial": name, "effect": effect, "scale": "mean", **numbers})
    return with_words(pd.DataFrame(rows, columns=list(LEFT_OUT_COLUMNS)))


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]


def test_the_table_has_every_trial_and_the_analysis_in_one_stage_beneath() -> None:
    table = each_trial_table(by_trial(), pooled(), effects(), study=study())
    first = table.cells.iloc[:, 0].tolist()
    fitted = [label for trial, label in TRIALS.items() if trial != "piste"]
    assert first == [*fitted, "Two stages, 6 trials", "In a new trial", "One stage"]
    assert table.cells.iloc[0].tolist()[1:5] == ["40", "30", "−0.60 (−0.90 to −0.20)", "16.7%"]
    rows = table.cells.set_index("Trial")
    assert rows.loc["Two stages, 6 trials"].iloc[2] == "−0.60 (−0.80 to −0.50)"
    assert rows.loc["In a new trial"].iloc[2] == "−1.10 to 0.004"  # rounding hides no side
    one = effects().query("effect == 'te' and scale == 'mean'").iloc[0]
    assert rows.loc["One stage"].iloc[2].startswith(f"−{abs(one['estimate']):.2f} (")


def test_the_table_says_how_trials_differ_what_is_left_out_and_the_share() -> None:
    notes = " ".join(each_trial_table(by_trial(), pooled(), effects(), study=study()).notes)
    assert "Total effect: SD between trials 0.20 (0.00–0.70); I² 41%" in notes
    assert "Proportion mediated, of the pooled effects: 33.3% (10.0% to 71.0%)." in notes
    assert f"Left out: PISTE ({REASON})." in notes


def test_a_share_that_is_withheld_is_no_number() -> None:
    why = "withheld: the interval of the pooled total effect contains 0"
    nothing = {"estimate": math.nan, "ci_low": math.nan, "ci_high": math.nan}
    found = pooled(**nothing, withheld="total_uncertain", note=why)
    (said,) = [
        note for note in each_trial_table(by_trial(), found, effects(), study=study()).notes if "Prop" in note
    ]
    assert said == f"Proportion mediated, of the pooled effects: withheld ({why})."


def test_one_trial_has_no_prediction_and_no_variation() -> None:
    names = {"escape": "ESCAPE"}
    found = pooled(1)
    table = each_trial_table(by_trial(names), found, effects(), study=study(trials=names))
    assert table.cells.iloc[:, 0].tolist() == ["ESCAPE", "Two stages, 1 trial", "One stage"]
    assert not any("between trials" in note for note in table.notes)
    drawn = texts(each_trial_figure(by_trial(names), found, effects(), study=study(trials=names)))
    assert "In a new trial" not in drawn


def test_small_arms_are_dashes_with_a_note() -> None:
    hidden = by_trial().astype({"control": "float64"})
    hidden.loc[hidden["trial"] == "escape", "control"] = math.nan
    table = each_trial_table(hidden, pooled(), effects(), study=study())
    assert table.cells.iloc[1].tolist()[1:3] == ["41", "–"]
    assert any("few participants" in note for note in table.notes)


def test_the_forest_names_every_row_with_its_numbers() -> None:
    drawn = texts(each_trial_figure(by_trial(), pooled(), effects(), study=study()))
    for text in ("MR CLEAN", "Two stages, 6 trials", "In a new trial", "One stage", "−0.60 (−0.90 to −0.20)"):
        assert text in drawn, text
    assert "Total effect" in drawn
    assert "Indirect effect" in drawn
    assert any(text.startswith("Left out: PISTE") for text in drawn)


def test_of_very_many_trials_there_is_a_picture_without_names() -> None:
    names = many_trials(200)
    figure = each_trial_figure(by_trial(names, ""), pooled(200), effects(), study=study(trials=names))
    drawn = texts(figure)
    assert not set(names.values()) & set(drawn)
    assert "Two stages, 200 trials" in drawn
    assert figure.get_size_inches()[1] * 25.4 < 260  # a page
    assert len(names) > MOST_NAMED


def test_where_no_trial_is_left_the_analysis_in_one_stage_stands_alone() -> None:
    nothing, none = by_trial({"piste": "PISTE"}), pooled().iloc[:0]
    drawn = texts(each_trial_figure(nothing, none, effects(), study=study()))
    assert "Two stages, 0 trials" in drawn
    table = each_trial_table(nothing, none, effects(), study=study())
    assert table.cells.iloc[:, 0].tolist() == ["Two stages, 0 trials", "One stage"]


def test_without_each_trial_and_with_all() -> None:
    table = leave_one_out_table(left_out(), effects(), study=study())
    assert table.cells.iloc[:, 0].tolist() == [
        *(f"Without {label}" for label in TRIALS.values()),
        "All trials",
    ]
    assert table.cells.iloc[0].tolist()[3:] == ["−0.20 (−0.30 to −0.10)", "30.0% (20.0% to 40.0%)"]
    assert table.cells.iloc[1].tolist()[1:] == ["–"] * 4
    assert "Not analysed without ESCAPE: the models of the other trials cannot be fitted." in table.notes
    drawn = texts(leave_one_out_figure(left_out(), effects(), study=study()))
    assert {"Without MR CLEAN", "All trials", "Proportion mediated", "30.0% (20.0% to 40.0%)"} <= set(drawn)


EVIDENCE = {"trials": by_trial(), "pooled": pooled(), "leave_one_out": left_out()}


def test_the_page_has_a_section_where_the_analysis_has_the_tables() -> None:
    page = render(TEMPLATE, [result(evidence=EVIDENCE)])
    assert 'id="trials-title">Each trial' in page
    assert "Two stages, 6 trials" in page
    assert "Without MR CLEAN" in page
    assert "Knapp G, Hartung J." in page
    without = render(TEMPLATE, [result()])
    assert "trials-title" not in without
    assert "Knapp" not in without


def test_the_methods_say_what_was_done_and_no_more() -> None:
    both = evidence_methods(result(evidence=EVIDENCE))
    assert len(both) == 2
    assert "adjusted for age and NIHSS at baseline, with 1000 bootstrap replicates" in both[0]
    assert both[1].startswith("The analysis of all trials was repeated leaving out one trial at a time")
    assert evidence_methods(result(evidence={"leave_one_out": left_out()})) == both[1:]
    assert evidence_methods(result()) == []


@pytest.mark.parametrize("name", EVIDENCE)
def test_a_column_that_is_no_aggregate_s_is_refused(name: str) -> None:
    odd = {**EVIDENCE, name: EVIDENCE[name].assign(patient="P1")}
    with pytest.raises(PatientRowsError, match="patient"):
        render(TEMPLATE, [replace(result(), evidence=odd)])


def limits(*rows: tuple[float, float, float]) -> tuple[float, float]:
    marks = [
        (0.0, "square", {"estimate": estimate, "ci_low": low, "ci_high": high})
        for estimate, low, high in rows
    ]
    return axis_limits(marks, Reading(name="difference"))


def test_an_interval_is_cut_only_where_most_are_much_narrower() -> None:
    alike = [(-1.9, -8.2, 3.7), (-2.8, -12.5, 5.4), (-2.7, -12.6, 5.5), (-1.5, -7.0, 3.0)]
    for rows in (alike, alike[1:2]):
        low, high = limits(*rows)
        assert low < min(row[1] for row in rows)
        assert high > max(row[2] for row in rows)
    low, high = limits(*[(-0.5, -1.0, 0.2)] * 4, (0.0, -90.0, 90.0))
    assert -3 < low < -1
    assert 0.2 < high < 3
