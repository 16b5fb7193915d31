"""Tables of results as CSV files: words stay words when they are read back, and are never a formula."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ipdmediation.data.spreadsheet import cell_text, text_of_cell

#: Columns that hold words: a level "1.10" is no number, a label "NA" is not missing.
WORDS = (
    "variable", "label", "unit", "trial", "arm", "statistic", "level", "reason", "kind", "model", "component",
    "term", "ratio_unit", "effect", "scale", "interval", "withheld", "note", "handled", "message",
    "column", "missing_codes_unused", "table", "rule", "relation", "stated", "method", "cut", "source",
    "measure", "verdict", "inside", "check",
)  # fmt: skip


def csv_text(table: pd.DataFrame) -> str:
    """Return a table as the text of a CSV file; its headings are texts like others."""
    safe = {
        position: column if pd.api.types.is_numeric_dtype(column) else column.astype(object).map(cell_text)
        for position, (_, column) in enumerate(table.items())
    }
    header = [str(cell_text(name)) for name in table.columns]
    # With this line end a cell that holds one of its marks is quoted, and begins no row of its own.
    text: str = pd.DataFrame(safe, index=table.index).to_csv(
        index=False, header=header, lineterminator="\r\n"
    )
    return text.replace("\r\n", "\n")


def write_table(table: pd.DataFrame, path: str | Path) -> None:
    """Write a table of results.

    Parameters
    ----------
    table : DataFrame
    path : str or Path
        A CSV file.
    """
    Path(path).write_text(csv_text(table), encoding="utf-8", newline="")


def read_table(path: str | Path) -> pd.DataFrame:
    """Return a table that a step has written; an empty cell of a column of words is an empty text.

    Parameters
    ----------
    path : str or Path
        A CSV file of the results.
    """
    table = pd.read_csv(path, dtype=dict.fromkeys(WORDS, "str"), keep_default_na=False, na_values=[""])
    words = [name for name in table.columns if name in WORDS]
    table = table.fillna(dict.fromkeys(words, ""))
    return table.assign(**{name: table[name].map(text_of_cell).astype("str") for name in words})
