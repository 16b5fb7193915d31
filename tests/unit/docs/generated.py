"""Write what pages and captions take from code and examples: `python -m tests.unit.docs.generated`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ipdmediation.plumbing.result_files import ALL_ANALYSES
from ipdmediation.present.report.figure_words import FIGURE_WORDS, stated
from tests.unit.docs.pages import ARCHITECTURE, BLOCK, OWN_TRIALS, ROOT

PACKAGE = ROOT / "workflow/scripts/ipdmediation"
SCRIPTS = ROOT / "workflow/scripts"
CAPTIONS = ROOT / "workflow/report/figures"
#: Where assumptions of the analysis may stand.
ASSUMING = ("workflow/**/*.py", "workflow/**/*.smk", "config/**/*.yaml", "config/**/*.yml")


class Assumption(NamedTuple):
    """An `ASSUME:`: the file that it stands in, and what it says."""

    file: str
    text: str


def first_line(module: Path) -> str:
    """Return the first line of a module's docstring.

    Raises
    ------
    ValueError
        Where it has none, or one that does not end a sentence.
    """
    said = (ast.get_docstring(ast.parse(module.read_text())) or "").partition("\n")[0]
    if not said.endswith("."):
        raise ValueError(f"{module.relative_to(ROOT)}: the first line of its docstring has to be a sentence")
    return said


def table(head: str, modules: list[Path], *, below: Path) -> str:
    """Return a table of modules with what each is for."""
    rows = [f"| `{path.relative_to(below)}` | {first_line(path)} |".replace("\\", "") for path in modules]
    return "\n".join([f"| {head} | what it is for |", "|---|---|", *rows])


def inventory(floor: str) -> str:
    """Return the table of a floor's modules."""
    modules = sorted(path for path in (PACKAGE / floor).rglob("*.py") if path.name != "__init__.py")
    return table("module", modules, below=PACKAGE)


def scripts() -> str:
    """Return the table of the scripts."""
    return table("script", sorted(SCRIPTS.glob("*.py")), below=SCRIPTS)


def assumed(text: str, *, file: str) -> Iterator[Assumption]:
    """Go through the assumptions of a file.

    Each goes on to the end of its comment, or of its paragraph in a docstring.

    Examples
    --------
    >>> list(assumed("# ASSUME: nobody\\n# comes twice.\\ncount()", file="a.py"))
    [Assumption(file='a.py', text='nobody comes twice.')]
    """
    lines = text.splitlines()
    for number, line in enumerate(lines):
        before, mark, said = line.partition("ASSUME: ")
        if not mark:
            continue
        comment = before.lstrip().startswith("#")
        parts = [said]
        for more in lines[number + 1 :]:
            inner = more.strip()
            ended = '"""' in parts[-1] or not inner.strip('#:" ') or "ASSUME: " in inner
            if ended or comment != inner.startswith("#"):
                break
            parts.append(inner.lstrip("#: "))
        yield Assumption(file, " ".join(parts).partition('"""')[0].strip())


def assumptions() -> list[Assumption]:
    """Return every assumption of the workflow and of the default study, by file."""
    files = sorted({path for pattern in ASSUMING for path in ROOT.glob(pattern)})
    return [each for path in files for each in assumed(path.read_text(), file=str(path.relative_to(ROOT)))]


def assumption_table() -> str:
    """Return the index of assumptions."""
    rows = [f"| `{each.file}` | {each.text.replace('|', chr(92) + '|')} |" for each in assumptions()]
    return "\n".join(["| file | what is assumed |", "|---|---|", *rows])


def quoted(file: str) -> str:
    """Return an example's file as a block of a page, without the comments that it begins with."""
    text = re.sub(r"\A(#.*\n)+", "", (ROOT / file).read_text())
    return f"\n```yaml\n{text}```\n"


def captions() -> dict[Path, str]:
    """Return the captions of Snakemake's report, by file: what the page says of a figure in every study."""
    of_all = {Path(file).stem for file in ALL_ANALYSES.values()}
    analysis = "Analysis: ``{{ snakemake.wildcards.analysis }}``."
    called = '{{ snakemake.config["style"]["people"] }}'
    return {
        CAPTIONS / f"{name}.rst": f"{stated(name, called=called)}{'' if name in of_all else f' {analysis}'}\n"
        for name in FIGURE_WORDS
    }


def written(page: str) -> str:
    """Return the page with its parts as the code has them."""

    def part(block: re.Match[str]) -> str:
        made = {
            "modules": lambda: inventory(block["of"]),
            "scripts": scripts,
            "assumptions": assumption_table,
            "file": lambda: quoted(block["of"]),
        }
        return f"{block[1]}\n{made[block['kind']]()}\n<!-- end -->"

    return BLOCK.sub(part, page)


if __name__ == "__main__":
    for written_page in (ARCHITECTURE, OWN_TRIALS):
        written_page.write_text(written(written_page.read_text()))
    for caption, text in captions().items():
        caption.write_text(text)
