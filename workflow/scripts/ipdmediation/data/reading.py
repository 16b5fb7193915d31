"""Reading a trial's own file, in the format it was delivered in, without guessing at its codes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.data.errors import SourceError, listing

SEPARATORS = {"csv": ",", "tsv": "\t"}


def read_raw(path: str | Path, *, file_format: str, options: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Return a trial's file as it was written.

    Text files and worksheets are not typed: a cell of a text file stays text, so that an id "007" keeps its
    zeros and a code "NA" is a code. An empty cell is missing. A column without a name is called
    `column_<position>`, counted from 1. Value labels of SPSS and Stata files are left aside, the codes are
    read; values that such a file itself declares missing (SPSS user-missing, extended missing of Stata and
    SAS) are missing.

    Parameters
    ----------
    path : str or Path
        The file.
    file_format : {"csv", "tsv", "excel", "stata", "spss", "sas_xport", "parquet"}
        How to read it.
    options : mapping, optional
        csv and tsv: `separator`, `encoding` (and `decimal`, which the mapping uses); excel: `sheet`.

    Raises
    ------
    SourceError
        For a missing or empty file, a wrong separator, sheet or encoding, repeated column names, or a file
        that is not of that format.
    """
    path = Path(path)
    options = options or {}
    if not path.is_file():
        raise SourceError(f"{path}: no such file")
    if path.stat().st_size == 0:
        raise SourceError(f"{path}: the file is empty")
    if file_format in SEPARATORS:
        raw = _read_text(path, separator=options.get("separator", SEPARATORS[file_format]), options=options)
    elif file_format == "excel":
        raw = _read_excel(path, sheet=options.get("sheet", 0))
    elif file_format in ("stata", "spss", "sas_xport"):
        raw = _read_statistics_package(path, file_format)
    elif file_format == "parquet":
        raw = _read_parquet(path)
    else:
        raise SourceError(
            f"{path}: format {file_format!r} is not one of csv, tsv, excel, stata, spss, sas_xport, parquet"
        )
    if raw.empty:
        raise SourceError(f"{path}: no row below the column names {listing(raw.columns)}")
    return raw


def _read_text(path: Path, *, separator: str, options: Mapping[str, Any]) -> pd.DataFrame:
    encoding = str(options.get("encoding", "utf-8"))
    try:
        cells = pd.read_csv(
            path,
            sep=separator,
            # The byte-order mark of a file saved by a spreadsheet is not part of its first column's name.
            encoding="utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding,
            header=None,
            dtype="str",
            keep_default_na=False,
            na_values=[""],
        )
    except (UnicodeDecodeError, LookupError) as error:
        raise SourceError(
            f"{path}: not readable as {encoding!r} ({error}); name the file's encoding in "
            "source.options.encoding, for example latin-1"
        ) from error
    except pd.errors.EmptyDataError as error:
        raise SourceError(f"{path}: the file is empty") from error
    except pd.errors.ParserError as error:
        raise SourceError(
            f"{path}: rows of different length with separator {separator!r} ({error})"
        ) from error
    table = _with_header(cells, path)
    if table.shape[1] == 1:
        header = str(table.columns[0])
        likely = [mark for mark in (";", ",", "\t", "|") if mark in header]
        hint = f"; the header holds {listing(likely)}" if likely else ""
        raise SourceError(
            f"{path}: only one column, {header!r}, with separator {separator!r}{hint}; "
            "see source.options.separator"
        )
    return table


def _read_excel(path: Path, *, sheet: str | int) -> pd.DataFrame:
    try:
        with pd.ExcelFile(path, engine="openpyxl") as book:
            sheets = book.sheet_names
            if isinstance(sheet, str) and sheet not in sheets:
                raise SourceError(f"{path}: no sheet {sheet!r}; the file has {listing(sheets)}")
            cells = pd.read_excel(book, sheet_name=sheet, header=None, dtype=object, keep_default_na=False)
    except SourceError:
        raise
    except Exception as error:  # openpyxl raises errors of zip and XML parsers for a file that is no workbook
        raise SourceError(f"{path}: not readable as an Excel workbook ({error})") from error
    if cells.empty:
        raise SourceError(f"{path}: sheet {sheet!r} is empty")
    blank = cells.map(lambda cell: isinstance(cell, str) and not cell.strip())
    cells = cells.mask(blank)
    return _with_header(cells.loc[cells.notna().any(axis=1)], path)


def _read_statistics_package(path: Path, file_format: str) -> pd.DataFrame:
    import pyreadstat

    readers: dict[str, Any] = {
        "stata": pyreadstat.read_dta,
        "spss": pyreadstat.read_sav,
        "sas_xport": pyreadstat.read_xport,
    }
    try:
        frame, _ = readers[file_format](str(path))
    except Exception as error:  # the readers raise classes of their own that share no base
        raise SourceError(f"{path}: not readable as {file_format} ({error})") from error
    return _checked_names(pd.DataFrame(frame), path)


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_parquet(path)
    except Exception as error:  # pyarrow raises several classes for a file that is not Parquet
        raise SourceError(f"{path}: not readable as parquet ({error})") from error
    return _checked_names(frame, path)


def _with_header(cells: pd.DataFrame, path: Path) -> pd.DataFrame:
    header = cells.iloc[0]
    names = [
        f"column_{position}" if pd.isna(name) else str(name).strip()
        for position, name in enumerate(header, start=1)
    ]
    table = cells.iloc[1:].reset_index(drop=True)
    table.columns = pd.Index(names)
    return _checked_names(table, path)


def _checked_names(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    repeated = frame.columns[frame.columns.duplicated()].unique()
    if len(repeated):
        raise SourceError(f"{path}: column names {listing(repeated)} occur more than once")
    return frame.reset_index(drop=True)
