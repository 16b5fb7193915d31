"""Figure: the coefficients of the outcome models, without and with the mediator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ipdmediation.present import notation, style
from ipdmediation.present.figures.rows import coefficients_of, effect_row
from ipdmediation.present.figures.sheet import (
    MARGIN,
    draw_key,
    in_style,
    new_sheet,
    text_height,
    text_width,
    wrap,
)
from ipdmediation.present.labels import coefficient_name, term_label
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.present.style import MUTED, SMALL_SIZE, TEXT_SIZE
from ipdmediation.vocabulary.effects import DIRECT_AT, OF_THE_MEDIATOR
from ipdmediation.vocabulary.terms import TermKind

WITHOUT, WITH = "Without the mediator", "With the mediator"


@in_style
def model_coefficients(
    total: pd.DataFrame, outcome: pd.DataFrame, effects: pd.DataFrame, *, study: Study
) -> Figure:
    """Draw the coefficients of the total and the outcome model beside each other.

    Parameters
    ----------
    total, outcome
        Coefficients of both models, with labels: those of the covariates are drawn, with Wald intervals.
    effects
        The effects table: treatment and mediator are drawn from it, with bootstrap intervals.
    study
        Words of the study.

    Returns
    -------
    Figure
        As wide as two columns; ratios on a log axis, differences on a linear one. The terms of a spline of
        the mediator, which mean something together only, are not drawn.
    """
    direct = list(DIRECT_AT) if study.interaction else ["direct"]
    models = {
        WITHOUT: _drawn(total, effects, ["total"], study),
        WITH: _drawn(outcome, effects, [*direct, *OF_THE_MEDIATOR], study),
    }
    foot = wrap(_foot(study), study.page.double - 2 * MARGIN, size=SMALL_SIZE)
    colours = dict(zip(models, (MUTED, style.ARM_COLOURS["treated"]), strict=True))
    first = [key for key in models[WITHOUT] if key[0] == "effect"]
    terms = list(dict.fromkeys([*first, *models[WITH], *models[WITHOUT]]))
    names = [
        wrap(next(models[model][key].label for model in (WITH, WITHOUT) if key in models[model]), 52)
        for key in terms
    ]
    ratios = bool(study.ratio)
    texts = {
        (term, model): notation.interval(*drawn[term].ends, nulls=(1 if ratios else 0,))
        for model, drawn in models.items()
        for term in terms
        if term in drawn
    }
    column_width = max(text_width(text, SMALL_SIZE) for text in texts.values()) + 3
    column_width = max(column_width, 30.0)
    left = MARGIN + max(text_width(line, TEXT_SIZE) for lines in names for line in lines) + 4
    heights = [max(8.0, text_height(lines) + 2.5) for lines in names]
    top, plot = 15.0, float(sum(heights))
    middle = left + (study.page.double - left - column_width - MARGIN) / 2
    axis_label = _axis_label(study, 2 * (min(middle, study.page.double - middle) - MARGIN))
    below = top + plot + text_height(axis_label) - text_height(["x"])
    sheet = new_sheet(study.page.double, below + 21 + text_height(foot[1:], size=SMALL_SIZE), study)
    axes = sheet.axes_at(left, top, study.page.double - left - column_width - MARGIN, plot)
    ends = np.array([value for term, model in texts for value in models[model][term].ends])
    limits = _forest_limits(ends, ratios=ratios)
    if ratios:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator(_ratio_ticks(limits)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: notation.measure(value)))
    axes.set_xlim(*limits)
    axes.set_ylim(plot, 0)
    axes.set_yticks([])
    axes.axvline(1 if ratios else 0, color=style.LINE, linewidth=0.7, zorder=0.5)
    y = 0.0
    for index, (term, lines, height) in enumerate(zip(terms, names, heights, strict=True)):
        if index % 2:
            sheet.band(MARGIN, top + y, study.page.double - 2 * MARGIN, height)
        sheet.lines(MARGIN, top + y + (height - text_height(lines)) / 2, lines)
        present = [model for model in models if (term, model) in texts]
        for place, model in enumerate(present):
            at = y + height / 2 + (place - (len(present) - 1) / 2) * 3.6
            values = models[model][term].ends
            _forest_mark(axes, values, at, colours[model], limits, hollow=model != WITH)
            sheet.text(
                study.page.double - MARGIN,
                top + at,
                texts[term, model],
                ha="right",
                size=SMALL_SIZE,
                color=colours[model],
            )
        y += height
    sheet.text(
        study.page.double - MARGIN,
        top - 3.5,
        f"Estimate ({study.coverage} CI)",
        ha="right",
        weight="bold",
        size=SMALL_SIZE,
    )
    x = MARGIN
    for model in models:
        x = draw_key(sheet, x, 5, f"{model} in the model", colours[model], hollow=model != WITH)
    above = below + 17.5 - text_height(foot[:1], size=SMALL_SIZE) / 2
    sheet.lines(MARGIN, above, foot, color=MUTED, size=SMALL_SIZE)
    sheet.lines(middle, top + plot + 8 - text_height(["x"]) / 2, axis_label, ha="center")
    sheet.text(
        middle,
        below + 12.5,
        _sides(study),
        ha="center",
        color=MUTED,
        size=SMALL_SIZE,
    )
    return sheet.figure


def _foot(study: Study) -> str:
    if not study.spline_knots:
        return _intervals(study)
    name = study.label(study.mediator)
    return f"{_intervals(study)} {name} is a restricted cubic spline: no single estimate."


def _intervals(study: Study) -> str:
    if study.free_treatment:
        return "Intervals: bootstrap for the mediator, Wald for the treatment at each cut and for covariates."
    return "Intervals: bootstrap for treatment and mediator, Wald for covariates."


def _axis_label(study: Study, width: float) -> list[str]:
    read = reading("total", "coefficient", study=study)
    return wrap(notation.upper(read.named), width)


def _sides(study: Study) -> str:
    better_above = reading("total", "coefficient", study=study).better > 0
    sides = ("worse", "better") if better_above else ("better", "worse")
    return "\N{LEFTWARDS ARROW} {}        {} \N{RIGHTWARDS ARROW}".format(*sides)


class _Drawn(NamedTuple):
    """A row of the figure: its label, and estimate and interval as they are written."""

    label: str
    ends: tuple[float, float, float]


def _drawn(
    model: pd.DataFrame, effects: pd.DataFrame, named: Sequence[str], study: Study
) -> dict[tuple[str, str], _Drawn]:
    """Return what is drawn of a model, each with its key: named effects, a treatment by cut, covariates."""
    rows: dict[tuple[str, str], _Drawn] = {}
    for effect in named:
        row = effect_row(effects, effect, "coefficient")
        if row is None or not notation.known(row["estimate"]):
            continue
        read = reading(effect, "coefficient", study=study)
        # The treatment's rows of both models stand on one line.
        key = "treatment" if effect in ("total", "direct") else effect
        estimate, low, high = (read.number(row[column]) for column in ("estimate", "ci_low", "ci_high"))
        rows["effect", key] = _Drawn(coefficient_name(row, study=study), (estimate, low, high))
    covariates = coefficients_of(model)
    at_cuts = (covariates["kind"] == TermKind.TREATMENT) & study.free_treatment
    covariates = covariates[at_cuts | covariates["kind"].isin([kind for kind in TermKind if kind.adjusts])]
    for term, covariate in covariates.to_dict("index").items():
        columns = ("ratio", "ratio_low", "ratio_high") if study.ratio else ("estimate", "ci_low", "ci_high")
        estimate, low, high = (float(covariate[column]) for column in columns)
        rows["term", str(term)] = _Drawn(term_label(covariate), (estimate, low, high))
    return rows


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
    ends: tuple[float, float, float],
    y: float,
    colour: str,
    limits: tuple[float, float],
    *,
    hollow: bool,
) -> None:
    """Draw an estimate with its interval; an end beyond the axis becomes an arrow head."""
    estimate, low, high = ends
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
