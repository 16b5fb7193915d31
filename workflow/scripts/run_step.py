"""Run one job of a study in this process, for a debugger: `python run_step.py <a file that it makes>`."""

import job as jobs

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ipdmediation.plumbing.snakemake_inside import PlanError, planned_jobs, snakemake_object

SCRIPTS = Path(__file__).resolve().parent
SNAKEFILES = (SCRIPTS.parents[1] / "Snakefile", SCRIPTS.parent / "Snakefile")


def run_step(output: str, configuration: Sequence[str] = ()) -> None:
    """Make the outputs of one job of a study, whether they are there or not.

    Standard output and error stay as they are, and whatever the job's script raises is raised.

    Parameters
    ----------
    output : str
        A file that the job makes, from the directory of the run.
    configuration : sequence of str
        The files of `--configfile`; empty for the default study.

    Raises
    ------
    PlanError
        Where no script makes that file, or one of its inputs is not there.
    """
    snakefile = next(path for path in SNAKEFILES if path.is_file())
    with planned_jobs(snakefile, target=output, configuration=list(map(Path, configuration))) as planned:
        job = _job(output, planned)
        handed = snakemake_object(job)
        script = Path(str(job.rule.script)).stem
    for path in map(Path, handed.output):
        path.parent.mkdir(parents=True, exist_ok=True)
    jobs.call(importlib.import_module(script).main, handed)


def _job(output: str, planned: Sequence[Any]) -> Any:
    """Return the job that makes a file."""
    wanted = [job for job in planned if output in map(str, job.output) and job.rule.script]
    if not wanted:
        raise PlanError(f"{output}: no script makes it; give a file as `snakemake --summary` lists it")
    (job,) = wanted
    missing = [str(path) for path in job.input if not Path(path).exists()]
    if missing:
        raise PlanError(f"{output}: is made of {missing[0]}, which is not there; run: snakemake {missing[0]}")
    return job


def main(arguments: Sequence[str]) -> None:
    """Run the job that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", help="a file that the job makes, such as results/primary/effects.csv")
    parser.add_argument(
        "--configfile", nargs="+", default=[], help="configuration of a study but the default one"
    )
    stated = parser.parse_args(arguments)
    try:
        run_step(stated.output, stated.configfile)
    except PlanError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
