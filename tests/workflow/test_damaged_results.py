"""Results that were edited, deleted, or taken from elsewhere are noticed, and made again."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflow.conftest import Study, configure

pytestmark = pytest.mark.slow

OWN = "results/primary/bootstrap/0-20.parquet"
FOREIGN = "results/published/bootstrap/0-20.parquet"


def test_another_analysis_chunk_is_made_again_by_the_same_command(either: Study) -> None:
    before = either.read(OWN)
    shutil.copyfile(either.root / FOREIGN, either.root / OWN)
    os.utime(either.root / OWN, (0, 0))
    assert ("bootstrap_chunk", OWN) in either.jobs()
    either.run(OWN)
    assert either.read(OWN) == before


def test_draws_of_another_seed_are_not_joined(moved: Study) -> None:
    """Without metadata, and with the step that joins alone asked for."""
    configure(lambda config: config.update(seed=1))(moved)
    planned = moved.jobs("--forcerun", "estimate_effects", "--", "results/primary/effects.csv")
    assert {output for rule, output in planned if rule == "bootstrap_chunk"} == {
        "results/primary/bootstrap/0-20.parquet",
        "results/primary/bootstrap/20-40.parquet",
    }


def test_a_chunk_that_comes_in_between_is_refused_in_one_line(study: Study) -> None:
    """The job itself is told nothing of provenance that the run has compared: a script of its own is."""
    shutil.copyfile(study.root / FOREIGN, study.root / OWN)
    done = study.snakemake(
        "--mode", "subprocess", "--force", "--allowed-rules", "estimate_effects", "--nolock",
        "--", "results/primary/effects.csv",
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert f"estimate_effects: {OWN}: not what it should be: analysis 'published', not 'primary'" in said
    assert "delete the file and run again" in said


def test_a_result_that_was_edited_is_made_again(either: Study) -> None:
    path = either.root / "results/primary/effects.csv"
    path.write_bytes(path.read_bytes().replace(b"total", b"TOTAL"))
    os.utime(path, (0, 0))
    assert "estimate_effects" in either.rules()


def test_the_results_are_as_their_manifest_until_one_is_not(study: Study, tmp_path: Path) -> None:
    assert study.snakemake("verify").returncode == 0
    assert study.snakemake("share").returncode == 0
    assert study.snakemake("verify").returncode == 0
    (study.root / "results/primary/effects.csv").write_text("")
    (study.root / "results/primary/more.csv").write_text("")
    (study.root / "results/published/flow.csv").unlink()
    done = study.snakemake("verify")
    assert done.returncode == 1
    said = (done.stdout + done.stderr).splitlines()
    for line in (
        "results/primary/effects.csv: changed since the manifest was written",
        "results/primary/more.csv: not in the manifest",
        "results/published/flow.csv: missing",
    ):
        assert f"verify: {line} (log: logs/verify.log)" in said
    shared = study.read("results/shared.zip")
    done = study.snakemake("share")
    assert done.returncode == 1
    assert (
        "share: results/primary/more.csv: not in the manifest (log: logs/share.log)"
        in done.stdout + done.stderr
    )
    assert study.read("results/shared.zip") == shared
    copy = shutil.copytree(study.root / "results", tmp_path / "copy")
    script = [sys.executable, str(study.root / "workflow/scripts/verify.py"), str(copy)]
    alone = subprocess.run(script, capture_output=True, text=True, check=False)
    assert alone.returncode == 1
    assert f"{copy}/published/flow.csv: missing" in alone.stdout.splitlines()


def test_a_deleted_result_is_made_again(study: Study) -> None:
    (study.root / "results/published/figures/path_diagram.svg").unlink()
    assert study.rules() == {"figures", "manifest"}


@pytest.mark.parametrize("deleted", ["published/bootstrap/0-20.parquet", "quality/mr_clean.csv"])
def test_a_deleted_file_between_steps_is_made_when_it_is_asked_for(study: Study, deleted: str) -> None:
    (study.root / "results" / deleted).unlink()
    assert study.jobs() == []
    assert len(study.jobs(f"results/{deleted}")) == 1
