"""Figure: the outcome by arm in each trial."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present import notation
from ipdmediation.present.figures.bar_panels import MOST_IN_TWO_COLUMNS, BarPanel, bar_panels
from ipdmediation.present.figures.distribution import draw_by_trial
from ipdmediation.present.figures.nothing_drawn import nothing_drawn
from ipdmediation.present.figures.rows import (
    SHOWN_ARMS,
    arm_sizes,
    level_shares,
    not_drawn,
    rows_of,
    trials_of,
)
from ipdmediation.present.figures.sheet import in_style
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.transforms import IDENTITY


@in_style
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
        As wide as two columns, two panels per row (three from 15 trials on); trials of which every number is
        withheld are named below.
    """
    if not study.has_levels:
        return draw_by_trial(outcome, study.outcome, study=study, transform=IDENTITY, offset=0.0)
    levels = study.levels_better_first()
    panels, left_out = [], []
    for trial in trials_of(outcome, study):
        frame = rows_of(outcome, study.outcome, trial)
        shares = level_shares(frame, list(levels))
        if not any(notation.known(share) for arm in shares.values() for share in arm):
            left_out.append(trial)
            continue
        sizes = " / ".join(notation.count(total) for total in arm_sizes(frame).values())
        panels.append(BarPanel(heading=study.trial(trial), size=f"n = {sizes}", shares=shares))
    title, note = f"{study.label(study.outcome)}, by trial", not_drawn(left_out, study)
    if not panels:
        return nothing_drawn(title, note, study=study)
    return bar_panels(
        panels,
        title=title,
        names={arm: study.short(arm) for arm in SHOWN_ARMS},
        levels=levels,
        foot=("Percentages of the arm", f"n = {' / '.join(map(study.short, SHOWN_ARMS))}."),
        left_out=note,
        columns=1 if len(panels) == 1 else 2 if len(panels) <= MOST_IN_TWO_COLUMNS else 3,
        study=study,
    )
