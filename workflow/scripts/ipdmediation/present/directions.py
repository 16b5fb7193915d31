"""Labels whose letters run from right to left, in figures whose sentences run from left to right."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ipdmediation.present.study import Study

_LEFTWARD = ("R", "AL")
_ISOLATE, _END = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


def is_right_to_left(text: str) -> bool:
    """Say whether a text is laid out from the right: its first letter that is not isolated decides.

    Rules P2 and P3 of the Unicode Bidirectional Algorithm (Unicode Standard Annex 9).

    Examples
    --------
    >>> alef = "\N{HEBREW LETTER ALEF}"
    >>> [is_right_to_left(text) for text in (f"(12) {alef}", f"a {alef}", f"{isolate(alef)}, a")]
    [True, False, False]
    """
    depth = 0
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("LRI", "RLI", "FSI"):
            depth += 1
        elif kind == "PDI":
            depth = max(0, depth - 1)
        elif kind in ("L", *_LEFTWARD) and depth == 0:
            return kind in _LEFTWARD
    return False


def isolate(label: str) -> str:
    """Return a label that a number behind it is not drawn into; as it is where all its letters run rightward.

    Without the marks, which nobody sees, a ratio after an Arabic label would stand to the left of it.
    """
    leftward = any(unicodedata.bidirectional(character) in _LEFTWARD for character in label)
    return f"{_ISOLATE}{label}{_END}" if leftward else label


def balanced(lines: Sequence[str]) -> list[str]:
    r"""Return the lines of a text in which a label that goes on in the next line is isolated there, too.

    Examples
    --------
    >>> [ascii(line) for line in balanced(["a \u2068b", "c\u2069 d"])]
    ["'a \\u2068b\\u2069'", "'\\u2068c\\u2069 d'"]
    """
    made, left = [], 0
    for line in lines:
        begun = _ISOLATE * left + line
        left = max(0, begun.count(_ISOLATE) - begun.count(_END))
        made.append(begun + _END * left)
    return made


def isolated(study: Study) -> Study:
    """Return a study whose labels can stand in a sentence, whichever way their letters run."""
    return replace(
        study,
        arms={arm: _each(words) for arm, words in study.arms.items()},
        variables={name: _variable(each) for name, each in study.variables.items()},
        trials=_each(study.trials),
        sent=_each(study.sent),
    )


def _each(labels: Mapping[Any, str]) -> dict[Any, str]:
    return {key: isolate(label) for key, label in labels.items()}


def _variable(stated: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(stated)
    if "label" in stated:
        made["label"] = isolate(stated["label"])
    if stated.get("levels"):
        made["levels"] = {level: isolate(str(label)) for level, label in stated["levels"].items()}
    return made
