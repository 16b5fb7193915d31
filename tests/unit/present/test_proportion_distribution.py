"""Distributions of the shares mediated over the replicates."""

import numpy as np

from ipdmediation.present.figures.proportion_distribution import proportion_distribution
from tests.unit.present.drawn_figures import drawn, words


def test_far_draws_are_counted_not_drawn(examples):
    draws = examples.draws()
    draws.loc[:4, "pm:mean"] = [900.0, -900.0, np.inf, np.nan, 500.0]
    figure = proportion_distribution(draws, examples.effects(), study=examples.study())
    assert any("1000 bootstrap replicates; " in text for text in words(figure))
    low, high = figure.axes[1].get_xlim()
    assert -50 < low < high < 80


def test_a_share_that_is_withheld_is_not_drawn(examples):
    nothing = drawn(examples, "shares withheld")
    assert len(nothing.axes) == 1
    assert not any("%" in text for text in words(nothing))
    # a label may break anywhere
    assert "withheld (total_uncertain)" in " ".join(words(nothing))
    one = " ".join(words(drawn(examples, "one share withheld")))
    assert "12.2% (1.2% to 18.9%)" in one
    assert "24.4%" not in one
    whole = " ".join(words(drawn(examples, "proportion_distribution")))
    assert "24.4% (16.2% to 32.5%)" in whole
    assert "Published: 12.0% (1.0% to 19.0%)" in whole


def test_three_shares_on_one_axis_are_told_apart_in_grey(examples):
    figure = drawn(examples, "proportion_distribution")
    assert "Karlson-Holm-Breen: 29.1% (18.0% to 44.0%)" in " ".join(words(figure))
    filled, dashed, plain = figure.axes[1].patches
    assert [patch.get_fill() for patch in (filled, dashed, plain)] == [True, False, False]
    assert dashed.get_linestyle() != plain.get_linestyle()
    marks = [line.get_marker() for line in figure.axes[1].lines if len(line.get_xdata()) == 1]
    assert len(marks) == len(set(marks)) == 4  # and that which was published
    samples = [line.get_marker() for line in figure.axes[0].lines if line.get_marker() not in ("None", None)]
    assert samples == marks


def test_a_linear_outcome_has_one_share(examples):
    outcome = {"variable": "nihss", "family": "continuous", "better": "low"}
    study = examples.study(analysis={**examples.study().analysis, "outcome": outcome})
    figure = proportion_distribution(examples.draws(), examples.effects(), study=study)
    assert len(figure.axes[1].patches) == 1
    assert not any("coefficients" in text or "Karlson" in text for text in words(figure))


def test_replicates_beyond_those_counted_are_not_drawn(examples):
    draws = examples.draws(1200)
    draws.loc[1000:, "pm:mean"] = 0.9
    figure = proportion_distribution(draws, examples.effects(), study=examples.study())
    assert any(text.startswith("1000 bootstrap replicates") for text in words(figure))
    assert figure.axes[1].get_xlim()[1] < 80
