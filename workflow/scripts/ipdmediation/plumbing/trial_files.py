"""The files of the trials: that each is there, is the trial's own, and is what the study says (light)."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ipdmediation.data.codes import EXCLUDED
from ipdmediation.data.configuration import allocation_of, resolve_source, stated_files
from ipdmediation.data.errors import SourceError
from ipdmediation.data.problems import Fault, Place
from ipdmediation.data.references import equal_labels

Name = TypeVar("Name", bound=Hashable)

RESULTS = "<results>/"
SIMULATED = f"{RESULTS}ipd/raw/"


def source_faults(trial: str, source: Mapping[str, Any], *, synthetic: bool, there: bool) -> Iterator[Fault]:
    """Yield what is wrong with the files that a trial's mapping names.

    Parameters
    ----------
    trial : str
        The trial's id.
    source : mapping
        `source` of its mapping, with paths from the directory of the run.
    synthetic : bool
        Whether the study says that a model makes the trials' files.
    there : bool
        Whether the files have to be there already.
    """
    if synthetic:
        path, begins = source.get("file"), f"{SIMULATED}{trial}."
        if path is None or not path.startswith(begins) or not path.removeprefix(begins).isalpha():
            yield Fault(
                ("source",) if path is None else ("source", "file"),
                "`study.synthetic` says that a model makes the trials' files, and this is another one; "
                f"where the data are real set `study.synthetic: null`, else `file: {begins}csv`",
            )
        return
    for place, stated in stated_files(source).items():
        yield from _file_faults(place, stated, there=there)


def _file_faults(place: Place, stated: Mapping[str, Any], *, there: bool) -> Iterator[Fault]:
    path = stated.get("file")
    if path is not None and RESULTS.rstrip("/") in path:
        text = f"{path!r} is made by a run only where `study.synthetic` names a model; name the trial's file"
        yield Fault((*place, "file"), text)
        return
    try:
        file = str(resolve_source(stated))
    except SourceError as error:
        yield Fault((*place, "package"), str(error).removeprefix("source: "))
        return
    if there and (fault := unusable_fault((*place, "file"), file)) is not None:
        yield fault


def unusable_fault(place: Place, file: str) -> Fault | None:
    """Return why a file cannot be read, None where it can."""
    reason = _unusable(file)
    return None if reason is None else Fault(place, f"{file!r}: {reason}")


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
    """Yield each trial that reads the patients of an earlier one, or joins a file to itself.

    It is the same file, or a copy of it. Two worksheets of one workbook are two files. Of joined files the
    first says who the patients are; trials may share the others.

    Parameters
    ----------
    sources : mapping
        Trial id to its `source`, with files that are there.
    """
    files = {trial: stated_files(source) for trial, source in sources.items()}
    first = {trial: next(iter(stated.values())) for trial, stated in files.items()}
    for trial, same, copied in _equal(first):
        text = (
            f"{copied} of {same!r}: its patients would count twice; name this trial's own "
            "(where one file holds several trials, one mapping names them, under `trial:`)"
        )
        yield trial, Fault(next(iter(files[trial])), text)
    for trial, stated in files.items():
        for place, before, copied in _equal(stated):
            name = before[-1]
            text = f"{copied} of {name!r}: a file is joined once; name its columns as `{name}/<column>`"
            yield trial, Fault(place, text)


def _equal(stated: Mapping[Name, Mapping[str, Any]]) -> Iterator[tuple[Name, Name, str]]:
    """Yield each file that is the same as an earlier one, that one, and in words whether it is a copy."""
    files = {name: os.path.realpath(resolve_source(source)) for name, source in stated.items()}
    by_size: dict[int, list[Name]] = defaultdict(list)
    for name, file in files.items():
        by_size[Path(file).stat().st_size].append(name)
    for alike in by_size.values():
        by_content: dict[str, list[Name]] = defaultdict(list)
        for name in alike if len(alike) > 1 else ():
            by_content[_checksum(files[name])].append(name)
        for names in by_content.values():
            earlier: dict[object, Name] = {}
            for name, sheet in zip(
                names, _sheets([stated[name] for name in names], files[names[0]]), strict=True
            ):
                same = earlier.setdefault(sheet, name)
                if same != name:
                    yield name, same, "the file" if files[same] == files[name] else "a copy of the file"


def _sheets(sources: Sequence[Mapping[str, Any]], file: str) -> list[object]:
    """Return which worksheet each of some sources reads of one file, one sheet by one name."""
    stated = [source.get("options", {}).get("sheet", 1) for source in sources]
    formats = {source["format"] for source in sources}
    if len(formats) > 1 or len({type(sheet) for sheet in stated}) == 1:
        return list(stated)
    # Only where one is named and another one counted has the workbook to be opened.
    from ipdmediation.data.reading.calamine import sheet_name

    return [sheet_name(Path(file), sheet=sheet) for sheet in stated]


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


def unlike_allocation_faults(mappings: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Fault]]:
    """Yield each code of a trial with another allocation ratio than an earlier code of it has."""
    for source, mapping in mappings.items():
        first: dict[str, str] = {}
        for code, trial in mapping.get("trial", {}).get("codes", {}).items():
            if trial == EXCLUDED:
                continue
            ratio = allocation_of(trial, mapping)
            stated = f"{ratio['treated']}:{ratio['control']}"
            known = first.setdefault(trial["id"], stated)
            if stated != known:
                text = f"{trial['id']!r} was allocated {stated} here and {known} above, treated to control"
                yield source, Fault(("trial", "codes", code), f"{text}; allowed: one ratio")


def _checksum(file: str) -> str:
    with Path(file).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
