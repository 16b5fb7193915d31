"""The files of the trials: that each is there, is the trial's own, and is what the study says (light)."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ipdmediation.data.codes import EXCLUDED
from ipdmediation.data.configuration import resolve_source
from ipdmediation.data.errors import SourceError
from ipdmediation.data.problems import Fault, Place
from ipdmediation.data.references import equal_labels

RESULTS = "<results>/"
SIMULATED = f"{RESULTS}ipd/raw/"


def source_faults(trial: str, source: Mapping[str, Any], *, synthetic: bool, there: bool) -> Iterator[Fault]:
    """Yield what is wrong with the file that a trial's mapping names.

    Parameters
    ----------
    trial : str
        The trial's id.
    source : mapping
        `source` of its mapping, with the path from the directory of the run.
    synthetic : bool
        Whether the study says that a model makes the trials' files.
    there : bool
        Whether the file has to be there already.
    """
    place = ("source", "file")
    path = source.get("file")
    if synthetic:
        begins = f"{SIMULATED}{trial}."
        if path is None or not path.startswith(begins) or not path.removeprefix(begins).isalpha():
            yield Fault(
                ("source",) if path is None else place,
                "`study.synthetic` says that a model makes the trials' files, and this is another one; "
                f"where the data are real set `study.synthetic: null`, else `file: {begins}csv`",
            )
        return
    if path is not None and RESULTS.rstrip("/") in path:
        text = f"{path!r} is made by a run only where `study.synthetic` names a model; name the trial's file"
        yield Fault(place, text)
        return
    try:
        file = str(resolve_source(source))
    except SourceError as error:
        yield Fault(("source", "package"), str(error).removeprefix("source: "))
        return
    if there and (reason := _unusable(file)) is not None:
        yield Fault(place, f"{file!r}: {reason}")


def _unusable(file: str) -> str | None:
    if not os.path.lexists(file):
        return "there is no such file beside the mapping or in the directory of the run"
    if Path(file).is_dir():
        return "a folder, not a file"
    if not Path(file).is_file():
        return "a link that leads nowhere, or no plain file"
    if not os.access(file, os.R_OK):
        return "it may not be read: no permission"
    return "the file is empty" if Path(file).stat().st_size == 0 else None


def equal_source_faults(sources: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Fault]]:
    """Yield each trial that reads the patients of an earlier one: the same file, or a copy of it.

    Two worksheets of one workbook are two sources.

    Parameters
    ----------
    sources : mapping
        Trial id to its `source`, with files that are there.
    """
    files = {trial: os.path.realpath(resolve_source(source)) for trial, source in sources.items()}
    by_size: dict[tuple[int, Any], list[str]] = defaultdict(list)
    for trial, file in files.items():
        sheet = sources[trial].get("options", {}).get("sheet")
        by_size[Path(file).stat().st_size, sheet].append(trial)
    for alike in by_size.values():
        first: dict[str, str] = {}
        for trial in alike if len(alike) > 1 else ():
            same = first.setdefault(_checksum(files[trial]), trial)
            if same != trial:
                copied = "the file" if files[same] == files[trial] else "a copy of the file"
                text = (
                    f"{copied} of {same!r}: its patients would count twice; name this trial's own "
                    "(where one file holds several trials, one mapping names them, under `trial:`)"
                )
                yield trial, Fault(("source",), text)


def equal_trial_faults(mappings: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Fault]]:
    """Yield each trial that has the id or the label of an earlier one, with the mapping that states it."""
    stated = {
        ("trials", source, *place): (str(trial), str(label))
        for source, mapping in mappings.items()
        for place, trial, label in _stated_trials(source, mapping)
    }
    first: dict[str, Place] = {}
    for place, (trial, label) in stated.items():
        known = first.setdefault(trial, place)
        if known[1] != place[1]:
            text = f"{trial!r} is a trial of {known[1]!r} too; name each trial in one place"
            yield str(place[1]), Fault(place[2:-1], text)
        elif stated[known][1] != label:
            text = f"{label!r} and {stated[known][1]!r} are labels of one trial, {trial!r}; allowed: one"
            yield str(place[1]), Fault(place[2:], text)
    for fault in equal_labels({place: stated[place][1] for place in first.values()}):
        yield str(fault.place[1]), Fault(fault.place[2:], fault.text)


def _stated_trials(source: str, mapping: Mapping[str, Any]) -> Iterator[tuple[Place, str, str]]:
    """Yield where the label of each trial of a mapping stands, the trial and the label."""
    if "trial" not in mapping:
        yield ("label",), source, mapping["label"]
        return
    for code, trial in mapping["trial"]["codes"].items():
        if trial != EXCLUDED:
            yield ("trial", "codes", code, "label"), trial["id"], trial["label"]


def _checksum(file: str) -> str:
    with Path(file).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
