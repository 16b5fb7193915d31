"""What the end of a failed run says."""

from pathlib import Path

import pytest

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
