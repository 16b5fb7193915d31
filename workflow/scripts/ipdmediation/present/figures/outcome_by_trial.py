"""Figure: the outcome by arm in each trial."""

from __future__ import annotations

import math

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present import notation, style
from ipdmediation.present.figures.bars import (
    blank_note,
    draw_legend,
    legend_height,
    legend_rows,
    level_shares,
    stacked_bars,
)
from ipdmediation.present.figures.distribution import draw_by_trial
from ipdmediation.present.figures.rows import SHOWN_ARMS, arm_sizes, rows_of, trials_of
from ipdmediation.present.figures.sheet import MARGIN, new_sheet, text_height, text_width, wrap
from ipdmediation.present.study import Study
from ipdmediation.present.style import DOUBLE_COLUMN, MUTED, SMALL_SIZE
from ipdmediation.vocabulary.transforms import IDENTITY


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
        183 mm wide, two panels per row (three from 15 trials on).
    """
    if not study.has_levels:
        return draw_by_trial(outcome, study.outcome, study=study, transform=IDENTITY, offset=0.0)
    levels = study.levels_better_first()
    trials = trials_of(outcome, study)
    columns = 1 if len(trials) == 1 else 2 if len(trials) < 15 else 3
    between, bar, gap, after = (6.0, 5.0, 3.5, 5.0) if len(trials) < 15 else (6.0, 3.7, 2.4, 3.0)
    panel = (DOUBLE_COLUMN - 2 * MARGIN - between * (columns - 1)) / columns
    names = {arm: _two_lines(study.short(arm), 60 if columns == 1 else 18) for arm in SHOWN_ARMS}
    label_width = max(text_width(line, SMALL_SIZE) for lines in names.values() for line in lines) + 2
    shares, sizes = {}, {}
    for trial in trials:
        frame = rows_of(outcome, study.outcome, trial)
        shares[trial] = level_shares(frame, list(levels))
        sizes[trial] = "n = " + " / ".join(notation.count(total) for total in arm_sizes(frame).values())
    headings = {
        trial: wrap(study.trial(trial), panel - text_width(sizes[trial], SMALL_SIZE) - 3, weight="bold")
        for trial in trials
    }
    heading_height = max(text_height(lines) for lines in headings.values()) + 1
    panel_height = heading_height + 2 * bar + gap + after
    title = wrap(
        f"{study.label(study.outcome)}, by trial",
        DOUBLE_COLUMN - 2 * MARGIN,
        size=style.TITLE_SIZE,
        weight="bold",
    )
    title_height = text_height(title, size=style.TITLE_SIZE) + 3
    legend = legend_rows(levels, DOUBLE_COLUMN - 2 * MARGIN)
    lines_of_panels = math.ceil(len(trials) / columns)
    blank = blank_note(shares.values())
    note = wrap(blank, DOUBLE_COLUMN - 2 * MARGIN, size=SMALL_SIZE) if blank else []
    note_height = text_height(note, size=SMALL_SIZE) if note else 0.0
    height = MARGIN + title_height + lines_of_panels * panel_height + note_height + legend_height(legend) + 8
    sheet = new_sheet(DOUBLE_COLUMN, height, study)
    sheet.lines(MARGIN, MARGIN, title, size=style.TITLE_SIZE, weight="bold")
    unnumbered = False
    for index, trial in enumerate(trials):
        line, column = divmod(index, columns)
        x = MARGIN + column * (panel + between)
        y = MARGIN + title_height + line * panel_height
        sheet.lines(x, y + heading_height - 1 - text_height(headings[trial]), headings[trial], weight="bold")
        sheet.text(
            x + panel, y + heading_height - 2.5, sizes[trial], ha="right", color=MUTED, size=SMALL_SIZE
        )
        top = y + heading_height + 0.5
        for place, arm in enumerate(SHOWN_ARMS):
            centre = top + place * (bar + gap) + bar / 2
            sheet.lines(x, centre - text_height(names[arm], size=SMALL_SIZE) / 2, names[arm], size=SMALL_SIZE)
        unnumbered |= stacked_bars(
            sheet, x + label_width, top, panel - label_width, shares[trial], bar=bar, gap=gap
        )
    y = MARGIN + title_height + lines_of_panels * panel_height
    sheet.text(
        MARGIN,
        y + 1,
        f"Percentages of the arm{'; the smallest segments carry no number' if unnumbered else ''}"
        + ". n = "
        + " / ".join(study.short(arm) for arm in SHOWN_ARMS)
        + ".",
        color=MUTED,
        size=SMALL_SIZE,
    )
    sheet.lines(MARGIN, y + 3, note, color=MUTED, size=SMALL_SIZE)
    draw_legend(sheet, legend, MARGIN, y + note_height + 5)
    return sheet.figure


def _two_lines(text: str, width: float) -> list[str]:
    """Break a small label into at most two lines; what is left over becomes an ellipsis."""
    lines = wrap(text, width, size=SMALL_SIZE)
    if len(lines) <= 2:
        return lines
    second = lines[1]
    while len(second) > 1 and text_width(f"{second}…", SMALL_SIZE) > width:
        second = second[:-1].rstrip()
    return [lines[0], f"{second}…"]
