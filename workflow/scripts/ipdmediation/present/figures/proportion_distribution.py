"""Figure: the bootstrap distribution of the proportion mediated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ipdmediation.present import style
from ipdmediation.present.figures.sheet import MARGIN, new_sheet, text_height, wrap
from ipdmediation.present.style import INK, MUTED, SINGLE_COLUMN, SMALL_SIZE, Study


@mpl.rc_context(style.RC)
def proportion_distribution(
    draws: pd.DataFrame,
    effects: pd.DataFrame,
    *,
    study: Study,
    effect: str | None = None,
) -> Figure:
    """Draw the bootstrap distribution of a proportion mediated, with its estimate and interval.

    Parameters
    ----------
    draws
        One row a replicate, with the columns ``replicate`` and ``<effect>:proportion``. Replicates that the
        effects table does not count, as chunks are always full, are left out.
    effects
        The effects table; its row of `effect` gives estimate and interval.
    study
        Words of the study; its published share is drawn beside the difference of coefficients.
    effect
        Which proportion; by default ``log_or_difference``, or ``khb`` where an interaction leaves no single
        direct coefficient to compare with the total one.

    Returns
    -------
    Figure
        89 mm wide. Draws beyond the axis are counted in words.
    """
    effect = effect or _given(effects)
    counted = draws[draws["replicate"] < effects["replicates"].iloc[0]]
    values = pd.to_numeric(counted[f"{effect}:proportion"], errors="coerce").to_numpy(dtype=float)
    values = 100 * values[np.isfinite(values)]
    row = _effect(effects, effect, "proportion")
    estimate, low, high = (100 * float(row[name]) for name in ("estimate", "ci_low", "ci_high"))
    marks = [value for value in (estimate, low, high) if math.isfinite(value)]
    published = study.published_share if effect == "log_or_difference" else {}
    printed = {name: 100 * float(value) for name, value in published.items()}
    limits = _histogram_limits(values, [*marks, *printed.values()])
    inside = values[(values >= limits[0]) & (values <= limits[1])]
    title = wrap(style.effect_name(effect), SINGLE_COLUMN - 2 * MARGIN, weight="bold")
    shown = style.proportion(row["estimate"], row["ci_low"], row["ci_high"])
    words = [f"This run: {shown if style.known(row['estimate']) else 'withheld'}"]
    if "value" in printed:
        published_text = style.proportion(
            *(printed.get(name, math.nan) / 100 for name in ("value", "low", "high"))
        )
        words.append(f"Published: {published_text}")
    beyond = len(values) - len(inside)
    note = f"{style.count(len(values))} replicates"
    if beyond:
        note += f"; {style.count(beyond)} beyond the axis"
    head = text_height(title) + text_height(words) + 4
    top, plot = MARGIN + head, 36.0
    sheet = new_sheet(SINGLE_COLUMN, top + plot + 18, study)
    sheet.lines(MARGIN, MARGIN, title, weight="bold")
    y = MARGIN + text_height(title) + 1
    for index, (text, colour) in enumerate(zip(words, (INK, style.WARNING), strict=False)):
        at = y + (index + 0.5) * text_height([text])
        sheet.line([(MARGIN, at), (MARGIN + 5, at)], color=colour, width=1.4, dashed=index == 1)
        sheet.text(MARGIN + 6.5, at, text, color=colour)
    axes = sheet.axes_at(4, top, SINGLE_COLUMN - 8, plot)
    heights, edges = np.histogram(inside, bins=min(40, max(10, len(inside) // 20)), range=limits)
    axes.bar(
        edges[:-1],
        heights,
        width=np.diff(edges),
        align="edge",
        color="#9db8d2",
        edgecolor="white",
        linewidth=0.4,
    )
    tallest = max(float(heights.max(initial=1)), 1.0)
    axes.set_ylim(0, tallest * 1.22)
    axes.set_xlim(*limits)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{style.measure(value)}%"))
    if limits[0] < 0 < limits[1]:
        axes.axvline(0, color=style.LINE, linewidth=0.6, zorder=0.5)
    _interval_mark(axes, (estimate, low, high), tallest * 1.08, INK)
    axes.vlines(
        [value for value in (estimate,) if math.isfinite(value)], 0, tallest * 1.08, color=INK, linewidth=1
    )
    if "value" in printed:
        ends = (printed["value"], printed.get("low", math.nan), printed.get("high", math.nan))
        _interval_mark(axes, ends, tallest * 1.16, style.WARNING)
        axes.vlines(
            [printed["value"]], 0, tallest * 1.16, color=style.WARNING, linewidth=1, linestyles="dashed"
        )
    sheet.text(SINGLE_COLUMN / 2, top + plot + 8, "Proportion mediated", ha="center")
    sheet.text(SINGLE_COLUMN / 2, top + plot + 13, note, ha="center", color=MUTED, size=SMALL_SIZE)
    return sheet.figure


def _given(effects: pd.DataFrame) -> str:
    given = set(effects.loc[effects["estimate"].notna(), "effect"])
    return "khb" if "khb" in given and "log_or_difference" not in given else "log_or_difference"


def _effect(effects: pd.DataFrame, effect: str, scale: str) -> pd.Series[Any]:
    return effects[(effects["effect"] == effect) & (effects["scale"] == scale)].iloc[0]


def _histogram_limits(
    values: np.ndarray[Any, np.dtype[np.float64]], marks: Sequence[float]
) -> tuple[float, float]:
    """Range of the axis: nearly all draws and every mark; a ratio's far tails would squeeze the rest."""
    ends = [*marks, 0.0]
    if len(values):
        ends += [float(end) for end in np.quantile(values, [0.005, 0.995])]
    low, high = min(ends), max(ends)
    pad = 0.04 * (high - low or 1.0)
    return low - pad, high + pad


def _interval_mark(axes: Axes, values: tuple[float, float, float], y: float, colour: str) -> None:
    estimate, low, high = values
    if math.isfinite(low) and math.isfinite(high):
        axes.plot([low, high], [y, y], color=colour, linewidth=1.6, solid_capstyle="butt")
    if math.isfinite(estimate):
        axes.plot(
            [estimate],
            [y],
            marker="o",
            markersize=4.5,
            color=colour,
            markeredgecolor="white",
            markeredgewidth=0.6,
        )
