"""Parquet files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ipdmediation.data.errors import SourceError
from ipdmediation.data.reading.arrow import table_of
from ipdmediation.data.reading.beginnings import unreadable
from ipdmediation.data.reading.columns import Wanted
from ipdmediation.data.reading.raw_table import RawTable

OPTIONS: frozenset[str] = frozenset()


def read_parquet(path: Path, *, options: Mapping[str, Any], columns: Wanted) -> RawTable:
    """Return the columns of a Parquet file."""
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            schema = file.schema_arrow

            def read(positions: Sequence[int]) -> Any:
                names = [schema.names[place] for place in positions]
                return file.read(columns=names).select(names)

            return table_of(schema, read, columns=columns, path=path)
    except SourceError:
        raise
    except (OSError, pyarrow.ArrowException) as error:
        raise unreadable(path, "parquet", error) from error
