"""Fonts are looked for where a study needs others than the plain one, and only there."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from ipdmediation.plumbing.figure_fonts import fonts_of, shown_labels
from ipdmediation.present.style import FONT

PLAIN: dict[str, Any] = {"journal": "plain", "font": None}
CUNEIFORM = "\N{CUNEIFORM SIGN A}"


def test_labels_of_every_kind_are_looked_at() -> None:
    config = {
        "arms": {"control": {"label": "a", "short": "b"}},
        "variables": {"x": {"label": "c", "unit": "d", "levels": {0: "e"}}},
        "eligibility": [{"reason": "f"}],
        "analyses": {"primary": {"label": "g", "eligibility": [{"reason": "h"}]}},
    }
    assert sorted(set(shown_labels(config, ["i"]))) == list("abcdefghi")


def test_a_plain_study_does_not_ask_which_fonts_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipdmediation.present.fonts", None)  # to import it is an error
    fonts = fonts_of(PLAIN, ["Größe ≥ 7", "mRS 0\N{EN DASH}2"])
    assert (fonts.families, fonts.said) == ((FONT,), [])


def test_another_study_does_and_goes_on_where_it_gets_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [(PLAIN, [CUNEIFORM]), ({"journal": "plain", "font": ["DejaVu Serif"]}, ["a"])]
    answers = [fonts_of(style, labels) for style, labels in asked]
    assert [kind for kind, _ in answers[0].said] == ["characters_without_font"]
    assert answers[1].families == ("DejaVu Serif", FONT)
    monkeypatch.setitem(sys.modules, "ipdmediation.present.fonts", None)
    assert [fonts_of(style, labels).families for style, labels in asked] == [(FONT,), ("DejaVu Serif", FONT)]
