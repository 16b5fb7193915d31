# In: locks and logs of Snakemake, notices. Out: no locks of runs that were killed; at the end, what failed and why, and
# what a reader of the results has to know, a line each.
import fcntl
import os
import re
import time
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
            date_now(workflow.pathvars.apply("<results>"))
        fcntl.flock(held, fcntl.LOCK_SH)
    except OSError:  # no flock on this file system, or not ours to write: Snakemake's own message must do
        return None
    return held


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


def failures(run_log):
    """Return a line for each failed job: the last one of the job's own log, which says why."""
    text = Path(run_log).read_text()
    found = re.findall(r"^Error in \w+ (\w+)[,:](?:.*\n)(?:    .*\n)*?    log: ([^\s,]+)", text, re.MULTILINE)
    lines = []
    for rule, log in dict.fromkeys(found):
        said = Path(log).read_text().splitlines() if Path(log).is_file() else []
        last = said[-1] if said else "ended without a word, killed perhaps"
        lines.append(last if last.startswith(f"{rule}: ") else f"{rule}: {last} (log: {log})")
    return lines


def say_notices():
    """Say what a reader has to know of the results that are there, whether this run made them or an earlier one."""
    found = {}
    for name in config["analyses"]:
        files = [Path(workflow.pathvars.apply(path).format(analysis=name)) for path in NOTED]
        found[name] = [notice for file in files if file.is_file() for notice in notices.read_notices(file)]
    lines = notices.notice_lines(found)
    if lines:
        logger.warning("\n".join(["To be known beside the results:", *(f"  {line}" for line in lines)]))


# A job lives within its run; a workflow that imports this one may have locks that are none of ours.
if workflow.is_main_process and workflow.modifier.is_main_snakefile():
    directory_lock = hold_directory()


onsuccess:
    say_notices()


onerror:
    say_notices()
    for run_log in log:
        for line in failures(run_log):
            logger.error(f"  {line}")
