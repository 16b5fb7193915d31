"""Every analysis beside the others: in which order, with which dots, and why one has no share."""

from dataclasses import replace
from functools import cache

import matplotlib as mpl
import pytest
from matplotlib.text import Text

from ipdmediation.present import style
from ipdmediation.present.figures.specification_curve import specification_curve
from ipdmediation.present.labels import CHOICES
from tests.unit.present.boxes import assert_nothing_overlaps


def named(examples, label, **changes):
    study = examples.study()
    return replace(study, analysis={**study.analysis, "label": label, **changes})


def several(examples, number, words):
    """As many analyses with long names."""
    label = f"of those who were seen within two days of {words}"
    return [named(examples, f"Analysis {k} {label}") for k in range(number)]


OTHER = {"variable": "nihss", "family": "continuous", "better": "low"}
#: Effects, studies and departures of some analyses.
CASES = {
    "three": lambda examples: (
        [
            examples.effects(),
            examples.changed("tnie", "mean", estimate=-0.3),
            examples.withheld(("pm", "mean")),
        ],
        [named(examples, "Primary"), named(examples, "Early"), named(examples, "Late")],
        [(), ("eligibility",), ("trial_effects", "missing.method")],
    ),
    "another outcome": lambda examples: (
        [examples.effects()] * 2,
        [named(examples, "Primary"), named(examples, "Early deficit", outcome=OTHER)],
        [(), ("outcome.variable",)],
    ),
    "one": lambda examples: ([examples.effects()], [named(examples, "Primary")], [()]),
    "an interval beyond all others": lambda examples: (
        [examples.effects(), examples.changed("tnie", "mean", ci_high=90.0)],
        [named(examples, "Primary"), named(examples, "Wide")],
        [(), ("interaction",)],
    ),
    "forty with long names": lambda examples: (
        [examples.changed("tnie", "mean", estimate=-0.01 * k) for k in range(40)],
        several(examples, 40, "the first symptom at all"),
        [tuple(CHOICES) if k else () for k in range(40)],
    ),
    "twenty with long names": lambda examples: (
        [examples.effects()] * 20,
        several(examples, 20, "it all"),
        [("missing.method",) if k else () for k in range(20)],
    ),
}


@cache
def drawn(examples, name):
    with mpl.rc_context(style.RC):
        effects, studies, departures = CASES[name](examples)
        figure = specification_curve(effects, studies=studies, departures=departures)
        figure.canvas.draw()
    return figure


def said(examples, name):
    return [item.get_text() for item in drawn(examples, name).findobj(Text) if item.get_text().strip()]


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_cut_or_runs_into_another(examples, name):
    assert_nothing_overlaps(drawn(examples, name))


def test_analyses_stand_in_the_order_of_their_indirect_effects(examples):
    page = drawn(examples, "three").axes[0]
    places = {item.get_text(): -item.get_position()[1] for item in page.findobj(Text)}
    assert places["Early"] > places["Primary"] > places["Late"]
    assert len({places[label] for label in ("Early", "Primary", "Late")}) == 3


def dots(figure):
    """The rows of large dots by the head of their column, rows counted from above."""
    page = figure.axes[0]
    found = [line for line in page.lines if line.get_marker() == "o"]
    heights = sorted({float(line.get_ydata()[0]) for line in found})
    heads = {
        round(item.get_position()[0], 3): item.get_text() for item in page.texts if item.get_rotation() == 90
    }
    large = [line for line in found if line.get_markersize() > 3]
    return {
        (heights.index(float(line.get_ydata()[0])), heads[round(float(line.get_xdata()[0]), 3)])
        for line in large
    }


def test_a_large_dot_stands_where_an_analysis_departs_from_the_primary_one(examples):
    assert dots(drawn(examples, "three")) == {
        (0, "Who is analysed"), (2, "Trial effects"), (2, "Missing data"),
    }  # fmt: skip


def test_of_a_share_that_is_withheld_the_reason_is_said(examples):
    text = said(examples, "three")
    assert text.count("withheld") == 1
    assert "Withheld in “Late”: the interval of the total effect includes the value of no effect." in text


def test_an_effect_on_another_scale_is_no_point_of_the_axis(examples):
    assert "On another scale: “Early deficit”." in " ".join(said(examples, "another outcome"))
    indirect = drawn(examples, "another outcome").axes[1]
    assert len([line for line in indirect.lines if line.get_marker() in ("o", "D")]) == 1


def test_one_wide_interval_does_not_squeeze_the_others(examples):
    low, high = drawn(examples, "an interval beyond all others").axes[1].get_xlim()
    assert high - low < 2
