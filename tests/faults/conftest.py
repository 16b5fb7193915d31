"""A small study of three trials, finished undisturbed; every test disturbs a copy of its own."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import made_once, skip
from tests.workflow.conftest import Study, small_study

TRIALS = ("mr_clean", "extend_ia", "piste")
HOLDING = Path(__file__).parent / "holding"
ALONE = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
PUBLISHING, BEGINNING = "os.rename", "tempfile.mkdtemp"
Contents = dict[str, str]


@dataclass(frozen=True)
class Run:
    """A running Snakemake and everything that it has started: one session of processes."""

    process: subprocess.Popen[bytes]
    said: Path

    def members(self) -> list[int]:
        """Return the processes of the session that are alive, Snakemake itself among them."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                ended, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
            except OSError:  # ended in the meantime
                continue
            if int(session) == self.process.pid and ended != "Z":
                found.append(int(stat.parent.name))
        return found

    def scripts(self) -> list[int]:
        """Return the processes of the jobs' scripts."""
        return [pid for pid in self.members() if ".snakemake/scripts/" in command_line(pid)]

    def held(self) -> list[int]:
        """Wait until a job's script has stopped itself where `start` was told to hold it; return it."""
        wait_for(lambda: [pid for pid in self.scripts() if state(pid) == "T"])
        return self.scripts()

    def kill(self, *pids: int, number: int = signal.SIGKILL) -> None:
        """Send a signal to some processes; those that have ended are no error."""
        for pid in pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    def end(self) -> str:
        """Wait until Snakemake has ended, not its orphans; return what it said."""
        self.process.wait(timeout=1800)
        return self.said.read_text()

    def wait_for_orphans(self) -> None:
        """Wait until nothing of the session is left."""
        wait_for(lambda: not self.members())


def command_line(pid: int) -> str:
    """Return a process's command line, empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def state(pid: int) -> str:
    """Return the kernel's letter for the state of a process, T if stopped; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def contents(study: Study, folder: str = "results") -> Contents:
    """Return a checksum of every file below a folder but drafts."""
    root = study.root / folder
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(files_below(root))
        if ".partial-" not in str(path)
    }


def files_below(root: Path) -> list[Path]:
    """Return the files below a folder, also while a job that is still at work removes its drafts."""
    return [Path(place, name) for place, _, names in os.walk(root) for name in names]


def undo(study: Study, *outputs: str) -> None:
    """Remove some results, and the logs, so that a job's log says that its script has begun."""
    shutil.rmtree(study.root / "logs")
    for output in outputs:
        (study.root / output).unlink()


def forget(study: Study) -> None:
    """Remove what Snakemake knows of the results."""
    shutil.rmtree(study.root / ".snakemake", ignore_errors=True)


@contextmanager
def heard_ctrl_c() -> Iterator[None]:
    """Let what is started meanwhile hear Ctrl-C, which a script that runs in the background ignores."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until something is so; fail after half an hour."""
    last = time.monotonic() + 1800
    while not condition():
        assert time.monotonic() < last
        time.sleep(0.02)


def drafts(study: Study) -> list[Path]:
    """Return what is left of outputs that were never finished."""
    return list((study.root / "results").rglob(".partial-*"))


def finish_undisturbed(root: Path) -> None:
    """Make the study and run it without a disturbance."""
    study = small_study(root, analyses=("primary",), chunk=10)
    config = study.config()
    config["trials"] = {trial: config["trials"][trial] for trial in TRIALS}
    config["published"] = []
    study.configure(config)
    study.run()


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The study, finished without a disturbance."""
    return Study(made_once(tmp_path_factory, "undisturbed", finish_undisturbed))


@pytest.fixture(scope="session")
def expected(undisturbed: Study) -> Contents:
    """The results that every other run must end with, byte for byte.

    None is exempt: versions, commit and checksums in the manifest are the same on one machine, and no
    result holds a time. Logs and benchmarks lie outside the results.
    """
    return contents(undisturbed)


@pytest.fixture
def study(undisturbed: Study, tmp_path: Path) -> Study:
    """A copy of the finished study that a test may disturb."""
    root = tmp_path / "study"
    shutil.copytree(undisturbed.root, root, symlinks=True)
    return Study(root)


@pytest.fixture
def start(study: Study, tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Start runs of the study in sessions of their own; whatever is left of them ends with the test.

    With `hold_at`, an event of `holding/sitecustomize.py`, each job's script stops there.
    """
    runs: list[Run] = []

    def begin(*arguments: str, hold_at: str = "") -> Run:
        said = tmp_path / f"said-{len(runs)}.txt"
        with said.open("w") as stream, heard_ctrl_c():
            process = subprocess.Popen(
                [sys.executable, "-m", "snakemake", "--cores", "2", *arguments],
                cwd=study.root,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": str(HOLDING), "HOLD_AT": hold_at} if hold_at else None,
            )
        runs.append(Run(process, said))
        return runs[-1]

    yield begin
    for run in runs:
        run.kill(*run.members())
        run.process.wait()


@pytest.fixture(scope="session")
def pace(undisturbed: Study) -> float:
    """Seconds until the first job of a run starts here and now."""
    before = time.monotonic()
    undisturbed.jobs()
    return time.monotonic() - before


@pytest.fixture
def alone() -> None:
    """Skip where this user may not mount anything for one process alone, or fail where all is required."""
    if subprocess.run([*ALONE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], check=False).returncode:
        skip("no mount namespace (unshare --mount)")


def alone_in(script: str, *targets: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script with mounts of its own; its arguments are a run's command."""
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *targets]
    return subprocess.run(
        [*ALONE, "bash", "-euc", script, "bash", *command], capture_output=True, text=True, check=False
    )
