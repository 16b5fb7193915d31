"""A disk that is full or read-only and a process without memory: one line says so, and nothing is lost."""

import resource
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import BEGINNING, Contents, Run, Study, alone_in, contents, drafts, undo

pytestmark = pytest.mark.slow

TRUTH = "results/synthetic_truth.json"
TABLES = [
    f"results/primary/tables/{table}.{kind}"
    for table in ("trials", "flow", "baseline", "outcome", "models", "natural_effects", "effects", "four_way")
    for kind in ("csv", "html", "docx")
]
CHUNK = "results/primary/bootstrap/0-10.parquet"

FULL = """
mount -t tmpfs -o size=200m tmpfs {full}
cp -a {saved}/. {full}/
cd {root}
head -c 300M /dev/zero > {full}/ballast 2>/dev/null || truncate --size=-{free} {full}/ballast
if "$@" > {said} 2>&1; then exit 3; fi
find {full} -name '.partial-*' > {left}
cp -a {root}/results {between}
rm {full}/ballast
{then}
"$@"
cp -a {root}/results {after}
"""
READ_ONLY = """
mount --bind {root}/results {root}/results
mount -o remount,bind,ro {root}/results
cd {root}
exec "$@"
"""


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("disk", "free", "then"),
    [("results", 4096, ""), ("results", 4096, "rm -r .snakemake"), (".", 120_000, "")],
    ids=["results", "results, metadata removed", "everything"],
)
def test_a_full_disk(
    *, study: Study, expected: Contents, tmp_path: Path, disk: str, free: int, then: str
) -> None:
    undo(study, CHUNK, *TABLES)
    shutil.copytree(study.root / disk, tmp_path / "saved", symlinks=True)
    paths = {name: tmp_path / name for name in ("saved", "said", "left", "between", "after")}
    script = FULL.format(root=study.root, full=study.root / disk, free=free, then=then, **paths)
    done = alone_in(script, CHUNK, *TABLES)
    assert done.returncode == 0, done.stdout + done.stderr
    said = (tmp_path / "said").read_text()
    lines = [line for line in said.splitlines() if line.startswith(("tables: ", "bootstrap_chunk: "))]
    assert lines
    assert all("No space left on device" in line and "(log: logs/" in line for line in lines)
    assert (tmp_path / "left").read_text() == ""
    between = contents(Study(tmp_path), "between")
    between.pop("ballast", None)
    assert between.items() - expected.items() == set()
    assert contents(Study(tmp_path), "after") == expected


@pytest.mark.usefixtures("alone")
def test_read_only_results(study: Study, expected: Contents) -> None:
    undo(study, *TABLES, "results/primary/provenance/tables.json")
    done = alone_in(READ_ONLY.format(root=study.root), *TABLES)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "Read-only file system" in said
    assert "results/primary/tables" in said
    assert contents(study).items() - expected.items() == set()
    study.run(*TABLES)
    assert contents(study) == expected


@pytest.mark.usefixtures("alone")
def test_existing_results_that_are_read_only_are_left_alone(study: Study, expected: Contents) -> None:
    done = alone_in(READ_ONLY.format(root=study.root), "--force", *TABLES)
    assert done.returncode == 1
    assert "Write-protected output files for rule tables" in done.stdout + done.stderr
    assert contents(study) == expected


def test_a_job_without_memory(study: Study, expected: Contents, start: Callable[..., Run]) -> None:
    """Take the memory from the script once it has begun, so that Snakemake and imports have theirs."""
    undo(study, TRUTH)
    run = start(TRUTH, hold_at=BEGINNING)
    (script,) = run.held()
    used = int(Path(f"/proc/{script}/statm").read_text().split()[0]) * resource.getpagesize()
    limit = used + 16 * 2**20
    resource.prlimit(script, resource.RLIMIT_AS, (limit, limit))
    run.kill(script, number=signal.SIGCONT)
    said = run.end()
    assert run.process.returncode == 1
    (line,) = [line for line in said.splitlines() if line.startswith("  synthetic_truth: ")]
    assert "memory" in line.lower()  # in Python's words, or in those of a compiled library that gave up
    assert line.endswith("(log: logs/synthetic_truth.log)")
    assert contents(study).items() - expected.items() == set()
    study.run(TRUTH)
    assert contents(study) == expected
    assert drafts(study) == []
