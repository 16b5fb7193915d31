"""Figures of an analysis, drawn from the tidy tables of a run; no number is computed here.

Every figure is laid out in millimetres on a page of one or two journal columns, so that text sizes and gaps
are those of the printed page whatever the number of levels, trials or rules.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Polygon, Rectangle
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from ipdmediation.present import style
from ipdmediation.present.style import DOUBLE_COLUMN, INK, MUTED, SINGLE_COLUMN, SMALL_SIZE, TEXT_SIZE, Study

_MM_PER_INCH = 25.4
_MM_PER_POINT = _MM_PER_INCH / 72
_LEADING = 1.3
_MARGIN = 2.0
_ARMS = ("treated", "control")


def save(figure: Figure, path: Path) -> None:
    """Write a figure with the same bytes every time.

    Parameters
    ----------
    figure
        A figure of this module.
    path
        Target; its suffix (.svg, .png or .pdf) names the format.
    """
    kind = path.suffix.removeprefix(".")
    # A date or a version in the file would make an unchanged figure look new to the workflow.
    nameless: dict[str, dict[str, Any]] = {
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
        "png": {"Software": None},
    }
    with mpl.rc_context(style.RC):
        figure.savefig(path, format=kind, dpi=300, metadata=nameless[kind])


@mpl.rc_context(style.RC)
def patient_flow(flow: pd.DataFrame, *, study: Study) -> Figure:
    """Draw who was randomised, who was excluded and why, and who was analysed in each arm.

    Parameters
    ----------
    flow
        Columns `step, reason, excluded, excluded_treated, excluded_control, remaining, remaining_treated,
        remaining_control`; the first row is everyone randomised.
    study
        Words of the study.

    Returns
    -------
    Figure
        183 mm wide; as tall as the number of rules needs.
    """
    rows = flow.sort_values("step").to_dict("records")
    first, last, rules = rows[0], rows[-1], rows[1:]
    spine, side, side_width = 46.0, 96.0, 85.0

    def by_arm(row: Mapping[Any, Any], prefix: str) -> str:
        return ", ".join(f"{study.short(arm)} {style.count(row[f'{prefix}_{arm}'])}" for arm in _ARMS)

    texts = [
        wrap(f"{row['reason']} (n = {style.count(row['excluded'])})", side_width - 6)
        + wrap(by_arm(row, "excluded"), side_width - 6)
        for row in rules
    ]
    heights = [_block(lines) + 3.0 for lines in texts]
    head = [
        f"{first['reason']} (n = {style.count(first['remaining'])})",
        *wrap(by_arm(first, "remaining"), 74),
    ]
    foot = [f"Analysed (n = {style.count(last['remaining'])})"]
    arm_boxes = [
        [*wrap(study.arm(arm), 38, weight="bold"), f"n = {style.count(last[f'remaining_{arm}'])}"]
        for arm in _ARMS
    ]
    head_height, foot_height = _block(head) + 4, _block(foot) + 4
    arm_height = max(_block(lines) for lines in arm_boxes) + 4
    height = _MARGIN + head_height + sum(heights) + 6.5 * len(rules) + 6 + foot_height + 12 + arm_height + 1
    sheet = _sheet(DOUBLE_COLUMN, height, study)

    sheet.box(spine, _MARGIN + head_height / 2, 78, head_height, head, bold=1)
    y = _MARGIN + head_height
    start = y
    for index, (row, lines, box_height) in enumerate(zip(rules, texts, heights, strict=True)):
        middle = y + 3.5 + box_height / 2
        sheet.arrow((spine, middle), (side, middle))
        sheet.box(
            side + side_width / 2,
            middle,
            side_width,
            box_height,
            lines,
            fill=style.PALE,
            align="left",
            muted_last=True,
        )
        y = y + box_height + 6.5
        if index < len(rules) - 1:
            # How many were still in after the rule, between two branches.
            sheet.text(
                spine - 2,
                y,
                f"{style.count(row['remaining'])} remain",
                ha="right",
                color=MUTED,
                size=SMALL_SIZE,
            )
    y += 6
    sheet.arrow((spine, start), (spine, y))
    sheet.box(spine, y + foot_height / 2, 78, foot_height, foot, bold=1)
    y += foot_height
    centres = (spine - 22.5, spine + 22.5)
    sheet.line([(spine, y), (spine, y + 5)])
    sheet.line([(centres[0], y + 5), (centres[1], y + 5)])
    for centre, arm, lines in zip(centres, _ARMS, arm_boxes, strict=True):
        sheet.arrow((centre, y + 5), (centre, y + 12))
        sheet.box(
            centre,
            y + 12 + arm_height / 2,
            42,
            arm_height,
            lines,
            edge=style.ARM_COLOURS[arm],
            bold=len(lines) - 1,
        )
    return sheet.figure


@mpl.rc_context(style.RC)
def outcome_by_arm(outcome: pd.DataFrame, *, study: Study, total: pd.DataFrame | None = None) -> Figure:
    """Draw the outcome of both arms, with the treatment's ratio beneath.

    An ordinal or binary outcome is drawn as stacked bars with lines that join the levels of both arms; a
    continuous one as its distribution with median and quartiles.

    Parameters
    ----------
    outcome
        Tidy description of the outcome.
    study
        Words of the study.
    total
        Coefficients of the total model; its treatment row is written under the bars.

    Returns
    -------
    Figure
        183 mm wide (89 mm for a continuous outcome).
    """
    if study.family == "continuous":
        return _distribution(outcome, study.outcome, study=study, transform="identity", offset=0.0)
    levels = study.levels_better_first()
    frame = _rows(outcome, study.outcome, "all")
    shares, totals = _shares(frame, list(levels)), _totals(frame)
    title = wrap(
        study.label(study.outcome), DOUBLE_COLUMN - 2 * _MARGIN, size=style.TITLE_SIZE, weight="bold"
    )
    title_height = _block(title, size=style.TITLE_SIZE) + 3
    names = {
        arm: [*wrap(study.short(arm), 26, weight="bold"), f"n = {style.count(totals[arm])}"] for arm in shares
    }
    label_width = max(_width(line, TEXT_SIZE, "bold") for lines in names.values() for line in lines) + 3
    bar, gap = 12.0, 9.0
    legend = _legend_rows(levels, DOUBLE_COLUMN - 2 * _MARGIN)
    sentence = wrap(_ratio_sentence(total, study), DOUBLE_COLUMN - 2 * _MARGIN)
    bars_height = 2 * bar + gap
    height = _MARGIN + title_height + bars_height + 12 + _legend_height(legend) + _block(sentence) + 5
    sheet = _sheet(DOUBLE_COLUMN, height, study)
    sheet.lines(_MARGIN, _MARGIN, title, size=style.TITLE_SIZE, weight="bold")
    left, top = _MARGIN + label_width, _MARGIN + title_height
    width = DOUBLE_COLUMN - left - 5
    for index, arm in enumerate(shares):
        sheet.lines(
            _MARGIN,
            top + index * (bar + gap) + (bar - _block(names[arm])) / 2,
            names[arm],
            weight_first="bold",
        )
    _stacked_bars(sheet, left, top, width, shares, bar=bar, gap=gap)
    _percent_axis(sheet, left, top + bars_height + 1, width)
    y = top + bars_height + 12
    _draw_legend(sheet, legend, _MARGIN, y)
    sheet.lines(_MARGIN, y + _legend_height(legend) + 2, sentence)
    return sheet.figure


@mpl.rc_context(style.RC)
def outcome_by_trial(outcome: pd.DataFrame, *, study: Study) -> Figure:
    """Draw the outcome of both arms in every trial, one small panel (or one row) each.

    Parameters
    ----------
    outcome
        Tidy description of the outcome with rows of every trial.
    study
        Words of the study; its trials give the order of the panels.

    Returns
    -------
    Figure
        183 mm wide, two panels a row (three from 15 trials on).
    """
    if study.family == "continuous":
        return _by_trial(outcome, study.outcome, study=study, transform="identity", offset=0.0)
    levels = study.levels_better_first()
    trials = _trials(outcome, study)
    columns = 1 if len(trials) == 1 else 2 if len(trials) < 15 else 3
    between, bar, gap, after = (6.0, 5.0, 3.5, 5.0) if len(trials) < 15 else (6.0, 3.7, 2.4, 3.0)
    panel = (DOUBLE_COLUMN - 2 * _MARGIN - between * (columns - 1)) / columns
    names = {arm: _two_lines(study.short(arm), 60 if columns == 1 else 18) for arm in _ARMS}
    label_width = max(_width(line, SMALL_SIZE) for lines in names.values() for line in lines) + 2
    shares, sizes = {}, {}
    for trial in trials:
        frame = _rows(outcome, study.outcome, trial)
        shares[trial] = _shares(frame, list(levels))
        sizes[trial] = "n = " + " / ".join(style.count(total) for total in _totals(frame).values())
    headings = {
        trial: wrap(study.trial(trial), panel - _width(sizes[trial], SMALL_SIZE) - 3, weight="bold")
        for trial in trials
    }
    heading_height = max(_block(lines) for lines in headings.values()) + 1
    panel_height = heading_height + 2 * bar + gap + after
    title = wrap(
        f"{study.label(study.outcome)}, by trial",
        DOUBLE_COLUMN - 2 * _MARGIN,
        size=style.TITLE_SIZE,
        weight="bold",
    )
    title_height = _block(title, size=style.TITLE_SIZE) + 3
    legend = _legend_rows(levels, DOUBLE_COLUMN - 2 * _MARGIN)
    lines_of_panels = math.ceil(len(trials) / columns)
    height = _MARGIN + title_height + lines_of_panels * panel_height + _legend_height(legend) + 8
    sheet = _sheet(DOUBLE_COLUMN, height, study)
    sheet.lines(_MARGIN, _MARGIN, title, size=style.TITLE_SIZE, weight="bold")
    for index, trial in enumerate(trials):
        line, column = divmod(index, columns)
        x = _MARGIN + column * (panel + between)
        y = _MARGIN + title_height + line * panel_height
        sheet.lines(x, y + heading_height - 1 - _block(headings[trial]), headings[trial], weight="bold")
        sheet.text(
            x + panel, y + heading_height - 2.5, sizes[trial], ha="right", color=MUTED, size=SMALL_SIZE
        )
        top = y + heading_height + 0.5
        for place, arm in enumerate(_ARMS):
            centre = top + place * (bar + gap) + bar / 2
            sheet.lines(x, centre - _block(names[arm], size=SMALL_SIZE) / 2, names[arm], size=SMALL_SIZE)
        _stacked_bars(sheet, x + label_width, top, panel - label_width, shares[trial], bar=bar, gap=gap)
    y = _MARGIN + title_height + lines_of_panels * panel_height
    sheet.text(
        _MARGIN,
        y + 1,
        "Percentages of the arm; the smallest segments carry no number. n = "
        + " / ".join(study.short(arm) for arm in _ARMS)
        + ".",
        color=MUTED,
        size=SMALL_SIZE,
    )
    _draw_legend(sheet, legend, _MARGIN, y + 5)
    return sheet.figure


@mpl.rc_context(style.RC)
def mediator_by_arm(mediator: pd.DataFrame, *, study: Study) -> Figure:
    """Draw the distribution of the mediator in both arms, with medians, quartiles and the p value.

    The axis carries the mediator in its own unit, spaced as the analysis transforms it.

    Parameters
    ----------
    mediator
        Tidy description of the mediator; `density` rows give the curve (level = position in natural units,
        estimate = density on the transformed scale).
    study
        Words of the study.

    Returns
    -------
    Figure
        89 mm wide.
    """
    offset = float(study.analysis["mediator"].get("offset", 0.0))
    return _distribution(mediator, study.mediator, study=study, transform=study.transform, offset=offset)


@mpl.rc_context(style.RC)
def mediator_by_trial(mediator: pd.DataFrame, *, study: Study) -> Figure:
    """Draw median and quartiles of the mediator in both arms of every trial.

    Parameters
    ----------
    mediator
        Tidy description of the mediator with rows of every trial.
    study
        Words of the study; its trials give the order of the rows.

    Returns
    -------
    Figure
        183 mm wide; as tall as the number of trials needs.
    """
    offset = float(study.analysis["mediator"].get("offset", 0.0))
    return _by_trial(mediator, study.mediator, study=study, transform=study.transform, offset=offset)


@mpl.rc_context(style.RC)
def path_diagram(models: Mapping[str, pd.DataFrame], *, study: Study) -> Figure:
    """Draw treatment, mediator and outcome with the estimate of each path on its arrow.

    Parameters
    ----------
    models
        Coefficients of the models `mediator`, `total` and `outcome`.
    study
        Words of the study.

    Returns
    -------
    Figure
        183 mm wide.
    """
    treated = wrap(study.arm("treated"), 36, weight="bold")
    names = {
        "treatment": [*treated, *wrap(f"vs {study.arm('control')}", 36)],
        "mediator": wrap(study.label(study.mediator), 46, weight="bold"),
        "outcome": wrap(study.label(study.outcome), 36, weight="bold"),
    }
    bold = {"treatment": len(treated), "mediator": len(names["mediator"]), "outcome": len(names["outcome"])}
    box_height = max(14.0, max(_block(lines) for lines in names.values()) + 4)
    half, mediator_half, left, right, middle = 20.0, 25.0, 24.0, DOUBLE_COLUMN - 24.0, DOUBLE_COLUMN / 2
    first = 10 + box_height / 2
    heading = first + box_height / 2 + 9
    above = heading + 5 + box_height / 2
    below = above + box_height + 22
    sheet = _sheet(DOUBLE_COLUMN, below + box_height / 2 + 9, study)
    for y, letter, text in ((5, "A", "Total effect"), (heading, "B", "With the mediator in the model")):
        sheet.text(_MARGIN, y, f"{letter}  {text}", weight="bold", size=style.TITLE_SIZE)
    for y in (first, below):
        for x, name in ((left, "treatment"), (right, "outcome")):
            sheet.box(x, y, 2 * half, box_height, names[name], bold=bold[name])
        sheet.arrow((left + half, y), (right - half, y), width=1.1)
    sheet.box(middle, above, 2 * mediator_half, box_height, names["mediator"], bold=bold["mediator"])
    edge = box_height / 2
    sheet.arrow((left + 6, below - edge), (middle - mediator_half, above + 2), width=1.1)
    sheet.arrow((middle + mediator_half, above + 2), (right - 6, below - edge), width=1.1)
    room = right - left - 2 * half - 8
    total, direct = (_path_text(models[name], "treatment", study) for name in ("total", "outcome"))
    _path_label(sheet, (middle, first - 1.5), "total", total, width=room)
    _path_label(sheet, (middle, below - 1.5), "direct", direct, width=room)
    # Beside the middle of the slanted arrows, on their outer side.
    aside, level = 46.0, (above + below - edge) / 2 + 1
    a = _path_text(models["mediator"], "treatment", study)
    b = _path_text(models["outcome"], "mediator", study)
    _path_label(sheet, (aside, level), "a", a, width=aside - 3, align="right")
    _path_label(sheet, (DOUBLE_COLUMN - aside, level), "b", b, width=aside - 3, align="left")
    words = f"{study.coverage} CI in parentheses."
    if study.odds_ratio:
        words = f"{study.odds_ratio.capitalize()}s above 1 mean a better outcome. {words}"
    sheet.text(_MARGIN, below + edge + 6, words, color=MUTED, size=SMALL_SIZE)
    return sheet.figure


@mpl.rc_context(style.RC)
def proportion_distribution(
    draws: pd.DataFrame,
    effects: pd.DataFrame,
    *,
    study: Study,
    effect: str = "log_or_difference",
    published: Mapping[str, float] | None = None,
) -> Figure:
    """Draw the bootstrap distribution of a proportion mediated, with its estimate and interval.

    Parameters
    ----------
    draws
        One row a replicate, with the column ``<effect>:proportion``.
    effects
        The effects table; its row of `effect` gives estimate and interval.
    study
        Words of the study.
    effect
        Which proportion.
    published
        ``value`` and, where printed, ``low`` and ``high`` of a published figure, as proportions.

    Returns
    -------
    Figure
        89 mm wide. Draws beyond the axis are counted in words.
    """
    values = pd.to_numeric(draws[f"{effect}:proportion"], errors="coerce").to_numpy(dtype=float)
    values = 100 * values[np.isfinite(values)]
    row = _effect(effects, effect, "proportion")
    estimate, low, high = (100 * float(row[name]) for name in ("estimate", "ci_low", "ci_high"))
    marks = [value for value in (estimate, low, high) if math.isfinite(value)]
    printed = {name: 100 * float(value) for name, value in (published or {}).items() if style.known(value)}
    limits = _histogram_limits(values, [*marks, *printed.values()])
    inside = values[(values >= limits[0]) & (values <= limits[1])]
    title = wrap(style.effect_name(effect), SINGLE_COLUMN - 2 * _MARGIN, weight="bold")
    words = [f"This run: {style.proportion(row['estimate'], row['ci_low'], row['ci_high'])}"]
    if "value" in printed:
        published_text = style.proportion(
            *(printed.get(name, math.nan) / 100 for name in ("value", "low", "high"))
        )
        words.append(f"Published: {published_text}")
    beyond = len(values) - len(inside)
    note = f"{style.count(len(values))} replicates"
    if beyond:
        note += f"; {style.count(beyond)} beyond the axis"
    head = _block(title) + _block(words) + 4
    top, plot = _MARGIN + head, 36.0
    sheet = _sheet(SINGLE_COLUMN, top + plot + 18, study)
    sheet.lines(_MARGIN, _MARGIN, title, weight="bold")
    y = _MARGIN + _block(title) + 1
    for index, (text, colour) in enumerate(zip(words, (INK, style.WARNING), strict=False)):
        at = y + (index + 0.5) * _block([text])
        sheet.line([(_MARGIN, at), (_MARGIN + 5, at)], color=colour, width=1.4, dashed=index == 1)
        sheet.text(_MARGIN + 6.5, at, text, color=colour)
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
        183 mm wide; ratios on a log axis, differences on a linear one.
    """
    models = {"Without the mediator": _coefficients(total), "With the mediator": _coefficients(outcome)}
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
    text_width = max(_width(text, SMALL_SIZE) for text in texts.values()) + 3
    text_width = max(text_width, 30.0)
    left = _MARGIN + max(_width(line, TEXT_SIZE) for lines in names for line in lines) + 4
    heights = [max(8.0, _block(lines) + 2.5) for lines in names]
    top, plot = 15.0, float(sum(heights))
    sheet = _sheet(DOUBLE_COLUMN, top + plot + 16, study)
    axes = sheet.axes_at(left, top, DOUBLE_COLUMN - left - text_width - _MARGIN, plot)
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
            sheet.band(_MARGIN, top + y, DOUBLE_COLUMN - 2 * _MARGIN, height)
        sheet.lines(_MARGIN, top + y + (height - _block(lines)) / 2, lines)
        present = [model for model in models if (term, model) in texts]
        for place, model in enumerate(present):
            at = y + height / 2 + (place - (len(present) - 1) / 2) * 3.6
            estimate, low, high = (float(models[model].loc[term, column]) for column in columns)
            _forest_mark(
                axes, (estimate, low, high), at, colours[model], limits, hollow=model != "With the mediator"
            )
            sheet.text(
                DOUBLE_COLUMN - _MARGIN,
                top + at,
                texts[term, model],
                ha="right",
                size=SMALL_SIZE,
                color=colours[model],
            )
        y += height
    quantity = study.odds_ratio.capitalize() if ratios else "Coefficient"
    sheet.text(
        DOUBLE_COLUMN - _MARGIN,
        top - 3.5,
        f"Estimate ({study.coverage} CI)",
        ha="right",
        weight="bold",
        size=SMALL_SIZE,
    )
    x = _MARGIN
    for model in models:
        x = _key(sheet, x, 5, f"{model} in the model", colours[model], hollow=model != "With the mediator")
    middle = left + (DOUBLE_COLUMN - left - text_width - _MARGIN) / 2
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


def wrap(text: str, width: float, *, size: float = TEXT_SIZE, weight: str = "normal") -> list[str]:
    """Break a text into lines that are no wider than `width` millimetres; a longer word is cut.

    Parameters
    ----------
    text
        Text without line breaks.
    width
        Room in millimetres.
    size, weight
        Font size in points, font weight.
    """
    lines: list[str] = []
    current = ""
    for word in text.split(" "):
        rest = word
        if current and _width(f"{current} {rest}", size, weight) <= width:
            current = f"{current} {rest}"
            continue
        if current:
            lines.append(current)
        while _width(rest, size, weight) > width and len(rest) > 1:
            cut = next(
                (
                    end
                    for end in range(len(rest) - 1, 1, -1)
                    if _width(f"{rest[:end]}-", size, weight) <= width
                ),
                1,
            )
            lines.append(f"{rest[:cut]}-")
            rest = rest[cut:]
        current = rest
    return [*lines, current] if current or not lines else lines


@dataclass(frozen=True)
class _Sheet:
    """A figure with one invisible pair of axes in millimetres, y downward from the top."""

    figure: Figure
    page: Axes
    width: float
    height: float

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        ha: str = "left",
        size: float = TEXT_SIZE,
        color: str = INK,
        weight: str = "normal",
    ) -> None:
        """Write one line, centred vertically on `y`."""
        self.page.text(x, y, text, ha=ha, va="center_baseline", fontsize=size, color=color, fontweight=weight)

    def lines(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        *,
        ha: str = "left",
        size: float = TEXT_SIZE,
        color: str = INK,
        weight: str = "normal",
        weight_first: str | None = None,
    ) -> None:
        """Write lines beneath each other from the top edge `y`."""
        step = size * _MM_PER_POINT * _LEADING
        for index, line in enumerate(lines):
            used = weight_first if weight_first and index < max(1, len(lines) - 1) else weight
            self.text(x, y + (index + 0.5) * step, line, ha=ha, size=size, color=color, weight=used)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        lines: Sequence[str],
        *,
        fill: str = "white",
        edge: str = style.LINE,
        align: str = "center",
        bold: int = 0,
        muted_last: bool = False,
    ) -> None:
        """Draw a box around its centre with lines in it."""
        self.page.add_patch(
            FancyBboxPatch(
                (x - width / 2, y - height / 2),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=1",
                facecolor=fill,
                edgecolor=edge,
                linewidth=0.9,
                zorder=2,
            )
        )
        step = TEXT_SIZE * _MM_PER_POINT * _LEADING
        start = y - step * len(lines) / 2
        at = x if align == "center" else x - width / 2 + 3
        for index, line in enumerate(lines):
            muted = muted_last and index == len(lines) - 1
            self.text(
                at,
                start + (index + 0.5) * step,
                line,
                ha=align,
                weight="bold" if index < bold else "normal",
                color=MUTED if muted else INK,
            )

    def line(
        self,
        points: Sequence[tuple[float, float]],
        *,
        color: str = style.LINE,
        width: float = 0.9,
        dashed: bool = False,
    ) -> None:
        """Draw a line through points."""
        xs, ys = zip(*points, strict=True)
        self.page.plot(
            xs,
            ys,
            color=color,
            linewidth=width,
            linestyle="--" if dashed else "-",
            solid_capstyle="butt",
            zorder=1,
        )

    def arrow(self, start: tuple[float, float], end: tuple[float, float], *, width: float = 0.9) -> None:
        """Draw an arrow."""
        self.page.add_patch(
            FancyArrowPatch(
                start,
                end,
                arrowstyle="-|>",
                mutation_scale=7,
                shrinkA=0,
                shrinkB=0,
                color=style.LINE,
                linewidth=width,
                zorder=1,
            )
        )

    def band(self, x: float, y: float, width: float, height: float) -> None:
        """Shade a row."""
        self.page.add_patch(
            Rectangle((x, y), width, height, facecolor=style.PALE, edgecolor="none", zorder=-1)
        )

    def axes_at(self, x: float, y: float, width: float, height: float) -> Axes:
        """Add axes with only a horizontal spine, their top left corner at `x`, `y`."""
        axes = self.figure.add_axes(
            (x / self.width, 1 - (y + height) / self.height, width / self.width, height / self.height),
            facecolor="none",
        )
        for side in ("top", "left", "right"):
            axes.spines[side].set_visible(False)
        return axes


def _sheet(width: float, height: float, study: Study) -> _Sheet:
    note = 5.0 if study.synthetic else 0.0
    whole = height + note
    figure = Figure(figsize=(width / _MM_PER_INCH, whole / _MM_PER_INCH))
    FigureCanvasAgg(figure)
    page = figure.add_axes((0, 0, 1, 1))
    page.set_axis_off()
    page.set_xticks([])
    page.set_yticks([])
    page.set_xlim(0, width)
    page.set_ylim(whole, 0)
    sheet = _Sheet(figure=figure, page=page, width=width, height=whole)
    if study.synthetic:
        sheet.text(
            width - _MARGIN,
            whole - 2.5,
            style.SYNTHETIC_NOTE,
            ha="right",
            color=style.WARNING,
            weight="bold",
            size=SMALL_SIZE,
        )
    return sheet


def _width(text: str, size: float, weight: str = "normal") -> float:
    """Width of a line in millimetres."""
    font = FontProperties(family=style.FONT, size=size, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) * _MM_PER_POINT


def _block(lines: Sequence[str], *, size: float = TEXT_SIZE) -> float:
    """Height of lines in millimetres."""
    return len(lines) * size * _MM_PER_POINT * _LEADING


def _two_lines(text: str, width: float) -> list[str]:
    """Break a small label into at most two lines; what is left over becomes an ellipsis."""
    lines = wrap(text, width, size=SMALL_SIZE)
    if len(lines) <= 2:
        return lines
    second = lines[1]
    while len(second) > 1 and _width(f"{second}…", SMALL_SIZE) > width:
        second = second[:-1].rstrip()
    return [lines[0], f"{second}…"]


def _rows(frame: pd.DataFrame, variable: str, trial: str) -> pd.DataFrame:
    return frame[(frame["variable"] == variable) & (frame["trial"] == trial)]


def _trials(frame: pd.DataFrame, study: Study) -> list[str]:
    """Trials of a table, first those the configuration names, in its order."""
    found = [str(trial) for trial in frame["trial"].unique() if trial != "all"]
    return [
        *(trial for trial in study.trials if trial in found),
        *(t for t in found if t not in study.trials),
    ]


def _one(frame: pd.DataFrame, arm: str, statistic: str) -> float:
    """Find the estimate of one row, not a number where there is none."""
    found = frame.loc[(frame["arm"] == arm) & (frame["statistic"] == statistic), "estimate"]
    return float(found.iloc[0]) if len(found) else math.nan


def _effect(effects: pd.DataFrame, effect: str, scale: str) -> pd.Series[Any]:
    return effects[(effects["effect"] == effect) & (effects["scale"] == scale)].iloc[0]


def _totals(frame: pd.DataFrame) -> dict[str, float]:
    return {arm: _one(frame, arm, "n") for arm in _ARMS}


def _shares(frame: pd.DataFrame, levels: Sequence[str]) -> dict[str, list[float]]:
    """Percentages of the levels by arm; of a binary outcome only the second level may be given."""
    shares: dict[str, list[float]] = {}
    for arm in _ARMS:
        rows = frame[(frame["arm"] == arm) & (frame["statistic"] == "percent")]
        given = {
            style.level_id(level): float(value)
            for level, value in zip(rows["level"], rows["estimate"], strict=True)
        }
        if set(given) in ({""}, {"1"}) and set(levels) == {"0", "1"}:
            (yes,) = given.values()
            given = {"1": yes, "0": 100 - yes}
        shares[arm] = [
            given.get(level, 0.0) if style.known(given.get(level, 0.0)) else 0.0 for level in levels
        ]
    return shares


def _ramp(size: int) -> list[tuple[float, float, float]]:
    """Colours from the best to the worst level."""
    ramp = LinearSegmentedColormap.from_list("better_to_worse", list(style.BETTER_TO_WORSE))
    return [to_rgb(ramp(0.5 if size == 1 else index / (size - 1))) for index in range(size)]


def _ink_on(colour: tuple[float, float, float]) -> str:
    """Black or white, whichever contrasts more by WCAG relative luminance."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return INK if luminance > 0.2 else "white"


def _stacked_bars(
    sheet: _Sheet,
    x: float,
    y: float,
    width: float,
    shares: Mapping[str, Sequence[float]],
    *,
    bar: float,
    gap: float,
) -> None:
    """Draw one stacked bar an arm, and the lines that join the same level's end in both."""
    edges: dict[str, list[float]] = {}
    for index, (arm, values) in enumerate(shares.items()):
        top = y + index * (bar + gap)
        start = x
        edges[arm] = [x]
        for value, colour in zip(values, _ramp(len(values)), strict=True):
            length = width * value / 100
            sheet.page.add_patch(
                Rectangle(
                    (start, top), length, bar, facecolor=colour, edgecolor="white", linewidth=0.5, zorder=2
                )
            )
            text = style.fixed(value, digits=0)
            # A number that does not fit would run into its neighbour: the table has it.
            if value >= 0.5 and _width(text, SMALL_SIZE) + 1 <= length:
                sheet.text(
                    start + length / 2,
                    top + bar / 2,
                    text,
                    ha="center",
                    color=_ink_on(colour),
                    size=SMALL_SIZE,
                )
            start += length
            edges[arm].append(start)
    first, second = (edges[arm] for arm in shares)
    for upper, lower in zip(first[1:-1], second[1:-1], strict=True):
        sheet.line([(upper, y + bar), (lower, y + bar + gap)], width=0.6)


def _percent_axis(sheet: _Sheet, x: float, y: float, width: float) -> None:
    sheet.line([(x, y), (x + width, y)], width=0.6)
    for value in range(0, 101, 20):
        at = x + width * value / 100
        sheet.line([(at, y), (at, y + 1)], width=0.6)
        sheet.text(at, y + 3, str(value), ha="center", size=SMALL_SIZE)
    sheet.text(x + width / 2, y + 7, "Participants, %", ha="center")


_Legend = list[list[tuple[float, list[str], tuple[float, float, float]]]]


def _legend_rows(levels: Mapping[str, str], width: float) -> _Legend:
    """Lay the levels out in rows: each entry has its x, its lines and its colour."""
    rows: _Legend = [[]]
    x = 0.0
    for (level, label), colour in zip(levels.items(), _ramp(len(levels)), strict=True):
        text = f"{level}  {label}" if level.lstrip("-").isdigit() and level != label else label
        lines = wrap(text, min(width - 6, 80), size=SMALL_SIZE)
        needed = 5 + max(_width(line, SMALL_SIZE) for line in lines) + 4
        if rows[-1] and x + needed > width:
            rows.append([])
            x = 0.0
        rows[-1].append((x, lines, colour))
        x += needed
    return rows


def _legend_height(rows: _Legend) -> float:
    return sum(max(_block(lines, size=SMALL_SIZE) for _, lines, _ in row) + 1.2 for row in rows)


def _draw_legend(sheet: _Sheet, rows: _Legend, x: float, y: float) -> None:
    for row in rows:
        for shift, lines, colour in row:
            sheet.page.add_patch(
                Rectangle(
                    (x + shift, y + 0.4), 3.2, 2.6, facecolor=colour, edgecolor=style.LINE, linewidth=0.3
                )
            )
            sheet.lines(x + shift + 4.6, y, lines, size=SMALL_SIZE)
        y += max(_block(lines, size=SMALL_SIZE) for _, lines, _ in row) + 1.2


def _ratio_sentence(total: pd.DataFrame | None, study: Study) -> str:
    if total is None:
        return ""
    row = _row(total, "treatment")
    adjusted = "Adjusted " if study.analysis.get("covariates") else ""
    name = f"{adjusted}{study.odds_ratio} of a better outcome"
    ratio = style.interval(row["ratio"], row["ratio_low"], row["ratio_high"]).replace(
        " (", f" ({study.coverage} CI "
    )
    arms = f"{study.short('treated')} vs {study.short('control')}"
    return f"{name[0].upper()}{name[1:]}, {arms}: {ratio}, {style.p_sentence(row['p_value'])}"


def _axis_label(study: Study, variable: str) -> str:
    unit = study.unit(variable)
    return f"{study.label(variable)}, {unit}" if unit else study.label(variable)


def _quartiles(frame: pd.DataFrame, arm: str) -> dict[str, float]:
    found = {name: _one(frame, arm, name) for name in ("q1", "median", "q3")}
    return found if all(math.isfinite(value) for value in found.values()) else {}


def _quartile_text(found: Mapping[str, float], unit: str) -> str:
    if not found:
        return style.DASH
    middle = f"{style.measure(found['median'])}{' ' + unit if unit else ''}"
    return f"{middle} ({style.span(style.measure(found['q1']), style.measure(found['q3']))})"


def _quartile_marks(axes: Axes, found: Mapping[str, float], y: float, colour: str, *, size: float) -> None:
    if found:
        axes.plot([found["q1"], found["q3"]], [y, y], color=colour, linewidth=1.6, solid_capstyle="butt")
        axes.plot(
            [found["median"]],
            [y],
            marker="o",
            markersize=size,
            color=colour,
            markeredgecolor="white",
            markeredgewidth=0.6,
        )


def _mediator_axis(axes: Axes, transform: str, offset: float, values: Sequence[float]) -> None:
    """Space an axis in natural units as the analysis transforms them, over the values given."""
    shift = 1.0 if transform == "log1p" else offset
    finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    if transform in {"log", "log1p"}:
        floor = 0.0 if shift > 0 else min(value for value in finite if value > 0)
        # Below the offset the spacing is all but linear: the axis may as well start at nothing.
        low = 0.0 if shift > 0 and low < shift else max(low, floor)

        def forward(value: Any) -> Any:
            return np.log(np.maximum(np.asarray(value, dtype=float) + shift, 1e-12))

        def backward(value: Any) -> Any:
            return np.exp(value) - shift

        candidates = [0.0] if shift > 0 else []
        candidates += [
            lead * 10.0**power for power in range(-4, 7) for lead in (1.0, 3.0) if lead * 10.0**power >= shift
        ]
    elif transform == "cube_root":

        def forward(value: Any) -> Any:
            return np.cbrt(value)

        def backward(value: Any) -> Any:
            return np.power(value, 3)

        low = max(low, 0.0)
        candidates = [
            sign * lead * 10.0**power for power in range(-3, 7) for lead in (1, 3) for sign in (-1, 1)
        ]
        candidates.append(0.0)
    else:
        pad = 0.03 * (high - low or 1.0)
        axes.set_xlim(low - pad, high + pad)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: style.measure(value)))
        return
    axes.set_xscale("function", functions=(forward, backward))
    ends = np.array([forward(low), forward(high)], dtype=float)
    pad = 0.03 * float(ends[1] - ends[0] or 1.0)
    axes.set_xlim(float(backward(ends[0] - pad)), float(backward(ends[1] + pad)))
    inside = sorted({tick for tick in candidates if low <= tick <= high})
    axes.xaxis.set_major_locator(
        FixedLocator(_apart(inside, [float(forward(tick)) for tick in inside], 0.09))
    )
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: style.measure(value)))


def _apart(ticks: Sequence[float], places: Sequence[float], share: float) -> list[float]:
    """Leave out ticks that are closer to their neighbour than a share of the whole axis."""
    kept: list[float] = []
    last = -math.inf
    room = share * (places[-1] - places[0]) if places else 0.0
    for tick, place in zip(ticks, places, strict=True):
        if place - last >= room:
            kept.append(tick)
            last = place
    return kept


def _distribution(
    frame: pd.DataFrame, variable: str, *, study: Study, transform: str, offset: float
) -> Figure:
    """Draw the densities of both arms over a shared axis, medians and quartiles beneath."""
    rows = _rows(frame, variable, "all")
    title = wrap(study.label(variable), SINGLE_COLUMN - 2 * _MARGIN, size=style.TITLE_SIZE, weight="bold")
    title_height = _block(title, size=style.TITLE_SIZE) + 1
    curves: dict[str, tuple[list[float], list[float]]] = {}
    for arm in _ARMS:
        density = rows[(rows["arm"] == arm) & (rows["statistic"] == "density")]
        points = sorted(zip(density["level"].astype(float), density["estimate"].astype(float), strict=True))
        # Smoothing reaches below a volume of nothing; the axis does not.
        points = [
            point for point in points if transform not in {"log", "log1p", "cube_root"} or point[0] >= 0
        ]
        curves[arm] = ([x for x, _ in points], [y for _, y in points])
    quartiles = {arm: _quartiles(rows, arm) for arm in _ARMS}
    unit = study.unit(variable)
    captions: dict[str, list[str]] = {
        arm: wrap(
            f"{study.short(arm)}: {_quartile_text(quartiles[arm], unit)}, n = "
            f"{style.count(_one(rows, arm, 'n'))}",
            SINGLE_COLUMN - 2 * _MARGIN - 7,
        )
        for arm in _ARMS
    }
    caption_height = sum(_block(lines) + 0.8 for lines in captions.values())
    p = _one(rows, "difference", "p_value")
    drawn = any(xs for xs, _ in curves.values())
    curve, marks = (34.0 if drawn else 0.0), 9.0
    top = _MARGIN + title_height + caption_height + (5.5 if style.known(p) else 1.5)
    label = wrap(_axis_label(study, variable), SINGLE_COLUMN - 2 * _MARGIN)
    sheet = _sheet(SINGLE_COLUMN, top + curve + marks + 8 + _block(label) + 1, study)
    sheet.lines(_MARGIN, _MARGIN, title, size=style.TITLE_SIZE, weight="bold")
    y = _MARGIN + title_height
    for arm in _ARMS:
        _key(sheet, _MARGIN, y + _block(["x"]) / 2, "", style.ARM_COLOURS[arm])
        sheet.lines(_MARGIN + 7, y, captions[arm], color=style.ARM_COLOURS[arm])
        y += _block(captions[arm]) + 0.8
    if style.known(p):
        sheet.text(_MARGIN + 7, y + 1.8, f"Median (IQR); {style.p_sentence(p)}", color=MUTED, size=SMALL_SIZE)
    axes = sheet.axes_at(5, top, SINGLE_COLUMN - 10, curve + marks)
    values = [x for xs, _ in curves.values() for x in xs] + [
        v for found in quartiles.values() for v in found.values()
    ]
    _mediator_axis(axes, transform, offset, values)
    axes.set_ylim(-marks, max(curve, 0.01))
    axes.set_yticks([])
    tallest = max((max(ys) for _, ys in curves.values() if ys), default=1.0)
    for arm, place in zip(_ARMS, (-2.5, -6.0), strict=True):
        xs, ys = curves[arm]
        colour = style.ARM_COLOURS[arm]
        scaled = [0.96 * curve * y / tallest for y in ys]
        if xs:
            axes.add_patch(
                Polygon(
                    [(xs[0], 0.0), *zip(xs, scaled, strict=True), (xs[-1], 0.0)],
                    closed=True,
                    facecolor=colour,
                    alpha=0.18,
                    edgecolor="none",
                )
            )
            axes.plot(xs, scaled, color=colour, linewidth=1.4)
        _quartile_marks(axes, quartiles[arm], place, colour, size=5.5)
    sheet.lines(SINGLE_COLUMN / 2, top + curve + marks + 6.5, label, ha="center")
    return sheet.figure


def _by_trial(frame: pd.DataFrame, variable: str, *, study: Study, transform: str, offset: float) -> Figure:
    """Draw median and quartiles of both arms, one row a trial."""
    trials = _trials(frame, study)
    names = {trial: wrap(study.trial(trial), 44) for trial in trials}
    row_height = max(8.0 if len(trials) < 20 else 7.0, max(_block(lines) for lines in names.values()) + 2)
    unit = study.unit(variable)
    left = _MARGIN + max(_width(line, TEXT_SIZE) for lines in names.values() for line in lines) + 3
    values: dict[tuple[str, str], dict[str, float]] = {
        (trial, arm): _quartiles(_rows(frame, variable, trial), arm) for trial in trials for arm in _ARMS
    }
    texts = {key: _quartile_text(found, "") for key, found in values.items()}
    text_width = max([_width(text, SMALL_SIZE) for text in texts.values()] + [30.0]) + 3
    title = wrap(
        f"{study.label(variable)}, by trial",
        DOUBLE_COLUMN - 2 * _MARGIN,
        size=style.TITLE_SIZE,
        weight="bold",
    )
    top = _MARGIN + _block(title, size=style.TITLE_SIZE) + 10
    plot = row_height * len(trials)
    label = _axis_label(study, variable)
    label_lines = wrap(label, DOUBLE_COLUMN - left - text_width)
    sheet = _sheet(DOUBLE_COLUMN, top + plot + 9 + _block(label_lines) + 2, study)
    width = DOUBLE_COLUMN - left - text_width - _MARGIN
    axes = sheet.axes_at(left, top, width, plot)
    ends = [found[name] for found in values.values() for name in ("q1", "q3") if name in found]
    _mediator_axis(axes, transform, offset, ends)
    axes.set_ylim(plot, 0)
    axes.set_yticks([])
    for index, trial in enumerate(trials):
        middle = (index + 0.5) * row_height
        sheet.lines(_MARGIN, top + middle - _block(names[trial]) / 2, names[trial])
        if index % 2:
            sheet.band(_MARGIN, top + index * row_height, DOUBLE_COLUMN - 2 * _MARGIN, row_height)
        for arm, shift in zip(_ARMS, (-1.75, 1.75), strict=True):
            _quartile_marks(axes, values[trial, arm], middle + shift, style.ARM_COLOURS[arm], size=4.5)
            sheet.text(
                DOUBLE_COLUMN - _MARGIN,
                top + middle + shift,
                texts[trial, arm],
                ha="right",
                size=SMALL_SIZE,
                color=style.ARM_COLOURS[arm],
            )
    heading = f"Median (IQR), {unit}" if unit else "Median (IQR)"
    sheet.text(DOUBLE_COLUMN - _MARGIN, top - 4, heading, ha="right", weight="bold", size=SMALL_SIZE)
    x = left
    for arm in _ARMS:
        x = _key(sheet, x, top - 4, study.short(arm), style.ARM_COLOURS[arm])
    sheet.lines(_MARGIN, _MARGIN, title, size=style.TITLE_SIZE, weight="bold")
    sheet.lines(left + width / 2, top + plot + 6.5, label_lines, ha="center")
    return sheet.figure


def _key(sheet: _Sheet, x: float, y: float, text: str, colour: str, *, hollow: bool = False) -> float:
    """Draw a line with a dot and its name; return where the next one may start."""
    sheet.line([(x, y), (x + 5, y)], color=colour, width=1.4)
    sheet.page.plot(
        [x + 2.5],
        [y],
        marker="o",
        markersize=4.5,
        color="white" if hollow else colour,
        markeredgecolor=colour,
        markeredgewidth=1,
    )
    sheet.text(x + 6.5, y, text)
    return x + 6.5 + _width(text, TEXT_SIZE) + 6


def _coefficients(model: pd.DataFrame) -> pd.DataFrame:
    """Rows of coefficients by term, without the second unit of the mediator."""
    rows = model[(model["component"] == "coefficient") & ~model["term"].str.endswith(" per doubling")]
    return rows.set_index("term")


def _row(model: pd.DataFrame, term: str) -> dict[Any, Any]:
    """One coefficient with its columns."""
    return _coefficients(model).loc[[term]].to_dict("records")[0]


def _terms_in_order(coefficients: pd.DataFrame) -> list[str]:
    """Terms with the treatment and the mediator first."""
    first = {"treatment": 0, "mediator": 1}
    return sorted(coefficients.index, key=lambda term: first.get(term, 2))


def _term_label(term: str, models: Mapping[str, pd.DataFrame], study: Study) -> str:
    frame = next(frame for frame in reversed(list(models.values())) if term in frame.index)
    return style.term_label(term, frame.loc[[term]].to_dict("records")[0], study=study)


def _path_text(model: pd.DataFrame, term: str, study: Study) -> tuple[str, str]:
    """Write what stands on an arrow: the estimate with its interval, and its scale in words."""
    row = _row(model, term)
    if style.known(row["ratio"]):
        numbers = style.interval(row["ratio"], row["ratio_low"], row["ratio_high"])
        return numbers, str(row["ratio_unit"])
    numbers = style.interval(row["estimate"], row["ci_low"], row["ci_high"])
    if isinstance(row["ratio_unit"], str) and row["ratio_unit"]:
        return numbers, row["ratio_unit"]
    # Only path a of an untransformed mediator is a difference in the mediator's own unit.
    own = study.unit(study.mediator) if row["model"] == "mediator" and study.transform == "identity" else ""
    return numbers, f"difference, {own}" if own else "difference"


def _path_label(
    sheet: _Sheet,
    at: tuple[float, float],
    name: str,
    text: tuple[str, str],
    *,
    width: float,
    align: str = "center",
) -> None:
    """Write name, estimate and scale of a path so that the last line ends at a point."""
    (x, y), (numbers, scale) = at, text
    lines = wrap(scale, width, size=SMALL_SIZE)
    top = y - _block([numbers, *lines])
    sheet.lines(x, top, [f"{name}: {numbers}"], ha=align, weight="bold")
    sheet.lines(x, top + _block([numbers]), lines, ha=align, size=SMALL_SIZE, color=MUTED)


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
