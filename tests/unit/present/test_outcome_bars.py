# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""Bars of the outcome's levels, of all patients and by trial."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ipdmediation.present.figures.outcome_by_arm import outcome_by_arm
from ipdmediation.present.figures.outcome_by_trial import outcome_by_trial
from ipdmediation.present.study import Study
from tests.unit.present.drawn_figures import drawn, words


def test_outcome_bars_carry_percentages_and_the_ratio(examples):
    shown = words(drawn(examples, "outcome_by_arm"))
    frame = examples.outcome()
    percents = frame[(frame["trial"] == "all") & (frame["statistic"] == "percent")]["estimate"]
    assert {f"{value:.0f}" for value in percents} <= set(shown)
    ratio = next(text for text in shown if "odds ratio" in text)
    assert "2.48 (95% CI 1.77–3.53), P\N{NO-BREAK SPACE}<\N{NO-BREAK SPACE}.002" in ratio
    assert "Adjusted common odds ratio of a better outcome, EVT vs Control" in ratio


def test_a_percentage_that_does_not_fit_is_left_out(examples):
    shown = words(drawn(examples, "eleven levels"))
    assert shown.count("0") == 1, "only the axis says 0"


def test_only_where_a_segment_has_no_number_that_is_said(examples):
    note = "the smallest segments carry no number"
    assert any(note in text for text in words(drawn(examples, "outcome_by_trial")))
    study, frame = examples.study(trials={"one": "One"}), examples.outcome()
    halves = examples.shares(
        {trial: dict.fromkeys(("treated", "control"), [10] * 7) for trial in ("all", "one")},
        [str(level) for level in range(7)], variable="mrs",
    )  # fmt: skip
    assert set(halves) == set(frame)
    assert not any(note in text for text in words(outcome_by_trial(halves, study=study)))


def test_levels_read_back_as_floats_are_the_same_levels(examples):
    frame = examples.outcome()
    frame["level"] = pd.to_numeric(frame["level"])
    study = examples.study()
    assert words(outcome_by_arm(frame, study=study)) == words(outcome_by_arm(examples.outcome(), study=study))


def test_a_single_level_is_one_full_bar(examples):
    study, _, _ = examples.framing()
    variables = {
        **study.variables,
        "immigr": {"type": "ordinal", "label": "Support", "levels": {1: "Only answer"}},
    }
    frame = examples.shares({"all": {"treated": [5], "control": [6]}}, ["1"], variable="immigr")
    study = Study(
        title="One", arms=study.arms, variables=variables, analysis=study.analysis, trials=study.trials
    )
    assert words(outcome_by_arm(frame, study=study)).count("100") == 3


@pytest.mark.parametrize("level", ["", "1"])
def test_a_binary_outcome_is_a_bar_of_two(examples, level):
    study = examples.study()
    variables = {**study.variables, "alive": {"type": "binary", "label": "Alive at 90 days"}}
    outcome = {"variable": "alive", "family": "binary", "better": "high"}
    study = examples.study(variables=variables, analysis={**study.analysis, "outcome": outcome})
    rows = [
        (
            "alive",
            "",
            "all",
            arm,
            statistic,
            level if statistic == "percent" else "",
            value,
            np.nan,
            np.nan,
        )
        for arm, share in (("treated", 85.0), ("control", 81.0))
        for statistic, value in (("n", 100), ("percent", share))
    ]
    shown = words(outcome_by_arm(pd.DataFrame(rows, columns=examples.DESCRIBE), study=study))
    assert {"85", "15", "81", "19", "Alive at 90 days"} <= set(shown)


def test_a_continuous_outcome_is_drawn_as_a_distribution(examples):
    study = examples.study()
    outcome = {"variable": "nihss", "family": "continuous", "better": "low"}
    study = examples.study(analysis={**study.analysis, "outcome": outcome})
    frame = examples.distribution({"escape": 0.1}, variable="nihss", unit="point", log=False)
    shown = words(outcome_by_arm(frame, study=study))
    assert "NIHSS at baseline, points" in shown
    by_trial = words(outcome_by_trial(frame, study=study))
    assert "ESCAPE" in by_trial


def test_levels_that_are_withheld_are_a_blank_of_the_bar(examples):
    """MR CLEAN's treated lack levels 0 and 5, 21 of 233, but level 6 keeps its place behind them."""
    figure, ordinary = drawn(examples, "withheld levels"), drawn(examples, "outcome_by_trial")
    assert "levels withheld for few participants" in " ".join(words(figure))
    assert "where levels between them are shown, these stand before the blank" in " ".join(words(figure))
    assert not any("withheld" in line for line in words(ordinary))
    blank = [patch for patch in figure.findobj(Rectangle) if patch.get_facecolor()[:3] == (1, 1, 1)]
    coloured = [patch for patch in figure.findobj(Rectangle) if patch.get_facecolor()[:3] != (1, 1, 1)]
    (found,) = [patch for patch in blank if patch.get_height() == 5]  # the height of a bar
    left = min(patch.get_x() for patch in coloured if patch.get_y() == found.get_y())
    row = [
        patch
        for patch in coloured
        if patch.get_y() == found.get_y() and left <= patch.get_x() <= found.get_x() + 80
    ]
    before = [patch for patch in row if patch.get_x() < found.get_x()]
    (last,) = [patch for patch in row if left + 60 > patch.get_x() > found.get_x()]
    length = sum(patch.get_width() for patch in [*before, last]) + found.get_width()
    assert len(before) == 4
    assert found.get_width() / length == pytest.approx(21 / 233, abs=1e-6)
    assert last.get_x() == pytest.approx(found.get_x() + found.get_width())
    assert last.get_width() / length == pytest.approx(49 / 233, abs=1e-6)
    lines = [len(each.findobj(Line2D)) for each in (figure, ordinary)]
    assert lines[1] - lines[0] == 5  # between seven levels only the end of the sixth is known in both


def test_neighbouring_levels_that_are_withheld_are_blank_where_they_belong(examples):
    """Levels 2 and 3 of both arms: their sum, and so their place, is no secret."""
    figure = drawn(examples, "levels withheld in all")
    said = " ".join(words(figure))
    assert "Blank: levels withheld for few participants" in said
    assert "stand before the blank" not in said
    blanks = [
        patch
        for patch in figure.findobj(Rectangle)
        if patch.get_facecolor()[:3] == (1, 1, 1) and patch.get_height() == 12
    ]
    assert len(blanks) == 2
    ordinary = drawn(examples, "outcome_by_arm")
    assert "withheld" not in " ".join(words(ordinary))
    for blank in blanks:
        row = sorted(
            (patch.get_x(), patch.get_width())
            for patch in ordinary.findobj(Rectangle)
            if patch.get_height() == 12 and patch.get_y() == blank.get_y()
        )
        assert blank.get_x() == pytest.approx(row[2][0])
        assert blank.get_width() == pytest.approx(row[2][1] + row[3][1])
    lines = [len(each.findobj(Line2D)) for each in (figure, ordinary)]
    assert lines[1] - lines[0] == 1  # the edge between the two


def test_a_level_that_nobody_has_hides_no_edge_of_a_blank(examples):
    table = examples.withheld_levels("all", levels=("4", "5"), arms=("treated", "control"))
    dead = (table["level"] == "6") & (table["statistic"] == "percent")
    table.loc[dead, "estimate"] = 0.0
    figure = outcome_by_arm(table, study=examples.study(), effects=examples.effects())
    bars = [patch for patch in figure.findobj(Rectangle) if patch.get_height() == 12]
    assert len(bars) == 2 * 5  # four levels and a blank
    assert all(bar.get_width() > 0 for bar in bars)
