"""A job goes on after the run that listened to it has died."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "workflow/scripts"
PROGRAM = """
import warnings
from types import SimpleNamespace
from job import run
from ipdmediation.data.notices import Notice

class Named(dict):
    def __iter__(self):
        return iter(self.values())

def main(*, made):
    open(made, "w").close()
    warnings.warn(Notice("a word", kind="word"))

run(main, SimpleNamespace(
    log=["job.log"], rule="select", input=Named(), params=Named(), wildcards=Named(analysis="early"),
    output=Named(made="made.txt", notices="notices.csv"),
))
"""


def test_a_notice_that_nobody_reads_costs_no_result(tmp_path: Path) -> None:
    """The terminal of a job may be a pipe to its run."""
    reading, writing = os.pipe()
    os.close(reading)
    environment = {"PYTHONPATH": str(SCRIPTS)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, env=environment, stderr=writing, check=False
    )
    os.close(writing)
    assert done.returncode == 0
    assert (tmp_path / "made.txt").is_file()
    assert "a word" in (tmp_path / "notices.csv").read_text()
    assert "select (early): note: a word" in (tmp_path / "job.log").read_text()
