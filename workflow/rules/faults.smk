# In: locks and logs of Snakemake, notices. Out: no locks of runs that were killed; at the end, what failed and why, what
# was made all the same, and what a reader of the results has to know, a line each.
import atexit
import os
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from platformdirs import user_cache_path
from snakemake.exceptions import WorkflowError
from snakemake.logging import get_event, logger
from snakemake_interface_logger_plugins.common import LogEvent

AFTER_A_FAILURE = """Mend the cause and give the same command again: only what is missing is made.
The report and the manifest are made when every analysis is."""


def settle():
    """Make do with where the workflow and its Python lie, or say in one line what to do."""
    said_by_workflow(place.check_workflow, str(HERE.get_path_or_uri(secret_free=True)))
    sys.executable = said_by_workflow(place.callable_python, sys.executable, os.getcwd())
    kernels = place.kernel_cache(user_cache_path("ipdmediation"), os.getcwd())
    if kernels:
        os.environ.setdefault("NUMBA_CACHE_DIR", kernels)


def said_by_workflow(check, *places):
    """Return what a check of the place returns; what it finds is said as Snakemake says things."""
    try:
        return check(*places)
    except place.PlaceError as error:
        raise WorkflowError(str(error)) from None


def when_a_run_starts(record):
    """Take the directory for this run at the first thing that Snakemake says once it has decided to run.

    That is after the workflow was read and before anything is locked or looked at. What only reads the
    workflow, `--list`, `--lint`, `--summary` and the like, executes nothing; a dry run changes nothing.
    """
    if get_event(record) == LogEvent.WORKFLOW_STARTED:
        said_by_workflow(place.check_working_directory, ".")
    if workflow.execution_settings is not None and workflow.persistence is not None:
        logger.removeFilter(when_a_run_starts)
        runs = locks.Runs(Path(workflow.persistence.path))
        try:
            if workflow.dryrun:
                if runs.stale():
                    logger.warning("A run was killed here; the next one removes its locks.")
            else:
                take_directory(runs)
        except OSError:  # no locks on this file system, or not ours to write: Snakemake's own message must do
            pass
    return True


def take_directory(runs):
    """Remove what dead runs of this workflow have left, and write down what this one is about to lock."""
    if runs.remove_stale():
        logger.warning("Removed the locks of a run that was killed; what it finished is kept.")
    others = runs.alive()
    run = runs.begin()
    atexit.register(run.end)
    lock = workflow.persistence.lock

    @contextmanager
    def recorded_lock():
        files = workflow.persistence
        with suppress(OSError):  # the disk may be full; Snakemake says so
            run.record(input=files.all_inputfiles(), output=files.all_outputfiles())
        with lock():
            yield

    workflow.persistence.lock = recorded_lock
    if others:
        logger.warning("Another Snakemake of this workflow is at work in this directory.")
    elif not runs.locked():
        date_now(workflow.pathvars.apply("<results>"))


def date_now(folder):
    """Give files that are dated in the future, by a clock that was wrong, the date of now.

    Beside them whatever is made now would look old: Snakemake refuses it, or keeps what depends on it.
    """
    soon = time.time() + 60  # the clocks of a file server and of this machine may differ a little
    ahead = [path for path in Path(folder).rglob("*") if path.is_file() and path.stat().st_mtime > soon]
    for path in ahead:
        os.utime(path)
    if ahead:
        logger.warning(f"{len(ahead)} results were dated in the future; they have the date of now.")


def say_notices():
    """Say what a reader has to know of the results that are there, whether this run made them or an earlier one."""
    found = {}
    for name in config["analyses"]:
        files = [Path(workflow.pathvars.apply(path).format(analysis=name)) for path in NOTED]
        found[name] = [notice for file in files if file.is_file() for notice in notices.read_notices(file)]
    lines = notices.notice_lines(found)
    if lines:
        logger.warning("\n".join(["To be known beside the results:", *(f"  {line}" for line in lines)]))


def failed_jobs():
    """Go through the jobs that failed; of a group, which a cluster runs as one, those that began and did not end."""
    for entry in workflow.scheduler.failed:
        if not entry.is_group():
            yield entry
            continue
        for job in entry.jobs:
            if Path(str(job.log)).is_file() and not all(os.path.exists(path) for path in job.output):
                yield job


def say_failures():
    """Say which jobs failed and why, and what was made all the same."""
    order = {rule.name: place for place, rule in enumerate(workflow.rules)}
    wanted = [job for job in workflow.dag.needrun_jobs(exclude_finished=False) if not job.is_norun]
    wanted.sort(key=lambda job: (order[job.rule.name], job.jobid))
    failed = set(failed_jobs())
    lines = [ending.failure_line(job.rule.name, str(job.log)) for job in wanted if job in failed]
    steps = [
        ending.Step(job.rule.name, job.wildcards_dict.get("analysis", ""), workflow.dag.finished(job))
        for job in wanted
    ]
    if lines:
        logger.error("\n".join(["Failed:", *(f"  {line}" for line in lines)]))
    logger.error("\n".join([*ending.made_lines(steps), AFTER_A_FAILURE]))


# A job lives within its run; a workflow that imports this one may have locks that are none of ours.
if workflow.is_main_process and workflow.modifier.is_main_snakefile():
    logger.addFilter(when_a_run_starts)


onsuccess:
    say_notices()


onerror:
    say_notices()
    say_failures()
