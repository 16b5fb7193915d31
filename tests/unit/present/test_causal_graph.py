"""The assumed causal graph: what is in it follows the analysis."""

from __future__ import annotations

import math
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from ipdmediation.present.figures.causal_graph import causal_graph
from ipdmediation.present.report.estimand import estimand
from ipdmediation.present.study import Study
from ipdmediation.present.style import PAGES
from tests.unit.present.boxes import assert_nothing_overlaps, texts


def drawn(examples: ModuleType, study: Study | None = None, flow: Any = None) -> Figure:
    figure = causal_graph(
        examples.flow() if flow is None else flow, study=examples.study() if study is None else study
    )
    figure.canvas.draw()
    return figure


def words(figure: Figure) -> str:
    return " ".join(item.get_text() for item in texts(figure))


def arrows(figure: Figure, *, dashed: bool) -> int:
    found = [item for item in figure.findobj(FancyArrowPatch) if isinstance(item, FancyArrowPatch)]
    return sum((item.get_linestyle() == "--") == dashed for item in found)


def of(examples: ModuleType, **changes: Any) -> Study:
    study = examples.study()
    return replace(study, analysis={**study.analysis, **changes})


def test_each_cause_has_its_arrows_and_the_unmeasured_ones_are_dashed(examples: ModuleType) -> None:
    figure = drawn(examples)
    # paths a, b and c, the two of what is adjusted for, and that to being analysed
    assert arrows(figure, dashed=False) == 6
    assert arrows(figure, dashed=True) == 3
    said = words(figure)
    assert "Adjusted for: age, female sex" in said
    assert "and trial" in said
    assert "1665 of 1764 participants" in said
    (unmeasured,) = [
        box
        for box in figure.findobj(FancyBboxPatch)
        if isinstance(box, FancyBboxPatch) and box.get_linestyle() == "--"
    ]
    assert unmeasured.get_x() > 100


def test_whoever_is_not_left_out_is_not_selected(examples: ModuleType) -> None:
    figure = drawn(examples, flow=examples.flow().iloc[:1])
    assert "nalysed" not in words(figure)
    assert (arrows(figure, dashed=False), arrows(figure, dashed=True)) == (5, 2)


def test_without_covariates_the_trial_is_adjusted_for_and_without_it_nothing(examples: ModuleType) -> None:
    assert "Adjusted for: trial" in words(drawn(examples, of(examples, covariates=[])))
    figure = drawn(examples, of(examples, covariates=[], trial_effects="none"))
    assert "Adjusted" not in words(figure)
    assert arrows(figure, dashed=False) == 4


def test_withheld_counts_stay_so(examples: ModuleType) -> None:
    flow = examples.flow().astype({"remaining": "float64"}).sort_values("step", ignore_index=True)
    flow.loc[len(flow) - 1, "remaining"] = math.nan
    said = words(drawn(examples, flow=flow))
    assert "– of 1764 participants" in said  # noqa: RUF001


@pytest.mark.parametrize("journal", PAGES)
@pytest.mark.parametrize("covariates", [0, 3, 60])
def test_long_names_and_many_causes_fit(examples: ModuleType, journal: str, covariates: int) -> None:
    study, _, _ = examples.eleven_levels()
    names = [f"c{number}" for number in range(covariates)]
    long = {name: {"type": "binary", "label": f"A cause with a rather long name, {name}"} for name in names}
    study = replace(
        study,
        variables={**study.variables, **long},
        analysis={**study.analysis, "covariates": names},
        journal=journal,
    )
    figure = drawn(examples, study)
    assert_nothing_overlaps(figure, study.page)
    assert (" more" in words(figure)) == (covariates == 60)


def test_the_estimand_names_what_is_compared(examples: ModuleType) -> None:
    said = " ".join(estimand(examples.study()))
    assert (
        "how does the modified Rankin Scale at 90 days with endovascular therapy change when the follow"
        in said
    )
    assert "rather than as it would be with standard care" in said
