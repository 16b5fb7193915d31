"""A JSON value in the metadata of a Parquet file, read without a library that costs time to import."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from os import SEEK_END
from pathlib import Path
from typing import Any

MAGIC = b"PAR1"
TAIL = 8  # the footer's length in four bytes, and the magic word


@dataclass(frozen=True)
class Footer:
    """What stands behind the pages of a Parquet file: its schema and metadata.

    Parameters
    ----------
    start : int
        Where it begins, in bytes.
    content : bytes
        Its content; empty where the file is not whole Parquet, and `start` is then its end.
    """

    start: int
    content: bytes

    @classmethod
    def of(cls, path: Path) -> Footer:
        """Read the footer of a file, and nothing else of it."""
        with path.open("rb") as file:
            end = max(file.seek(0, SEEK_END) - TAIL, 0)
            file.seek(end)
            tail = file.read()
            length = int.from_bytes(tail[:-4], "little")
            if len(tail) < TAIL or not tail.endswith(MAGIC) or length > end:
                return cls(end + len(tail), b"")
            file.seek(end - length)
            return cls(end - length, file.read(length))

    def value(self, key: str) -> Any:
        """Return the JSON value that stands under a key of the metadata; None where there is none.

        Key and value stand in the footer one after the other as Thrift's compact protocol writes two text
        fields: 0x18, the length in seven bits a byte, the text.
        """
        before = b"\x18" + _varint(len(key)) + key.encode() + b"\x18"
        _, found, rest = self.content.partition(before)
        if not found:
            return None
        length, used = _read_varint(rest)
        try:
            return json.loads(rest[used : used + length])
        except ValueError:
            return None


def write_value(path: Path, key: str, value: Any = None) -> None:
    """Write a table anew with a JSON value under a key of its metadata, or without the key.

    The pages of data are the same with any value.
    """
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    metadata = {name: text for name, text in (table.schema.metadata or {}).items() if name != key.encode()}
    if value is not None:
        metadata[key.encode()] = json.dumps(value).encode()
    pq.write_table(table.replace_schema_metadata(metadata), path)


def outside(path: Path, ranges: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return the columns with values outside a range, by the statistics in the file's footer.

    Parameters
    ----------
    path : Path
        A Parquet file.
    ranges : mapping
        Column to its `minimum` and `maximum`, inclusive; either may be left out. A column without statistics,
        an empty one for example, has no value outside.
    """
    import pyarrow.parquet as pq

    metadata = pq.read_metadata(path)
    found = []
    for group in range(metadata.num_row_groups):
        for position in range(metadata.num_columns):
            column = metadata.row_group(group).column(position)
            bounds, known = ranges.get(column.path_in_schema), column.statistics
            if bounds and known is not None and known.has_min_max:
                low, high = bounds.get("minimum", -inf), bounds.get("maximum", inf)
                if known.min < low or known.max > high:
                    found.append(str(column.path_in_schema))
    return found


def _varint(number: int) -> bytes:
    written = b""
    while number >= 0x80:
        written += bytes([number & 0x7F | 0x80])
        number >>= 7
    return written + bytes([number])


def _read_varint(content: bytes) -> tuple[int, int]:
    """Return a number at the beginning of some bytes, and in how many of them it is written."""
    number = 0
    for position, byte in enumerate(content):
        number |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            return number, position + 1
    return 0, 0
