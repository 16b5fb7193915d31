"""Table: total, direct and indirect effect and the proportion mediated, one row per scale."""

from __future__ import annotations

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.present.tables.effects import failures
from ipdmediation.present.tables.table import Table, synthetic_note, weights_note


def natural_effects(results: pd.DataFrame, *, study: Study) -> Table:
    """Set total, direct and indirect effect and the proportion mediated side by side, one row per scale.

    Parameters
    ----------
    results
        The tidy table of effects.
    study
        Words of the study.
    """
    natural = results[results["effect"].isin(list(NATURAL))]
    rows = []
    for scale, found in natural.groupby("scale", sort=False):
        by_effect = {row["effect"]: row for row in found.to_dict("records")}
        read = reading("te", str(scale), study=study)
        cells = [reading(name, str(scale), study=study).text(by_effect[name]) for name in NATURAL]
        rows.append([notation.upper(read.named), read.better_side, *cells])
    heads = [f"{name} ({study.coverage} CI)" for name in NATURAL.values()]
    missing = dict.fromkeys(filter(None, map(notation.text_of, natural["note"])))
    ratios = ["Parts of a ratio multiply to the total, all others add up to it."] if study.has_levels else []
    return Table(
        name="natural_effects",
        title=f"Natural effects, averaged over the {people()}",
        cells=pd.DataFrame(rows, columns=["Outcome scale", "Better", *heads]),
        notes=(
            "Direct: the mediator stays as it would be without treatment. Indirect: the treated, with the "
            "mediator as under treatment rather than as without.",
            *ratios,
            *weights_note(study),
            *failures(natural, study=study),
            *(f"{notation.upper(note)}." for note in missing),
            *synthetic_note(study),
        ),
    )
