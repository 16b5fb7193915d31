"""Which results another configuration, other code or other inputs made, told by the results themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from ipdmediation.plumbing import provenance
from ipdmediation.plumbing.manifest import refresh
from ipdmediation.plumbing.parquet_metadata import outside
from ipdmediation.plumbing.provenance import Provenance
from ipdmediation.plumbing.snakemake_inside import Inside


class Job(Protocol):
    """What is asked of a job of Snakemake's graph."""

    def __hash__(self) -> int: ...

    @property
    def rule(self) -> Any:
        """Its rule, which has the path of a script and named parameters."""

    @property
    def wildcards_dict(self) -> Mapping[str, str]:
        """Its wildcards."""

    @property
    def params(self) -> Any:
        """Its parameters, by name."""

    @property
    def input(self) -> Any:
        """Its input files, by name where they have one."""

    @property
    def output(self) -> Any:
        """Its output files, by name."""


class Comparison:
    """Compares results with what would be made now; reads each file once."""

    def __init__(self) -> None:
        self.read = cache(provenance.read)
        self.hash = cache(provenance.content_hash)
        self.whole = cache(provenance.file_hash)
        self._verdict = cache(lambda job: self._compared(job, named_files(job.output)))

    def wanted(self, job: Job) -> Provenance:
        """Return the provenance that the results of a job would have now."""
        step = Path(job.rule.script).stem
        files = named_files(job.input)
        return provenance.of_job(
            step,
            wildcards=job.wildcards_dict,
            params=dict(job.params.items()),
            inputs=provenance.input_hashes(step, files, content=self.hash, whole=self.whole),
        )

    def matches(self, job: Job) -> bool:
        """Return whether the results of a job are there and say that they are what would be made now."""
        return self._verdict(job) == ""

    def difference(self, job: Job) -> str:
        """Say why the results of a job are not what would be made now; empty where they are, or not there.

        A result that is not there is made when something needs it; that of a rule without a script of this
        package, or without provenance, is not ours to judge.
        """
        return self._verdict(job) or ""

    def difference_of_copies(self, job: Job, copies: Mapping[str, str]) -> str:
        """Say the same of copies of the results, by the path that each is a copy for."""
        files = {
            name: copies[value] if isinstance(value, str) else [copies[path] for path in value]
            for name, value in named_files(job.output).items()
        }
        return self._compared(job, files) or ""

    def _compared(self, job: Job, files: Mapping[str, str | list[str]]) -> str | None:
        if not _is_ours(job):
            return None
        carriers = provenance.carriers(files)
        there = [path for path in _flat(files) if Path(path).is_file()]
        if not carriers or not there:
            return None
        found = [self.read(str(files[name])) for name in carriers if Path(str(files[name])).is_file()]
        if not found or None in found:
            return "nothing says what made it"
        first = found[0]
        assert first is not None
        if any(other != first for other in found):
            return "its files were not made together"
        return (
            provenance.difference(first, self.wanted(job))
            or self._changed(files, first)
            or _left_range(files, dict(job.params.items()).get("ranges"), first)
        )

    def _changed(self, files: Mapping[str, str | list[str]], found: Provenance) -> str:
        """Say which files have another content than when they were made."""
        now = provenance.hashes_of(files, content_hash=self.hash)
        changed = [
            name for name in found.outputs if not provenance.same(found.outputs[name], now.get(name, ""))
        ]
        return f"changed since it was made: {', '.join(changed)}" if changed else ""


def go_by_provenance(inside: Inside) -> None:
    """Make results again that something else made than what would make them now, and keep those that it made.

    So it is whatever their dates are, with Snakemake's metadata or without, and for results of its cache.
    """

    def prepare() -> None:
        if inside.starts_jobs:
            inside.compare_results(Comparison(), checksum=checksum, accept=accept_all)
        if inside.caching:
            inside.verify_cached(lambda job, copies: Comparison().difference_of_copies(job, copies))

    inside.before_the_graph(prepare)


def accept_all(levels: Iterable[Iterable[Job]]) -> None:
    """Let the files that are there say that what would be made now made them.

    Parameters
    ----------
    levels : iterable
        The jobs of the graph, those first that others depend on.
    """
    for level in levels:
        comparison = Comparison()
        for job in level:
            if comparison.difference(job):
                accept(job, comparison)


def named_files(files: Any) -> dict[str, str | list[str]]:
    """Return the named files of a job, as paths or lists of paths; one without a name only orders jobs."""
    return {
        name: str(value) if isinstance(value, str) else list(map(str, value)) for name, value in files.items()
    }


def accept(job: Job, comparison: Comparison) -> None:
    """Let results say that what would be made now made them, as their owner says that it is the same.

    A manifest takes the checksums of now. The record of what a run was made of, which has checksums of its
    own, is not accepted where that is something else.
    """
    files, wanted = named_files(job.output), comparison.wanted(job)
    found = provenance.read(str(files.get("recorded", "")))
    if found is not None and found.inputs != wanted.inputs:
        return
    if all(Path(path).is_file() for path in _flat(files) if path != files.get(provenance.KEY)):
        if "manifest" in files:
            refresh(str(files["manifest"]))
        provenance.write(wanted, files)


@cache
def checksum(path: str) -> str:
    """Return the checksum of a file as Snakemake writes it."""
    return f"sha256:{provenance.file_hash(path)}"


def _is_ours(job: Job) -> bool:
    return bool(job.rule.script) and "code" in dict(job.rule.params.items())


def _flat(files: Mapping[str, str | list[str]]) -> list[str]:
    return [path for value in files.values() for path in ([value] if isinstance(value, str) else value)]


def _left_range(
    files: Mapping[str, str | list[str]], ranges: Mapping[str, Mapping[str, float]] | None, found: Provenance
) -> str:
    """Say which variables of a table have values outside the plausible ranges of now."""
    if ranges is None or ranges == found.ranges:
        return ""
    tables = [path for path in _flat(files) if path.endswith(".parquet") and Path(path).is_file()]
    beyond = sorted({name for path in tables for name in outside(Path(path), ranges)})
    return f"values outside the range: {', '.join(beyond)}" if beyond else ""
