"""Published figures beside those of this run."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.evidence.table_rows import as_cell
from ipdmediation.vocabulary.agreement import Agreement

COLUMNS = [
    "label",
    "table",
    "column",
    "relation",
    "published",
    "published_low",
    "published_high",
    "this_run",
    "this_run_low",
    "this_run_high",
    "agrees",
    "rule",
    "threshold",
    "calibrated",
    "note",
]


def compare_with_published(
    figures: Sequence[Mapping[str, Any]], tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Look up each published figure in the tables of this run and say whether the two agree.

    Parameters
    ----------
    figures : sequence of mappings
        Entries of the configuration's ``published``: ``label``, ``value`` with ``low`` and ``high`` where an
        interval was printed, the ``analysis`` and its ``table``, the row (``where``: column to value; a list
        adds up several rows) and the ``column`` where this run has it. Optional: ``low_column`` and
        ``high_column`` (default ``ci_low`` and ``ci_high``), ``per`` (a column to divide by), ``scale`` (a
        factor for another unit), ``threshold`` (of a p-value), ``below`` (published as "< value" only),
        ``calibrated`` (the synthetic patients were made to have it) and ``note`` (for the reader).
    tables : mapping of str to DataFrame
        Tables of this run by ``<analysis>/<table>``.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row per figure; `relation` is "<" for a figure that was published as a bound,
        else "=". A p-value agrees when it lies on the same side of its threshold, or below the bound;
        a figure that was published with an interval when this run's value lies in it; one without when it
        lies in this run's interval; any other when both are equal as printed. None agrees with a cell that
        this run leaves empty, such as the ratio of a spline's term. `rule` is the key of an `Agreement`.

    Raises
    ------
    ValueError
        When a figure names no row, or more than it asks for, of its table.
    """
    return pd.DataFrame([_compare(figure, tables) for figure in figures], columns=COLUMNS)


def _compare(figure: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> list[Any]:
    rows = _rows(figure, tables[f"{figure['analysis']}/{figure['table']}"])
    factor = figure.get("scale", 1) / (rows[figure["per"]].sum(skipna=False) if "per" in figure else 1)
    value, low, high = (
        float(rows[column].sum(skipna=False)) * factor if column in rows else np.nan
        for column in (
            figure["column"],
            figure.get("low_column", "ci_low"),
            figure.get("high_column", "ci_high"),
        )
    )
    published, threshold, below = figure["value"], figure.get("threshold"), figure.get("below", False)
    published_low, published_high = figure.get("low", np.nan), figure.get("high", np.nan)
    if np.isnan(value):
        agrees, rule = False, Agreement.ABSENT
    elif below:
        agrees, rule = value < published, Agreement.BELOW
        low = high = np.nan
    elif threshold is not None:
        agrees = (value <= threshold) == (published <= threshold)
        rule = Agreement.SAME_SIDE
        low = high = np.nan
    elif np.isfinite(published_low):
        agrees, rule = published_low <= value <= published_high, Agreement.IN_PUBLISHED
    elif np.isfinite(low):
        agrees, rule = low <= published <= high, Agreement.IN_THIS_RUN
    else:
        agrees, rule = round(value, _decimals(published)) == published, Agreement.EQUAL
    return [
        figure["label"],
        figure["table"],
        figure["column"],
        "<" if below else "=",
        published,
        published_low,
        published_high,
        value,
        low,
        high,
        bool(agrees),
        rule,
        np.nan if threshold is None else threshold,
        figure.get("calibrated", False),
        figure.get("note", ""),
    ]


def _rows(figure: Mapping[str, Any], table: pd.DataFrame) -> pd.DataFrame:
    found, expected = table, 1
    for column, wanted in figure["where"].items():
        values = [as_cell(value) for value in (wanted if isinstance(wanted, list) else [wanted])]
        found = found[found[column].map(_cell).isin(values)]
        expected *= len(values)
    if len(found) != expected:
        message = (
            f"published figure {figure['label']!r}: {len(found)} rows of table {figure['table']!r} match"
            f" {dict(figure['where'])}; {expected} must"
        )
        raise ValueError(message)
    return found


def _cell(value: Any) -> str:
    """Return a cell as text: a whole number without a point, whatever the others of its column are."""
    return "" if pd.isna(value) else as_cell(value)


def _decimals(number: float) -> int:
    return len(str(number).partition(".")[2])
