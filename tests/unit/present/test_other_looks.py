# ruff: noqa: RUF001 - Chinese has commas of its own
"""Figures in the columns of the narrowest journal, in Arabic and in Chinese: nothing is cut or overlaps."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import ModuleType
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ipdmediation.present import style
from ipdmediation.present.directions import isolated
from ipdmediation.present.figures import sheet
from ipdmediation.present.fonts import know
from ipdmediation.present.study import Study
from ipdmediation.present.style import FONT, PAGES
from tests.conftest import skip
from tests.unit.present.boxes import assert_nothing_overlaps, texts
from tests.unit.present.drawn_figures import ORDINARY, draw

NARROWEST = min(PAGES, key=lambda journal: PAGES[journal].single)
ARABIC = {
    "variable": "حجم الاحتشاء في المتابعة",
    "level": "إعاقة خفيفة",
    "arm": "العلاج داخل الأوعية",
    "trial": "تجربة",
}
CHINESE = {
    "variable": "随访时的梗死体积",
    "level": "轻度残疾，可以自理",
    "arm": "血管内治疗",
    "trial": "试验",
}
LABELLED = ["outcome_by_arm", "mediator_by_trial", "path_diagram"]
CHINESE_FONT = "WenQuanYi Micro Hei"


def look(name: str, study: Study) -> dict[str, Any]:
    """Return the changes of a study that make its figures look otherwise."""
    if name == "narrowest":
        return {"journal": NARROWEST}
    words = {"Arabic": ARABIC, "Chinese": CHINESE}[name]
    fonts = (FONT, CHINESE_FONT) if name == "Chinese" else (FONT,)
    if not know(fonts):
        skip(f"the font {CHINESE_FONT} is not installed")
    variables = {
        key: {
            **each,
            "label": f"{words['variable']} {place}",
            **(
                {"levels": {level: f"{words['level']} {level}" for level in each["levels"]}}
                if "levels" in each
                else {}
            ),
        }
        for place, (key, each) in enumerate(study.variables.items())
    }
    arms = {
        arm: {"label": f"{words['arm']} {mark}", "short": f"{words['arm']} {mark}"}
        for mark, arm in zip("12", study.arms, strict=True)
    }
    trials = {trial: f"{words['trial']} {place}" for place, trial in enumerate(study.trials)}
    made = isolated(replace(study, variables=variables, arms=arms, trials=trials, fonts=fonts))
    return {part: getattr(made, part) for part in ("variables", "arms", "trials", "fonts")}


@cache
def drawn(examples: ModuleType, name: str, named: str) -> Figure:
    changes = look(named, examples.study())
    figure: Figure = draw(examples, name, **changes)
    with mpl.rc_context(style.of(changes.get("fonts", (FONT,)))):
        figure.canvas.draw()
    return figure


@pytest.mark.parametrize(
    ("name", "named"),
    [
        *((name, "narrowest") for name in ORDINARY),
        *((name, named) for name in LABELLED for named in ("Arabic", "Chinese")),
    ],
)
def test_nothing_is_cut_or_overlaps(examples: ModuleType, name: str, named: str) -> None:
    figure = drawn(examples, name, named)
    assert_nothing_overlaps(figure, PAGES[NARROWEST if named == "narrowest" else style.PLAIN])


@pytest.mark.parametrize("name", ["mediator_by_arm", "mediator_by_trial"])
def test_arms_are_told_apart_in_grey(examples: ModuleType, name: str) -> None:
    """By lines or dots, in the key as well as in the figure."""
    lines = drawn(examples, name, "narrowest").findobj(Line2D)
    looks = {
        arm: {
            (line.get_linestyle(), line.get_marker() != "None" and line.get_markerfacecolor() == "white")
            for line in lines
            if colour in (line.get_color(), line.get_markeredgecolor())
        }
        for arm, colour in style.ARM_COLOURS.items()
    }
    assert ("-", True) in looks["control"]
    assert ("-", True) not in looks["treated"]
    if name == "mediator_by_arm":
        assert ("--", False) in looks["control"] - looks["treated"]


def test_a_number_behind_an_arabic_label_stays_behind_it(examples: ModuleType) -> None:
    """Of lines that a label is broken over, each is isolated; a Chinese one needs nothing of the kind."""
    for named, mark in (("Arabic", "\N{FIRST STRONG ISOLATE}"), ("Chinese", "")):
        label = look(named, examples.study())["arms"]["control"]["short"]
        lines = [item.get_text() for item in texts(drawn(examples, "outcome_by_arm", named))]
        assert label.startswith(mark)
        assert any(f"{label}: 2.48 (95% CI" in line for line in lines)
        assert all(
            line.count("\N{FIRST STRONG ISOLATE}") == line.count("\N{POP DIRECTIONAL ISOLATE}")
            for line in lines
        )


@pytest.mark.parametrize("named", ["Arabic", "Chinese"])
def test_every_text_is_measured_and_written_in_all_fonts(examples: ModuleType, named: str) -> None:
    expected = list(look(named, examples.study())["fonts"])
    for name in LABELLED:
        assert all(item.get_fontfamily() == expected for item in texts(drawn(examples, name, named)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("随访时梗，与基线", ["随访时", "梗，与基", "线"]),
        ("ab随访时梗死", ["ab随访", "时梗死"]),
        ("abcdefgh", ["abc-", "def-", "gh"]),
        ("कखिग", ["क-", "खिग"]),
    ],
)
def test_long_words_are_cut_as_their_script_is(
    text: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chinese without hyphens and with commas at the end of a line; no sign is torn from its letter."""
    monkeypatch.setattr(sheet, "text_width", lambda text, *_: len(text))
    assert sheet.wrap(text, 4 if len(text) > 4 else 3) == expected
