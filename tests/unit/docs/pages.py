"""The project's Markdown pages, read as GitHub and the documentation site read them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
ARCHITECTURE = ROOT / "docs/architecture.md"
OWN_TRIALS = ROOT / "docs/own-trials.md"
FENCE = re.compile(r"^( *)```.*?^\1```$", re.DOTALL | re.MULTILINE)
#: A part of a page that is written by `make pages`: its opening mark, what it holds, its end.
BLOCK = re.compile(
    r"^(<!-- (?P<kind>modules|scripts|assumptions|file)(?:: (?P<of>[\w/.]+))? -->)\n.*?^<!-- end -->",
    re.DOTALL | re.MULTILINE,
)


class Walk(NamedTuple):
    """How to add a kind of thing: the heading, and the files of its numbered steps in their order."""

    heading: str
    files: tuple[str, ...]

    @property
    def code(self) -> tuple[str, ...]:
        """Those of the files that hold code of the workflow."""
        return tuple(file for file in self.files if file.endswith((".py", ".smk")))


def pages() -> list[Path]:
    """Return every Markdown page that is kept under version control, or is about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    return [ROOT / path for path in listed if (ROOT / path).is_file()]


def prose(text: str) -> str:
    """Return a page without its blocks of code."""
    return FENCE.sub("", text)


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings.

    A second heading of the same words gets a number, as on GitHub.
    """
    found: dict[str, int] = {}
    names = set()
    for heading in re.findall(r"^#+ +(.+?) *$", prose(text), re.MULTILINE):
        kept = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        number = found.get(kept, 0)
        names.add(f"{kept}-{number}" if number else kept)
        found[kept] = number + 1
    return names


def links(text: str) -> list[str]:
    """Return where the links and pictures of a page lead."""
    without_code = re.sub(r"`[^`\n]*`", "", prose(text))
    return re.findall(r"!?\[[^\]]*\]\(([^)\s]+)\)", without_code) + re.findall(
        r'(?:src|href)="([^"]+)"', without_code
    )


def section(text: str, heading: str) -> str:
    """Return what stands below a heading, up to the next of its level or of a higher one."""
    level = len(heading.partition(" ")[0])
    found = re.search(
        rf"^{re.escape(heading)}$\n(.*?)(?=^#{{1,{level}}} |\Z)", text, re.DOTALL | re.MULTILINE
    )
    assert found, heading
    return found[1]


def walks() -> Iterator[Walk]:
    """Go through the walks of the architecture page."""
    whole = section(ARCHITECTURE.read_text(), "## How to add something")
    for heading in re.findall(r"^### (.+)$", whole, re.MULTILINE):
        steps = re.findall(r"^\d+\. `([^`]+)`", section(whole, f"### {heading}"), re.MULTILINE)
        yield Walk(heading, tuple(steps))
