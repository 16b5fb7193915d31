"""What is used of Snakemake's inside is there, and is what it is taken for."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import pytest
import snakemake.api  # first: its modules import one another
import snakemake.workflow
from snakemake.caching.local import OutputFileCache
from snakemake.dag import DAG
from snakemake.exceptions import WorkflowError
from snakemake.logging import logger
from snakemake.persistence import PersistenceBase

from ipdmediation.plumbing import snakemake_inside
from ipdmediation.plumbing.snakemake_inside import TESTED_WITH, TOUCHED, Inside, said_by_snakemake

ROOT = Path(__file__).resolve().parents[3]
SOURCE = Path(snakemake_inside.__file__).read_text()


def numbers(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))


def names_of(path: str) -> set[str]:
    """Return the attributes that objects of a class have, those too that are set when it is made."""
    module, _, name = path.rpartition(".")
    found: set[str] = set()
    for part in getattr(importlib.import_module(module), name).__mro__:
        found |= {*vars(part), *getattr(part, "__annotations__", ())}
        if part.__module__.startswith("snakemake"):
            found |= set(re.findall(r"\bself\.(\w+)\s*(?::|=)", inspect.getsource(part)))
    return found


@pytest.mark.parametrize(
    ("path", "name"), [(path, name) for path, names in TOUCHED.items() for name in names]
)
def test_snakemake_still_has_it(path: str, name: str) -> None:
    assert name in names_of(path)


def test_what_is_not_there_is_missed() -> None:
    assert "_build_graph" not in names_of("snakemake.workflow.Workflow")


def test_every_attribute_of_the_workflow_that_is_used_is_named() -> None:
    files = [ROOT / "workflow/Snakefile", *(ROOT / "workflow/rules").glob("*.smk")]
    used = set(re.findall(r"\bself\._workflow\.(\w+)", SOURCE)) - {"compares_provenance"}  # which is our own
    used |= {name for file in files for name in re.findall(r"(?<![_/])\bworkflow\.(\w+)", file.read_text())}
    assert used == set(TOUCHED["snakemake.workflow.Workflow"])


def test_only_one_module_of_the_package_imports_snakemake_and_no_script_needs_it() -> None:
    """Jobs have an environment of their own, where no Snakemake need be."""
    package = ROOT / "workflow/scripts"
    importing = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(re.match(r"snakemake(\W|_interface|$)", name) for name in names):
                importing.add(path.name)
    assert importing == {"snakemake_inside.py"}


def test_the_project_allows_what_was_tested_and_the_lock_has_the_newest_of_it() -> None:
    oldest, newest = map(numbers, TESTED_WITH)
    allowed = [
        entry
        for entry in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
        if entry.startswith("snakemake>")
    ]
    below = f"{newest[0]}.{newest[1] + 1}"
    assert allowed == [f"snakemake>={oldest[0]}.{oldest[1]},<{below}"]
    lock = (ROOT / "envs/requirements.lock").read_text()
    assert f"\nsnakemake=={TESTED_WITH[1]} " in lock
    assert f'min_version("{oldest[0]}.{oldest[1]}")' in (ROOT / "workflow/Snakefile").read_text()
    assert numbers(version("snakemake"))[:2] <= newest[:2]


@pytest.mark.parametrize(
    ("release", "said"),
    [("9.19.0", True), ("9.20.0", False), ("9.27.9", False), ("9.28.0", True), ("10.0.0", True)],
)
def test_another_snakemake_than_the_tested_ones_is_named(
    release: str, said: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    monkeypatch.setattr(snakemake_inside, "__version__", release)
    monkeypatch.setattr(snakemake_inside, "warn", lines.append)
    Inside(SimpleNamespace(is_main_process=True)).say_version()
    Inside(SimpleNamespace(is_main_process=False)).say_version()
    assert [release in line for line in lines] == [True] * said


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (snakemake.workflow.Workflow._build_dag, ["self"]),
        (DAG.update_needrun, ["self", "create_inventory"]),
        (DAG.needrun_jobs, ["self", "exclude_finished"]),
        (PersistenceBase.input_checksums, ["self", "job", "input_path"]),
        (OutputFileCache.exists, ["self", "job"]),
        (OutputFileCache.fetch, ["self", "job"]),
        (OutputFileCache.get_outputfiles_and_cachefiles, ["self", "job"]),
    ],
    ids=lambda value: value.__qualname__ if callable(value) else "",
)
def test_what_is_replaced_is_called_as_before(function: object, parameters: list[str]) -> None:
    assert callable(function)
    assert list(inspect.signature(function).parameters) == parameters


def test_an_error_that_snakemake_says_is_its_own_and_another_is_not() -> None:
    with pytest.raises(WorkflowError, match="no place"), said_by_snakemake(ValueError):
        raise ValueError("no place")
    with pytest.raises(KeyError), said_by_snakemake(ValueError):
        raise KeyError


def test_to_import_it_changes_nothing() -> None:
    before = (snakemake.workflow.Workflow._build_dag, DAG.update_needrun, list(logger.filters))
    importlib.reload(snakemake_inside)
    assert (snakemake.workflow.Workflow._build_dag, DAG.update_needrun, list(logger.filters)) == before
