"""What the rules ask of a study: each setting in the form in which it is a reason to run a job again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ipdmediation.plumbing.study_settings import StudySettings

SHARE = {"effect": "log_or_difference", "scale": "proportion"}
BOOTSTRAP = {"replicates": 25, "chunk": 10, "interval": "basic", "level": 0.9, "resampling": "stratified"}
PRIMARY: dict[str, Any] = {
    "label": "Primary",
    "eligibility": [],
    "mediator": {"variable": "volume"},
    "outcome": {"variable": "score", "family": "ordinal"},
    "named_level": {},
    "covariates": ["age"],
    "interaction": False,
    "trial_effects": "fixed",
    "weights": None,
    "cluster": "trial",
    "estimation": "ml",
    "standardisation": {"utility": None},
    "missing": {"method": "impute"},
    "bootstrap": BOOTSTRAP,
}
CONFIG: dict[str, Any] = {
    "study": {"title": "A study", "synthetic": None},
    "trials": {"north": "north.yaml"},
    "arms": {"control": {"label": "Old"}, "treated": {"label": "New"}},
    "variables": {"age": {"type": "continuous", "label": "Age", "unit": "year", "minimum": 18}},
    "eligibility": [{"variable": "age", "measured": True, "reason": "Age unknown"}],
    "published": [
        {"analysis": "other", "where": SHARE, "value": 12, "scale": 100},
        {"analysis": "primary", "where": {"effect": "te"}, "value": 1, "scale": 1},
        {"analysis": "primary", "where": SHARE, "value": 30, "low": 10, "scale": 100},
    ],
    "analyses": {
        "primary": PRIMARY,
        "accelerated": {"label": "BCa", "bootstrap": {"interval": "bca", "replicates": 31}},
        "other": {"label": "Other", "covariates": []},
    },
}
MAPPINGS = {
    "north": {
        "label": "North",
        "source": {"file": "north.csv", "format": "csv"},
        "variables": {"age": {"column": "AGE"}},
    }
}


def of(name: str) -> SimpleNamespace:
    return SimpleNamespace(analysis=name, trial="north")


@pytest.fixture
def study() -> StudySettings:
    return StudySettings(CONFIG, MAPPINGS)


def test_an_analysis_has_its_own_settings_and_inherits_the_others(study: StudySettings) -> None:
    assert study.setting("bootstrap", "interval")(of("accelerated")) == "bca"
    assert study.setting("bootstrap", "level")(of("accelerated")) == 0.9
    assert study.model(of("other")) == {
        "mediator": {"variable": "volume"},
        "outcome": {"variable": "score", "family": "ordinal"},
        "covariates": [],
        "interaction": False,
        "trial_effects": "fixed",
        "weights": None,
        "cluster": "trial",
        "estimation": "ml",
    }
    assert study.needed(of("other"))["covariates"] == []


def test_a_reason_is_said_apart_from_its_rule(study: StudySettings) -> None:
    assert study.eligibility(of("primary")) == [{"measured": True, "variable": "age"}]
    assert study.reasons(of("primary")) == ["Age unknown"]


def test_chunks_are_full_and_those_of_the_analysis_that_draws_them(study: StudySettings) -> None:
    folder = "<results>/primary/bootstrap"
    three = [f"{folder}/0-10.parquet", f"{folder}/10-20.parquet", f"{folder}/20-30.parquet"]
    assert study.chunks(of("primary")) == study.own_chunks("primary") == three
    assert study.chunks(of("accelerated")) == [*three, f"{folder}/30-40.parquet"]
    assert study.own_chunks("accelerated") == []
    assert study.own_chunks("other")[0] == "<results>/other/bootstrap/0-10.parquet"
    assert study.drawn_as(of("accelerated")) == "primary"


def test_a_trial_is_read_by_its_mapping_without_label_and_place(study: StudySettings) -> None:
    assert study.raw_file("north") == "north.csv"
    assert study.reading(of("primary"))["source"] == {"format": "csv"}
    assert list(study.mapping(of("primary"))) == ["source", "variables"]
    assert study.ranges(of("primary")) == {"age": {"minimum": 18.0}}
    assert "minimum" not in study.harmonising(of("primary"))["age"]
    assert study.types == {"age": {"type": "continuous"}}
    assert study.measures == {"age": {"type": "continuous", "unit": "year"}}


def test_trials_of_one_file_are_trials_of_the_study_and_no_label_of_theirs_computes() -> None:
    codes = {2: {"id": "west", "label": "West"}, 1: {"id": "east", "label": "East"}, 9: "excluded"}
    registry = {"trial": {"column": "STUDY", "codes": codes}, "source": {"format": "csv"}, "variables": {}}
    config = {**CONFIG, "trials": {"registry": "registry.yaml", "north": "north.yaml"}}
    study = StudySettings(config, {**MAPPINGS, "registry": registry})
    assert list(study.trials.items()) == [("west", "West"), ("east", "East"), ("north", "North")]
    assert study.pooled == {"north": ["north"], "registry": ["east", "west"]}
    assert "label" not in str(study.mapping(SimpleNamespace(trial="registry")))


@pytest.mark.parametrize(
    ("synthetic", "patient", "wanted", "pseudonymous"),
    [
        (None, {"column": "ID"}, True, True),
        (None, {"column": "ID"}, False, False),
        (None, {"row_number": True}, True, False),
        ("model.yaml", {"column": "ID"}, True, False),
    ],
    ids=["ids of patients", "as they are", "numbers of rows", "nobody's"],
)
def test_pseudonyms_take_the_place_of_ids_that_are_somebody_s(
    synthetic: str | None, patient: dict[str, Any], wanted: bool, pseudonymous: bool
) -> None:
    config = CONFIG | {"study": {"synthetic": synthetic}, "identifiers": {"pseudonyms": wanted, "key": None}}
    study = StudySettings(config, {"north": MAPPINGS["north"] | {"patient": patient}})
    assert study.pseudonymous(of("primary")) is pseudonymous


def test_a_unit_that_is_the_study_s_is_no_conversion() -> None:
    for unit, conversions in ((None, {}), ("year", {}), ("month", {"age": "month"})):
        stated = {"column": "AGE", **({"unit": unit} if unit else {})}
        study = StudySettings(CONFIG, {"north": MAPPINGS["north"] | {"variables": {"age": stated}}})
        assert study.conversions == {"north": conversions}


def test_what_is_written_down_names_no_place_of_this_machine() -> None:
    places = {
        "study": {"title": "A study", "synthetic": "/home/somebody/model.yaml"},
        "trials": {
            "north": "/home/somebody/north.yaml",
            "south": "trials/south.yaml",
            "east": "../east.yaml",
        },
        "pathvars": {"results": "/home/somebody/results"},
        "identifiers": {"pseudonyms": True, "key": "/home/somebody/own.key"},
    }
    recorded = StudySettings(CONFIG | places, MAPPINGS).recorded
    assert "somebody" not in repr(recorded)
    assert recorded["trials"] == {"north": "north.yaml", "south": "trials/south.yaml", "east": "east.yaml"}
    assert recorded["identifiers"] == {"pseudonyms": True}
    others = [name for name in CONFIG if name not in places]
    assert [recorded[name] for name in others] == [CONFIG[name] for name in others]


def test_kernels_are_made_for_each_link_and_the_probit_of_a_curve() -> None:
    linked = {
        "primary": {"evidence": {}, "outcome": {"link": "logit", "family": "ordinal"}},
        "other": {"outcome": {"link": "cauchit", "family": "binary"}, "evidence": None},
    }
    plain = linked["primary"]
    curve, panel = {"confounding": {"curve": True}}, {"surrogacy": {"panel": True}}
    without_levels = {**plain["outcome"], "family": "continuous"}
    for primary, links in (
        (plain, ["cauchit", "logit"]),
        ({**plain, "evidence": curve}, ["cauchit", "logit", "probit"]),
        ({**plain, "evidence": panel}, ["cauchit", "logit", "probit"]),
        ({"outcome": without_levels, "evidence": curve}, ["cauchit"]),
    ):
        config = {**CONFIG, "analyses": {**linked, "primary": {**CONFIG["analyses"]["primary"], **primary}}}
        assert StudySettings(config, MAPPINGS).compiled == ["all_links", *links]


def test_a_covariate_of_both_models_is_a_benchmark_unless_others_are_stated() -> None:
    covariates = {"mediator": ["age", "female"], "outcome": "female + age:treatment + nihss"}
    for stated, names in ((None, ["female", "age"]), (["age"], ["age"])):
        evidence = {"confounding": {"benchmarks": stated}}
        primary = {**CONFIG["analyses"]["primary"], "covariates": covariates, "evidence": evidence}
        study = StudySettings({**CONFIG, "analyses": {"primary": primary}}, MAPPINGS)
        assert study.benchmarks(SimpleNamespace(analysis="primary")) == names
