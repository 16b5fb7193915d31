# In: locks and logs of Snakemake. Out: no locks of runs that were killed; at the end, what failed and why, a line each.
import fcntl
import re
from pathlib import Path

from snakemake.logging import logger


def hold_directory():
    """Remove the locks of runs that are dead; return a file whose lock says that this run lives.

    The kernel drops a lock of flock with its process, however that ends; Snakemake's own lock files stay.
    Every run holds a shared lock to its end. Who gets the exclusive one is alone: all lock files are stale.
    """
    try:
        Path(".snakemake").mkdir(exist_ok=True)
        held = open(".snakemake/ipdmediation.lock", "a+")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            logger.warning("Another Snakemake of this workflow is at work in this directory.")
        else:
            stale = list(Path(".snakemake/locks").glob("*.lock"))
            for lock in stale:
                lock.unlink()
            if stale:
                logger.warning("Removed the locks of a run that was killed; what it finished is kept.")
        fcntl.flock(held, fcntl.LOCK_SH)
    except OSError:  # no flock on this file system, or not ours to write: Snakemake's own message must do
        return None
    return held


def failures(run_log):
    """Return a line for each failed job: the last one of the job's own log, which says why."""
    text = Path(run_log).read_text()
    found = re.findall(
        r"^Error in rule (\w+)[,:](?:.*\n)(?:    .*\n)*?    log: ([^\s,]+)", text, re.MULTILINE
    )
    lines = []
    for rule, log in dict.fromkeys(found):
        said = Path(log).read_text().splitlines() if Path(log).is_file() else []
        told = said and said[-1].startswith(f"{rule}: ")
        lines.append(said[-1] if told else f"{rule}: ended without a word, killed perhaps (log: {log})")
    return lines


# A job lives within its run; a workflow that imports this one may have locks that are none of ours.
if workflow.is_main_process and workflow.modifier.is_main_snakefile():
    directory_lock = hold_directory()


onerror:
    for run_log in log:
        for line in failures(run_log):
            logger.error(f"  {line}")
