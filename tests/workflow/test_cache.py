"""Snakemake's between-workflow cache: what it takes, when it is hit, and what must never be in it."""

import shutil
from pathlib import Path

import pytest

from tests.workflow.conftest import Study

pytestmark = pytest.mark.slow

TARGETS = ("results/complete_case/effects.csv", "results/complete_case/models/outcome.csv")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache that the environment names."""
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setenv("SNAKEMAKE_OUTPUT_CACHE", str(folder))
    return folder


def checkout(finished: Study, root: Path) -> Study:
    """Another copy: with patients' rows, which no cache has, and without the results of one analysis."""
    ignored = shutil.ignore_patterns(".snakemake", "logs", "benchmarks")
    shutil.copytree(finished.root, root, ignore=ignored)
    shutil.rmtree(root / "results/complete_case")
    return Study(root)


def test_another_checkout_takes_what_is_cached_until_the_code_changes(
    finished_study: Study, cache: Path, tmp_path: Path
) -> None:
    first = checkout(finished_study, tmp_path / "first")
    assert "Symlinking output file results/complete_case/effects.csv" in first.run("--cache", "--", *TARGETS)
    assert {path.suffix for path in cache.iterdir()} == {".parquet", ".csv", ".json"}
    second = checkout(finished_study, tmp_path / "second")
    chunk = "results/complete_case/bootstrap/20-40.parquet"
    assert f"{chunk} will be obtained from" in second.run("--dry-run", "--cache", "--", *TARGETS)
    cached = set(cache.iterdir())
    assert "Moving output file" not in second.run("--cache", "--", *TARGETS)
    assert set(cache.iterdir()) == cached
    for path in (chunk, *TARGETS):
        assert second.read(path) == finished_study.read(path)
        assert (second.root / path).is_symlink()

    second.edit("workflow/scripts/ipdmediation/inference/streams.py", '"""', '"""\n')
    said = second.run("--dry-run", "--cache", "--", *TARGETS)
    assert f"{chunk} will be written to" in said
    assert "results/complete_case/models/outcome.csv will be" not in said


def test_a_cached_file_that_is_damaged_is_not_taken(
    finished_study: Study, cache: Path, tmp_path: Path
) -> None:
    chunk = "results/complete_case/bootstrap/20-40.parquet"
    first = checkout(finished_study, tmp_path / "first")
    first.run("--cache", "--", chunk)
    (entry,) = cache.iterdir()
    good = entry.read_bytes()
    damaged = bytearray(good)
    damaged[10] ^= 1
    entry.write_bytes(damaged)
    second = checkout(finished_study, tmp_path / "second")
    said = second.run("--cache", "--", chunk)
    assert f"{chunk}: not taken from the cache: changed since it was made: draws." in said
    assert second.read(chunk) == entry.read_bytes() == good


@pytest.mark.parametrize("rule", ["simulate_trial", "harmonise_trial", "select_cohort", "impute_missing"])
@pytest.mark.usefixtures("cache")
def test_patients_rows_are_never_cached(study: Study, rule: str) -> None:
    done = study.snakemake("--dry-run", "--cache", rule)
    assert done.returncode != 0
    assert f"--cache {rule}: its output has patients' rows" in done.stdout + done.stderr


def test_a_cache_without_a_place_is_one_clear_error(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SNAKEMAKE_OUTPUT_CACHE", raising=False)
    done = study.snakemake("--dry-run", "--cache")
    assert done.returncode != 0
    assert "SNAKEMAKE_OUTPUT_CACHE names no directory" in done.stdout + done.stderr
