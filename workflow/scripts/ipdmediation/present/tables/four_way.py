"""Table: the total effect in four parts, with the mediator held at values, one group of rows per scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.labels import CONTROLLED, FOUR_WAY
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.present.tables.effects import failures
from ipdmediation.present.tables.table import Table, synthetic_note, weights_note
from ipdmediation.vocabulary.effects import controlled_direct, reference_interaction

_Rows = Mapping[str, Mapping[Any, Any]]


def four_way(results: pd.DataFrame, *, study: Study) -> Table:
    """Set controlled direct effects and the parts of the total effect side by side.

    A scale has a row, and below it one for each value that the mediator is held at. VanderWeele 2014,
    Epidemiology 25:749.

    Parameters
    ----------
    results
        The tidy table of effects.
    study
        Words of the study.
    """
    at = results["at"].dropna().unique()
    held = {value: (controlled_direct(value), reference_interaction(value)) for value in at}
    held = {value: keys for value, keys in held.items() if keys[0] in set(results["effect"])}
    shown = results[results["effect"].isin([*FOUR_WAY, *(key for keys in held.values() for key in keys)])]
    rows: list[list[str]] = []
    indented: set[int] = set()
    without = [""] * len(CONTROLLED) if held else []
    for scale, found in shown.groupby("scale", sort=False):
        by_effect: _Rows = {row["effect"]: row for row in found.to_dict("records")}
        read = reading("te", str(scale), study=study)
        parts = [_written(by_effect, effect, str(scale), study) for effect in FOUR_WAY]
        rows.append([notation.upper(read.named), read.better_side, *without, *parts])
        for value, keys in held.items():
            indented.add(len(rows))
            cells = [_written(by_effect, effect, str(scale), study) for effect in keys]
            rows.append([f"at {study.amount(study.mediator, value)}", "", *cells, *([""] * len(FOUR_WAY))])
    heads = [*(CONTROLLED if held else ()), *FOUR_WAY.values()]
    columns = ["Outcome scale", "Better", *(f"{head} ({study.coverage} CI)" for head in heads)]
    return Table(
        name="four_way",
        title="Controlled direct effects and the four parts of the total effect"
        if held
        else "Interactions and parts of the total effect",
        cells=pd.DataFrame(rows, columns=columns),
        indented=frozenset(indented),
        notes=(
            *_meanings(bool(held), study),
            *weights_note(study),
            *failures(shown, study=study),
            *synthetic_note(study),
        ),
    )


def _written(rows: _Rows, effect: str, scale: str, study: Study) -> str:
    """Write an effect, nothing where the scale has none: interactions are told apart on additive ones."""
    return reading(effect, scale, study=study).text(rows[effect]) if effect in rows else ""


def _meanings(held: bool, study: Study) -> list[str]:
    mediator = notation.lower(study.label(study.mediator))
    parts = (
        "Pure indirect effect: that of the mediator in the untreated. Mediated interaction: the indirect "
        "effect, which is in the treated, minus the pure one. Total direct effect: that of treatment "
        "with the mediator as under treatment."
    )
    if not held:
        return [
            parts,
            f"There are no controlled direct effects, as standardisation.controlled_at names no {mediator} "
            "at which they would be.",
        ]
    return [
        f"Controlled direct effect: that of treatment with {mediator} at one value in everybody. Reference "
        "interaction: the direct effect, with the mediator as without treatment, minus the controlled one.",
        parts,
        "On scales with interactions the total effect is the sum of the controlled direct effect, the "
        "reference interaction, the mediated interaction and the pure indirect effect.",
    ]
