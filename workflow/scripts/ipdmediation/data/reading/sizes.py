"""How large a file may become in memory: a small one that becomes huge is refused before it has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ipdmediation.data.errors import SourceError

#: The most bytes that a packed file may become.
MOST_BYTES = 2 * 1024**3
#: From so many on, by how many times more than it has packed: no table of patients is so uniform.
SUSPECT_BYTES, SUSPECT_RATIO = 100 * 1024**2, 250

#: Bytes that a cell takes at the least: in a column of numbers, and in a worksheet, where each is by itself.
NUMBER, WORKSHEET_CELL = 8, 32


def check_size(total: int, path: Path, *, way_out: str = "unpack it first") -> None:
    """Raise where a packed file becomes too large.

    Parameters
    ----------
    total : int
        Bytes that it becomes, as far as is known.
    path : Path
        The file.
    way_out : str
        What helps where the file is sound.

    Raises
    ------
    SourceError
        Says how large, and what is allowed.
    """
    size = path.stat().st_size
    if total > MOST_BYTES or (total > SUSPECT_BYTES and total > SUSPECT_RATIO * size):
        raise SourceError(
            f"{path}: {size:,} bytes that become {total:,} or more; allowed: at most {MOST_BYTES:,}, and "
            f"above {SUSPECT_BYTES:,} at most {SUSPECT_RATIO} times as many as the packed file has; where "
            f"it is sound, {way_out}"
        )


def check_table(rows: int, widths: Sequence[int], path: Path) -> None:
    """Raise where the columns that are read of a file that may be packed become too large.

    Parameters
    ----------
    rows : int
        Number of rows, as the file says it.
    widths : sequence of int
        Bytes of a cell of each column, 0 where they are not known.
    path : Path
        The file.

    Raises
    ------
    SourceError
        As of `check_size`.
    """
    check_unpacked(rows * sum(max(width, NUMBER) for width in widths), path)


def check_unpacked(total: int, path: Path) -> None:
    """Raise where what is read of a file is packed in it, and becomes too large.

    Parameters
    ----------
    total : int
        Bytes that it becomes, as far as is known.
    path : Path
        The file.

    Raises
    ------
    SourceError
        As of `check_size`.
    """
    if total > path.stat().st_size:
        check_size(total, path, way_out="save it as text")


def rows_at_once(cells: int, path: Path) -> int:
    """Return how many rows of so many cells can be read at once, if each cell may be as long as the file."""
    return max(1, MOST_BYTES // (cells * path.stat().st_size))


def check_grid(rows: int, columns: int, title: str, path: Path) -> None:
    """Raise where a worksheet reaches so far beyond what the file can hold that it is next to empty.

    Parameters
    ----------
    rows, columns : int
        Where its last cells stand.
    title : str
        Its name.
    path : Path
        The file.

    Raises
    ------
    SourceError
        Says how far it reaches.
    """
    try:
        check_size(
            rows * columns * WORKSHEET_CELL,
            path,
            way_out="delete what stands below its last row and right of its last column, or save it as text",
        )
    except SourceError as error:
        raise SourceError(
            f"{path}: sheet {title!r} reaches to row {rows:,} and column {columns:,}: "
            + str(error).removeprefix(f"{path}: ")
        ) from None
