"""The study of a run, checked before Snakemake reads a file of it (light to import)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ipdmediation.data.problems import listing_of
from ipdmediation.plumbing.snakemake_inside import Inside, complain
from ipdmediation.plumbing.study_check import CheckedStudy, check_stated, surroundings_of
from ipdmediation.plumbing.study_files import Origins, StatedStudy, read_study

DEFAULT = "config/config.yaml"
FOLDERS = ("results", "logs", "benchmarks")


def checked_study(
    inside: Inside, config: Mapping[str, Any], workflow: Callable[[str], str | None]
) -> CheckedStudy:
    """Return the study, or end the process with a list of all that is wrong with it.

    Parameters
    ----------
    inside : Inside
        Of the workflow that is read.
    config : mapping
        The global `config`; used where a workflow that imports this one hands it over.
    workflow : callable
        Where a file of the workflow lies, which is named from its folder.

    Raises
    ------
    SystemExit
        Where anything is wrong.
    """
    surroundings = surroundings_of(
        workflow,
        snakefiles=[inside.snakefile] if inside.is_main else [],
        files_there=inside.is_main and inside.starts_jobs,
    )
    study, found = check_stated(stated_study(inside, config), surroundings=surroundings)
    if study is None or found:
        # Snakemake's own error would put lines of the workflow around the list
        complain(listing_of(found))
        raise SystemExit(1)
    return study


def stated_study(inside: Inside, config: Mapping[str, Any]) -> StatedStudy:
    """Return the study as its files state it, or as a workflow hands it over that imports this one."""
    if inside.is_main:
        return read_study(inside.configuration_files or [DEFAULT], inside.configuration_values)
    folders = {name: path for name, path in inside.stated_folders.items() if name in FOLDERS}
    return StatedStudy({**config, "pathvars": folders}, Origins(), ())
