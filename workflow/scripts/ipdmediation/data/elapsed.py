"""The time between two columns of stamps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.codes import Code
from ipdmediation.data.conversion import Harmonised, error_cells
from ipdmediation.data.distinct import Distinct, flagged
from ipdmediation.data.mapping import ColumnMapping
from ipdmediation.data.matching import cell_text, is_missing, match_values, shown
from ipdmediation.data.reading.raw_table import DeclaredMissing, Mask, RawTable, is_error
from ipdmediation.data.stamp_formats import Precision
from ipdmediation.data.stamps import DAY, SECOND, Stamp, read_missing_stamp, read_stamp
from ipdmediation.data.time_zones import offsets_at
from ipdmediation.data.units import convert


@dataclass
class _Side:
    """The stamps of one of the two columns."""

    name: str
    raw: RawTable
    cells: pd.Series[Any]
    stamps: list[Stamp | None]
    coded_missing: Mask
    at_midnight: bool = False
    missing_found: frozenset[Code] = frozenset()
    problems: list[str] = field(default_factory=list)

    def where(self, test: Any) -> Mask:
        """Return for each row whether there is a stamp that passes a test."""
        return np.array([stamp is not None and bool(test(stamp)) for stamp in self.stamps], dtype=bool)


def to_elapsed(
    raw: RawTable, column: ColumnMapping, *, unit: str, missing: Collection[Code], decimal: str
) -> Harmonised:
    """Return the time from the first stamp to the second.

    Stamps of which both columns say only the date (or the hour) differ by whole days (or hours), which is the
    time between them where the unit is as long. Any other stamp that is less precise than the minute is
    incomplete: `column.incomplete` says what it becomes. A column of which every stamp is at midnight says
    only the date.

    Where the mapping states the time zone of stamps without an offset, the time between two of them is that
    of a stopwatch, also across a change of the clock; dates without a time differ by whole days all the same.

    Parameters
    ----------
    raw : RawTable
        The trial's file.
    column : ColumnMapping
        Names the two columns and says how they are written.
    unit : str
        Unit of the result.
    missing : collection of Code
        Codes that mean missing; one that is a stamp is compared as a stamp.
    decimal : str
        Decimal mark of text.
    """
    sides = [
        _side(raw, str(name), column=column, missing=missing, decimal=decimal)
        for name in (column.start, column.end)
    ]
    result = Harmonised(
        pd.Series(np.nan, index=raw.frame.index),
        missing_coded=np.any([side.coded_missing for side in sides], axis=0),
        missing_found=frozenset().union(*(side.missing_found for side in sides)),
        problems=[f"{side.name!r}: {text}" for side in sides for text in side.problems],
    )
    needed = _needed(sides, unit)
    if not result.problems and needed is not None:
        result.problems += _complete(sides, column, unit, result, needed=needed)
        if not result.problems and column.timezone is not None and needed > Precision.DAY:
            result.problems += _in_zone(sides, column, result)
    if not result.problems:
        result.problems += _offset_problems(sides)
    if result.problems:
        return result
    seconds = [
        np.nan if start is None or end is None else (end.instant - start.instant) / SECOND
        for start, end in zip(sides[0].stamps, sides[1].stamps, strict=True)
    ]
    result.data = pd.Series(convert(seconds, "second", unit), index=raw.frame.index)
    result.converted = result.data.notna().to_numpy()
    return result


def _side(
    raw: RawTable, name: str, *, column: ColumnMapping, missing: Collection[Code], decimal: str
) -> _Side:
    raw, decimal = raw.of(name), raw.of(name).decimal or decimal
    cells = raw[name]
    written: dict[str, Any] = {
        "stamp_format": column.stamp_format,
        "epoch": raw.epoch,
        "pivot": column.pivot,
    }
    unknown = {stamp.local: code for code in missing if (stamp := read_missing_stamp(code, **written))}
    different = Distinct.of(cells)
    codes = match_values(different.cells, list(missing), decimal=decimal, by_value=True)
    read: list[Stamp | None] = []
    for place, cell in enumerate(different.cells):
        held = cell.value if isinstance(cell, DeclaredMissing) else cell
        stamp = None
        if not is_missing(held) and codes[place] is None:
            stamp = read_stamp(held, **written)
            if stamp is not None and stamp.local in unknown:
                codes[place], stamp = unknown[stamp.local], None
        read.append(None if is_missing(cell) else stamp)
    stamps: list[Stamp | None] = different.spread(read).tolist()
    found = pd.Series(different.spread(codes), index=cells.index, dtype=object)
    at_midnight = _are_dates(stamps)
    if at_midnight:
        stamps = [stamp and replace(stamp, precision=Precision.DAY) for stamp in stamps]
    side = _Side(
        name,
        raw,
        cells,
        stamps,
        found.notna().to_numpy(),
        at_midnight=at_midnight,
        missing_found=frozenset(found.dropna()),
        problems=error_cells(raw, cells, flagged(cells, is_error) & found.isna().to_numpy()),
    )
    bad = ~cells.map(is_missing).to_numpy(dtype=bool) & found.isna().to_numpy() & ~side.where(lambda _: True)
    if bad.any() and not side.problems:
        way = column.stamp_format or "ISO 8601 (2015-03-01 14:30)"
        side.problems.append(
            f"{raw.holding(bad)} {shown(cells[bad])}; allowed: time stamps written as {way}"
            + (", dates of the workbook or its serial numbers" if raw.epoch is not None else "")
        )
    return side


def _are_dates(stamps: list[Stamp | None]) -> bool:
    """Return whether all stamps of a column are at midnight: dates that were stored with a time."""
    # ASSUME: where several patients have exactly midnight, their time of day is not known.
    known = [stamp for stamp in stamps if stamp is not None]
    return len(known) > 1 and all(
        stamp.precision == Precision.TIME and stamp.local % DAY == 0 for stamp in known
    )


def _needed(sides: list[_Side], unit: str) -> Precision | None:
    """Return how precise the stamps have to be: as the finest, if that is enough for the unit, or a time."""
    told = {stamp.precision for side in sides for stamp in side.stamps if stamp is not None}
    if not told:
        return None
    finest = max(told)
    too_fine = finest.unit is None or convert(1.0, unit, finest.unit) < 1
    return Precision.TIME if too_fine else finest


def _complete(
    sides: list[_Side],
    column: ColumnMapping,
    unit: str,
    result: Harmonised,
    *,
    needed: Precision,
) -> list[str]:
    """Do with incomplete stamps what the mapping says; return a sentence for each column that has some."""
    incomplete = [side.where(lambda stamp: stamp.precision < needed) for side in sides]
    if column.incomplete == "error":
        finest = max(stamp.precision for side in sides for stamp in side.stamps if stamp is not None)
        reason = "as other stamps have" if finest == Precision.TIME else f"which the unit, {unit}, asks for"
        return [
            f"{side.name!r}: {side.raw.holding(mask)} {_kinds(side, mask)}, {shown(side.cells[mask])}"
            f"{' (the whole column is at midnight)' if side.at_midnight else ''}; "
            f"allowed: {needed}, {reason} (or say `incomplete: missing`, or `incomplete: start` for the "
            "start of the day, month or year)"
            for side, mask in zip(sides, incomplete, strict=True)
            if mask.any()
        ]
    for side, mask in zip(sides, incomplete, strict=True):
        if column.incomplete == "missing":
            side.stamps = [None if bad else stamp for stamp, bad in zip(side.stamps, mask, strict=True)]
    result.incomplete = incomplete[0] | incomplete[1]
    return []


def _in_zone(sides: list[_Side], column: ColumnMapping, result: Harmonised) -> list[str]:
    """Give stamps without an offset that of the zone; return a sentence for those that it does not tell."""
    zone, problems = str(column.timezone), []
    told = np.zeros(len(sides[0].stamps), dtype=bool) if result.incomplete is None else result.incomplete
    for side in sides:
        offsets = [
            offsets_at(stamp.local, zone) if stamp is not None and stamp.offset is None else None
            for stamp in side.stamps
        ]
        # the start of a day is the first moment of it, whatever the clock did then
        timed = side.where(lambda stamp: stamp.precision > Precision.DAY)
        twice = timed & np.array([known is not None and known[0] > known[1] for known in offsets], dtype=bool)
        never = timed & np.array([known is not None and known[0] < known[1] for known in offsets], dtype=bool)
        if column.ambiguous != "missing" and never.any():
            problems.append(
                f"{side.name!r}: {side.raw.holding(never)} {shown(side.cells[never])}, when no clock of "
                f"{zone} showed that time; allowed: times that were (or say `ambiguous: missing`)"
            )
        if column.ambiguous == "error" and twice.any():
            problems.append(
                f"{side.name!r}: {side.raw.holding(twice)} {shown(side.cells[twice])}, which the clocks of "
                f"{zone} showed twice; allowed: times with an offset (or say `ambiguous: first`, `second` or "
                "`missing`)"
            )
        lost = twice | never if column.ambiguous == "missing" else np.zeros(len(sides[0].stamps), dtype=bool)
        told = told | twice | never
        chosen = 1 if column.ambiguous == "second" else 0
        side.stamps = [
            None
            if gone
            else stamp
            if known is None or stamp is None
            else replace(stamp, offset=known[chosen])
            for stamp, known, gone in zip(side.stamps, offsets, lost, strict=True)
        ]
    result.incomplete = told
    return problems


def _kinds(side: _Side, mask: Mask) -> str:
    kinds = {
        stamp.precision for stamp, bad in zip(side.stamps, mask, strict=True) if bad and stamp is not None
    }
    return " or ".join(str(kind) for kind in sorted(kinds, reverse=True))


def _offset_problems(sides: list[_Side]) -> list[str]:
    """Return one sentence where some stamps say how far they are from UTC and others do not."""
    aware = [side.where(lambda stamp: stamp.offset is not None) for side in sides]
    local = [side.where(lambda stamp: stamp.offset is None) for side in sides]
    if not (any(mask.any() for mask in aware) and any(mask.any() for mask in local)):
        return []

    def places(masks: list[Mask]) -> str:
        return " and ".join(
            f"{side.name!r} in {side.raw.place(mask)}, such as {cell_text(side.cells[mask].iloc[0])}"
            for side, mask in zip(sides, masks, strict=True)
            if mask.any()
        )

    return [
        f"stamps with an offset from UTC ({places(aware)}) and without one ({places(local)}); allowed: all "
        "with an offset or all without"
    ]
