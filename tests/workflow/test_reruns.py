"""What a change makes Snakemake run again: exactly what depends on it, read from its own job list."""

import os
import subprocess
import sys
from typing import Any

import pandas as pd
import pytest

from tests.workflow.conftest import Study

pytestmark = pytest.mark.slow

TRIAL, FORMAT = "mr_clean", "csv"
AFTER_POOLING = {"select_cohort", "impute_missing", "describe_cohort", "fit_models", "bootstrap_chunk"}
AFTER_POOLING |= {"estimate_effects", "collect_notices", "compare_published"}
AFTER_POOLING |= {"figures", "tables", "report", "manifest"}


def test_nothing_is_to_be_done_after_a_run(study: Study) -> None:
    assert study.jobs() == []
    assert "Nothing to be done" in study.run()


def test_touching_files_reruns_nothing(study: Study) -> None:
    for folder in ("config", "workflow", "results"):
        for path in (study.root / folder).rglob("*"):
            if path.is_file():
                os.utime(path)
    assert study.jobs() == []


def test_comments_and_white_space_in_the_configuration_rerun_nothing(study: Study) -> None:
    config = study.root / "config/config.yaml"
    config.write_text("# a remark\n\n" + config.read_text() + "\n\n")
    assert study.jobs() == []


def test_one_trial_s_file_reruns_that_trial_and_what_follows(study: Study) -> None:
    raw = study.root / f"results/ipd/raw/{TRIAL}.{FORMAT}"
    lines = raw.read_bytes().splitlines(keepends=True)
    raw.write_bytes(b"".join(lines[:-1]))
    jobs = study.jobs()
    assert [output for rule, output in jobs if rule == "harmonise_trial"] == [
        f"results/ipd/harmonised/{TRIAL}.parquet"
    ]
    assert {rule for rule, _ in jobs} == {"harmonise_trial", "pool_trials"} | AFTER_POOLING


def test_one_trial_s_mapping_reruns_that_trial_and_what_follows(study: Study) -> None:
    """The mapping says which file the synthetic trial is simulated as, so that is made again as well."""
    study.edit(f"config/trials/{TRIAL}.yaml", "label:", "# a remark\nlabel:")
    jobs = study.jobs()
    assert {rule for rule, _ in jobs} == {"simulate_trial", "harmonise_trial", "pool_trials"} | AFTER_POOLING
    trial = [output for rule, output in jobs if rule in ("simulate_trial", "harmonise_trial")]
    assert sorted(trial) == [
        f"results/ipd/harmonised/{TRIAL}.parquet",
        f"results/ipd/raw/{TRIAL}.{FORMAT}",
    ]


def test_a_rerun_that_changes_nothing_stops_there(study: Study) -> None:
    """A mapping's comment makes the trial's harmonising run; its equal result makes nothing else run."""
    study.edit(f"config/trials/{TRIAL}.yaml", "label:", "# a remark\nlabel:")
    assert ("harmonise_trial", f"results/ipd/harmonised/{TRIAL}.parquet") in study.jobs()
    before = study.read("results/ipd/pooled.parquet")
    study.run("--until", "harmonise_trial")
    assert "pool_trials" not in study.rules()
    assert study.read("results/ipd/pooled.parquet") == before


def test_a_figure_s_code_redraws_figures_and_computes_nothing(study: Study) -> None:
    study.edit(
        "workflow/scripts/ipdmediation/present/figures/patient_flow.py",
        '"""',
        '"""\n\n',
    )
    assert study.rules() == {"figures", "report"}


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
    study: Study, module: str, imports: dict[str, set[str]]
) -> None:
    """Holds the workflow's own search for imports against what Python really imports."""
    everything = study.jobs("--forceall")
    name = f"ipdmediation.{module}"
    importers = [output for rule, output in everything if name in imports[rule]]
    assert importers
    expected = study.jobs("--forcerun", *importers)
    path = study.root / f"workflow/scripts/ipdmediation/{module.replace('.', '/')}.py"
    path.write_text(path.read_text() + "\n# edited\n")
    jobs = study.jobs()
    assert {output for _, output in jobs} >= set(importers)
    assert sorted(jobs) == sorted(expected)


def test_more_replicates_draw_only_the_new_ones(study: Study) -> None:
    before = {
        path: path.read_bytes() for path in (study.root / "results/primary/bootstrap").glob("*.parquet")
    }
    config = study.config()
    config["analyses"]["primary"]["bootstrap"]["replicates"] = 60
    study.configure(config)
    chunks = sorted(output for rule, output in study.jobs() if rule == "bootstrap_chunk")
    assert chunks == sorted(f"results/{analysis}/bootstrap/40-60.parquet" for analysis in config["analyses"])
    study.run("mediation")
    assert pd.read_csv(study.root / "results/primary/effects.csv")["replicates"].unique().tolist() == [60]
    assert all(path.read_bytes() == content for path, content in before.items())


def test_fewer_replicates_draw_nothing(study: Study) -> None:
    config = study.config()
    config["analyses"]["primary"]["bootstrap"]["replicates"] = 39
    study.configure(config)
    assert "bootstrap_chunk" not in study.rules()
    assert "estimate_effects" in study.rules()


def test_an_analysis_of_its_own_reruns_no_other(study: Study) -> None:
    config = study.config()
    config["analyses"]["men"] = {
        "label": "Men",
        "eligibility": [{"variable": "female", "one_of": ["0"], "reason": "Women"}],
    }
    study.configure(config)
    jobs = [(rule, output) for rule, output in study.jobs() if rule not in ("report", "manifest")]
    assert jobs
    assert all("/men/" in output for _, output in jobs)


SHOWN = {"figures", "tables", "report", "manifest"}
EFFECTS = {"estimate_effects", "collect_notices"} | SHOWN
DRAWS = {"bootstrap_chunk"} | EFFECTS
FITS = {"fit_models"} | DRAWS
COHORT = {"select_cohort", "describe_cohort", "impute_missing"} | FITS


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({"label": "Without missing values"}, SHOWN),
        ({"bootstrap": {"interval": "basic"}}, EFFECTS),
        ({"bootstrap": {"level": 0.9}}, {"describe_cohort", "fit_models"} | EFFECTS),
        ({"standardisation": {"controlled_at": [20]}}, DRAWS),
        ({"covariates": ["age"]}, COHORT),
        ({"missing": {"method": "impute", "imputations": 3}}, COHORT),
        # As the primary analysis has it: the draws are shared.
        ({"missing": {"method": "impute"}}, COHORT - {"bootstrap_chunk"}),
        ({"trial_effects": "fixed"}, COHORT),
        ({"interaction": True}, FITS),
        ({"mediator": {"transform": "cube_root"}}, {"describe_cohort", "impute_missing"} | FITS),
        (
            {"eligibility": [{"variable": "age", "between": [None, 80], "reason": "Older than 80"}]},
            COHORT,
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_setting_of_one_analysis_reruns_what_uses_it_in_that_analysis(
    study: Study, change: dict[str, Any], rules: set[str]
) -> None:
    config = study.config()
    for key, value in change.items():
        analysis = config["analyses"]["complete_case"]
        analysis[key] = {**analysis.get(key, {}), **value} if isinstance(value, dict) else value
    study.configure(config)
    jobs = study.jobs()
    assert {rule for rule, _ in jobs} == rules
    assert all("/complete_case/" in output for rule, output in jobs if rule not in ("report", "manifest"))


def test_what_is_shown_of_few_patients_is_no_reason_to_draw_again(study: Study) -> None:
    config = study.config()
    config["disclosure"]["minimum_count"] += 5
    study.configure(config)
    described = {"describe_cohort", "fit_models", "collect_notices", "compare_published"}
    assert study.rules() == described | SHOWN


def test_a_setting_of_the_primary_analysis_reruns_it_in_all_that_inherit_it(study: Study) -> None:
    config = study.config()
    config["analyses"]["primary"]["bootstrap"]["interval"] = "basic"
    study.configure(config)
    jobs = study.jobs()
    assert {rule for rule, _ in jobs} == {"compare_published"} | EFFECTS
    assert sorted(output for rule, output in jobs if rule == "estimate_effects") == sorted(
        f"results/{analysis}/effects.csv" for analysis in config["analyses"]
    )


def test_an_analysis_that_is_removed_reruns_only_what_lists_all_of_them(study: Study) -> None:
    config = study.config()
    del config["analyses"]["complete_case"]
    study.configure(config)
    assert study.rules() == {"report", "manifest"}
    assert (study.root / "results/complete_case/effects.csv").is_file()


def test_a_deleted_result_is_made_again(study: Study) -> None:
    (study.root / "results/published/figures/path_diagram.pdf").unlink()
    assert study.jobs() == [("figures", "results/published/figures/patient_flow.svg")]


@pytest.mark.parametrize("deleted", ["published/bootstrap/0-20.parquet", "quality/mr_clean.csv"])
def test_a_deleted_file_between_steps_is_made_when_it_is_asked_for(study: Study, deleted: str) -> None:
    (study.root / "results" / deleted).unlink()
    assert study.jobs() == []
    assert len(study.jobs(f"results/{deleted}")) == 1


def test_files_can_be_accepted_as_they_are(study: Study) -> None:
    study.edit("workflow/scripts/ipdmediation/inference/intervals.py", '"""', '"""\n')
    assert "estimate_effects" in study.rules()
    study.run("--touch")
    assert study.jobs() == []


@pytest.fixture(scope="session")
def imports(finished_study: Study) -> dict[str, set[str]]:
    """Modules of the package in memory after each script was read by a Python of its own."""
    scripts = finished_study.root / "workflow/scripts"
    program = (
        "import runpy, sys; sys.path.insert(0, sys.argv[1]); runpy.run_path(sys.argv[2]);"
        "print(*(name for name in sys.modules if name.startswith('ipdmediation')))"
    )
    found = {}
    for path in scripts.glob("*.py"):
        command = [sys.executable, "-c", program, str(scripts), str(path)]
        found[path.stem] = set(
            subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        )
    return found
