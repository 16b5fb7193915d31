"""A run that is interrupted, doubled or outlived by its jobs, and clocks that jump."""

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from tests.faults.conftest import PUBLISHING, Contents, Run, Study, contents, drafts, forget, undo

pytestmark = pytest.mark.slow

CHUNK = "results/primary/bootstrap/0-10.parquet"
LOG = "logs/bootstrap_chunk/primary/0-10.log"
YEARS = 10 * 365 * 86400


def test_two_runs_exclude_each_other(study: Study, expected: Contents, start: Callable[..., Run]) -> None:
    undo(study, CHUNK)
    first = start(CHUNK, hold_at=PUBLISHING)
    first.held()
    everything = first.members()
    first.kill(*everything, number=signal.SIGSTOP)
    second = start(CHUNK)
    said = second.end()
    first.kill(*everything, number=signal.SIGCONT)
    assert second.process.returncode == 1
    assert "Another Snakemake of this workflow is at work in this directory." in said
    assert "LockException" in said
    first.end()
    assert first.process.returncode == 0
    assert contents(study) == expected


@pytest.fixture
def in_the_background() -> Iterator[None]:
    """Ignore Ctrl-C as whatever runs in the background of a script does, with all that it starts."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("in_the_background")
@pytest.mark.parametrize("forgets", [False, True], ids=["metadata kept", "metadata removed"])
def test_ctrl_c_stops_at_once_and_the_same_command_goes_on(
    study: Study, expected: Contents, start: Callable[..., Run], forgets: bool
) -> None:
    undo(study, CHUNK)
    run = start(CHUNK, hold_at=PUBLISHING)
    held = run.held()
    run.kill(*run.members(), number=signal.SIGINT)
    run.kill(*held, number=signal.SIGCONT)
    said = run.end()
    run.wait_for_orphans()
    assert run.process.returncode != 0
    assert "Traceback" not in said
    assert drafts(study) == []
    assert contents(study).items() - expected.items() == set()
    if forgets:
        forget(study)
    study.run(CHUNK)
    assert contents(study) == expected


def test_a_job_with_older_settings_that_outlives_its_run_publishes_nothing(
    study: Study, expected: Contents, start: Callable[..., Run]
) -> None:
    """Kill Snakemake, not its script; change the settings, run; the old script ends last, and in vain."""
    undo(study, CHUNK)
    config = study.config()
    standardisation = config["analyses"]["primary"]["standardisation"]
    wanted = standardisation["controlled_at"]
    standardisation["controlled_at"] = [wanted[0] + 1, *wanted[1:]]
    study.configure(config)
    killed = start(CHUNK, hold_at=PUBLISHING)
    orphans = killed.held()
    killed.kill(killed.process.pid)
    killed.process.wait()
    standardisation["controlled_at"] = wanted
    study.configure(config)
    said = study.run(CHUNK)
    assert "Removed the locks of a run that was killed" in said
    killed.kill(*orphans, number=signal.SIGCONT)
    killed.wait_for_orphans()
    assert "bootstrap_chunk: gave up, because a later process makes the same files" in killed.said.read_text()
    assert contents(study) == expected
    assert drafts(study) == []


def test_a_mapping_edited_after_the_clock_was_set_back_is_noticed(study: Study) -> None:
    mapping = study.root / "config/trials/mr_clean.yaml"
    study.edit("config/trials/mr_clean.yaml", "missing: [-9, 999]", "missing: [-9, 999, -77]")
    past = time.time() - YEARS
    os.utime(mapping, (past, past))
    assert ("harmonise_trial", "results/ipd/harmonised/mr_clean.parquet") in study.jobs()


@pytest.mark.parametrize("shift", [YEARS, -YEARS], ids=["future", "past"])
def test_dates_in_the_future_or_the_past_rerun_nothing(study: Study, shift: int) -> None:
    date = time.time() + shift
    for folder in ("config", "workflow", "results/ipd"):
        for path in (study.root / folder).rglob("*"):
            os.utime(path, (date, date))
    assert study.jobs() == []


def test_results_from_the_future_are_made_again_when_a_setting_changes(
    study: Study, expected: Contents
) -> None:
    """Without their dates set right Snakemake would refuse an output that is older than its input."""
    date = time.time() + YEARS
    for path in (study.root / "results").rglob("*"):
        os.utime(path, (date, date))
    config = study.config()
    config["analyses"]["primary"]["bootstrap"]["interval"] = "basic"
    study.configure(config)
    assert "estimate_effects" in study.rules()
    study.run("results/primary/effects.csv")
    assert contents(study)["primary/effects.csv"] != expected["primary/effects.csv"]
    config["analyses"]["primary"]["bootstrap"]["interval"] = "percentile"
    study.configure(config)
    study.run("results/primary/effects.csv")
    assert contents(study) == expected
