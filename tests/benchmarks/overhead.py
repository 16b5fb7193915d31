"""What a run costs beside its computation: Snakemake, and the start of a process for each job.

Seconds are of processor time (user and system, of a process and all that it starts), which other work on the
machine does not change much.
"""

import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from ipdmediation.plumbing.result_files import EVIDENCE
from tests.benchmarks.study import ROOT, copy_configuration, snakemake

SCRIPTS = ROOT / "workflow/scripts"
COLUMNS = ["what", "jobs", "seconds", "computing"]
FIRST_RUN, NO_RUN = "first run", "nothing to be done"
IMPORTS = "import runpy, sys; sys.path.insert(0, sys.argv[1]); runpy.run_path(sys.argv[2])"


def overhead(directory: Path, *, whole: bool) -> pd.DataFrame:
    """Measure the start of a chunk's process and, where asked for, a first run and one with nothing to do.

    Parameters
    ----------
    directory : of the study of that run; what is there is removed.
    whole : whether to run the default study from nothing, kernels included, which takes minutes.

    Returns
    -------
    Columns what, jobs, seconds and computing: the seconds of them that the scripts' main functions took. The
    rows of the steps of a first run do not hold what Snakemake took for them.
    """
    rows: list[list[object]] = [["start of a chunk's process", 1, cpu_seconds(start_chunk), 0.0]]
    if whole:
        shutil.rmtree(directory, ignore_errors=True)
        copy_configuration(directory)
        kernels = {"NUMBA_CACHE_DIR": str(directory / "kernels")}
        seconds = cpu_seconds(lambda: snakemake(directory, "all", **kernels))
        found = steps(directory / "logs")
        rows.append([FIRST_RUN, found["jobs"].sum(), seconds, found["computing"].sum()])
        rows.append([NO_RUN, 0, cpu_seconds(lambda: snakemake(directory, "all", **kernels)), 0.0])
        rows += [[name, *row] for name, row in zip(found.index, found.to_numpy().tolist(), strict=True)]
    return pd.DataFrame(rows, columns=COLUMNS)


def share(table: pd.DataFrame) -> float:
    """Return the part of a first run that is no computation; nan where none was measured."""
    run = table[table["what"] == FIRST_RUN]
    return float(1 - run["computing"].iloc[0] / run["seconds"].iloc[0]) if len(run) else float("nan")


def seconds_of(table: pd.DataFrame, what: str) -> float:
    """Return the seconds of a row; nan where it was not measured."""
    rows = table[table["what"] == what]
    return float(rows["seconds"].iloc[0]) if len(rows) else float("nan")


def evidence_seconds(table: pd.DataFrame) -> float:
    """Return the seconds of a first run's evidence without its figures; nan where none was measured."""
    rows = table[table["what"].isin(EVIDENCE)]
    return float(rows["seconds"].sum()) if len(rows) else float("nan")


def steps(logs: Path) -> pd.DataFrame:
    """Sum up, for each rule, the processor time of its scripts as their logs say it; indexed by rule."""
    rows = []
    for log in logs.rglob("*.log"):
        found = re.search(r"^computed in ([\d.]+) of ([\d.]+) s", log.read_text(), flags=re.MULTILINE)
        if found:
            rule = log.relative_to(logs).parts[0].removesuffix(".log")
            rows.append((rule, float(found[2]), float(found[1])))
    table = pd.DataFrame(rows, columns=["what", "seconds", "computing"])
    return table.groupby("what").agg(
        jobs=("seconds", "size"), seconds=("seconds", "sum"), computing=("computing", "sum")
    )


def start_chunk() -> None:
    """Import what a bootstrap chunk imports."""
    command = [sys.executable, "-c", IMPORTS, str(SCRIPTS), str(SCRIPTS / "bootstrap_chunk.py")]
    subprocess.run(command, check=True)


def cpu_seconds(start: Callable[[], object]) -> float:
    """Return the processor time of the processes that a function starts and waits for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
