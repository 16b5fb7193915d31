"""Figure: the outcome with treatment and mediator each as under treatment or as without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ipdmediation.present import notation, style
from ipdmediation.present.figures.bars import (
    draw_legend,
    legend_height,
    legend_rows,
    percent_axis,
    stacked_bars,
)
from ipdmediation.present.figures.natural_axis import axis_label
from ipdmediation.present.figures.rows import effect_row
from ipdmediation.present.figures.sheet import MARGIN, Sheet, in_style, new_sheet, text_height, wrap
from ipdmediation.present.house_style import people
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.present.style import MUTED, SMALL_SIZE
from ipdmediation.present.worlds import WORLDS, distributions, means, named_world
from ipdmediation.vocabulary.scales import MEAN

#: The effect between a world and the next one below; the last two differ in the mediator of the untreated.
_BETWEEN = ("tnie", "pnde")
_BAR, _GAP = 11.0, 12.0  # mm
_NAME, _EFFECT = 42.0, 36.0  # mm
_NOTE = (
    "From one row to the next one thing changes: the mediator, the treatment, the mediator. "
    "Only the first and the third can be seen, each in its own arm; the others follow from the models."
)


@in_style
def four_worlds(worlds: pd.DataFrame, effects: pd.DataFrame, *, study: Study) -> Figure:
    """Draw the outcome of the four worlds below each other, and the natural effects between them.

    Parameters
    ----------
    worlds
        Table of `inference.set_treatments.four_worlds`.
    effects
        The effects table; those on the mean stand between the worlds that they compare.
    study
        Words of the study.

    Returns
    -------
    Figure
        As wide as two columns: stacked bars of an outcome with levels, else means on one axis.
    """
    levels = study.levels_better_first() if study.has_levels else {}
    names = [named_world(world, study) for world in WORLDS]
    lines = [(wrap(given, _NAME, weight="bold"), wrap(mediator, _NAME)) for given, mediator in names]
    title = wrap(
        f"{study.label(study.outcome)}, with treatment and mediator set",
        study.page.double - 2 * MARGIN,
        size=style.TITLE_SIZE,
        weight="bold",
    )
    read = reading("te", MEAN.key, study=study)
    head = wrap(f"Difference, {read.named} ({study.coverage} CI)", _EFFECT, size=SMALL_SIZE)
    legend = legend_rows(levels, study.page.double - 2 * MARGIN) if levels else []
    note = wrap(_NOTE, study.page.double - 2 * MARGIN, size=SMALL_SIZE)
    tallest = max(text_height([*given, *mediator]) for given, mediator in lines)
    step = max(_BAR + _GAP, tallest + 3)
    top = MARGIN + text_height(title, size=style.TITLE_SIZE) + 2 + text_height(head, size=SMALL_SIZE) + 2
    plot = step * (len(WORLDS) - 1) + _BAR
    foot = top + max(plot, plot + (tallest - _BAR) / 2) + 13
    height = foot + legend_height(legend) + 2 + text_height(note, size=SMALL_SIZE) + 1
    sheet = new_sheet(study.page.double, height, study)
    sheet.lines(MARGIN, MARGIN, title, size=style.TITLE_SIZE, weight="bold")
    right = study.page.double - MARGIN - _EFFECT
    sheet.lines(right, top - 2 - text_height(head, size=SMALL_SIZE), head, size=SMALL_SIZE, color=MUTED)
    left = MARGIN + _NAME + 3
    frame = Frame(x=left, y=top, width=right - left - 5, step=step)
    for index, (given, mediator) in enumerate(lines):
        y = top + index * step + (_BAR - text_height([*given, *mediator])) / 2
        sheet.lines(MARGIN, y, given, weight="bold")
        sheet.lines(MARGIN, y + text_height(given), mediator)
    _effects_between(sheet, effects, frame, study)
    if levels:
        shares = distributions(worlds, list(levels))
        stacked_bars(sheet, left, top, frame.width, shares, bar=_BAR, gap=step - _BAR)
        percent_axis(sheet, left, top + plot + 1, frame.width, f"{notation.upper(people())} expected, %")
    else:
        _means(sheet, means(worlds), frame, study)
    draw_legend(sheet, legend, MARGIN, foot)
    sheet.lines(MARGIN, foot + legend_height(legend) + 1, note, size=SMALL_SIZE, color=MUTED)
    return sheet.figure


class Frame(NamedTuple):
    """Where the bars stand, in millimetres; `step` from the top of one to that of the next."""

    x: float
    y: float
    width: float
    step: float


def _effects_between(sheet: Sheet, effects: pd.DataFrame, frame: Frame, study: Study) -> None:
    read = reading("te", MEAN.key, study=study)
    edge = frame.x + frame.width + 3
    for index, effect in enumerate(_BETWEEN):
        row = effect_row(effects, effect, MEAN.key)
        if row is None:
            continue
        first = frame.y + index * frame.step + _BAR / 2 + 0.6
        last = first + frame.step - 1.2
        sheet.line([(edge - 1, first), (edge, first), (edge, last), (edge - 1, last)], width=0.6)
        lines = [NATURAL[effect], *wrap(read.text(row), _EFFECT)]
        y = (first + last - text_height(lines)) / 2
        sheet.lines(edge + 2, y, lines[:1], weight="bold")
        sheet.lines(edge + 2, y + text_height(lines[:1]), lines[1:])


def _means(sheet: Sheet, values: Mapping[tuple[str, str], float], frame: Frame, study: Study) -> None:
    """Draw the means on one axis, joined from one world to the next."""
    plot = frame.step * (len(WORLDS) - 1) + _BAR + 1
    axes = sheet.axes_at(frame.x, frame.y, frame.width, plot)
    axes.set_ylim(plot, 0)
    axes.set_yticks([])
    found = [values[world] for world in WORLDS]
    places = [index * frame.step + _BAR / 2 for index in range(len(WORLDS))]
    axes.plot(found, places, color=style.LINE, linewidth=0.8, zorder=1)
    for (given, _), value, place in zip(WORLDS, found, places, strict=True):
        axes.plot([value], [place], marker="o", markersize=6, color=style.ARM_COLOURS[given], zorder=2)
    low, high = min(found), max(found)
    pad = 0.25 * (high - low or 1.0)
    axes.set_xlim(low - pad, high + pad)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: notation.measure(value)))
    label = wrap(f"Mean of {notation.lower(axis_label(study, study.outcome))}", frame.width)[0]
    sheet.text(frame.x + frame.width / 2, frame.y + plot + 7.5, label, ha="center")
