"""The results of a run: complete, the same however it was run, and as the configuration asked."""

import hashlib
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.workflow.conftest import ROOT, Study

pytestmark = pytest.mark.slow

TABLES = (
    "flow", "missing", "notices", "effects", "worlds", "mediator_curve", "calibration", "mediator_residuals",
)  # fmt: skip
FIGURES = ("patient_flow", "outcome_by_arm", "mediator_by_arm", "path_diagram", "proportion_distribution")


def test_every_file_of_the_results_is_there(finished_study: Study) -> None:
    results = finished_study.root / "results"
    config = finished_study.config()
    expected = [
        "report.html",
        "quality/report.html",
        "distributions.csv",
        "integrity.csv",
        "manifest.json",
        "run.json",
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
            *(f"{analysis}/{table}.csv" for table in TABLES),
            *(f"{analysis}/notices/{step}.csv" for step in ("cohort", "imputation", "bootstrap")),
        ]
        expected += [f"{analysis}/describe/{part}.csv" for part in ("baseline", "outcome", "mediator")]
        models = ("mediator", "total", "outcome")
        expected += [f"{analysis}/models/{model}.{kind}" for model in models for kind in ("csv", "json")]
    expected += [f"primary/figures/{figure}.{kind}" for figure in FIGURES for kind in ("svg", "png", "pdf")]
    expected += [
        f"primary/tables/{table}.{kind}"
        for table in ("baseline", "models", "effects")
        for kind in ("csv", "html", "docx")
    ]
    assert [path for path in expected if not (results / path).is_file()] == []
    assert len(list((results / "ipd/raw").iterdir())) == len(config["trials"])
    assert list(results.rglob(".partial-*")) == []


def test_every_link_of_the_page_leads_to_a_file(finished_study: Study) -> None:
    results = finished_study.root / "results"
    links = set(re.findall(r'href="([^"#:]+)(?:#[^"]*)?"', (results / "report.html").read_text()))
    assert {"primary/figures/four_worlds.pdf", "primary/tables/effects.docx", "manifest.json"} <= links
    assert [link for link in sorted(links) if not (results / link).is_file()] == []


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


@pytest.mark.parametrize("analysis", ["primary", "complete_case"])
def test_the_number_fitted_is_the_last_of_the_flow_and_that_of_every_table(
    finished_study: Study, analysis: str
) -> None:
    results = finished_study.root / "results"
    flow = pd.read_csv(results / analysis / "flow.csv")
    fitted = int(flow["remaining"].iloc[-1])
    for model in ("mediator", "total", "outcome"):
        assert json.loads((results / analysis / f"models/{model}.json").read_text())["n"] == fitted
    for table in ("baseline", "outcome", "mediator"):
        rows = pd.read_csv(results / analysis / f"describe/{table}.csv")
        rows = rows[(rows["trial"] == "all") & (rows["arm"] == "all")]
        counts = rows[rows["statistic"].isin(["n", "missing"])].groupby("variable")["estimate"].sum()
        assert set(counts) == {fitted}
    assert len(pd.read_parquet(results / f"ipd/{analysis}/cohort.parquet")) == fitted
    participants = json.loads((results / "manifest.json").read_text())["participants"][analysis]
    assert participants == {"randomised": 1764, "eligible": 1665, "fitted": fitted}

    missing = pd.read_csv(results / analysis / "missing.csv")
    rows = missing[missing["trial"] != "all"]
    totals = missing[missing["trial"] == "all"].set_index("variable")["missing"]
    assert rows.groupby("variable")["missing"].sum().to_dict() == totals.to_dict()
    if analysis == "complete_case":
        assert flow["kind"].iloc[-1] == "missing"
        assert set(missing["handled"]) == {"excluded"}
        assert 0 < flow["excluded"].iloc[-1] == 1665 - fitted <= totals.sum()
    else:
        assert set(missing["handled"]) == {"imputed"}
        assert set(missing.loc[missing["trial"] == "all", "n"]) == {fitted}


@pytest.mark.parametrize("analysis", ["primary", "published", "complete_case"])
def test_every_effect_has_a_bootstrap_interval_or_a_reason(finished_study: Study, analysis: str) -> None:
    effects = pd.read_csv(finished_study.root / f"results/{analysis}/effects.csv", keep_default_na=False)
    without = effects["ci_low"] == ""
    assert (effects["withheld"][without] != "").all()
    assert (effects["withheld"][~without] == "").all()
    named = effects.set_index(["effect", "scale"])
    for effect in ("total", "direct", "treatment_on_mediator", "mediator_effect"):
        assert named.loc[(effect, "coefficient"), "ci_low"] != ""
    bound = effects["p_bound"].astype(str) == "True"
    assert (effects["p_value"][bound].astype(float) <= 2 / 40).all()


def test_what_a_reader_has_to_know_is_said_at_the_end_and_written_down(study: Study) -> None:
    config = study.config()
    config["analyses"]["primary"]["trial_effects"] = "none"
    study.configure(config)
    said = study.run("results/primary/notices.csv", "results/complete_case/notices.csv").splitlines()
    notices = pd.read_csv(study.root / "results/primary/notices.csv")
    assert notices.columns.tolist() == ["step", "kind", "message"]
    kinds = notices.groupby("step")["kind"].agg(set)
    assert kinds["cohort"] == {"trials_not_told_apart"}
    # What the fits warn of is said by the models, though estimating the effects makes the same fits again.
    assert kinds["bootstrap"] == {"few_replicates"}
    assert any(
        line.startswith("select_cohort (primary): note: the 7 trials are not told apart") for line in said
    )
    end = said[said.index("To be known beside the results:") :]
    for message in notices["message"]:
        (line,) = [line for line in end if message in line]
        assert line.endswith(")")
    # The analysis `published` states its own trial effects.
    (line,) = [line for line in end if "not told apart" in line]
    assert line.endswith("(primary, complete_case)")


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
    for trial, entry in manifest["trials"].items():
        raw = finished_study.root / "results/ipd/raw" / entry["file"]
        mapping = finished_study.root / finished_study.config()["trials"][trial]
        assert entry["sha256"] == hashlib.sha256(raw.read_bytes()).hexdigest()
        assert entry["mapping_sha256"] == hashlib.sha256(mapping.read_bytes()).hexdigest()
    for path, checksum in manifest["effects"].items():
        assert checksum == hashlib.sha256(finished_study.read(f"results/{path}")).hexdigest()
    results = finished_study.root / "results"
    shown = {
        path.relative_to(results).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in results.rglob("*")
        if path.is_file() and "ipd" not in path.parts
    }
    assert manifest["files"] == {
        name: checksum for name, checksum in shown.items() if name not in ("manifest.json", "README.md")
    }


def test_the_manifest_s_checksum_follows_a_mapping_edited_with_an_old_date(study: Study) -> None:
    """Its trial's rows stay the same, so that nothing else has to run."""
    mapping = study.root / "config/trials/piste.yaml"
    before = mapping.stat()
    mapping.write_text("# a remark\n" + mapping.read_text())
    os.utime(mapping, (before.st_atime, before.st_mtime))
    study.run("--until", "harmonise_trial")
    study.run()
    entry = json.loads(study.read("results/manifest.json"))["trials"]["piste"]
    assert entry["mapping_sha256"] == hashlib.sha256(mapping.read_bytes()).hexdigest()


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
        study.root / "results" / name
        for name in (
            "ipd/harmonised/mr_clean.parquet",
            "ipd/quality/mr_clean.csv",
            "notices/contract/mr_clean.csv",
            "provenance/harmonise_trial/mr_clean.json",
        )
    }
    kept = {path: content for path, content in before.items() if path not in {raw, *step}}
    assert [path for path, content in kept.items() if path.read_bytes() != content] == []


def test_an_unreadable_file_leaves_no_half_written_output(study: Study) -> None:
    (study.root / "results/ipd/raw/extend_ia.xlsx").write_bytes(b"PK\x03\x04 cut off")
    done = study.snakemake()
    assert done.returncode != 0
    assert "extend_ia.xlsx: not readable as an Excel workbook" in done.stdout + done.stderr
    assert list((study.root / "results").rglob(".partial-*")) == []
