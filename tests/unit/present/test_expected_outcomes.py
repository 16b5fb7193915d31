# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""Figures of what the models expect: the four worlds, the outcome along the mediator, the calibration."""

import itertools
from functools import cache

import matplotlib as mpl
import pytest
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from ipdmediation.present import style
from ipdmediation.present.figures.calibration import calibration
from ipdmediation.present.figures.four_worlds import four_worlds
from ipdmediation.present.figures.mediator_curve import mediator_curve
from ipdmediation.present.report import figure_numbers
from tests.tracing import untraced
from tests.unit.present.boxes import assert_nothing_overlaps


def of_family(examples, family, label="Alive", **changes):
    """A study with an outcome of another family, and long names of the arms and the mediator."""
    study = examples.study()
    variables = {
        **study.variables,
        "alive": {"type": "binary", "label": label},
        "fiv": {**study.variables["fiv"], "label": "A mediator with a name as long as a sentence of its own"},
    }
    name = "alive" if family == "binary" else "nihss"
    outcome = {"variable": name, "family": family, "better": "high"}
    arms = {
        "control": {"label": "Best medical management as practised in the region"},
        "treated": {"label": "Mechanical thrombectomy with any approved device"},
    }
    analysis = {**study.analysis, "outcome": outcome, **changes}
    return examples.study(variables=variables, arms=arms, analysis=analysis)


def draw(examples, name):
    study, effects = examples.study(), examples.effects()
    eleven, _, _ = examples.eleven_levels()
    codes = [str(code) for code in range(10, -1, -1)]
    binary = of_family(examples, "binary", label="Alive and living at home twelve months after randomisation")
    continuous = of_family(examples, "continuous")
    higher = examples.study(
        analysis={**study.analysis, "outcome": {**study.analysis["outcome"], "better": "high"}}
    )
    made = {
        "worlds": lambda: four_worlds(examples.worlds(), effects, study=study),
        "worlds of eleven levels": lambda: four_worlds(examples.worlds(codes), effects, study=eleven),
        "worlds of a binary outcome": lambda: four_worlds(examples.worlds("01"), effects, study=binary),
        "worlds of means": lambda: four_worlds(examples.worlds(()), effects, study=continuous),
        "curve": lambda: mediator_curve(examples.curve(), study=study),
        "curve, higher is better": lambda: mediator_curve(
            examples.curve(("mean", "prob_le_1")), study=higher
        ),
        "curve of a binary outcome": lambda: mediator_curve(examples.curve(("mean",)), study=binary),
        "curve of eleven levels": lambda: mediator_curve(examples.curve(("mean", "prob_le_2")), study=eleven),
        "no curve": lambda: mediator_curve(examples.curve().iloc[:0], study=study),
        "calibration": lambda: calibration(examples.calibration(), study=study),
        "calibration of eleven levels": lambda: calibration(examples.calibration(codes), study=eleven),
        "calibration of a binary outcome": lambda: calibration(examples.calibration("01"), study=binary),
        "calibration of means": lambda: calibration(examples.calibration(()), study=continuous),
    }
    return made[name]()


ALL = [
    "worlds", "worlds of eleven levels", "worlds of a binary outcome", "worlds of means", "curve",
    "curve, higher is better", "curve of a binary outcome", "curve of eleven levels", "no curve",
    "calibration", "calibration of eleven levels", "calibration of a binary outcome", "calibration of means",
]  # fmt: skip


@cache
def drawn(examples, name):
    with mpl.rc_context(style.RC):
        figure = draw(examples, name)
        figure.canvas.draw()
    return figure


def said(examples, name):
    return [item.get_text() for item in drawn(examples, name).findobj(Text) if item.get_text().strip()]


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_cut_or_runs_into_another(examples, name):
    assert_nothing_overlaps(drawn(examples, name))


def bars(figure, height):
    """The lengths of the segments of each bar, from above."""
    found = [patch for patch in figure.findobj(Rectangle) if patch.get_height() == pytest.approx(height)]
    rows = itertools.groupby(sorted(found, key=lambda patch: (patch.get_y(), patch.get_x())), Rectangle.get_y)
    return [[patch.get_width() for patch in row] for _, row in rows]


def test_the_bars_are_the_worlds_in_an_order_in_which_one_thing_changes(examples):
    given = examples.worlds().set_index(["treatment", "mediator", "level"])["estimate"]
    found = bars(drawn(examples, "worlds"), 11.0)
    order = [("treated", "treated"), ("treated", "control"), ("control", "control"), ("control", "treated")]
    for world, lengths in zip(order, found, strict=True):
        shares = [given[(*world, str(level))] for level in range(7)]
        assert [length / sum(lengths) for length in lengths] == pytest.approx(shares)
    lines = " ".join(said(examples, "worlds"))
    assert "Indirect effect" in lines
    assert "−0.19 (−0.25 to −0.12)" in lines
    assert "−0.57 (−0.69 to −0.45)" in lines
    assert "as with EVT" in lines


def test_a_continuous_outcome_has_the_means_of_the_worlds(examples):
    axes = drawn(examples, "worlds of means").axes[1]
    (path,) = [line for line in axes.lines if len(line.get_xdata()) == 4]
    given = examples.worlds(()).set_index(["treatment", "mediator"])["estimate"]
    assert list(path.get_xdata()) == [
        given["treated", "treated"], given["treated", "control"], given["control", "control"],
        given["control", "treated"],
    ]  # fmt: skip


def test_the_curves_are_told_apart_in_grey_and_the_share_is_of_the_better_side(examples):
    mean, share = drawn(examples, "curve").axes[1:]
    assert [line.get_linestyle() for line in mean.lines] == ["-", "--"]
    given = examples.curve().set_index(["arm", "scale"])["estimate"]
    assert list(mean.lines[0].get_ydata()) == list(given["treated", "mean"])
    assert list(share.lines[1].get_ydata()) == pytest.approx(list(100 * given["control", "prob_le_2"]))
    assert "of 2 or better" in " ".join(said(examples, "curve"))
    other = drawn(examples, "curve, higher is better").axes[2]
    higher = examples.curve(("mean", "prob_le_1")).set_index(["arm", "scale"])["estimate"]
    assert list(other.lines[0].get_ydata()) == pytest.approx(list(100 * (1 - higher["treated", "prob_le_1"])))


def test_a_mediator_that_is_held_at_no_value_has_no_curve(examples):
    assert "not given" in said(examples, "no curve")
    assert any("held at no value" in text for text in said(examples, "no curve"))


def test_what_is_observed_stands_above_what_is_expected_and_is_blank_where_withheld(examples):
    rows = bars(drawn(examples, "calibration"), 5.0)
    assert len(rows) == 10  # of two arms beside each other
    given = examples.calibration()
    of_arm = given[(given["arm"] == "treated") & (given["group"] == 1)].iloc[::-1]
    for row, column in zip(rows[:2], ("observed", "expected"), strict=True):
        assert row[0] / sum(row[:7]) == pytest.approx(of_arm[column].iloc[0])
    assert any("withheld for few participants" in text for text in said(examples, "calibration"))
    assert {"EVT, up to 11 mL", "Control, above 28 to 61 mL", "n = 164"} <= set(said(examples, "calibration"))


def test_means_are_pairs_of_a_filled_and_a_hollow_circle(examples):
    axes = drawn(examples, "calibration of means").axes[1]
    circles = [line for line in axes.findobj(Line2D) if line.get_marker() == "o"]
    given = examples.calibration(())
    assert sorted(float(line.get_xdata()[0]) for line in circles) == pytest.approx(
        sorted([*given["observed"], *given["expected"]])
    )


@pytest.mark.parametrize("family", ["ordinal", "binary", "continuous"])
def test_the_words_for_the_worlds_have_the_numbers_of_the_table(examples, family):
    study = examples.study() if family == "ordinal" else of_family(examples, family)
    table = examples.worlds({"ordinal": tuple("6543210"), "binary": "01", "continuous": ()}[family])
    text = figure_numbers.four_worlds([examples.result(study=study, worlds=table)])
    assert untraced(text, {"worlds": table}) == []
    assert len(text) == 4
