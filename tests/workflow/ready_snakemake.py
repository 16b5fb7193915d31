"""Snakemake's command, each time in a new process that has its modules ready: they are half of a dry run."""

import atexit
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

SERVER = get_context("forkserver")
SERVER.set_forkserver_preload(["snakemake.cli", "numpy.random"])


def run_ready(
    arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run `snakemake` with some arguments in a folder, as its command does, and return what it said."""
    with TemporaryDirectory() as place:
        said = [Path(place) / name for name in ("stdout", "stderr")]
        process = SERVER.Process(
            target=_snakemake, args=(arguments, folder, dict(environment), said, _bare_path())
        )
        process.start()
        process.join()
        assert process.exitcode is not None
        stdout, stderr = (file.read_text() for file in said)
    return subprocess.CompletedProcess(["snakemake", *arguments], process.exitcode, stdout, stderr)


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


def _snakemake(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], said: list[Path], path: list[str]
) -> None:
    from snakemake.cli import main

    for descriptor, file in zip((1, 2), said, strict=True):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), descriptor)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    # The package is that of the folder, not the one that is tested here.
    sys.path[:] = [str(folder), *path]
    sys.argv[:] = ["snakemake", *arguments]
    try:
        main()
    finally:
        atexit._run_exitfuncs()  # which this kind of process leaves out
