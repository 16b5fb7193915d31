"""What a job says: its log, the terminal, and the file of its notices."""

import job

import os
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from ipdmediation.data.notices import Noted, read_notices
from ipdmediation.plumbing.failures import one_line
from ipdmediation.plumbing.provenance import content_hash, read

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


def ran(folder: Path, main: str, **job: str) -> "subprocess.CompletedProcess[str]":
    """Run a script with a main function of its own; each keyword is a part of its job, as source text."""
    parts = {"input": "Named()", "params": "Named()", "output": "Named()", **job}
    program = f"""
import json
from types import SimpleNamespace
from job import run

class Named(dict):
    def __iter__(self):
        return iter(self.values())

{main}

run(main, SimpleNamespace(
    log=["job.log"], rule="study_of_mine_select", wildcards=Named(analysis="early", start="0", stop="2"),
    {", ".join(f"{name}={value}" for name, value in parts.items())}
))
"""
    script = folder / "tmp1x.select.py"
    script.write_text(program)
    return subprocess.run(
        [sys.executable, str(script)],
        cwd=folder,
        env={"PYTHONPATH": str(SCRIPTS)},
        capture_output=True,
        text=True,
        check=False,
    )


WRITING = """
def main(*, raw, made, seed):
    open(made, "w").write("rows")
"""


def test_what_a_job_makes_says_what_made_it(tmp_path: Path) -> None:
    (tmp_path / "raw.csv").write_text("1")
    done = ran(
        tmp_path,
        WRITING,
        input='Named(raw="raw.csv")',
        params='Named(seed=4, code="c")',
        output='Named(made="made.csv", provenance="select.json")',
    )
    assert done.returncode == 0, done.stderr
    found = read(tmp_path / "select.json")
    assert found is not None
    assert (found.step, found.analysis, found.start, found.stop, found.seed, found.code) == (
        "select", "early", 0, 2, 4, "c",
    )  # fmt: skip
    assert found.inputs == {"raw": content_hash(tmp_path / "raw.csv")}
    assert found.outputs == {"made": content_hash(tmp_path / "made.csv")}


def test_a_job_refuses_what_something_else_made_before_it_does_anything(tmp_path: Path) -> None:
    (tmp_path / "draws.json").write_text('{"provenance": {"step": "draw", "settings": "s", "code": "c"}}')
    done = ran(
        tmp_path,
        "def main(*, draws):\n    raise RuntimeError('was called')",
        input='Named(draws="draws.json")',
        params='Named(expected={"draws": {"step": "draw", "settings": "t", "code": "c"}})',
    )
    assert done.returncode == 1
    assert done.stderr == (
        "study_of_mine_select: draws.json: not what it should be: other settings; delete the file and run "
        "again (log: job.log)\n"
    )


def test_each_error_of_a_group_is_a_line(tmp_path: Path) -> None:
    done = ran(tmp_path, "def main():\n    raise ExceptionGroup('two', [ValueError('a'), ValueError('b')])")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"study_of_mine_select: {line} (log: job.log)" for line in ("a", "b")]


PATIENTS = 'made="made", cohort="results/ipd/early/cohort.csv"'
WRITE = "open(cohort, 'w').close()"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_patients_files_are_their_owner_s_and_the_others_are_not(tmp_path: Path) -> None:
    done = outcome(tmp_path, output=PATIENTS, end=WRITE)
    assert done.returncode == 0, done.stderr
    assert mode(tmp_path / "results/ipd/early/cohort.csv") == 0o600
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


def test_every_content_is_on_the_disk_before_any_name_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[tuple[str, int]] = []
    rename = Path.replace

    def replace(draft: Path, target: str) -> Path:
        events.append(("named", draft.stat().st_ino))
        return rename(draft, target)

    monkeypatch.setattr(os, "fsync", lambda number: events.append(("synced", os.fstat(number).st_ino)))
    monkeypatch.setattr(Path, "replace", replace)
    outputs = [str(tmp_path / name) for name in ("a", "b")]
    with job._drafts(outputs, private=[]) as drafts:
        for path in drafts.values():
            Path(path).write_text("content")
    kinds, files = zip(*events, strict=True)
    assert kinds == ("synced", "synced", "named", "named")
    assert files[:2] == files[2:]
    assert set(files) == {Path(path).stat().st_ino for path in outputs}


def test_of_two_processes_that_make_a_file_the_one_that_began_last_publishes_it(tmp_path: Path) -> None:
    output = str(tmp_path / "a [1].csv")

    def make(content: str, *, overtaken: bool) -> None:
        with job._drafts([output], private=[]) as drafts:
            Path(drafts[output]).write_text(content)
            if overtaken:
                make("new", overtaken=False)

    with pytest.raises(job.SupersededError, match="a later process makes the same files"):
        make("old", overtaken=True)
    assert Path(output).read_text() == "new"
    assert list(tmp_path.iterdir()) == [Path(output)]


def test_what_fails_publishes_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    outputs = [str(tmp_path / name) for name in ("a", "b")]

    def write(*names: str) -> None:
        with job._drafts(outputs, private=[]) as drafts:
            for name in names:
                Path(drafts[str(tmp_path / name)]).write_text("complete")
            assert len(names) == 1

    for names, error in ((("a", "b"), AssertionError), (("a",), FileNotFoundError)):
        with pytest.raises(error):
            write(*names)
        assert list(tmp_path.iterdir()) == []


def test_a_package_from_elsewhere_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job._refuse_another_package()
    elsewhere = SimpleNamespace(__file__=str(tmp_path / "ipdmediation/__init__.py"))
    monkeypatch.setitem(sys.modules, "ipdmediation", elsewhere)
    with pytest.raises(ImportError, match="uninstall it from the environment"):
        job._refuse_another_package()
