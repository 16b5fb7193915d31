"""Figure: the paths from treatment to outcome, with their estimates."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present import style
from ipdmediation.present.figures.rows import coefficient
from ipdmediation.present.figures.sheet import MARGIN, Sheet, new_sheet, text_height, wrap
from ipdmediation.present.style import DOUBLE_COLUMN, MUTED, SMALL_SIZE, Study


@mpl.rc_context(style.RC)
def path_diagram(models: Mapping[str, pd.DataFrame], *, study: Study) -> Figure:
    """Draw treatment, mediator and outcome with the estimate of each path on its arrow.

    Parameters
    ----------
    models
        Coefficients of the models `mediator`, `total` and `outcome`.
    study
        Words of the study.

    Returns
    -------
    Figure
        183 mm wide.
    """
    treated = wrap(study.arm("treated"), 36, weight="bold")
    names = {
        "treatment": [*treated, *wrap(f"vs {study.arm('control')}", 36)],
        "mediator": wrap(study.label(study.mediator), 46, weight="bold"),
        "outcome": wrap(study.label(study.outcome), 36, weight="bold"),
    }
    bold = {"treatment": len(treated), "mediator": len(names["mediator"]), "outcome": len(names["outcome"])}
    box_height = max(14.0, max(text_height(lines) for lines in names.values()) + 4)
    half, mediator_half, left, right, middle = 20.0, 25.0, 24.0, DOUBLE_COLUMN - 24.0, DOUBLE_COLUMN / 2
    first = 10 + box_height / 2
    heading = first + box_height / 2 + 9
    above = heading + 5 + box_height / 2
    below = above + box_height + 22
    sheet = new_sheet(DOUBLE_COLUMN, below + box_height / 2 + 9, study)
    for y, letter, text in ((5, "A", "Total effect"), (heading, "B", "With the mediator in the model")):
        sheet.text(MARGIN, y, f"{letter}  {text}", weight="bold", size=style.TITLE_SIZE)
    for y in (first, below):
        for x, name in ((left, "treatment"), (right, "outcome")):
            sheet.box(x, y, 2 * half, box_height, names[name], bold=bold[name])
        sheet.arrow((left + half, y), (right - half, y), width=1.1)
    sheet.box(middle, above, 2 * mediator_half, box_height, names["mediator"], bold=bold["mediator"])
    edge = box_height / 2
    sheet.arrow((left + 6, below - edge), (middle - mediator_half, above + 2), width=1.1)
    sheet.arrow((middle + mediator_half, above + 2), (right - 6, below - edge), width=1.1)
    room = right - left - 2 * half - 8
    total, direct = (_path_text(models[name], "treatment", study) for name in ("total", "outcome"))
    _path_label(sheet, (middle, first - 1.5), "total", total, width=room)
    _path_label(sheet, (middle, below - 1.5), "direct", direct, width=room)
    # Beside the middle of the slanted arrows, on their outer side.
    aside, level = 46.0, (above + below - edge) / 2 + 1
    a = _path_text(models["mediator"], "treatment", study)
    if study.spline_knots:
        b = ("a curve", f"restricted cubic spline, {study.spline_knots} knots")
    else:
        b = _path_text(models["outcome"], "mediator", study)
    _path_label(sheet, (aside, level), "a", a, width=aside - 3, align="right")
    _path_label(sheet, (DOUBLE_COLUMN - aside, level), "b", b, width=aside - 3, align="left")
    words = f"{study.coverage} CI in parentheses."
    if study.odds_ratio:
        words = f"{study.odds_ratio.capitalize()}s above 1 mean a better outcome. {words}"
    sheet.text(MARGIN, below + edge + 6, words, color=MUTED, size=SMALL_SIZE)
    return sheet.figure


def _path_text(model: pd.DataFrame, term: str, study: Study) -> tuple[str, str]:
    """Write what stands on an arrow: the estimate with its interval, and its scale in words."""
    row = coefficient(model, term)
    columns = ("ratio", "ratio_low", "ratio_high")
    if not style.known(row["ratio"]):
        columns = ("estimate", "ci_low", "ci_high")
    return style.interval(*(row[column] for column in columns)), style.path_scale(term, row, study=study)


def _path_label(
    sheet: Sheet,
    at: tuple[float, float],
    name: str,
    text: tuple[str, str],
    *,
    width: float,
    align: str = "center",
) -> None:
    """Write name, estimate and scale of a path so that the last line ends at a point."""
    (x, y), (numbers, scale) = at, text
    lines = wrap(scale, width, size=SMALL_SIZE)
    top = y - text_height([numbers, *lines])
    sheet.lines(x, top, [f"{name}: {numbers}"], ha=align, weight="bold")
    sheet.lines(x, top + text_height([numbers]), lines, ha=align, size=SMALL_SIZE, color=MUTED)
