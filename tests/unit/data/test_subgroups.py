"""One line of a configuration that stands for an analysis of each subgroup."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from ipdmediation.data.configuration import analysed_trials, drawn_as, resolve_analysis
from ipdmediation.data.json_schema import schema_faults
from ipdmediation.data.problems import in_words
from ipdmediation.data.subgroups import subgroup_faults, with_subgroups
from ipdmediation.data.variables import variables_from_config
from tests.unit.data.conftest import CONFIG, VARIABLES, filled
from tests.yaml_files import read_yaml

ROOT = Path(__file__).parents[3]
TRIALS = {"a": "Trial A", "b": "Trial B"}


def stating(subgroups: dict[str, Any], **more: Any) -> dict[str, Any]:
    config = copy.deepcopy(CONFIG)
    config["analyses"]["by"] = {"label": "By", "subgroups": subgroups, **more}
    return filled(config)


def faults(config: dict[str, Any], taken: tuple[str, ...] = ()) -> list[str]:
    found = subgroup_faults(
        config, variables=VARIABLES, declared=tuple(VARIABLES), trials=TRIALS, taken=taken
    )
    return [f"{in_words(fault.place)}: {fault.text}" for fault in found]


def expanded(config: dict[str, Any]) -> dict[str, Any]:
    assert faults(config) == []
    return with_subgroups(config, variables=VARIABLES, trials=TRIALS)


def test_each_level_is_an_analysis_that_inherits_all_else() -> None:
    config = stating({"variable": "site"}, interaction=True, bootstrap={"replicates": 99})
    before = copy.deepcopy(config)
    made = expanded(config)
    assert config == before
    assert list(made["analyses"]) == ["primary", "early", "by_m1", "by_ica", "by_none"]
    subgroup = resolve_analysis(made, "by_ica")
    assert subgroup["label"] == "By: ICA"
    assert subgroup["interaction"] is True
    assert subgroup["bootstrap"]["replicates"] == 99
    assert subgroup["covariates"] == ["age", "female"]
    assert subgroup["eligibility"] == [
        {"variable": "site", "one_of": ["ica"], "reason": "Site other than ICA, or unknown"}
    ]
    assert [text for fault in schema_faults(made, SCHEMA) for text in [fault.text]] == []


def test_the_rules_of_the_analysis_come_first() -> None:
    rule = {"variable": "delay", "between": [None, 6], "reason": "Late"}
    made = expanded(stating({"variable": "site", "levels": ["m1"]}, eligibility=[rule]))
    assert [each["variable"] for each in made["analyses"]["by_m1"]["eligibility"]] == ["delay", "site"]
    assert "by_ica" not in made["analyses"]


def test_rules_of_the_primary_analysis_hold_in_subgroups() -> None:
    config = stating({"variable": "site"})
    rule = {"variable": "delay", "between": [None, 6], "reason": "Late"}
    config["analyses"]["primary"]["eligibility"] = [rule]
    assert expanded(config)["analyses"]["by_m1"]["eligibility"][0] == rule


def test_levels_of_a_binary_and_of_an_ordinal_variable() -> None:
    made = expanded(stating({"variable": "female"}, covariates=["age"]))["analyses"]
    assert [made[name]["label"] for name in ("by_0", "by_1")] == ["By: Female, No", "By: Female, Yes"]
    assert made["by_1"]["eligibility"][0]["one_of"] == [1]


def test_a_subgroup_of_each_trial() -> None:
    made = expanded(stating({"variable": "trial"}, trial_effects="none"))
    assert made["analyses"]["by_b"]["label"] == "By: Trial B"
    assert analysed_trials(made, "by_b", TRIALS) == ("b",)


def test_a_subgroup_is_the_analysis_that_one_would_write() -> None:
    """It has the draws of an analysis of the default study, for they differ in words alone."""
    config = read_yaml(ROOT / "config/config.yaml")
    config["analyses"]["by_modality"] = {
        "label": "By imaging modality",
        "subgroups": {"variable": "imaging_modality"},
        "bootstrap": {"replicates": 1000},
    }
    made = with_subgroups(config, variables=variables_from_config(config["variables"]), trials={})
    drawn = drawn_as(made)
    assert (drawn["by_modality_ct"], drawn["by_modality_mri"]) == ("ct_only", "by_modality_mri")


@pytest.mark.parametrize(
    ("subgroups", "more", "said"),
    [
        (
            {"variable": "sight"},
            {},
            "analyses.by.subgroups.variable: no variable 'sight'; allowed: 'age', 'female'",
        ),
        ({"variable": "delay"}, {}, "'delay' is continuous and has no levels; allowed: a categorical"),
        ({"variable": "site", "levels": ["m2"]}, {}, "'m2' is no level of 'site'; allowed: m1, ica, none"),
        (
            {"variable": "female"},
            {},
            "'female' is a covariate, which is the same for everybody in a subgroup",
        ),
        ({"variable": "mrs"}, {}, "'mrs' is the mediator or the outcome"),
        ({"variable": "trial"}, {}, "each subgroup is one trial, which trial_effects 'random_slope' cannot"),
        ({"variable": "site"}, {"label": "x" * 118}, "the name or label of the subgroup 'm1' is too long"),
    ],
    ids=["unknown", "continuous", "level", "covariate", "outcome", "trial", "label"],
)
def test_subgroups_that_there_cannot_be(subgroups: dict[str, Any], more: dict[str, Any], said: str) -> None:
    assert any(said in text for text in faults(stating(subgroups, **more)))


def test_a_name_that_is_taken() -> None:
    config = stating({"variable": "site"})
    assert faults(config, taken=("by_ica",)) == [
        "analyses.by.subgroups: the subgroup 'ica' is the analysis 'by_ica', a name that is taken; give one "
        "of the two another name"
    ]
    config["analyses"]["by_m1"] = {"label": "Mine"}
    assert "the subgroup 'm1' is the analysis 'by_m1'" in "".join(faults(config))


def test_the_primary_analysis_is_of_all() -> None:
    config = copy.deepcopy(CONFIG)
    config["analyses"]["primary"]["subgroups"] = {"variable": "site"}
    assert faults(filled(config)) == [
        "analyses.primary.subgroups: the primary analysis is of all; give the subgroups an analysis of "
        "their own"
    ]


SCHEMA = read_yaml(ROOT / "workflow/schemas/config.schema.yaml")
