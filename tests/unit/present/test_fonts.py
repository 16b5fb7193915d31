"""Which fonts figures are written with: those asked for, those of a journal, and those that labels need."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from matplotlib.font_manager import FontProperties, fontManager

from ipdmediation.present import fonts
from ipdmediation.present.figures.narrow_fonts import cut_out, faces
from ipdmediation.present.fonts import choose, know, unknown
from ipdmediation.present.style import FONT, PAGES, PLAIN

CUNEIFORM = "\N{CUNEIFORM SIGN A}"
#: Families that a machine could have, with all that they can write.
ALL = {
    FONT: "abcdefgh",
    "Arial": "abcdefgh",
    "Liberation Sans": "abcdefgh",
    "Another Hei": "随访时あア",
    "Noto Sans CJK SC": "随访时あア",
    "Noto Sans CJK JP": "随访时あア",
    "Half": "随",
    "Lohit Devanagari": "आयु",
}
PLAIN_PAGE = PAGES[PLAIN]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make this a machine that has some fonts only."""

    def install(*families: str) -> None:
        monkeypatch.setattr(fonts, "_files", lambda: dict.fromkeys(families, "a file"))
        monkeypatch.setattr(fonts, "_look_again", lambda: None)
        monkeypatch.setattr(fonts, "_characters", lambda family: frozenset(ALL[family]))

    return install


def families(*labels: str, stated: tuple[str, ...] = (), journal: str = PLAIN) -> list[str]:
    return choose(labels, stated=stated, page=PAGES[journal])[0]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["abc"], []),
        (["abc", "随访时"], ["Noto Sans CJK SC"]),
        (["随访", "あ"], ["Noto Sans CJK JP"]),
        (["आयु", "随"], ["Lohit Devanagari", "Noto Sans CJK SC"]),
        (["a\N{ZERO WIDTH JOINER} \N{NO-BREAK SPACE}b"], []),
    ],
)
def test_what_labels_lack_comes_from_other_fonts(
    machine: Callable[..., None], labels: list[str], expected: list[str]
) -> None:
    machine(*ALL)
    assert families(*labels) == [FONT, *expected]


def test_a_font_that_has_more_is_taken_before_a_better_known_one(machine: Callable[..., None]) -> None:
    machine(FONT, "Half", "Another Hei")
    assert families("随访时") == [FONT, "Another Hei"]


def test_what_no_font_has_is_said_once_with_its_label_and_what_to_install(
    machine: Callable[..., None],
) -> None:
    machine(FONT)
    chosen, (notice,) = choose([f"a {CUNEIFORM}", "b 随访", f"c {CUNEIFORM}"], stated=(), page=PLAIN_PAGE)
    assert chosen == [FONT]
    assert notice.kind == "characters_without_font"
    assert str(notice) == (
        f"no installed font has the characters {CUNEIFORM} (of the label 'a {CUNEIFORM}'; install Noto Sans "
        "Cuneiform), 随访 (of the label 'b 随访'; install Noto Sans CJK): they are empty boxes in figures"
    )


def test_the_font_that_a_study_states_comes_first(machine: Callable[..., None]) -> None:
    machine(*ALL)
    assert families("a随", stated=("Half",), journal="jama") == ["Half", FONT]


@pytest.mark.parametrize(
    ("there", "expected", "said"),
    [
        (["Arial", "Liberation Sans"], ["Arial", FONT], []),
        (["Liberation Sans"], ["Liberation Sans", FONT], ["they are in Liberation Sans, which is as wide"]),
        ([], [FONT], [f"they are in {FONT}"]),
    ],
)
def test_a_journals_font_or_one_as_wide(
    machine: Callable[..., None], there: list[str], expected: list[str], said: list[str]
) -> None:
    machine(FONT, *there)
    chosen, notices = choose(["a"], stated=(), page=PAGES["jama"])
    assert chosen == expected
    assert [str(notice) for notice in notices] == [
        f"Arial, which the journal asks for in figures, is not installed; {each}" for each in said
    ]


def test_a_font_that_is_not_there_is_named_with_the_nearest(machine: Callable[..., None]) -> None:
    machine(FONT, "Liberation Sans", "Liberation Serif")
    assert unknown(FONT) == ""
    assert unknown("liberation sanss").startswith(
        "no font 'liberation sanss' is installed; nearest: Liberation Sans, Liberation Serif"
    )


def test_a_font_is_found_that_came_after_matplotlib_had_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    font = TTFont(BytesIO(cut_out(faces(FontProperties(family=FONT))[0].file, "ab")))
    for record in font["name"].names:
        record.string = "Newly Installed"
    font.save(tmp_path / "new.ttf")
    assert not know(["Newly Installed"])
    monkeypatch.setattr(fonts, "findSystemFonts", lambda: [str(tmp_path / "new.ttf")])
    before = list(fontManager.ttflist)
    try:
        assert know(["Newly Installed"])
    finally:
        fontManager.ttflist[:] = before
        fonts._files.cache_clear()


def test_the_plain_font_is_always_there_with_hebrew_and_arabic() -> None:
    assert know([FONT])
    assert choose(["\N{HEBREW LETTER ALEF}\N{ARABIC LETTER BEH}"], stated=(), page=PLAIN_PAGE) == ([FONT], [])


def test_the_configuration_s_page_has_the_columns_and_fonts_of_now() -> None:
    page = (Path(__file__).parents[3] / "config/README.md").read_text(encoding="utf-8")
    for name, of in PAGES.items():
        assert f"| `{name}` | {of.single:g} mm | {of.double:g} mm | {of.font or FONT} |" in page
