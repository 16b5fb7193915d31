"""Before a run's first job: locks of dead runs, dates of the future, and what a dry run leaves alone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ipdmediation.data.notices import Notice
from ipdmediation.plumbing import starting
from ipdmediation.plumbing.figure_fonts import Fonts

DAY = 86400.0


class Asked:
    """A workflow of which only the start of a run is asked."""

    def __init__(self, folder: Path, *, is_dry_run: bool = False) -> None:
        self.folder = folder / ".snakemake"
        self.is_dry_run = is_dry_run
        self.results = folder / "results"
        self.recorders: list[Callable[..., None]] = []

    def path(self, pattern: str) -> str:
        return pattern.replace("<results>", str(self.results))

    def before_locking(self, record: Callable[..., None]) -> None:
        self.recorders.append(record)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(starting, "warn", lines.append)
    return lines


def future_result(folder: Path) -> Path:
    path = folder / "results/effects.csv"
    path.parent.mkdir(parents=True)
    path.touch()
    os.utime(path, (time.time() + DAY,) * 2)
    return path


def test_a_run_gives_results_of_the_future_the_date_of_now(tmp_path: Path, said: list[str]) -> None:
    path = future_result(tmp_path)
    starting.begin(asked := Asked(tmp_path))  # type: ignore[arg-type]
    assert path.stat().st_mtime < time.time() + starting.CLOCKS_DIFFER_BY
    assert said == ["1 results were dated in the future; they have the date of now."]
    assert len(asked.recorders) == 1


def test_a_draft_that_is_gone_in_the_meantime_is_no_reason_to_stop(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = future_result(tmp_path)
    monkeypatch.setattr(starting, "files_in", lambda folder: iter([tmp_path / "gone", path]))
    starting.date_now(tmp_path)
    assert path.stat().st_mtime < time.time() + starting.CLOCKS_DIFFER_BY
    assert said == ["1 results were dated in the future; they have the date of now."]


def test_a_dry_run_records_and_changes_nothing(tmp_path: Path, said: list[str]) -> None:
    path = future_result(tmp_path)
    before = path.stat().st_mtime
    starting.begin(asked := Asked(tmp_path, is_dry_run=True))  # type: ignore[arg-type]
    assert (path.stat().st_mtime, said, asked.recorders) == (before, [], [])
    assert not asked.folder.exists()


def test_files_within_a_minute_are_left_alone(tmp_path: Path, said: list[str]) -> None:
    (tmp_path / "new.csv").touch()
    starting.date_now(tmp_path)
    assert said == []


def test_where_another_run_has_locks_no_date_is_changed(tmp_path: Path, said: list[str]) -> None:
    path = future_result(tmp_path)
    before = path.stat().st_mtime
    lock = tmp_path / ".snakemake/locks/0.input.lock"
    lock.parent.mkdir(parents=True)
    lock.write_text("theirs.csv\n")
    starting.begin(Asked(tmp_path))  # type: ignore[arg-type]
    assert path.stat().st_mtime == before
    assert lock.exists()
    assert said == []


def test_a_file_system_without_locks_is_no_error(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Any) -> None:
        raise OSError("no locks available")

    monkeypatch.setattr(starting.Runs, "remove_stale", refuse)
    starting.begin(Asked(tmp_path))  # type: ignore[arg-type]
    assert said == []


def test_what_is_to_be_known_of_fonts_is_said_by_the_run_and_not_by_its_jobs(said: list[str]) -> None:
    plain = Fonts(families=("A",))
    odd = Fonts(families=("A",), notices=(Notice("no font has it", kind="characters_without_font"),))
    run: Any = SimpleNamespace(starts_jobs=True)
    job: Any = SimpleNamespace(starts_jobs=False)
    for inside, fonts in ((run, plain), (job, odd), (run, odd)):
        study: Any = SimpleNamespace(fonts=fonts)
        starting.say_fonts(inside, study)
    assert said == ["Fonts of the figures:\n  no font has it"]
