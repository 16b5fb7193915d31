"""Stacked bars of the outcome levels and their legend."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import Rectangle

from ipdmediation.present import notation, style
from ipdmediation.present.figures.sheet import Sheet, text_height, text_width, wrap
from ipdmediation.present.house_style import people
from ipdmediation.present.style import INK, SMALL_SIZE


def _hidden(values: Sequence[float]) -> list[int]:
    return [position for position, value in enumerate(values) if math.isnan(value)]


def blank_note(shares: Iterable[Mapping[str, Sequence[float]]]) -> str:
    """Say what blank segments are, empty where no level is withheld.

    Parameters
    ----------
    shares
        Percentages by arm, of each panel.
    """
    bars = [values for panel in shares for values in panel.values() if _hidden(values)]
    if not bars:
        return ""
    # As two blanks they would give away how many there are in each.
    apart = any(len(_hidden(values)) <= _hidden(values)[-1] - _hidden(values)[0] for values in bars)
    between = "; where levels between them are shown, these stand before the blank" if apart else ""
    return f"Blank: levels withheld for few {people()}, or as they would give such a number away{between}."


def _ramp(size: int) -> list[tuple[float, float, float]]:
    """Colours from the best to the worst level."""
    ramp = LinearSegmentedColormap.from_list("better_to_worse", list(style.BETTER_TO_WORSE))
    return [to_rgb(ramp(0.5 if size == 1 else index / (size - 1))) for index in range(size)]


def _ink_on(colour: tuple[float, float, float]) -> str:
    """Black or white, whichever contrasts more by WCAG relative luminance."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return INK if luminance > 0.2 else "white"


def stacked_bars(
    sheet: Sheet,
    x: float,
    y: float,
    width: float,
    shares: Mapping[Any, Sequence[float]],
    *,
    bar: float,
    gap: float,
) -> bool:
    """Draw one stacked bar below the other, and the lines that join the same level's end in neighbours.

    Levels that are withheld have one blank segment together, at their place in the order: levels that lie
    between them stand before it. Lines join the ends that are known in both.

    Returns
    -------
    bool
        Whether a segment is too small for its number.
    """
    edges: list[dict[int, float]] = []
    unnumbered = False
    for index, values in enumerate(shares.values()):
        top = y + index * (bar + gap)
        start = x
        hidden, colours = _hidden(values), _ramp(len(values))
        ends: dict[int, float] = {}
        rest = width * (1 - sum(value for value in values if notation.known(value)) / 100)
        for position, (value, colour) in enumerate(zip(values, colours, strict=True)):
            if hidden and position == hidden[-1]:
                sheet.page.add_patch(
                    Rectangle((start, top), rest, bar, facecolor="white", edgecolor=style.LINE, linewidth=0.5)
                )
                start += rest
                ends[position] = start
            if position in hidden:
                continue
            length = width * value / 100
            if value > 0:  # the edge of nothing would hide that of a blank beside it
                sheet.page.add_patch(
                    Rectangle(
                        (start, top),
                        length,
                        bar,
                        facecolor=colour,
                        edgecolor="white",
                        linewidth=0.5,
                        zorder=2,
                    )
                )
            text = notation.fixed(value, digits=0)
            # A number that does not fit would run into its neighbour: the table has it.
            if value >= 0.5 and text_width(text, SMALL_SIZE) + 1 <= length:
                sheet.text(
                    start + length / 2,
                    top + bar / 2,
                    text,
                    ha="center",
                    color=_ink_on(colour),
                    size=SMALL_SIZE,
                )
            else:
                unnumbered |= value > 0
            start += length
            if not hidden or not hidden[0] < position < hidden[-1]:
                ends[position] = start
        edges.append(ends)
    for index, (first, second) in enumerate(pairwise(edges)):
        below = y + index * (bar + gap) + bar
        for position in range(len(colours) - 1):
            if position in first and position in second:
                sheet.line([(first[position], below), (second[position], below + gap)], width=0.6)
    return unnumbered


def percent_axis(sheet: Sheet, x: float, y: float, width: float, label: str) -> None:
    """Draw an axis from 0 to 100 below bars, its left end at (x, y) millimetres; it takes 9 mm."""
    sheet.line([(x, y), (x + width, y)], width=0.6)
    for value in range(0, 101, 20):
        at = x + width * value / 100
        sheet.line([(at, y), (at, y + 1)], width=0.6)
        sheet.text(at, y + 3, str(value), ha="center", size=SMALL_SIZE)
    sheet.text(x + width / 2, y + 7, label, ha="center")


_Legend = list[list[tuple[float, list[str], tuple[float, float, float]]]]


def legend_rows(levels: Mapping[str, str], width: float) -> _Legend:
    """Lay the levels out in rows: each entry has its x, its lines and its colour."""
    rows: _Legend = [[]]
    x = 0.0
    for (level, label), colour in zip(levels.items(), _ramp(len(levels)), strict=True):
        text = f"{level}  {label}" if level.lstrip("-").isdigit() and level != label else label
        lines = wrap(text, min(width - 6, 80), size=SMALL_SIZE)
        needed = 5 + max(text_width(line, SMALL_SIZE) for line in lines) + 4
        if rows[-1] and x + needed > width:
            rows.append([])
            x = 0.0
        rows[-1].append((x, lines, colour))
        x += needed
    return rows


def legend_height(rows: _Legend) -> float:
    """Return the height of a legend in millimetres."""
    return sum(max(text_height(lines, size=SMALL_SIZE) for _, lines, _ in row) + 1.2 for row in rows)


def draw_legend(sheet: Sheet, rows: _Legend, x: float, y: float) -> None:
    """Draw a legend with its upper left corner at (x, y) millimetres."""
    for row in rows:
        for shift, lines, colour in row:
            sheet.page.add_patch(
                Rectangle(
                    (x + shift, y + 0.4), 3.2, 2.6, facecolor=colour, edgecolor=style.LINE, linewidth=0.3
                )
            )
            sheet.lines(x + shift + 4.6, y, lines, size=SMALL_SIZE)
        y += max(text_height(lines, size=SMALL_SIZE) for _, lines, _ in row) + 1.2
