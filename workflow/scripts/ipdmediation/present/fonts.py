"""Installed fonts for the figures of a study: its own, its journal's, and those that its labels need."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from functools import cache

from matplotlib.font_manager import (
    FontEntry,
    FontPath,
    findSystemFonts,
    fontManager,
    get_font,
    weight_dict,
)

from ipdmediation.data.notices import Notice
from ipdmediation.present.style import AS_WIDE_AS, FONT, Page

#: Where several fonts have the same characters, one that begins so, the first before the others.
_PREFERRED = ("Noto Sans", "Source Han Sans", "Noto", "WenQuanYi", "Lohit")
#: One Chinese character has other shapes in Japan and Korea, and their own letters tell which are meant.
_CHINESE_AS = {"HIRAGANA": "JP", "KATAKANA": "JP", "HANGUL": "KR"}
#: Has a box for every character there is.
_NO_FONT = "Last Resort"
_MOST_NAMED = 12  # characters


def know(families: Sequence[str]) -> bool:
    """Return whether families are installed; matplotlib looks again for those that it has not heard of."""
    if not set(families) <= set(_files()):
        _look_again()
    return set(families) <= set(_files())


def unknown(family: str) -> str:
    """Say that a font is not installed, and what the nearest are that are; empty where it is.

    Parameters
    ----------
    family : str
        Name of a font.
    """
    if know([family]):
        return ""
    known = {name.casefold(): name for name in _files()}
    near = get_close_matches(family.casefold(), known, n=3, cutoff=0)
    return f"no font {family!r} is installed; nearest: {', '.join(known[name] for name in near)}"


def choose(labels: Iterable[str], *, stated: Sequence[str], page: Page) -> tuple[list[str], list[Notice]]:
    """Return the families of a study's figures, and what a reader has to know of them.

    A later family has the characters that those before it lack.

    Parameters
    ----------
    labels : iterable of str
        All that the figures may have to write.
    stated : sequence of str
        Families that the study asks for; none where it leaves them to the journal.
    page : Page
        Of the journal.
    """
    notices = []
    first = list(stated)
    if not first and page.font:
        first, said = _as_asked(page.font)
        notices += said
    families = list(dict.fromkeys([*first, FONT]))
    lacking: dict[str, str] = {}
    for label in labels:
        lacking |= {each: label for each in label if each not in lacking and _is_seen(each)}
    for family in families:
        lacking = _without(lacking, family)
    if lacking:
        _look_again()
    while lacking and (best := _best(lacking)):
        families.append(best)
        lacking = _without(lacking, best)
    if lacking:
        notices.append(_boxes(lacking))
    return families, notices


def _as_asked(family: str) -> tuple[list[str], list[Notice]]:
    """Return the font that a journal asks for, or what is installed in its place."""
    if know([family]):
        return [family], []
    alike = next((name for name in AS_WIDE_AS[family] if name in _files()), None)
    text = f"{family}, which the journal asks for in figures, is not installed"
    if alike is None:
        return [], [Notice(f"{text}; they are in {FONT}", kind="font_substituted")]
    return [alike], [Notice(f"{text}; they are in {alike}, which is as wide", kind="font_substituted")]


@cache
def _files() -> Mapping[str, FontPath]:
    """Return the file of each installed family, that of its plainest style."""

    def plainness(entry: FontEntry) -> tuple[bool, int, str]:
        weight = weight_dict[entry.weight] if isinstance(entry.weight, str) else entry.weight
        return entry.style != "normal", abs(weight - 400), entry.fname

    files: dict[str, FontPath] = {}
    for entry in sorted(fontManager.ttflist, key=plainness):
        if not entry.name.startswith(_NO_FONT):
            files.setdefault(entry.name, FontPath(entry.fname, entry.index))
    return files


def _look_again() -> None:
    """Add the fonts that were installed after matplotlib had written down what there is."""
    known = {entry.fname for entry in fontManager.ttflist}
    for path in sorted(set(findSystemFonts()) - known):
        with suppress(OSError, RuntimeError):  # no font, whatever its name
            fontManager.addfont(path)
    _files.cache_clear()


@cache
def _characters(family: str) -> frozenset[str]:
    return frozenset(map(chr, get_font(_files()[family]).get_charmap()))


def _without(lacking: Mapping[str, str], family: str) -> dict[str, str]:
    known = _characters(family)
    return {character: label for character, label in lacking.items() if character not in known}


def _best(lacking: Mapping[str, str]) -> str | None:
    """Return the family that has most of some characters, None where none has any."""
    country = next((_CHINESE_AS[kind] for kind in map(_script, lacking) if kind in _CHINESE_AS), "SC")

    def rank(font: str) -> tuple[int, bool, int, str]:
        preferred = next(
            (place for place, name in enumerate(_PREFERRED) if font.startswith(name)), len(_PREFERRED)
        )
        has = len(lacking) - len(_without(lacking, font))
        return -has, not font.endswith(f"CJK {country}"), preferred, font

    best = min(_files(), key=rank)
    return best if len(_without(lacking, best)) < len(lacking) else None


def _is_seen(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CZ"


def _script(character: str) -> str:
    """Return the first word of a character's name, which of a letter is its script."""
    return unicodedata.name(character, "UNKNOWN").split()[0].split("-")[0]


def _font_with(character: str) -> str:
    """Return a free font that has a character."""
    if unicodedata.category(character)[0] == "S":
        return "Noto Sans Symbols"
    if unicodedata.east_asian_width(character) in "WFH":
        return "Noto Sans CJK"
    return f"Noto Sans {_script(character).title()}"


def _boxes(lacking: Mapping[str, str]) -> Notice:
    """Say which characters are boxes in figures, where they stand, and what to install."""
    said = []
    wanted: dict[str, list[str]] = {}
    for character in lacking:
        wanted.setdefault(_font_with(character), []).append(character)
    for font, characters in wanted.items():
        shown = "".join(characters[:_MOST_NAMED]) + ("…" if len(characters) > _MOST_NAMED else "")
        said.append(f"{shown} (of the label {lacking[characters[0]]!r}; install {font})")
    return Notice(
        f"no installed font has the characters {', '.join(said)}: they are empty boxes in figures",
        kind="characters_without_font",
    )
