"""How a file is written, found out by the readers themselves: what they read without a doubt is taken."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ipdmediation.data.codes import number
from ipdmediation.data.drafting.file_source import Source
from ipdmediation.data.drafting.sheets import LONGEST_NAME, with_other_sheets
from ipdmediation.data.errors import SourceError
from ipdmediation.data.matching import is_missing
from ipdmediation.data.reading import FORMATS, RawTable, read_raw
from ipdmediation.data.reading.beginnings import GZIP, ZIP, known_format
from ipdmediation.data.reading.calamine import visible_sheets

#: Formats by the ending of a file's name; any other format is found by an ending that is its name.
ENDINGS = {
    "txt": "csv",
    "tab": "tsv",
    "xlsx": "excel",
    "xlsm": "excel",
    "dta": "stata",
    "sav": "spss",
    "zsav": "spss",
    "por": "spss_por",
    "xpt": "sas_xport",
    "pq": "parquet",
    "fea": "feather",
}
TEXTS = ("csv", "tsv")
COMPRESSED = (GZIP, ZIP)
SEPARATORS = (",", ";", "\t", "|")
#: How far down a header is looked for, in lines or rows.
HEADER_ROWS = 12
#: Rows that show what a column holds.
FEWEST_ROWS = 5
_UNNAMED = re.compile(r"column_\d+")


def find_source(path: Path) -> Source:
    """Return how a file is written.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    SourceError
        Where it is missing, empty, of no known format, or not read by its format's reader.
    """
    if not path.is_file():
        raise SourceError(f"{path}: no such file")
    if path.stat().st_size == 0:
        raise SourceError(f"{path}: the file is empty")
    file_format = format_of(path)
    return _checked(_text(path), path) if file_format in TEXTS else _sheets(path, file_format)


def format_of(path: Path) -> str:
    """Return the format of a file: by the mark that it carries, else by its name, else text."""
    known = known_format(path)
    if known is not None:
        return known
    endings = [part for part in path.name.lower().split(".")[1:] if part not in ("gz", "zip")]
    ending = endings[-1] if endings else ""
    found = ENDINGS.get(ending, ending)
    return found if found in FORMATS else "csv"


def _sheets(path: Path, file_format: str) -> Source:
    """Return a file of cells: of a workbook the first worksheet that is not hidden, and what is on others."""
    sheets = visible_sheets(path) if "sheet" in FORMATS[file_format].options else []
    if len(sheets) < 2:
        return _checked(_cells(path, file_format, {}), path)
    first = _checked(_cells(path, file_format, {"sheet": sheets[0]}), path)
    return with_other_sheets(
        sheets[0], first, {sheet: _other_sheet(path, file_format, sheet) for sheet in sheets[1:]}
    )


def _other_sheet(path: Path, file_format: str, sheet: str) -> Source | None:
    try:
        return _checked(_cells(path, file_format, {"sheet": sheet}), path)
    except SourceError:
        return None


def _checked(found: Source, path: Path) -> Source:
    _check_header(found, path)
    return _without_units(found, path)


def _cells(path: Path, file_format: str, options: dict[str, Any]) -> Source:
    """Return a file of cells; of a worksheet the row of the header, where a title stands above it."""
    raw = read_raw(path, file_format=file_format, options=options)
    if "header_row" in FORMATS[file_format].options and _titled(raw):
        for row in range(2, HEADER_ROWS + 1):
            try:
                below = read_raw(path, file_format=file_format, options={**options, "header_row": row})
            except SourceError:
                continue
            if _unnamed(below) < _unnamed(raw) and not _like_rows(below, "."):
                raw, options = below, {**options, "header_row": row}
                if not _unnamed(raw):
                    break
    if "decimal" in FORMATS[file_format].options:
        options = options | _decimal(raw)
    return Source(file_format=file_format, options=options, raw=raw)


def _text(path: Path) -> Source:
    """Return a text file, read in the ways that it may be written in until one of them is without a doubt."""
    failed: list[tuple[int, SourceError]] = []
    content = path.read_bytes()
    for encoding in _encodings(content):
        best: Source | None = None
        for options, likely in _ways(content, encoding):
            try:
                found = _read(path, options)
            except SourceError as error:
                failed.append((likely, error))
                continue
            if best is None or (_better(found, best)):
                best = found
        if best is not None:
            return best
    # the way that comes nearest says best what is wrong
    raise max(failed, key=lambda each: each[0])[1]


def _encodings(content: bytes) -> list[str | None]:
    """Return the encodings that a text file may have, None for UTF-8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    if content.startswith(COMPRESSED):
        return [None, "cp1252"]
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return ["cp1252"]
    return [None]


def _ways(content: bytes, encoding: str | None) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield options with which a text may be read, and how likely they are."""
    said = {} if encoding is None else {"encoding": encoding}
    if content.startswith(COMPRESSED):
        lines = []
    else:
        text = content[:1_000_000].decode(encoding or "utf-8", errors="replace")
        lines = text.splitlines()[:200]
    for separator in SEPARATORS:
        marks = [line.count(separator) for line in lines]
        usual = Counter(count for count in marks if count).most_common(1)
        if lines and not usual and separator != ",":
            continue
        likely = usual[0][1] * 100 + usual[0][0] if usual else 0
        rows = [1]
        if usual:
            # a title has fewer marks than the rows, unless a spreadsheet filled it up with them
            rows += [row for row, count in enumerate(marks[:HEADER_ROWS], start=1) if count >= usual[0][0]]
        for place, row in enumerate(dict.fromkeys(rows)):
            header = {} if row == 1 else {"header_row": row}
            marked = {} if separator in ",\t" else {"separator": separator}
            yield {**marked, **said, **header, "_tab": separator == "\t"}, likely - place


def _without_units(source: Source, path: Path) -> Source:
    """Return a file without the row below its header, where that holds units and no patient."""
    option = "rows_below_header"
    if option not in FORMATS[source.file_format].options or not _holds_units(source.raw, source.decimal):
        return source
    options = {**source.options, option: 1}
    return replace(
        source,
        options=options,
        raw=read_raw(path, file_format=source.file_format, options=options),
        decide=(*source.decide, "is the row below the column names no patient, but units or the like?"),
    )


def _holds_units(raw: RawTable, decimal: str) -> bool:
    """Return whether the first row has no number, but words where all other rows have numbers.

    A word that other rows of its column have, such as an arm's, is a patient's.
    """
    if len(raw) < FEWEST_ROWS:
        return False

    def is_number(cell: object) -> bool:
        return number(cell, decimal=decimal) is not None

    first = raw.frame.iloc[0]
    stands = [column for column in raw.columns if not is_missing(first[column])]
    if not stands or any(not isinstance(first[column], str) or is_number(first[column]) for column in stands):
        return False
    below = {column: [cell for cell in raw[column].iloc[1:] if not is_missing(cell)] for column in stands}
    if any(first[column] in cells for column, cells in below.items()):
        return False
    return any(cells and all(map(is_number, cells)) for cells in below.values())


def _read(path: Path, options: Mapping[str, Any]) -> Source:
    tab = options["_tab"]
    stated = {key: value for key, value in options.items() if key != "_tab"}
    file_format = "tsv" if tab else "csv"
    raw = read_raw(path, file_format=file_format, options=stated)
    decide = []
    if "encoding" in stated and stated["encoding"] != "utf-16":
        decide.append("the file is not UTF-8; do letters with accents look right in its encoding, cp1252?")
    if stated.get("separator", "\t") != ",":
        stated |= _decimal(raw) if stated.get("separator") or tab else {}
    return Source(file_format=file_format, options=stated, raw=raw, decide=tuple(decide))


def _decimal(raw: RawTable) -> dict[str, str]:
    """Return the option of the decimal mark where more numbers in text have a comma than a point."""
    commas = points = 0
    for column in raw.columns:
        cells = [cell for cell in raw.frame[column].unique() if isinstance(cell, str)]
        commas += sum("," in cell and number(cell, decimal=",") is not None for cell in cells)
        points += sum("." in cell and number(cell) is not None for cell in cells)
    return {"decimal": ","} if commas > points else {}


def _unnamed(raw: RawTable) -> int:
    return sum(_UNNAMED.fullmatch(str(name)) is not None for name in raw.columns)


def _titled(raw: RawTable) -> bool:
    """Return whether a header has so few names that it may be a title above the header."""
    return 2 * _unnamed(raw) >= len(raw.columns)


def _better(found: Source, best: Source) -> bool:
    """Return whether a way to read a text shows more than another one."""
    same_marks = found.options.get("separator") == best.options.get("separator")
    if same_marks and found.file_format == best.file_format:
        fewer = _unnamed(found.raw) < _unnamed(best.raw)
        return fewer and _titled(best.raw) and not _like_rows(found.raw, found.decimal)
    return len(found.raw.columns) > len(best.raw.columns)


def _check_header(source: Source, path: Path) -> None:
    """Refuse a file without a header: its first patient would stand in the draft as the columns' names."""
    names = [str(name) for name in source.raw.columns]
    for place, name in enumerate(names, start=1):
        if not name or len(name) > LONGEST_NAME or any("\ud800" <= mark <= "\udfff" for mark in name):
            raise SourceError(
                f"{path}: column {place} has a name that is empty, not readable, or of more than "
                f"{LONGEST_NAME} letters; give it another one"
            )
    has_header_row = "header_row" in FORMATS[source.file_format].options
    if has_header_row and (alike := _like_rows(source.raw, source.decimal)):
        raise SourceError(
            f"{path}: the first row looks like a patient's, not like a header ({alike} of {len(names)} cells "
            "are like those below them); write a row of column names above it"
        )


def _like_rows(raw: RawTable, decimal: str) -> int:
    """Return how many names of a header are like the cells below them; 0 where it is only a few."""
    alike = 0
    for column in raw.columns:
        cells = [cell for cell in raw.frame[column].unique() if not is_missing(cell)]
        numbers = bool(cells) and all(number(cell, decimal=decimal) is not None for cell in cells)
        is_number = number(str(column), decimal=decimal) is not None
        alike += str(column).strip() in {str(cell).strip() for cell in cells} or (numbers and is_number)
    return alike if alike >= 2 and 2 * alike >= len(raw.columns) else 0
