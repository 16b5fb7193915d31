"""Which of a file's columns are read: only those that somebody asks for, each of them there and only once."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from ipdmediation.data.errors import MappingError, SourceError, listing, raise_all

#: Column to what it is read for, in words; None reads every column.
Wanted = Mapping[str, str] | None


def plain_name(name: str) -> str:
    """Return a column's name without what nobody sees: outer blanks, kinds of blank, ways to write é."""
    return unicodedata.normalize("NFC", name).replace("\xa0", " ").strip().strip("\ufeff").strip()


def find_columns(names: Sequence[str], wanted: Wanted, *, file: str) -> dict[str, int]:
    """Return each column that is to be read and its position in the file.

    Parameters
    ----------
    names : sequence of str
        The file's columns as they are written.
    wanted : mapping of str to str, or None
        Columns and what each is read for; None for every column.
    file : str
        Name of the file in messages.

    Raises
    ------
    MappingError
        Where a column is not in the file.
    SourceError
        Where the name of a column that is to be read occurs more than once.
    """
    check_columns(names, wanted, file=file)
    positions = _finder(names)
    found = {name: positions(name) for name in (wanted or map(plain_name, names))}
    repeated = {name: places for name, places in found.items() if len(places) > 1}
    if repeated:
        places = "; ".join(
            f"{name!r} in columns {', '.join(str(place + 1) for place in where)}"
            for name, where in repeated.items()
        )
        raise SourceError(f"{file}: column names occur more than once: {places}")
    return {name: places[0] for name, places in found.items()}


def missing_columns(names: Sequence[str], wanted: Wanted) -> list[str]:
    """Return the columns that are to be read and not in the file."""
    positions = _finder(names)
    return [name for name in wanted or () if not positions(name)]


def check_columns(names: Sequence[str], wanted: Wanted, *, file: str) -> None:
    """Raise one error for all columns that are to be read and not in the file."""
    plain = [plain_name(name) for name in names]
    problems, known_names = [], len(wanted or ()) - len(missing_columns(names, wanted))
    for name in missing_columns(names, wanted):
        close = get_close_matches(plain_name(name).lower(), [known.lower() for known in plain], n=1)
        likely = [known for known in plain if close and known.lower() == close[0]]
        known_names += len(likely)
        hint = f"; the file has {likely[0]!r}" if likely else ""
        problems.append(f"column {name!r} ({(wanted or {})[name]}) is not in the file{hint}")
    # A header without any of the names may be no header but a patient's row.
    told = f"the file's columns are {listing(names, limit=60)}"
    if not known_names:
        told = f"none of the {len(names)} cells of the header (or is it a row?) is a column of the mapping"
    raise_all(
        problems,
        MappingError,
        f"{file}: {told}; columns of another file of the trial are joined by the patient's id, and named "
        "with that file (`source: {files: ...}`):",
    )


def _finder(names: Sequence[str]) -> Callable[[str], list[int]]:
    """Return what finds the positions of a column: by its letters, or else by what is seen of them."""
    exact, plain = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
    for place, name in enumerate(names):
        exact[name].append(place)
        plain[plain_name(name)].append(place)
    return lambda name: exact.get(name) or plain.get(plain_name(name), [])


def header_names(cells: Sequence[object]) -> list[str]:
    """Return a header's names; a column without one is called `column_<position>`, counted from 1."""
    return [
        f"column_{position}" if cell is None or not str(cell).strip() else str(cell)
        for position, cell in enumerate(cells, start=1)
    ]


def check_header(
    names: Sequence[str], wanted: Wanted, rows: Mapping[int, Sequence[object]], *, file: str, counted: str
) -> None:
    """Raise where columns are not in the header but in a row further down.

    Parameters
    ----------
    names : sequence of str
        The header as it was read.
    wanted : mapping of str to str, or None
        Columns that are to be read.
    rows : mapping of int to sequence
        The first rows of the file, by their numbers.
    file, counted : str
        The file, and what the numbers count.

    Raises
    ------
    SourceError
        Names the row that holds the columns, and the option.
    """
    if not missing_columns(names, wanted):
        return
    for row, cells in rows.items():
        if not missing_columns([str(cell) for cell in cells if cell is not None], wanted):
            raise SourceError(
                f"{file}: the header seems to stand in {counted} {row}, not above; say so: "
                f"source: {{options: {{header_row: {row}}}}}"
            )
