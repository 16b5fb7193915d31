"""Figure: the paths from treatment to outcome, with their estimates."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present import notation, style
from ipdmediation.present.figures.rows import effect_row
from ipdmediation.present.figures.sheet import MARGIN, Sheet, in_style, new_sheet, text_height, wrap
from ipdmediation.present.labels import NATURAL, quartile
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.present.style import MUTED, SMALL_SIZE
from ipdmediation.vocabulary.effects import (
    DIRECT_AT,
    DIRECT_AT_MEDIAN,
    MEDIATOR_EFFECT_IN,
    ON_THE_MEDIATOR,
)


@in_style
def path_diagram(effects: pd.DataFrame, *, study: Study) -> Figure:
    """Draw treatment, mediator and outcome with the estimate of each path on its arrow.

    Parameters
    ----------
    effects
        The effects table: every interval is a bootstrap one.
    study
        Words of the study.

    Returns
    -------
    Figure
        As wide as two columns.
    """
    treated = wrap(study.arm("treated"), 36, weight="bold")
    names = {
        "treatment": [*treated, *wrap(f"vs {study.named_arm('control')}", 36)],
        "mediator": wrap(study.label(study.mediator), 46, weight="bold"),
        "outcome": wrap(study.label(study.outcome), 36, weight="bold"),
    }
    bold = {"treatment": len(treated), "mediator": len(names["mediator"]), "outcome": len(names["outcome"])}
    box_height = max(14.0, max(text_height(lines) for lines in names.values()) + 4)
    half, mediator_half, left, right, middle = (
        20.0,
        25.0,
        24.0,
        study.page.double - 24.0,
        study.page.double / 2,
    )
    first = 10 + box_height / 2
    heading = first + box_height / 2 + 9
    above = heading + 5 + box_height / 2
    below = above + box_height + 22
    sheet = new_sheet(study.page.double, below + box_height / 2 + 9, study)
    for y, letter, text in ((5, "A", NATURAL["te"]), (heading, "B", "With the mediator in the model")):
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
    _path_label(sheet, (middle, first - 1.5), "total", _path_text(effects, "total", study), width=room)
    # With an interaction the direct effect is one at a value of the mediator: its median.
    direct = DIRECT_AT_MEDIAN if study.interaction and not study.spline_knots else "direct"
    _path_label(sheet, (middle, below - 1.5), "direct", _path_text(effects, direct, study), width=room)
    # Beside the middle of the slanted arrows, on their outer side.
    aside, level = 46.0, (above + below - edge) / 2 + 1
    a = _path_text(effects, ON_THE_MEDIATOR, study)
    _path_label(sheet, (aside, level), "a", a, width=aside - 3, align="right")
    _path_label(
        sheet, (study.page.double - aside, level), "b", _path_b(effects, study), width=aside - 3, align="left"
    )
    words = f"{study.coverage} bootstrap CI in parentheses."
    better = reading("total", "coefficient", study=study).direction
    if better:
        words = f"Of effects on the outcome, {better}. {words}"
    sheet.text(MARGIN, below + edge + 6, words, color=MUTED, size=SMALL_SIZE)
    return sheet.figure


def _path_b(effects: pd.DataFrame, study: Study) -> tuple[str, str]:
    if study.spline_knots:
        return "a curve", f"restricted cubic spline, {study.spline_knots} knots"
    if not study.interaction:
        return _path_text(effects, "mediator_effect", study)
    treated, control = (_path_text(effects, MEDIATOR_EFFECT_IN[arm], study) for arm in ("treated", "control"))
    return treated[0], f"{study.short('treated')}; {study.short('control')} {control[0]}; {control[1]}"


def _path_text(effects: pd.DataFrame, effect: str, study: Study) -> tuple[str, str]:
    """Write what stands on an arrow: the estimate with its interval, and its scale in words."""
    row = effect_row(effects, effect, "coefficient")
    if row is None:
        return notation.DASH, "no single number"
    read = reading(effect, "coefficient", study=study)
    at = ""
    if effect in DIRECT_AT:
        value = study.amount(study.mediator, row["at"]).replace(" ", "\N{NO-BREAK SPACE}")
        at = f", mediator at its {quartile(effect)} ({value})"
    return read.text(row), f"{read.named}{at}"


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
