"""kill -9 at any moment: no truncated file under a final name; the same command ends undisturbed."""

import random
import shutil
import time
from collections.abc import Callable

import pytest

from tests.faults.conftest import Contents, Run, Study, contents, drafts, forget

pytestmark = pytest.mark.slow

KILLS = 6  # of each victim
VICTIMS: dict[str, Callable[[Run, random.Random], list[int]]] = {
    "snakemake": lambda run, rng: [run.process.pid],
    "script": lambda run, rng: [rng.choice(run.scripts() or [run.process.pid])],
    "everything": lambda run, rng: run.members(),
}


def test_kills_change_nothing(
    study: Study, expected: Contents, start: Callable[[], Run], pace: float
) -> None:
    """Each run goes on where the last one was killed, so that the moments spread over a whole run."""
    rng = random.Random(KILLS)
    victims = [*VICTIMS] * KILLS
    rng.shuffle(victims)
    start_anew(study)
    runs = []
    for victim in victims:
        run = start()
        runs.append(run)
        time.sleep(pace * rng.uniform(0.2, 4))
        finished = run.process.poll() is not None
        run.kill(*VICTIMS[victim](run, rng))
        said = run.end()
        assert "LockException" not in said
        found = contents(study)
        assert found.items() - expected.items() == set()
        if finished:
            assert found == expected
            start_anew(study)
        elif rng.random() < 0.5:
            forget(study)
    last = start()
    said = last.end()
    assert last.process.returncode == 0, said
    assert contents(study) == expected
    for run in runs:
        run.wait_for_orphans()
    assert contents(study) == expected
    assert drafts(study) == []
    assert study.jobs() == []


def start_anew(study: Study) -> None:
    for folder in ("results", ".snakemake"):
        shutil.rmtree(study.root / folder, ignore_errors=True)
