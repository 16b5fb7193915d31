"""What is said at the end of a run: of its results, why it failed, and what it made (light to import)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from ipdmediation.data.notices import notice_lines, read_notices
from ipdmediation.plumbing.snakemake_inside import Inside, complain, warn

AFTER_A_FAILURE = """Mend the cause and give the same command again: only what is missing is made.
The report and the manifest are made when every analysis is."""


class Step(NamedTuple):
    """A job of a run, as far as its end has to tell of it.

    Attributes
    ----------
    rule : str
        Name of the rule.
    analysis : str
        The analysis that it belongs to; empty where it belongs to none.
    finished : bool
        Whether its outputs were made.
    """

    rule: str
    analysis: str
    finished: bool


def say_notices(inside: Inside, noted: Mapping[str, Iterable[str]]) -> None:
    """Say what a reader has to know of the results that are there, of this run or an earlier one.

    Parameters
    ----------
    inside : Inside
        Of the workflow that has run.
    noted : mapping
        Analysis to the files of its notices, below folders like `<results>`; they need not be there.
    """
    found = {
        name: [
            notice
            for file in map(Path, map(inside.path, files))
            if file.is_file()
            for notice in read_notices(file)
        ]
        for name, files in noted.items()
    }
    lines = notice_lines(found)
    if lines:
        warn("\n".join(["To be known beside the results:", *(f"  {line}" for line in lines)]))


def say_failures(inside: Inside) -> None:
    """Say which jobs of a run failed and why, and what was made all the same."""
    wanted, failed = inside.wanted_jobs(), inside.failed_jobs()
    lines = [failure_line(job.rule.name, str(job.log)) for job in wanted if job in failed]
    steps = [
        Step(job.rule.name, job.wildcards_dict.get("analysis", ""), inside.is_finished(job)) for job in wanted
    ]
    if lines:
        complain("\n".join(["Failed:", *(f"  {line}" for line in lines)]))
    complain("\n".join([*made_lines(steps), AFTER_A_FAILURE]))


def failure_line(rule: str, log: str) -> str:
    """Return one line of why a job failed: the last one of its own log.

    Parameters
    ----------
    rule : str
        Name of the job's rule.
    log : str
        Path of the job's log, which need not be there.
    """
    said = Path(log).read_text(errors="replace").splitlines() if Path(log).is_file() else []
    last = said[-1] if said else "ended without a word, killed perhaps"
    return last if last.startswith(f"{rule}: ") else f"{rule}: {last} (log: {log})"


def made_lines(steps: Iterable[Step]) -> list[str]:
    """Return lines that say what a run made although some of its jobs failed, and what it did not.

    Parameters
    ----------
    steps : iterable of Step
        Every job that the run was to do, but those that only collect files, in the order to be shown.

    Examples
    --------
    >>> steps = [
    ...     Step("harmonise_trial", "", True),
    ...     Step("harmonise_trial", "", False),
    ...     Step("fit_models", "early", False),
    ...     Step("figures", "primary", True),
    ...     Step("figures", "early", False),
    ...     Step("report", "", False),
    ... ]
    >>> for line in made_lines(steps):
    ...     print(line)
    Made: 2 of 6 jobs, among them all of primary.
    Not made:
      harmonise_trial (1 of 2), report
      early: fit_models, figures
    """
    steps = list(steps)
    wanted = Counter((step.analysis, step.rule) for step in steps)
    missing = Counter((step.analysis, step.rule) for step in steps if not step.finished)
    left: dict[str, list[str]] = {}
    for (analysis, rule), count in missing.items():
        of_all = wanted[analysis, rule]
        left.setdefault(analysis, []).append(rule if count == of_all else f"{rule} ({count} of {of_all})")
    whole = [name for name in dict.fromkeys(step.analysis for step in steps) if name and name not in left]
    among = f", among them all of {', '.join(whole)}" if whole else ""
    lines = [f"Made: {sum(step.finished for step in steps)} of {len(steps)} jobs{among}."]
    if left:
        lines.append("Not made:")
    for analysis in sorted(left):
        lines.append("  " + (f"{analysis}: " if analysis else "") + ", ".join(left[analysis]))
    return lines
