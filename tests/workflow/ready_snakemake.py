"""Snakemake and its scripts, each in a new process that has its modules ready: they are half of a run."""

import atexit
import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cache, partial
from multiprocessing import forkserver, get_context
from multiprocessing import process as process_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SERVER = get_context("forkserver")
SERVER.set_forkserver_preload(["tests.workflow.ready_modules"])
SEED = "0"  # of the order of hashes in all these processes, which is that of jobs that compile


@dataclass(frozen=True)
class Place:
    """Where a process is: its folder, its environment, files for what it says, and where modules are.

    Its new files are closed to whom `umask` says, or where that is None to whom they are here.
    """

    folder: Path
    environment: dict[str, str]
    said: list[Path]
    path: list[str]
    umask: int | None


def run_ready(
    arguments: Sequence[str], *, folder: Path, umask: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `snakemake` with some arguments in a folder, as its command does, and return what it said."""
    _start_server()
    run = partial(_snakemake, server=_server_address())
    return _ended(run, ["snakemake", *arguments], folder=folder, umask=umask)


def run_script(script: Path, arguments: Sequence[str], *, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a Python script with some arguments in a folder, and return what it said."""
    _start_server()
    return _ended(_script, [str(script), *arguments], folder=folder)


def _ended(
    run: Callable[[list[str], Place], None], command: list[str], *, folder: Path, umask: int | None = None
) -> subprocess.CompletedProcess[str]:
    # Where Snakemake looks for the interpreter of its scripts.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with TemporaryDirectory() as saying:
        said = [Path(saying) / name for name in ("stdout", "stderr")]
        place = Place(folder, {**os.environ, "PATH": path}, said, _bare_path(), umask)
        process = SERVER.Process(target=run, args=(command, place))
        process.start()
        process.join()
        assert process.exitcode is not None
        stdout, stderr = (file.read_text() for file in said)
    return subprocess.CompletedProcess(command, process.exitcode, stdout, stderr)


@cache
def _start_server() -> None:
    """Start the process that all others come from."""
    stated = os.environ.get("PYTHONHASHSEED")
    os.environ["PYTHONHASHSEED"] = SEED
    try:
        forkserver.ensure_running()
    finally:
        del os.environ["PYTHONHASHSEED"]
        if stated is not None:
            os.environ["PYTHONHASHSEED"] = stated


def _server_address() -> str:
    """Return where the server listens, which its processes are not told: each would start one of its own."""
    return forkserver._forkserver._forkserver_address


@cache
def _bare_path() -> list[str]:
    """Return where a Python that nobody has told anything looks for modules."""
    said = subprocess.run(
        [sys.executable, "-P", "-c", "import sys; print(*sys.path, sep='\\n')"],
        capture_output=True,
        text=True,
        check=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    return said.stdout.splitlines()


def _snakemake(command: list[str], place: Place, server: str) -> None:
    from snakemake import script
    from snakemake.benchmark import benchmarked
    from snakemake.cli import main

    forkserver._forkserver._forkserver_address = server
    forkserver._forkserver.ensure_running = lambda: None  # it looks for a child of this process
    starting = Lock()

    def execute(self: Any, file: str, *, edit: bool = False) -> None:
        """Run a script as `python file` does, but in a process that is ready."""
        environment = {**os.environ, "PYTHONHASHSEED": SEED}
        there = replace(place, folder=Path.cwd(), environment=environment)
        process = SERVER.Process(target=_script, args=([file], there))
        with starting:
            process.start()
            # A start in another thread asks all that are known how they ended, which can be read once only.
            process_module._children.discard(process)
        with benchmarked(process.pid, self.bench_record) if self.bench_record else nullcontext():
            process.join()
        if process.exitcode:
            raise subprocess.CalledProcessError(process.exitcode, f"{sys.executable} {file}")

    script.PythonScript.execute_script = execute
    # The last for this module itself.
    _become(replace(place, path=[str(place.folder), *place.path, str(ROOT)]))
    sys.argv[:] = command
    try:
        main()
    finally:
        atexit._run_exitfuncs()  # which this kind of process leaves out


def _script(command: list[str], place: Place) -> None:
    file = command[0]
    _become(replace(place, path=[str(Path(file).parent), *place.path]))
    sys.argv[:] = command
    sys.orig_argv[:] = [sys.executable, *command]  # which a script may start itself again by
    runpy.run_path(file, run_name="__main__")


def _become(place: Place) -> None:
    """Take over what a new process would be started with."""
    for descriptor, file in zip((1, 2), place.said, strict=True):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), descriptor)
    os.environ.clear()
    os.environ.update(place.environment)
    os.chdir(place.folder)
    if place.umask is not None:
        os.umask(place.umask)
    # The package is that of the folder, not the one that is tested here.
    sys.path[:] = place.path
