"""Where progress is shown: as bars on a terminal, as plain lines elsewhere."""

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from snakemake_logger_plugin_progress.stage import Stage

BETWEEN = 30.0  # seconds between plain lines of a stage that goes on


class Lines:
    """Plain lines, where there is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, line: str, style: str = "") -> None:
        """Show a line that stays."""
        self._console.print(Text(line, style=style), soft_wrap=True)

    def show(self, stage: Stage, overall: Stage, now: float) -> None:
        """Say how far a stage is, when it ends and now and then."""
        if stage.ended is not None or now - stage.said > BETWEEN:
            stage.said = now
            self.say(f"{stage.name}: {stage.words(now)} (all: {overall.words(now)})")

    def close(self) -> None:
        """Leave nothing behind."""


class Words(ProgressColumn):
    """What a stage says beside its bar, drawn anew as time passes."""

    def render(self, task: Task) -> Text:
        """Return the words of now."""
        return Text(task.fields["stage"].words(time.monotonic()))


class Bars(Lines):
    """A bar for each stage that runs and one for all, below the lines that stay.

    Jobs write to the terminal themselves, and a line between the bars would tear them: until it is closed,
    standard error goes through a pipe and comes out above the bars.
    """

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._progress = Progress(
            TextColumn("{task.description:<18}"),
            BarColumn(bar_width=24),
            Words(),
            console=console,
            transient=True,
            refresh_per_second=4,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._tasks: dict[str, TaskID] = {}
        self._progress.start()
        self._restore = through_pipe(self.say)

    def show(self, stage: Stage, overall: Stage, now: float) -> None:
        """Move the bars; a stage that ended becomes a line that stays."""
        if stage.name not in self._tasks:
            if overall.name in self._tasks:  # that of all stays the last one
                self._progress.remove_task(self._tasks[overall.name])
            for each in (stage, overall):
                self._tasks[each.name] = self._progress.add_task(each.name, total=each.total, stage=each)
        for each in (stage, overall):
            self._progress.update(self._tasks[each.name], completed=len(each.done), total=each.total)
        if stage.ended is not None:
            task = self._tasks.pop(stage.name)
            self._keep([each for each in self._progress.tasks if each.id == task])
            self._progress.remove_task(task)

    def _keep(self, tasks: Sequence[Task]) -> None:
        self._console.print(self._progress.make_tasks_table(tasks))

    def close(self) -> None:
        """Let the last state of the bars stay, and give standard error back."""
        self._restore()
        for task in self._progress.tasks:
            self._progress.update(task.id, completed=len(task.fields["stage"].done))
        self._progress.stop()
        self._keep(self._progress.tasks)


def through_pipe(say: Callable[[str], None]) -> Callable[[], None]:
    """Send standard error, also that of jobs that start from now on, through a pipe, line by line.

    Returns
    -------
    callable
        Undoes it.
    """
    terminal = os.dup(2)
    end, beginning = os.pipe()
    os.dup2(beginning, 2)
    os.close(beginning)

    def read() -> None:
        with os.fdopen(end, errors="replace") as lines:
            for line in lines:
                say(line.rstrip("\n"))

    reader = threading.Thread(target=read, daemon=True)
    reader.start()

    def restore() -> None:
        sys.stderr.flush()
        os.dup2(terminal, 2)
        reader.join(timeout=1)  # jobs that outlive the run may still hold the pipe

    return restore
