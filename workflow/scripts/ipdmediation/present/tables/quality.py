"""Table: what harmonising did to each variable of a trial."""

from __future__ import annotations

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note

COUNTS = {
    "n": "Participants",
    "missing": "Missing",
    "missing_coded": "Missing by code",
    "recoded": "Recoded",
    "converted": "Converted",
    "incomplete": "Incomplete dates",
    "out_of_range": "Out of range",
}

RULES = "Contract: a rule of the study; who breaks it is out of range, of whom it cannot be told is missing."


def quality(counts: pd.DataFrame, *, study: Study) -> Table:
    """List what harmonising did to each variable of one trial.

    Parameters
    ----------
    counts
        Columns `variable, column, missing_codes_unused` and those of `COUNTS`.
    study
        Words of the study.
    """
    rows = [
        [
            notation.upper(study.label(str(row["variable"]))),
            notation.text_of(row["column"]) or "not recorded",
            *(notation.count(row[name]) for name in COUNTS),
            notation.text_of(row["missing_codes_unused"]),
        ]
        for row in counts.to_dict("records")
    ]
    return Table(
        name="quality",
        title="What harmonising did",
        cells=pd.DataFrame(
            rows, columns=["Variable", "Column in the file", *COUNTS.values(), "Codes not found"]
        ),
        notes=(
            "Converted: to the unit of the study, or computed from several columns.",
            "Codes not found: declared to mean missing, and nowhere in the file.",
            *([RULES] if (counts["variable"] == "contract").any() else []),
            *synthetic_note(study),
        ),
    )
