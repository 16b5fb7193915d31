"""Figure: the residuals of the mediator, against normal ones and along the fitted mediator, by arm."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ipdmediation.present import notation, style
from ipdmediation.present.figures.rows import SHOWN_ARMS, statistic
from ipdmediation.present.figures.sheet import MARGIN, draw_key, in_style, new_sheet, text_height, wrap
from ipdmediation.present.house_style import people
from ipdmediation.present.study import Study
from ipdmediation.present.style import INK, MUTED, SMALL_SIZE

_PLOT = 56.0  # mm
_LEFT, _RIGHT, _KEY = 11.0, 5.0, 6.5
_TITLES = ("Quantiles of the standardised residuals", "Their mean and standard deviation")
_NOTE = "Residuals on the scale of the analysis, over the residual standard deviation of the model."
_BESIDE = 0.1  # of the distance between two groups


@in_style
def mediator_residuals(table: pd.DataFrame, *, study: Study) -> Figure:
    """Draw a normal quantile plot, and mean and standard deviation by fifth of the fitted mediator.

    Parameters
    ----------
    table
        Of `inference.mediator_residuals.mediator_residuals`.
    study
        Words of the study.

    Returns
    -------
    Figure
        As wide as two columns.
    """
    page = study.page.double
    width = (page - 2 * MARGIN - 2 * (_LEFT + _RIGHT)) / 2
    titles = [wrap(title, width, weight="bold") for title in _TITLES]
    names = {arm: wrap(_named(table, arm, study), page - 2 * MARGIN - _LEFT - _KEY) for arm in SHOWN_ARMS}
    fitted = f"fitted {notation.lower(study.label(study.mediator))}"
    labels = [
        wrap("Normal quantile", width),
        wrap(f"Fifth of {people()} by their {fitted}, the lowest first", width),
    ]
    note = wrap(_NOTE, page - 2 * MARGIN, size=SMALL_SIZE)
    keys = MARGIN + sum(map(text_height, names.values())) + 2
    top = keys + max(map(text_height, titles)) + 3
    foot = top + _PLOT + 6 + max(map(text_height, labels)) + 2
    sheet = new_sheet(page, foot + text_height(note, size=SMALL_SIZE) + 1, study)
    y = MARGIN
    for arm, lines in names.items():
        middle, hollow = y + text_height(lines[:1]) / 2, arm == style.HOLLOW_ARM
        draw_key(sheet, MARGIN + _LEFT, middle, "", style.ARM_COLOURS[arm], hollow=hollow)
        sheet.lines(MARGIN + _LEFT + _KEY, y, lines)
        y += text_height(lines)
    groups = range(1, int(table["group"].max()) + 1)
    given = table[table["estimate"].notna()]
    rows = (given[given["statistic"] == "quantile"], given[given["group"].notna()])
    for place, (title, label) in enumerate(zip(titles, labels, strict=True)):
        left = MARGIN + _LEFT + place * (width + _LEFT + _RIGHT)
        sheet.lines(left, keys, title, weight="bold")
        axes = sheet.axes_at(left, top, width, _PLOT)
        axes.spines["left"].set_visible(True)
        axes.tick_params(axis="y", length=2.5, width=0.6, color=style.LINE, labelcolor=INK)
        if rows[place].empty:
            axes.set_xticks([])
            axes.set_yticks([])
            withheld = f"withheld for few {people()}"
            axes.text(0.5, 0.5, withheld, transform=axes.transAxes, ha="center", color=MUTED)
        else:
            (_draw_quantiles, partial(_draw_groups, groups))[place](axes, rows[place])
            _number(axes.yaxis)
        sheet.lines(left + width / 2, top + _PLOT + 6, label, ha="center")
    sheet.lines(MARGIN, foot, note, size=SMALL_SIZE, color=MUTED)
    return sheet.figure


def _named(table: pd.DataFrame, arm: str, study: Study) -> str:
    """Name an arm with the standard deviation of all its residuals."""
    spread = statistic(table[table["group"].isna()], arm, "sd")
    known = f", standard deviation {notation.fixed(spread)}" if notation.known(spread) else ""
    return f"{study.short(arm)}{known}"


def _draw_quantiles(axes: Axes, rows: pd.DataFrame) -> None:
    ends = [*rows["expected"], *rows["estimate"]]
    low, high = min(ends), max(ends)
    pad = 0.04 * (high - low)
    axes.plot([low, high], [low, high], color=style.LINE, linewidth=0.9, zorder=1)
    for arm in SHOWN_ARMS:
        of_arm = rows[rows["arm"] == arm]
        _dots(axes, of_arm["expected"].tolist(), of_arm["estimate"].tolist(), arm)
    axes.set_xlim(low - pad, high + pad)
    axes.set_ylim(low - pad, high + pad)
    _number(axes.xaxis)


def _draw_groups(groups: range, axes: Axes, rows: pd.DataFrame) -> None:
    for level in (-1, 0, 1):
        axes.axhline(level, color=style.LINE, linewidth=0.9, linestyle="-" if level == 0 else ":", zorder=1)
    reached = [1.0]
    for arm, side in zip(SHOWN_ARMS, (-1, 1), strict=True):
        of_arm = rows[rows["arm"] == arm].pivot_table("estimate", "group", "statistic")
        for group, mean, sd in of_arm.reindex(columns=["mean", "sd"]).dropna().itertuples():
            x, ends = group + side * _BESIDE, [mean - sd, mean + sd]
            colour = style.ARM_COLOURS[arm]
            axes.plot([x, x], ends, color=colour, linewidth=1.4, solid_capstyle="butt", zorder=2)
            _dots(axes, [x], [mean], arm)
            reached += map(abs, ends)
    axes.set_xlim(0.5, groups[-1] + 0.5)
    axes.set_ylim(-1.08 * max(reached), 1.08 * max(reached))
    axes.set_xticks(groups, list(map(str, groups)))


def _number(axis: Axis) -> None:
    axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: notation.measure(value)))


def _dots(axes: Axes, x: list[float], y: list[float], arm: str) -> None:
    colour = style.ARM_COLOURS[arm]
    axes.plot(
        x, y, marker="o", linestyle="none", markersize=4.5, markeredgecolor=colour, markeredgewidth=1,
        color="white" if arm == style.HOLLOW_ARM else colour, zorder=3,
    )  # fmt: skip
