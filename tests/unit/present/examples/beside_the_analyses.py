"""What a page shows beside the analyses: published figures, quality, the model of the data, the manifest."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from tests.unit.present.examples.study import TRIALS


def published() -> pd.DataFrame:
    nan = math.nan
    rows = [
        ("Randomised", "flow", "remaining", "=", 1764, nan, nan, 1764, nan, nan, True, "equal", nan, True,
         ""),
        ("Age, median", "baseline", "estimate", "=", 68, nan, nan, 68.4, 67.7, 69.1, True, "in_this_run", nan,
         True, ""),
        ("Mediator, common odds ratio", "models", "ratio", "=", 0.46, 0.39, 0.54, 0.44, 0.4, 0.49, True,
         "in_published", nan, True, ""),
        ("Mediator, P", "models", "p_value", "<", 0.001, nan, nan, 1e-9, nan, nan, True, "below", nan, False,
         "Wald"),
        ("Share explained", "effects", "estimate", "=", 0.12, 0.01, 0.19, 0.02, -0.04, 0.05, False,
         "in_published", nan, False, ""),
    ]  # fmt: skip
    return pd.DataFrame(
        rows,
        columns=["label", "table", "column", "relation", "published", "published_low", "published_high",
                 "this_run", "this_run_low", "this_run_high", "agrees", "rule", "threshold", "calibrated",
                 "note"],
    )  # fmt: skip


def quality() -> dict[str, pd.DataFrame]:
    frame = pd.DataFrame(
        [
            ("age", "LEEFTIJD", 500, 3, 2, 0, 0, 0, 0, "999"), ("female", "SEX", 500, 0, 0, 500, 0, 0, 0, ""),
            ("fiv", "fiv_cl", 500, 64, 64, 0, 436, 2, 1, ""),
            ("hypertension", "", 500, 500, 0, 0, 0, 0, 0, ""),
        ],
        columns=["variable", "column", "n", "missing", "missing_coded", "recoded", "converted", "incomplete",
                 "out_of_range", "missing_codes_unused"],
    )  # fmt: skip
    return {trial: frame.copy() for trial in list(TRIALS)[:3]}


def truth() -> dict[str, Any]:
    return {
        "population": "all randomised patients",
        "log_or_by_cut": {"values": {"te": {"le_0": 0.2, "le_2": 1.0, "le_5": 0.7}}},
        "effects": {
            "te": {"mean": -0.7, "prob_le_2": 0.25, "log_or": 0.7},
            "pnde": {"mean": -0.55, "prob_le_2": 0.12, "log_or": 0.5},
            "tnie": {"mean": -0.15, "prob_le_2": 0.04, "log_or": 0.2},
        },
    }


def manifest() -> dict[str, Any]:
    return {
        "seed": 20190211,
        "git_commit": "6081f80",
        "versions": {"python": "3.12.1", "numpy": "2.4.6", "ipdmediation": "0.1.0"},
        "inputs": {"config/trials/mr_clean.yaml": "a" * 64},
        "configuration": {"seed": 20190211, "arms": {"control": {"label": "Standard care"}}},
    }
