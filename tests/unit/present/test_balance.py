"""Balance of the arms, and effects at every cut: one row each, in the order of the tables."""

from functools import cache

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.text import Text

from ipdmediation.present import style
from ipdmediation.present.figures.balance import MOST, balance
from ipdmediation.present.figures.effects_by_cut import effects_by_cut
from tests.unit.present.boxes import assert_nothing_overlaps


def at_every_cut(examples, codes):
    """The effects at 2, at the cut after each of some codes."""
    given = examples.effects()
    at = given[given["scale"] == "prob_le_2"]
    others = [at.assign(scale=f"prob_le_{code}", estimate=at["estimate"] * (1 + code / 10)) for code in codes]
    return pd.concat([given[given["scale"] != "prob_le_2"], *others], ignore_index=True)


def draw(examples, name):
    study, baseline = examples.study(), examples.baseline()
    smd = baseline[baseline["statistic"] == "smd"]
    many = pd.concat(
        [
            smd.iloc[[0]].assign(
                variable=f"a_characteristic_with_a_long_name_of_its_own_{k}", estimate=0.01 * (k - 30)
            )
            for k in range(60)
        ]
    )
    eleven, _, _ = examples.eleven_levels()
    outcome = {"variable": "nihss", "family": "continuous", "better": "low"}
    continuous = examples.study(analysis={**study.analysis, "outcome": outcome})
    made = {
        "balance": lambda: balance(baseline, study=study),
        "balance of many": lambda: balance(many, study=study),
        "balance withheld": lambda: balance(
            baseline.assign(estimate=baseline["estimate"].where(baseline["variable"] != "age")), study=study
        ),
        "cuts": lambda: effects_by_cut(at_every_cut(examples, range(6)), study=study),
        "ten cuts": lambda: effects_by_cut(at_every_cut(examples, range(10)), study=eleven),
        "no cuts": lambda: effects_by_cut(examples.effects(), study=continuous),
    }
    return made[name]()


ALL = ["balance", "balance of many", "balance withheld", "cuts", "ten cuts", "no cuts"]


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


def dots(figure):
    return [float(line.get_xdata()[0]) for line in figure.axes[1].lines if line.get_marker() == "o"]


def test_differences_are_sizes_in_the_order_of_the_table(examples):
    assert dots(drawn(examples, "balance")) == [0.031] * 10
    assert said(examples, "balance").count("0.03") == 10


def test_of_many_those_that_differ_most_are_drawn(examples):
    sizes = sorted((abs(k - 30) / 100 for k in range(60)), reverse=True)[:MOST]
    assert sorted(dots(drawn(examples, "balance of many")), reverse=True) == pytest.approx(sizes)
    assert f"The {MOST} of 60 characteristics that" in " ".join(said(examples, "balance of many"))


def test_a_difference_that_is_withheld_is_a_dash(examples):
    assert said(examples, "balance withheld").count("\N{EN DASH}") == 1


def test_each_cut_has_a_row_and_counts_the_levels_up_to_it(examples):
    text = said(examples, "cuts")
    assert {"0", "0–1", "0–2", "0–3", "0–4", "0–5"} <= set(text)  # noqa: RUF001
    assert "0–6" not in text  # noqa: RUF001
    assert "20.4 (13.7–20.1)" in text  # noqa: RUF001
    assert any("above 0 is better" in line for line in text)


def test_an_outcome_without_cuts_has_the_effects_on_its_mean(examples):
    text = said(examples, "no cuts")
    assert "Mean" in text
    assert "−0.76 (−0.90 to −0.61)" in text  # noqa: RUF001
