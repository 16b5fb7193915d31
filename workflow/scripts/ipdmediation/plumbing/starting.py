"""What is done before a run's first job: about its place, and what earlier runs left (light to import)."""

from __future__ import annotations

import atexit
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path

from ipdmediation.plumbing import place
from ipdmediation.plumbing.locks import Runs
from ipdmediation.plumbing.result_files import files_in
from ipdmediation.plumbing.snakemake_inside import Inside, said_by_snakemake, warn
from ipdmediation.plumbing.study_words import StudyWords

#: The clocks of a file server and of this machine may differ a little.
CLOCKS_DIFFER_BY = 60.0  # s


def settle(workflow: str) -> None:
    """Make do with where the workflow and its Python lie, or end with one line of what to do.

    Parameters
    ----------
    workflow : str
        Path or address of the rules.
    """
    with said_by_snakemake(place.PlaceError):
        place.check_workflow(workflow)
        sys.executable = place.callable_python(sys.executable, Path.cwd())
    kernels = place.kernel_cache(user_cache_path("ipdmediation"), Path.cwd())
    if kernels:
        os.environ.setdefault("NUMBA_CACHE_DIR", kernels)


def watch(inside: Inside) -> None:
    """Take the directory for a run when Snakemake has decided to run; a dry run changes nothing."""
    # A job lives within its run; a workflow that imports this one may have locks that are none of ours.
    if inside.starts_jobs and inside.is_main:
        inside.when_a_run_starts(check=_check_directory, begin=lambda: begin(inside))


def say_fonts(inside: Inside, words: StudyWords) -> None:
    """Say what a person has to know of the figures' fonts, once and before anything is made."""
    if inside.starts_jobs and words.fonts.notices:
        warn("\n".join(["Fonts of the figures:", *(f"  {notice}" for notice in words.fonts.notices)]))


def begin(inside: Inside) -> None:
    """Take the directory for a run, or say what a run would do to take it."""
    runs = Runs(inside.folder)
    try:
        if not inside.is_dry_run:
            take_directory(inside, runs)
        elif runs.stale():
            warn("A run was killed here; the next one removes its locks.")
    except OSError:  # no locks on this file system, or not ours to write: Snakemake's own message must do
        pass


def take_directory(inside: Inside, runs: Runs) -> None:
    """Remove what dead runs of this workflow have left, and write down what this one is about to lock."""
    if runs.remove_stale():
        warn("Removed the locks of a run that was killed; what it finished is kept.")
    others = runs.alive()
    run = runs.begin()
    atexit.register(run.end)
    inside.before_locking(run.record)
    if others:
        warn("Another Snakemake of this workflow is at work in this directory.")
    elif not runs.locked():
        date_now(inside.path("<results>"))


def date_now(folder: str | Path) -> None:
    """Give files that are dated in the future, by a clock that was wrong, the date of now.

    Beside them whatever is made now would look old: Snakemake refuses it, or keeps what depends on it.
    """
    soon = time.time() + CLOCKS_DIFFER_BY
    ahead = []
    for path in files_in(folder):
        with suppress(FileNotFoundError):  # a draft of a job that outlived its run
            if path.stat().st_mtime > soon:
                os.utime(path)
                ahead.append(path)
    if ahead:
        warn(f"{len(ahead)} results were dated in the future; they have the date of now.")


def _check_directory() -> None:
    with said_by_snakemake(place.PlaceError):
        place.check_working_directory(".")
