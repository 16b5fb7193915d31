"""Table: who was excluded and why."""

from __future__ import annotations

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.each_trial import sent_sentence
from ipdmediation.present.house_style import people, person
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note, unique, withheld_note


def flow(steps: pd.DataFrame, *, study: Study) -> Table:
    """List who was excluded and why.

    Parameters
    ----------
    steps
        The tidy flow table.
    study
        Words of the study.
    """
    arms = (("all", ""), (study.short("treated"), "_treated"), (study.short("control"), "_control"))
    groups = [
        (f"{verb}, {name}", f"{column}{suffix}")
        for verb, column in (("Excluded", "excluded"), ("Remaining", "remaining"))
        for name, suffix in arms
    ]
    columns = ["Step", *(head for head, _ in groups)]
    rows = [
        [str(row["reason"]), *(notation.count(row[column]) for _, column in groups)]
        for row in steps.sort_values("step").to_dict("records")
    ]
    return Table(
        name="flow",
        title=f"From randomised to analysed {people()}",
        cells=pd.DataFrame(rows, columns=unique(columns)),
        printed=tuple(columns),
        notes=(
            *([f"A {person()} is counted under the first rule that is not met."] if len(steps) > 2 else []),
            *sent_sentence(study),
            *withheld_note(steps[column] for _, column in groups),
            *synthetic_note(study),
        ),
    )
