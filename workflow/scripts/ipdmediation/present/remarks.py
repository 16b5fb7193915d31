"""Remarks of the steps that compute, which know no house style, with what those who took part are called."""

from __future__ import annotations

import re

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.house_style import people, person

#: Columns of tables of evidence in which a step says something in words.
WORDS = ("reason", "note")
# What a study calls a trial, a level or an analysis stands in quotation marks, and stays.
_QUOTED = re.compile(r"(“[^”]*”|'[^']*')")
_CALLED = re.compile(r"\bpatients?\b")


def remark(said: str) -> str:
    """Write a remark in the house style.

    Examples
    --------
    >>> remark("fewer than 5 patients of an arm; 'old patients' is a covariate")
    "fewer than 5 participants of an arm; 'old patients' is a covariate"
    """
    parts = _QUOTED.split(said)
    parts[::2] = [_CALLED.sub(_called, part) for part in parts[::2]]
    return "".join(parts)


def _called(found: re.Match[str]) -> str:
    return people() if found[0].endswith("s") else person()


def with_remarks(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of evidence with its remarks in the house style."""
    return table.assign(
        **{name: [remark(notation.text_of(said)) for said in table[name]] for name in WORDS if name in table}
    )
