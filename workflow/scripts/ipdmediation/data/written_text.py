"""What text of a configuration may hold: labels on one line, paths, units (light)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from ipdmediation.data.clinical_units import plain_unit

LONGEST_NAME = 255  # bytes, of a file or folder

# joiners without which some scripts cannot be written; no other invisible mark belongs in a label
_JOINERS = "\u200c\u200d"
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_LINE_BREAKS = "\n\r\v\f\x85\u2028\u2029"

_FOREIGN_MARKS = '*?"\\|'
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_UNIT_TOKEN = re.compile(
    r"(?P<name>[^\W\d]\w*|[%°‰]\w*)|(?P<number>\d{1,6}(?:\.\d{1,6})?)|(?P<power>\*\*|\^)|(?P<mark>[*/()+-])|\s+"
)
_UNIT_POWER = re.compile(r"\s*\(?\s*[+-]?\s*[1-9]\s*\)?(?![\d.])(?!\s*(\*\*|\^))")


def line_fault(text: str) -> str | None:
    r"""Return why a text cannot stand on one line of a table or figure; None where it can.

    Examples
    --------
    >>> line_fault("Infarct volume"), line_fault("a\nb")
    (None, 'a line break; allowed: one line (in YAML, `>-` folds lines into one)')
    """
    if any(mark in text for mark in _LINE_BREAKS):
        return "a line break; allowed: one line (in YAML, `>-` folds lines into one)"
    for mark in text:
        if unicodedata.category(mark) in _INVISIBLE and mark not in _JOINERS:
            name = unicodedata.name(mark, "a control character")
            return f"the invisible character U+{ord(mark):04X} ({name.lower()}); leave it out"
    if not text.strip(f" \u00a0{_JOINERS}"):
        return "nothing that can be seen"
    if text != text.strip():
        return "blanks at an end; leave them out"
    return None


def path_fault(text: str) -> str | None:
    """Return why a text is no path that Snakemake and every system take; None where it is one.

    Examples
    --------
    >>> path_fault("data/a b.csv"), path_fault("~/a.csv")
    (None, 'Snakemake does not know ~ for the home folder; write the whole path')
    """
    braces = set(text) & set("{}")
    mark = next((mark for mark in text if mark in _FOREIGN_MARKS), "")
    faults = {
        line_fault(text): True,
        "Snakemake does not know ~ for the home folder; write the whole path": text.startswith("~"),
        "curly braces, which Snakemake takes for a wildcard; rename the file or folder": braces,
        f"the mark {mark}; rename the file or folder (folders are separated by /)": mark,
        f"a name of more than {LONGEST_NAME} bytes, which file systems do not take": _has_long_name(text),
        "an address; download the file first": _ADDRESS.match(text),
    }
    return next((fault for fault, found in faults.items() if fault is not None and found), None)


def _has_long_name(path: str) -> bool:
    return any(len(part.encode(errors="replace")) > LONGEST_NAME for part in path.split("/"))


def unit_fault(text: str) -> str | None:
    """Return why a text is no unit, before a parser that knows all units sees it; None where it may be one.

    Examples
    --------
    >>> unit_fault("mmol/L"), unit_fault("kg * m**-2"), unit_fault("x10^9/L")
    (None, None, None)
    >>> unit_fault("9**9*mg")
    'a power of a number; allowed: a power of a unit, as in cm**3'
    """
    text = plain_unit(text)
    position, before = 0, ""
    while position < len(text):
        token = _UNIT_TOKEN.match(text, position)
        if token is None:
            return f"the mark {text[position]!r}; allowed: names of units, joined by * / ** and brackets"
        position = token.end()
        kind = str(token.lastgroup)
        if kind == "power":
            if before == "number":
                return "a power of a number; allowed: a power of a unit, as in cm**3"
            power = _UNIT_POWER.match(text, position)
            if power is None:
                return "a power that is not a whole number from -9 to 9"
            position, kind = power.end(), "number"
        if before == "number" and kind in ("name", "number"):
            return "a number beside a unit, or of more than six digits; units are joined by * / and **"
        before = kind if kind != "None" else ""
    return None


#: The formats that a schema may ask for.
FORMATS: Mapping[str, Callable[[str], str | None]] = {
    "line": line_fault,
    "path": path_fault,
    "unit": unit_fault,
}


def as_read(label: str) -> str:
    """Return a label as a reader tells it from another one: letters in one case, blanks and variants as one.

    Examples
    --------
    >>> as_read("Primary  analysis") == as_read("primary analysis")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", label).casefold().split())
