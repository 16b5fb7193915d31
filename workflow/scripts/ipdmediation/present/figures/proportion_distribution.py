"""Figure: the bootstrap distribution of the proportion mediated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.present import notation, style
from ipdmediation.present.figures.rows import effect_row
from ipdmediation.present.figures.sheet import MARGIN, in_style, new_sheet, text_height, wrap
from ipdmediation.present.labels import NATURAL, effect_name
from ipdmediation.present.scales import reading
from ipdmediation.present.shares import shares_of
from ipdmediation.present.study import Study
from ipdmediation.present.style import INK, MUTED, SMALL_SIZE
from ipdmediation.vocabulary.effects import (
    HEADLINE,
    PROPORTION_MEDIATED,
    SHARE_BY_DIFFERENCE,
    SHARE_ON_ONE_SCALE,
    EffectKey,
)
from ipdmediation.vocabulary.withheld import Withheld


class _Look(NamedTuple):
    """How a share is told from the others, in grey print as well."""

    colour: str
    marker: str
    dashed: bool = False
    fill: str = "none"

    @property
    def line(self) -> Any:
        """Line style of its outline and its interval."""
        return (0, (3, 1.5)) if self.dashed else "-"


LOOKS = {
    HEADLINE: _Look(INK, "o", fill="#9db8d2"),
    SHARE_ON_ONE_SCALE: _Look("#7a2e05", "s", dashed=True),
    SHARE_BY_DIFFERENCE: _Look(MUTED, "D"),
}
PUBLISHED = _Look(style.WARNING, "^")


class _Share(NamedTuple):
    """A share that is drawn: its draws in percent, estimate and interval, and colour."""

    key: EffectKey
    label: str
    draws: FloatArray
    marks: tuple[float, float, float]


@in_style
def proportion_distribution(draws: pd.DataFrame, effects: pd.DataFrame, *, study: Study) -> Figure:
    """Draw the bootstrap distributions of the share mediated, with estimates and intervals.

    Filled is the share of the effect on the mean; outlines show those of coefficients: a dashed one that on
    one scale, the other that from their difference, with the published figure where there is one.

    Parameters
    ----------
    draws
        One row per replicate, with the columns ``replicate``, ``pm:mean``, ``khb:proportion`` and
        ``log_or_difference:proportion``. Chunks are always full; replicates that the effects table does not
        count are left out.
    effects
        The effects table; a share that it withholds is not drawn, and why is written in its place.
    study
        Words of the study; its published share is drawn beside the difference of coefficients.

    Returns
    -------
    Figure
        As wide as a column. Draws beyond the axis are counted in words.
    """
    counted = draws[draws["replicate"] < effects["replicates"].iloc[0]]
    shares: list[_Share] = []
    lines: list[tuple[str, _Look | None]] = []
    for key in shares_of(study):
        row = effect_row(effects, *key)
        if row is None:
            continue
        label = effect_name(row, study=study)
        read = reading(*key, study=study)
        if not notation.known(row["estimate"]):
            why = Withheld(row["withheld"])
            reason = why.reason(notation.text_of(row["note"]))
            lines.append((f"{label}: {notation.with_ends(why.instead, reason)}", None))
            continue
        values = 100 * pd.to_numeric(counted[key.column], errors="coerce").to_numpy(dtype=float)
        estimate, low, high = (read.number(row[name]) for name in ("estimate", "ci_low", "ci_high"))
        shares.append(_Share(key, label, values[np.isfinite(values)], (estimate, low, high)))
        lines.append((f"{label}: {read.text(row)}", LOOKS[key]))
    drawn = {share.key for share in shares}
    published = study.published_share if SHARE_BY_DIFFERENCE in drawn else {}
    printed = {name: 100 * float(value) for name, value in published.items()}
    if printed:
        ends = (printed.get(name, math.nan) / 100 for name in ("value", "low", "high"))
        lines.append((f"Published: {notation.proportion(*ends)}", PUBLISHED))
    return _figure(shares, lines, printed, study)


def _figure(
    shares: Sequence[_Share],
    lines: Sequence[tuple[str, _Look | None]],
    printed: Mapping[str, float],
    study: Study,
) -> Figure:
    wrapped = [(wrap(text, study.page.single - 2 * MARGIN - 7), look) for text, look in lines]
    head = sum(text_height(texts) + 1 for texts, _ in wrapped) + text_height(["x"]) + 4
    top, plot = MARGIN + head, 36.0 if shares else 0.0
    sheet = new_sheet(study.page.single, top + plot + (18 if shares else 7), study)
    sheet.text(MARGIN, MARGIN + 2, NATURAL[PROPORTION_MEDIATED], weight="bold")
    y = MARGIN + text_height(["x"]) + 2
    for texts, look in wrapped:
        if look is not None:
            _sample(sheet.page, (MARGIN, MARGIN + 5), y + text_height(["x"]) / 2, look)
        sheet.lines(MARGIN + 6.5, y, texts, color=look.colour if look else INK)
        y += text_height(texts) + 1
    if not shares:
        return sheet.figure
    marks = [value for share in shares for value in share.marks]
    limits = _histogram_limits(
        np.concatenate([share.draws for share in shares]),
        [value for value in (*marks, *printed.values()) if math.isfinite(value)],
    )
    axes = sheet.axes_at(4, top, study.page.single - 8, plot)
    tallest = max(_histogram(axes, share, limits) for share in shares)
    axes.set_ylim(0, tallest * 1.47)
    axes.set_xlim(*limits)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{notation.measure(value)}%"))
    if limits[0] < 0 < limits[1]:
        axes.axvline(0, color=style.LINE, linewidth=0.6, zorder=0.5)
    ends = (printed.get("value", math.nan), printed.get("low", math.nan), printed.get("high", math.nan))
    for place, (values, look) in enumerate(
        [*((share.marks, LOOKS[share.key]) for share in shares), (ends, PUBLISHED)]
    ):
        _interval_mark(axes, values, tallest * (1.08 + 0.1 * place), look)
    sheet.text(study.page.single / 2, top + plot + 8, "Share of the total effect", ha="center")
    sheet.text(
        study.page.single / 2,
        top + plot + 13,
        _note(shares, limits),
        ha="center",
        color=MUTED,
        size=SMALL_SIZE,
    )
    return sheet.figure


def _note(shares: Sequence[_Share], limits: tuple[float, float]) -> str:
    size = max(len(share.draws) for share in shares)
    beyond = sum(int(((share.draws < limits[0]) | (share.draws > limits[1])).sum()) for share in shares)
    note = f"{notation.count(size)} bootstrap replicates"
    return f"{note}; {notation.count(beyond)} beyond the axis" if beyond else note


def _histogram(axes: Axes, share: _Share, limits: tuple[float, float]) -> float:
    """Draw the draws of a share within the axis; return the tallest bar."""
    inside = share.draws[(share.draws >= limits[0]) & (share.draws <= limits[1])]
    heights, edges = np.histogram(inside, bins=min(40, max(10, len(inside) // 20)), range=limits)
    look = LOOKS[share.key]
    filled = look.fill != "none"
    axes.stairs(
        heights,
        edges,
        fill=filled,
        facecolor=look.fill,
        edgecolor="white" if filled else look.colour,
        linewidth=0.8,
        linestyle="-" if filled else look.line,
    )
    return max(float(heights.max(initial=1)), 1.0)


def _histogram_limits(values: FloatArray, marks: Sequence[float]) -> tuple[float, float]:
    """Range of the axis: nearly all draws and every mark; a ratio's far tails would squeeze the rest."""
    ends = [*marks, 0.0]
    if len(values):
        ends += [float(end) for end in np.quantile(values, [0.005, 0.995])]
    low, high = min(ends), max(ends)
    pad = 0.04 * (high - low or 1.0)
    return low - pad, high + pad


def _interval_mark(axes: Axes, values: tuple[float, float, float], y: float, look: _Look) -> None:
    estimate, low, high = values
    if math.isfinite(low) and math.isfinite(high):
        _sample(axes, (low, high), y, look, at=estimate)
    elif math.isfinite(estimate):
        _sample(axes, (estimate, estimate), y, look)


def _sample(axes: Axes, ends: tuple[float, float], y: float, look: _Look, *, at: float | None = None) -> None:
    """Draw a line with a mark on it, in the middle unless it is said where."""
    axes.plot(ends, [y, y], color=look.colour, linewidth=1.6, linestyle=look.line, solid_capstyle="butt")
    axes.plot(
        [sum(ends) / 2 if at is None else at],
        [y],
        marker=look.marker,
        markersize=4.5,
        color=look.colour,
        markeredgecolor="white",
        markeredgewidth=0.6,
    )
