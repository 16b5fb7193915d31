# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""Texts of an SVG file are texts, and a browser that lacks the font sets them as they were measured."""

from __future__ import annotations

import json
import re
import subprocess
from html import unescape
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.textpath import text_to_path

from ipdmediation.present.figures.saving import save
from ipdmediation.present.figures.sheet import Sheet, in_style, new_sheet
from ipdmediation.present.study import Study
from ipdmediation.present.style import FONT

HEBREW = "תוצאה (n = 12), 0.5"
#: Pairs that move together, letters of either font alone, and both directions.
LINES = {
    "first": [("AVATA, To 1.5", "left", "normal"), ("Wéβ ≥ 7", "right", "bold"), (HEBREW, "left", "normal")],
    "second": [("Größe ∑", "center", "normal"), ("LTAY (95% CI −2.5)", "left", "bold")],
}
PLACES = {"left": 5, "center": 44.5, "right": 84}  # mm
MEASURE = """<script>
document.fonts.ready.then(() => setTimeout(() => {
  const found = [...document.querySelectorAll("svg text")].map((text) => {
    const all = [...Array(text.getNumberOfChars()).keys()].map((at) => text.getStartPositionOfChar(at).x);
    const box = text.getBBox();
    return [text.textContent, all, box.x, box.x + box.width];
  });
  const place = Object.assign(document.createElement("pre"), { id: "found" });
  place.textContent = JSON.stringify(found);
  document.body.append(place);
}, 100));
</script>"""


def drawn(name: str, study: Study) -> Any:
    @in_style
    def lines(*, study: Study) -> Any:
        sheet: Sheet = new_sheet(89, 40, study)
        for place, (text, ha, weight) in enumerate(LINES[name]):
            sheet.text(PLACES[ha], 8 * place + 5, text, ha=ha, weight=weight)
        return sheet.figure

    return lines(study=study)


@pytest.fixture(scope="module")
def files(examples: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, study = tmp_path_factory.mktemp("svg"), examples.study(title="One & <two>")
    paths = {name: folder / f"{name}.svg" for name in LINES}
    for name, path in paths.items():
        save(drawn(name, study), path, study=study)
    return paths


def test_a_file_says_what_it_is_and_all_its_texts(files: dict[str, Path]) -> None:
    names = {"s": "http://www.w3.org/2000/svg"}
    for name, path in files.items():
        root = ElementTree.parse(path).getroot()
        assert root[0].text == name.capitalize()
        assert root[1].tag.endswith("desc")
        assert root[1].text == "One & <two>. Primary analysis. Synthetic data."
        texts = [text.text for text in root.iterfind(".//s:text", names)]
        assert sorted(filter(None, texts)) == sorted([*(line for line, *_ in LINES[name]), "Synthetic data"])


def positions(text: str, weight: str) -> list[float]:
    """Where letters begin, as they were measured."""
    font = get_font(findfont(FontProperties(family=FONT, weight=weight)))
    font.set_size(text_to_path.FONT_SCALE, text_to_path.DPI)
    glyphs, _, _ = text_to_path.get_glyphs_with_font(font, text)
    return [x * 7.5 / text_to_path.FONT_SCALE for _, x, _, _ in glyphs]


@pytest.fixture(scope="module")
def measured(files: dict[str, Path]) -> dict[str, Any]:
    """What a browser without the font makes of each file, by its texts."""
    found = {}
    for path in files.values():
        svg = path.read_text().replace(FONT, "A Font That Nobody Has")
        page = path.with_suffix(".html")
        content = svg[svg.index("<svg") :]
        page.write_text(f"<!doctype html><meta charset='utf-8'><body>{content}{MEASURE}</body>")
        command = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000",
            f"--user-data-dir={page.parent}", "--dump-dom", f"file://{page}",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
        (text,) = re.findall(r'<pre id="found">(.*?)</pre>', done.stdout, flags=re.S)
        found |= {line[0]: line[1:] for line in json.loads(unescape(text))}
    return found


@pytest.mark.tool("chromium")
def test_letters_stand_where_they_were_measured(measured: dict[str, Any]) -> None:
    for text, _, weight in [line for lines in LINES.values() for line in lines]:
        found, left, _ = measured[text]
        if text == HEBREW:
            assert found[0] == pytest.approx(max(found)), "the first letter stands at the right end"
            continue
        assert [x - left for x in found] == pytest.approx(positions(text, weight), abs=0.05), text


@pytest.mark.tool("chromium")
def test_texts_keep_to_their_ends(measured: dict[str, Any]) -> None:
    for text, ha, _ in [line for lines in LINES.values() for line in lines]:
        _, left, right = measured[text]
        found = {"left": left, "center": (left + right) / 2, "right": right}[ha]
        assert found * 25.4 / 72 == pytest.approx(PLACES[ha], abs=0.15), text  # mm
