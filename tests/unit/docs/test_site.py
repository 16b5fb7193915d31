"""The documentation site has every page, loads nothing from elsewhere, and has no broken link."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import skip
from tests.unit.docs.pages import ROOT, pages

MKDOCS = ROOT / ".venv-docs/bin/mkdocs"
SETTINGS = (ROOT / "mkdocs.yml").read_text()
PACKAGE = Path("workflow/scripts/ipdmediation")
MODULES = ["kernels/status.py", "data/units.py", "present/tables/flow.py"]


def in_navigation() -> list[str]:
    return re.findall(r"^ +- .+: (\S+\.md)$", SETTINGS, re.MULTILINE)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of what the site is made of, with a few modules."""
    if not MKDOCS.exists():
        skip("`make docs` has not made .venv-docs")
    files = [*in_navigation(), *(str(PACKAGE / module) for module in MODULES), "mkdocs.yml"]
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    shutil.copytree(ROOT / "docs", tmp_path / "docs", dirs_exist_ok=True)
    return tmp_path


def build(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [str(MKDOCS), "build", "--strict", "--quiet"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ}
    )


def test_every_page_that_is_kept_is_in_the_navigation() -> None:
    kept = {str(page.relative_to(ROOT)) for page in pages()}
    assert kept - set(in_navigation()) == {".github/pull_request_template.md"}
    assert set(in_navigation()) <= kept


def test_the_command_is_strict() -> None:
    """A broken link only fails where this is asked for."""
    assert "/mkdocs build --strict" in (ROOT / "Makefile").read_text()
    for kind in ("not_found", "anchors", "unrecognized_links", "omitted_files"):
        assert f"{kind}: warn" in SETTINGS


def test_the_site_has_every_page_and_module_and_loads_nothing_from_elsewhere(checkout: Path) -> None:
    done = build(checkout)
    assert done.returncode == 0, done.stderr
    site = checkout / "build/site"
    for name in in_navigation():
        page = re.sub(r"README\.md$", "index.md", name)
        assert (site / page).with_suffix(".html").is_file(), name
    for module in MODULES:
        assert (site / "api" / module).with_suffix(".html").is_file()
    text = (site / "api/kernels/status.html").read_text()
    assert "How a fit can end." in text
    loaded = [
        tag
        for page in site.rglob("*.html")
        for tag in re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", page.read_text())
        if re.search(r'(?:src|href)="?(?:https?:)?//', tag) and 'rel="canonical"' not in tag
    ]
    assert loaded == []


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("[a](docs/gone.md)", "docs/gone.md"),
        ("[a](docs/validation.md#gone)", "gone"),
        ("![a](docs/gone.png)", "docs/gone.png"),
    ],
    ids=["page", "heading", "picture"],
)
def test_a_broken_link_stops_it(checkout: Path, added: str, said: str) -> None:
    readme = checkout / "README.md"
    readme.write_text(f"{readme.read_text()}\n{added}\n")
    done = build(checkout)
    assert done.returncode != 0
    assert said in done.stderr


def test_a_page_that_is_missing_stops_it(checkout: Path) -> None:
    (checkout / "docs/cluster.md").unlink()
    done = build(checkout)
    assert done.returncode != 0
    assert "docs/cluster.md" in done.stderr
