"""Stacked bars of the outcome levels in small panels, as many bars in each, under one legend."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from ipdmediation.present import style
from ipdmediation.present.figures.bars import (
    blank_note,
    draw_legend,
    legend_height,
    legend_rows,
    stacked_bars,
)
from ipdmediation.present.figures.sheet import MARGIN, new_sheet, shorten, text_height, text_width, wrap
from ipdmediation.present.study import Study
from ipdmediation.present.style import MUTED, SMALL_SIZE

MOST_IN_TWO_COLUMNS = 14


@dataclass(frozen=True, kw_only=True)
class BarPanel:
    """A panel.

    Attributes
    ----------
    heading, size : str
        What stands above it, left and right.
    shares : mapping
        Percentages of the levels by the key of the bar, the best level first.
    """

    heading: str
    size: str
    shares: Mapping[str, Sequence[float]]


def bar_panels(
    panels: Sequence[BarPanel],
    *,
    title: str,
    names: Mapping[str, str],
    levels: Mapping[str, str],
    foot: tuple[str, str],
    columns: int,
    study: Study,
    left_out: str = "",
) -> Figure:
    """Draw panels, row by row.

    Parameters
    ----------
    panels : sequence of BarPanel
    title : str
    names : mapping
        Of the bars, by their keys.
    levels : mapping
        Labels of the levels, the best one first.
    foot : tuple of str
        What the numbers are, without a full stop, and a sentence that follows.
    columns : int
        Panels beside each other.
    study : Study
    left_out : str
        A sentence on what has no panel.

    Returns
    -------
    Figure
        As wide as two columns.
    """
    few = len(panels) <= MOST_IN_TWO_COLUMNS
    between, bar, gap, after = (6.0, 5.0, 3.5, 5.0) if few else (6.0, 3.7, 2.4, 3.0)
    panel = (study.page.double - 2 * MARGIN - between * (columns - 1)) / columns
    lines_of = {
        key: shorten(name, 60 if columns == 1 else 18, lines=2, size=SMALL_SIZE)
        for key, name in names.items()
    }
    label_width = max(text_width(line, SMALL_SIZE) for lines in lines_of.values() for line in lines) + 2
    headings = [
        wrap(each.heading, panel - text_width(each.size, SMALL_SIZE) - 3, weight="bold") for each in panels
    ]
    heading_height = max(map(text_height, headings)) + 1
    panel_height = heading_height + 2 * bar + gap + after
    named = wrap(title, study.page.double - 2 * MARGIN, size=style.TITLE_SIZE, weight="bold")
    title_height = text_height(named, size=style.TITLE_SIZE) + 3
    legend = legend_rows(levels, study.page.double - 2 * MARGIN)
    lines_of_panels = math.ceil(len(panels) / columns)
    blank = blank_note(each.shares for each in panels)
    said = [each for each in (blank, left_out) if each]
    note = [line for each in said for line in wrap(each, study.page.double - 2 * MARGIN, size=SMALL_SIZE)]
    note_height = text_height(note, size=SMALL_SIZE) if note else 0.0
    height = MARGIN + title_height + lines_of_panels * panel_height + note_height + legend_height(legend) + 8
    sheet = new_sheet(study.page.double, height, study)
    sheet.lines(MARGIN, MARGIN, named, size=style.TITLE_SIZE, weight="bold")
    unnumbered = False
    for index, (each, heading) in enumerate(zip(panels, headings, strict=True)):
        line, column = divmod(index, columns)
        x = MARGIN + column * (panel + between)
        y = MARGIN + title_height + line * panel_height
        sheet.lines(x, y + heading_height - 1 - text_height(heading), heading, weight="bold")
        sheet.text(x + panel, y + heading_height - 2.5, each.size, ha="right", color=MUTED, size=SMALL_SIZE)
        top = y + heading_height + 0.5
        for place, key in enumerate(each.shares):
            centre = top + place * (bar + gap) + bar / 2
            lines = lines_of[key]
            sheet.lines(x, centre - text_height(lines, size=SMALL_SIZE) / 2, lines, size=SMALL_SIZE)
        unnumbered |= stacked_bars(
            sheet, x + label_width, top, panel - label_width, each.shares, bar=bar, gap=gap
        )
    y = MARGIN + title_height + lines_of_panels * panel_height
    what, more = foot
    unsaid = "; the smallest segments carry no number" if unnumbered else ""
    sheet.text(MARGIN, y + 1, f"{what}{unsaid}. {more}".rstrip(), color=MUTED, size=SMALL_SIZE)
    sheet.lines(MARGIN, y + 3, note, color=MUTED, size=SMALL_SIZE)
    draw_legend(sheet, legend, MARGIN, y + note_height + 5)
    return sheet.figure
