"""Every link of every page leads somewhere, and what a page tells a reader to type exists."""

import importlib.util
import re
from pathlib import Path

import pytest

from tests.unit.docs.pages import ROOT, anchors, links, pages

PAGES = pages()
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
VARIABLES = set(re.findall(r"^(?:export )?([A-Z_]+)(?: [:?]?=|$)", MAKEFILE, re.MULTILINE))


def broken(page: Path, text: str) -> list[str]:
    """Return the links of a page that lead nowhere."""
    found = []
    for link in links(text):
        if re.match(r"https?://|mailto:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path
        if not target.exists() or (anchor and anchor not in anchors(target.read_text() if path else text)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    assert broken(page, page.read_text()) == []


def test_a_broken_link_is_found() -> None:
    text = "# A\n[a](gone.md) [b](#gone) [c](#a) [d](docs/validation.md#gone) `[e](code.md)`\n![f](gone.png)"
    assert broken(ROOT / "README.md", text) == ["gone.md", "#gone", "docs/validation.md#gone", "gone.png"]


def test_headings_get_the_anchors_that_github_gives_them() -> None:
    text = "# A trial's mapping\n## Columns of `effects.csv`\n## Twice\n## Twice\n```\n# no heading\n```\n"
    assert anchors(text) == {"a-trials-mapping", "columns-of-effectscsv", "twice", "twice-1"}


def test_the_pages_are_all_there() -> None:
    names = {str(page.relative_to(ROOT)) for page in PAGES}
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "config/README.md", "results/README.md"} <= names
    assert {str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md")} <= names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_tells_to_type_exists(page: Path) -> None:
    text = page.read_text()
    typed = re.findall(r"`([^`\n]+)`", text) + re.findall(
        r"^ *((?:[A-Z_]+=\S+ )*(?:make|python|bash) .*)$", text, re.M
    )
    for command in typed:
        for target, rest in re.findall(r"(?:^|&& )make ([a-z-]+)((?: [A-Z_]+=\S+)*)", command):
            assert target in TARGETS, command
            assert set(re.findall(r"([A-Z_]+)=", rest)) <= VARIABLES, command
        for module in re.findall(r"\bpython -m (tests[\w.]+)", command):
            assert importlib.util.find_spec(module), command
        for path in re.findall(
            r"\b(?:python|bash|python -m pytest) ((?:workflow|tests|\.ci)/[\w./-]+)", command
        ):
            assert (ROOT / path).exists(), command
