"""A figure or table is known everywhere or nowhere: to the rules, to its script and to its caption."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from ipdmediation.plumbing.code_hash import CodeHash
from ipdmediation.plumbing.result_files import ALL_ANALYSES, EVIDENCE, FIGURES, TABLES, ResultFiles
from ipdmediation.present.report.figure_words import FIGURE_WORDS
from ipdmediation.present.tables.evidence import SHOWN

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"
PAGE = (WORKFLOW / "report/page.html.j2").read_text()


def asked_for(kind: str) -> set[str]:
    """Return the names that the rules ask for, of a study with two trials."""
    config = {"trials": dict.fromkeys("ab"), "published": [], "describe": {"baseline": ["age"]}}
    return set({"figures": ResultFiles(config, config["trials"]).figures, "tables": TABLES}[kind])


OF_ALL = {Path(file).stem for file in ALL_ANALYSES.values()}
TABLES_OF = {"figures": "drawers", "tables": "makers"}


def made(kind: str) -> set[str]:
    """Return the names that the script of a kind makes."""
    return named(kind, TABLES_OF[kind])


def named(script: str, table_name: str) -> set[str]:
    """Return the names in a table of a script."""
    (table,) = (
        node.value
        for node in ast.walk(ast.parse((WORKFLOW / f"scripts/{script}.py").read_text()))
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target) == table_name
        and isinstance(node.value, ast.Dict)
    )
    return {key.value for key in table.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}


@pytest.mark.parametrize("kind", ["figures", "tables"])
def test_what_is_shown_is_known_everywhere(kind: str) -> None:
    captions = {path.stem for path in (WORKFLOW / f"report/{kind}").glob("*.rst")}
    more = {name for each in EVIDENCE.values() for name in each.more} if kind == "tables" else set()
    evidence = set(EVIDENCE) | more
    of_all = OF_ALL if kind == "figures" else set()
    assert of_all <= captions
    assert asked_for(kind) == made(kind) == captions - evidence - of_all
    assert evidence <= captions
    assert evidence == (named("show_evidence", "drawers") if kind == "figures" else set(SHOWN))
    assert len(captions) >= 5


def test_the_tables_of_a_piece_of_evidence_show_all_of_its_numbers_and_no_others() -> None:
    for piece, stated in EVIDENCE.items():
        shown = {numbers for name in (piece, *stated.more) for numbers in SHOWN[name].numbers}
        assert shown == set(stated.tables)


def test_page_manuscript_and_words_have_every_figure_in_one_order() -> None:
    numbered = [*FIGURES, *EVIDENCE, *sorted(OF_ALL)]
    assert re.findall(r'figure\("(\w+)"\)', PAGE) == numbered == list(FIGURE_WORDS)


def test_what_names_a_figure_makes_no_number_anew() -> None:
    """Else a new figure would compile the kernels again, and fit every model."""
    code = CodeHash(lambda path: str(file) if (file := WORKFLOW / "scripts" / path).is_file() else None)
    for script in ("compile_kernels", "fit_models", "bootstrap_chunk", "estimate_effects", "figures"):
        files = code.files(f"{script}.py")
        assert len(files) > 5
        assert not {file for file in files if file.endswith(("result_files.py", "figure_words.py"))}, script


#: Scripts of a run that show.
SHOWING = {"figures", "tables", "show_evidence", "all_analyses", "report", "manuscript", "quality_report"}
#: What is no step of a run: the first one is part of each, others look at a study or its results.
COMMANDS = ("job", "share_results", "check_study", "find_patient")


def importers() -> dict[str, set[str]]:
    """Return the scripts of a run that import each module of `present/`: an edit runs them again."""
    code = CodeHash(lambda path: str(file) if (file := WORKFLOW / "scripts" / path).is_file() else None)
    found: dict[str, set[str]] = {}
    for script in sorted((WORKFLOW / "scripts").glob("*.py")):
        for file in code.files(script.name) if script.stem not in COMMANDS else ():
            if file.startswith(start := "ipdmediation/present/"):
                found.setdefault(file.removeprefix(start), set()).add(script.stem)
    return found


def test_a_label_a_colour_or_a_text_is_made_again_where_it_is_shown_and_nowhere_else() -> None:
    """Of one figure or table by what draws it, with the pages; never by what computes a number."""
    found = importers()
    assert set().union(*found.values()) == SHOWING
    pages = {"report", "manuscript"}
    assert found["labels.py"] == found["style.py"] | {"quality_report"} == SHOWING
    assert found["report/figure_words.py"] == found["report/answer.py"] == pages
    assert found["report/quality_page.py"] == {"quality_report"}
    drawers = {**dict.fromkeys(FIGURES, "figures"), **dict.fromkeys(EVIDENCE, "show_evidence")}
    drawers |= dict.fromkeys(OF_ALL, "all_analyses")
    for name, drawer in drawers.items():
        assert found[f"figures/{name}.py"] == {drawer}, name
    for name in (*TABLES, *SHOWN):
        drawer = "tables" if name in TABLES else "show_evidence"
        assert found[f"tables/{name}.py"] == {drawer, *pages}, name
