"""What Snakemake's own command says of the study, and what it does at the start and at the end of a run."""

from __future__ import annotations

import hashlib
import os
import re
import time
from pathlib import Path

import pytest
import yaml

from tests.steps.conftest import CONFIG, snakemake
from tests.yaml_files import read_yaml

RESULTS = Path("results/odd")
KILLED = Path(".snakemake/ipdmediation/killed.run")
LOCKS = {"input": "results/read.csv\n", "output": "results/made.csv\n"}


def leave_locks() -> list[Path]:
    """Leave what a killed run leaves: lock files, and a file of the run with their checksums."""
    files = [Path(f".snakemake/locks/0.{kind}.lock") for kind in LOCKS]
    for file, (kind, content) in zip(files, LOCKS.items(), strict=True):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        KILLED.parent.mkdir(parents=True, exist_ok=True)
        with KILLED.open("a") as run:
            run.write(f"{kind}:{hashlib.sha256(content.encode()).hexdigest()}\n")
    return files


def dates() -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in RESULTS.rglob("*") if path.is_file()}


def date_tomorrow() -> None:
    for path in RESULTS.rglob("*"):
        os.utime(path, (time.time() + 86400,) * 2)


@pytest.mark.usefixtures("copied")
def test_a_dry_run_tells_of_a_killed_run_and_changes_nothing() -> None:
    locks = leave_locks()
    date_tomorrow()
    before = dates()
    said = snakemake("--dry-run").stdout
    assert "A run was killed here; the next one removes its locks." in said
    assert "dated in the future" not in said
    assert all(lock.exists() for lock in locks)
    assert KILLED.exists()
    assert dates() == before


@pytest.mark.usefixtures("copied")
def test_a_run_removes_the_locks_of_a_killed_one_and_says_at_its_end_what_failed_and_what_was_made() -> None:
    locks = leave_locks()
    date_tomorrow()
    results = len(dates())
    trials = [Path(f"made_up/odd/trial_{number}.csv") for number in (1, 2)]
    trials[0].write_text("".join(trials[0].read_text().splitlines(keepends=True)[:-1]))
    trials[1].write_text(trials[1].read_text().replace(",new,", ",newer,"))
    done = snakemake("pool")
    said = done.stdout
    assert done.returncode == 1
    assert "Removed the locks of a run that was killed; what it finished is kept." in said
    assert f"{results} results were dated in the future; they have the date of now." in said
    assert "Another Snakemake" not in said
    assert max(dates().values()) < (time.time() + 60) * 1e9
    assert not any(lock.exists() for lock in locks)
    assert list(KILLED.parent.iterdir()) == []
    lines = said.splitlines()
    noted = lines.index("To be known beside the results:")
    assert lines[noted + 1].startswith("  bootstrap: the arms of the trials have 10 patients on average")
    assert lines[noted + 1].endswith("(primary, accelerated)")
    assert sum(line.endswith("(middle_aged)") for line in lines[noted:]) == 4
    failed = lines.index("Failed:")
    assert lines[failed + 1].startswith("  harmonise_trial: made_up/odd/trial_2.csv")
    assert lines[failed + 2 : failed + 7] == [
        "Made: 1 of 5 jobs.",
        "Not made:",
        "  harmonise_trial (1 of 2), pool_trials, describe_trials, quality_report",
        "Mend the cause and give the same command again: only what is missing is made.",
        "The report and the manifest are made when every analysis is.",
    ]


@pytest.mark.usefixtures("copied")
def test_results_are_held_against_their_manifest() -> None:
    assert snakemake("verify").returncode == 0
    table = RESULTS / "primary/effects.csv"
    table.write_text(table.read_text().replace("odd", "even") + "\n")
    done = snakemake("verify")
    assert done.returncode == 1
    assert "primary/effects.csv" in done.stdout


@pytest.mark.usefixtures("copied")
def test_all_that_is_wrong_with_a_study_is_one_list() -> None:
    config = read_yaml(CONFIG)
    config["seed"] = -1
    del config["arms"]["control"]["label"]
    CONFIG.write_text(yaml.safe_dump(config, sort_keys=False))
    done = snakemake("--dry-run")
    assert done.returncode == 1
    assert "seed: -1 is too small" in done.stdout
    assert "arms.control" in done.stdout
    assert "Traceback" not in done.stdout


CACHED = (
    "bootstrap/0-8.parquet", "bootstrap/8-16.parquet", "models/mediator.csv", "effects.csv",
    "evidence/trials.csv", "evidence/leave_one_out.csv", "evidence/proportional_odds.csv",
    "evidence/confounding.csv", "evidence/measurement_error.csv", "evidence/surrogacy.csv",
)  # fmt: skip


@pytest.mark.usefixtures("copied")
def test_draws_effects_and_models_are_cached_and_patients_rows_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SNAKEMAKE_OUTPUT_CACHE", raising=False)
    done = snakemake("--dry-run", "--cache")
    assert done.returncode != 0
    assert "SNAKEMAKE_OUTPUT_CACHE names no directory" in done.stdout
    monkeypatch.setenv("SNAKEMAKE_OUTPUT_CACHE", str(tmp_path))
    done = snakemake("--dry-run", "--cache", "impute_missing")
    assert done.returncode != 0
    assert "--cache impute_missing: its output has patients' rows" in done.stdout
    done = snakemake("--dry-run", "--forceall", "--cache", "--", "primary")
    assert done.returncode == 0, done.stdout
    cached = re.findall(rf"{RESULTS}/primary/(\S+) will be written to", done.stdout)
    assert sorted(cached) == sorted(CACHED)
    assert done.stdout.count("will be written to") == len(CACHED)
