"""Columns of several files that are joined for one trial: `file/column` (imports nothing heavy)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

#: Between the name of a file and a column of it.
MARK = "/"


def joined_files(source: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the files that a trial is joined from, that of its patients first, then by their names.

    Parameters
    ----------
    source : mapping
        `source` of a mapping; empty where it names one file.

    Examples
    --------
    >>> list(joined_files({"files": {"main": {}, "scans": {}, "bloods": {}}}))
    ['main', 'bloods', 'scans']
    """
    stated: Mapping[str, dict[str, Any]] = source.get("files", {})
    names = list(stated)
    first = source.get("first", names[0] if names else None)
    return {name: stated[name] for name in sorted(names, key=lambda name: (name != first, name))}


def key_of(file: str, mapping: Mapping[str, Any]) -> str | None:
    """Return the column of the patient's id in one of the joined files, as it is called there.

    Parameters
    ----------
    file : str
        Name of the file.
    mapping : mapping
        Of the trial.

    Examples
    --------
    >>> files = {"main": {}, "scans": {"key": "SUBJECT"}}
    >>> mapping = {"source": {"files": files}, "patient": {"column": "main/ID"}}
    >>> key_of("main", mapping), key_of("scans", mapping)
    ('ID', 'SUBJECT')
    """
    files = joined_files(mapping["source"])
    stated: str | None = files[file].get("key", mapping["patient"].get("column"))
    return None if stated is None else stated.removeprefix(in_file(next(iter(files)), ""))


def in_file(file: str, column: str) -> str:
    """Return how a column of a file is named.

    Examples
    --------
    >>> in_file("imaging", "VOLUME")
    'imaging/VOLUME'
    """
    return f"{file}{MARK}{column}"


def file_of(column: str) -> str:
    """Return the file of a column that is named with it."""
    return column.partition(MARK)[0]


def name_in_file(column: str) -> str:
    """Return what a column that is named with its file is called in it.

    Examples
    --------
    >>> name_in_file("bloods/mg/dL")
    'mg/dL'
    """
    return column.partition(MARK)[2]


def column_fault(column: str, files: Collection[str], *, in_expression: bool = False) -> str | None:
    """Return why a column is of none of the joined files, and what to write; None where it is of one.

    Parameters
    ----------
    column : str
        As the mapping names it.
    files : collection of str
        Names of the files.
    in_expression : bool
        Whether an expression names it, where such a name stands in backticks.

    Examples
    --------
    >>> column_fault("VOLUME", ["main", "scans"])
    "column 'VOLUME': several files are joined, so say of which it is: main/VOLUME or scans/VOLUME"
    """
    file, mark, name = column.partition(MARK)
    if mark and file in files and name.strip():
        return None
    if in_expression and column in files:
        return (
            f"column {column!r}: this is a file; in an expression its columns stand in backticks: "
            f"`{in_file(column, '<column>')}`"
        )
    if mark and (close := get_close_matches(file.strip().lower(), files, n=1)):
        way_out = _written(close, name.strip() or "<column>", in_expression)
        reason = "no column of the file" if file in files else f"no file is called {file!r}"
        return f"column {column!r}: {reason}; write {way_out}"
    way_out = _written(list(files), column.strip(f" {MARK}") or "<column>", in_expression)
    return f"column {column!r}: several files are joined, so say of which it is: {way_out}"


def _written(files: list[str], name: str, in_expression: bool) -> str:
    """Return the ways to write a column that may be of several files."""
    mark = "`" if in_expression else ""
    ways = [f"{mark}{in_file(file, name)}{mark}" for file in files]
    return ways[0] if len(ways) == 1 else f"{', '.join(ways[:-1])} or {ways[-1]}"
