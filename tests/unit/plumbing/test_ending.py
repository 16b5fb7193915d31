"""What the end of a failed run says."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from ipdmediation.data.notices import Noted, write_notices
from ipdmediation.plumbing import ending
from ipdmediation.plumbing.ending import Step, failure_line, made_lines


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("Traceback\nfit_models: no (log: {log})\n", "fit_models: no (log: {log})"),
        ("terminate called after bad_alloc\n", "fit_models: terminate called after bad_alloc (log: {log})"),
        ("", "fit_models: ended without a word, killed perhaps (log: {log})"),
        (None, "fit_models: ended without a word, killed perhaps (log: {log})"),
        ("caf\udce9\n", "fit_models: caf\N{REPLACEMENT CHARACTER} (log: {log})"),
    ],
)
def test_a_job_s_log_says_why_it_failed(tmp_path: Path, said: str | None, line: str) -> None:
    log = tmp_path / "a {log}.log"
    if said is not None:
        log.write_text(said.replace("{log}", str(log)), errors="surrogateescape")
    assert failure_line("fit_models", str(log)) == line.replace("{log}", str(log))


def test_what_was_made_and_what_was_not() -> None:
    steps = [Step("fit_models", name, name != "b") for name in "abc"] + [Step("report", "", False)]
    assert made_lines(steps) == [
        "Made: 2 of 4 jobs, among them all of a, c.",
        "Not made:",
        "  report",
        "  b: fit_models",
    ]


def test_where_only_one_of_several_jobs_failed_the_line_says_how_many() -> None:
    steps = [Step("harmonise_trial", "", number != 3) for number in range(7)]
    assert made_lines(steps) == ["Made: 6 of 7 jobs.", "Not made:", "  harmonise_trial (1 of 7)"]


class Asked:
    """A run of which only the end is asked."""

    def __init__(self, jobs: list[Any], *, failed: set[Any], finished: set[Any]) -> None:
        self.jobs, self.failed, self.finished = jobs, failed, finished

    def wanted_jobs(self) -> list[Any]:
        return self.jobs

    def failed_jobs(self) -> set[Any]:
        return self.failed

    def is_finished(self, job: Any) -> bool:
        return job in self.finished

    def path(self, pattern: str) -> str:
        return pattern.replace("<results>/", "")


class Job(NamedTuple):
    rule: Any
    log: str

    @property
    def wildcards_dict(self) -> dict[str, str]:
        return {"analysis": "early"}

    def __hash__(self) -> int:
        return hash(self.log)


def test_the_end_of_a_run_names_the_jobs_that_failed_and_not_those_that_had_no_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [Job(SimpleNamespace(name=name), str(tmp_path / name)) for name in ("draw", "fit", "figures")]
    said: list[str] = []
    monkeypatch.setattr(ending, "complain", said.append)
    ending.say_failures(Asked(jobs, failed={jobs[1]}, finished={jobs[0]}))  # type: ignore[arg-type]
    failed, made = said
    assert failed.splitlines()[0] == "Failed:"
    assert [line.split(":")[0].strip() for line in failed.splitlines()[1:]] == ["fit"]
    assert made.splitlines()[0] == "Made: 1 of 3 jobs."
    assert made.endswith(ending.AFTER_A_FAILURE)


def test_notices_of_results_that_are_there_are_said_and_none_of_those_that_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_notices("cohort.csv", [Noted("select", "one_arm", "a trial has one arm")])
    said: list[str] = []
    monkeypatch.setattr(ending, "warn", said.append)
    asked = Asked([], failed=set(), finished=set())
    ending.say_notices(asked, {"early": ["<results>/cohort.csv", "<results>/none.csv"]})  # type: ignore[arg-type]
    (text,) = said
    assert text.startswith("To be known beside the results:\n  ")
    assert "a trial has one arm" in text
    ending.say_notices(asked, {"early": ["<results>/none.csv"]})  # type: ignore[arg-type]
    assert said == [text]
