"""Columns of the tables of evidence by trial; apart from what makes them, which imports a meta-analysis."""

from __future__ import annotations

import pandas as pd

from ipdmediation.data.arms import ARMS
from ipdmediation.inference.summary import COLUMNS as EFFECT_COLUMNS

#: Whether patients' rows of a trial are there, or its result alone.
ROWS, RESULT = "rows", "result"

TRIAL_COLUMNS = (
    "trial", "source", *ARMS, "effect", "scale", "estimate", "se", "ci_low", "ci_high", "weight", "interval",
    "replicates", "failed", "withheld", "reason", "note",
)  # fmt: skip
POOLED_COLUMNS = (
    "effect", "scale", "trials", "estimate", "se", "ci_low", "ci_high", "prediction_low", "prediction_high",
    "tau", "tau_low", "tau_high", "i2", "q", "q_p", "singular", "withheld", "note",
)  # fmt: skip
LEFT_OUT_COLUMNS = ("trial", *EFFECT_COLUMNS, "reason")

_WORDS = ("source", "effect", "scale", "interval", "withheld", "reason", "note")


def with_words(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose columns of words have an empty text where a row says nothing."""
    words = [name for name in table.columns if name in _WORDS]
    return table.astype(dict.fromkeys(words, object)).fillna(dict.fromkeys(words, ""))
