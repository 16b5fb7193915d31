"""Table: effects and shares that are made of the models' coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.labels import effect_name
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note, weights_note
from ipdmediation.vocabulary.effects import KHB_COEFFICIENTS, SHARE_ON_ONE_SCALE
from ipdmediation.vocabulary.scales import COEFFICIENT, PROPORTION
from ipdmediation.vocabulary.withheld import Withheld


def effects(results: pd.DataFrame, *, study: Study) -> Table:
    """Put the effects that are made of the models' coefficients into words.

    Parameters
    ----------
    results
        The tidy table of effects.
    study
        Words of the study.
    """
    rows = []
    shown = results[results["scale"].isin([COEFFICIENT.key, PROPORTION.key])]
    if not study.has_levels:  # of a linear model's outcome there is but one scale
        shown = shown[~shown["effect"].isin([*KHB_COEFFICIENTS, SHARE_ON_ONE_SCALE.effect])]
    for row in shown.to_dict("records"):
        read = reading(row["effect"], row["scale"], study=study)
        unit = f", {read.unit}" if read.unit not in ("", "%") else ""
        rows.append(
            [
                effect_name(row, study=study),
                f"{read.name}{unit}",
                read.text(row),
                str(read.null),
                read.better_side,
                "" if row["scale"] == PROPORTION.key else written_p(row),
                notation.text_of(row["interval"]) if notation.known(row["ci_low"]) else "",
                counted(row),
                notation.text_of(row["note"]),
            ]
        )
    cells = pd.DataFrame(rows, columns=_columns(study))
    return Table(
        name="effects",
        title="Effects and proportions mediated, from the coefficients of the models",
        cells=cells if (cells["Note"] != "").any() else cells.drop(columns="Note"),
        notes=(
            f"Intervals and {notation.p_name()} values come from bootstrap replicates in which all models "
            "were refitted to the same resample.",
            *weights_note(study),
            *failures(shown, study=study, counted_by="; the column of replicates counts those that do"),
            *synthetic_note(study),
        ),
    )


def _columns(study: Study) -> list[str]:
    return [
        "Effect",
        "Scale",
        f"Estimate ({study.coverage} CI)",
        "No effect",
        "Better",
        notation.p_name(),
        "Interval",
        "Replicates",
        "Note",
    ]


def written_p(row: Mapping[Any, Any]) -> str:
    """Write a P value of the bootstrap; a bound is written as one."""
    return notation.p_value(row["p_value"], bound=bool(row["p_bound"]))


def counted(row: Mapping[Any, Any]) -> str:
    """Count the replicates that an interval is made of."""
    return notation.count(row["replicates"] - row["failed"] - row["undefined"])


def failures(results: pd.DataFrame, *, study: Study, counted_by: str = "") -> list[str]:
    """Say how many replicates failed, lay at the boundary, or had no such effect.

    Parameters
    ----------
    results
        The effects that the table shows.
    study
        Words of the study.
    counted_by
        Where the table counts the replicates that have an effect, empty where it does not.
    """
    failed, singular, replicates = (
        int(results[column].max()) for column in ("failed", "singular", "replicates")
    )
    notes = [f"Failed bootstrap replicates: {notation.count(failed)} of {notation.count(replicates)}."]
    if singular:
        groups = "clusters" if study.cluster else "trials"
        counts = "it counts" if singular == 1 else "they count"
        notes.append(
            f"In {_replicates(singular)} the {groups}' random effects were estimated at the boundary of what "
            f"is possible (no variation, or a correlation of 1); {counts}."
        )
    # an effect that the analysis or the cohort has not is missing in every replicate, and its note says why
    undefined = int(results.loc[results["withheld"] != Withheld.UNDEFINED, "undefined"].max())
    if undefined:
        notes.append(
            f"Up to {_replicates(undefined)} {'has' if undefined == 1 else 'have'} no value of an effect (a "
            f"ratio without a denominator){counted_by}."
        )
    return notes


def _replicates(number: int) -> str:
    return f"{notation.count(number)} replicate{'' if number == 1 else 's'}"
