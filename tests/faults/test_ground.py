"""The workflow keeps to its own ground: only a run that starts changes something, and only its own."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import PUBLISHING, Run, Study, undo, wait_for

pytestmark = pytest.mark.slow

CHUNK = "results/primary/bootstrap/0-10.parquet"
OTHER = """
rule other:
    input: "results/primary/effects.csv"
    output: "other.txt"
    shell: "while [ ! -e go ]; do sleep 0.05; done; touch {output}"
"""
READING = [
    ["--dry-run"],
    ["--dry-run", "--forceall", "--quiet"],
    ["--list-rules"],
    ["--list-target-rules"],
    ["--lint"],
    ["--summary"],
    ["--detailed-summary"],
    ["--dag"],
    ["--rulegraph"],
    ["--filegraph"],
    ["--list-input-changes"],
    ["--report", "report.zip"],
]
KILLED = "Removed the locks of a run that was killed"
FUTURE = "dated in the future"


def ground(study: Study) -> dict[str, tuple[int, int]]:
    """Return size and date of all that runs leave: results, logs, locks, and what is known of runs."""
    folders = ("results", "logs", "benchmarks", ".snakemake/locks", ".snakemake/ipdmediation")
    paths = [path for folder in folders for path in (study.root / folder).rglob("*")]
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in paths}


def date_in_the_future(study: Study) -> None:
    date = time.time() + 86400
    for path in (study.root / "results").rglob("*"):
        os.utime(path, (date, date))


def kill(start: Callable[..., Run]) -> None:
    """Start a run and kill it, with all its jobs, while it holds its locks."""
    run = start(CHUNK, hold_at=PUBLISHING)
    run.held()
    run.kill(*run.members())
    run.process.wait()


def lock_files(study: Study) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (study.root / ".snakemake/locks").glob("*.lock")}


def test_reading_the_workflow_changes_nothing(study: Study, start: Callable[..., Run]) -> None:
    undo(study, CHUNK)
    kill(start)
    date_in_the_future(study)
    before = ground(study)
    assert lock_files(study)
    for arguments in READING:
        done = study.snakemake(*arguments)
        said = done.stdout + done.stderr
        assert done.returncode == 0, (arguments, said)
        assert ground(study) == before, arguments
        assert KILLED not in said, arguments
        assert FUTURE not in said, arguments
        assert ("the next one removes its locks" in said) == ("--dry-run" in arguments), arguments


def test_a_run_removes_the_locks_of_a_dead_one_and_dates_its_results(
    study: Study, start: Callable[..., Run]
) -> None:
    undo(study, CHUNK)
    kill(start)
    date_in_the_future(study)
    assert lock_files(study)
    said = study.run(CHUNK)
    assert KILLED in said
    assert FUTURE in said
    assert lock_files(study) == {}
    assert list((study.root / ".snakemake/ipdmediation").iterdir()) == []


def test_a_run_leaves_another_workflow_s_locks_and_dates_alone(
    study: Study, start: Callable[..., Run]
) -> None:
    """Another Snakefile reads a result, and is at work when a run is killed and the next one starts."""
    undo(study, CHUNK)
    (study.root / "other.smk").write_text(OTHER)
    start("--snakefile", "other.smk")
    wait_for(lambda: len(lock_files(study)) == 2)
    theirs = lock_files(study)
    kill(start)
    assert len(lock_files(study)) == 4
    date_in_the_future(study)
    before = ground(study)
    run = start(CHUNK, hold_at=PUBLISHING)
    run.held()
    now = lock_files(study)
    assert now.items() >= theirs.items()
    assert len(now) == 4
    said = run.said.read_text()
    assert KILLED in said
    assert FUTURE not in said
    after = ground(study)
    results = [path for path in before if re.search(r"/results/.*\.\w+$", path) and ".partial-" not in path]
    assert len(results) > 50
    assert {path: after[path] for path in results} == {path: before[path] for path in results}


def test_a_run_of_what_another_workflow_reads_is_refused(study: Study, start: Callable[..., Run]) -> None:
    (study.root / "other.smk").write_text(OTHER)
    other = start("--snakefile", "other.smk")
    wait_for(lambda: len(lock_files(study)) == 2)
    theirs = lock_files(study)
    done = study.snakemake("--force", "results/primary/effects.csv")
    assert done.returncode == 1
    assert "LockException" in done.stdout + done.stderr
    assert lock_files(study) == theirs
    (study.root / "go").touch()
    other.end()
    assert other.process.returncode == 0
