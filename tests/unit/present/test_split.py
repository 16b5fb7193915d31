"""The bar beside the answer is as long as the numbers say, and is drawn only of parts of a whole."""

# ruff: noqa: RUF001 - printed numbers carry true minus signs
from __future__ import annotations

import math
from types import ModuleType

import pytest

from ipdmediation.present.report.split import split


def test_the_parts_are_those_of_the_answer(examples: ModuleType) -> None:
    bar = split(examples.result())
    assert bar is not None
    assert (bar.share, bar.low, bar.width) == (24.4, 16.2, 16.3)
    assert bar.through == (
        "Through the follow-up infarct volume",
        "−0.19 points, 24.4% (95% CI 16.2% to 32.5%)",
    )
    assert bar.rest == ("Not through it", "−0.57 points")
    assert bar.label.startswith("Mean of the modified Rankin Scale at 90 days")
    assert (
        "of the total effect of −0.76 points, −0.19 points through the follow-up infarct volume, "
        in bar.label
    )
    assert "24.4% (95% CI 16.2% to 32.5%) of it; −0.57 points not through it" in bar.label


@pytest.mark.parametrize("estimate", [-0.1, 1.2, math.nan])
def test_what_is_no_part_of_a_whole_is_not_drawn(examples: ModuleType, estimate: float) -> None:
    assert split(examples.result(effects=examples.changed("pm", "mean", estimate=estimate))) is None


def test_an_interval_beyond_the_bar_ends_with_it(examples: ModuleType) -> None:
    bar = split(examples.result(effects=examples.changed("pm", "mean", ci_low=-0.2, ci_high=1.3)))
    assert bar is not None
    assert (bar.low, bar.width) == (0.0, 100.0)


def test_a_share_without_an_interval_has_none_in_the_bar(examples: ModuleType) -> None:
    bar = split(examples.result(effects=examples.changed("pm", "mean", ci_low=math.nan, ci_high=math.nan)))
    assert bar is not None
    assert bar.low is bar.width is None
