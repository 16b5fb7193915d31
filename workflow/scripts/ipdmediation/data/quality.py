"""What harmonising did to each variable, counted by trial."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.codes import EXCLUDED, Code
from ipdmediation.data.conversion import Harmonised

QUALITY_COLUMNS = (
    "trial",
    "variable",
    "column",
    "n",
    "missing",
    "missing_coded",
    "recoded",
    "converted",
    "incomplete",
    "out_of_range",
    "missing_codes_unused",
)
#: What may have happened to a value.
HAPPENED = ("missing_coded", "recoded", "converted", "incomplete", "out_of_range")


def counted(
    name: str, origin: str, result: Harmonised, unused: Collection[Code], trials: pd.Series[Any]
) -> pd.DataFrame:
    """Count for each trial what happened to a variable.

    Parameters
    ----------
    name, origin : str
        The variable, and where it comes from.
    result : Harmonised
        Its values, and to which patients what happened.
    unused : collection of Code
        Codes for missing that were declared and occur nowhere.
    trials : Series
        The trial of each patient.
    """
    happened = {kind: getattr(result, kind) for kind in HAPPENED}
    masks = pd.DataFrame(
        {"n": True, "missing": result.data.isna()}
        | {kind: False if mask is None else mask for kind, mask in happened.items()},
        index=trials.index,
    )
    return (
        masks.groupby(trials.to_numpy(), sort=False)
        .sum()
        .rename_axis("trial")
        .reset_index()
        .assign(
            variable=name,
            column=origin,
            missing_codes_unused=", ".join(str(code.written) for code in unused),
        )
    )


def rows_left_out(variable: str, column: str, rows: int) -> pd.DataFrame:
    """Count rows of trials that are not pooled, or of nobody."""
    counts = {"n": rows, "missing": 0} | dict.fromkeys(HAPPENED, 0)
    words = {"trial": EXCLUDED, "variable": variable, "column": column, "missing_codes_unused": ""}
    return pd.DataFrame([words | counts])


def by_trial(quality: list[pd.DataFrame], trials: list[str]) -> pd.DataFrame:
    """Stack counts by trial, in the order in which they come, the rows that were left out last."""
    counts = pd.concat(quality, ignore_index=True)
    order = pd.Categorical(counts["trial"], categories=[*trials, EXCLUDED])
    return counts.iloc[np.argsort(order.codes, kind="stable")].reset_index(drop=True)[list(QUALITY_COLUMNS)]
