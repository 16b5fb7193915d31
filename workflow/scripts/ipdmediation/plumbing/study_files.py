"""Which files a study is stated in, and where the paths in them lead (light to import)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ipdmediation.data.configuration import merged
from ipdmediation.data.problems import Fault, Place, Problem, in_words
from ipdmediation.data.strict_yaml import read_document
from ipdmediation.data.yaml_places import Places

COMMAND_LINE = "--config"
UNKNOWN_FILE = "configuration"  # a workflow that imports this one hands over values, not files


@dataclass(frozen=True)
class Origins:
    """Where the values of a configuration were stated, which Snakemake has merged.

    Attributes
    ----------
    files : of each configuration file, where its values stand; a later file wins.
    command_line : what `--config` states, which wins over all files.
    """

    files: Sequence[Places] = ()
    command_line: Mapping[str, Any] | None = None

    def problem(self, fault: Fault) -> Problem:
        """Return a fault with the file and line where a person finds it."""
        file, line = self._find(fault.place)
        return Problem(file, line, in_words(fault.place), fault.text)

    def file(self, place: Place) -> str | None:
        """Return the configuration file that states a value; None where none does."""
        found, _ = self._find(place)
        return None if found in (COMMAND_LINE, UNKNOWN_FILE) else found

    def _find(self, place: Place) -> tuple[str, int]:
        """Return the last statement of a place, or else of what it would stand in."""
        for length in range(len(place), 0, -1):
            if _holds(self.command_line, place[:length]):
                return COMMAND_LINE, 0
            for file in reversed(self.files):
                if file.holds(place[:length]):
                    return file.file, file.line(place[:length])
        return (self.files[-1].file, 1) if self.files else (UNKNOWN_FILE, 0)


def _holds(content: Any, place: Place) -> bool:
    for part in place:
        if not isinstance(content, Mapping) or part not in content:
            return False
        content = content[part]
    return True


@dataclass(frozen=True)
class StatedStudy:
    """A study as its files state it, merged as Snakemake merges them.

    Attributes
    ----------
    content : the configuration; None where one of its files cannot be read.
    origins : where each value stands.
    problems : what is wrong with the files as YAML.
    """

    content: dict[str, Any] | None
    origins: Origins
    problems: tuple[Problem, ...]


def read_study(files: Sequence[str | Path], command_line: Mapping[str, Any] | None = None) -> StatedStudy:
    """Read the files of a configuration, a later one over an earlier one, and `--config` over all.

    Parameters
    ----------
    files : sequence of str or Path
        As Snakemake was given them.
    command_line : mapping or None
        What `--config` states.
    """
    content: dict[str, Any] = {}
    problems: list[Problem] = []
    places = []
    readable = True
    for file in files:
        document = read_document(file, name=from_here(file), read_elsewhere=True)
        problems += document.problems
        places.append(document.places)
        if isinstance(document.content, dict):
            content = merged(content, document.content)
            continue
        readable = False
        if not document.problems:
            text = "a configuration is a mapping of keys to values, as in `seed: 1`"
            problems.append(Problem(document.places.file, 1, "", text))
    origins = Origins(files=tuple(places), command_line=command_line)
    content = merged(content, command_line or {})
    return StatedStudy(content if readable else None, origins, tuple(problems))


def located(path: str, *, stated_in: str | None) -> tuple[str, str | None]:
    """Return where a relative path leads, and why it cannot be told where it leads.

    It is looked for beside the file that states it and in the directory of the run. Where it is in neither,
    it is taken from the directory of the run, where another step may make it.

    Parameters
    ----------
    path : str
        As it is stated.
    stated_in : str or None
        The file that states it; None where there is none.

    Returns
    -------
    path : str
        From the directory of the run.
    fault : str or None
        Where both exist and are two files.
    """
    if stated_in is None or Path(path).is_absolute():
        return path, None
    beside = from_here(Path(stated_in).parent / path)
    here = os.path.normpath(path)
    if not Path(beside).exists():
        return path, None
    if Path(here).exists() and not Path(beside).samefile(here):
        return path, f"{path!r} may be {beside}, or {here} in the directory of the run; write the whole path"
    return beside, None


def from_here(path: str | Path) -> str:
    """Return a path as it is written from the directory of the run, whole where it leads outside of it.

    Examples
    --------
    >>> from_here("study/../data/a.csv")
    'data/a.csv'
    """
    whole = os.path.normpath(Path(path).absolute())
    try:
        return str(Path(whole).relative_to(Path.cwd()))
    except ValueError:
        return whole


def folder_of(file: str | None) -> str:
    """Return the folder of a configuration file; the directory of the run where there is no file."""
    return from_here(Path(file).parent) if file else "."
