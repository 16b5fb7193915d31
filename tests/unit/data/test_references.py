"""What a configuration and its mappings refer to has to be there, and has to fit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.data.conftest import departures, found


def test_a_sound_study_has_no_problem(config: dict[str, Any], mappings: dict[str, Any]) -> None:
    assert departures(mappings["a"], "trial") == []
    assert found(config, mappings) == []


Change = tuple[list[Any], Any, str]
COVARIATES = "analyses.early.covariates"
CHANGES: list[Change] = [
    (["analyses", "primary", "covariates"], ["age", "sex"], "analyses.primary.covariates: no variable 'sex'"),
    (["analyses", "early", "covariates"], ["mrs"], "analyses.early.covariates: 'mrs' is the mediator or"),
    (
        ["analyses", "early", "covariates"],
        "bs(age, df=4) + sex",
        "analyses.early.covariates: no variable 'sex'",
    ),
    (
        ["analyses", "early", "covariates"],
        "mrs ~ age",
        "analyses.early.covariates: 'mrs ~ age': covariates are",
    ),
    (["analyses", "early", "covariates"], {"mediator": ["age"], "outcome": "log(volume)"}, "'volume' is the"),
    (["analyses", "early", "covariates"], "age | delay", "covariates: 'age | delay': terms are joined by"),
    (["analyses", "early", "covariates"], "age @ delay", "covariates: 'age @ delay': terms are joined by"),
    (["analyses", "early", "covariates"], "polish(age)", "covariates: 'polish(age)': no function 'polish'"),
    (
        ["analyses", "early"],
        {
            "label": "E",
            "standardisation": {"mediator_distribution": "empirical"},
            "mediator": {"spline_knots": 4},
        },
        "a spline needs the mediator_distribution 'gaussian', not 'empirical'",
    ),
    (["analyses", "primary", "mediator", "variable"], "mrs", "'mrs' is ordinal, it has to be continuous"),
    (["analyses", "primary", "outcome", "family"], "binary", "'mrs' is ordinal, it has to be binary for"),
    (
        ["analyses", "early"],
        {"label": "E", "outcome": {"variable": "age", "family": "continuous", "link": "probit"}},
        "analyses.early.outcome.link: family 'continuous' has no link, found link 'probit'; allowed: none, "
        "or the default 'logit'",
    ),
    (["analyses", "primary", "mediator", "offset"], 0, "'log' with offset 0 is not defined for every"),
    (["analyses", "primary", "outcome", "variable"], "volume", "mediator and outcome are both 'volume'"),
    (["eligibility", 0, "variable"], "mrss", "eligibility[entry 1].variable: no variable 'mrss'"),
    (["analyses", "early", "eligibility", 0, "between"], [5, 1], "between 5 and 1 nothing lies"),
    (["analyses", "early", "eligibility", 0, "variable"], "site", "'site' is categorical and has no range"),
    (["describe", "baseline"], ["agee"], "describe.baseline[entry 1]: no variable 'agee'"),
    (["variables", "mrs", "levels"], {"0": "a", "x": "b"}, "variables.mrs.levels: ids of an ordinal"),
    (["variables", "mrs", "levels"], {1: "a", 0: "b"}, "variables.mrs.levels: codes have to increase"),
    (["variables", "site", "levels"], {1: "a", "1": "b"}, "levels: ids have to differ as text, found 1, '1'"),
    (["variables", "site", "levels"], {"m1": "a", " m1": "b"}, "variables.site.levels: ids have to differ"),
    (["variables", "mrs", "levels"], {1: "a", 500: "b"}, "between -128 and 127"),
    (["variables", "age", "minimum"], 200, "minimum 200 is not below maximum 105"),
    (["trials"], {"a": "a.yaml"}, "trial_effects: 'random_slope' needs two trials"),
    (
        ["analyses", "early"],
        {"label": "E", "trial_effects": "fixed", "bootstrap": {"resampling": "two_level"}},
        "analyses.early.bootstrap.resampling: 'two_level' needs random trial effects, found trial_effects "
        "'fixed'; allowed: 'stratified'",
    ),
    (
        ["analyses", "early", "bootstrap", "replicates"],
        38,
        "analyses.early.bootstrap.replicates: 38 are too few for an interval of level 0.95; allowed: 39",
    ),
    (
        ["analyses", "primary", "bootstrap"],
        {"replicates": 198, "level": 0.99, "resampling": "stratified", "chunk": 99},
        "analyses.primary.bootstrap.replicates: 198 are too few for an interval of level 0.99; allowed: 199",
    ),
    (["analyses", "early", "bootstrap"], {"replicates": 1}, "1 are too few for"),
    (
        ["analyses", "early"],
        {"label": "E", "mediator": {"centred": "within_trial"}, "interaction": True},
        "analyses.early.mediator.centred: a centred mediator is a difference from the mean of the trial, "
        "not a value, which interaction needs; state `interaction: false` beside it",
    ),
    (
        ["analyses", "early"],
        {"label": "E", "mediator": {"centred": "within_trial", "spline_knots": 3}},
        "which mediator.spline_knots needs; state `spline_knots: null` beside it",
    ),
    (
        ["analyses", "early"],
        {"label": "E", "mediator": {"centred": "within_trial"}, "standardisation": {"controlled_at": [5]}},
        "which standardisation.controlled_at needs; state `controlled_at: []` beside it",
    ),
    (["analyses", "early", "weights"], "ipw", "analyses.early.weights: no variable 'ipw'; allowed: 'age'"),
    (["analyses", "early", "weights"], "site", "'site' is categorical; allowed: a continuous variable, or"),
    (["analyses", "early", "weights"], "volume", "weights: 'volume' is the mediator or the outcome"),
    (["analyses", "early", "cluster"], "centre", "analyses.early.cluster: no variable 'centre'; allowed:"),
    (["analyses", "early", "cluster"], "age", "'age' is continuous; allowed: a categorical variable, or 'tr"),
    (
        ["analyses", "early"],
        {"label": "E", "cluster": "site", "trial_effects": "fixed"},
        "analyses.early.cluster: cluster 'site' needs random effects, found trial_effects 'fixed'; allowed: "
        "'random_intercept', 'random_slope', 'random_slopes', or cluster 'trial'",
    ),
    (
        ["analyses", "early"],
        {"label": "E", "cluster": "site", "bootstrap": {"resampling": "two_level"}},
        "analyses.early.cluster: resampling 'two_level' draws trials and is not supported beside cluster 'si",
    ),
    (
        ["analyses", "early"],
        {"label": "E", "cluster": "site", "standardisation": {"population": "new_trial"}},
        "analyses.early.cluster: effects in a new trial need random effects of the trials",
    ),
    (
        ["analyses", "early"],
        {"label": "E", "estimation": "reml", "trial_effects": "none"},
        "analyses.early.estimation: 'reml' is for random trial effects, found trial_effects 'none'",
    ),
    (
        ["analyses", "early", "eligibility"],
        [{"variable": "trial", "none_of": ["b"], "reason": "R"}],
        "analyses.primary.trial_effects: 'random_slope' needs two trials; allowed for one: 'none'",
    ),
    (
        ["analyses", "early", "eligibility"],
        [{"variable": "trial", "none_of": ["a", "b"], "reason": "R"}],
        "analyses.early.eligibility: the rules on 'trial' leave no trial",
    ),
    (
        ["eligibility"],
        [{"variable": "site", "one_of": ["m3"], "reason": "R"}],
        "eligibility[entry 1].one_of: 'm3' is no value of 'site'; allowed: m1, ica, none",
    ),
    (
        ["eligibility"],
        [{"variable": "mrs", "none_of": [7], "reason": "R"}],
        "eligibility[entry 1].none_of: 7 is no value of 'mrs'; allowed: 0, 1, 2",
    ),
]


def changed(target: Any, path: list[Any], value: Any) -> None:
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: ".".join(map(str, change[0])))
def test_a_reference_to_nothing_is_named(
    config: dict[str, Any], mappings: dict[str, Any], change: Change
) -> None:
    path, value, message = change
    changed(config, path, value)
    assert message in "\n".join(found(config, mappings))


def test_a_continuous_outcome_that_inherits_a_link_is_named_where_it_is_stated(
    config: dict[str, Any], mappings: dict[str, Any]
) -> None:
    config["analyses"]["primary"]["outcome"]["link"] = "cloglog"
    assert found(config, mappings) == []
    outcome = {"variable": "delay", "family": "continuous"}
    config["analyses"]["early"]["outcome"] = outcome
    assert found(config, mappings) == [
        "analyses.early.outcome.family: family 'continuous' has no link, found link 'cloglog'; allowed: "
        "none, or the default 'logit'"
    ]
    config["analyses"]["early"]["outcome"] = {**outcome, "link": "logit"}
    assert found(config, mappings) == []


MAPPING_CHANGES: list[Change] = [
    (["variables", "mRS"], {"column": "x"}, "a.variables.mRS: no variable 'mRS'; allowed: 'age'"),
    (
        ["variables", "female", "codes"],
        {"M": 2},
        "a.variables.female.codes.M: 2 is no value of 'female'",
    ),
    (
        ["variables", "site"],
        {"constant": "m5"},
        "a.variables.site.constant: 'm5' is no value of 'site'",
    ),
    (["variables", "age"], {"constant": 3}, "3 is no value of 'age'; allowed: numbers from 18 to 105 year"),
    (
        ["variables", "age", "codes"],
        {"<20": "18"},
        "variables.age.codes.<20: '<20' is taken for '18'; allowed: a number",
    ),
    (["variables", "age", "codes"], {"9,9": 1, 9.9: 2}, "age.codes.9.9: '9,9' and 9.9 are the same code"),
    (["variables", "female", "codes"], {1: 0, "01": 1}, "female.codes.01: 1 and '01' are the same code"),
    (
        ["variables", "female", "codes"],
        {"-9": 0, "F": 1},
        "female.codes.-9: '-9' is mapped, and the same code, -9, means",
    ),
    (
        ["variables", "mrs", "missing"],
        ["2.0"],
        "mrs.codes.2: 2 is mapped, and the same code, '2.0', means missing",
    ),
    (["variables", "delay", "format"], "%H:%M", "delay.format: '%H:%M': it names no year"),
    (["variables", "delay", "format"], "%d-%m-%Y %Q", "%Q is no directive"),
    (["variables", "site", "unit"], "mL", "a.variables.site.unit: `unit` is for continuous variables"),
    (["treatment", "codes"], {1: "treated", 2: "treated"}, "treatment.codes: no code means 'control'"),
]


@pytest.mark.parametrize("change", MAPPING_CHANGES, ids=lambda change: ".".join(map(str, change[0])))
def test_a_mapping_that_does_not_fit_is_named(
    config: dict[str, Any], mappings: dict[str, Any], change: Change
) -> None:
    path, value, message = change
    changed(mappings["a"], path, value)
    assert message in "\n".join(found(config, mappings))


def test_a_variable_that_a_trial_does_not_map(config: dict[str, Any], mappings: dict[str, Any]) -> None:
    del mappings["b"]["variables"]["site"]
    assert any("b.variables: 'site' is not mapped" in text for text in found(config, mappings))


def test_just_enough_replicates_are_no_problem(config: dict[str, Any], mappings: dict[str, Any]) -> None:
    config["analyses"]["early"]["bootstrap"] = {"replicates": 39}
    assert found(config, mappings) == []
    config["analyses"]["early"]["bootstrap"] = {"replicates": 19, "level": 0.9}
    assert found(config, mappings) == []


def test_all_problems_at_once(config: dict[str, Any], mappings: dict[str, Any]) -> None:
    config["describe"]["baseline"] = ["x"]
    config["eligibility"][0]["variable"] = "y"
    assert [text.partition("; ")[0] for text in found(config, mappings)] == [
        "eligibility[entry 1].variable: no variable 'y'",
        "describe.baseline[entry 1]: no variable 'x'",
    ]


def test_texts_with_a_fraction_may_be_two_codes(config: dict[str, Any], mappings: dict[str, Any]) -> None:
    mappings["a"]["variables"]["site"]["codes"] = {"1.1": "m1", "1.10": "ica"}
    assert found(config, mappings) == []


@pytest.mark.parametrize(
    "name", ["trial", "patient", "treatment", "imputation", "mediator", "intercept", "residual_sd"]
)
def test_a_name_of_the_tables_own_is_no_variable(
    config: dict[str, Any], mappings: dict[str, Any], name: str
) -> None:
    config["variables"][name] = {"type": "binary", "label": "x"}
    assert f"variables.{name}: the tables use this name themselves" in "\n".join(found(config, mappings))


@pytest.mark.parametrize(
    ("better", "level", "right"), [("low", 0, True), ("low", 5, False), ("high", 0, False)]
)
def test_the_named_level_is_one_that_not_everybody_reaches(
    config: dict[str, Any], mappings: dict[str, Any], better: str, level: int, right: bool
) -> None:
    primary = config["analyses"]["primary"]
    primary["outcome"]["better"] = better
    levels = list(config["variables"]["mrs"]["levels"])
    primary["named_level"] = levels[-1] if level else levels[0]
    wrong = [text for text in found(config, mappings) if "primary.named_level" in text]
    assert bool(wrong) is not right
