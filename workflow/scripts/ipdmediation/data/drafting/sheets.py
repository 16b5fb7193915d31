"""The worksheets of a trial's workbook: those about the same patients are joined, others are asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from ipdmediation.data.disclosure import MINIMUM_COUNT
from ipdmediation.data.drafting.file_source import Source
from ipdmediation.data.drafting.words import identifier
from ipdmediation.data.drafting.yaml_text import code_of, scalar
from ipdmediation.data.joined_columns import in_file
from ipdmediation.data.matching import is_missing

#: Columns of another sheet that are named.
MOST_NAMES = 20
#: Letters of a column's name and of a joined file's, as `trial.schema.yaml` allows them.
LONGEST_NAME, LONGEST_FILE = 300, 60


def with_other_sheets(title: str, first: Source, others: Mapping[str, Source | None]) -> Source:
    """Return the first sheet of a workbook, joined with those that are likely about the same patients.

    Parameters
    ----------
    title : str
        Of the first sheet.
    first : Source
        The first sheet.
    others : mapping of str to Source or None
        The other sheets; None for one that is no table.
    """
    shared = {str(name) for other in others.values() if other is not None for name in other.raw.columns}
    keys = [name for name in map(str, first.raw.columns) if name in shared]
    for key in sorted(keys, key=lambda key: _counts_rows(first, key)):
        same = {
            sheet: other
            for sheet, other in others.items()
            if other is not None and _about_the_same(first, other, key)
        }
        if same:
            return _joined({title: first, **same}, key, [name for name in others if name not in same])
    also = ", ".join(_described(sheet, other, beside=first) for sheet, other in others.items())
    question = (
        f"is {scalar(title)} the sheet of this trial's patients? The file also has {also}: one "
        "with more about the same patients is joined (`files` in place of `file`), one of other patients "
        "needs a mapping of its own"
    )
    return replace(first, decide=(question, *first.decide))


def _about_the_same(first: Source, other: Source, key: str) -> bool:
    """Return whether a column is the id of most patients of both sheets, and most of the other's are new."""
    columns = {*map(str, other.raw.columns)}
    common = columns & {*map(str, first.raw.columns)}
    if key not in common or 2 * len(common) > len(columns):
        return False
    if (
        max(len(str(name)) for each in (first, other) for name in each.raw.columns)
        > LONGEST_NAME - LONGEST_FILE
    ):
        return False
    ids, other_ids = _ids(first, key), _ids(other, key)
    shared = len({*ids} & {*other_ids})
    unique = all(len({*each}) == len(each) and None not in each for each in (ids, other_ids))
    return unique and shared >= MINIMUM_COUNT and 2 * shared > max(len(ids), len(other_ids))


def _counts_rows(source: Source, column: str) -> bool:
    """Return whether a column may count the rows of its sheet, which says nothing of those of another."""
    return _ids(source, column) == [*range(1, len(source.raw) + 1)]


def _ids(source: Source, key: str) -> list[Any]:
    return [None if is_missing(cell) else code_of(cell) for cell in source.raw[key]]


def _joined(sheets: Mapping[str, Source], key: str, left: list[str]) -> Source:
    taken: set[str] = set()
    parts = {identifier(title, instead="sheet", taken=taken): sheet for title, sheet in sheets.items()}
    name, first = next(iter(parts.items()))
    ids, frames = _ids(first, key), []
    for part, sheet in parts.items():
        frame = sheet.raw.frame if sheet is first else sheet.raw.frame.drop(columns=key)
        rows = frame.set_axis(_ids(sheet, key)).reindex(ids).reset_index(drop=True)
        frames.append(rows.set_axis([in_file(part, str(name)) for name in rows.columns], axis="columns"))
    titles = " and ".join(map(scalar, sheets))
    rest = f"; the file also has {', '.join(map(scalar, left))}" if left else ""
    question = f"are the sheets {titles} about the same patients? They are joined by {scalar(key)}{rest}"
    asked = [f"{scalar(title)}: {said}" for title, sheet in sheets.items() for said in sheet.decide]
    return replace(
        first,
        raw=replace(first.raw, frame=pd.concat(frames, axis="columns")),
        decide=(question, *asked),
        joined=parts,
        key=in_file(name, key),
    )


def _described(sheet: str, found: Source | None, *, beside: Source) -> str:
    """Return the name of a worksheet, and its columns if one is there too: others may be a patient."""
    if found is None or not {*found.raw.columns} & {*beside.raw.columns}:
        return scalar(sheet)
    names = [scalar(str(name)) for name in found.raw.columns]
    row = f"header_row: {found.options['header_row']}; " if "header_row" in found.options else ""
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"{scalar(sheet)} ({row}{', '.join(names[:MOST_NAMES])}{more})"
