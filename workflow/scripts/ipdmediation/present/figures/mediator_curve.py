"""Figure: the outcome of either arm along the mediator."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ipdmediation.present import notation, style
from ipdmediation.present.figures.natural_axis import axis_label, natural_axis
from ipdmediation.present.figures.rows import SHOWN_ARMS
from ipdmediation.present.figures.sheet import MARGIN, in_style, new_sheet, text_height, wrap
from ipdmediation.present.house_style import people
from ipdmediation.present.scales import named_cut, reading
from ipdmediation.present.study import Study
from ipdmediation.present.style import INK, MUTED, SMALL_SIZE
from ipdmediation.vocabulary.scales import MEAN, Scale

_PLOT = 56.0  # mm
_LEFT, _RIGHT, _KEY = 13.0, 5.0, 9.0


@in_style
def mediator_curve(curve: pd.DataFrame, *, study: Study) -> Figure:
    """Draw the outcome had everybody been in one arm and had one value of the mediator.

    Parameters
    ----------
    curve
        Table of `inference.set_treatments.mediator_curve`, with or without rows.
    study
        Words of the study.

    Returns
    -------
    Figure
        The mean and, of an outcome with several cuts, the share who reach the named level; as wide as two
        columns, or as one for the mean alone.
    """
    shown = [(MEAN, 1), named_cut(study)] if study.family.cuts else [(MEAN, 1)]
    page = study.page.double if len(shown) > 1 else study.page.single
    width = (page - 2 * MARGIN - len(shown) * (_LEFT + _RIGHT)) / len(shown)
    titles = [wrap(_title(scale, study), width, weight="bold") for scale, _ in shown]
    names = {arm: wrap(study.short(arm), page - 2 * MARGIN - _LEFT - _KEY) for arm in SHOWN_ARMS}
    label = wrap(axis_label(study, study.mediator), width)
    note = wrap(_note(curve, study), page - 2 * MARGIN, size=SMALL_SIZE)
    keys = MARGIN + sum(map(text_height, names.values())) + 2
    top = keys + max(map(text_height, titles)) + 3
    foot = top + _PLOT + 6 + text_height(label) + 2
    sheet = new_sheet(page, foot + text_height(note, size=SMALL_SIZE) + 1, study)
    y = MARGIN
    for arm, lines in names.items():
        x, middle = MARGIN + _LEFT, y + text_height(lines[:1]) / 2
        colour, dashed = style.ARM_COLOURS[arm], arm == style.HOLLOW_ARM
        sheet.line([(x, middle), (x + _KEY - 2, middle)], color=colour, width=1.5, dashed=dashed)
        sheet.lines(x + _KEY, y, lines)
        y += text_height(lines)
    for place, (scale, sign) in enumerate(shown):
        left = MARGIN + _LEFT + place * (width + _LEFT + _RIGHT)
        sheet.lines(left, keys, titles[place], weight="bold")
        axes = sheet.axes_at(left, top, width, _PLOT)
        _draw(
            axes, curve[curve["scale"] == scale.key], sign, study, share=scale != MEAN or study.family.event
        )
        sheet.lines(left + width / 2, top + _PLOT + 6, label, ha="center")
    sheet.lines(MARGIN, foot, note, size=SMALL_SIZE, color=MUTED)
    return sheet.figure


def _title(scale: Scale, study: Study) -> str:
    """Name what a panel shows."""
    if scale != MEAN:
        return f"{study.label(study.outcome)} of {study.named_level} or better,\N{NO-BREAK SPACE}%"
    read = reading("te", scale.key, study=study)
    unit = "%" if study.family.event else read.unit
    return ",\N{NO-BREAK SPACE}".join(filter(None, [notation.upper(read.name), unit]))


def _note(curve: pd.DataFrame, study: Study) -> str:
    if curve.empty:
        return "The mediator is its difference from the mean of the own trial, which is held at no value."
    return (
        f"Expected by the outcome model and averaged over all {people()}, had everybody been in the arm "
        f"with the same {notation.lower(study.label(study.mediator))}, from its 5th to its 95th percentile."
    )


def _draw(axes: Axes, rows: pd.DataFrame, sign: int, study: Study, *, share: bool) -> None:
    axes.spines["left"].set_visible(True)
    axes.tick_params(axis="y", length=2.5, width=0.6, color=style.LINE, labelcolor=INK)
    if rows.empty:
        axes.set_xticks([])
        axes.set_yticks([])
        axes.text(0.5, 0.5, "not given", transform=axes.transAxes, ha="center", color=MUTED)
        return
    natural_axis(axes, study.transform, study.offset, rows["at"].tolist())
    for arm in SHOWN_ARMS:
        of_arm = rows[rows["arm"] == arm].sort_values("at")
        values = of_arm["estimate"] if sign > 0 else 1 - of_arm["estimate"]
        axes.plot(
            of_arm["at"], 100 * values if share else values,
            color=style.ARM_COLOURS[arm], linewidth=1.5, linestyle="--" if arm == style.HOLLOW_ARM else "-",
        )  # fmt: skip
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: notation.measure(value)))
