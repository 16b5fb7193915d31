"""Faults of a mapping that joins several files, known before any data are read (light to import)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ipdmediation.data.derivation import DerivationError, derivation_columns
from ipdmediation.data.joined_columns import (
    MARK,
    column_fault,
    file_of,
    in_file,
    joined_files,
    key_of,
)
from ipdmediation.data.problems import Fault, Place


def joining_faults(mapping: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with files that are joined, and with columns that are of none of them.

    Parameters
    ----------
    mapping : mapping
        Content of the trial's mapping, valid by `trial.schema.yaml`; its source has `files`.
    """
    files = joined_files(mapping["source"])
    first = next(iter(files))
    if "visits" in mapping:
        text = "several files are joined: each may have visits of its own, under `source.files.<file>.visits`"
        yield Fault(("visits",), text)
    if "column" not in mapping["patient"]:
        text = (
            "files are joined by the patient's id, and the number of a row is none; name the column of the id"
        )
        yield Fault(("patient", "row_number"), text)
        return
    stated = mapping["patient"]["column"]
    file, mark, _ = stated.partition(MARK)
    if mark and file in files and file != first:
        text = (
            f"the first file, {first!r}, says who the patients are; the id in {file!r} is `key:` of that file"
        )
        yield Fault(("patient", "column"), text)
    yield from _column_faults(mapping, files)


def _column_faults(mapping: Mapping[str, Any], files: Mapping[str, Any]) -> Iterator[Fault]:
    first, keys = next(iter(files)), {in_file(name, str(key_of(name, mapping))): name for name in files}
    for place, column, in_expression in _columns(mapping):
        fault = column_fault(column, list(files), in_expression=in_expression)
        if fault is not None:
            yield Fault(place, fault)
        elif column in keys:
            text = f"column {column!r} is that of the patient's id; allowed: a column of its own"
            yield Fault(place, text)
        elif place[0] == "trial" and file_of(column) != first:
            text = f"the first file, {first!r}, says a patient's trial; found a column of {file_of(column)!r}"
            yield Fault(place, text)
    for name, entry in mapping["variables"].items():
        by_visit = sorted({file_of(column) for column in columns_of(entry)} & _with_visits(files))
        if len(by_visit) > 1:
            text = (
                f"{' and '.join(by_visit)} both have a row for each visit; allowed: columns of one such file"
            )
            yield Fault(("variables", name), text)


def _columns(mapping: Mapping[str, Any]) -> Iterator[tuple[Place, str, bool]]:
    """Yield each column that a mapping names, where it stands, and whether in an expression."""
    if "trial" in mapping:
        yield ("trial", "column"), mapping["trial"]["column"], False
    yield ("treatment", "column"), mapping["treatment"]["column"], False
    for name, entry in mapping["variables"].items():
        for key in ("column", "from", "to"):
            if key in entry:
                yield ("variables", name, key), entry[key], False
        if "derive" in entry:
            for column in columns_of(entry):
                yield ("variables", name, "derive"), column, True


def columns_of(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns that a variable's mapping names; none of an expression that cannot be read."""
    if "derive" in entry:
        try:
            return derivation_columns(entry["derive"])
        except DerivationError:
            return ()
    return tuple(entry[key] for key in ("column", "from", "to") if key in entry)


def decimal_of(mapping: Mapping[str, Any], *columns: str) -> str:
    """Return the decimal mark of the file of some columns, of the first of several.

    Examples
    --------
    >>> files = {"main": {}, "scans": {"options": {"decimal": ","}}}
    >>> decimal_of({"source": {"files": files}}, "scans/VOLUME")
    ','
    """
    files = joined_files(mapping["source"])
    name = file_of(columns[0]) if columns else ""
    source = files.get(name, {}) if files else mapping["source"]
    return str(source.get("options", {}).get("decimal", "."))


def visits_of(mapping: Mapping[str, Any], entry: Mapping[str, Any]) -> Mapping[str, str] | None:
    """Return the columns of visits of the file that a variable is in; None where it has none."""
    files = joined_files(mapping["source"])
    found: Mapping[str, str] | None = mapping.get("visits")
    for name in {file_of(column) for column in columns_of(entry)} & _with_visits(files):
        found = files[name]["visits"]
    return found


def _with_visits(files: Mapping[str, Any]) -> set[str]:
    return {name for name, entry in files.items() if "visits" in entry}
