"""Build the documentation site in build/site: the repository's own pages, and one for each module.

The pages are copied into build/pages under the paths that they have here, so that links hold in both.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = Path(__file__).with_name("mkdocs.yml")
STYLE = Path(__file__).with_name("style.css")
PACKAGE = ROOT / "workflow/scripts/ipdmediation"
BUILD = ROOT / "build"
PAGES = BUILD / "pages"
LINK = re.compile(r"\]\((?![a-z]+:)([^)#\s]+)")


def main() -> int:
    """Build the site; return 0, or another number where a page is missing or a link leads nowhere."""
    settings = SETTINGS.read_text()
    shutil.rmtree(PAGES, ignore_errors=True)
    shutil.rmtree(BUILD / "site", ignore_errors=True)
    files = [ROOT / path for path in re.findall(r": (\S+\.md)$", settings, re.MULTILINE)]
    missing = [path for path in files if not path.is_file()]
    if missing:
        print(*(f"{path.relative_to(ROOT)}: in {SETTINGS.name}, but not there" for path in missing), sep="\n")
        return 1
    for path in sorted({*files, *linked_files(files)}):
        copied = PAGES / path.relative_to(ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copied)
    shutil.copy(STYLE, PAGES)
    (BUILD / SETTINGS.name).write_text(settings + module_pages())
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict", "-f", SETTINGS.name]
    return subprocess.run(command, cwd=BUILD, check=False).returncode


def linked_files(pages: Iterable[Path]) -> Iterator[Path]:
    """Go through the pictures and other files that pages show or link to."""
    for page in pages:
        for link in LINK.findall(page.read_text()):
            target = (page.parent / link).resolve()
            if target.is_file() and target.suffix != ".md" and target.is_relative_to(ROOT):
                yield target


def module_pages() -> str:
    """Write a page for each module, and return their part of the navigation."""
    # in the order of the architecture page, which a test keeps whole
    named = re.findall(r"<!-- modules: (\w+) -->", (ROOT / "docs/architecture.md").read_text())
    floors: dict[str, list[str]] = {floor: [] for floor in named}
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name == "__init__.py":
            continue
        module = path.relative_to(PACKAGE).with_suffix("")
        page = (PAGES / "api" / module).with_suffix(".md")
        page.parent.mkdir(parents=True, exist_ok=True)
        dotted = ".".join(module.parts)
        page.write_text(f"# {dotted}\n\n::: ipdmediation.{dotted}\n")
        name = dotted.removeprefix(f"{module.parts[0]}.")
        floors[module.parts[0]].append(f"          - {name}: {page.relative_to(PAGES)}")
    lines = ["  - API:"]
    for floor, entries in floors.items():
        lines += [f"      - {floor}:", *entries] if entries else []
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main())
