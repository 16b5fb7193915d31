"""A forest: estimates with their intervals below each other, two effects side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ipdmediation.present import notation, style
from ipdmediation.present.figures.sheet import MARGIN, in_style, new_sheet, text_height, text_width, wrap
from ipdmediation.present.scales import Reading, Row
from ipdmediation.present.study import Study
from ipdmediation.present.style import INK, MUTED, SMALL_SIZE, TEXT_SIZE

MOST_NAMED = 40  # rows that can be read; of more there is a picture, and the table has the numbers
_ROW, _LEAST_ROW = 5.0, 0.8  # mm
_LONGEST = 170.0  # mm, of rows that are not named
_SQUARE = 5.5  # points, of an average weight
_MOST_SQUARE = 9.0
_GAP = 3.0  # mm, between a panel's numbers and the next panel
POOLED = style.ARM_COLOURS["treated"]

#: Where a row is drawn, its shape and its numbers.
Mark = tuple[float, str, Row | None]


@dataclass(frozen=True, kw_only=True)
class ForestRow:
    """A row: what it is, and an estimate in each panel.

    Attributes
    ----------
    label : str
    counts : tuple of str
        What stands in the columns after the label.
    marks : tuple of Row or None
        One for each panel, with `estimate`, `ci_low`, `ci_high`, `withheld` and perhaps `weight`, which is a
        share; None where the panel has nothing here.
    shape : {"square", "diamond", "bar", "circle"}
        Of a trial, of pooled trials, of a prediction, of an analysis of all together.
    """

    label: str
    counts: tuple[str, ...] = ()
    marks: tuple[Row | None, ...]
    shape: str = "square"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """An effect: its title, how its numbers are written, and what is said below it."""

    title: str
    read: Reading
    below: tuple[str, ...] = field(default=())


@in_style
def forest(
    rows: Sequence[ForestRow],
    panels: Sequence[Panel],
    *,
    heads: Sequence[str],
    notes: Sequence[str],
    study: Study,
) -> Figure:
    """Draw rows of estimates, those of several trials first.

    Parameters
    ----------
    rows
        From above; a line stands where the shape changes from squares to others.
    panels
        The effects, side by side.
    heads
        Of the columns of counts.
    notes
        Sentences at the foot.
    study
        Words of the study.

    Returns
    -------
    Figure
        As wide as two columns. With more than `MOST_NAMED` squares these have no names and numbers.
    """
    squares = sum(row.shape == "square" for row in rows)
    named = squares <= MOST_NAMED
    heights = [
        _ROW if named or row.shape != "square" else max(_LEAST_ROW, _LONGEST / squares) for row in rows
    ]
    labels = [row.label if named or row.shape != "square" else "" for row in rows]
    texts = [
        [_written(row, at, panel) if label else "" for at, panel in enumerate(panels)]
        for row, label in zip(rows, labels, strict=True)
    ]
    left = MARGIN + max(text_width(label, TEXT_SIZE, "bold") for label in labels) + 3
    edges = []
    for column, head in enumerate(heads):
        cells = [row.counts[column] for row in rows if row.counts and named]
        left += max(text_width(text, SMALL_SIZE, "bold") for text in (head, *cells)) + 3
        edges.append(left - 3)
    width = (study.page.double - MARGIN - left) / len(panels)
    written = [max(text_width(row[at], SMALL_SIZE) for row in texts) + 2 for at in range(len(panels))]
    top, plot = 11.0, sum(heights)
    below = [
        [
            line
            for text in (_axis_label(panel.read), *panel.below)
            for line in wrap(text, width - 4 - _GAP, size=SMALL_SIZE)
        ]
        for panel in panels
    ]
    foot = top + plot + 6 + max(text_height(lines, size=SMALL_SIZE) for lines in below) + 2
    note_lines = [
        line for note in notes for line in wrap(note, study.page.double - 2 * MARGIN, size=SMALL_SIZE)
    ]
    sheet = new_sheet(study.page.double, foot + text_height(note_lines, size=SMALL_SIZE) + 2, study)
    for edge, head in zip(edges, heads, strict=True):
        sheet.text(edge, top - 3, head, ha="right", weight="bold", size=SMALL_SIZE)
    middles = np.cumsum(heights) - np.array(heights) / 2
    for index, (row, label, y) in enumerate(zip(rows, labels, middles, strict=True)):
        if named and index % 2:
            sheet.band(MARGIN, top + y - _ROW / 2, study.page.double - 2 * MARGIN, _ROW)
        if label:
            sheet.text(MARGIN, top + y, label, weight="normal" if row.shape == "square" else "bold")
            for edge, text in zip(edges, row.counts, strict=False):
                sheet.text(edge, top + y, text, ha="right", size=SMALL_SIZE)
    for at, panel in enumerate(panels):
        x = left + at * width + _GAP
        sheet.text(x, top - 7.5, panel.title, weight="bold")
        sheet.text(
            x + width - 1 - _GAP,
            top - 3,
            f"Estimate ({study.coverage} CI)",
            ha="right",
            weight="bold",
            size=SMALL_SIZE,
        )
        axes = sheet.axes_at(x, top, width - written[at] - 2 - _GAP, plot)
        axes.set_ylim(plot, 0)
        marks = [(y, row.shape, row.marks[at]) for y, row in zip(middles, rows, strict=True)]
        _draw(axes, marks, panel.read)
        for row, texts_of, y in zip(rows, texts, middles, strict=True):
            colour = INK if row.shape == "square" else POOLED
            sheet.text(x + width - 1 - _GAP, top + y, texts_of[at], ha="right", size=SMALL_SIZE, color=colour)
        sheet.lines(x, top + plot + 6, below[at], size=SMALL_SIZE, color=MUTED)
    first = next((index for index, row in enumerate(rows) if row.shape != "square"), 0)
    if first:
        y = top + sum(heights[:first])
        sheet.line([(MARGIN, y), (study.page.double - MARGIN, y)], width=0.6)
    sheet.lines(MARGIN, foot, note_lines, size=SMALL_SIZE, color=MUTED)
    return sheet.figure


def _axis_label(read: Reading) -> str:
    return notation.upper("; ".join(filter(None, [read.named, read.direction])))


def _written(row: ForestRow, at: int, panel: Panel) -> str:
    mark = row.marks[at]
    if mark is None:
        return notation.DASH
    if row.shape == "bar":
        low, high = (panel.read.number(mark[end]) for end in ("ci_low", "ci_high"))
        return notation.span(*(notation.fixed(end, digits=panel.read.digits) for end in (low, high)))
    return panel.read.text(mark)


def _draw(axes: Axes, marks: Sequence[Mark], read: Reading) -> None:
    """Draw a panel's marks at their heights."""
    limits = axis_limits(marks, read)
    axes.set_xlim(*limits)
    axes.set_yticks([])
    room = axes.bbox.width / axes.figure.dpi * 25.4
    axes.xaxis.set_major_locator(MaxNLocator(max(1, min(4, int(room / 6))), steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: notation.measure(value)))
    axes.axvline(read.null, color=style.LINE, linewidth=0.7, zorder=0.5)
    weights = [float(mark.get("weight", math.nan)) for _, _, mark in marks if mark is not None]
    known = [weight for weight in weights if notation.known(weight)]
    average = float(np.mean(known)) if known else 1.0
    for y, shape, mark in marks:
        if mark is None:
            continue
        estimate, low, high = (read.number(mark[name]) for name in ("estimate", "ci_low", "ci_high"))
        if shape == "bar":
            draw_interval(axes, (low, high), y, limits, colour=POOLED, width=3.0, alpha=0.45)
        elif shape == "diamond" and notation.known(estimate):
            ends = (low, high) if notation.known(low) and notation.known(high) else (estimate, estimate)
            across = [ends[0], estimate, ends[1], estimate]
            axes.fill(across, [y, y - 1.4, y, y + 1.4], color=POOLED, linewidth=0)
        elif notation.known(estimate):
            draw_interval(axes, (low, high), y, limits)
            if limits[0] <= estimate <= limits[1]:
                _point(axes, estimate, y, shape, _square(mark, average, len(marks)))


def _square(mark: Row, average: float, rows: int) -> float:
    """Return the side of a square whose area is a weight, in points."""
    weight = float(mark.get("weight", math.nan)) / average
    side = min(_SQUARE * math.sqrt(weight), _MOST_SQUARE) if notation.known(weight) else _SQUARE
    return side if rows <= MOST_NAMED else 1.5


def _point(axes: Axes, x: float, y: float, shape: str, side: float) -> None:
    if shape == "circle":
        axes.plot([x], [y], marker="o", markersize=4.5, color="white", markeredgecolor=POOLED)
    else:
        axes.plot([x], [y], marker="s", markersize=side, color=INK, markeredgewidth=0)


def draw_interval(
    axes: Axes,
    ends: tuple[float, float],
    y: float,
    limits: tuple[float, float],
    *,
    colour: str = INK,
    width: float = 1.0,
    alpha: float = 1.0,
) -> None:
    """Draw an interval, if it has both ends; an end beyond the axis becomes an arrow head."""
    low, high = ends
    if not (notation.known(low) and notation.known(high)):
        return
    shown = [min(max(end, limits[0]), limits[1]) for end in (low, high)]
    axes.plot(shown, [y, y], color=colour, linewidth=width, solid_capstyle="butt", alpha=alpha)
    for end, at, head in ((low, shown[0], "<"), (high, shown[1], ">")):
        if end != at:
            axes.plot([at], [y], marker=head, markersize=3.5, color=colour, clip_on=False)


def axis_limits(marks: Sequence[Mark], read: Reading) -> tuple[float, float]:
    """Return the ends of an axis: one trial's wide interval must not squeeze all the others."""
    inner, outer, widths = [float(read.null)], list[float](), [0.0]
    for _, shape, mark in marks:
        if mark is not None:
            inner.append(read.number(mark["estimate"]))
            ends = [read.number(mark[end]) for end in ("ci_low", "ci_high")]
            (outer if shape == "square" else inner).extend(ends)
            widths += [ends[1] - ends[0]] if shape == "square" and all(map(notation.known, ends)) else []
    core = [value for value in inner if notation.known(value)]
    low, high = min(core), max(core)
    # where most intervals are wide, each of them is seen whole
    reach = max(high - low, float(np.quantile(widths[1:] or widths, 0.5, method="lower"))) or 1.0
    wide = [min(max(value, low - reach), high + reach) for value in outer if notation.known(value)]
    low, high = min([low, *wide]), max([high, *wide])
    pad = 0.06 * (high - low or 1.0)
    return low - pad, high + pad
