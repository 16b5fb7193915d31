"""Files of Stata, SPSS and SAS: codes without their labels, what is declared missing, dates without times."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.data.errors import SourceError, listing
from ipdmediation.data.reading.beginnings import unreadable
from ipdmediation.data.reading.column_labels import ColumnLabels
from ipdmediation.data.reading.columns import Wanted, find_columns
from ipdmediation.data.reading.raw_table import DeclaredMissing, RawTable
from ipdmediation.data.reading.sizes import check_table, check_unpacked, rows_at_once


@dataclass(frozen=True)
class Package:
    """One kind of file.

    Parameters
    ----------
    parser : str
        What pyreadstat calls it.
    day : int
        Seconds, or days, of a day in the numbers of a date.
    options : frozenset of str
        Keys of `source.options`.
    """

    parser: str
    day: int = 1
    options: frozenset[str] = frozenset({"encoding"})


PACKAGES = {
    "stata": Package("dta"),
    "spss": Package("sav/zsav", day=86400),
    "spss_por": Package("por", day=86400, options=frozenset()),
    "sas7bdat": Package("sas7bdat"),
    "sas_xport": Package("xport"),
}

#: Bytes of a record of a SAS transport file, which does not say how many rows it has.
SAS_RECORD = 80

#: Second 0 of the dates of SPSS.
SPSS_ORIGIN = datetime(1582, 10, 14)


def read_statistics_package(
    path: Path, *, file_format: str, options: Mapping[str, Any], columns: Wanted
) -> RawTable:
    """Return the columns of a file of Stata, SPSS or SAS.

    Labels stand beside the table, of which the cells are codes. What such a file itself declares missing
    (SPSS user-missing, extended missing of Stata and SAS) is a `DeclaredMissing`. A number of Stata's type
    float has single precision here too.
    """
    # Of the public readers, those of .por and .xpt cannot be asked for what is declared missing.
    from pyreadstat._readstat_parser import parser_entry_point

    package, size = PACKAGES[file_format], path.stat().st_size
    if file_format == "sas_xport" and size % SAS_RECORD:
        raise SourceError(
            f"{path}: cut off, or not readable as sas_xport: {size} bytes; allowed: records of {SAS_RECORD}"
        )
    read = partial(
        parser_entry_point, str(path), parser_format=package.parser, encoding=options.get("encoding")
    )
    metadata = _whole(read, path, file_format, metadataonly=True)[1]
    names = metadata.column_names
    if file_format == "stata":
        read = partial(read, **_stata_formats(metadata.original_variable_types.values()))
    wanted = {column: names[place] for column, place in find_columns(names, columns, file=str(path)).items()}
    if metadata.number_rows is not None:  # those that do not say it cannot be packed
        widths = metadata.variable_storage_width
        check_table(metadata.number_rows, [widths[name] for name in wanted.values()], path)
        texts = {name for name, kind in metadata.readstat_variable_types.items() if kind == "string"}
        long = [name for name in wanted.values() if name in texts and not widths[name]]
        _check_long_texts(partial(_whole, read, path, file_format), long, metadata.number_rows, path)
    frame, metadata = _whole(read, path, file_format, usecols=list(wanted.values()))
    if frame.empty:
        raise SourceError(f"{path}: no row below the column names {listing(names)}")
    single = [name for name, kind in metadata.readstat_variable_types.items() if kind == "float"]
    frame = frame.astype({name: "float32" for name in single if frame[name].dtype == "float64"})
    table = RawTable.of_rows(frame[list(wanted.values())].set_axis(pd.Index(list(wanted)), axis=1))
    dates = {column for column, name in wanted.items() if _shows_dates(frame[name])}
    looked_into = {
        column: name for column, name in wanted.items() if column in dates or frame[name].isna().any()
    }
    if looked_into:
        numbers: dict[str, Any] = {"user_missing": True, "disable_datetime_conversion": True}
        held, told = _whole(read, path, file_format, usecols=list(looked_into.values()), **numbers)
        held = held.reset_index(drop=True)
        _check_dates(table, held, {column: wanted[column] for column in dates}, day=package.day, path=path)
        for column, name in looked_into.items():
            shows_dates = column in dates or pd.api.types.is_datetime64_dtype(frame[name].dtype)
            value = partial(
                _declared, marked=name in told.missing_user_values, spss_date=shows_dates and package.day > 1
            )
            table.frame[column] = _with_declared(table[column], held[name], value)
    return replace(table, labels=_labels(metadata, wanted))


def _labels(metadata: Any, wanted: Mapping[str, str]) -> dict[str, ColumnLabels]:
    """Return what a file says of the columns that are read."""
    labels, codes = metadata.column_names_to_labels, metadata.variable_value_labels
    return {
        column: ColumnLabels(label=labels.get(name) or "", codes=codes.get(name, {}))
        for column, name in wanted.items()
    }


def _check_long_texts(read: Callable[..., Any], names: list[str], rows: int, path: Path) -> None:
    """Refuse too much of Stata's type strL, which has no width and keeps equal texts once."""
    total, size = 0, rows_at_once(len(names), path) if names else rows
    for start in range(0, rows if names else 0, size):
        frame = read(usecols=names, row_offset=start, row_limit=size)[0]
        total += sum(int(frame[name].str.len().sum()) for name in names)
        check_unpacked(total, path)


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
        can_say = "codec" in str(error) and "encoding" in PACKAGES[file_format].options
        hint = "; name the encoding of its text in source.options.encoding" if can_say else ""
        raise unreadable(path, file_format, error, where=where, hint=hint) from error


def _unreadable(read: Callable[..., Any], columns: Iterable[str]) -> Iterable[str]:
    for column in columns:
        try:
            read(usecols=[column])
        except Exception:  # as above; the reader's words are in the first error
            yield column


def _shows_dates(cells: pd.Series[Any]) -> bool:
    """Return whether the reader made dates of a column, which it does where its format shows them."""
    return cells.dtype == object and any(
        isinstance(cell, date) and not isinstance(cell, datetime) for cell in cells.array
    )


def _check_dates(
    table: RawTable, held: pd.DataFrame, dates: Mapping[str, str], *, day: int, path: Path
) -> None:
    """Refuse a column that shows dates but holds times as well, which its reader cuts off."""
    for column, name in dates.items():
        numbers = pd.to_numeric(held[name], errors="coerce")
        cut = (numbers % day != 0) & numbers.notna() & table[column].notna()
        if cut.any():
            raise SourceError(
                f"{path}: column {column!r}: {table.place(cut)} with a time of day that the column's format, "
                "a date, does not show; give the column a format with times, or take the times away"
            )


def _with_declared(
    cells: pd.Series[Any], held: pd.Series[Any], value: Callable[[Any], object]
) -> pd.Series[Any]:
    """Return a column in which what is missing, although the file holds something, is declared missing."""
    declared = (cells.isna() & held.notna()).to_numpy()
    if not declared.any():
        return cells
    return pd.Series(
        [
            DeclaredMissing(value(there)) if is_declared else cell
            for cell, there, is_declared in zip(cells.array, held.array, declared, strict=True)
        ],
        index=cells.index,
        dtype=object,
    )


def _declared(held: Any, *, marked: bool, spss_date: bool) -> object:
    """Return what a cell holds that is declared missing: a mark, a number, a text or, of SPSS, a date."""
    if marked:
        return f".{held}"
    if not spss_date:
        return held
    try:
        moment = SPSS_ORIGIN + timedelta(seconds=float(held))
    except OverflowError:
        return held
    return moment.date() if float(held) % PACKAGES["spss"].day == 0 else moment
