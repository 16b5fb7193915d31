"""An expression over the columns of a file, computed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from ipdmediation.data.codes import Code
from ipdmediation.data.derived import to_derived
from ipdmediation.data.mapping import ColumnMapping
from ipdmediation.data.reading import RawTable


def raw_of(columns: dict[str, Any], *, epoch: datetime | None = None) -> RawTable:
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
    return RawTable(frame=frame, rows=range(2, len(frame) + 2), counted="line", epoch=epoch)


def derived(
    expression: str,
    columns: dict[str, Any] | pd.DataFrame,
    *,
    numbers: bool = True,
    missing: tuple[Any, ...] = (),
    decimal: str = ".",
    **mapping: Any,
) -> Any:
    raw = RawTable.of_rows(columns) if isinstance(columns, pd.DataFrame) else raw_of(columns)
    column = ColumnMapping(derive=expression, **mapping)
    codes = [Code(code) for code in missing]
    return to_derived(raw, column, numbers=numbers, missing=codes, decimal=decimal)


def values(expression: str, columns: dict[str, Any], **settings_: Any) -> list[Any]:
    result = derived(expression, columns, **settings_)
    assert result.problems == []
    return [None if pd.isna(value) else value for value in result.data]


def problem(expression: str, columns: dict[str, Any], **settings_: Any) -> str:
    result = derived(expression, columns, **settings_)
    assert result.problems
    return " | ".join(result.problems)
