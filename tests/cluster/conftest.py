"""A Slurm on this machine and a small study that runs on it; `tests/cluster/start_slurm` starts one."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import made_once, skip
from tests.faults.conftest import BEGINNING, HOLDING
from tests.workflow.conftest import Study, small_study

# The profile as it is; what a site sets, here one without accounting; and one chunk per job, to have several.
ON_SLURM = (
    *("--workflow-profile", "profiles/slurm"),
    *("--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "3"),
    *("--group-components", "draws=1"),
)
CHUNK = 14  # of 40 replicates: more jobs than nodes


@dataclass(frozen=True)
class SlurmJob:
    """A job as squeue lists it."""

    number: str
    state: str
    memory: str
    node: str


@dataclass(frozen=True)
class Run:
    """Snakemake on Slurm, in the background."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        """Return what it has said so far."""
        return self.log.read_text()

    def finish(self) -> str:
        """Wait for its end, which must be a success; return what it said."""
        assert self.process.wait(timeout=1800) == 0, self.said()
        return self.said()

    def name(self) -> str:
        """Return the name of all its Slurm jobs."""
        return re.search(r"SLURM run ID: (\S+)", wait_for(self.said, "SLURM run ID")).group(1)

    def jobs(self) -> list[SlurmJob]:
        """Return its Slurm jobs, also those that have ended."""
        said = slurm("squeue", "--noheader", "--states=all", f"--name={self.name()}", "--format=%i|%T|%m|%N")
        return [SlurmJob(*line.split("|")) for line in sorted(said.split())]

    def running(self, node: str = "") -> SlurmJob:
        """Wait for a job to run, on a node; return it."""
        return wait_for(
            lambda: [job for job in self.jobs() if job.state == "RUNNING" and job.node.startswith(node)]
        )[0]


def slurm(*command: str) -> str:
    """Return what a command of Slurm says; it must succeed."""
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout


def wait_for(look: Callable, part: str | None = None, *, seconds: float = 1800):
    """Return what ``look`` returns as soon as it is something, or contains the part."""
    for _ in range(int(seconds / 0.2)):
        found = look()
        if found and (part is None or part in found):
            return found
        time.sleep(0.2)
    raise TimeoutError(f"not within {seconds} s; last: {found}")


def start(study: Study, *arguments: str) -> Run:
    """Start drawing the small study's replicates on Slurm; each chunk waits while there is a file `held`."""
    log = study.root / f"run-{len(list(study.root.glob('run-*.log')))}.log"
    command = [sys.executable, "-m", "snakemake", "mediation", *ON_SLURM, *arguments]
    held = {"PYTHONPATH": str(HOLDING), "HOLD_AT": BEGINNING, "HOLD_WHILE": str(study.root / "held")}
    with log.open("wb") as said:
        process = subprocess.Popen(
            command,
            cwd=study.root,
            stdout=said,
            stderr=said,
            start_new_session=True,
            env={**os.environ, **held},
        )
    return Run(process, log)


@pytest.fixture(scope="session")
def cluster() -> None:
    """The tests' own Slurm; another one is no place to set nodes down."""
    try:
        said = slurm("scontrol", "show", "config")
    except (OSError, subprocess.SubprocessError):
        skip("no Slurm answers; tests/cluster/start_slurm starts one")
    if "ipdmediation_tests" not in said:
        skip("the Slurm of this machine is not the one that tests/cluster/start_slurm starts")


@pytest.fixture(scope="session")
def local_study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A small study with its replicates drawn on this machine, without a cluster."""

    def make(root: Path) -> None:
        small_study(root, analyses=("primary",), chunk=CHUNK).run("mediation")

    return Study(made_once(tmp_path_factory, "local", make))


@pytest.fixture
def undrawn_study(local_study: Study, tmp_path: Path) -> Study:
    """A copy of the small study that lacks its replicates and effects."""
    root = tmp_path / "study"
    shutil.copytree(local_study.root, root)
    shutil.rmtree(root / "results/primary/bootstrap")
    (root / "results/primary/effects.csv").unlink()
    return Study(root)


@pytest.fixture
def run(cluster: None, undrawn_study: Study) -> Iterator[Run]:
    """A run on Slurm that draws the missing replicates, when the file `held` is removed."""
    (undrawn_study.root / "held").touch()
    run = start(undrawn_study)
    yield run
    run.process.kill()
    run.process.wait()
    slurm("scancel", f"--name={run.name()}")
