"""The documentation site has every page, loads nothing from elsewhere, and has no broken link."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import skip
from tests.unit.docs.pages import ROOT, pages

PYTHON = ROOT / ".venv-docs/bin/python"
SETTINGS = (ROOT / "docs/site/mkdocs.yml").read_text()
PACKAGE = Path("workflow/scripts/ipdmediation")
MODULES = ["kernels/status.py", "data/units.py", "present/tables/flow.py"]
IN_NAVIGATION = re.findall(r"^ +- .+: (\S+\.md)$", SETTINGS, re.MULTILINE)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of what the site is made of, with a few modules."""
    if not PYTHON.exists():
        skip("`make docs` has not made .venv-docs")
    for file in [*IN_NAVIGATION, *(str(PACKAGE / module) for module in MODULES)]:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    shutil.copytree(ROOT / "docs", tmp_path / "docs", dirs_exist_ok=True)
    return tmp_path


def build(checkout: Path) -> "subprocess.CompletedProcess[str]":
    command = [str(PYTHON), "docs/site/build_site.py"]
    plain = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False, env=plain)


def test_every_page_that_is_kept_is_in_the_navigation() -> None:
    kept = {str(page.relative_to(ROOT)) for page in pages()}
    assert kept - set(IN_NAVIGATION) == {".github/pull_request_template.md"}
    assert set(IN_NAVIGATION) <= kept


def test_the_site_has_every_page_and_module_and_loads_nothing_from_elsewhere(checkout: Path) -> None:
    (checkout / "interface.yaml").touch()
    readme = checkout / "README.md"
    readme.write_text(f"{readme.read_text()}\n[A file](interface.yaml) that is no page.\n")
    done = build(checkout)
    assert done.returncode == 0, done.stdout + done.stderr
    site = checkout / "build/site"
    for name in IN_NAVIGATION:
        page = re.sub(r"README\.md$", "index.md", name)
        assert (site / page).with_suffix(".html").is_file(), name
    assert (site / "interface.yaml").is_file()
    assert (site / "docs/path_diagram.png").is_file()
    for module in MODULES:
        assert (site / "api" / module).with_suffix(".html").is_file()
    text = (site / "api/kernels/status.html").read_text()
    assert "How a fit can end." in text
    assert "usable" in text  # a member, with what it says
    loaded = [
        tag
        for page in site.rglob("*.html")
        for tag in re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", page.read_text())
        if re.search(r'(?:src|href)="?(?:https?:)?//', tag)
    ]
    assert loaded == []


def test_broken_links_stop_it(checkout: Path) -> None:
    readme = checkout / "README.md"
    readme.write_text(f"{readme.read_text()}\n[a](docs/gone.md) [b](docs/validation.md#gone)\n")
    done = build(checkout)
    assert done.returncode != 0
    assert "page does not exist" in done.stdout + done.stderr
    assert "anchor does not exist" in done.stdout + done.stderr


def test_a_page_that_is_missing_is_named(checkout: Path) -> None:
    (checkout / "docs/cluster.md").unlink()
    done = build(checkout)
    assert done.returncode == 1
    assert done.stdout == "docs/cluster.md: in mkdocs.yml, but not there\n"


def test_what_the_command_builds_is_where_it_says() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert "$(DOCS_VENV)/bin/python docs/site/build_site.py" in makefile
    assert "Open build/site/index.html" in makefile
