"""Figure: every analysis beside the others, with what it does otherwise than the primary one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ipdmediation.present import notation, style
from ipdmediation.present.figures.forest import axis_limits, draw_interval
from ipdmediation.present.figures.rows import effect_row
from ipdmediation.present.figures.sheet import (
    MARGIN,
    Sheet,
    in_style,
    new_sheet,
    shorten,
    text_height,
    text_width,
    wrap,
)
from ipdmediation.present.labels import CHOICES, NATURAL, choice_label, share_label
from ipdmediation.present.scales import Reading, Row, reading
from ipdmediation.present.shares import withheld_notes
from ipdmediation.present.study import Study
from ipdmediation.present.style import INK, MUTED, SMALL_SIZE
from ipdmediation.vocabulary.effects import HEADLINE
from ipdmediation.vocabulary.scales import MEAN
from ipdmediation.vocabulary.withheld import Withheld

_INDIRECT = ("tnie", MEAN.key)
_NAME, _DOT, _BETWEEN = 50.0, 4.8, 4.0  # mm
_PLAIN_ROW, _TALL_ROW = 5.0, 7.0  # mm, of names on one line and on two
_MOST_TALL = 26
_PRIMARY = style.ARM_COLOURS["treated"]


@in_style
def specification_curve(
    effects: Sequence[pd.DataFrame], *, studies: Sequence[Study], departures: Sequence[Sequence[str]]
) -> Figure:
    """Draw the indirect effect and the share of each analysis, sorted, and a dot for each of its choices.

    Parameters
    ----------
    effects
        The effects table of each analysis, the primary one first.
    studies
        Words of the study with each analysis.
    departures
        Settings in which each differs from the primary one, as `configuration.departures` returns them.

    Returns
    -------
    Figure
        As wide as two columns. Where an outcome is on another scale than that of the primary analysis, its
        effect is a dash; of a share that is withheld the foot says why.
    """
    study = studies[0]
    read, share = reading(*_INDIRECT, study=study), reading(*HEADLINE, study=study)
    own = [reading(*_INDIRECT, study=each) == read for each in studies]
    rows = [
        (effect_row(table, *_INDIRECT) if same else None, effect_row(table, *HEADLINE))
        for table, same in zip(effects, own, strict=True)
    ]
    order = sorted(range(len(rows)), key=lambda place: _place(rows[place][0]))
    chosen = [{choice_label(key) for key in keys} for keys in departures]
    every = set().union(*chosen)
    heads = [label for label in dict.fromkeys((*CHOICES.values(), *sorted(every))) if label in every]
    height = _TALL_ROW if len(rows) <= _MOST_TALL else _PLAIN_ROW
    names = [_named(str(each.analysis.get("label", "")), height) for each in studies]
    width = (study.page.double - 2 * MARGIN - _NAME - 3 * _BETWEEN - _DOT * len(heads)) / 2
    titles = [
        [*wrap(NATURAL["tnie"], width, weight="bold"), *wrap(read.named, width, size=SMALL_SIZE)],
        wrap(share_label(HEADLINE, study), width, weight="bold"),
    ]
    notes = [
        line
        for note in _notes(rows, studies, own)
        for line in wrap(note, study.page.double - 2 * MARGIN, size=SMALL_SIZE)
    ]
    rotated = max((text_width(head, SMALL_SIZE) for head in heads), default=0.0)
    top = MARGIN + max(rotated, *map(text_height, titles)) + 3
    plot = height * len(rows)
    foot = top + plot + 8
    sheet = new_sheet(study.page.double, foot + text_height(notes, size=SMALL_SIZE) + 1, study)
    middles = [top + (index + 0.5) * height for index in range(len(rows))]
    for index, (place, y) in enumerate(zip(order, middles, strict=True)):
        if index % 2:
            sheet.band(MARGIN, y - height / 2, study.page.double - 2 * MARGIN, height)
        lines = names[place]
        sheet.lines(
            MARGIN,
            y - text_height(lines, size=SMALL_SIZE) / 2,
            lines,
            size=SMALL_SIZE,
            weight="normal" if place else "bold",
            color=INK if place else _PRIMARY,
        )
    for panel, of in enumerate((read, share)):
        x = MARGIN + _NAME + _BETWEEN + panel * (width + _BETWEEN)
        lines = titles[panel]
        bold = len(lines) if panel else len(wrap(NATURAL["tnie"], width, weight="bold"))
        y = top - 2 - text_height(lines)
        sheet.lines(x, y, lines[:bold], weight="bold")
        sheet.lines(x, y + text_height(lines[:bold]), lines[bold:], size=SMALL_SIZE, color=MUTED)
        axes = sheet.axes_at(x, top, width, plot)
        axes.set_ylim(plot, 0)
        _panel(axes, [(place, rows[place][panel]) for place in order], of, height)
    _matrix(sheet, heads, [chosen[place] for place in order], middles, top)
    sheet.lines(MARGIN, foot, notes, size=SMALL_SIZE, color=MUTED)
    return sheet.figure


def _place(row: Row | None) -> tuple[bool, float]:
    known = row is not None and notation.known(row["estimate"])
    return (not known, float(row["estimate"]) if known and row is not None else 0.0)


def _named(label: str, height: float) -> list[str]:
    """Return the lines of a name, cut to as many as a row has room for."""
    return shorten(label, _NAME, lines=2 if height >= _TALL_ROW else 1, size=SMALL_SIZE)


def _panel(axes: Axes, marks: Sequence[tuple[int, Row | None]], read: Reading, height: float) -> None:
    axes.set_yticks([])
    axes.axvline(read.null, color=style.LINE, linewidth=0.7, zorder=0.5)
    limits = axis_limits([(0.0, "square", row) for _, row in marks], read)
    blank: list[tuple[float, str]] = []
    for index, (place, row) in enumerate(marks):
        y = (index + 0.5) * height
        if row is None or not notation.known(row["estimate"]):
            blank.append((y, notation.DASH if row is None else Withheld(row["withheld"]).instead))
            continue
        colour = INK if place else _PRIMARY
        estimate, low, high = (read.number(row[name]) for name in ("estimate", "ci_low", "ci_high"))
        draw_interval(axes, (low, high), y, limits, colour=colour)
        axes.plot([estimate], [y], marker="o" if place else "D", markersize=4, color=colour)
    axes.set_xlim(*limits)
    for y, text in blank:
        axes.text(
            0.5, y, text, transform=axes.get_yaxis_transform(), ha="center", va="center_baseline",
            fontsize=SMALL_SIZE, color=MUTED, backgroundcolor="none",
        )  # fmt: skip
    unit = "%" if read.unit == "%" else ""
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{notation.measure(value)}{unit}"))


def _matrix(
    sheet: Sheet, heads: Sequence[str], chosen: Sequence[set[str]], middles: Sequence[float], top: float
) -> None:
    """Draw a column for each choice: a full dot where an analysis makes another one than the primary."""
    left = sheet.width - MARGIN - _DOT * len(heads)
    for column, head in enumerate(heads):
        x = left + (column + 0.5) * _DOT
        sheet.upright(x, top - 2, head, size=SMALL_SIZE)
        for own, y in zip(chosen, middles, strict=True):
            size, colour = (5, INK) if head in own else (2, style.LINE)
            sheet.page.plot([x], [y], marker="o", markeredgewidth=0, markersize=size, color=colour)


def _notes(
    rows: Sequence[tuple[Row | None, Row | None]], studies: Sequence[Study], own: Sequence[bool]
) -> list[str]:
    labels = [str(each.analysis.get("label", "")) for each in studies]
    read = reading(*_INDIRECT, study=studies[0])
    others = [f"“{label}”" for label, same in zip(labels, own, strict=True) if not same]
    return [
        f"Sorted by the indirect effect ({read.direction}), with {studies[0].coverage} CI; the primary "
        "analysis is a diamond. A large dot: the analysis differs from the primary one in this.",
        *([f"On another scale: {notation.joined(others)}."] if others else []),
        *withheld_notes((label, share) for label, (_, share) in zip(labels, rows, strict=True)),
    ]
