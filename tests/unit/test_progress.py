"""What `--logger progress` shows: bars on a terminal, plain lines elsewhere, never less than is needed."""

import logging
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_progress import LogHandler
from snakemake_logger_plugin_progress.stage import Stage

LOGGER = Path(__file__).resolve().parents[2] / "workflow/logger"
SNAKEFILE = """
rule all:
    input: expand("{name}.txt", name=NAMES), "sum.txt"

rule part:
    output: "{name}.txt"
    log: "{name}.log"
    params: note=lambda wildcards: f"part ({wildcards.name}): note: a word of the job"
    shell: "echo '{params.note}' >&2; [ {wildcards.name} != bad ] && touch {output}"

rule total:
    input: expand("{name}.txt", name=NAMES)
    output: "sum.txt"
    shell: "touch {output}"

onerror: print("the end", file=__import__("sys").stderr)
"""


def handler(**settings: Any) -> LogHandler:
    shown = {"stdout": True, "nocolor": False, "quiet": set(), "dryrun": False, "verbose": False}
    return LogHandler(SimpleNamespace(**shown | {"printshellcmds": False} | settings), None)


def tell(to: LogHandler, text: str = "", level: int = logging.INFO, **more: Any) -> None:
    to.handle(logging.makeLogRecord({"msg": text, "levelno": level, **more}))


def job(to: LogHandler, number: int, rule: str, *, end: str = "") -> None:
    output = [] if rule == "all" else ["made"]
    tell(to, event=LogEvent.JOB_INFO, jobid=number, rule_name=rule, output=output)
    if end == "finished":
        tell(to, event=LogEvent.JOB_FINISHED, job_id=number)
    elif end == "failed":
        tell(to, level=40, event=LogEvent.JOB_ERROR, jobid=number, rule_name=rule, log=["logs/a.log"])


def without_times(said: str) -> list[str]:
    return re.sub(r"\d+:\d\d", "TIME", said).splitlines()


def test_a_stage_is_one_line_when_it_ends(capsys: pytest.CaptureFixture[str]) -> None:
    progress = handler()
    tell(progress, event=LogEvent.RUN_INFO, stats={"part": 2, "total_up": 1, "all": 1, "total": 4})
    for number, rule in enumerate(["part", "part", "total_up", "all"]):
        job(progress, number, rule, end="finished")
    progress.close()
    assert without_times(capsys.readouterr().out) == [
        "part: 2 of 2, TIME (all: 2 of 4, TIME, about TIME to go)",
        "total_up: 1 of 1, TIME (all: 3 of 4, TIME, about TIME to go)",
    ]


def test_chatter_goes_and_what_a_person_has_to_read_stays(capsys: pytest.CaptureFixture[str]) -> None:
    progress = handler()
    tell(progress, "Building DAG of jobs...")
    tell(progress, "Workflow has started!", event=LogEvent.WORKFLOW_STARTED)
    tell(progress, "a [bold] warning", logging.WARNING)
    tell(progress, "a {brace} of an error\nin two lines", logging.ERROR)
    tell(progress, "an exception", logging.ERROR, event=LogEvent.ERROR)
    tell(progress, "Nothing to be done (all requested files are present and up to date).")
    tell(progress, "Complete log(s): .snakemake/log/a.log")
    assert capsys.readouterr().out.splitlines() == [
        "a [bold] warning",
        "a {brace} of an error",
        "in two lines",
        "an exception",
        "Nothing to be done (all requested files are present and up to date).",
        "Complete log(s): .snakemake/log/a.log",
    ]


def test_a_job_that_fails_is_a_line_with_its_log(capsys: pytest.CaptureFixture[str]) -> None:
    progress = handler()
    tell(progress, event=LogEvent.RUN_INFO, stats={"part": 2, "total": 2})
    job(progress, 1, "part", end="failed")
    job(progress, 2, "part", end="finished")
    assert capsys.readouterr().out == "part: failed (log: logs/a.log)\n"


@pytest.mark.parametrize("setting", ["dryrun", "verbose", "printshellcmds"])
def test_where_everything_is_wanted_it_is_as_snakemake_has_it(
    capsys: pytest.CaptureFixture[str], setting: str
) -> None:
    progress = handler(**{setting: True})
    assert not progress.has_filter
    tell(progress, "Building DAG of jobs...")
    assert capsys.readouterr().out == "Building DAG of jobs...\n"


def test_a_job_that_is_tried_again_has_not_failed() -> None:
    stage = Stage("part", total=1)
    stage.start(1, now=0)
    stage.fail(1, now=5)
    assert stage.words(now=5) == "0 of 1, 1 failed, 0:05"
    stage.start(1, now=6)
    stage.finish(1, now=3661)
    assert stage.words(now=9999) == "1 of 1, 1:01:01"


def on_terminal(folder: Path, names: list[str], *arguments: str) -> str:
    """Return what a run writes to a terminal."""
    (folder / "Snakefile").write_text(f"NAMES = {names}\n{SNAKEFILE}")
    master, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--cores", "1", "--logger", "progress", *arguments],
        cwd=folder,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "PYTHONPATH": str(LOGGER), "TERM": "xterm", "COLUMNS": "100", "LINES": "30"},
    )
    os.close(terminal)
    said = b""
    while True:
        try:
            said += os.read(master, 4096)
        except OSError:  # the other end is closed
            break
    process.wait()
    os.close(master)
    return re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", said.decode()).replace("\r", "\n")


def test_on_a_terminal_a_stage_has_a_bar_and_what_jobs_say_stands_above_it(tmp_path: Path) -> None:
    said = on_terminal(tmp_path, ["a", "b"])
    lines = [line.rstrip() for line in said.splitlines()]
    assert lines.count("part (a): note: a word of the job") == 1
    assert lines.count("part (b): note: a word of the job") == 1
    last = [line for line in lines if line][-3:]
    assert any(re.match(r"total +━+ 1 of 1, \d+:\d\d$", line) for line in lines)
    assert any(re.match(r"part +━+ 2 of 2, \d+:\d\d$", line) for line in lines)
    assert any(re.match(r"all +━+ 4 of 4, \d+:\d\d$", line) for line in last)
    assert any(line.startswith("Complete log(s): ") for line in lines)
    assert "Finished jobid" not in said
    assert "Finished jobid" in "".join(path.read_text() for path in (tmp_path / ".snakemake/log").iterdir())


def test_on_a_terminal_a_failure_is_said_and_nothing_after_it_is_lost(tmp_path: Path) -> None:
    said = on_terminal(tmp_path, ["a", "bad"], "--keep-going")
    lines = [line.rstrip() for line in said.splitlines()]
    assert "part: failed (log: bad.log)" in lines
    assert "the end" in lines
    assert any(re.match(r"part +\S+.* 1 of 2, 1 failed, \d+:\d\d$", line) for line in lines)
    assert any("At least one job did not complete successfully" in line for line in lines)
