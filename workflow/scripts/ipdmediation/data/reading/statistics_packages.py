"""Files of Stata, SPSS and SAS: codes without their labels, and dates that are known to have no time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.data.errors import SourceError, listing
from ipdmediation.data.reading.columns import Wanted, find_columns
from ipdmediation.data.reading.raw_table import RawTable

OPTIONS = frozenset({"encoding"})

#: Seconds, or days, of a day in the numbers of a date.
DAY = {"stata": 1, "spss": 86400, "sas_xport": 1}

#: Bytes of a record of a SAS transport file, which does not say how many rows it has.
SAS_RECORD = 80


def read_statistics_package(
    path: Path, *, file_format: str, options: Mapping[str, Any], columns: Wanted
) -> RawTable:
    """Return the columns of a file of Stata, SPSS or SAS.

    Value labels are left aside. What such a file itself declares missing (SPSS user-missing, extended missing
    of Stata and SAS) is missing. A number of Stata's type float has single precision here too.
    """
    import pyreadstat

    size = path.stat().st_size
    if file_format == "sas_xport" and size % SAS_RECORD:
        raise SourceError(
            f"{path}: cut off, or not readable as sas_xport: {size} bytes; allowed: records of {SAS_RECORD}"
        )
    readers: dict[str, Callable[..., Any]] = {
        "stata": pyreadstat.read_dta,
        "spss": pyreadstat.read_sav,
        "sas_xport": pyreadstat.read_xport,
    }
    read = partial(readers[file_format], str(path), encoding=options.get("encoding"))
    metadata = _whole(read, path, file_format, metadataonly=True)[1]
    names = metadata.column_names
    if file_format == "stata":
        read = partial(read, **_stata_formats(metadata.original_variable_types.values()))
    wanted = {column: names[place] for column, place in find_columns(names, columns, file=str(path)).items()}
    frame, metadata = _whole(read, path, file_format, usecols=list(wanted.values()))
    if frame.empty:
        raise SourceError(f"{path}: no row below the column names {listing(names)}")
    single = [name for name, kind in metadata.readstat_variable_types.items() if kind == "float"]
    frame = frame.astype({name: "float32" for name in single if frame[name].dtype == "float64"})
    table = RawTable.of_rows(frame[list(wanted.values())].set_axis(pd.Index(list(wanted)), axis=1))
    dates = {column: name for column, name in wanted.items() if frame[name].dtype == object}
    if dates:
        days, _ = read(usecols=list(dates.values()), disable_datetime_conversion=True)
        _check_dates(table, days, dates, day=DAY[file_format], path=path)
    return table


def _stata_formats(formats: Iterable[str]) -> dict[str, list[str]]:
    """Return Stata's formats that show dates and times, however they are written: %tc, %-tdD_m_Y, %d."""
    known = {name: re.match(r"%-?\d*(tc|tC|td|d)", name) for name in formats}
    days = [name for name, found in known.items() if found and found[1] in ("td", "d")]
    return {
        "extra_date_formats": days,
        "extra_datetime_formats": [name for name, found in known.items() if found and name not in days],
    }


def _whole(read: Callable[..., Any], path: Path, file_format: str, **what: Any) -> Any:
    """Return what the reader returns; one error that names the columns at which it fails."""
    try:
        return read(**what)
    except Exception as error:  # the readers raise classes of their own that share no base
        columns = list(_unreadable(read, what.get("usecols", ())))
        where = f"column {listing(columns)}: " if columns else ""
        hint = "; name the encoding of its text in source.options.encoding" if "codec" in str(error) else ""
        raise SourceError(f"{path}: {where}not readable as {file_format} ({error}){hint}") from error


def _unreadable(read: Callable[..., Any], columns: Iterable[str]) -> Iterable[str]:
    for column in columns:
        try:
            read(usecols=[column])
        except Exception:  # as above; the reader's words are in the first error
            yield column


def _check_dates(
    table: RawTable, days: pd.DataFrame, dates: Mapping[str, str], *, day: int, path: Path
) -> None:
    """Refuse a column that shows dates but holds times as well, which its reader cuts off."""
    for column, name in dates.items():
        numbers = pd.to_numeric(days[name], errors="coerce")
        cut = (numbers % day != 0) & numbers.notna()
        if cut.any():
            raise SourceError(
                f"{path}: column {column!r}: {table.place(cut)} with a time of day that the column's format, "
                "a date, does not show; give the column a format with times, or take the times away"
            )
