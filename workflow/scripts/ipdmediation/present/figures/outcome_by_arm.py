"""Figure: the outcome by arm."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present import notation, style
from ipdmediation.present.figures.bars import (
    blank_note,
    draw_legend,
    legend_height,
    legend_rows,
    percent_axis,
    stacked_bars,
)
from ipdmediation.present.figures.distribution import draw_distribution
from ipdmediation.present.figures.rows import arm_sizes, effect_row, level_shares, rows_of
from ipdmediation.present.figures.sheet import MARGIN, in_style, new_sheet, text_height, text_width, wrap
from ipdmediation.present.house_style import people
from ipdmediation.present.scales import reading, total_of_models
from ipdmediation.present.study import Study
from ipdmediation.present.style import MUTED, SMALL_SIZE, TEXT_SIZE
from ipdmediation.vocabulary.transforms import IDENTITY


@in_style
def outcome_by_arm(outcome: pd.DataFrame, *, study: Study, effects: pd.DataFrame | None = None) -> Figure:
    """Draw the outcome of both arms, with the treatment's ratio beneath.

    An ordinal or binary outcome is drawn as stacked bars with lines that join the levels of both arms; a
    continuous one as its distribution with median and quartiles.

    Parameters
    ----------
    outcome
        Tidy description of the outcome.
    study
        Words of the study.
    effects
        The effects table; the treatment's total ratio, with a bootstrap interval, stands under the bars.

    Returns
    -------
    Figure
        As wide as two columns (as one for a continuous outcome).
    """
    if not study.has_levels:
        return draw_distribution(outcome, study.outcome, study=study, transform=IDENTITY, offset=0.0)
    levels = study.levels_better_first()
    frame = rows_of(outcome, study.outcome, "all")
    shares, totals = level_shares(frame, list(levels)), arm_sizes(frame)
    title = wrap(
        study.label(study.outcome), study.page.double - 2 * MARGIN, size=style.TITLE_SIZE, weight="bold"
    )
    title_height = text_height(title, size=style.TITLE_SIZE) + 3
    names = {
        arm: [*wrap(study.short(arm), 26, weight="bold"), f"n = {notation.count(totals[arm])}"]
        for arm in shares
    }
    label_width = max(text_width(line, TEXT_SIZE, "bold") for lines in names.values() for line in lines) + 3
    bar, gap = 12.0, 9.0
    legend = legend_rows(levels, study.page.double - 2 * MARGIN)
    sentence = wrap(_ratio_sentence(effects, study), study.page.double - 2 * MARGIN)
    blank = blank_note([shares])
    note = wrap(blank, study.page.double - 2 * MARGIN, size=SMALL_SIZE) if blank else []
    note_height = text_height(note, size=SMALL_SIZE) + 1 if note else 0.0
    bars_height = 2 * bar + gap
    feet = legend_height(legend) + note_height + text_height(sentence)
    height = MARGIN + title_height + bars_height + 12 + feet + 5
    sheet = new_sheet(study.page.double, height, study)
    sheet.lines(MARGIN, MARGIN, title, size=style.TITLE_SIZE, weight="bold")
    left, top = MARGIN + label_width, MARGIN + title_height
    width = study.page.double - left - 5
    for index, arm in enumerate(shares):
        sheet.lines(
            MARGIN,
            top + index * (bar + gap) + (bar - text_height(names[arm])) / 2,
            names[arm],
            weight_first="bold",
        )
    stacked_bars(sheet, left, top, width, shares, bar=bar, gap=gap)
    percent_axis(sheet, left, top + bars_height + 1, width, f"{notation.upper(people())}, %")
    y = top + bars_height + 12
    draw_legend(sheet, legend, MARGIN, y)
    y += legend_height(legend) + 2
    sheet.lines(MARGIN, y, note, color=MUTED, size=SMALL_SIZE)
    sheet.lines(MARGIN, y + note_height, sentence)
    return sheet.figure


def _ratio_sentence(effects: pd.DataFrame | None, study: Study) -> str:
    row = None if effects is None else effect_row(effects, "total", "coefficient")
    if row is None or not notation.known(row["estimate"]):
        return ""
    read = reading("total", "coefficient", study=study)
    name = total_of_models(study)
    arms = f"{study.short('treated')} vs {study.short('control')}"
    p_value = notation.p_sentence(row["p_value"], bound=bool(row["p_bound"]))
    return f"{notation.upper(name)}, {arms}: {read.sentence(row, study)}, {p_value}"
