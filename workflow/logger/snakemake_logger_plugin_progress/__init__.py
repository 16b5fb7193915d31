"""What `snakemake --logger progress` shows of a run: a line per stage, and what a person has to read.

On a terminal a stage, all jobs of one rule, has a bar while it runs; elsewhere it is a plain line when it
ends, and one now and then in between. Warnings, errors and whatever jobs say themselves stay as lines.
Snakemake writes its whole log to `.snakemake/log/`, whatever is shown.
"""

import atexit
import logging
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from rich.console import Console
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_progress.display import Bars, Lines
from snakemake_logger_plugin_progress.stage import Stage

KEPT = ("Nothing to be done", "Complete log")  # of what Snakemake says of itself


class LogHandler(LogHandlerBase):
    """Snakemake's records as a person wants to see them."""

    def __post_init__(self) -> None:
        """Decide where and how to show them."""
        settings = self.common_settings
        stream = sys.stdout if settings.stdout else sys.stderr
        # As Snakemake has it: where nothing runs, and where somebody wants to read everything.
        self._as_ever = bool(settings.dryrun or settings.verbose or settings.printshellcmds)
        self._bars = stream.isatty() and not self._as_ever
        copy = os.fdopen(os.dup(stream.fileno()), "w") if self._bars else stream
        self._console = Console(
            file=copy, no_color=settings.nocolor or None, highlight=False, force_terminal=self._bars
        )
        self._view = Lines(self._console)
        self._overall: Stage | None = None
        self._stages: dict[str, Stage] = {}
        self._rules: dict[int, str] = {}
        atexit.register(self.close)

    def emit(self, record: logging.LogRecord) -> None:
        """Show a record, or count it."""
        try:
            self._take(record)
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Leave the last state of the bars on the terminal."""
        view, self._view = self._view, Lines(self._console)
        view.close()
        super().close()

    def _take(self, record: logging.LogRecord) -> None:
        event, data = getattr(record, "event", None), record.__dict__
        if self._as_ever:
            self._view.say(self.format(record))
        elif event == LogEvent.RUN_INFO:
            self._begin(data["stats"])
        elif event == LogEvent.JOB_INFO:
            self._count(data["jobid"], data["rule_name"], data["output"])
        elif event == LogEvent.JOB_FINISHED:
            self._update(data["job_id"], Stage.finish)
        elif event == LogEvent.JOB_ERROR:
            self._view.say(f"{data['rule_name']}: failed (log: {', '.join(data['log'])})", "red")
            self._update(data["jobid"], Stage.fail)
        elif event in (None, LogEvent.ERROR, LogEvent.GROUP_ERROR):
            self._say(record)

    def _say(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.levelno >= logging.ERROR:
            self._view.say(text, "red")
        elif record.levelno >= logging.WARNING:
            self._view.say(text, "yellow")
        elif text.startswith(KEPT):
            self._view.say(text)

    def _begin(self, stats: dict[str, Any]) -> None:
        """Know how many jobs each stage has."""
        self._overall = Stage("all", stats["total"])
        self._stages = {rule: Stage(rule, count) for rule, count in stats.items() if rule != "total"}
        if self._bars:
            self._view = Bars(self._console)

    def _count(self, job: int, rule: str, output: list[str]) -> None:
        """Count a job that starts."""
        # One without outputs only collects files: it is no stage of its own.
        self._rules[job] = rule if output else ""
        self._update(job, Stage.start)

    def _update(self, job: int, change: Callable[[Stage, int, float], None]) -> None:
        """Change the counts that a job belongs to, those of its stage and of all, and show them."""
        if self._overall is None:
            return
        now, rule = time.monotonic(), self._rules.get(job, "")
        change(self._overall, job, now)
        if rule:
            stage = self._stages.setdefault(rule, Stage(rule, 1))
            change(stage, job, now)
            self._view.show(stage, self._overall, now)

    @property
    def writes_to_stream(self) -> bool:
        """It takes the place of Snakemake's own output."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """The log file is Snakemake's own."""
        return False

    @property
    def has_filter(self) -> bool:
        """All records come, unless Snakemake's own choice is wanted."""
        return not (self._as_ever or self.common_settings.quiet)

    @property
    def has_formatter(self) -> bool:
        """Snakemake's words are used where everything is shown."""
        return False

    @property
    def needs_rulegraph(self) -> bool:
        """The graph is not shown."""
        return False
