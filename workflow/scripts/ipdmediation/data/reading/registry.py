"""The formats that a trial's file may have: one module each, registered here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ipdmediation.data.errors import SourceError, listing
from ipdmediation.data.reading import (
    excel,
    feather,
    ods,
    parquet,
    statistics_packages,
    text,
    worksheets,
    xls,
    xlsb,
)
from ipdmediation.data.reading.beginnings import check_beginning
from ipdmediation.data.reading.columns import Wanted
from ipdmediation.data.reading.compressed import check_archive
from ipdmediation.data.reading.raw_table import RawTable


@dataclass(frozen=True)
class Format:
    """One format.

    Parameters
    ----------
    read : callable
        Takes the path and, by name, `options` and `columns`; returns a `RawTable`.
    options : frozenset of str
        Keys of `source.options` that the format knows; `trial.schema.yaml` refuses the others.
    """

    read: Callable[..., RawTable]
    options: frozenset[str]


FORMATS: dict[str, Format] = {
    "csv": Format(text.read_csv, text.OPTIONS),
    "tsv": Format(text.read_tsv, text.OPTIONS),
    "excel": Format(excel.read_excel, worksheets.OPTIONS),
    "xls": Format(xls.read_xls, worksheets.OPTIONS),
    "xlsb": Format(xlsb.read_xlsb, worksheets.OPTIONS),
    "ods": Format(ods.read_ods, worksheets.OPTIONS),
    **{
        name: Format(partial(statistics_packages.read_statistics_package, file_format=name), package.options)
        for name, package in statistics_packages.PACKAGES.items()
    },
    "parquet": Format(parquet.read_parquet, parquet.OPTIONS),
    "feather": Format(feather.read_feather, feather.OPTIONS),
}


#: Formats that are zip archives.
ARCHIVES = frozenset({"excel", "xlsb", "ods"})


def read_raw(
    path: str | Path,
    *,
    file_format: str,
    options: Mapping[str, Any] | None = None,
    columns: Wanted = None,
) -> RawTable:
    """Return the columns of a trial's file as they were written.

    Only these columns are read: what stands in another one does no harm. Text files and worksheets are not
    typed: text stays text, so that an id "007" keeps its zeros and a code "NA" is a code. An empty cell is
    missing; an empty row is skipped. A column without a name is called `column_<position>`,
    counted from 1.

    Parameters
    ----------
    path : str or Path
        The file.
    file_format : str
        One of `FORMATS`.
    options : mapping, optional
        How the file is written; `Format.options` says which keys a format knows.
    columns : mapping of str to str, optional
        Columns to read, and what each is for in words; without it all of them.

    Returns
    -------
    RawTable

    Raises
    ------
    SourceError
        For a missing or empty file, one that is not of that format or of a doubtful structure, or a column
        that cannot be read.
    MappingError
        Where a column is not in the file.
    """
    path = Path(path)
    if not path.is_file():
        raise SourceError(f"{path}: no such file")
    if path.stat().st_size == 0:
        raise SourceError(f"{path}: the file is empty")
    if file_format not in FORMATS:
        raise SourceError(f"{path}: format {file_format!r} is not one of {listing(FORMATS)}")
    check_beginning(path, file_format)
    if file_format in ARCHIVES:
        check_archive(path)
    return FORMATS[file_format].read(path, options=options or {}, columns=columns)
