"""What a job says: its log, the terminal, and the file of its notices."""

import job

import subprocess
import sys
from pathlib import Path

from ipdmediation.data.notices import Noted, read_notices

SCRIPTS = Path(__file__).resolve().parents[2] / "workflow/scripts"
PROGRAM = """
import sys, warnings
from types import SimpleNamespace
from job import run
from ipdmediation.data.errors import CohortWarning

class Named(dict):
    def __iter__(self):
        return iter(self.values())

def main(*, made):
    open(made, "w").close()
    warnings.warn(CohortWarning("one arm", kind="one_arm_trial"))
    warnings.warn(CohortWarning("one arm", kind="one_arm_trial"), stacklevel=2)
    warnings.warn("an older call of a library", DeprecationWarning, stacklevel=2)
    warnings.warn("a word of a library", UserWarning)
    END

run(main, SimpleNamespace(
    log=["job.log"], rule="select", input=Named(), params=Named(), wildcards=Named(analysis="early"),
    output=Named(OUTPUT),
))
"""


def outcome(folder: Path, *, output: str, end: str = "pass") -> "subprocess.CompletedProcess[str]":
    (folder / "notices").mkdir()
    program = PROGRAM.replace("OUTPUT", output).replace("END", end)
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={"PYTHONPATH": str(SCRIPTS)},
        capture_output=True,
        text=True,
        check=False,
    )


WITH_NOTICES = 'made="made", notices="notices/cohort.csv"'
LINE = "select (early): note: one arm"


def test_a_notice_is_one_line_in_the_log_and_on_the_terminal_and_stands_in_the_file(tmp_path: Path) -> None:
    done = outcome(tmp_path, output=WITH_NOTICES)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines() == [LINE]
    assert read_notices(tmp_path / "notices/cohort.csv") == [Noted("cohort", "one_arm_trial", "one arm")]
    log = (tmp_path / "job.log").read_text()
    assert log.splitlines().count(LINE) == 1
    assert "a word of a library" in log


def test_without_such_a_file_it_stays_in_the_log(tmp_path: Path) -> None:
    done = outcome(tmp_path, output='made="made"')
    assert done.returncode == 0
    assert done.stderr == ""
    assert LINE in (tmp_path / "job.log").read_text()


def test_a_job_that_fails_has_said_its_notices_before(tmp_path: Path) -> None:
    done = outcome(tmp_path, output=WITH_NOTICES, end="raise ValueError('no')")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [LINE, "select: no (log: job.log)"]
    assert (tmp_path / "job.log").read_text().splitlines()[-1] == "select: no (log: job.log)"
    assert not (tmp_path / "notices/cohort.csv").exists()


def test_one_line_keeps_the_blanks_of_a_value() -> None:
    error = ValueError("a.csv: 2 problems:\n  - column 'A  B': 'x   y'\n  - column 'C': ' z'\n")
    assert job._one_line(error) == "a.csv: 2 problems: - column 'A  B': 'x   y' - column 'C': ' z'"
