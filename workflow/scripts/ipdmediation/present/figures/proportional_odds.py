"""Figure: coefficients of treatment and mediator at every cut of the outcome, and the one for all cuts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from ipdmediation.evidence.coefficients_by_cut import BINARY, PARTIAL, PROPORTIONAL, SHOWN
from ipdmediation.present import notation, style
from ipdmediation.present.figures.sheet import MARGIN, in_style, new_sheet, text_height, wrap
from ipdmediation.present.proportional_odds import cut_label, left_blank, panel_title
from ipdmediation.present.scales import Reading, reading
from ipdmediation.present.study import Study
from ipdmediation.present.style import ARM_COLOURS, INK, MUTED, SMALL_SIZE

_PLOT, _LEFT, _GAP = 48.0, 11.0, 5.0  # mm
_APART = 0.13  # of the distance between two cuts
_MOST_LABELS = 12
_LINE = ARM_COLOURS["treated"]


@in_style
def proportional_odds(
    tests: pd.DataFrame, by_cut: pd.DataFrame, free: pd.DataFrame, effects: pd.DataFrame, *, study: Study
) -> Figure:
    """Draw a panel each for the treatment without and with the mediator, and for the mediator.

    Parameters
    ----------
    tests, free, effects
        What the table shows.
    by_cut
        Coefficients by cut, as `evidence.coefficients_by_cut` makes them.
    study
        Words of the study.

    Returns
    -------
    Figure
        As wide as two columns.
    """
    del tests, free, effects
    read = reading("total", "coefficient", study=study)
    measure = notation.upper(study.link.measure)
    said = [
        f"{measure} of a better outcome, with {study.coverage} CI. Filled: one model of all cuts, in which "
        "this variable is free. Hollow: each cut alone. Line and band: one coefficient for all cuts.",
        *left_blank(by_cut, study),
    ]
    notes = wrap(" ".join(said), study.page.double - 2 * MARGIN, size=SMALL_SIZE)
    width = (study.page.double - 2 * MARGIN) / len(SHOWN)
    plot = width - _LEFT - _GAP
    titles = [wrap(panel_title(*panel, study), plot, weight="bold") for panel in SHOWN]
    top = 4.0 + max(text_height(lines) for lines in titles)
    foot = top + _PLOT + 11.0
    sheet = new_sheet(study.page.double, foot + text_height(notes, size=SMALL_SIZE) + 2, study)
    for at, (model, term) in enumerate(SHOWN):
        rows = by_cut[(by_cut["model"] == model) & (by_cut["term"] == term)]
        x = MARGIN + at * width + _LEFT
        sheet.lines(x, top - 2 - text_height(titles[at]), titles[at], weight="bold")
        _draw(sheet.axes_at(x, top, plot, _PLOT), rows, read, study)
    reached = f"{study.label(study.outcome)}: levels reached, against all worse ones"
    sheet.text(study.page.double / 2, top + _PLOT + 7.5, reached, ha="center", size=SMALL_SIZE, color=MUTED)
    sheet.lines(MARGIN, foot, notes, size=SMALL_SIZE, color=MUTED)
    return sheet.figure


def _draw(axes: Axes, rows: pd.DataFrame, read: Reading, study: Study) -> None:
    whole = rows[rows["form"] == PROPORTIONAL].iloc[0]
    cuts = list(dict.fromkeys(rows.loc[rows["form"] != PROPORTIONAL, "cut"].astype(str)))
    # from the best cut on, as the outcome's codes are read
    cuts = cuts[::-1] if study.better < 0 else cuts
    estimate, low, high = (read.number(whole[name]) for name in ("estimate", "ci_low", "ci_high"))
    axes.axhspan(low, high, color=_LINE, alpha=0.12, linewidth=0)
    axes.axhline(estimate, color=_LINE, linewidth=1.0)
    axes.axhline(read.null, color=style.LINE, linewidth=0.7, zorder=0.5)
    seen = [estimate, low, high, float(read.null)]
    for form, side, face in ((BINARY, _APART, "white"), (PARTIAL, -_APART, INK)):
        found = rows[rows["form"] == form].set_index("cut")
        for position, cut in enumerate(cuts):
            if cut not in found.index or not notation.known(found.loc[cut, "estimate"]):
                continue
            value, *ends = (
                read.number(float(found[name][cut])) for name in ("estimate", "ci_low", "ci_high")
            )
            axes.plot([position + side] * 2, ends, color=INK, linewidth=0.9)
            axes.plot(
                [position + side],
                [value],
                marker="o",
                markersize=4,
                color=face,
                markeredgecolor=INK,
                markeredgewidth=0.9,
            )
            seen += [value, *ends]
    axes.set_xlim(-0.6, len(cuts) - 0.4)
    step = -(-len(cuts) // _MOST_LABELS)
    axes.xaxis.set_major_locator(FixedLocator(range(0, len(cuts), step)))
    axes.set_xticklabels([cut_label(cut, study) for cut in cuts[::step]])
    _scale(axes, seen, read)


def _scale(axes: Axes, seen: list[float], read: Reading) -> None:
    if not read.ratio:
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: notation.measure(value)))
        return
    axes.set_yscale("log")
    low, high = np.log(min(seen)), np.log(max(seen))
    pad = 0.06 * (high - low)
    axes.set_ylim(float(np.exp(low - pad)), float(np.exp(high + pad)))
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 1.5, 2.0, 3.0, 5.0, 7.0)))
    axes.yaxis.set_minor_locator(FixedLocator([]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: notation.measure(value)))
    axes.yaxis.set_minor_formatter(NullFormatter())
