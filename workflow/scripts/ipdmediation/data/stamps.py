"""Time stamps: each read to the precision that it has, none completed without being asked to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import pandas as pd

from ipdmediation.data.codes import Code
from ipdmediation.data.stamp_formats import Precision, date_part, has_short_year, precision_of

SECOND = 10**9  # in nanoseconds
DAY = 86400 * SECOND


@dataclass(frozen=True)
class Stamp:
    """One time stamp.

    Parameters
    ----------
    local : int
        Nanoseconds on the clock of the place, from the beginning of year 1 to the start of the stamp.
    offset : int or None
        Nanoseconds by which that clock is ahead of UTC; None where the stamp does not say.
    precision : Precision
        What the stamp tells.
    """

    local: int
    offset: int | None
    precision: Precision

    @property
    def instant(self) -> int:
        """Nanoseconds in UTC, or on a clock that no stamp names."""
        return self.local - (self.offset or 0)


def read_stamp(
    cell: object, *, stamp_format: str | None, epoch: datetime | None, pivot: int | None = None
) -> Stamp | None:
    """Return the stamp that a cell is, None where it is no stamp.

    Parameters
    ----------
    cell : object
        A cell of a `RawTable`.
    stamp_format : str or None
        How text is written (strptime); None for ISO 8601.
    epoch : datetime or None
        Day 0 of serial numbers; None where a number is no stamp.
    pivot : int, optional
        Years of two digits below it are 20xx, the others 19xx.

    Examples
    --------
    >>> read_stamp("2014-03", stamp_format=None, epoch=None).precision
    <Precision.MONTH: 2>
    >>> read_stamp("2014-03-01T10:00+01:00", stamp_format=None, epoch=None).offset // SECOND
    3600
    """
    if isinstance(cell, str):
        return _by_format(cell.strip(), stamp_format, pivot) if stamp_format else _iso(cell.strip())
    if isinstance(cell, datetime):
        return _of_datetime(cell)
    if isinstance(cell, date):
        return _of_datetime(datetime.combine(cell, time(0)), Precision.DAY)
    if epoch is not None and isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _of_serial_number(cell, epoch)
    return None


def read_missing_stamp(
    code: Code, *, stamp_format: str | None, epoch: datetime | None, pivot: int | None = None
) -> Stamp | None:
    """Return the stamp that a missing code is.

    Text is read in the file's format, its date alone or ISO 8601, a number as a workbook's serial number.
    """
    if not code.is_text:
        return read_stamp(code.written, stamp_format=None, epoch=epoch)
    formats = [] if stamp_format is None else [stamp_format, date_part(stamp_format)]
    for known in [*formats, None]:
        stamp = None if known == "" else read_stamp(code.text, stamp_format=known, epoch=None, pivot=pivot)
        if stamp is not None and (known is not None or stamp.precision >= Precision.DAY):
            return stamp
    return None


def _by_format(text: str, stamp_format: str, pivot: int | None) -> Stamp | None:
    try:
        moment = datetime.strptime(text, stamp_format)
        if pivot is not None and has_short_year(stamp_format):
            short = moment.year % 100
            moment = moment.replace(year=short + (2000 if short < pivot else 1900))
    except ValueError:
        return None
    return _of_datetime(moment, precision_of(stamp_format))


_ISO = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2})(?P<time>[T ].*)?)?)?", re.ASCII | re.DOTALL
)
_BASIC = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?P<time>[T ].*)?", re.ASCII | re.DOTALL)
_TIME = re.compile(
    r"[T ]+(?P<hour>\d{1,2})(?::?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?)?"
    r"\s*(?P<offset>Z|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)


def _iso(text: str) -> Stamp | None:
    found = _ISO.fullmatch(text) or _BASIC.fullmatch(text)
    if not found:
        return None
    told = [found[name] for name in ("year", "month", "day")]
    clock = _TIME.fullmatch(found["time"]) if found["time"] else None
    if found["time"] and not clock:
        return None
    told += [clock["hour"], clock["minute"]] if clock else []
    parts = [int(part) for part in told if part is not None]
    second = int((clock and clock["second"]) or 0)
    try:
        moment = datetime(*[*parts, *[1] * (3 - len(parts))], second=second)  # type: ignore[misc, arg-type]
    except ValueError:
        return None
    nanoseconds = int(((clock and clock["fraction"]) or "")[:9].ljust(9, "0"))
    return Stamp(
        _local(moment) + nanoseconds, _offset(clock["offset"] if clock else None), Precision(len(parts))
    )


def _offset(text: str | None) -> int | None:
    if text is None:
        return None
    digits = text[1:].replace(":", "").ljust(4, "0") if text != "Z" else "0000"
    return (-1 if text[0] == "-" else 1) * (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * SECOND


def _of_datetime(moment: datetime, precision: Precision = Precision.TIME) -> Stamp:
    offset = moment.utcoffset()
    nanoseconds = moment.nanosecond if isinstance(moment, pd.Timestamp) else 0
    return Stamp(
        _local(moment.replace(tzinfo=None)) + nanoseconds,
        None if offset is None else round(offset.total_seconds()) * SECOND,
        precision,
    )


def _local(moment: datetime) -> int:
    minutes = (moment.toordinal() * 24 + moment.hour) * 60 + moment.minute
    return (minutes * 60 + moment.second) * SECOND + moment.microsecond * 1000


def _of_serial_number(cell: float, epoch: datetime) -> Stamp | None:
    from openpyxl.utils.datetime import from_excel

    whole = float(cell).is_integer()
    if whole and 1000 <= cell < 3000:
        return None  # a year as a number, or a day around 1905: it cannot be known
    try:
        moment: Any = from_excel(cell, epoch)
    except (OverflowError, ValueError):
        return None
    if not isinstance(moment, datetime) or cell < 1:
        return None  # a time of day
    return _of_datetime(moment, Precision.DAY if whole else Precision.TIME)
