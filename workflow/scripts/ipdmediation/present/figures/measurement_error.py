"""Figure: the indirect effect and the share against the reliability of the mediator."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present.confounding import SHOWN, not_shares, on_the_mean
from ipdmediation.present.figures.curve import Along, CurvePanel, curves
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.measurement_error import method_sentence, stated_row, stated_sentence
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.scales import MEAN


def measurement_error(table: pd.DataFrame, effects: pd.DataFrame, *, study: Study) -> Figure:
    """Draw both curves, and the effects at the stated error.

    Parameters
    ----------
    table
        That of `evidence.measurement_error`.
    effects
        The effects of the analysis.
    study
        Words of the study.
    """
    curve = table[table["stated"] == ""]
    panels = [
        CurvePanel(
            title=NATURAL[effect],
            read=reading(effect, MEAN.key, study=study),
            rows=on_the_mean(curve, effect).sort_values("reliability"),
        )
        for effect in SHOWN
    ]
    points = [stated_row(table, effect) for effect in SHOWN]
    ticks = sorted({round(value, 6) for value in curve["reliability"]})
    inside = points[0] is not None and ticks[0] <= points[0]["reliability"] <= ticks[-1]
    return curves(
        panels,
        Along(
            column="reliability",
            label="Reliability of the mediator, given everything else",
            ticks=ticks,
            reverse=True,
        ),
        points=points if inside else (),
        notes=[
            f"{'Dot: the stated error. ' if inside else ''}{stated_sentence(table, study)}",
            method_sentence(table, study),
            *not_shares(curve, study),
        ],
        study=study,
    )
