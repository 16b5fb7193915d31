"""The results of a run: complete, the same however it was run, and as the configuration asked."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.workflow.conftest import ROOT, Study

pytestmark = pytest.mark.slow

FIGURES = ("patient_flow", "outcome_by_arm", "mediator_by_arm", "path_diagram", "proportion_distribution")


def test_every_file_of_the_results_is_there(finished_study: Study) -> None:
    results = finished_study.root / "results"
    config = finished_study.config()
    expected = [
        "report.html",
        "manifest.json",
        "published_comparison.csv",
        "synthetic_truth.json",
        "ipd/pooled.parquet",
    ]
    for trial in config["trials"]:
        expected += [f"ipd/harmonised/{trial}.parquet", f"quality/{trial}.csv"]
    for analysis in config["analyses"]:
        expected += [
            f"ipd/{analysis}/cohort.parquet",
            f"ipd/{analysis}/imputed.parquet",
            f"{analysis}/flow.csv",
        ]
        expected += [f"{analysis}/describe/{part}.csv" for part in ("baseline", "outcome", "mediator")]
        models = ("mediator", "total", "outcome")
        expected += [f"{analysis}/models/{model}.{kind}" for model in models for kind in ("csv", "json")]
        expected += [f"{analysis}/effects.csv"]
    expected += [f"primary/figures/{figure}.{kind}" for figure in FIGURES for kind in ("svg", "png", "pdf")]
    expected += [
        f"primary/tables/{table}.{kind}"
        for table in ("baseline", "models", "effects")
        for kind in ("csv", "html", "docx")
    ]
    assert [path for path in expected if not (results / path).is_file()] == []
    assert len(list((results / "ipd/raw").iterdir())) == len(config["trials"])
    assert list(results.rglob(".partial-*")) == []


def test_the_flow_adds_up_to_the_published_cohort(finished_study: Study) -> None:
    flow = pd.read_csv(finished_study.root / "results/primary/flow.csv")
    assert flow["remaining"].iloc[0] == 1764
    assert 1690 in flow["remaining"].tolist()
    last = flow.iloc[-1]
    assert (last["remaining"], last["remaining_treated"], last["remaining_control"]) == (1665, 821, 844)
    assert (flow["remaining"].iloc[0] - flow["excluded"].iloc[1:].cumsum()).tolist() == flow[
        "remaining"
    ].iloc[1:].tolist()
    assert (flow["excluded_treated"] + flow["excluded_control"]).equals(flow["excluded"])


def test_patients_rows_are_private(finished_study: Study) -> None:
    assert stat.S_IMODE((finished_study.root / "results/ipd").stat().st_mode) == 0o700


def test_cores_and_chunks_do_not_change_the_effects(study: Study) -> None:
    before = study.read("results/primary/effects.csv")
    config = study.config()
    config["analyses"]["primary"]["bootstrap"]["chunk"] = 7
    study.configure(config)
    said = study.run("results/primary/effects.csv", cores=1)
    assert "results/primary/bootstrap/35-42.parquet" in said
    assert study.read("results/primary/effects.csv") == before


@pytest.mark.parametrize("seed", ["1", "random"])
def test_kernels_are_compiled_under_one_hash_seed(seed: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import sys; sys.path.insert(0, sys.argv[1]); from compile_kernels import fix_hash_seed;"
        "fix_hash_seed(); print(hash('kernels'))"
    )
    command = [sys.executable, str(program), str(ROOT / "workflow/scripts")]
    hashes = [
        subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": number},
        ).stdout
        for number in (seed, "0")
    ]
    assert hashes[0] == hashes[1]


def test_the_manifest_names_what_was_used(finished_study: Study) -> None:
    manifest = json.loads(finished_study.read("results/manifest.json"))
    assert manifest["seed"] == finished_study.config()["seed"]
    assert set(manifest["trials"]) == set(finished_study.config()["trials"])
    assert manifest["versions"]["numpy"]


def test_a_wrong_key_is_one_clear_error(study: Study) -> None:
    config = study.config()
    config["analyses"]["primary"]["bootstrap"]["replicate"] = 10
    study.configure(config)
    done = study.snakemake("--dry-run")
    assert done.returncode != 0
    assert "replicate" in done.stderr + done.stdout
    assert "replicates" in done.stderr + done.stdout


def test_an_unknown_code_is_one_line_and_nothing_made_is_lost(study: Study) -> None:
    before = {path: path.read_bytes() for path in (study.root / "results").rglob("*") if path.is_file()}
    raw = study.root / "results/ipd/raw/mr_clean.csv"
    raw.write_bytes(raw.read_bytes().replace(b";M1;", b";M9;"))
    done = study.snakemake()
    said = done.stdout + done.stderr
    assert done.returncode != 0
    (line,) = [line for line in said.splitlines() if line.startswith("harmonise_trial: ")]
    for part in ("mr_clean.csv", "OCCLUSIE", "M9", "M1", "rows", "log: logs/harmonise_trial/mr_clean.log"):
        assert part in line
    # Snakemake removes the failed step's own outputs, which no longer belong to its input.
    step = {
        study.root / "results" / name for name in ("ipd/harmonised/mr_clean.parquet", "quality/mr_clean.csv")
    }
    kept = {path: content for path, content in before.items() if path not in {raw, *step}}
    assert [path for path, content in kept.items() if path.read_bytes() != content] == []


def test_an_unreadable_file_leaves_no_half_written_output(study: Study) -> None:
    (study.root / "results/ipd/raw/extend_ia.xlsx").write_bytes(b"PK\x03\x04 cut off")
    done = study.snakemake()
    assert done.returncode != 0
    assert "extend_ia.xlsx: not readable as an Excel workbook" in done.stdout + done.stderr
    assert list((study.root / "results").rglob(".partial-*")) == []
