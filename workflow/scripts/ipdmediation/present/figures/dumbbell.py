"""Pairs of numbers on one axis, joined by a line: one row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ipdmediation.present import notation, style
from ipdmediation.present.figures.sheet import MARGIN, draw_key, new_sheet, text_height, text_width, wrap
from ipdmediation.present.study import Study
from ipdmediation.present.style import TEXT_SIZE

_MOST_LABEL = 70.0  # mm
_FIRST, _SECOND = style.INK, style.MUTED  # colours are the arms'


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A row: two numbers, of which either may be missing."""

    label: str
    first: float
    second: float


def dumbbells(
    pairs: Sequence[Pair], *, title: str, label: str, names: tuple[str, str], study: Study
) -> Figure:
    """Draw a row for each pair: the first number filled, the second hollow.

    Parameters
    ----------
    pairs : sequence of Pair
    title : str
    label : str
        Of the axis.
    names : tuple of str
        What the two numbers are.
    study : Study

    Returns
    -------
    Figure
        As wide as two columns.
    """
    named = wrap(title, study.page.double - 2 * MARGIN, size=style.TITLE_SIZE, weight="bold")
    labels = [wrap(pair.label, _MOST_LABEL) for pair in pairs]
    heights = [max(6.0, text_height(lines) + 2) for lines in labels]
    left = MARGIN + max(text_width(line, TEXT_SIZE) for lines in labels for line in lines) + 4
    width = study.page.double - left - MARGIN - 4
    below = wrap(label, width)
    top = MARGIN + text_height(named, size=style.TITLE_SIZE) + 8
    plot = sum(heights)
    sheet = new_sheet(study.page.double, top + plot + 8 + text_height(below) + 2, study)
    sheet.lines(MARGIN, MARGIN, named, size=style.TITLE_SIZE, weight="bold")
    x = draw_key(sheet, left, top - 4, names[0], _FIRST)
    draw_key(sheet, x, top - 4, names[1], _SECOND, hollow=True)
    axes = sheet.axes_at(left, top, width, plot)
    axes.set_ylim(plot, 0)
    axes.set_yticks([])
    y = 0.0
    for index, (pair, lines, height) in enumerate(zip(pairs, labels, heights, strict=True)):
        middle = y + height / 2
        if index % 2:
            sheet.band(MARGIN, top + y, study.page.double - 2 * MARGIN, height)
        sheet.lines(MARGIN, top + middle - text_height(lines) / 2, lines)
        axes.plot([pair.first, pair.second], [middle, middle], color=style.LINE, linewidth=1.0, zorder=1)
        axes.plot([pair.first], [middle], marker="o", markersize=5, color=_FIRST, zorder=3)
        axes.plot(
            [pair.second],
            [middle],
            marker="o",
            markersize=5.5,
            color="white",
            markeredgecolor=_SECOND,
            zorder=2,
        )
        y += height
    found = [end for pair in pairs for end in (pair.first, pair.second) if notation.known(end)] or [0.0, 1.0]
    pad = 0.06 * (max(found) - min(found) or 1.0)
    axes.set_xlim(min(found) - pad, max(found) + pad)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: notation.measure(value)))
    sheet.lines(left + width / 2, top + plot + 6.5, below, ha="center")
    return sheet.figure
