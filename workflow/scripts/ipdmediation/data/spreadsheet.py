"""Text in a CSV file that no spreadsheet takes for a formula (light to import)."""

from __future__ import annotations

import re

_MARK = "'"  # what a spreadsheet takes for the beginning of a text
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def cell_text(cell: object) -> object:
    """Return a cell as it is written: text that a spreadsheet would calculate gets an apostrophe before it.

    Numbers stay as they are, those that are written as text too. A text that begins with apostrophes and then
    as a formula does gets one more, so that `text_of_cell` finds it again.

    Examples
    --------
    >>> [cell_text(cell) for cell in ("=1+1", "@home", "-9", "-9, 999", "Age", -1.5)]
    ["'=1+1", "'@home", '-9', "'-9, 999", 'Age', -1.5]
    """
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return _MARK + cell
    return cell


def text_of_cell(written: object) -> object:
    """Return the text that `cell_text` wrote.

    Examples
    --------
    >>> [text_of_cell(cell_text(cell)) for cell in ("=1+1", "'=1+1", "'s-Gravenhage", "-9")]
    ['=1+1', "'=1+1", "'s-Gravenhage", '-9']
    """
    if isinstance(written, str) and written.startswith(_MARK) and _FORMULA.match(written):
        return written.removeprefix(_MARK)
    return written
