"""Published figures beside those of this run."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = [
    "label",
    "table",
    "published",
    "published_low",
    "published_high",
    "this_run",
    "this_run_low",
    "this_run_high",
    "agrees",
    "rule",
]


def compare_with_published(
    figures: Sequence[Mapping[str, Any]], tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Look up each published figure in the tables of this run and say whether the two agree.

    Parameters
    ----------
    figures : sequence of mappings
        Entries of the configuration's ``published``: ``label``, ``value``, optional ``low`` and ``high``,
        the ``table``, the row (``where``: column to value) and the ``column`` where this run has it, optional
        ``low_column`` and ``high_column`` (default ``ci_low`` and ``ci_high`` where the table has them) and
        ``scale``, a factor for figures that are printed in another unit.
    tables : mapping of str to DataFrame
        Tables of this run by the names that the figures use.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row a figure. A figure that was published with an interval agrees when this
        run's value lies in that interval, one without when it lies in this run's interval, and a count
        (neither has an interval) when both are equal.

    Raises
    ------
    ValueError
        When a figure names no row, or more than one row, of its table.
    """
    return pd.DataFrame([_compare(figure, tables) for figure in figures], columns=COLUMNS)


def _compare(figure: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> list[Any]:
    row = _row(figure, tables[figure["table"]])
    value = float(row[figure["column"]]) * figure.get("scale", 1)
    low, high = (
        float(row.get(figure.get(f"{side}_column", f"ci_{side}"), np.nan)) * figure.get("scale", 1)
        for side in ("low", "high")
    )
    published = figure["value"]
    published_low, published_high = figure.get("low", np.nan), figure.get("high", np.nan)
    if np.isfinite(published_low):
        agrees, rule = published_low <= value <= published_high, "this run lies in the published interval"
    elif np.isfinite(low):
        agrees, rule = low <= published <= high, "the published figure lies in this run's interval"
    else:
        agrees, rule = value == published, "both are equal"
    this_run = [value, low, high, bool(agrees), rule]
    return [figure["label"], figure["table"], published, published_low, published_high, *this_run]


def _row(figure: Mapping[str, Any], table: pd.DataFrame) -> "pd.Series[Any]":
    chosen = table
    for column, value in figure["where"].items():
        chosen = chosen[chosen[column].astype("string") == str(value)]
    if len(chosen) != 1:
        message = (
            f"published figure {figure['label']!r}: {len(chosen)} rows of table {figure['table']!r} match"
            f" {dict(figure['where'])}; exactly one must"
        )
        raise ValueError(message)
    return chosen.iloc[0]
