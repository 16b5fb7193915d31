"""What Snakemake's own command says of a study that is wrong: one list, and nothing is left behind."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.plumbing.slips import CONFIG, SLIPS, Slip
from tests.workflow.conftest import ROOT, Study

pytestmark = pytest.mark.slow

# of each kind one, and those that Snakemake itself stumbles over
CHOSEN = [
    slip
    for slip in SLIPS
    if slip.new.startswith(
        (
            "seed: 010",
            "seed: 9999999",
            "results: 5",
            "results: <logs>/x",
            "study: [",
            "seed: 1\n__use_yte__",
            "seed: &a",
            "seed: [[[[",
            "covariates: np.os",
            "label: [North",
            "where: {step: 9}",
        )
    )
]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """The template in a directory with the workflow."""
    for source in ("Snakefile", "profiles", "workflow", "envs"):
        (tmp_path / source).symlink_to(ROOT / source)
    shutil.copytree(ROOT / "config/examples/template", tmp_path / "study")
    return Study(tmp_path)


def refused(study: Study, *arguments: str) -> list[str]:
    """Run Snakemake, which must refuse; return the lines of its list."""
    before = sorted(study.root.rglob("*"))
    done = study.snakemake(*arguments, cores=1)
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "Traceback" not in said
    assert "Error" not in said
    assert said.count("nothing was run:") == 1
    assert sorted(study.root.rglob("*")) == before
    return [line for line in said.partition("nothing was run:\n")[2].splitlines() if line.startswith("  ")]


def test_enough_slips_are_tried() -> None:
    assert len(CHOSEN) >= 12


@pytest.mark.parametrize("slip", CHOSEN, ids=[re.sub(r"\W+", "_", slip.new)[:30] for slip in CHOSEN])
def test_a_slip_is_one_list_and_leaves_nothing_behind(study: Study, slip: Slip) -> None:
    study.edit(f"study/{slip.file}", slip.old, slip.new)
    lines = refused(study, "--dry-run", "--configfile", "study/config.yaml")
    assert any(slip.said in line for line in lines), lines
    assert all(re.match(r"  study/\w+\.yaml:\d+: ", line) for line in lines), lines


def test_a_file_that_is_no_configuration(study: Study) -> None:
    (study.root / "study" / CONFIG).write_bytes("a: é\n".encode("latin-1"))
    said = ["  study/config.yaml:1: not UTF-8 (byte 0xe9); save it in this encoding"]
    assert refused(study, "--dry-run", "--configfile", "study/config.yaml") == said
    assert refused(study, "--dry-run", "--configfile=study") == ["  study: a folder, not a file"]
    assert refused(study, "--dry-run", "--configfile", "no.yaml") == ["  no.yaml: there is no such file"]


def test_a_target_behind_the_configuration_gets_a_hint(study: Study) -> None:
    lines = refused(study, "--dry-run", "--configfile", "study/config.yaml", "pool")
    assert any("pool: if it is a target, write it before --configfile" in line for line in lines)


def test_what_the_command_line_states_is_named(study: Study) -> None:
    lines = refused(study, "--dry-run", "--configfile", "study/config.yaml", "--config", "seed=x")
    assert lines == ["  --config: seed: found the text 'x'; allowed: a whole number"]


def test_without_a_file_the_default_study_is_looked_for(study: Study) -> None:
    assert refused(study, "--dry-run") == ["  config/config.yaml: there is no such file"]


def test_the_default_study_is_checked_before_snakemake_reads_it(study: Study) -> None:
    (study.root / "config").mkdir()
    (study.root / "config/config.yaml").write_text("__use_yte__: true\nseed: ?open('pwned', 'w')\n")
    lines = refused(study, "--dry-run")
    assert lines[0].endswith("'__use_yte__' makes a program of a configuration; leave it out")
    assert not (study.root / "pwned").exists()


def test_a_copy_of_the_template_plans_a_run_wherever_it_lies(study: Study, tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where"
    shutil.move(study.root / "study", elsewhere)
    outputs = [output for _, output in study.jobs("--configfile", "else where/config.yaml")]
    assert all(output.startswith("else where/results/") for output in outputs)
    outside = Study(tmp_path / "else where")
    jobs = outside.jobs("--snakefile", str(ROOT / "Snakefile"), "--configfile", "config.yaml")
    assert {output.split("/")[0] for _, output in jobs} == {"results"}


def test_a_results_folder_with_a_slash_at_its_end_gives_no_warnings(study: Study) -> None:
    study.edit("study/config.yaml", "results: <study>/results", "results: out/")
    said = study.run("--dry-run", "--configfile", "study/config.yaml")
    assert "out//" not in said
    assert "double" not in said
    assert "    output: out/ipd/pooled.parquet" in said


def test_the_check_is_a_command_of_its_own(study: Study) -> None:
    command = [sys.executable, "workflow/scripts/check_study.py", "study/config.yaml"]
    done = subprocess.run(command, cwd=study.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "study/config.yaml: no problem found\n")
    study.edit("study/config.yaml", "seed: 1", "seed: -1")
    done = subprocess.run(command, cwd=study.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "  study/config.yaml:12: seed: -1 is too small; allowed: 0 or more" in done.stderr
