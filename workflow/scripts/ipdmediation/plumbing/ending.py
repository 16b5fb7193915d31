"""What the end of a run that failed says (light to import)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


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
