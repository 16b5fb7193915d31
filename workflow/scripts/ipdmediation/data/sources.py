"""The files that a mapping names, each read once, with only the columns that it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ipdmediation.data.errors import MappingError, raise_all
from ipdmediation.data.joined_columns import column_fault, in_file, joined_files
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.reading import RawTable, read_raw


def read_source(
    paths: Sequence[str | Path], source: Mapping[str, Any], mapping: TrialMapping
) -> RawTable | dict[str, RawTable]:
    """Return a trial's file as it was written, or by name the files that are joined.

    Parameters
    ----------
    paths : sequence of str or Path
        Of the files, in the order of `joined_columns.joined_files`.
    source : mapping
        `source` of the trial's mapping.
    mapping : TrialMapping
        Says which columns are read; those of joined files are named with their file in what is returned.

    Raises
    ------
    SourceError, MappingError
        As `read_raw`; a column that is of no file.
    """
    stated = joined_files(source)
    if not stated:
        return _read(paths[0], source, mapping.columns)
    faults = [column_fault(column, list(stated)) for column in mapping.columns]
    raise_all([fault for fault in faults if fault], MappingError, "columns of no file:")
    return {
        name: _in_file(name, _read(path, entry, mapping.columns_of(name)), mapping)
        for path, (name, entry) in zip(paths, stated.items(), strict=True)
    }


def named_files(paths: Sequence[str | Path], source: Mapping[str, Any]) -> str:
    """Return what messages call the files of a trial.

    Examples
    --------
    >>> named_files(["a.csv"], {"format": "csv"})
    'a.csv'
    >>> named_files(["a.csv", "b.sav"], {"files": {"main": {}, "scans": {}}})
    'a.csv (main), b.sav (scans)'
    """
    stated = joined_files(source)
    if not stated:
        return str(paths[0])
    return ", ".join(f"{path} ({name})" for path, name in zip(paths, stated, strict=True))


def _read(path: str | Path, entry: Mapping[str, Any], columns: Mapping[str, str]) -> RawTable:
    return read_raw(path, file_format=entry["format"], options=entry.get("options"), columns=columns)


def _in_file(name: str, table: RawTable, mapping: TrialMapping) -> RawTable:
    """Return a table of which the columns and messages name its file."""
    frame = table.frame.rename(columns=lambda column: in_file(name, column))
    return replace(table, frame=frame, file=name, decimal=mapping.file(name).decimal)
