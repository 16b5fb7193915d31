"""Sources as reference managers read them: BibTeX and RIS."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ipdmediation.present.sources import Source


def bibtex(sources: Sequence[Source]) -> str:
    """Write sources as BibTeX; a key is the first author's family name and the year."""
    entries = []
    for key, source in zip(_keys(sources), sources, strict=True):
        names = [*map(_family_first, source.authors), *(["others"] if source.others else [])]
        fields = {
            "author": " and ".join(names),
            "title": f"{{{source.title}}}",
            "journal": source.journal,
            "year": str(source.year),
            "volume": source.volume,
            "pages": source.page,
            "publisher": source.publisher,
            "edition": source.edition,
        }
        lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
        kind = "article" if source.journal else "misc" if source.software else "book"
        entries.append("\n".join([f"@{kind}{{{key},", ",\n".join(lines), "}", ""]))
    return "\n".join(entries)


def ris(sources: Sequence[Source]) -> str:
    """Write sources in the format RIS; it has no "et al", so that authors may be fewer than there are."""
    entries = []
    for key, source in zip(_keys(sources), sources, strict=True):
        kind = "JOUR" if source.journal else "COMP" if source.software else "BOOK"
        tags = [
            ("TY", kind),
            ("ID", key),
            *(("AU", _family_first(name)) for name in source.authors),
            ("TI", source.title),
            ("JO", source.journal),
            ("PY", str(source.year)),
            ("VL", source.volume),
            ("SP", source.page),
            ("PB", source.publisher),
            ("ET", source.edition),
        ]
        entries.append("".join(f"{tag}  - {value}\r\n" for tag, value in tags if value) + "ER  - \r\n")
    return "\r\n".join(entries)


def _family_first(name: str) -> str:
    """Turn ``van Buuren S`` into ``van Buuren, S.``; a group without initials stays as it is.

    Examples
    --------
    >>> _family_first("Spiegelhalter DJ")
    'Spiegelhalter, D. J.'
    >>> _family_first("The ipdmediation developers")
    '{The ipdmediation developers}'
    """
    family, _, initials = name.rpartition(" ")
    if not re.fullmatch(r"[A-Z]{1,4}", initials):
        return f"{{{name}}}"
    return f"{family}, {' '.join(f'{initial}.' for initial in initials)}"


def _keys(sources: Sequence[Source]) -> list[str]:
    """Return a key for each source, in letters and digits that every program takes; no two are alike."""
    keys: list[str] = []
    for source in sources:
        family = (
            source.authors[0].rpartition(" ")[0] if len(source.authors[0].split()) > 1 else source.authors[0]
        )
        plain = unicodedata.normalize("NFKD", family).encode("ascii", "ignore").decode().lower()
        stem = f"{re.sub(r'[^a-z]', '', plain)}{source.year}"
        same = sum(re.fullmatch(rf"{stem}[a-z]?", key) is not None for key in keys)
        keys.append(stem if not same else f"{stem}{chr(ord('a') + same)}")
    return keys
