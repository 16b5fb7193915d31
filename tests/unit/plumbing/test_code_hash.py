"""The hash of a script: of its own content and of everything that it imports from the package."""

import ast
from pathlib import Path

import pytest

from ipdmediation.plumbing.code_hash import CodeHash, _imports

SCRIPTS = Path(__file__).resolve().parents[3] / "workflow/scripts"

FILES = {
    "count.py": "from job import run\n\nimport json\n\nfrom ipdmediation.a import first\n",
    "job.py": "",
    "ipdmediation/__init__.py": "",
    "ipdmediation/a.py": "def later():\n    if True:\n        from ipdmediation.deep import b\n",
    "ipdmediation/deep/__init__.py": "",
    "ipdmediation/deep/b.py": "import ipdmediation.c\n",
    "ipdmediation/c.py": "",
    "ipdmediation/unused.py": "",
}
USED = sorted(set(FILES) - {"ipdmediation/unused.py"})


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def code(scripts: Path) -> CodeHash:
    return CodeHash(lambda path: str(scripts / path) if (scripts / path).is_file() else None)


def test_it_follows_imports_through_packages_and_into_functions(scripts: Path) -> None:
    assert code(scripts).files("count.py") == USED


@pytest.mark.parametrize("edited", FILES)
def test_an_edit_changes_the_hash_exactly_where_the_file_is_used(scripts: Path, edited: str) -> None:
    before = code(scripts).of("count")
    path = scripts / edited
    path.write_text(path.read_text() + "# edited\n")
    assert (code(scripts).of("count") != before) == (edited in USED)


def test_where_the_workflow_lies_is_no_part_of_the_hash(scripts: Path, tmp_path: Path) -> None:
    moved = scripts.rename(tmp_path.parent / "moved")
    here = code(moved).of("count")
    moved.rename(tmp_path)
    assert code(tmp_path).of("count") == here


def test_a_file_that_is_not_there_is_named(scripts: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"scripts/nothing\.py"):
        code(scripts).of("nothing")


def read_by_python(code: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize(
    "code",
    [
        "import a, b.c as d, e",
        "import a.b; import c",
        "from a.b import c as d, e",
        "from a import (\n    b,  # in the first place :)\n    c as d,\n)",
        "from a import(b)",
        "from a import b, \\\n    c",
        "try:\n\timport a\nexcept ImportError:\n\tfrom b import c",
        "class A:\n    def f(self):\n        from a import b",
        "from a import *",
        "important = 1\nfromage = 2\nx = 'import a'",
    ],
)
def test_imports_are_those_that_python_reads(code: str) -> None:
    assert set(_imports(code)) >= read_by_python(code)
    assert {name.partition(".")[0] for name in _imports(code)} <= {"a", "b", "c", "e", "import"}


def test_in_this_package_nothing_is_found_that_python_does_not_import() -> None:
    files = [*SCRIPTS.glob("*.py"), *SCRIPTS.glob("ipdmediation/**/*.py")]
    assert len(files) > 150
    for path in files:
        found = {name for name in _imports(path.read_text()) if name.startswith(("ipdmediation", "job"))}
        read = {n for n in read_by_python(path.read_text()) if n.startswith(("ipdmediation", "job"))}
        assert found == read, path
