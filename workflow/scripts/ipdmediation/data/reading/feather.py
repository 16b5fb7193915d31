"""Feather files, which are files of Arrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ipdmediation.data.errors import SourceError
from ipdmediation.data.reading.arrow import table_of, within_bounds
from ipdmediation.data.reading.beginnings import unreadable
from ipdmediation.data.reading.columns import Wanted
from ipdmediation.data.reading.raw_table import RawTable
from ipdmediation.data.reading.sizes import check_table

OPTIONS: frozenset[str] = frozenset()

#: How the first version of the format began, in which a table has no types of its own.
FIRST_VERSION = b"FEA1"


def read_feather(path: Path, *, options: Mapping[str, Any], columns: Wanted) -> RawTable:
    """Return the columns of a Feather file."""
    import pyarrow.ipc

    with path.open("rb") as file:
        if file.read(4) == FIRST_VERSION:
            raise SourceError(f"{path}: Feather of version 1; allowed: version 2, which is a file of Arrow")
    try:
        with pyarrow.OSFile(str(path)) as file:

            def read(positions: Sequence[int]) -> Any:
                in_order = sorted(positions)
                only = pyarrow.ipc.IpcReadOptions(included_fields=in_order)
                check_table(_rows(path), [0] * len(in_order), path)
                reader = pyarrow.ipc.open_file(file, options=only)
                batches = map(reader.get_batch, range(reader.num_record_batches))
                table = pyarrow.Table.from_batches(within_bounds(batches, path), reader.schema)
                return table.select([in_order.index(place) for place in positions])

            return table_of(pyarrow.ipc.open_file(file).schema, read, columns=columns, path=path)
    except SourceError:
        raise
    except (OSError, pyarrow.ArrowException) as error:
        raise unreadable(path, "feather", error) from error


def _rows(path: Path) -> int:
    """Return the number of rows, of which nothing is unpacked to count them."""
    from pyarrow import dataset, fs

    rows: int = dataset.IpcFileFormat().make_fragment(str(path), fs.LocalFileSystem()).count_rows()
    return rows
