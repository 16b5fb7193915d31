"""Figure: the causal graph that the analysis assumes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.data.covariates import all_covariate_names
from ipdmediation.present import notation
from ipdmediation.present.figures.sheet import MARGIN, in_style, new_sheet, text_height, wrap
from ipdmediation.present.house_style import people
from ipdmediation.present.study import Study
from ipdmediation.present.style import MUTED, SMALL_SIZE

_SIDE, _MIDDLE, _CAUSES = 42.0, 50.0, 118.0  # mm, widths of boxes
_GAP = 13.0  # mm, between rows of boxes
_MOST_LINES = 5  # of the names of what is measured


@in_style
def causal_graph(flow: pd.DataFrame, *, study: Study) -> Figure:
    """Draw what is assumed to cause what: treatment, mediator and outcome, and their causes.

    Parameters
    ----------
    flow
        The flow of patients. Where some of them are not analysed, being analysed is part of the graph.
    study
        Words of the study.

    Returns
    -------
    Figure
        As wide as two columns. Causes that are not measured, and what they do, are dashed.
    """
    treatment = [
        *wrap(study.arm("treated"), _SIDE - 4, weight="bold"),
        *wrap(f"vs {study.named_arm('control')}", _SIDE - 4),
    ]
    mediator = wrap(study.label(study.mediator), _MIDDLE - 4, weight="bold")
    outcome = wrap(study.label(study.outcome), _SIDE - 4, weight="bold")
    unmeasured = wrap("Unmeasured causes of mediator and outcome", _SIDE - 4)
    analysed = _analysed(flow)
    causes = _measured(study)
    heights = [
        max(14.0, *(text_height(lines) + 4 for lines in row))
        for row in ((unmeasured, analysed), (mediator,), (treatment, outcome), (causes,))
    ]
    note = wrap(_note(bool(analysed)), study.page.double - 2 * MARGIN, size=SMALL_SIZE)
    places = [MARGIN + sum(heights[:row]) + heights[row] / 2 + row * _GAP for row in range(4)]
    top, high, low, bottom = places
    sheet = new_sheet(
        study.page.double, bottom + heights[3] / 2 + text_height(note, size=SMALL_SIZE) + 9, study
    )
    left, middle, right = MARGIN + _SIDE / 2, study.page.double / 2, study.page.double - MARGIN - _SIDE / 2
    sheet.box(right, top, _SIDE, heights[0], unmeasured, dashed=True)
    sheet.box(middle, high, _MIDDLE, heights[1], mediator, bold=len(mediator))
    sheet.box(left, low, _SIDE, heights[2], treatment, bold=len(treatment) - 1)
    sheet.box(right, low, _SIDE, heights[2], outcome, bold=len(outcome))
    over, under = low - heights[2] / 2, low + heights[2] / 2
    sheet.arrow((left + _SIDE / 2, low), (right - _SIDE / 2, low), width=1.1)
    sheet.arrow((left + 8, over), (middle - _MIDDLE / 2, high + 2), width=1.1)
    sheet.arrow((middle + _MIDDLE / 2, high + 2), (right - 8, over), width=1.1)
    sheet.arrow((right + 5, top + heights[0] / 2), (right + 5, over), dashed=True)
    sheet.arrow((right - _SIDE / 2, top + 4), (middle + _MIDDLE / 2, high - 2), dashed=True)
    if analysed:
        sheet.box(left, top, _SIDE, heights[0], analysed, muted=len(analysed))
        sheet.arrow((left - 5, over), (left - 5, top + heights[0] / 2))
        sheet.arrow((right - _SIDE / 2, top - 2), (left + _SIDE / 2, top - 2), dashed=True)
    if causes:
        sheet.box(middle, bottom, _CAUSES, heights[3], causes)
        sheet.arrow((middle, bottom - heights[3] / 2), (middle, high + heights[1] / 2))
        sheet.arrow((right - 24, bottom - heights[3] / 2), (right - 10, under))
    sheet.lines(MARGIN, bottom + heights[3] / 2 + 3, note, size=SMALL_SIZE, color=MUTED)
    return sheet.figure


def _measured(study: Study) -> list[str]:
    """Name the causes that the models adjust for, as many as there is room for."""
    names = [study.named(name) for name in all_covariate_names(study.analysis["covariates"])]
    if study.trial_effects.tell_apart:
        names.append("cluster" if study.cluster else "trial")
    if not names:
        return []
    return _shortened("Adjusted for: ", names)


def _shortened(start: str, names: Sequence[str]) -> list[str]:
    def lines(kept: int) -> list[str]:
        left = len(names) - kept
        shown = [*names[:kept], *([f"{notation.count(left)} more"] if left else [])]
        return wrap(f"{start}{notation.joined(shown)}", _CAUSES - 8)

    every = lines(len(names))
    if len(every) <= _MOST_LINES:
        return every
    too_many = bisect_left(range(1, len(names)), True, key=lambda kept: len(lines(kept)) > _MOST_LINES) + 1
    return lines(max(1, too_many - 1))[:_MOST_LINES]


def _analysed(flow: pd.DataFrame) -> list[str]:
    """Count who is analysed; nothing where nobody is left out."""
    rows = flow.sort_values("step")
    first, last = rows["remaining"].iloc[0], rows["remaining"].iloc[-1]
    if first == last:
        return []
    counted = f"{notation.count(last)} of {notation.count(first)} {people()}"
    return [*wrap("Analysed", _SIDE - 4), *wrap(counted, _SIDE - 4)]


def _note(selected: bool) -> str:
    said = "Dashed: an unmeasured cause of mediator and outcome, which is assumed not to exist."
    if not selected:
        return said
    return (
        f"{said} Who is analysed may depend on the treatment and on such causes: the effects are those in "
        f"the {people()} analysed."
    )
