"""Figure: the outcome observed and as its model expects it, by arm and fifth of the mediator."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present import notation
from ipdmediation.present.figures.bar_panels import BarPanel, bar_panels
from ipdmediation.present.figures.dumbbell import Pair, dumbbells
from ipdmediation.present.figures.natural_axis import axis_label
from ipdmediation.present.figures.rows import SHOWN_ARMS
from ipdmediation.present.figures.sheet import in_style
from ipdmediation.present.study import Study

NAMES = {"observed": "Observed", "expected": "Expected"}


@in_style
def calibration(table: pd.DataFrame, *, study: Study) -> Figure:
    """Draw both beside each other, a column for each arm and a row for each group.

    Parameters
    ----------
    table
        Of `inference.calibration.calibration`.
    study
        Words of the study.

    Returns
    -------
    Figure
        As wide as two columns: stacked bars of an outcome with levels, else means.
    """
    title = f"{study.label(study.outcome)}: observed, and expected by the model"
    groups = [
        (arm, frame) for _, rows in table.groupby("group") for arm in SHOWN_ARMS
        if len(frame := rows[rows["arm"] == arm])
    ]  # fmt: skip
    headings = [f"{study.short(arm)}, {_range(frame, study)}" for arm, frame in groups]
    sizes = [f"n = {notation.count(frame['n'].iloc[0])}" for _, frame in groups]
    if not study.has_levels:
        pairs = [
            Pair(label=f"{heading} ({size})", first=row["observed"], second=row["expected"])
            for heading, size, (_, frame) in zip(headings, sizes, groups, strict=True)
            for row in frame.to_dict("records")
        ]
        label = f"Mean of {notation.lower(axis_label(study, study.outcome))}"
        return dumbbells(
            pairs, title=title, label=label, names=(NAMES["observed"], NAMES["expected"]), study=study
        )
    levels = study.levels_better_first()
    panels = []
    for heading, size, (_, frame) in zip(headings, sizes, groups, strict=True):
        by_level = frame.set_index(frame["level"].map(notation.level_id))
        shares = {name: [100 * float(by_level[name].get(level, 0.0)) for level in levels] for name in NAMES}
        panels.append(BarPanel(heading=heading, size=size, shares=shares))
    return bar_panels(
        panels,
        title=title,
        names=NAMES,
        levels=levels,
        foot=(f"Percentages of those with that {notation.lower(study.label(study.mediator))}", ""),
        columns=2,
        study=study,
    )


def _range(frame: pd.DataFrame, study: Study) -> str:
    """Write the mediator's values of a group with its unit."""
    above, up_to = (frame[name].iloc[0] for name in ("above", "up_to"))
    written = [f"{notation.measure(end)}" for end in (above, up_to)]
    unit = study.unit(study.mediator)
    if not notation.known(above) and not notation.known(up_to):
        return "all"
    if not notation.known(above):
        text = f"up to {written[1]}"
    elif not notation.known(up_to):
        text = f"above {written[0]}"
    else:
        text = f"above {written[0]} to {written[1]}"
    return f"{text} {unit}".rstrip()
