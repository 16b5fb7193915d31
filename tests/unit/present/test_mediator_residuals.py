"""The residuals of the mediator, drawn and read out."""

from dataclasses import replace
from functools import cache

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.colors import same_color
from matplotlib.text import Text

from ipdmediation.present import style
from ipdmediation.present.figures.mediator_residuals import mediator_residuals
from ipdmediation.present.notation import MINUS
from ipdmediation.present.report import figure_numbers
from ipdmediation.present.report.figure_words import caption
from tests.unit.present.boxes import assert_nothing_overlaps
from tests.unit.present.test_expected_outcomes import of_family
from tests.unit.present.test_other_looks import NARROWEST


def study_of(examples, name):
    if name == "narrowest":
        return replace(examples.study(), journal=NARROWEST)
    return of_family(examples, "continuous") if name == "long names" else examples.study()


@cache
def drawn(examples, name):
    table = examples.residuals()
    if name == "all withheld":
        table = table.assign(estimate=float("nan"))
    with mpl.rc_context(style.RC):
        figure = mediator_residuals(table, study=study_of(examples, name))
        figure.canvas.draw()
    return figure


@pytest.mark.parametrize("name", ["plain", "narrowest", "long names", "all withheld"])
def test_nothing_is_cut_or_runs_into_another(examples, name):
    page = style.PAGES[NARROWEST if name == "narrowest" else style.PLAIN]
    assert_nothing_overlaps(drawn(examples, name), page)


def dots(axes, arm):
    """The dots of an arm, hollow or filled."""
    colour = "white" if arm == style.HOLLOW_ARM else style.ARM_COLOURS[arm]
    return [
        point
        for line in axes.lines
        if line.get_marker() == "o" and same_color(line.get_markerfacecolor(), colour)
        for point in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]


def test_quantiles_lie_against_normal_ones_with_the_line_on_which_they_should(examples):
    axes = drawn(examples, "plain").axes[1]
    table = examples.residuals().dropna(subset="estimate").query("statistic == 'quantile'")
    for arm, rows in table.groupby("arm"):
        assert dots(axes, arm) == list(zip(rows["expected"], rows["estimate"], strict=True))
    line = axes.lines[0]
    assert list(line.get_xdata()) == list(line.get_ydata())
    assert axes.get_xlim() == axes.get_ylim()


def test_each_group_has_its_mean_within_a_standard_deviation_unless_withheld(examples):
    axes = drawn(examples, "plain").axes[2]
    table = examples.residuals().dropna(subset=["group", "estimate"])
    table = table.pivot_table("estimate", ["arm", "group"], "statistic")
    for arm, groups in (("control", [2, 3, 4, 5]), ("treated", [1, 2, 3, 4, 5])):
        assert [round(x) for x, _ in dots(axes, arm)] == groups
        assert [y for _, y in dots(axes, arm)] == table.loc[arm, "mean"].to_list()
        colour = style.ARM_COLOURS[arm]
        bars = [line for line in axes.lines if line.get_marker() != "o" and line.get_color() == colour]
        assert [max(bar.get_ydata()) for bar in bars] == pytest.approx(
            table.loc[arm].sum(axis="columns").to_list()
        )
    assert [line.get_ydata()[0] for line in axes.lines[:3]] == [-1, 0, 1]
    words = [text.get_text() for text in drawn(examples, "plain").findobj(Text)]
    assert {"EVT, standard deviation 0.96", "Control, standard deviation 1.04"} <= set(words)
    withheld = [text.get_text() for text in drawn(examples, "all withheld").findobj(Text)]
    assert withheld.count("withheld for few participants") == 2


@pytest.mark.parametrize("arm", ["control", "treated"])
def test_an_arm_whose_groups_are_all_withheld_leaves_the_other_its_place(examples, arm):
    table = examples.residuals()
    table.loc[(table["arm"] == arm) & table["group"].notna(), "estimate"] = float("nan")
    axes = mediator_residuals(table, study=examples.study()).axes[2]
    other = "treated" if arm == "control" else "control"
    assert dots(axes, arm) == []
    assert dots(axes, other) == dots(drawn(examples, "plain").axes[2], other)
    assert axes.get_xticks().tolist() == [1, 2, 3, 4, 5]


def test_the_worst_quantile_is_read_out_and_what_is_withheld_is_not(examples):
    said = figure_numbers.mediator_residuals([examples.result()])
    assert said == [
        "Their standard deviation is 1.04 with standard care and 0.96 with endovascular therapy.",
        f"The quantile farthest from a normal one, {MINUS}2.81 in place of {MINUS}2.33, "
        "is with standard care.",
        f"Means by fifth go from {MINUS}0.10 to 0.14.",
    ]
    table = examples.residuals()
    table.loc[(table["arm"] == "treated") & (table["probability"] == 0.5), "estimate"] = 0.77
    read = figure_numbers.mediator_residuals([examples.result(residuals=table)])[1]
    assert (
        read
        == "The quantile farthest from a normal one, 0.77 in place of 0.00, is with endovascular therapy."
    )
    table.loc[(table["statistic"] == "mean") & table["group"].notna(), "estimate"] = 0.04
    assert figure_numbers.mediator_residuals([examples.result(residuals=table)])[-1] == (
        "Means by fifth are 0.04."
    )
    nothing = examples.residuals().assign(estimate=float("nan"))
    assert figure_numbers.mediator_residuals([examples.result(residuals=nothing)]) == []


def test_what_a_departure_means_depends_on_what_is_averaged_over(examples):
    study = examples.study()
    continuous = {"variable": "nihss", "family": "continuous", "better": "high"}

    def said(**changes):
        own = replace(study, analysis={**study.analysis, **changes})
        return caption("mediator_residuals", examples.result(study=own))

    empirical = {"standardisation": {"mediator_distribution": "empirical"}}
    spline = {**study.analysis["mediator"], "spline_knots": 4}
    assert "over Gaussian residuals" in said()
    assert "their shape does not matter, but a" in said(**empirical)
    assert "neither the shape of the residuals nor their spread" in said(outcome=continuous)
    assert "over Gaussian residuals" in said(outcome=continuous, mediator=spline)


def test_a_table_read_again_is_drawn_alike(examples, tmp_path):
    """Missing groups are other numbers in a file."""
    examples.residuals().to_csv(tmp_path / "table.csv", index=False)
    read = pd.read_csv(tmp_path / "table.csv")
    figure = mediator_residuals(read, study=examples.study())
    assert dots(figure.axes[2], "treated") == dots(drawn(examples, "plain").axes[2], "treated")
