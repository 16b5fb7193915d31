"""Where a run writes: folders of one study alone, apart from what the run reads (light to import)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ipdmediation.data.problems import Fault
from ipdmediation.plumbing.study_files import from_here

#: What a study that says nothing gets; two studies with results of their own then share nothing.
DEFAULT_FOLDERS = {"results": "results", "logs": "<results>/logs", "benchmarks": "<results>/benchmarks"}
_REFERENCE = re.compile(r"<([^<>]*)>")


def study_folders(stated: Mapping[str, str], *, study: str) -> dict[str, str]:
    """Return the folders of a study as they are written from the directory of the run.

    Parameters
    ----------
    stated : mapping
        `results`, `logs` and `benchmarks`; what is left out is as in `DEFAULT_FOLDERS`.
    study : str
        The folder that `<study>` stands for.

    Examples
    --------
    >>> study_folders({"results": "<study>/out/"}, study="mine")
    {'results': 'mine/out', 'logs': 'mine/out/logs', 'benchmarks': 'mine/out/benchmarks'}
    """
    folders = {**DEFAULT_FOLDERS, **stated}
    folders = {name: path.replace("<study>", study) for name, path in folders.items()}
    results = folders["results"]
    return {
        name: os.path.normpath(path if name == "results" else path.replace("<results>", results))
        for name, path in folders.items()
    }


def folder_faults(stated: Mapping[str, str], *, study: str, read: Mapping[str, str]) -> Iterator[Fault]:
    """Yield why a run cannot write where it is told to.

    Parameters
    ----------
    stated, study
        As for `study_folders`.
    read : mapping
        Path of each file that the run reads, to what it is.
    """
    wrong = False
    for name, path in {**DEFAULT_FOLDERS, **stated}.items():
        known = ("study",) if name == "results" else ("study", "results")
        for reference in _REFERENCE.findall(path):
            if reference not in known:
                wrong = True
                allowed = " and ".join(f"<{each}>" for each in known)
                yield Fault(("pathvars", name), f"<{reference}> stands for nothing; allowed: {allowed}")
        if set(_REFERENCE.sub("", path)) & set("<>"):
            wrong = True
            yield Fault(
                ("pathvars", name), f"the marks < and > in {path!r}; they enclose <study> and <results>"
            )
    if wrong:
        return
    folders = study_folders(stated, study=study)
    for name, path in folders.items():
        place = ("pathvars", name)
        if name != "results" and _lies_in(path, folders["results"]):
            continue  # what is wrong with it is wrong with the results
        if (reason := _no_folder(path)) is not None:
            yield Fault(place, reason)
            continue
        inside = [file for file in read if _lies_in(file, path)]
        if inside:
            first = from_here(inside[0])
            text = f"{read[inside[0]]}, {first}, lies in {path!r}; choose a folder for the run alone"
            yield Fault(place, text)
    for name in ("logs", "benchmarks"):
        if folders[name] == folders["results"] or _lies_in(folders["results"], folders[name]):
            yield Fault(("pathvars", name), f"{folders[name]!r} holds the results; choose another folder")
    if folders["logs"] == folders["benchmarks"]:
        yield Fault(("pathvars", "benchmarks"), f"{folders['logs']!r} is the folder of the logs too")


def _no_folder(path: str) -> str | None:
    """Return why nothing can be written into a folder, which need not exist."""
    if _lies_in(".", path):
        return f"{path!r} is the directory of the run, or holds it; choose a folder of its own"
    place = Path(path).absolute()
    while not os.path.lexists(place):
        place = place.parent
    if not place.is_dir():
        return f"{from_here(place)!r} is a file; a folder is needed"
    return None


def _lies_in(path: str, folder: str) -> bool:
    """Return whether a path is a folder or lies in it, wherever links lead."""
    whole, holder = os.path.realpath(path), os.path.realpath(folder)
    return whole == holder or whole.startswith(holder.rstrip(os.sep) + os.sep)
