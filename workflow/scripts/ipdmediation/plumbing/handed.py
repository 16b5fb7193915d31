"""Whether the files that a job is handed are those that it should be handed (light to import)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ipdmediation.plumbing.provenance import Provenance, ProvenanceError, content_hash, difference, read

WAY_OUT = "delete the file and run again"


def check_inputs(
    files: Mapping[str, str | list[str]], *, expected: Mapping[str, Any], job: Provenance
) -> None:
    """Raise an error where an input file was not made by what it should have been made by.

    Parameters
    ----------
    files : mapping
        The job's input files by name.
    expected : mapping
        Input name to what made it, see `expectation`: one for all its files, or a list with one per file,
        None for a file that carries no provenance.
    job : Provenance
        Of the job itself. What it and an input are both made of, by the same name, has to be the same.

    Raises
    ------
    ProvenanceError
        Names the first such file, what is wrong with it, and what to do.
    """
    for name, wanted in expected.items():
        value = files[name]
        paths = [value] if isinstance(value, str) else value
        each = wanted if isinstance(wanted, list) else [wanted] * len(paths)
        pairs = [(path, one) for path, one in zip(paths, each, strict=True) if one is not None]
        _check_chunks({path: _checked(path, one, job) for path, one in pairs})


def expectation(made_by: Provenance) -> dict[str, Any]:
    """Return what is expected of a file that a job makes: all but its inputs and its place among chunks."""
    left_out = ("inputs", "outputs", "start", "stop", "ranges")
    return {name: value for name, value in made_by.to_json().items() if name not in left_out}


def _checked(path: str, expected: Mapping[str, Any], job: Provenance) -> Provenance:
    found = read(path)
    if found is None:
        raise ProvenanceError(f"{path}: nothing in it says what made it; {WAY_OUT}")
    wanted = Provenance(
        **expected,
        start=found.start,
        stop=found.stop,
        inputs={name: job.inputs.get(name, made) for name, made in found.inputs.items()},
    )
    wrong = difference(found, wanted)
    if not wrong and content_hash(path) not in found.outputs.values():
        wrong = "changed since it was made"
    if wrong:
        raise ProvenanceError(f"{path}: not what it should be: {wrong}; {WAY_OUT}")
    return found


def _check_chunks(made: Mapping[str, Provenance]) -> None:
    """Raise an error where chunks do not follow on one another from 0."""
    chunks = [(each.start, each.stop or 0, path) for path, each in made.items() if each.start is not None]
    follows = 0
    for start, stop, path in sorted(chunks):
        if start != follows:
            raise ProvenanceError(f"{path}: replicates from {start} on, not from {follows} on; {WAY_OUT}")
        follows = stop
