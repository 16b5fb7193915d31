"""The four worlds: treatment given or not, with the mediator as it would be under each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.study import Study

#: Treatment and what the mediator is as under, so that from one to the next one thing changes.
WORLDS = (("treated", "treated"), ("treated", "control"), ("control", "control"), ("control", "treated"))


def named_world(world: tuple[str, str], study: Study) -> tuple[str, str]:
    """Name the treatment of a world and its mediator."""
    given, source = world
    return study.short(given), f"{study.label(study.mediator)} as with {notation.lower(study.short(source))}"


def distributions(worlds: pd.DataFrame, levels: Sequence[str]) -> dict[tuple[str, str], list[float]]:
    """Return the percentages of the levels by world.

    Parameters
    ----------
    worlds
        Table of `inference.set_treatments.four_worlds`.
    levels
        In the order that is wanted.
    """
    given = {
        (row["treatment"], row["mediator"], notation.level_id(row["level"])): 100 * row["estimate"]
        for row in worlds.to_dict("records")
    }
    return {world: [given[(*world, level)] for level in levels] for world in WORLDS}


def means(worlds: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Return the mean outcome by world, of an outcome without levels."""
    return {(row["treatment"], row["mediator"]): float(row["estimate"]) for row in worlds.to_dict("records")}
