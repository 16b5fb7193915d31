"""Names of columns and files as labels that tables and figures can show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from ipdmediation.data.written_text import as_read

LONGEST = 80

Key = TypeVar("Key")


def label_of(column: str) -> str:
    """Return a column's or file's name as a label that a figure can show.

    Examples
    --------
    >>> label_of("LESION_volume (mL)"), label_of("age_years"), label_of("CRP [mg/dL]")
    ('LESION volume', 'Age years', 'CRP')
    """
    text = clean(column.replace("_", " "))
    text = re.split(r"[(\[]", text)[0].strip() or text
    return text.capitalize() if (text == text.upper() and len(text) > 4) or text == text.lower() else text


def clean(text: str) -> str:
    """Return a text as a label: on one line, without marks that nobody sees, not too long."""
    return visible(text)[:LONGEST].strip() or "Unnamed"


def visible(text: str) -> str:
    """Return what is seen of a text, on one line; empty where nothing is."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())


def unlike(labels: Mapping[Key, str]) -> dict[Key, str]:
    """Return labels of which no reader takes one for another."""
    taken: set[str] = set()
    made = {}
    for key, label in labels.items():
        found, number = label, 1
        while as_read(found) in taken:
            number += 1
            found = f"{label} ({number})"
        taken.add(as_read(found))
        made[key] = found
    return made
