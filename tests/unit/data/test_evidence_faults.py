"""What an analysis asks to have set beside its effects, and cannot have, is said before anything is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ipdmediation.data.references import Study, study_faults
from tests.yaml_files import read_yaml

CONFIG = Path(__file__).resolve().parents[3] / "config/config.yaml"
WHERE = ("analyses", "primary", "evidence")


def faults(
    change: dict[str, Any], trials: tuple[str, ...] = ("a", "b"), part: str = "trials", **analysis: Any
) -> list[str]:
    """Return the faults of a part of the primary analysis' evidence, by the key that they stand at."""
    config = read_yaml(CONFIG)
    config["analyses"] = {"primary": {**config["analyses"]["primary"], **analysis}}
    config["analyses"]["primary"]["evidence"][part] |= change
    found = study_faults(Study(config, tuple(config["variables"]), trials))
    return [f"{fault.place[-1]}: {fault.text}" for fault in found if fault.place[:-1] == (*WHERE, part)]


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


SLOPES = {"confounding": {"curve": True}, "measurement_error": {"error": {"reliability": 0.9}}}


def of_slopes(topic: str, change: dict[str, Any], **analysis: Any) -> list[str]:
    """Return the faults of a topic that states another effect of the mediator than its slope."""
    config = read_yaml(CONFIG)
    primary = {**config["analyses"]["primary"], **analysis}
    stated = {"replicates": 1000, **SLOPES[topic], **change}
    config["analyses"] = {"primary": {**primary, "evidence": {topic: stated}}}
    found = study_faults(Study(config, tuple(config["variables"]), ("a", "b")))
    where = ("analyses", "primary", "evidence", topic)
    return [f"{fault.place[-1]}: {fault.text}" for fault in found if fault.place[:-1] == where]


@pytest.mark.parametrize(("topic", "switch"), [("confounding", "curve"), ("measurement_error", "error")])
def test_what_has_no_closed_form_is_said_before_anything_is_run(topic: str, switch: str) -> None:
    primary = read_yaml(CONFIG)["analyses"]["primary"]
    standardisation = primary["standardisation"]
    assert of_slopes(topic, {}) == []
    integrated = topic == "confounding"  # over a curve or the residuals that there are
    found = of_slopes(topic, {}, mediator={**primary["mediator"], "spline_knots": 4})
    assert found == [
        f"{switch}: cannot be had of a mediator with spline_knots: 4; allowed: spline_knots: null"
    ] * (not integrated)
    for key, value, allowed in (
        ("mediator_distribution", "empirical", "gaussian"),
        ("population", "new_trial", "these_trials"),
    ):
        found = of_slopes(topic, {}, standardisation={**standardisation, key: value})
        refused = key == "population" or not integrated
        said = f"{switch}: cannot be had with {key}: {value}; allowed: {key}: {allowed}"
        assert found == [said] * refused
        off = {switch: None}
        assert of_slopes(topic, off, standardisation={**standardisation, key: value}) == []
    assert of_slopes(topic, {"replicates": 38}) == [
        "replicates: 38 are too few for an interval of level 0.95; allowed: 39 or more"
    ]


def test_a_benchmark_is_a_covariate_of_both_models() -> None:
    covariates = {"mediator": ["age", "nihss"], "outcome": ["age", "female"]}
    assert of_slopes("confounding", {"benchmarks": ["age"]}, covariates=covariates) == []
    (found,) = of_slopes("confounding", {"benchmarks": ["female"]}, covariates=covariates)
    assert found == "benchmarks: 'female' is no covariate of both models; allowed: 'age'"


@pytest.mark.parametrize(
    ("error", "states"),
    [({"reliability": 0.9, "error_sd": 0.4}, "'reliability', 'error_sd'"), ({"error_sd": None}, "none")],
)
def test_an_error_is_stated_in_one_way(error: dict[str, Any], states: str) -> None:
    (found,) = of_slopes("measurement_error", {"error": error})
    allowed = "one of 'reliability', 'error_sd', 'marginal_reliability', the others null"
    assert found == f"error: states {states}; allowed: {allowed}"
    assert of_slopes("measurement_error", {"error": {"reliability": None, "error_sd": 0.4}}) == []


def test_the_panel_asks_for_covariates_of_the_analysis_and_replicates() -> None:
    assert faults({}, part="surrogacy") == []
    (found,) = faults({"covariates": ["hypertension"]}, part="surrogacy")
    assert found.startswith("covariates: 'hypertension' is no covariate of the analysis; allowed: 'age'")
    (few,) = faults({"replicates": 38}, part="surrogacy")
    assert few == "replicates: 38 are too few for an interval of level 0.95; allowed: 39 or more"
    assert faults({"replicates": 38, "covariates": ["hypertension"], "panel": False}, part="surrogacy") == []


def test_the_panel_is_of_one_effect_of_treatment() -> None:
    said = (
        "panel: true needs one effect of treatment; the covariates have a product of another with it; "
        "allowed: false"
    )
    assert faults({}, part="surrogacy", covariates="age + nihss + treatment:age") == [said]
    assert faults({"covariates": "age + treatment:age"}, part="surrogacy") == [said]
    assert faults({"panel": False}, part="surrogacy", covariates="age + nihss + treatment:age") == []


def test_one_trial_gets_what_is_said_of_patients() -> None:
    assert faults({}, trials=("a",), part="surrogacy") == []


ODDS = ("analyses", "primary", "evidence", "proportional_odds")


def odds_faults(**analysis: Any) -> list[str]:
    """Return the faults of the primary analysis' tests of proportional odds."""
    config = read_yaml(CONFIG)
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
    config = read_yaml(CONFIG)
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
