"""Every number in a sentence comes from a cell of a table, or was given: this finds those that do not."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.house_style import JOURNALS

#: Decimal marks and marks of thousands in what they are in the plain style.
MARKS = str.maketrans({JOURNALS["lancet"].decimal: ".", JOURNALS["lancet"].thousands: ","})
NUMBER = re.compile(r"(?<![\w.])[<>]?−?\d[\d,]*(?:\.\d+)?")  # noqa: RUF001


def untraced(
    sentences: Iterable[str], tables: Mapping[str, pd.DataFrame], *, given: Iterable[object] = ()
) -> list[tuple[str, str]]:
    """Return the numbers of sentences that no table holds, each with its sentence.

    A cell may be written as it is, as its exponential, or a hundredfold, with 0 to 7 decimals and of either
    sign ("4.3 fewer"), with the marks of any house style. What is given (settings, years of sources, digits
    of labels) may stand as it is.
    """
    known = {_bare(text) for value in given for text in NUMBER.findall(str(value))}
    for frame in tables.values():
        for column in frame.columns:
            for cell in frame[column].dropna().unique():
                known |= _written(cell)
    return [
        (text, sentence)
        for sentence in sentences
        for text in NUMBER.findall(sentence.translate(MARKS))
        if _bare(text) not in known
    ]


def _bare(text: str) -> str:
    return text.replace(",", "").lstrip("<>−")  # noqa: RUF001


def _written(cell: Any) -> set[str]:
    if isinstance(cell, str):
        return {_bare(text) for text in NUMBER.findall(cell.replace("-", notation.MINUS))}
    if isinstance(cell, bool) or not notation.known(cell):
        return set()
    values = [float(cell), 100 * float(cell)]
    if abs(float(cell)) < 50:
        values.append(math.exp(float(cell)))
    texts = {f"{abs(value):.{digits}f}" for value in values for digits in range(8)}
    return texts | {_bare(notation.measure(value)) for value in values}
