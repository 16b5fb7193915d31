"""What an analysis asks to have set beside its effects, and cannot have, is said before anything is run."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from ipdmediation.data.references import Study, study_faults

CONFIG = Path(__file__).resolve().parents[3] / "config/config.yaml"
WHERE = ("analyses", "primary", "evidence", "trials")


def faults(change: dict[str, Any], trials: tuple[str, ...] = ("a", "b"), **analysis: Any) -> list[str]:
    """Return the faults of the primary analysis, by the key that they stand at."""
    config = copy.deepcopy(yaml.safe_load(CONFIG.read_text()))
    config["analyses"] = {"primary": {**config["analyses"]["primary"], **analysis}}
    config["analyses"]["primary"]["evidence"]["trials"] |= change
    found = study_faults(Study(config, tuple(config["variables"]), trials))
    return [f"{fault.place[-1]}: {fault.text}" for fault in found if fault.place[:-1] == WHERE]


def test_the_default_study_has_none() -> None:
    assert faults({}) == []


@pytest.mark.parametrize(
    "covariates", [["hypertension"], "age + hypertension", {"mediator": [], "outcome": ["hypertension"]}]
)
def test_a_covariate_of_the_trials_is_one_of_the_analysis(covariates: Any) -> None:
    (found,) = faults({"covariates": covariates})
    assert found.startswith(
        "covariates: 'hypertension' is no covariate of the analysis; allowed: 'age', 'female'"
    )
    assert faults({"covariates": covariates, "two_stages": False}) == []


def test_where_the_analysis_has_none_that_is_said() -> None:
    (found,) = faults({"covariates": ["age"]}, covariates=[])
    assert found == "covariates: 'age' is no covariate of the analysis; allowed: none"


def test_a_product_with_treatment_is_no_covariate_of_its_own() -> None:
    assert faults({"covariates": "age + treatment:age"}) == []


def test_a_formula_that_is_none_is_a_fault() -> None:
    (found,) = faults({"covariates": "age +"})
    assert found.startswith("covariates: ")


@pytest.mark.parametrize(
    ("key", "switch"), [("replicates", "two_stages"), ("leave_one_out_replicates", "leave_one_out")]
)
def test_an_interval_needs_replicates(key: str, switch: str) -> None:
    assert faults({key: 38}) == [f"{key}: 38 are too few for an interval of level 0.95; allowed: 39 or more"]
    assert faults({key: 39}) == []
    assert faults({key: 38, switch: False}) == []


def test_one_trial_cannot_be_left_out_but_stand_alone() -> None:
    (found,) = faults({}, trials=("a",))
    assert found == "leave_one_out: true needs two trials; allowed for one: false"
    assert faults({"leave_one_out": False}, trials=("a",)) == []


ODDS = ("analyses", "primary", "evidence", "proportional_odds")


def odds_faults(**analysis: Any) -> list[str]:
    """Return the faults of the primary analysis' tests of proportional odds."""
    config = copy.deepcopy(yaml.safe_load(CONFIG.read_text()))
    config["analyses"] = {"primary": {**config["analyses"]["primary"], **analysis}}
    found = study_faults(Study(config, tuple(config["variables"]), ("a", "b")))
    return [f"{fault.place[-1]}: {fault.text}" for fault in found if fault.place[:-1] == ODDS]


@pytest.mark.parametrize("family", ["binary", "continuous"])
def test_proportional_odds_are_of_an_outcome_with_several_cuts(family: str) -> None:
    outcome = {"variable": "mrs", "family": family, "link": "logit", "better": "low"}
    (found,) = odds_faults(outcome=outcome)
    assert found == f"tests: true needs an outcome with several cuts, found family {family!r}; allowed: false"
    assert odds_faults(outcome=outcome, evidence={"proportional_odds": {"tests": False}}) == []


def test_effects_without_proportional_odds_need_replicates() -> None:
    few = {"proportional_odds": {"tests": True, "replicates": 38}}
    (found,) = odds_faults(evidence=few)
    assert found == "replicates: 38 are too few for an interval of level 0.95; allowed: 39 or more"
    few["proportional_odds"]["tests"] = False
    assert odds_faults(evidence=few) == []


def treatment_faults(**analysis: Any) -> list[str]:
    """Return the faults of a treatment that is free at every cut."""
    config = copy.deepcopy(yaml.safe_load(CONFIG.read_text()))
    config["analyses"] = {"primary": {**config["analyses"]["primary"], **analysis}}
    found = study_faults(Study(config, tuple(config["variables"]), ("a", "b")))
    place = ("analyses", "primary", "outcome", "proportional_odds", "treatment")
    return [fault.text for fault in found if fault.place == place]


@pytest.mark.parametrize("trial_effects", ["random_slope", "random_slopes"])
def test_a_free_treatment_has_no_random_slope(trial_effects: str) -> None:
    outcome = {
        "variable": "mrs", "family": "ordinal", "link": "logit", "better": "low",
        "proportional_odds": {"treatment": "free"},
    }  # fmt: skip
    (found,) = treatment_faults(outcome=outcome, trial_effects=trial_effects)
    assert found == (
        "'free' is supported without a random slope of the treatment, found trial_effects "
        f"{trial_effects!r}; allowed beside it: 'none', 'fixed', 'random_intercept'"
    )
    for allowed in ("none", "fixed", "random_intercept"):
        assert treatment_faults(outcome=outcome, trial_effects=allowed) == []
    other = outcome | {"family": "binary"}
    (found,) = treatment_faults(outcome=other, trial_effects=trial_effects)
    assert found == (
        "'free' needs an outcome with several cuts, found family 'binary'; allowed: 'proportional', or "
        "family 'ordinal'"
    )
