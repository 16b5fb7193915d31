"""Figure: the coefficients of the outcome models, without and with the mediator."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ipdmediation.present import style
from ipdmediation.present.figures.rows import coefficients_of
from ipdmediation.present.figures.sheet import MARGIN, draw_key, new_sheet, text_height, text_width, wrap
from ipdmediation.present.style import DOUBLE_COLUMN, MUTED, SMALL_SIZE, TEXT_SIZE, Study


@mpl.rc_context(style.RC)
def model_coefficients(total: pd.DataFrame, outcome: pd.DataFrame, *, study: Study) -> Figure:
    """Draw the coefficients of the total and the outcome model beside each other.

    Parameters
    ----------
    total, outcome
        Coefficients of both models.
    study
        Words of the study.

    Returns
    -------
    Figure
        183 mm wide; ratios on a log axis, differences on a linear one. The terms of a spline of the mediator,
        which mean something together only, are not drawn.
    """
    adjusted = coefficients_of(outcome)
    models = {
        "Without the mediator": coefficients_of(total),
        "With the mediator": adjusted[~adjusted.index.str.contains("mediator[", regex=False)],
    }
    left_out = ""
    if study.spline_knots:
        left_out = f"{study.label(study.mediator)} is a restricted cubic spline: no single estimate."
    colours = dict(zip(models, (MUTED, style.ARM_COLOURS["treated"]), strict=True))
    terms = list(
        dict.fromkeys([*_terms_in_order(models["With the mediator"]), *models["Without the mediator"].index])
    )
    names = [wrap(_term_label(term, models, study), 52) for term in terms]
    ratios = bool(study.odds_ratio)
    columns = ("ratio", "ratio_low", "ratio_high") if ratios else ("estimate", "ci_low", "ci_high")
    texts = {
        (term, model): style.interval(*(float(frame.loc[term, column]) for column in columns))
        for model, frame in models.items()
        for term in terms
        if term in frame.index
    }
    column_width = max(text_width(text, SMALL_SIZE) for text in texts.values()) + 3
    column_width = max(column_width, 30.0)
    left = MARGIN + max(text_width(line, TEXT_SIZE) for lines in names for line in lines) + 4
    heights = [max(8.0, text_height(lines) + 2.5) for lines in names]
    top, plot = 15.0, float(sum(heights))
    sheet = new_sheet(DOUBLE_COLUMN, top + plot + 16 + (5 if left_out else 0), study)
    axes = sheet.axes_at(left, top, DOUBLE_COLUMN - left - column_width - MARGIN, plot)
    ends = np.array([float(models[model].loc[term, column]) for term, model in texts for column in columns])
    limits = _forest_limits(ends, ratios=ratios)
    if ratios:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator(_ratio_ticks(limits)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: style.measure(value)))
    axes.set_xlim(*limits)
    axes.set_ylim(plot, 0)
    axes.set_yticks([])
    axes.axvline(1 if ratios else 0, color=style.LINE, linewidth=0.7, zorder=0.5)
    y = 0.0
    for index, (term, lines, height) in enumerate(zip(terms, names, heights, strict=True)):
        if index % 2:
            sheet.band(MARGIN, top + y, DOUBLE_COLUMN - 2 * MARGIN, height)
        sheet.lines(MARGIN, top + y + (height - text_height(lines)) / 2, lines)
        present = [model for model in models if (term, model) in texts]
        for place, model in enumerate(present):
            at = y + height / 2 + (place - (len(present) - 1) / 2) * 3.6
            estimate, low, high = (float(models[model].loc[term, column]) for column in columns)
            _forest_mark(
                axes, (estimate, low, high), at, colours[model], limits, hollow=model != "With the mediator"
            )
            sheet.text(
                DOUBLE_COLUMN - MARGIN,
                top + at,
                texts[term, model],
                ha="right",
                size=SMALL_SIZE,
                color=colours[model],
            )
        y += height
    quantity = study.odds_ratio.capitalize() if ratios else "Coefficient"
    sheet.text(
        DOUBLE_COLUMN - MARGIN,
        top - 3.5,
        f"Estimate ({study.coverage} CI)",
        ha="right",
        weight="bold",
        size=SMALL_SIZE,
    )
    x = MARGIN
    for model in models:
        x = draw_key(
            sheet, x, 5, f"{model} in the model", colours[model], hollow=model != "With the mediator"
        )
    sheet.text(MARGIN, top + plot + 17.5, left_out, color=MUTED, size=SMALL_SIZE)
    middle = left + (DOUBLE_COLUMN - left - column_width - MARGIN) / 2
    sheet.text(middle, top + plot + 8, f"{quantity} of a better outcome" if ratios else quantity, ha="center")
    if ratios:
        sheet.text(
            middle,
            top + plot + 12.5,
            "\N{LEFTWARDS ARROW} worse        better \N{RIGHTWARDS ARROW}",
            ha="center",
            color=MUTED,
            size=SMALL_SIZE,
        )
    return sheet.figure


def _terms_in_order(coefficients: pd.DataFrame) -> list[str]:
    """Terms with the treatment and the mediator first."""
    first = {"treatment": 0, "mediator": 1}
    return sorted(coefficients.index, key=lambda term: first.get(term.partition("[")[0], 2))


def _term_label(term: str, models: Mapping[str, pd.DataFrame], study: Study) -> str:
    frame = next(frame for frame in reversed(list(models.values())) if term in frame.index)
    return style.term_label(term, frame.loc[[term]].to_dict("records")[0], study=study)


def _forest_limits(ends: np.ndarray[Any, np.dtype[np.float64]], *, ratios: bool) -> tuple[float, float]:
    """Range of the axis; a nearly separated coefficient must not squeeze all the others."""
    finite = ends[np.isfinite(ends)]
    if ratios:
        logs = np.log(np.clip(finite[finite > 0], 0.02, 50.0))
        low, high = min(float(logs.min(initial=-0.2)), -0.2), max(float(logs.max(initial=0.2)), 0.2)
        pad = 0.05 * (high - low)
        return math.exp(low - pad), math.exp(high + pad)
    low, high = min(float(finite.min(initial=0.0)), 0.0), max(float(finite.max(initial=0.0)), 0.0)
    pad = 0.05 * (high - low or 1.0)
    return low - pad, high + pad


def _ratio_ticks(limits: tuple[float, float]) -> list[float]:
    steps = [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
    if limits[1] / limits[0] < 4:
        steps = [0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0]
    return [step for step in steps if limits[0] <= step <= limits[1]]


def _forest_mark(
    axes: Axes,
    values: tuple[float, float, float],
    y: float,
    colour: str,
    limits: tuple[float, float],
    *,
    hollow: bool,
) -> None:
    """Draw an estimate with its interval; an end beyond the axis becomes an arrow head."""
    estimate, low, high = values
    if math.isfinite(low) and math.isfinite(high):
        shown = [min(max(end, limits[0]), limits[1]) for end in (low, high)]
        axes.plot(shown, [y, y], color=colour, linewidth=1.2, solid_capstyle="butt")
        for end, at, head in ((low, shown[0], "<"), (high, shown[1], ">")):
            if end != at:
                axes.plot([at], [y], marker=head, markersize=4, color=colour, clip_on=False)
    if limits[0] <= estimate <= limits[1]:
        axes.plot(
            [estimate],
            [y],
            marker="o",
            markersize=4.5,
            color="white" if hollow else colour,
            markeredgecolor=colour,
            markeredgewidth=1,
        )
