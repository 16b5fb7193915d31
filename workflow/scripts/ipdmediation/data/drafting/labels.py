"""Names of columns and files as labels that tables and figures can show."""

from __future__ import annotations

from collections.abc import Mapping

from ipdmediation.data.written_text import as_read

LONGEST = 80


def label_of(column: str) -> str:
    """Return a column's or file's name as a label that a figure can show.

    Examples
    --------
    >>> label_of("LESION_volume (mL)"), label_of("age_years")
    ('LESION volume', 'Age years')
    """
    text = clean(column.replace("_", " "))
    text = text.partition("(")[0].strip() or text
    return text.capitalize() if (text == text.upper() and len(text) > 4) or text == text.lower() else text


def clean(text: str) -> str:
    """Return a text as a label: on one line, without marks that nobody sees, not too long."""
    seen = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    return seen[:LONGEST].strip() or "Unnamed"


def unlike(labels: Mapping[str, str]) -> dict[str, str]:
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
