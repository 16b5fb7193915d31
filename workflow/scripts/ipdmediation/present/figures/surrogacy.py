"""Figure: the trials' effects on the outcome against those on the mediator, with the line through them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from ipdmediation.present import notation, style
from ipdmediation.present.figures.name_places import Named, place_names
from ipdmediation.present.figures.sheet import MARGIN, in_style, new_sheet, text_height, wrap
from ipdmediation.present.scales import Reading, Row
from ipdmediation.present.study import Study
from ipdmediation.present.style import INK, MUTED, SMALL_SIZE
from ipdmediation.present.surrogacy import (
    in_order,
    left_out_sentence,
    measure,
    on_mediator,
    on_outcome,
    reason,
    threshold_sentence,
    written,
)

MOST_NAMED = 15  # of more trials the table has the names
_LEFT, _RIGHT, _HIGH = 20.0, 13.0, 88.0  # mm
_CROWDED = 60  # trials, of more the circles are small
_CIRCLE = 6.0  # points, of an average weight
_MOST_CIRCLE = 12.0
_ROUND = (1.0, 2.0, 5.0)
_FINE = (1.0, 1.2, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
LINE = style.ARM_COLOURS["treated"]

Limits = tuple[float, float]


@in_style
def surrogacy(
    table: pd.DataFrame, predictions: pd.DataFrame, line: pd.DataFrame, effects: pd.DataFrame, *, study: Study
) -> Figure:
    """Draw a circle per trial with both of its intervals, the line, its prediction and the threshold.

    Parameters
    ----------
    table
        The measures of the panel.
    predictions
        The trials' effects.
    line
        Points of the line with prediction intervals; none where there is no line.
    effects
        The effects of the analysis; not shown here.
    study
        Words of the study.

    Returns
    -------
    Figure
        As wide as two columns. With more than `MOST_NAMED` trials these have no names.
    """
    del effects
    kept = in_order(predictions[predictions["reason"] == ""], study).to_dict("records")
    reads = {"on_mediator": on_mediator(study), "on_outcome": on_outcome(study)}
    labels = {
        "on_mediator": f"Effect on {study.named(study.mediator)}: {reads['on_mediator'].named}",
        "on_outcome": f"Effect on {study.named_outcome}: {reads['on_outcome'].named}",
    }
    width = study.page.double - _LEFT - _RIGHT
    below = wrap(labels["on_mediator"], width, size=SMALL_SIZE)
    above = wrap(labels["on_outcome"], study.page.double - 2 * MARGIN, size=SMALL_SIZE)
    notes = [
        text
        for note in _notes(table, predictions, line, study)
        for text in wrap(note, study.page.double - 2 * MARGIN, size=SMALL_SIZE)
    ]
    top = MARGIN + text_height(above, size=SMALL_SIZE) + 2
    foot = top + _HIGH + 6 + text_height(below, size=SMALL_SIZE) + 2
    sheet = new_sheet(study.page.double, foot + text_height(notes, size=SMALL_SIZE) + 2, study)
    sheet.lines(MARGIN, MARGIN, above, size=SMALL_SIZE, color=MUTED)
    sheet.lines(_LEFT, top + _HIGH + 6, below, size=SMALL_SIZE, color=MUTED)
    sheet.lines(MARGIN, foot, notes, size=SMALL_SIZE, color=MUTED)
    axes = sheet.axes_at(_LEFT, top, width, _HIGH)
    axes.spines["left"].set_visible(True)
    across = _limits(kept, "on_mediator", [*line["on_mediator"]])
    upward = _limits(kept, "on_outcome", [*line["predicted"]])
    axes.set_xlim(*across)
    axes.set_ylim(*upward)
    _ticks(axes, across, reads["on_mediator"], vertical=False)
    _ticks(axes, upward, reads["on_outcome"], vertical=True)
    axes.axhline(0, color=style.LINE, linewidth=0.7, zorder=0.5)
    axes.axvline(0, color=style.LINE, linewidth=0.7, zorder=0.5)
    _draw_line(axes, line)
    _draw_threshold(axes, table, across, upward)
    sizes = _draw_trials(axes, kept)
    if len(kept) <= MOST_NAMED:
        named = [study.trial(str(row["trial"])) for row in kept]
        _draw_names(axes, kept, dict(zip(named, sizes, strict=True)), width)
    return sheet.figure


def _notes(table: pd.DataFrame, predictions: pd.DataFrame, line: pd.DataFrame, study: Study) -> list[str]:
    threshold = measure(table, "threshold_effect")
    if line.empty:
        drawn = [f"No line is drawn: {reason(measure(table, 'slope'))}."]
    else:
        drawn = [
            f"Line and band: the effect that a new trial is predicted to have, with its {study.coverage} "
            "prediction interval."
        ]
        if notation.known(threshold["estimate"]):
            at = written(threshold["estimate"], on_mediator(study))
            drawn[0] += f" Dashed: the surrogate threshold effect, {at}."
        else:
            drawn.append(threshold_sentence(table, study=study))
    circles = "trials" if line.empty else "trials, areas by weight in the line"
    return [
        f"Circles: {circles}; bars are {study.coverage} confidence intervals.",
        *drawn,
        *left_out_sentence(predictions, study),
    ]


def _limits(trials: Sequence[Row], name: str, points: Sequence[float]) -> Limits:
    """Return the ends of an axis: one trial's wide interval must not squeeze all the others."""
    inner = [0.0, *points, *(float(row[name]) for row in trials)]
    low, high = min(inner), max(inner)
    ends = [float(row[f"{name}_{end}"]) for row in trials for end in ("low", "high")]
    widths = [above - below for below, above in zip(ends[::2], ends[1::2], strict=True)]
    reach = max(0.5 * (high - low or 1.0), float(np.quantile(widths or [0.0], 0.5, method="lower")))
    wide = [min(max(end, low - reach), high + reach) for end in ends]
    low, high = min([low, *wide]), max([high, *wide])
    pad = 0.03 * (high - low or 1.0)
    return low - pad, high + pad


def _ticks(axes: Axes, limits: Limits, read: Reading, *, vertical: bool) -> None:
    axis = axes.yaxis if vertical else axes.xaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: notation.measure(read.number(value))))
    if vertical:
        axes.tick_params(axis="y", length=2.5, width=0.6, color=style.LINE, labelcolor=INK)
    if not read.ratio:
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        return
    found = _ratios(limits, _ROUND)
    axis.set_major_locator(FixedLocator(found if len(found) > 2 else _ratios(limits, _FINE)))
    axis.set_minor_locator(NullLocator())


def _ratios(limits: Limits, leads: Sequence[float]) -> list[float]:
    """Return the logarithms of round numbers between two logarithms."""
    places = [math.log(lead * 10.0**power) for power in range(-6, 7) for lead in leads]
    return [place for place in places if limits[0] <= place <= limits[1]]


def _draw_line(axes: Axes, line: pd.DataFrame) -> None:
    at = line["on_mediator"].to_numpy(dtype=np.float64)
    low, high = (line[f"prediction_{end}"].to_numpy(dtype=np.float64) for end in ("low", "high"))
    axes.fill_between(at, low, high, color=LINE, alpha=0.13, linewidth=0, zorder=1)
    axes.plot(at, line["predicted"].to_numpy(dtype=np.float64), color=LINE, linewidth=1.2, zorder=2)


def _draw_threshold(axes: Axes, table: pd.DataFrame, across: Limits, upward: Limits) -> None:
    at = measure(table, "threshold_effect")["estimate"]
    if notation.known(at) and across[0] <= at <= across[1]:
        axes.plot([at, at], upward, color=LINE, linewidth=0.9, linestyle="--", zorder=1.5)


def _draw_trials(axes: Axes, trials: Sequence[Row]) -> list[float]:
    """Draw circles with bars; return the circles' diameters in points."""
    weights = [float(row["weight"]) for row in trials]
    sizes, many = [], len(trials) > _CROWDED
    for row, weight in zip(trials, weights, strict=True):
        relative = weight * len(trials) if notation.known(weight) else 1.0
        sizes.append(min(_CIRCLE * math.sqrt(relative), _MOST_CIRCLE) * (0.5 if many else 1))
        x, y = float(row["on_mediator"]), float(row["on_outcome"])
        for xs, ys in (
            ([row["on_mediator_low"], row["on_mediator_high"]], [y, y]),
            ([x, x], [row["on_outcome_low"], row["on_outcome_high"]]),
        ):
            axes.plot(xs, ys, color=MUTED, linewidth=0.7, alpha=0.25 if many else 0.8, zorder=3)
        axes.plot(
            [x],
            [y],
            marker="o",
            markersize=sizes[-1],
            color="white",
            markeredgecolor=INK,
            markeredgewidth=0.9,
            zorder=4,
        )
    return sizes


def _draw_names(axes: Axes, trials: Sequence[Row], sizes: Mapping[str, float], width: float) -> None:
    """Write the names of the circles, by name the diameters of these in points, on a width in millimetres."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    per_x, per_y = (right - left) / width, (high - low) / _HIGH
    named = [
        Named(
            name=name,
            x=(float(row["on_mediator"]) - left) / per_x,
            y=(float(row["on_outcome"]) - low) / per_y,
            radius=size / 2 * 25.4 / 72,
        )
        for row, (name, size) in zip(trials, sizes.items(), strict=True)
    ]
    for each, (x, y) in zip(named, place_names(named, width=width, height=_HIGH), strict=True):
        across = [left + per_x * place for place in (x, each.x)]
        upward = [low + per_y * place for place in (y, each.y)]
        axes.plot(across, upward, color=style.LINE, linewidth=0.5, zorder=3.5)
        axes.text(
            across[0],
            upward[0],
            each.name,
            ha="center",
            va="center",
            fontsize=SMALL_SIZE,
            color=INK,
            zorder=5,
            bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 0.6},
        )
