"""What a change makes run again: exactly what depends on it, with Snakemake's metadata and without."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.workflow.conftest import ROOT, Study

pytestmark = pytest.mark.slow

TRIAL, FORMAT = "mr_clean", "csv"
AFTER_POOLING = {"select_cohort", "impute_missing", "describe_cohort", "fit_models", "bootstrap_chunk"}
AFTER_POOLING |= {"describe_flow", "estimate_effects", "collect_notices", "compare_published"}
ONE_PAGE = {"record_run", "report", "manuscript", "manifest"}
BESIDE_EACH_OTHER = {"all_analyses"} | ONE_PAGE
AFTER_POOLING |= {
    "describe_trials",
    "quality_report",
    "figures",
    "figures_for_print",
    "tables",
} | BESIDE_EACH_OTHER


@pytest.fixture
def moved(finished_study: Study, tmp_path: Path) -> Study:
    """The finished study as `cp -r` puts it elsewhere: inputs newer than what they made, and no metadata."""
    root = tmp_path / "elsewhere"
    ignored = shutil.ignore_patterns(".snakemake", "logs", "benchmarks")
    shutil.copytree(finished_study.root, root, symlinks=True, ignore=ignored)
    files = sorted((root / "results").rglob("*"), key=lambda path: "ipd" not in path.parts)
    now = time.time()
    for age, path in enumerate(files):
        os.utime(path, (now - age, now - age))
    return Study(root)


@pytest.fixture(params=["study", "moved"], ids=["with metadata", "without metadata"])
def either(request: pytest.FixtureRequest) -> Study:
    """A finished study with what Snakemake knows of it, and one with what its files say alone."""
    found: Study = request.getfixturevalue(request.param)
    return found


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


def test_more_replicates_draw_only_the_new_ones(either: Study) -> None:
    before = {
        path: path.read_bytes() for path in (either.root / "results/primary/bootstrap").glob("*.parquet")
    }
    config = either.config()
    config["analyses"]["primary"]["bootstrap"]["replicates"] = 60
    either.configure(config)
    chunks = sorted(output for rule, output in either.jobs() if rule == "bootstrap_chunk")
    assert chunks == sorted(f"results/{analysis}/bootstrap/40-60.parquet" for analysis in config["analyses"])
    either.run("mediation")
    assert pd.read_csv(either.root / "results/primary/effects.csv")["replicates"].unique().tolist() == [60]
    assert all(path.read_bytes() == content for path, content in before.items())


def test_fewer_replicates_draw_nothing(either: Study) -> None:
    config = either.config()
    config["analyses"]["primary"]["bootstrap"]["replicates"] = 39
    either.configure(config)
    assert "bootstrap_chunk" not in either.rules()
    assert "estimate_effects" in either.rules()


@pytest.mark.parametrize(
    "change",
    [
        {"eligibility": [{"variable": "female", "one_of": ["0"], "reason": "Women"}]},
        {"outcome": {"link": "probit"}},
    ],
    ids=["eligibility", "link"],
)
def test_an_analysis_of_its_own_reruns_no_other(either: Study, change: dict[str, Any]) -> None:
    config = either.config()
    config["analyses"]["men"] = {"label": "Men", **change}
    either.configure(config)
    jobs = [(rule, output) for rule, output in either.jobs() if rule not in BESIDE_EACH_OTHER]
    assert jobs
    others = {(rule, output) for rule, output in jobs if "/men/" not in output}
    linked = {("compile_kernels", "results/kernels/probit.txt")} if "outcome" in change else set()
    assert others == linked


SHOWN_OF_EACH = {"figures", "figures_for_print", "tables"} | ONE_PAGE
SHOWN = SHOWN_OF_EACH | BESIDE_EACH_OTHER
EFFECTS = {"estimate_effects", "collect_notices"} | SHOWN
DRAWS = {"bootstrap_chunk"} | EFFECTS
FITS = {"fit_models"} | DRAWS
COHORT = {"select_cohort", "describe_flow", "describe_cohort", "impute_missing"} | FITS


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({"label": "Without missing values"}, SHOWN),
        ({"bootstrap": {"interval": "basic"}}, EFFECTS),
        ({"bootstrap": {"level": 0.9}}, {"describe_cohort", "fit_models"} | EFFECTS),
        ({"standardisation": {"controlled_at": [20]}}, DRAWS),
        ({"standardisation": {"population": "new_trial"}}, DRAWS),
        ({"bootstrap": {"resampling": "two_level"}}, DRAWS),
        ({"covariates": ["age"]}, COHORT),
        ({"missing": {"method": "impute", "imputations": 3}}, COHORT),
        # As the primary analysis has it: the draws are shared.
        ({"missing": {"method": "impute"}}, COHORT - {"bootstrap_chunk"}),
        ({"trial_effects": "fixed"}, COHORT),
        ({"weights": "onset_to_randomisation"}, COHORT),
        ({"cluster": "occlusion"}, COHORT),
        ({"estimation": "reml"}, FITS),
        ({"interaction": True}, FITS),
        ({"outcome": {"link": "probit"}}, {"compile_kernels", "describe_cohort"} | FITS),
        ({"named_level": 3}, SHOWN),
        ({"bootstrap": {"max_failed": 0.05}}, EFFECTS),
        ({"mediator": {"transform": "cube_root"}}, {"describe_cohort", "impute_missing"} | FITS),
        (
            {"eligibility": [{"variable": "age", "between": [None, 80], "reason": "Older than 80"}]},
            COHORT,
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_setting_of_one_analysis_reruns_what_uses_it_in_that_analysis(
    either: Study, change: dict[str, Any], rules: set[str]
) -> None:
    config = either.config()
    for key, value in change.items():
        analysis = config["analyses"]["complete_case"]
        analysis[key] = {**analysis.get(key, {}), **value} if isinstance(value, dict) else value
    either.configure(config)
    jobs = either.jobs()
    assert {rule for rule, _ in jobs} == rules - {"figures_for_print"}  # of the primary analysis only
    shared = BESIDE_EACH_OTHER | {"compile_kernels"}
    assert all("/complete_case/" in output for rule, output in jobs if rule not in shared)


def test_what_is_shown_of_few_patients_is_no_reason_to_draw_again(either: Study) -> None:
    config = either.config()
    config["disclosure"]["minimum_count"] += 5
    either.configure(config)
    described = {"describe_flow", "describe_cohort", "fit_models", "collect_notices", "compare_published"}
    described |= {"describe_trials", "quality_report"}
    assert either.rules() == described | SHOWN_OF_EACH


def test_a_setting_of_the_primary_analysis_reruns_it_in_all_that_inherit_it(either: Study) -> None:
    config = either.config()
    config["analyses"]["primary"]["bootstrap"]["interval"] = "basic"
    either.configure(config)
    jobs = either.jobs()
    assert {rule for rule, _ in jobs} == {"compare_published"} | EFFECTS
    assert sorted(output for rule, output in jobs if rule == "estimate_effects") == sorted(
        f"results/{analysis}/effects.csv" for analysis in config["analyses"]
    )


def test_an_analysis_that_is_removed_reruns_only_what_lists_all_of_them(either: Study) -> None:
    config = either.config()
    del config["analyses"]["complete_case"]
    either.configure(config)
    assert either.rules() == BESIDE_EACH_OTHER
    assert (either.root / "results/complete_case/effects.csv").is_file()


FLOW = {"describe_flow", "compare_published"} | SHOWN_OF_EACH
SAID = {"quality_report"} | SHOWN


def configure(change: Callable[[dict[str, Any]], object]) -> Callable[[Study], None]:
    def configured(study: Study) -> None:
        config = study.config()
        change(config)
        study.configure(config)

    return configured


def edit(path: str, old: str, new: str) -> Callable[[Study], None]:
    return lambda study: study.edit(path, old, new)


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        (configure(lambda config: config["variables"]["age"].update(label="Years")), SAID),
        (configure(lambda config: config["variables"]["occlusion"]["levels"].update(m1="M one")), SAID),
        (configure(lambda config: config["arms"]["treated"].update(label="New")), SAID),
        (edit("config/trials/piste.yaml", "label: PISTE", "label: Piste"), SAID),
        (configure(lambda config: config.update(trials=dict(reversed(config["trials"].items())))), SAID),
        (configure(lambda config: config["study"].update(title="Another title")), SAID),
        (configure(lambda config: config["eligibility"][0].update(reason="Dead")), FLOW),
        (edit("config/trials/piste.yaml", "label:", "# a remark\nlabel:"), ONE_PAGE),
        (configure(lambda config: config["variables"]["age"].update(maximum=120)), ONE_PAGE),
        (edit("config/synthetic.yaml", "notice:", "# a remark\nnotice:"), set()),
    ],
    ids=[
        "variable",
        "level",
        "arm",
        "trial",
        "order of trials",
        "title",
        "reason",
        "comment",
        "maximum",
        "model's comment",
    ],
)
def test_what_is_only_shown_draws_and_imputes_nothing(
    either: Study, change: Callable[[Study], None], rules: set[str]
) -> None:
    change(either)
    assert either.rules() == rules


def test_a_maximum_below_a_value_harmonises_again(either: Study) -> None:
    configure(lambda config: config["variables"]["age"].update(maximum=80))(either)
    assert {"harmonise_trial", "pool_trials"} <= either.rules()


def test_another_seed_makes_everything_anew_but_the_kernels(either: Study) -> None:
    configure(lambda config: config.update(seed=1))(either)
    jobs = {(rule, output) for rule, output in either.jobs() if rule != "compile_kernels"}
    everything = {(rule, output) for rule, output in either.jobs("--forceall") if rule != "compile_kernels"}
    assert jobs == everything


FOREIGN = "results/published/bootstrap/0-20.parquet"
OWN = "results/primary/bootstrap/0-20.parquet"


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


def test_files_can_be_accepted_as_they_are(either: Study) -> None:
    either.edit("workflow/scripts/ipdmediation/inference/streams.py", '"""', '"""\n')
    before = pd.read_parquet(either.root / OWN)
    assert {"impute_missing", "bootstrap_chunk", "estimate_effects"} <= either.rules()
    either.run("--touch")
    assert either.jobs() == []
    shutil.rmtree(either.root / ".snakemake")
    assert either.jobs() == []
    pd.testing.assert_frame_equal(pd.read_parquet(either.root / OWN), before)
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
