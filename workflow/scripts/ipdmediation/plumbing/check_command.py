"""The check of a study as a command, and before Snakemake reads a file itself (light to import)."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ipdmediation.data.problems import Problem, listing_of
from ipdmediation.plumbing.study_check import CheckedStudy, check_stated, surroundings_of
from ipdmediation.plumbing.study_files import StatedStudy, read_study

WORKFLOW = Path(__file__).resolve().parents[3]
_CONFIGFILE = "--configfile"  # its longer form is the same option
_SHORTEST = "--configf"  # which the reader of Snakemake's options takes for it


def check(files: Sequence[str]) -> list[Problem]:
    """Return everything that is wrong with a study.

    Parameters
    ----------
    files : sequence of str
        Its configuration, a later file over an earlier one.
    """
    return _problems(read_study(files))


def unreadable(arguments: Sequence[str]) -> list[Problem]:
    """Return what is wrong with a study that Snakemake would fail to read, or would take for a program.

    It reads the files of `--configfile` before any Snakefile, and says not which of them it cannot read.

    Parameters
    ----------
    arguments : sequence of str
        Those of Snakemake.
    """
    files = configuration_files(arguments)
    if not files or "--target-jobs" in arguments:
        return []
    stated = read_study(files)
    hard = stated.content is None or any("__use_yte__" in problem.text for problem in stated.problems)
    if hard or not _folders_are_text(stated):
        return [*_problems(stated), *_targets(files)]
    return []


def refuse_unreadable(arguments: Sequence[str]) -> None:
    """End the process with one list on the terminal where a study is `unreadable`."""
    found = unreadable(arguments)
    if found:
        print(listing_of(found), file=sys.stderr)
        raise SystemExit(1)


def configuration_files(arguments: Sequence[str]) -> list[str]:
    """Return the configuration files among the arguments of Snakemake.

    Examples
    --------
    >>> configuration_files(["-n", "--configfile", "a.yaml", "b.yaml", "--cores", "2"])
    ['a.yaml', 'b.yaml']
    >>> configuration_files(["--configfile=a.yaml", "pool"])
    ['a.yaml']
    """
    files: list[str] = []
    taking = False
    for argument in arguments:
        name, _, value = argument.partition("=")
        if argument.startswith("-"):
            taking = name.startswith(_SHORTEST) and f"{_CONFIGFILE}s".startswith(name) and not value
            if name.startswith(_SHORTEST) and value:
                files = [value]
            elif taking:
                files = []
        elif taking:
            files.append(argument)
    return files


def _targets(files: Sequence[str]) -> list[Problem]:
    """Return a hint for each file that does not exist and looks like a target."""
    text = f"if it is a target, write it before {_CONFIGFILE}, which takes everything that follows for files"
    return [Problem(file, 0, "", text) for file in files if not Path(file).suffix and not Path(file).exists()]


def _folders_are_text(stated: StatedStudy) -> bool:
    folders = {} if stated.content is None else stated.content.get("pathvars", {})
    if not isinstance(folders, dict):
        return not folders
    return all(isinstance(path, str) and f"<{name}>" not in path for name, path in folders.items()) and not (
        {"<logs>", "<benchmarks>"} & set(str(folders.get("results", "")).split("/"))
    )


def checked(stated: StatedStudy) -> tuple[CheckedStudy | None, list[Problem]]:
    """Return a study as it was checked, None where it cannot be read, and its problems."""
    snakefile = WORKFLOW.parent / "Snakefile"
    surroundings = surroundings_of(
        lambda name: os.fspath(WORKFLOW / name), snakefiles=[str(snakefile)] if snakefile.is_file() else []
    )
    return check_stated(stated, surroundings=surroundings)


def _problems(stated: StatedStudy) -> list[Problem]:
    return checked(stated)[1]


def main(files: Sequence[str]) -> int:
    """Say on the terminal what is wrong with a study; return 1 where something is, else 0."""
    if not files or any(file.startswith("-") for file in files):
        print(
            "usage: python workflow/scripts/check_study.py <configuration> [<configuration> ...]",
            file=sys.stderr,
        )
        return 2
    found = check(files)
    if found:
        print(listing_of(found), file=sys.stderr)
        return 1
    print(f"{', '.join(files)}: no problem found")
    return 0
