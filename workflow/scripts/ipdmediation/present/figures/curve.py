"""Curves of effects with a band, panels side by side; what stands on them is the same in each."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from ipdmediation.present import notation, style
from ipdmediation.present.figures.sheet import MARGIN, in_style, new_sheet, text_height, wrap
from ipdmediation.present.scales import Reading, Row
from ipdmediation.present.study import Study
from ipdmediation.present.style import INK, MUTED, SMALL_SIZE

COLOUR = style.ARM_COLOURS["treated"]
_BAND = "#c5d9ea"
_PLOT = 52.0  # mm
_LEFT, _BETWEEN, _RIGHT = 13.0, 18.0, 4.0


@dataclass(frozen=True, kw_only=True)
class CurvePanel:
    """An effect along the axis.

    Attributes
    ----------
    title : str
    read : Reading
        How its numbers are written.
    rows : DataFrame
        In the order of the axis, with the axis' column and `estimate, ci_low, ci_high`; a row without an
        estimate interrupts the curve.
    """

    title: str
    read: Reading
    rows: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class Along:
    """The axis that all panels share.

    Attributes
    ----------
    column : str
        Of the rows of a panel.
    label : str
    ticks : sequence of float
    reverse : bool
        Whether it falls from left to right.
    second : callable or None
        The number that is written above a tick.
    second_label : str
    """

    column: str
    label: str
    ticks: Sequence[float]
    reverse: bool = False
    second: Callable[[float], float] | None = None
    second_label: str = ""


@in_style
def curves(
    panels: Sequence[CurvePanel],
    along: Along,
    *,
    lines: Sequence[float] = (),
    rug: Sequence[float] = (),
    points: Sequence[Row | None] = (),
    notes: Sequence[str],
    study: Study,
) -> Figure:
    """Draw panels of curves.

    Parameters
    ----------
    panels : sequence of CurvePanel
    along : Along
    lines, rug : sequence of float
        Where an upright line, and where ticks at the bottom stand, in each panel.
    points : sequence of Row or None
        A point with its interval, one for each panel.
    notes : sequence of str
        Sentences below.
    study : Study

    Returns
    -------
    Figure
        As wide as two columns.
    """
    written = [line for note in notes for line in wrap(note, study.page.double - 2 * MARGIN, size=SMALL_SIZE)]
    above = 10.0 if along.second else 0.0
    width = (study.page.double - _LEFT - _BETWEEN - _RIGHT - 2 * MARGIN) / 2
    titles = [wrap(_title(panel), width, weight="bold") for panel in panels]
    top = MARGIN + max(map(text_height, titles)) + 3 + above
    below = 13.0
    height = top + _PLOT + below + text_height(written, size=SMALL_SIZE) + MARGIN
    sheet = new_sheet(study.page.double, height, study)
    for place, panel in enumerate(panels):
        x = MARGIN + _LEFT + place * (width + _BETWEEN)
        sheet.lines(x, MARGIN, titles[place], weight="bold")
        axes = sheet.axes_at(x, top, width, _PLOT)
        _draw(axes, panel, along)
        for at in lines:
            axes.axvline(at, color=style.WARNING, linewidth=0.9, linestyle="--", zorder=1.5)
        _rug(axes, rug)
        if place < len(points):
            _point(axes, points[place], panel.read, along)
        sheet.text(x + width / 2, top + _PLOT + 8.5, along.label, ha="center")
        if along.second:
            _second(axes, along)
            sheet.text(x + width / 2, top - above + 1.5, along.second_label, ha="center", size=SMALL_SIZE)
    sheet.lines(MARGIN, top + _PLOT + below, written, size=SMALL_SIZE, color=MUTED)
    return sheet.figure


def _title(panel: CurvePanel) -> str:
    return panel.title if panel.read.unit == "%" else f"{panel.title}: {panel.read.named}"


def _draw(axes: Axes, panel: CurvePanel, along: Along) -> None:
    read, rows = panel.read, panel.rows
    x = rows[along.column].to_numpy(dtype=float)
    middle, low, high = (
        np.array([read.number(value) for value in rows[name]]) for name in ("estimate", "ci_low", "ci_high")
    )
    axes.spines["left"].set_visible(True)
    axes.fill_between(x, low, high, color=_BAND, linewidth=0, zorder=0.5)
    axes.plot(x, middle, color=COLOUR, linewidth=1.5, zorder=2)
    before, after = np.r_[np.nan, middle[:-1]], np.r_[middle[1:], np.nan]
    alone = np.isfinite(middle) & ~np.isfinite(before) & ~np.isfinite(after)
    axes.plot(x[alone], middle[alone], marker="o", markersize=3, color=COLOUR, linestyle="none")
    axes.axhline(read.null, color=style.LINE, linewidth=0.6, zorder=0.7)
    first, last = x.min(), x.max()
    alone_at = 0.0 if first < last else 0.1  # a single value has room on both sides
    ends = (first - alone_at, last + alone_at)
    axes.set_xlim(*(reversed(ends) if along.reverse else ends))
    known = np.concatenate([middle, low, high, [read.null]])
    known = known[np.isfinite(known)]
    pad = 0.06 * (known.max() - known.min() or 1.0)
    axes.set_ylim(known.min() - 2 * pad, known.max() + pad)
    axes.xaxis.set_major_locator(FixedLocator(along.ticks))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: notation.measure(round(value, 3))))
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    unit = "%" if read.unit == "%" else ""
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{notation.measure(value)}{unit}"))
    axes.tick_params(axis="y", length=2.5, width=0.6, color=style.LINE, labelcolor=INK)
    if len(rows) and not np.isfinite(middle).any():
        axes.text(0.5, 0.5, "not given", transform=axes.transAxes, ha="center", color=MUTED)
        axes.yaxis.set_major_locator(FixedLocator([read.null]))


def _rug(axes: Axes, places: Sequence[float]) -> None:
    for at in places:
        axes.plot(
            [at, at], [0, 0.06], transform=axes.get_xaxis_transform(), color=INK, linewidth=1.0, zorder=3
        )


def _point(axes: Axes, row: Row | None, read: Reading, along: Along) -> None:
    if row is None or not notation.known(row["estimate"]):
        return
    at, ends = row[along.column], (read.number(row["ci_low"]), read.number(row["ci_high"]))
    if all(map(math.isfinite, ends)):
        axes.plot([at, at], ends, color=style.WARNING, linewidth=1.6, solid_capstyle="butt", zorder=3)
    estimate = read.number(row["estimate"])
    axes.plot([at], [estimate], marker="o", markersize=4.5, color=style.WARNING, zorder=4)


def _second(axes: Axes, along: Along) -> None:
    assert along.second is not None
    upper = axes.secondary_xaxis("top")
    upper.xaxis.set_major_locator(FixedLocator(along.ticks))
    second = along.second
    upper.xaxis.set_major_formatter(FuncFormatter(lambda value, _: notation.measure(round(second(value), 3))))
    upper.tick_params(length=2.5, width=0.6, color=style.LINE, labelcolor=INK, labelsize=SMALL_SIZE)
    upper.spines["top"].set_color(style.LINE)
