"""Table: the effects at reliabilities of the mediator from 1 down, and at the stated error."""

from __future__ import annotations

import math

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.confounding import not_shares
from ipdmediation.present.figures.rows import effect_row
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.measurement_error import impossible, method_sentence, reliability, stated_sentence
from ipdmediation.present.scales import mediator_amount_unit, reading
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note
from ipdmediation.vocabulary.effects import PROPORTION_MEDIATED, SHARE_ON_ONE_SCALE, EffectKey
from ipdmediation.vocabulary.scales import MEAN


def measurement_error(table: pd.DataFrame, effects: pd.DataFrame, *, study: Study) -> Table:
    """Set the effects at each reliability below each other, those at the stated error last.

    Parameters
    ----------
    table
        That of `evidence.measurement_error`.
    effects
        The effects of the analysis.
    study
        Words of the study.
    """
    shown = {EffectKey(effect, MEAN.key): NATURAL[effect] for effect in ("te", "tnie", PROPORTION_MEDIATED)}
    if study.has_levels:
        shown[SHARE_ON_ONE_SCALE] = "Share on one scale (KHB)"
    decimals = max(0, min(3, 2 - math.floor(math.log10(table["error_sd"].max()))))
    rows = []
    for _, found in table.groupby(["stated", "reliability"], sort=False):
        first = found.iloc[0]
        written = reliability(first["reliability"])
        rows.append(
            [
                f"{written} (stated)" if first["stated"] else written,
                notation.fixed(first["error_sd"], digits=decimals) if first["error_sd"] else "0",
                reliability(first["marginal_reliability"]),
                *(_text(found, key, study) for key in shown),
            ]
        )
    heads = [
        "Reliability",
        f"SD of the error, {mediator_amount_unit(study)}",
        "Of the whole variance",
        *(f"{name} ({study.coverage} CI)" for name in shown.values()),
    ]
    return Table(
        name="measurement_error",
        title=f"Without error of measurement: effects on the {reading('te', MEAN.key, study=study).named}",
        cells=pd.DataFrame(rows, columns=heads),
        notes=(
            stated_sentence(table, study),
            *(f"Not defined: {reason}." for reason in impossible(table)),
            method_sentence(table, study),
            *not_shares(table, study),
            *synthetic_note(study),
        ),
    )


def _text(found: pd.DataFrame, key: EffectKey, study: Study) -> str:
    row = effect_row(found, *key)
    return notation.DASH if row is None else reading(*key, study=study).text(row)
