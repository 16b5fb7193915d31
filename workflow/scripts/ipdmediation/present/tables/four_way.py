"""Table: the total effect in four parts, with the mediator held at values, one group of rows per scale."""

from __future__ import annotations

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.labels import CONTROLLED, FOUR_WAY, REFERENCE
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.present.tables.effects import failures
from ipdmediation.present.tables.table import Table, synthetic_note, weights_note
from ipdmediation.vocabulary.effects import controlled_direct, reference_interaction


def four_way(results: pd.DataFrame, *, study: Study) -> Table:
    """Set controlled direct effects and the parts of the total effect side by side.

    Below the row of a scale stand its controlled direct effects, each with the interaction that is counted
    from it, and then its other parts. VanderWeele 2014, Epidemiology 25:749.

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
    for scale, found in shown.groupby("scale", sort=False):
        by_effect = {row["effect"]: row for row in found.to_dict("records")}
        written = {
            effect: reading(effect, str(scale), study=study).text(row) for effect, row in by_effect.items()
        }
        read = reading("te", str(scale), study=study)
        rows.append([notation.upper(read.named), read.better_side, "", ""])
        parts = [
            (f"{CONTROLLED} at {study.amount(study.mediator, value)}", direct, interaction)
            for value, (direct, interaction) in held.items()
        ]
        parts += [(label, effect, "") for effect, label in FOUR_WAY.items() if effect in written]
        indented |= set(range(len(rows), len(rows) + len(parts)))
        # interactions are told apart on additive scales alone
        rows += [[label, "", written[effect], written.get(other, "")] for label, effect, other in parts]
    columns = [
        "Outcome scale",
        "Better",
        f"Estimate ({study.coverage} CI)",
        f"{REFERENCE} ({study.coverage} CI)",
    ]
    cells = pd.DataFrame(rows, columns=columns)
    return Table(
        name="four_way",
        title="Controlled direct effects and the four parts of the total effect"
        if held
        else "Interactions and parts of the total effect",
        cells=cells if held else cells.drop(columns=columns[-1]),
        indented=frozenset(indented),
        notes=(
            *_meanings(bool(held), study),
            *weights_note(study),
            *failures(shown, study=study),
            *synthetic_note(study),
        ),
    )


def _meanings(held: bool, study: Study) -> list[str]:
    mediator = study.named(study.mediator)
    parts = (
        "Pure indirect effect: that of the mediator in the untreated. Mediated interaction: the indirect "
        "effect, which is in the treated, minus the pure one. Total direct effect: that of treatment "
        "with the mediator as under treatment."
    )
    if not held:
        return [
            parts,
            f"There are no controlled direct effects, as standardisation.controlled_at names no value "
            f"of {mediator} at which they would be.",
        ]
    return [
        f"Controlled direct effect: that of treatment with {mediator} at one value in everybody. Reference "
        "interaction: the direct effect, with the mediator as without treatment, minus the controlled one.",
        parts,
        "On scales with interactions the total effect is the sum of the controlled direct effect, the "
        "reference interaction, the mediated interaction and the pure indirect effect.",
    ]
