"""Figure: the indirect effect and its share by how patients without a mediator are dealt with."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present.death import AS_ANALYSED, HANDLED, NAMES, row_of
from ipdmediation.present.figures.forest import ForestRow, Panel, forest
from ipdmediation.present.figures.rows import effect_row
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.notation import lower
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import PROPORTION_MEDIATED, VIA_EVENT
from ipdmediation.vocabulary.handlings import Handling
from ipdmediation.vocabulary.scales import MEAN

SHOWN = ("tnie", PROPORTION_MEDIATED)
#: The other parts of the total effect, where the event and the mediator are one mediator.
PARTS = (VIA_EVENT, "pnde")


def death(death: pd.DataFrame, patients: pd.DataFrame, effects: pd.DataFrame, *, study: Study) -> Figure:
    """Draw the forest, the parts of the total effect with the composite mediator at the foot.

    Parameters
    ----------
    death
        The effects by handling.
    patients
        How many patients there are of each kind; the table says it.
    effects
        The effects of the analysis.
    study
        Words of the study, with what is asked of the event.
    """
    rows = [
        ForestRow(label=AS_ANALYSED, marks=tuple(effect_row(effects, effect, MEAN.key) for effect in SHOWN))
    ]
    rows += [
        ForestRow(
            label=HANDLED[handling],
            marks=tuple(row_of(death, handling, effect) for effect in SHOWN),
        )
        for handling in (Handling.WORST_VALUE, Handling.WORST_RANK, Handling.WEIGHTED)
        if row_of(death, handling, SHOWN[0]) is not None
    ]
    if row_of(death, Handling.COMPOSITE, SHOWN[0]) is not None:
        rows.append(
            ForestRow(
                label=HANDLED[Handling.COMPOSITE],
                marks=tuple(row_of(death, Handling.COMPOSITE, effect) for effect in SHOWN),
            )
        )
        rows += [
            ForestRow(
                label=f"Composite: {lower(NAMES[part])}",
                marks=(row_of(death, Handling.COMPOSITE, part), None),
                shape="circle",
            )
            for part in PARTS
        ]
    panels = [Panel(title=NATURAL[effect], read=reading(effect, MEAN.key, study=study)) for effect in SHOWN]
    return forest(rows, panels, heads=[], notes=_notes(rows), study=study)


def _notes(rows: list[ForestRow]) -> list[str]:
    if not any(row.shape == "circle" for row in rows):
        return []
    return [
        "Circles, left panel: the other parts of the total effect with the composite mediator; with its "
        "indirect effect they add up to the total effect."
    ]
