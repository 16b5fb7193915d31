"""Table: each published figure beside this run's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note
from ipdmediation.vocabulary.agreement import Agreement

_AGREES_IF = {
    Agreement.ABSENT: "this run has no such number",
    Agreement.BELOW: "this run lies below it as well",
    Agreement.SAME_SIDE: "both lie on the same side of",
    Agreement.IN_PUBLISHED: "this run lies in the published interval",
    Agreement.IN_THIS_RUN: "the published figure lies in this run's interval",
    Agreement.EQUAL: "both are equal as printed",
}


def published(comparison: pd.DataFrame, *, study: Study) -> Table:
    """Put each published figure beside this run's.

    Parameters
    ----------
    comparison
        Columns as `evidence.published.COLUMNS`.
    study
        Words of the study.
    """
    rows = [
        [
            str(row["label"]),
            _as_published(row),
            _as_here(row),
            "yes" if str(row["agrees"]).lower() in {"true", "1", "1.0"} else "no",
            "yes" if str(row["calibrated"]).lower() in {"true", "1", "1.0"} else "no",
            _rule(row),
        ]
        for row in comparison.to_dict("records")
    ]
    columns = ["Quantity", "Published", "This run", "Agrees", "Calibrated to", "Agrees if"]
    frame = pd.DataFrame(rows, columns=columns)
    # Only synthetic patients are calibrated to anything.
    shown = [name for name in columns if name != "Calibrated to" or study.synthetic]
    notes = [
        f"{row['label']}: {str(row['note']).removesuffix('.')}."
        for row in comparison.to_dict("records")
        if notation.text_of(row["note"])
    ]
    return Table(
        name="published",
        title="Published figures and this run",
        cells=frame[shown],
        notes=(*notes, *synthetic_note(study)),
    )


def _rule(row: Mapping[Any, Any]) -> str:
    words = _AGREES_IF[Agreement(row["rule"])]
    if row["rule"] != Agreement.SAME_SIDE:
        return words
    write = notation.stated_p if row["column"] == "p_value" else notation.measure
    return f"{words} {write(row['threshold'])}"


def _as_published(row: Mapping[Any, Any]) -> str:
    if row["column"] == "p_value":
        written = notation.stated_p(row["published"])
    else:
        written = _measured(row["published"], row["published_low"], row["published_high"])
    return f"<{written}" if row["relation"] == "<" else written


def _as_here(row: Mapping[Any, Any]) -> str:
    if row["column"] == "p_value":
        return notation.p_value(row["this_run"])
    return _measured(row["this_run"], row["this_run_low"], row["this_run_high"])


def _measured(value: float, low: float, high: float) -> str:
    if not (notation.known(low) and notation.known(high)):
        return notation.measure(value)
    whole = all(float(number).is_integer() for number in (value, low, high))
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return notation.interval(value, low, high, digits=0 if whole else digits)
