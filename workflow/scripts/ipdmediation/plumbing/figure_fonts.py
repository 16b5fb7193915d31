"""The fonts of a study's figures, looked for only where it needs others than the plain one (light)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ipdmediation.data.configuration import eligibility_rules
from ipdmediation.data.notices import Notice
from ipdmediation.data.problems import Fault, Place
from ipdmediation.present.style import FONT, PAGES

#: Before this one, the plain font has every letter; to ask it for others takes 0.3 s of each start.
_FIRST_ASKED = "\N{LATIN SMALL LETTER TURNED A}"
_ALSO_KNOWN = frozenset(
    "\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}\N{LESS-THAN OR EQUAL TO}\N{GREATER-THAN OR EQUAL TO}"
)


@dataclass(frozen=True, kw_only=True)
class Fonts:
    """The fonts of figures.

    Attributes
    ----------
    families : tuple of str
        A later one has the characters that those before it lack.
    notices : tuple of Notice
        What a reader has to know of them.
    """

    families: tuple[str, ...]
    notices: tuple[Notice, ...] = ()

    @property
    def said(self) -> list[tuple[str, str]]:
        """The notices as kinds and words."""
        return [(notice.kind, str(notice)) for notice in self.notices]


def shown_labels(config: Mapping[str, Any], trials: Iterable[str]) -> list[str]:
    """Return all texts of a study that figures show, with the labels of its trials."""
    variables = config["variables"].values()
    rules = [rule for name in config["analyses"] for rule in eligibility_rules(config, name)]
    return [
        *(str(words[kind]) for words in config["arms"].values() for kind in words),
        *(str(each[part]) for each in variables for part in ("label", "in_text", "unit") if part in each),
        *(str(label) for each in variables for label in each.get("levels", {}).values()),
        *(str(rule["reason"]) for rule in rules),
        *(str(analysis["label"]) for analysis in config["analyses"].values()),
        *trials,
    ]


def stated_families(style: Mapping[str, Any]) -> list[str]:
    """Return the fonts that a study asks for.

    Examples
    --------
    >>> [stated_families({"font": font}) for font in (None, "Arial", ["Arial", "Arimo"])]
    [[], ['Arial'], ['Arial', 'Arimo']]
    """
    font = style["font"]
    return [font] if isinstance(font, str) else list(font or [])


def fonts_of(style: Mapping[str, Any], labels: Collection[str]) -> Fonts:
    """Return the fonts of a study's figures.

    Parameters
    ----------
    style : mapping
        The section of the configuration.
    labels : collection of str
        All texts of the study that figures show.
    """
    stated, page = stated_families(style), PAGES[style["journal"]]
    plain = all(
        character < _FIRST_ASKED or character in _ALSO_KNOWN for label in labels for character in label
    )
    if plain and not stated and not page.font:
        return Fonts(families=(FONT,))
    try:
        from ipdmediation.present.fonts import choose
    except ImportError:  # Snakemake has an environment of its own, in which nothing is drawn
        return Fonts(families=tuple(dict.fromkeys([*stated, FONT])))
    families, notices = choose(labels, stated=stated, page=page)
    return Fonts(families=tuple(families), notices=tuple(notices))


def font_faults(style: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault for each font that a study asks for and that is not installed."""
    place: Place = ("style", "font")
    stated = stated_families(style)
    if not stated:
        return
    try:
        from ipdmediation.present.fonts import unknown
    except ImportError:
        return
    for position, family in enumerate(stated):
        fault = unknown(family)
        if fault:
            yield Fault(place if isinstance(style["font"], str) else (*place, position), fault)
