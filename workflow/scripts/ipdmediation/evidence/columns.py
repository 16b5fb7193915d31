"""Columns of the tables of evidence; apart from what makes them, which imports a meta-analysis."""

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
CUT_TEST_COLUMNS = ("model", "test", "term", "chi_square", "df", "p_value", "reason")
BY_CUT_COLUMNS = ("model", "term", "form", "cut", "estimate", "se", "ci_low", "ci_high", "reason")
FREE_TREATMENT_COLUMNS = (
    "effect", "scale", "treatment", "estimate", "ci_low", "ci_high", "interval", "replicates", "failed",
    "withheld", "reason", "note",
)  # fmt: skip
LEFT_OUT_COLUMNS = ("trial", *EFFECT_COLUMNS, "reason")
_ALONG = tuple(name for name in EFFECT_COLUMNS if name != "at")
CONFOUNDING_COLUMNS = ("rho", "r2", *_ALONG)
UNDONE_COLUMNS = ("effect", "scale", "statistic", "rho", "ci_low", "ci_high", "r2", "withheld", "note")
BENCHMARK_COLUMNS = ("variable", "rho", "r2", "against", *_ALONG)
E_VALUE_COLUMNS = (
    "effect", "scale", "statistic", "estimate", "ci_low", "ci_high", "e_value", "e_value_limit", "interval",
    "replicates", "failed", "withheld", "note",
)  # fmt: skip
LOGIT_COLUMNS = (
    "statistic", "rho", "te", "tnie", "te_probit", "tnie_probit", "slope", "log_likelihood", "note",
)  # fmt: skip
MEASUREMENT_ERROR_COLUMNS = (
    "stated", "reliability", "error_sd", "marginal_reliability", "least", "method", *_ALONG,
)  # fmt: skip

SURROGACY_COLUMNS = (
    "level", "measure", "estimate", "se", "ci_low", "ci_high", "test", "df", "p_value", "interval", "n",
    "trials", "verdict", "withheld", "note",
)  # fmt: skip
SURROGATE_TRIAL_COLUMNS = (
    "trial", "n", "on_mediator", "on_mediator_se", "on_mediator_low", "on_mediator_high", "on_outcome",
    "on_outcome_se", "on_outcome_low", "on_outcome_high", "weight", "predicted", "prediction_low",
    "prediction_high", "inside", "reason", "note",
)  # fmt: skip
SURROGATE_LINE_COLUMNS = ("on_mediator", "predicted", "prediction_low", "prediction_high")

HANDLING_COLUMNS = (
    "handling", *EFFECT_COLUMNS, "weight_low", "weight_high", "effective", "kept", "remark", "reason",
)  # fmt: skip

_WORDS = (
    "variable",
    "source",
    "treatment",
    "cut", "statistic", "stated", "method", "level", "measure", "verdict", "inside", "effect", "scale",
    "interval", "withheld", "reason", "note",
    "remark",
)  # fmt: skip


def with_words(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose columns of words have an empty text where a row says nothing."""
    words = [name for name in table.columns if name in _WORDS]
    return table.astype(dict.fromkeys(words, object)).fillna(dict.fromkeys(words, ""))
