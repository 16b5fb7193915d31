"""Columns of Arrow: typed cells, never through a number that holds fewer digits, one value per row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.data.errors import SourceError, listing
from ipdmediation.data.reading.columns import Wanted, find_columns
from ipdmediation.data.reading.raw_table import RawTable
from ipdmediation.data.reading.sizes import check_unpacked


def table_of(schema: Any, read: Callable[[Sequence[int]], Any], *, columns: Wanted, path: Path) -> RawTable:
    """Return the columns of a file that Arrow reads.

    Parameters
    ----------
    schema : pyarrow.Schema
        Names and types of all its columns.
    read : callable
        Takes the positions of columns, returns these as a pyarrow.Table.
    columns : mapping of str to str, or None
        Columns that are to be read, and what for.
    path : Path
        The file.

    Raises
    ------
    SourceError
        For a column of something else than one value per row, or a file without rows.
    MappingError
        Where a column is not in the file.
    """
    positions = find_columns(schema.names, columns, file=str(path))
    _check_kinds({column: schema.field(place).type for column, place in positions.items()}, columns, path)
    table = read(list(positions.values()))
    if not table.num_rows:
        raise SourceError(f"{path}: no row below the column names {listing(schema.names)}")
    raw = RawTable.of_rows(
        pd.DataFrame({column: _series(table.column(at)) for at, column in enumerate(positions)})
    )
    for column in raw.columns:
        raw.frame[column] = _text(raw, column, path)
    return raw


def within_bounds(batches: Iterable[Any], path: Path) -> list[Any]:
    """Return the batches of a file, as far as they do not become too large together.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch
        They are read one after the other.
    path : Path
        The file.

    Raises
    ------
    SourceError
        Says how large, and what is allowed.
    """
    read, total = [], 0
    for batch in batches:
        read.append(batch)
        total += batch.nbytes
        check_unpacked(total, path)
    return read


def _check_kinds(kinds: Mapping[str, Any], columns: Wanted, path: Path) -> None:
    from pyarrow import types

    for column, kind in kinds.items():
        held = next(
            (
                word
                for word, is_kind in (
                    ("lists", types.is_list),
                    ("lists", types.is_large_list),
                    ("lists", types.is_fixed_size_list),
                    ("lists", types.is_list_view),
                    ("lists", types.is_large_list_view),
                    ("maps", types.is_map),
                    ("records", types.is_struct),
                    ("unions", types.is_union),
                )
                if is_kind(kind)
            ),
            None,
        )
        if held:
            role = f" ({columns[column]})" if columns else ""
            raise SourceError(
                f"{path}: column {column!r}{role} holds {held} ({kind}); allowed: one value per row, a "
                "number, a text, a truth value, a date or a time stamp"
            )


def _series(column: Any) -> pd.Series[Any]:
    import pyarrow
    from pyarrow import types

    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if types.is_floating(kind):
        return pd.Series(column.to_numpy())  # null is NaN
    if types.is_integer(kind):
        dtype: Any = "UInt64" if types.is_unsigned_integer(kind) else "Int64"
        wide = pyarrow.uint64() if dtype == "UInt64" else pyarrow.int64()
        return pd.Series(pd.array(column.cast(wide).to_pylist(), dtype=dtype))
    if types.is_timestamp(kind):
        return pd.Series(column.to_pandas())
    return pd.Series(column.to_pylist(), dtype=object)


def _text(raw: RawTable, column: str, path: Path) -> pd.Series[Any]:
    """Return a column in which bytes are the text that they spell."""
    cells = raw[column]
    if cells.dtype != object or not any(isinstance(cell, bytes) for cell in cells):
        return cells
    bad = cells.map(lambda cell: isinstance(cell, bytes) and _decoded(cell) is None).astype(bool)
    if bad.any():
        raise SourceError(f"{path}: column {column!r}: {raw.holding(bad)} bytes that are no text in UTF-8")
    return cells.map(lambda cell: _decoded(cell) if isinstance(cell, bytes) else cell).astype(object)


def _decoded(cell: bytes) -> str | None:
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError:
        return None
