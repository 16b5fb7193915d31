"""Figure: how much the arms differ at baseline, by standardised differences."""

from __future__ import annotations

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ipdmediation.present import notation, style
from ipdmediation.present.balance import SMALL_DIFFERENCE
from ipdmediation.present.figures.sheet import MARGIN, new_sheet, shorten, text_height, wrap
from ipdmediation.present.study import Study
from ipdmediation.present.style import MUTED, SINGLE_COLUMN, SMALL_SIZE

MOST = 45  # characteristics
_NAME, _ROW, _NUMBER = 42.0, 5.0, 10.0  # mm


@mpl.rc_context(style.RC)
def balance(baseline: pd.DataFrame, *, study: Study) -> Figure:
    """Draw a dot for each baseline characteristic, in the order of its table.

    Parameters
    ----------
    baseline
        Tidy description of the baseline variables.
    study
        Words of the study.

    Returns
    -------
    Figure
        89 mm wide. Of more than `MOST` characteristics those that differ most are drawn.
    """
    found = baseline[(baseline["trial"] == "all") & (baseline["statistic"] == "smd")]
    sizes = found.set_index("variable")["estimate"].abs()
    largest = set(sizes.sort_values(ascending=False, na_position="last").index[:MOST])
    rows = {variable: float(size) for variable, size in sizes.items() if variable in largest}
    names = [shorten(study.label(str(name)), _NAME, lines=2, size=SMALL_SIZE) for name in rows]
    heights = [max(_ROW, text_height(lines, size=SMALL_SIZE) + 0.6) for lines in names]
    if sum(heights) > MOST * _ROW:  # no room for two lines each
        names = [shorten(study.label(str(name)), _NAME, lines=1, size=SMALL_SIZE) for name in rows]
        heights = [_ROW] * len(names)
    title = wrap("Balance of the arms at baseline", SINGLE_COLUMN - 2 * MARGIN, size=style.TITLE_SIZE)
    notes = [
        line
        for note in _notes(len(rows), len(sizes))
        for line in wrap(note, SINGLE_COLUMN - 2 * MARGIN, size=SMALL_SIZE)
    ]
    top = MARGIN + text_height(title, size=style.TITLE_SIZE) + 2
    plot = sum(heights)
    foot = top + plot + 11
    sheet = new_sheet(SINGLE_COLUMN, foot + text_height(notes, size=SMALL_SIZE) + 1, study)
    sheet.lines(MARGIN, MARGIN, title, size=style.TITLE_SIZE, weight="bold")
    left = MARGIN + _NAME + 3
    width = SINGLE_COLUMN - MARGIN - left - _NUMBER
    axes = sheet.axes_at(left, top, width, plot)
    axes.set_ylim(plot, 0)
    axes.set_yticks([])
    y = 0.0
    for index, (size, lines, height) in enumerate(zip(rows.values(), names, heights, strict=True)):
        middle = y + height / 2
        if index % 2:
            sheet.band(MARGIN, top + y, SINGLE_COLUMN - 2 * MARGIN, height)
        sheet.lines(MARGIN, top + middle - text_height(lines, size=SMALL_SIZE) / 2, lines, size=SMALL_SIZE)
        sheet.text(SINGLE_COLUMN - MARGIN, top + middle, notation.fixed(size), ha="right", size=SMALL_SIZE)
        axes.plot([size], [middle], marker="o", markersize=4.5, color=style.ARM_COLOURS["treated"])
        y += height
    _axis(axes, [size for size in rows.values() if notation.known(size)])
    sheet.text(left + width / 2, top + plot + 7.5, "Standardised difference", ha="center")
    sheet.lines(MARGIN, foot, notes, size=SMALL_SIZE, color=MUTED)
    return sheet.figure


def _notes(drawn: int, every: int) -> list[str]:
    fewer = [f"The {drawn} of {every} characteristics that differ most."] if drawn < every else []
    return [
        "Sizes of the differences, whichever arm has more. Dashed: "
        f"{notation.stated(SMALL_DIFFERENCE)}, below which a difference is often called small.",
        *fewer,
    ]


def _axis(axes: Axes, sizes: list[float]) -> None:
    high = max([2 * SMALL_DIFFERENCE, *(1.08 * size for size in sizes)])
    axes.set_xlim(-0.03 * high, high)
    axes.axvline(0, color=style.LINE, linewidth=0.7, zorder=0.5)
    axes.axvline(SMALL_DIFFERENCE, color=style.WARNING, linewidth=0.8, linestyle="--", zorder=0.5)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: notation.measure(value)))
