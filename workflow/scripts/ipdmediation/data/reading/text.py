"""Text files: cells stay text, and a file whose structure is doubtful is refused with its lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from ipdmediation.data.errors import SourceError, listing
from ipdmediation.data.reading.columns import Wanted, check_header, find_columns, header_names
from ipdmediation.data.reading.compressed import content_of
from ipdmediation.data.reading.raw_table import SHOWN_ROWS, RawTable

OPTIONS = frozenset({"separator", "decimal", "encoding", "quoting", "header_row", "rows_below_header"})

#: How far down a header is looked for that is not where it should be, in lines.
HEADER_LINES = 50

#: A first line in which a spreadsheet program says the separator.
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)

#: Bytes that the encoding does not know, as they stay in the text (PEP 383).
UNDECODED = re.compile("[\udc80-\udcff]")

WITHOUT_QUOTING = "source: {options: {quoting: none}}"


class _Row(NamedTuple):
    """The cells of a row, the lines that it stands on, and its number among the rows from the header on.

    Lines are counted from 1, rows from 0, empty ones among them.
    """

    cells: list[str]
    first: int
    last: int
    number: int


def read_csv(path: Path, *, options: Mapping[str, Any], columns: Wanted) -> RawTable:
    """Return the columns of a file with commas, or what `separator` says."""
    return _read_text(path, separator=",", options=options, columns=columns)


def read_tsv(path: Path, *, options: Mapping[str, Any], columns: Wanted) -> RawTable:
    """Return the columns of a file with tabs, or what `separator` says."""
    return _read_text(path, separator="\t", options=options, columns=columns)


def _read_text(path: Path, *, separator: str, options: Mapping[str, Any], columns: Wanted) -> RawTable:
    encoding = str(options.get("encoding", "utf-8"))
    text = _decoded(path, encoding)
    lines = list(io.StringIO(text, newline=""))
    stated = _stated_separator(lines[0], options, path) if lines else None
    separator = options.get("separator", stated or separator)
    skipped = max(int(options.get("header_row", 1)) - 1, 0 if stated is None else 1)
    rows = _rows(lines, skipped, separator=separator, quoting=options.get("quoting"), path=path)
    try:
        header = next(rows)
    except StopIteration:
        raise SourceError(f"{path}: the file has no line {skipped + 1} or any below it") from None
    names = header_names(header.cells)
    _check_header(names, lines, separator=separator, path=path, columns=columns)
    positions = find_columns(names, columns, file=str(path))
    below = int(options.get("rows_below_header", 0))
    body = _checked(header, list(rows), lines, separator=separator, path=path, options=options, below=below)
    if not body:
        left_out = f" and the {below} below them that are left out" if below else ""
        raise SourceError(f"{path}: no row below the column names {listing(names)}{left_out}")
    frame = pd.DataFrame(
        {
            name: pd.Series(
                [row.cells[place] if row.cells[place].strip() else None for row in body], dtype=object
            )
            for name, place in positions.items()
        }
    )
    table = RawTable(frame=frame, rows=[row.first for row in body], counted="line")
    if UNDECODED.search(text):
        _check_readable(table, encoding, path)
    return table


def _stated_separator(line: str, options: Mapping[str, Any], path: Path) -> str | None:
    """Return the separator that a first line `sep=;` states; None where it is no such line."""
    found = SEPARATOR_LINE.fullmatch(line.rstrip("\r\n"))
    if found is None:
        return None
    said = str(options.get("separator", found[1]))
    if said != found[1]:
        raise SourceError(
            f"{path}: line 1 says that the separator is {found[1]!r}, source.options.separator says "
            f"{said!r}; leave the option away, or take the line out"
        )
    if said == options.get("decimal", "."):
        raise SourceError(
            f"{path}: line 1 says that the separator is {said!r}, which is the decimal mark "
            "(source.options.decimal) too; allowed: another mark"
        )
    return said


def _decoded(path: Path, encoding: str) -> str:
    """Return the file's text; bytes that the encoding does not know stay recognisable."""
    content = content_of(path)
    utf_8, utf_16 = (
        encoding.lower().replace("_", "-") in ("utf-8", "utf8"),
        encoding.lower().startswith("utf"),
    )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) and (utf_8 or not utf_16):
        raise SourceError(f"{path}: begins as a file in UTF-16 does; say so: source.options.encoding: utf-16")
    if content.startswith(b"\xef\xbb\xbf") and not utf_16:
        raise SourceError(
            f"{path}: begins as a file in UTF-8 does, source.options.encoding says {encoding!r}"
        )
    try:
        # The byte-order mark of a file saved by a spreadsheet is not part of its first column's name.
        text = content.decode(
            "utf-8-sig" if utf_8 else encoding, "surrogateescape" if utf_8 or not utf_16 else "strict"
        ).removeprefix("\ufeff")
    except (UnicodeError, LookupError) as error:
        raise SourceError(f"{path}: not readable as {encoding!r} ({error}); {_ENCODING_HINT}") from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise SourceError(
            f"{path}: line {line} holds a NUL character; the file is damaged, or in UTF-16: {_ENCODING_HINT}"
        )
    return text


_ENCODING_HINT = "name the file's encoding in source.options.encoding, for example latin-1 or utf-16-le"


def _rows(
    lines: Sequence[str], skipped: int, *, separator: str, quoting: str | None, path: Path
) -> Iterator[_Row]:
    """Go through the rows that hold something."""
    reader = csv.reader(
        lines[skipped:],
        delimiter=separator,
        quoting=csv.QUOTE_NONE if quoting == "none" else csv.QUOTE_MINIMAL,
        strict=True,
    )
    first, number = skipped + 1, -1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            end = skipped + reader.line_num
            where = f"line {first}" if end == first else f"lines {first} to {end}"
            raise SourceError(
                f"{path}: {where}: a quotation mark that opens no whole cell ({error}); mend the file, or, "
                f"where it was written without quoting, say {WITHOUT_QUOTING}"
            ) from error
        last = skipped + reader.line_num
        is_filled = any(map(str.strip, cells))
        number += is_filled or number >= 0
        if is_filled:
            yield _Row(cells, first, last, number)
        first = last + 1


def _check_header(
    names: Sequence[str], lines: Sequence[str], *, separator: str, path: Path, columns: Wanted
) -> None:
    alone = {
        line: next(csv.reader([text], delimiter=separator), [])
        for line, text in enumerate(lines[:HEADER_LINES], start=1)
    }
    check_header(names, columns, alone, file=str(path), counted="line")
    if len(names) == 1:
        likely = [mark for mark in (";", ",", "\t", "|") if mark in names[0]]
        hint = f"; the header holds {listing(likely)}" if likely else ""
        # A line without any of the names may be a patient's.
        name = f", {names[0]!r}," if columns is None or any(known in names[0] for known in columns) else ""
        raise SourceError(
            f"{path}: only one column{name} with separator {separator!r}{hint}; see source.options.separator"
        )


def _checked(
    header: _Row,
    rows: list[_Row],
    lines: Sequence[str],
    *,
    separator: str,
    path: Path,
    options: Mapping[str, Any],
    below: int,
) -> list[_Row]:
    """Return the patients' rows if each has as many cells as the header and no line seems lost in another."""
    width, all_rows = len(header.cells), [header, *rows]
    rows = [row for row in rows if row.number > below]
    wrong = [place for place, row in enumerate(rows) if len(row.cells) != width]
    if wrong:
        found = ", ".join(
            f"line {rows[place].first} (patient row {place + 1}) has {len(rows[place].cells)}"
            for place in wrong[:SHOWN_ROWS]
        )
        more = f" and {len(wrong) - SHOWN_ROWS} more" if len(wrong) > SHOWN_ROWS else ""
        names = "; the first column has no name" if all(len(row.cells) == width + 1 for row in rows) else ""
        raise SourceError(
            f"{path}: {len(wrong)} of {len(rows)} rows with other than the header's {width} cells with "
            f"separator {separator!r}: {found}{more}{names}; allowed: {width} cells in every row"
        )
    if options.get("quoting") == "standard":
        return rows
    joined = [
        row
        for row in all_rows
        if row.last > row.first and _reads_as_rows(lines[row.first - 1 : row.last], width, separator)
    ]
    if joined:
        where = "; ".join(f"lines {row.first} to {row.last}" for row in joined[:SHOWN_ROWS])
        raise SourceError(
            f"{path}: quoted cells that run over several lines and hold what reads as whole rows of {width} "
            f"cells: {where}; where these are stray quotation marks, mend them or say {WITHOUT_QUOTING}; "
            "where the lines belong to one cell, say source: {options: {quoting: standard}}"
        )
    return rows


def _reads_as_rows(lines: Sequence[str], width: int, separator: str) -> bool:
    """Return whether the lines of one row are rows themselves: all of them, or one between first and last.

    Two stray quotation marks join the rows between them to one cell, and the row may still have the right
    number of cells.
    A line of a text has a row's number of separators only by chance, and all its lines hardly ever.
    """
    whole = [
        width in (line.count(separator) + 1, len(next(csv.reader([line], delimiter=separator), [])))
        for line in lines
    ]
    return all(whole) or any(whole[1:-1])


def _check_readable(table: RawTable, encoding: str, path: Path) -> None:
    for column in table.columns:
        bad = table[column].map(lambda cell: cell is not None and _is_undecoded(cell)).astype(bool)
        if bad.any():
            marks = {mark for cell in table[column][bad] for mark in cell if _is_undecoded(mark)}
            found = sorted(map(_shown, marks))
            raise SourceError(
                f"{path}: column {column!r}: {table.place(bad)} not readable as {encoding!r}, bytes "
                f"{', '.join(found)}; {_ENCODING_HINT}"
            )


def _is_undecoded(text: str) -> bool:
    return UNDECODED.search(text) is not None


def _shown(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
