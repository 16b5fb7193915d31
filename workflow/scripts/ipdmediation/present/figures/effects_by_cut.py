"""Figure: total, direct and indirect effect at every cut of the outcome, in percentage points."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present.figures.forest import ForestRow, Panel, forest
from ipdmediation.present.figures.rows import effect_row
from ipdmediation.present.house_style import people
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.notation import lower
from ipdmediation.present.scales import levels_up_to, reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import PROPORTION_MEDIATED
from ipdmediation.vocabulary.scales import MEAN, scale_of

EFFECTS = tuple(effect for effect in NATURAL if effect != PROPORTION_MEDIATED)


def effects_by_cut(effects: pd.DataFrame, *, study: Study) -> Figure:
    """Draw the effects on the probability of each level or a lower one.

    Parameters
    ----------
    effects
        The effects table.
    study
        Words of the study.

    Returns
    -------
    Figure
        As wide as two columns. An outcome that is not ordinal has its effects on the mean.
    """
    scales = [key for key in effects["scale"].unique() if study.family.cuts and scale_of(key).cut is not None]
    rows = [
        ForestRow(
            label=_label(key, study), marks=tuple(effect_row(effects, effect, key) for effect in EFFECTS)
        )
        for key in scales or [MEAN.key]
    ]
    read = reading("te", (scales or [MEAN.key])[0], study=study)
    if scales:
        read = replace(read, name="difference in the share")
    return forest(
        rows,
        [Panel(title=NATURAL[effect], read=read) for effect in EFFECTS],
        heads=[],
        notes=[f"The share of {people()} with this {lower(study.label(study.outcome))}."] if scales else [],
        study=study,
    )


def _label(key: str, study: Study) -> str:
    """Name the levels that are counted, by their codes as they are."""
    cut = scale_of(key).cut
    return study.average.capitalize() if cut is None else levels_up_to(cut, study)
