"""Parquet files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ipdmediation.data.errors import SourceError
from ipdmediation.data.reading.arrow import table_of, within_bounds
from ipdmediation.data.reading.beginnings import unreadable
from ipdmediation.data.reading.columns import Wanted
from ipdmediation.data.reading.raw_table import RawTable
from ipdmediation.data.reading.sizes import check_table, check_unpacked

OPTIONS: frozenset[str] = frozenset()

#: Rows that are read at once; a text that is kept once for all of them may be long.
BATCH = 8192


def read_parquet(path: Path, *, options: Mapping[str, Any], columns: Wanted) -> RawTable:
    """Return the columns of a Parquet file."""
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            schema = file.schema_arrow

            def read(positions: Sequence[int]) -> Any:
                names = [schema.names[place] for place in positions]
                check_table(file.metadata.num_rows, [0] * len(names), path)
                check_unpacked(_unpacked(file.metadata, positions), path)
                batches = within_bounds(file.iter_batches(BATCH, columns=names), path)
                fields = [schema.field(place) for place in positions]
                return pyarrow.Table.from_batches(batches, pyarrow.schema(fields))

            return table_of(schema, read, columns=columns, path=path)
    except SourceError:
        raise
    except (OSError, pyarrow.ArrowException) as error:
        raise unreadable(path, "parquet", error) from error


def _unpacked(metadata: Any, positions: Sequence[int]) -> int:
    """Return how many bytes the pages of columns become; a text that stands in many rows counts once."""
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    return sum(group.column(place).total_uncompressed_size for group in groups for place in positions)
