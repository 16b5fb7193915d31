"""Reading a run's tidy tables back, with words that stay words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

#: Columns that hold words: a level "1.10" is no number, a label "NA" is not missing.
WORDS = (
    "variable", "label", "unit", "trial", "arm", "statistic", "level", "reason", "kind", "model", "component",
    "term", "ratio_unit", "effect", "scale", "interval", "withheld", "note", "handled", "message",
    "column", "missing_codes_unused", "table", "rule", "relation",
)  # fmt: skip


def read_table(path: str | Path) -> pd.DataFrame:
    """Return a table that a step has written; an empty cell of a column of words is an empty text.

    Parameters
    ----------
    path : str or Path
        A CSV file of the results.
    """
    table = pd.read_csv(path, dtype=dict.fromkeys(WORDS, "str"), keep_default_na=False, na_values=[""])
    words = [name for name in table.columns if name in WORDS]
    return table.fillna(dict.fromkeys(words, ""))
