"""What a changed file makes run again: exactly what depends on it, with Snakemake's metadata and without."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.workflow.conftest import ROOT, Study, configure
from tests.workflow.rules_that_follow import AFTER_POOLING

pytestmark = pytest.mark.slow

TRIAL, FORMAT = "mr_clean", "csv"


def test_nothing_is_to_be_done_after_a_run(either: Study) -> None:
    assert either.jobs() == []
    assert "Nothing to be done" in either.run()


def test_touching_files_reruns_nothing(either: Study) -> None:
    for folder in ("config", "workflow", "results"):
        for path in (either.root / folder).rglob("*"):
            if path.is_file():
                os.utime(path)
    assert either.jobs() == []


def test_comments_and_white_space_in_the_configuration_rerun_nothing(either: Study) -> None:
    config = either.root / "config/config.yaml"
    config.write_text("# a remark\n\n" + config.read_text() + "\n\n")
    assert either.jobs() == []


def test_one_trial_s_file_reruns_that_trial_and_what_follows(either: Study) -> None:
    raw = either.root / f"results/ipd/raw/{TRIAL}.{FORMAT}"
    lines = raw.read_bytes().splitlines(keepends=True)
    raw.write_bytes(b"".join(lines[:-1]))
    jobs = either.jobs()
    assert [output for rule, output in jobs if rule == "harmonise_trial"] == [
        f"results/ipd/harmonised/{TRIAL}.parquet"
    ]
    assert {rule for rule, _ in jobs} == {"harmonise_trial", "pool_trials"} | AFTER_POOLING


def test_one_trial_s_mapping_reruns_that_trial_and_what_follows(either: Study) -> None:
    """The mapping says how the synthetic trial is written, too, so that its file is made again as well."""
    either.edit(f"config/trials/{TRIAL}.yaml", "missing: [-9, 999]", "missing: [-9, 999, -77]")
    jobs = either.jobs()
    assert {rule for rule, _ in jobs} == {"simulate_trial", "harmonise_trial", "pool_trials"} | AFTER_POOLING
    trial = [output for rule, output in jobs if rule in ("simulate_trial", "harmonise_trial")]
    assert sorted(trial) == [
        f"results/ipd/harmonised/{TRIAL}.parquet",
        f"results/ipd/raw/{TRIAL}.{FORMAT}",
    ]


def test_a_rerun_that_changes_nothing_stops_there(either: Study) -> None:
    """A code that no patient has makes the trial's harmonising run; its equal result makes nothing else."""
    either.edit(f"config/trials/{TRIAL}.yaml", "missing: [-9, 999]", "missing: [-9, 999, -77]")
    assert ("harmonise_trial", f"results/ipd/harmonised/{TRIAL}.parquet") in either.jobs()
    before = either.read("results/ipd/pooled.parquet")
    either.run("--until", "harmonise_trial")
    assert "pool_trials" not in either.rules()
    assert either.read("results/ipd/pooled.parquet") == before


def test_a_figure_s_code_redraws_figures_and_computes_nothing(either: Study) -> None:
    either.edit(
        "workflow/scripts/ipdmediation/present/figures/patient_flow.py",
        '"""',
        '"""\n\n',
    )
    assert either.rules() == {"figures", "figures_for_print", "report", "manuscript", "manifest"}


@pytest.mark.parametrize(
    "module",
    [
        "data.cohort",
        "models.results",
        "effects.log_odds",
        "inference.intervals",
        "inference.resampling",
        "evidence.published",
        "present.style",
        "present.figures.sheet",
        "present.figures.bars",
    ],
)
def test_editing_a_module_reruns_exactly_the_jobs_that_import_it(
    moved: Study, module: str, imports: dict[str, set[str]]
) -> None:
    """Holds the workflow's own search for imports against what Python really imports."""
    everything = moved.jobs("--forceall")
    name = f"ipdmediation.{module}"
    importers = [output for rule, output in everything if name in imports[rule]]
    assert importers
    expected = moved.jobs("--forcerun", *importers)
    path = moved.root / f"workflow/scripts/ipdmediation/{module.replace('.', '/')}.py"
    path.write_text(path.read_text() + "\n# edited\n")
    jobs = moved.jobs()
    assert {output for _, output in jobs} >= set(importers)
    assert sorted(jobs) == sorted(expected)


def test_only_what_is_asked_for_is_made_again(moved: Study) -> None:
    configure(lambda config: config.update(seed=1))(moved)
    assert {output.split("/")[1] for _, output in moved.jobs("complete_case")} == {
        "complete_case", "ipd", "quality",
    }  # fmt: skip


def test_a_dry_run_touches_nothing(moved: Study) -> None:
    configure(lambda config: config.update(seed=1))(moved)
    before = {path: path.stat().st_mtime_ns for path in (moved.root / "results").rglob("*")}
    assert moved.jobs()
    assert {path: path.stat().st_mtime_ns for path in (moved.root / "results").rglob("*")} == before


def test_files_can_be_accepted_as_they_are(either: Study) -> None:
    chunk = either.root / "results/primary/bootstrap/0-20.parquet"
    either.edit("workflow/scripts/ipdmediation/inference/streams.py", '"""', '"""\n')
    before = pd.read_parquet(chunk)
    assert {"impute_missing", "bootstrap_chunk", "estimate_effects"} <= either.rules()
    either.run("--touch")
    assert either.jobs() == []
    shutil.rmtree(either.root / ".snakemake")
    assert either.jobs() == []
    pd.testing.assert_frame_equal(pd.read_parquet(chunk), before)
    either.run("verify")


@pytest.fixture(scope="session")
def imports(finished_study: Study) -> dict[str, set[str]]:
    """Modules of the package in memory after each script was read by a process of its own."""
    scripts = finished_study.root / "workflow/scripts"
    program = """
import os, runpy, sys
sys.path[:0] = sys.argv[1:3]
import tests.workflow.ready_modules
for path in sys.argv[3:]:
    if not os.fork():
        runpy.run_path(path)
        print(path, *(name for name in sys.modules if name.startswith("ipdmediation")), flush=True)
        os._exit(0)
    _, status = os.wait()
    if status:
        sys.exit(path)
"""
    paths = map(str, scripts.glob("*.py"))
    command = [sys.executable, "-c", program, str(scripts), str(ROOT), *paths]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    named = map(str.split, said.splitlines())
    found = {Path(path).stem: set(modules) for path, *modules in named}
    return {**found, "figures_for_print": found["figures"]}
