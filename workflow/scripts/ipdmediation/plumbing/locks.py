"""Lock files of Snakemake that dead runs of this workflow have left (light to import)."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO


class Run:
    """A run that is alive: its file, which the kernel holds locked as long as the process lives.

    Parameters
    ----------
    path : Path
        Where the file lies.
    stream : file object
        The file, open for writing and locked.
    """

    def __init__(self, path: Path, stream: TextIO) -> None:
        self._path = path
        self._stream = stream

    def record(self, **lock_files: Iterable[str]) -> None:
        """Write down which lock files Snakemake is about to make for this run.

        Parameters
        ----------
        **lock_files : iterable of str
            For each kind, `input` and `output`, the paths that the lock file will list, one line each.
        """
        for kind, paths in lock_files.items():
            self._stream.write(_mark(kind, "".join(f"{path}\n" for path in paths).encode()) + "\n")
        self._stream.flush()

    def end(self) -> None:
        """Remove the file: this run leaves no lock file."""
        self._path.unlink(missing_ok=True)
        self._stream.close()


class Runs:
    """The runs of this workflow in a directory, alive or dead.

    A run holds a file of its own, which has the checksum of each lock file that Snakemake makes for the run.
    The kernel drops the file's own lock with the process, however that ends: what a run without it has
    written down belongs to nobody any more. The lock file of another workflow is in none of them.

    Parameters
    ----------
    folder : Path
        Snakemake's own folder, `.snakemake`.
    """

    def __init__(self, folder: Path) -> None:
        self._runs = folder / "ipdmediation"
        self._locks = folder / "locks"

    def begin(self) -> Run:
        """Return the file of a run that begins now.

        Raises
        ------
        OSError
            Where files cannot be written or locked here.
        """
        self._runs.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=self._runs, prefix=".")
        stream = os.fdopen(handle, "w")
        fcntl.flock(stream, fcntl.LOCK_EX)
        # Only now its name: a file that is not locked yet would look like that of a dead run.
        return Run(Path(draft).rename(f"{self._runs}/{Path(draft).name[1:]}.run"), stream)

    def alive(self) -> bool:
        """Return whether another run of this workflow is at work here."""
        return len(list(self._files())) > len(list(self._dead()))

    def stale(self) -> list[Path]:
        """Return the lock files that dead runs have left."""
        return [lock for _, locks in self._dead() for lock in locks]

    def remove_stale(self) -> list[Path]:
        """Remove the lock files that dead runs have left, and the files of those runs; return the former."""
        removed = []
        for run, locks in self._dead():
            for lock in locks:
                lock.unlink(missing_ok=True)
                removed.append(lock)
            run.unlink(missing_ok=True)
        return removed

    def locked(self) -> bool:
        """Return whether Snakemake has a lock file here, whoever made it."""
        return any(self._locks.glob("*.lock"))

    def _files(self) -> Iterator[Path]:
        return self._runs.glob("*.run")

    def _dead(self) -> Iterator[tuple[Path, list[Path]]]:
        """Go through the files of dead runs and the lock files of each; nobody else does so meanwhile."""
        for run in sorted(self._files()):
            try:
                stream = run.open("r+")
            except OSError:  # another user's, or removed in the meantime
                continue
            with stream:
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    continue
                made = set(stream.read().split())
                locks = sorted(self._locks.glob("*.lock")) if run.exists() else []
                yield run, [lock for lock in locks if _mark(lock.name.split(".")[1], _content(lock)) in made]


def _mark(kind: str, content: bytes) -> str:
    return f"{kind}:{hashlib.sha256(content).hexdigest()}"


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # its run has ended in the meantime
        return b""
