"""Whether everybody can read the pages, on a telephone too: what axe-core finds in them in a browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

import pytest

from ipdmediation.present.report.figure_words import FIGURE_WORDS
from ipdmediation.present.report.page import render
from tests.conftest import skip
from tests.unit.present import examples
from tests.unit.present.browser import visit
from tests.unit.present.test_figure_words import all_analyses
from tests.unit.present.test_quality_page import checks
from tests.unit.present.test_quality_page import page as quality_page

#: What axe-core finds with all unfolded, what was fetched, and whether the page is wider than the window.
AUDIT = """
addEventListener("load", async () => {
  document.querySelectorAll("details").forEach((each) => (each.open = true));
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  const found = violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html }) => ({ id, impact, html })));
  const requests = performance.getEntriesByType("resource").map(({ name }) => name);
  tell({ found, requests, width: innerWidth, content: document.documentElement.scrollWidth });
});
"""
GRAVE = ("serious", "critical")


def report() -> str:
    """The page with everything that it can have."""
    main, other = all_analyses("ordinal")
    figures = dict.fromkeys(FIGURE_WORDS, examples.SVG)
    return render(
        examples.TEMPLATE,
        [replace(main, figures=figures), other],
        published=examples.published(),
        quality=examples.quality(),
        integrity=checks(("north", "baseline", "female")),
        manifest=examples.manifest(),
        truth=examples.truth(),
    )


PAGES: dict[str, Callable[[], str]] = {"report": report, "quality": quality_page}
LIGHT, DARK = "1", "0"


@pytest.fixture(
    scope="module", params=[("report", LIGHT), ("report", DARK), ("quality", LIGHT)], ids="-".join
)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is found in a page as a telephone shows it."""
    if find_spec("axe_core_python") is None:
        skip("axe-core-python is not installed")
    name, colours = request.param
    script = (files("axe_core_python") / "axe.min.js").read_text() + AUDIT
    options = (f"--blink-settings=preferredColorScheme={colours}",)
    return visit(PAGES[name](), script, folder=tmp_path_factory.mktemp(name), width=390, options=options)


@pytest.mark.tool("chromium")
def test_axe_finds_nothing_serious(seen: dict[str, Any]) -> None:
    assert [each for each in seen["found"] if each["impact"] in GRAVE] == []


@pytest.mark.tool("chromium")
def test_the_browser_fetches_nothing_and_has_nothing_to_complain_of(seen: dict[str, Any]) -> None:
    assert seen["requests"] == []
    assert seen["console"] == []


@pytest.mark.tool("chromium")
def test_a_telephone_shows_the_page_without_scrolling_aside(seen: dict[str, Any]) -> None:
    assert seen["width"] == 390
    assert seen["content"] <= seen["width"]
