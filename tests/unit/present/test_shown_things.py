"""A figure or table is known everywhere or nowhere: to the rules, to its script and to its caption."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from ipdmediation.plumbing.result_files import EVIDENCE, TABLES, ResultFiles

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"
PAGE = (WORKFLOW / "report/page.html.j2").read_text()


def asked_for(kind: str) -> set[str]:
    """Return the names that the rules ask for, of a study with two trials."""
    config = {"trials": dict.fromkeys("ab"), "published": []}
    return set({"figures": ResultFiles(config, config["trials"]).figures, "tables": TABLES}[kind])


def made(kind: str) -> set[str]:
    """Return the names that the script makes."""
    (table,) = (
        node.value
        for node in ast.walk(ast.parse((WORKFLOW / f"scripts/{kind}.py").read_text()))
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in ("drawers", "makers")
        and isinstance(node.value, ast.Dict)
    )
    return {key.value for key in table.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}


@pytest.mark.parametrize("kind", ["figures", "tables"])
def test_what_is_shown_is_known_everywhere(kind: str) -> None:
    captions = {path.stem for path in (WORKFLOW / f"report/{kind}").glob("*.rst")}
    evidence = {step for step, _ in EVIDENCE.values()}
    assert asked_for(kind) == made(kind) == captions - evidence
    assert evidence <= captions
    assert all((WORKFLOW / f"scripts/show_{step}.py").is_file() for step in evidence)
    assert len(captions) >= 5


def test_the_page_has_every_figure() -> None:
    evidence = {step for step, _ in EVIDENCE.values()}
    assert set(re.findall(r'figure\("(\w+)"', PAGE)) == asked_for("figures") | evidence
