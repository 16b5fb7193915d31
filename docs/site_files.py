"""Which pages the documentation site has: those of the repository, where they lie, and one for each module.

A hook of MkDocs, named in mkdocs.yml.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "workflow/scripts/ipdmediation"
PICTURES = "docs/*.png"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the modules at the end of the navigation, by floor."""
    floors: dict[str, list[dict[str, str]]] = {}
    for module in modules():
        floor, _, name = dotted(module).partition(".")
        floors.setdefault(floor, []).append({name: page(module)})
    assert config.nav is not None
    config.nav.append({"API": [{floor: pages} for floor, pages in floors.items()]})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the repository's pages with their pictures, and a page for each module."""
    assert config.nav is not None
    named = [path for path in leaves(config.nav) if (ROOT / path).is_file()]
    pictures = [str(path.relative_to(ROOT)) for path in ROOT.glob(PICTURES)]
    for path in [*named, *pictures]:
        files.append(File.generated(config, path, abs_src_path=str(ROOT / path)))
    for module in modules():
        content = f"# {dotted(module)}\n\n::: ipdmediation.{dotted(module)}\n"
        files.append(File.generated(config, page(module), content=content))
    return files


def modules() -> list[Path]:
    """Return the modules of the package, below it, but for those that only mark a folder."""
    return sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


def dotted(module: Path) -> str:
    """Return the name by which a module is imported from the package."""
    return ".".join(module.with_suffix("").parts)


def page(module: Path) -> str:
    """Return where the page of a module lies."""
    return f"api/{module.with_suffix('.md')}"


def leaves(nav: Any) -> Iterator[str]:
    """Go through the pages of a navigation."""
    if isinstance(nav, str):
        yield nav
    else:
        for inner in nav.values() if isinstance(nav, dict) else nav:
            yield from leaves(inner)
