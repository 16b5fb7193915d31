"""What can be asked for by name: an analysis, a stage, a file, a step."""

import pytest

from tests.workflow.conftest import Study

pytestmark = pytest.mark.slow

HARMONISED = {"simulate_trial", "harmonise_trial"}
POOLED = HARMONISED | {"pool_trials"}
IMPUTED = POOLED | {"select_cohort", "impute_missing"}
FLOW = {"describe_flow"}
FITTED = IMPUTED | {"compile_kernels", "fit_models"}
ESTIMATED = IMPUTED | {"compile_kernels", "bootstrap_chunk", "estimate_effects"}
NOTED = ESTIMATED | FITTED | {"collect_notices"}
SHOWN = ESTIMATED | FITTED | FLOW | {"describe_trials", "describe_cohort", "figures", "tables"}


@pytest.mark.parametrize(
    ("target", "rules"),
    [
        ("pool", POOLED | {"describe_trials", "quality_report"}),
        ("cohort", IMPUTED | FLOW),
        ("describe", POOLED | {"select_cohort", "describe_cohort"}),
        ("models", FITTED),
        ("mediation", ESTIMATED),
        ("notices", NOTED),
        ("present", SHOWN | {"figures_for_print"}),
        ("results/ipd/pooled.parquet", POOLED),
        (
            "results/published/figures/path_diagram.svg",
            FITTED | ESTIMATED | FLOW | {"describe_cohort", "figures"},
        ),
    ],
)
def test_a_stage_or_a_file_takes_the_steps_that_lead_to_it(
    study: Study, target: str, rules: set[str]
) -> None:
    assert study.rules("--forceall", target) == rules


def test_an_analysis_takes_its_own_steps_and_no_other_s(study: Study) -> None:
    jobs = study.jobs("--forceall", "published")
    assert {rule for rule, _ in jobs} == SHOWN | NOTED
    shared = POOLED | {"describe_trials", "compile_kernels"}
    assert all("/published/" in output for rule, output in jobs if rule not in shared)


def test_an_analysis_has_every_file_that_is_made_for_it(study: Study) -> None:
    jobs = study.jobs("--forceall")
    own = {output for _, output in jobs if "/published/" in output}
    assert own == {output for _, output in study.jobs("--forceall", "published") if "/published/" in output}


def test_a_run_can_end_or_start_at_a_step(study: Study) -> None:
    assert study.rules("--forceall", "--until", "estimate_effects") >= ESTIMATED
    assert "figures" not in study.rules("--forceall", "--until", "estimate_effects")
    assert study.rules("--forcerun", "compare_published") == {"compare_published", "report", "manifest"}
    assert study.rules("-R", "results/primary/tables/flow.csv") == {"tables", "manifest"}


RESERVED = ["describe", "models", "verify", "all", "default", "ipd", "quality", "provenance"]


@pytest.mark.parametrize("name", RESERVED)
def test_an_analysis_with_the_name_of_a_step_or_folder_is_one_clear_error(study: Study, name: str) -> None:
    config = study.config()
    config["analyses"][name] = {"label": "Another one"}
    study.configure(config)
    done = study.snakemake("--dry-run")
    assert done.returncode != 0
    assert f"analyses.{name}: the name of a step or folder" in done.stdout + done.stderr
