"""What a changed setting makes run again: what uses it, in the analyses that have it, and no more."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from tests.workflow.conftest import Study, configure, edit
from tests.workflow.rules_that_follow import (
    BESIDE_EACH_OTHER,
    COHORT,
    DRAWS,
    EFFECTS,
    FITS,
    FLOW,
    ONE_PAGE,
    SAID,
    SHOWN,
    SHOWN_OF_EACH,
)

pytestmark = pytest.mark.slow


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
