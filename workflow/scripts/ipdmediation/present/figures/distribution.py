"""Distribution of a continuous variable by arm: density, median and quartiles."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from ipdmediation.present import notation, style
from ipdmediation.present.figures.natural_axis import axis_label, natural_axis
from ipdmediation.present.figures.nothing_drawn import nothing_drawn
from ipdmediation.present.figures.rows import SHOWN_ARMS, not_drawn, rows_of, statistic, trials_of
from ipdmediation.present.figures.sheet import MARGIN, draw_key, new_sheet, text_height, text_width, wrap
from ipdmediation.present.study import Study
from ipdmediation.present.style import MUTED, SMALL_SIZE, TEXT_SIZE
from ipdmediation.vocabulary.transforms import Transform


def _quartiles(frame: pd.DataFrame, arm: str) -> dict[str, float]:
    found = {name: statistic(frame, arm, name) for name in ("q1", "median", "q3")}
    return found if all(math.isfinite(value) for value in found.values()) else {}


def _quartile_text(found: Mapping[str, float], unit: str) -> str:
    if not found:
        return notation.DASH
    middle = f"{notation.measure(found['median'])}{' ' + unit if unit else ''}"
    return f"{middle} ({notation.spread(notation.measure(found['q1']), notation.measure(found['q3']))})"


def _quartile_marks(axes: Axes, found: Mapping[str, float], y: float, arm: str, *, size: float) -> None:
    if found:
        colour, hollow = style.ARM_COLOURS[arm], arm == style.HOLLOW_ARM
        axes.plot([found["q1"], found["q3"]], [y, y], color=colour, linewidth=1.6, solid_capstyle="butt")
        axes.plot(
            [found["median"]],
            [y],
            marker="o",
            markersize=size,
            color="white" if hollow else colour,
            markeredgecolor=colour if hollow else "white",
            markeredgewidth=1 if hollow else 0.6,
        )


def draw_distribution(
    frame: pd.DataFrame, variable: str, *, study: Study, transform: Transform, offset: float
) -> Figure:
    """Draw the densities of both arms over a shared axis, medians and quartiles beneath."""
    rows = rows_of(frame, variable, "all")
    title = wrap(study.label(variable), study.page.single - 2 * MARGIN, size=style.TITLE_SIZE, weight="bold")
    title_height = text_height(title, size=style.TITLE_SIZE) + 1
    curves: dict[str, tuple[list[float], list[float]]] = {}
    for arm in SHOWN_ARMS:
        density = rows[(rows["arm"] == arm) & (rows["statistic"] == "density")]
        points = sorted(zip(density["level"].astype(float), density["estimate"].astype(float), strict=True))
        curves[arm] = ([x for x, _ in points], [y for _, y in points])
    quartiles = {arm: _quartiles(rows, arm) for arm in SHOWN_ARMS}
    unit = study.unit(variable)
    captions: dict[str, list[str]] = {
        arm: wrap(
            f"{study.short(arm)}: {_quartile_text(quartiles[arm], unit)}, n = "
            f"{notation.count(statistic(rows, arm, 'n'))}",
            study.page.single - 2 * MARGIN - 7,
        )
        for arm in SHOWN_ARMS
    }
    caption_height = sum(text_height(lines) + 0.8 for lines in captions.values())
    p = statistic(rows, "difference", "p_value")
    drawn = any(xs for xs, _ in curves.values())
    curve, marks = (34.0 if drawn else 0.0), 9.0
    top = MARGIN + title_height + caption_height + (5.5 if notation.known(p) else 1.5)
    label = wrap(axis_label(study, variable), study.page.single - 2 * MARGIN)
    sheet = new_sheet(study.page.single, top + curve + marks + 8 + text_height(label) + 1, study)
    sheet.lines(MARGIN, MARGIN, title, size=style.TITLE_SIZE, weight="bold")
    y = MARGIN + title_height
    for arm in SHOWN_ARMS:
        hollow = arm == style.HOLLOW_ARM
        middle = y + text_height(["x"]) / 2
        draw_key(sheet, MARGIN, middle, "", style.ARM_COLOURS[arm], hollow=hollow, dashed=hollow)
        sheet.lines(MARGIN + 7, y, captions[arm], color=style.ARM_COLOURS[arm])
        y += text_height(captions[arm]) + 0.8
    if notation.known(p):
        sheet.text(
            MARGIN + 7,
            y + 1.8,
            f"Median (IQR); Mann-Whitney test, {notation.p_sentence(p)}",
            color=MUTED,
            size=SMALL_SIZE,
        )
    axes = sheet.axes_at(5, top, study.page.single - 10, curve + marks)
    values = [x for xs, _ in curves.values() for x in xs] + [
        v for found in quartiles.values() for v in found.values()
    ]
    natural_axis(axes, transform, offset, values)
    axes.set_ylim(-marks, max(curve, 0.01))
    axes.set_yticks([])
    tallest = max((max(ys) for _, ys in curves.values() if ys), default=1.0)
    for arm, place in zip(SHOWN_ARMS, (-2.5, -6.0), strict=True):
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
            axes.plot(
                xs, scaled, color=colour, linewidth=1.4, linestyle="--" if arm == style.HOLLOW_ARM else "-"
            )
        _quartile_marks(axes, quartiles[arm], place, arm, size=5.5)
    sheet.lines(study.page.single / 2, top + curve + marks + 6.5, label, ha="center")
    return sheet.figure


def draw_by_trial(
    frame: pd.DataFrame, variable: str, *, study: Study, transform: Transform, offset: float
) -> Figure:
    """Draw median and quartiles of both arms, one row per trial that has them."""
    every = trials_of(frame, study)
    values: dict[tuple[str, str], dict[str, float]] = {
        (trial, arm): _quartiles(rows_of(frame, variable, trial), arm)
        for trial in every
        for arm in SHOWN_ARMS
    }
    trials = [trial for trial in every if any(values[trial, arm] for arm in SHOWN_ARMS)]
    named = f"{study.label(variable)}, by trial"
    note = not_drawn([trial for trial in every if trial not in trials], study)
    if not trials:
        return nothing_drawn(named, note, study=study)
    names = {trial: wrap(study.trial(trial), 44) for trial in trials}
    heights = [8.0 if len(trials) < 20 else 7.0, *(text_height(lines) + 2 for lines in names.values())]
    row_height = max(heights)
    unit = study.unit(variable)
    widths = [text_width(line, TEXT_SIZE) for lines in names.values() for line in lines]
    left = MARGIN + max(widths) + 3
    texts = {key: _quartile_text(found, "") for key, found in values.items()}
    column_width = max([text_width(text, SMALL_SIZE) for text in texts.values()] + [30.0]) + 3
    title = wrap(named, study.page.double - 2 * MARGIN, size=style.TITLE_SIZE, weight="bold")
    top = MARGIN + text_height(title, size=style.TITLE_SIZE) + 10
    plot = row_height * len(trials)
    label = axis_label(study, variable)
    label_lines = wrap(label, study.page.double - left - column_width)
    note_lines = wrap(note, study.page.double - 2 * MARGIN, size=SMALL_SIZE) if note else []
    below = top + plot + 9 + text_height(label_lines)
    height = below + 2 + (text_height(note_lines, size=SMALL_SIZE) if note else 0)
    sheet = new_sheet(study.page.double, height, study)
    width = study.page.double - left - column_width - MARGIN
    axes = sheet.axes_at(left, top, width, plot)
    ends = [found[name] for found in values.values() for name in ("q1", "q3") if name in found]
    natural_axis(axes, transform, offset, ends)
    axes.set_ylim(plot, 0)
    axes.set_yticks([])
    for index, trial in enumerate(trials):
        middle = (index + 0.5) * row_height
        sheet.lines(MARGIN, top + middle - text_height(names[trial]) / 2, names[trial])
        if index % 2:
            sheet.band(MARGIN, top + index * row_height, study.page.double - 2 * MARGIN, row_height)
        for arm, shift in zip(SHOWN_ARMS, (-1.75, 1.75), strict=True):
            _quartile_marks(axes, values[trial, arm], middle + shift, arm, size=4.5)
            sheet.text(
                study.page.double - MARGIN,
                top + middle + shift,
                texts[trial, arm],
                ha="right",
                size=SMALL_SIZE,
                color=style.ARM_COLOURS[arm],
            )
    heading = f"Median (IQR), {unit}" if unit else "Median (IQR)"
    sheet.text(study.page.double - MARGIN, top - 4, heading, ha="right", weight="bold", size=SMALL_SIZE)
    x = left
    for arm in SHOWN_ARMS:
        hollow = arm == style.HOLLOW_ARM
        x = draw_key(sheet, x, top - 4, study.short(arm), style.ARM_COLOURS[arm], hollow=hollow)
    sheet.lines(MARGIN, MARGIN, title, size=style.TITLE_SIZE, weight="bold")
    sheet.lines(left + width / 2, top + plot + 6.5, label_lines, ha="center")
    sheet.lines(MARGIN, below, note_lines, color=MUTED, size=SMALL_SIZE)
    return sheet.figure
