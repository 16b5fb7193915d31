"""The workflow inside another one: by its path, twice at once, and from a repository."""

import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import ROOT, Study
from tests.yaml_files import read_yaml

pytestmark = pytest.mark.slow

EXAMPLE = ROOT / "config/examples/framing"
IMPORTING = """
configfile: "study/config.yaml"

module ipdmediation:
    snakefile: {snakefile}
    config: {{**config, "pathvars": {{"results": "made/{name}", "logs": "logs", "benchmarks": "benchmarks"}}}}

use rule * from ipdmediation as {name}_*

rule all:
    default_target: True
    input: rules.{name}_all.input
"""


def importing(root: Path, *, name: str, snakefile: str) -> Study:
    """A project of its own with the framing study, which imports the workflow."""
    (root / "study").mkdir(parents=True)
    (root / "study/framing.yaml").write_bytes((EXAMPLE / "framing.yaml").read_bytes())
    config = read_yaml(EXAMPLE / "config.yaml")
    config["trials"] = {"framing": "study/framing.yaml"}
    config["analyses"] = {"primary": config["analyses"]["primary"]}
    config["analyses"]["primary"]["bootstrap"].update(replicates=40, chunk=40)
    (root / "study/config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    (root / "Snakefile").write_text(IMPORTING.format(name=name, snakefile=snakefile))
    return Study(root)


@pytest.fixture
def by_path(finished_study: Study, tmp_path: Path) -> Study:
    """A project that imports the workflow from another directory."""
    snakefile = finished_study.root / "workflow/Snakefile"
    return importing(tmp_path / "project", name="framing", snakefile=repr(str(snakefile)))


def test_an_imported_workflow_runs_to_its_report(by_path: Study) -> None:
    by_path.run()
    made = by_path.root / "made/framing"
    assert (made / "report.html").is_file()
    assert pd.read_csv(made / "primary/effects.csv")["replicates"].unique().tolist() == [40]
    assert sorted(path.name for path in by_path.root.iterdir() if path.name[0] != ".") == [
        "Snakefile", "benchmarks", "logs", "made", "study",
    ]  # fmt: skip
    assert by_path.jobs() == []


def test_rules_of_an_imported_workflow_are_targets_under_their_new_names(by_path: Study) -> None:
    assert by_path.rules("framing_pool") == {
        "framing_harmonise_trial", "framing_pool_trials", "framing_describe_trials", "framing_quality_report",
    }  # fmt: skip
    assert "framing_estimate_effects" in by_path.rules("framing_primary")


def test_patients_rows_of_an_imported_workflow_are_not_cached(
    by_path: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNAKEMAKE_OUTPUT_CACHE", str(by_path.root))
    done = by_path.snakemake("--dry-run", "--cache", "framing_impute_missing")
    assert done.returncode != 0
    assert "--cache framing_impute_missing: its output has patients' rows" in done.stdout + done.stderr


def test_two_studies_run_side_by_side(by_path: Study) -> None:
    snakefile = by_path.root / "Snakefile"
    first = snakefile.read_text().split("rule all")[0]
    second = first.replace("ipdmediation", "again").replace("framing", "second")
    targets = "rule all:\n    input: rules.framing_all.input, rules.second_all.input\n"
    snakefile.write_text(first + second + targets)
    outputs = [output for _, output in by_path.jobs("all")]
    assert sum(output.startswith("made/framing/") for output in outputs) > 10
    assert sum(output.startswith("made/second/") for output in outputs) > 10


def test_the_readme_s_example_runs_as_printed(finished_study: Study, tmp_path: Path) -> None:
    """Keys of the project beside the study's, and the study's rules as inputs of the project's own."""
    readme = (ROOT / "README.md").read_text()
    example = readme.partition("```snakemake\n")[2].partition("```")[0]
    project = Study(tmp_path / "project")
    shutil.copytree(ROOT / "config/examples/template", project.root / "study")
    study = read_yaml(project.root / "study/config.yaml")
    study["trials"] = {trial: f"study/{path}" for trial, path in study["trials"].items()}
    study["pathvars"] = {"results": "results/mediation"}
    study["analyses"]["primary"]["bootstrap"] = {"replicates": 40, "chunk": 40}
    (project.root / "config").mkdir()
    config = {"samples": ["a"], "mediation": study}
    (project.root / "config/config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    checkout = "/path/to/ipdmediation"
    assert checkout in example
    (project.root / "Snakefile").write_text(example.replace(checkout, str(finished_study.root)))
    project.run()
    assert len((project.root / "shares.csv").read_text().splitlines()) == 2
    assert (project.root / "results/mediation/report.html").is_file()
    assert not (project.root / "logs").exists()
    assert project.jobs() == []


def test_the_problems_of_an_imported_study_are_one_list(by_path: Study) -> None:
    by_path.edit("study/config.yaml", "seed: 2008", "seed: -1")
    by_path.edit("study/framing.yaml", "treat,", "treat, columns: 1,")
    done = by_path.snakemake("--dry-run")
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "configuration: seed: -1 is too small; allowed: 0 or more" in said
    assert "study/framing.yaml:9: treatment.columns: unknown key" in said
    assert "Traceback" not in said


@pytest.mark.tool("git")
def test_a_workflow_from_a_repository_finds_all_its_files(
    finished_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Snakemake's own clone of a repository stands ready, so that nothing is downloaded."""
    origin, caches = tmp_path / "origin", tmp_path / "caches"
    clone = caches / "snakemake/snakemake/source-cache/snakemake-git-cache/github.com/owner/ipdmediation"

    def git(*arguments: str) -> None:
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], check=True)

    git("init", "--quiet", str(origin))
    for folder in ("workflow", "envs"):
        (origin / folder).symlink_to(finished_study.root / folder)
    git("-C", str(origin), "--work-tree", str(finished_study.root), "add", "workflow/[!_]*", "envs")
    git("-C", str(origin), "commit", "--quiet", "--message", "All files")
    git("-C", str(origin), "tag", "v1")
    clone.parent.mkdir(parents=True)
    git("clone", "--quiet", str(origin), str(clone))
    monkeypatch.setenv("XDG_CACHE_HOME", str(caches))
    snakefile = 'github("owner/ipdmediation", path="workflow/Snakefile", tag="v1")'
    project = importing(tmp_path / "project", name="remote", snakefile=snakefile)
    assert "remote_bootstrap_chunk" in project.rules()
    project.run("remote_pool")
    assert (project.root / "made/remote/ipd/pooled.parquet").is_file()
