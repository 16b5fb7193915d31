"""All that is touched of Snakemake's inside; nothing else in the package imports Snakemake (light to import).

Snakemake may change what stands here with any release. `TOUCHED` names it: a test holds each name against the
Snakemake that is installed, and pyproject.toml allows no Snakemake that is newer than the tested ones.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn, Protocol

from snakemake.common import __version__
from snakemake.exceptions import RuleException, WorkflowError
from snakemake.logging import get_event, logger
from snakemake.pathvars import Pathvars
from snakemake.persistence import ParamsChange
from snakemake_interface_logger_plugins.common import LogEvent

#: The oldest and the newest Snakemake that all of this was tested with.
TESTED_WITH = ("9.20.0", "9.27.1")

#: Class of Snakemake to those of its attributes that are used here and in rules/common.smk.
TOUCHED: Mapping[str, tuple[str, ...]] = {
    "snakemake.workflow.Workflow": (
        "_build_dag", "config_settings", "current_basedir", "dag", "dryrun", "execution_settings",
        "is_main_process", "main_snakefile", "modifier", "output_file_cache", "overwrite_configfiles",
        "pathvars", "persistence", "rules", "scheduler", "source_path", "touch", "workflow_settings",
    ),
    "snakemake.sourcecache.SourceFile": ("get_path_or_uri", "join"),
    "snakemake.modules.WorkflowModifier": ("is_main_snakefile",),
    "snakemake.settings.types.WorkflowSettings": ("cache",),
    "snakemake.settings.types.ConfigSettings": ("config",),
    "snakemake.pathvars.Pathvars": ("apply", "from_module", "items", "level", "update"),
    "snakemake.rules.RuleProxy": ("rule",),
    "snakemake.rules.Rule": ("_benchmark", "name", "output", "params", "ruleinfo", "script"),
    "snakemake.ruleinfo.RuleInfo": ("cache",),
    "snakemake.jobs.Job": (
        "input", "is_norun", "jobid", "log", "output", "params", "rule", "wildcards", "wildcards_dict",
    ),
    "snakemake.jobs.AbstractJob": ("is_group",),
    "snakemake.jobs.GroupJob": ("jobs",),
    "snakemake.dag.DAG": (
        "finished", "jobs", "max_checksum_file_size", "needrun", "needrun_jobs", "reason", "toposorted",
        "update_needrun",
    ),
    "snakemake.jobs.Reason": ("params_changed",),
    "snakemake.persistence.PersistenceBase": (
        "all_inputfiles", "all_outputfiles", "input_checksums", "lock", "path",
    ),
    "snakemake.persistence.ParamsChange": ("files", "only_old"),
    "snakemake.scheduling.job_scheduler.JobScheduler": ("failed",),
    "snakemake.caching.AbstractOutputFileCache": ("exists", "fetch", "raise_cache_miss_exception"),
    "snakemake.caching.local.OutputFileCache": ("get_outputfiles_and_cachefiles",),
}  # fmt: skip

#: Level from which on a folder is Snakemake's own default, and nobody stated it.
DEFAULT_FOLDERS = 4


class PlanError(ValueError):
    """A target that the workflow cannot make."""


class ResultComparison(Protocol):
    """Tells of a job of the graph whether its results are what would be made now."""

    def matches(self, job: Any) -> bool:
        """Return whether they are there and are so."""

    def difference(self, job: Any) -> str:
        """Say why they are not; empty where they are, or not there."""


class Inside:
    """Snakemake's workflow, as far as the plumbing has to do with it; makes no change until it is asked to.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
        The global `workflow` of a Snakefile.
    """

    def __init__(self, workflow: Any) -> None:
        self._workflow = workflow

    # What was asked for

    @property
    def is_main(self) -> bool:
        """Whether the Snakefile that is read is the run's own, and no module of another workflow."""
        return bool(self._workflow.modifier.is_main_snakefile())

    @property
    def starts_jobs(self) -> bool:
        """Whether this process is the run itself; a job of its own reads the workflow, too."""
        return bool(self._workflow.is_main_process)

    @property
    def is_dry_run(self) -> bool:
        """Whether nothing is to be done but said."""
        return bool(self._workflow.dryrun)

    @property
    def snakefile(self) -> str:
        """The path of the run's own Snakefile."""
        return str(self._workflow.main_snakefile)

    @property
    def configuration_files(self) -> list[str]:
        """The files of `--configfile`."""
        return list(map(str, self._workflow.overwrite_configfiles))

    @property
    def configuration_values(self) -> dict[str, Any]:
        """What `--config` states."""
        return dict(self._workflow.config_settings.config)

    @property
    def stated_folders(self) -> dict[str, str]:
        """Return the folders that a module statement names beside its configuration."""
        known = self._workflow.pathvars
        return {name: path for name, path in known.items.items() if known.level[name] < DEFAULT_FOLDERS}

    @property
    def caching(self) -> bool:
        """Whether results go to a cache between workflows and come from it."""
        return self._workflow.workflow_settings.cache is not None

    def say_version(self) -> None:
        """Say where this is another Snakemake than those that the workflow was tested with."""
        if self.starts_jobs and not _minor(TESTED_WITH[0]) <= _minor(__version__) <= _minor(TESTED_WITH[1]):
            oldest, newest = TESTED_WITH
            warn(f"Snakemake {__version__}: the workflow was tested with {oldest} to {newest}.")

    # What is put in its place

    def take(self, config: dict[str, Any], checked: Mapping[str, Any]) -> None:
        """Put a checked configuration, with its folders, in the place of what Snakemake has read."""
        config.clear()
        config.update(checked)
        self._workflow.pathvars.update(Pathvars.from_module(config["pathvars"]))

    def path(self, pattern: str) -> str:
        """Return a path with the study's folders in the place of `<results>` and the like."""
        return str(self._workflow.pathvars.apply(pattern))

    def check_cache(self, *, is_private: Callable[[str], bool]) -> None:
        """Stop where patients' rows would go to Snakemake's cache, whose files everybody may read.

        `is_private` says whether an output has patients' rows. A rule that may be cached then records no
        running time: Snakemake refuses both, as a file from the cache took none.
        """
        if not self.caching:
            return
        if "SNAKEMAKE_OUTPUT_CACHE" not in os.environ:
            stop("--cache: the environment variable SNAKEMAKE_OUTPUT_CACHE names no directory")
        for rule in self._workflow.rules:
            if rule.name in self._workflow.workflow_settings.cache and any(map(is_private, rule.output)):
                stop(
                    f"--cache {rule.name}: its output has patients' rows, and everybody may read a cached "
                    "file; give --cache without names for the steps that may be cached"
                )
            if rule.ruleinfo.cache:
                rule._benchmark = None

    # The start of a run

    @property
    def folder(self) -> Path:
        """The folder that Snakemake keeps its own files in."""
        return Path(self._workflow.persistence.path)

    def when_a_run_starts(self, *, check: Callable[[], None], begin: Callable[[], None]) -> None:
        """Listen to Snakemake until it has decided to run.

        `check` is called when Snakemake says that it starts; `begin` once, before anything is locked or
        looked at. What only reads the workflow, `--list`, `--lint` and the like, executes nothing.
        """

        def listen(record: Any) -> bool:
            if get_event(record) == LogEvent.WORKFLOW_STARTED:
                check()
            if self._workflow.execution_settings is not None and self._workflow.persistence is not None:
                logger.removeFilter(listen)
                begin()
            return True

        logger.addFilter(listen)

    def before_locking(self, record: Callable[..., None]) -> None:
        """Call a function with the files, `input` and `output`, that Snakemake is about to lock."""
        files = self._workflow.persistence
        lock = files.lock

        @contextmanager
        def recorded_lock() -> Iterator[None]:
            with suppress(OSError):  # the disk may be full; Snakemake says so
                record(input=files.all_inputfiles(), output=files.all_outputfiles())
            with lock():
                yield

        files.lock = recorded_lock

    # The end of a run

    def wanted_jobs(self) -> list[Any]:
        """Return the jobs that the run was to do, but those that only collect files, rule after rule."""
        order = {rule.name: place for place, rule in enumerate(self._workflow.rules)}
        dag = self._workflow.dag
        wanted = [job for job in dag.needrun_jobs(exclude_finished=False) if not job.is_norun]
        return sorted(wanted, key=lambda job: (order[job.rule.name], job.jobid))

    def failed_jobs(self) -> set[Any]:
        """Return the jobs that failed; of a group, which a cluster runs as one, those that did not end."""
        failed = set()
        for entry in self._workflow.scheduler.failed:
            for job in entry.jobs if entry.is_group() else ():
                if Path(str(job.log)).is_file() and not all(Path(path).exists() for path in job.output):
                    failed.add(job)
            if not entry.is_group():
                failed.add(entry)
        return failed

    def is_finished(self, job: Any) -> bool:
        """Return whether a job's outputs were made."""
        return bool(self._workflow.dag.finished(job))

    # The graph of jobs

    def before_the_graph(self, prepare: Callable[[], None]) -> None:
        """Call a function before the graph is built, once for all studies that a workflow imports."""
        if hasattr(self._workflow, "compares_provenance"):
            return
        build, self._workflow.compares_provenance = self._workflow._build_dag, True

        def build_dag() -> None:
            prepare()
            build()

        self._workflow._build_dag = build_dag

    def compare_results(
        self,
        comparison: ResultComparison,
        *,
        checksum: Callable[[str], str],
        accept: Callable[[Iterable[Iterable[Any]]], None],
    ) -> None:
        """Let the graph go by a comparison of the results as well as by Snakemake's metadata.

        Parameters
        ----------
        comparison : ResultComparison
            A result that differs is made again. An input that is newer than a result is no reason to make
            that again where it matches.
        checksum : callable
            That of a file, as Snakemake writes it.
        accept : callable
            Called under `--touch` with the jobs of the graph, those first that others depend on.
        """
        dag = self._workflow.dag
        find = dag.update_needrun

        async def update_needrun(*arguments: Any, **options: Any) -> None:
            dag.update_needrun = find  # once: what is made from now on needs no comparison
            with self._content_counts(comparison, checksum):
                await find(*arguments, **options)
                overlooked = [job for job in dag.jobs if not dag.needrun(job) and comparison.difference(job)]
                for job in overlooked:
                    change = ParamsChange(only_old={comparison.difference(job)}, files=set(job.output))
                    dag.reason(job).params_changed = change
                if overlooked:
                    await find(*arguments, **options)
            if self._workflow.touch and not self.is_dry_run:
                accept(dag.toposorted())

        dag.update_needrun = update_needrun

    @contextmanager
    def _content_counts(self, comparison: ResultComparison, checksum: Callable[[str], str]) -> Iterator[None]:
        dag, persistence = self._workflow.dag, self._workflow.persistence
        recorded = persistence.input_checksums

        def input_checksums(job: Any, path: str) -> Any:
            return {checksum(path)} if comparison.matches(job) else recorded(job, path)

        limit, dag.max_checksum_file_size = dag.max_checksum_file_size, sys.maxsize
        persistence.input_checksums = input_checksums
        try:
            yield
        finally:
            dag.max_checksum_file_size = limit
            del persistence.input_checksums

    def verify_cached(self, difference: Callable[[Any, Mapping[str, str]], str]) -> None:
        """Take from Snakemake's cache only what is what would be made now.

        `difference` takes a job and, by the path of each output, the copy in the cache; it says in what these
        are something else.
        """
        cached = self._workflow.output_file_cache
        is_there, take = cached.exists, cached.fetch

        async def exists(job: Any) -> bool:
            if not await is_there(job):
                return False
            copies = await cached.get_outputfiles_and_cachefiles(job)
            said = difference(job, {str(path): str(copy) for path, copy in copies})
            if said:
                warn(f"{job.output[0]}: not taken from the cache: {said}.")
            return not said

        async def fetch(job: Any) -> None:
            if not await exists(job):
                cached.raise_cache_miss_exception(job)
            await take(job)

        cached.exists, cached.fetch = exists, fetch


def _minor(release: str) -> list[int]:
    return [int(number) for number in release.split(".")[:2]]


def rule_of(proxy: Any) -> Any:
    """Return the rule that a Snakefile has as `rules.<name>`."""
    return proxy.rule


def warn(text: str) -> None:
    """Say what a person has to read, as Snakemake says things."""
    logger.warning(text)


def complain(text: str) -> None:
    """Say what went wrong, as Snakemake says things."""
    logger.error(text)


def stop(text: str) -> NoReturn:
    """End the reading of the workflow with one line of why."""
    raise WorkflowError(text)


@contextmanager
def said_by_snakemake(*errors: type[Exception]) -> Iterator[None]:
    """Let errors of these types end the reading of the workflow, or the run, with one line."""
    try:
        yield
    except errors as error:
        raise WorkflowError(str(error)) from None


def snakemake_object(job: Any) -> Any:
    """Return what Snakemake hands to the script of a job as `snakemake`."""
    from snakemake.iocontainers import Snakemake

    return Snakemake(
        job.input, job.output, job.params, job.wildcards, job.threads, job.resources, job.log, {},
        job.rule.name, None,
    )  # fmt: skip


@contextmanager
def planned_jobs(snakefile: Path, *, target: str, configuration: Sequence[Path] = ()) -> Iterator[list[Any]]:
    """Read a workflow as a dry run does, and yield every job that a target needs, done or not.

    Parameters
    ----------
    snakefile : Path
    target : str
        An output, or the name of a rule.
    configuration : sequence of Path
        The files of `--configfile`.

    Raises
    ------
    PlanError
        Where Snakemake cannot tell how the target is made.
    """
    from snakemake.api import OutputSettings, SnakemakeApi
    from snakemake.settings.types import ConfigSettings, DAGSettings, Quietness, ResourceSettings

    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        read = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(configfiles=list(configuration)),
            snakefile=snakefile,
        )
        try:
            read.dag(DAGSettings(targets={target})).execute_workflow("dryrun")
        except (RuleException, WorkflowError) as error:
            raise PlanError(f"{target}: {' '.join(str(error).split())}") from None
        yield list(read._workflow.dag.jobs)
