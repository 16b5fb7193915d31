"""The hash of a script: of its own content and of everything that it imports from the package."""

from pathlib import Path

import pytest

from ipdmediation.plumbing.code_hash import CodeHash

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
