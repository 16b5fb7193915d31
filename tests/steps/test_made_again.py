"""What is made again of a finished study, by the provenance of its results: nothing else is known of them."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.steps.conftest import CONFIG, snakemake
from tests.yaml_files import read_yaml

Jobs = list[dict[str, Any]]

PIECES = {"each_trial", "leave_one_out", "confounding", "measurement_error", "proportional_odds", "surrogacy"}
COUNTED = {"each_trial", "proportional_odds", "surrogacy"}  # evidence that holds small counts back
PAGE = {"record_run", "report", "manuscript", "manifest"}
EVIDENCE_SHOWN = {f"show_{piece}" for piece in PIECES} | PAGE
EVIDENCE_TOLD = {"collect_notices"} | EVIDENCE_SHOWN
SHOWN = {"figures", "figures_for_print", "tables", "all_analyses"} | EVIDENCE_SHOWN
PICTURES = {"figures", "figures_for_print", "all_analyses"} | EVIDENCE_SHOWN
SAID = {"quality_report"} | SHOWN
DESCRIBED = {"describe_trials", "describe_flow", "describe_cohort", "fit_models", "collect_notices"} | SAID
DESCRIBED |= {"compare_published", *COUNTED}
DESCRIBED -= {"all_analyses", *(f"show_{piece}" for piece in PIECES - COUNTED)}
DRAWN = {
    "impute_missing", "fit_models", "bootstrap_chunk", "estimate_effects", "collect_notices", *PIECES,
}  # fmt: skip

HARMONISED = {"harmonise_trial", "pool_trials", "select_cohort"} | DESCRIBED | DRAWN | SHOWN


@pytest.fixture
def needed(plan: Callable[[Path], Path]) -> Callable[[], Jobs]:
    """Return the jobs that a plan in the working directory would run."""
    return lambda: [one for one in pickle.loads(plan(CONFIG).read_bytes()) if one["needed"]]


def configure(change: Callable[[dict[str, Any]], object]) -> None:
    config = read_yaml(CONFIG)
    change(config)
    CONFIG.write_text(yaml.safe_dump(config, sort_keys=False))


def evidence(config: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = config["analyses"]["primary"]["evidence"]
    return found


def rules(jobs: Jobs) -> set[str]:
    return {one["rule"] for one in jobs}


@pytest.mark.usefixtures("copied")
def test_nothing_whatever_the_dates_say(needed: Callable[[], Jobs]) -> None:
    for number, path in enumerate([*sorted(Path("made_up").rglob("*")), *sorted(Path("results").rglob("*"))]):
        os.utime(path, (1_700_000_000 - number,) * 2)
    assert needed() == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda config: config.update(seed=6), DRAWN | SHOWN),
        (lambda config: config["variables"]["age"].update(label="Years"), SAID),
        (
            lambda config: config["trials"].update(trial_1=config["trials"].pop("trial_1")),
            SAID,
        ),
        (lambda config: config["variables"]["age"].update(maximum=900), PAGE),
        (lambda config: config["study"].update(title="Another"), SAID),
        (lambda config: config["style"].update(people="participants"), SAID),
        (lambda config: config.update(identifiers={"key": "~/other.key"}), set()),
        (lambda config: config.update(disclosure={"minimum_count": 4}), DESCRIBED),
        (
            lambda config: evidence(config)["confounding"].update(replicates=9),
            {"confounding"} | EVIDENCE_TOLD,
        ),
        (lambda config: evidence(config)["trials"].update(replicates=9), {"each_trial"} | EVIDENCE_TOLD),
        (lambda config: config.update(contract=[{"rule": "age > 0"}]), HARMONISED),
        (lambda config: config["style"].update(font="DejaVu Serif"), PICTURES),
    ],
    ids=[
        "seed",
        "label",
        "order of trials",
        "maximum",
        "title",
        "style",
        "key",
        "small cells",
        "one piece of evidence",
        "another one",
        "contract",
        "font",
    ],
)
@pytest.mark.usefixtures("copied")
def test_what_uses_a_setting(
    change: Callable[[dict[str, Any]], object], expected: set[str], needed: Callable[[], Jobs]
) -> None:
    configure(change)
    assert rules(needed()) == expected


@pytest.mark.usefixtures("copied")
def test_a_trial_with_a_value_beyond_its_range_of_now(needed: Callable[[], Jobs]) -> None:
    configure(lambda config: config["variables"]["age"].update(maximum=60))
    assert {one["wildcards"]["trial"] for one in needed() if one["rule"] == "harmonise_trial"} == {
        "trial_1",
        "trial_2",
        "trial_3",
    }


@pytest.mark.usefixtures("copied")
def test_draws_of_another_analysis_until_they_are_accepted(needed: Callable[[], Jobs]) -> None:
    of_analysis = "results/odd/{}/bootstrap/8-16.parquet"
    shutil.copy(of_analysis.format("primary"), of_analysis.format("middle_aged"))
    jobs = needed()
    assert [one["wildcards"] for one in jobs if one["rule"] == "bootstrap_chunk"] == [
        {"analysis": "middle_aged", "start": "8", "stop": "16"}
    ]
    assert rules(jobs) == {
        "bootstrap_chunk", "estimate_effects", "collect_notices", "figures", "figures_for_print", "tables",
        "all_analyses",
    } | PAGE  # fmt: skip
    done = snakemake("--touch")
    assert done.returncode == 0, done.stdout
    assert rules(needed()) <= PAGE
