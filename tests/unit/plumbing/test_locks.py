"""Lock files: those of dead runs are found and removed, and no others."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from ipdmediation.plumbing import locks
from ipdmediation.plumbing.locks import Runs

SCRIPTS = Path(locks.__file__).parents[2]
INPUTS, OUTPUTS = ["config/a file {1}.yaml", "results/a.csv"], ["results/b.csv"]
PROGRAM = """
import os, sys
from pathlib import Path
from ipdmediation.plumbing.locks import Runs

run = Runs(Path(sys.argv[1])).begin()
run.record(input=sys.argv[2].split("|"), output=sys.argv[3].split("|"))
os.kill(os.getpid(), 9)
"""


def snakemake_locks(
    folder: Path, number: int, *, inputs: Sequence[str] = INPUTS, outputs: Sequence[str] = OUTPUTS
) -> list[Path]:
    """Write lock files as Snakemake does."""
    made = []
    for kind, paths in (("input", inputs), ("output", outputs)):
        made.append(folder / f"locks/{number}.{kind}.lock")
        made[-1].parent.mkdir(exist_ok=True)
        with made[-1].open("w") as file:
            print(*paths, sep="\n", file=file)
    return made


def killed_run(folder: Path) -> None:
    """Record lock files in another process, which is killed."""
    command = [sys.executable, "-c", PROGRAM, str(folder), "|".join(INPUTS), "|".join(OUTPUTS)]
    done = subprocess.run(command, env={"PYTHONPATH": str(SCRIPTS)}, check=False)
    assert done.returncode == -9


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder like `.snakemake`, in a path that is not easy."""
    found = tmp_path / "a place with {braces}" / ".snakemake"
    found.mkdir(parents=True)
    return found


def test_locks_of_a_killed_run_are_stale_and_others_are_not(folder: Path) -> None:
    killed_run(folder)
    ours = snakemake_locks(folder, 1)
    # Whoever reads what we make has it in a lock file of the other kind.
    others = snakemake_locks(folder, 0, inputs=OUTPUTS, outputs=["other.txt"])
    runs = Runs(folder)
    assert runs.stale() == ours
    assert not runs.alive()
    assert all(path.exists() for path in ours)
    assert runs.remove_stale() == ours
    assert sorted((folder / "locks").iterdir()) == others
    assert runs.locked()
    assert runs.remove_stale() == []


def test_locks_of_a_run_that_is_alive_are_not_stale(folder: Path) -> None:
    run = Runs(folder).begin()
    run.record(input=INPUTS, output=OUTPUTS)
    made = snakemake_locks(folder, 0)
    runs = Runs(folder)
    assert runs.alive()
    assert runs.remove_stale() == []
    assert sorted((folder / "locks").iterdir()) == made
    run.end()
    assert not runs.alive()
    # Ended in order: Snakemake removes its locks itself, and what looks the same now is somebody else's.
    assert runs.remove_stale() == []
    assert sorted((folder / "locks").iterdir()) == made


def test_looking_changes_nothing(folder: Path) -> None:
    killed_run(folder)
    snakemake_locks(folder, 0)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    runs = Runs(folder)
    runs.stale(), runs.alive(), runs.locked()
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_a_folder_that_no_run_has_used(folder: Path) -> None:
    runs = Runs(folder / "none")
    assert (runs.stale(), runs.remove_stale(), runs.alive(), runs.locked()) == ([], [], False, False)
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        Runs(tmp_path / "file").begin()


def test_what_another_run_has_removed_in_the_meantime_is_no_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = folder / "locks/0.input.lock"
    monkeypatch.setattr(Runs, "_dead", lambda self: iter([(folder / "ipdmediation/0.run", [gone])]))
    assert Runs(folder).remove_stale() == [gone]
