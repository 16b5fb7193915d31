"""What is wrong with a configuration: a sentence, and the file, line and place where it stands (light)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import NamedTuple

MOST_SHOWN = 200  # lines; who has more reads the first ones

#: Keys and positions (from 0) that lead to a value of a configuration.
Place = tuple[Hashable, ...]


# elsewhere a whole number is a position in a list
_KEYED_BY_CODES = ("levels", "codes")


class Fault(NamedTuple):
    """Something wrong at a place of a configuration or mapping.

    Attributes
    ----------
    place : where it stands; empty for the whole.
    text : what was found, and what is allowed.
    """

    place: Place
    text: str


class Problem(NamedTuple):
    """A fault and where a person finds it.

    Attributes
    ----------
    file : as the person named it.
    line : from 1; 0 where there is none.
    place : in words.
    text : what was found, and what is allowed.
    """

    file: str
    line: int
    place: str
    text: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (where, self.place, self.text) if part)


def in_words(place: Place) -> str:
    """Return a place as it is shown.

    Examples
    --------
    >>> in_words(("analyses", "primary", "eligibility", 0, "between"))
    'analyses.primary.eligibility[entry 1].between'
    >>> in_words(("treatment", "codes", 1))
    'treatment.codes.1'
    """
    words, before = "", None
    for part in place:
        if isinstance(part, int) and not isinstance(part, bool) and before not in _KEYED_BY_CODES:
            words += f"[entry {part + 1}]"
        else:
            words += f".{shown(part, quoted=False)}" if words else shown(part, quoted=False)
        before = part
    return words


def shown(value: object, *, quoted: bool = True, longest: int = 60) -> str:
    r"""Return a value on one line, cut where it is long; marks that a terminal obeys or hides are escaped.

    Examples
    --------
    >>> shown("a" * 100, longest=5), shown("a\nb", quoted=False), shown(True)
    ("'aaaaa...'", 'a\\nb', 'true')
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    try:
        text = value if isinstance(value, str) else str(value)
    except (ValueError, RecursionError):  # a whole number of more digits than Python writes
        return "a number of thousands of digits"
    if len(text) > longest:
        text = f"{text[:longest]}..."
    escaped = repr(text)
    if isinstance(value, str) and quoted:
        return escaped
    return escaped[1:-1]


def listing_of(problems: Iterable[Problem]) -> str:
    """Return all problems as one list, one line each, by file and line; a repeated one once."""
    lines = [str(problem) for problem in sorted(set(problems))]
    count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
    if len(lines) > MOST_SHOWN:
        lines[MOST_SHOWN:] = [f"and {len(lines) - MOST_SHOWN} more"]
    return "\n  ".join([f"{count} with the configuration; nothing was run:", *lines])
