"""What a job says: its log, the terminal, and the file of its notices."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ipdmediation.data.notices import Noted, read_notices
from ipdmediation.plumbing.failures import one_line

SCRIPTS = Path(__file__).resolve().parents[2] / "workflow/scripts"
PROGRAM = """
import sys, warnings
from types import SimpleNamespace
from job import run
from ipdmediation.data.errors import CohortWarning

class Named(dict):
    def __iter__(self):
        return iter(self.values())

def main(*, made, cohort=None):
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
    (folder / "notices").mkdir(parents=True)
    (folder / "results/ipd/early").mkdir(parents=True)  # as Snakemake does before the job
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
    assert one_line(error, private=False) == "a.csv: 2 problems: - column 'A  B': 'x   y' - column 'C': ' z'"


PATIENTS = 'made="made", cohort="results/ipd/early/cohort.parquet"'
WRITE = "open(cohort, 'w').close()"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_patients_files_are_their_owner_s_and_the_others_are_not(tmp_path: Path) -> None:
    done = outcome(tmp_path, output=PATIENTS, end=WRITE)
    assert done.returncode == 0, done.stderr
    assert mode(tmp_path / "results/ipd/early/cohort.parquet") == 0o600
    assert [mode(tmp_path / name) for name in ("results/ipd", "results/ipd/early")] == [0o700] * 2
    assert (tmp_path / "results/ipd/.gitignore").read_text() == "*\n"
    umask = os.umask(0)
    os.umask(umask)
    assert mode(tmp_path / "made") == 0o666 & ~umask
    assert mode(tmp_path / "results") == 0o777 & ~umask


@pytest.mark.parametrize("raised", ["ValueError", "KeyError"])
def test_a_foreign_error_beside_patients_rows_is_said_without_its_words(raised: str, tmp_path: Path) -> None:
    done = outcome(tmp_path, output=PATIENTS, end=f"raise {raised}('of patient Q-7301')")
    assert done.returncode == 1
    log = (tmp_path / "job.log").read_text()
    assert "Q-7301" not in done.stderr + log
    assert done.stderr.splitlines()[-1].startswith(f"select: {raised} in <string>, line ")
    assert "Traceback (most recent call last)" in log
    other = outcome(tmp_path / "other", output='made="made"', end=f"raise {raised}('of level Q-7301')")
    assert "Q-7301" in other.stderr


def test_a_traceback_in_a_log_has_the_words_where_no_patient_is(tmp_path: Path) -> None:
    outcome(tmp_path, output='made="made"', end="raise KeyError('level')")
    assert "KeyError: 'level'" in (tmp_path / "job.log").read_text()
