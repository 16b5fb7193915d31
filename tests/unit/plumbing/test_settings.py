"""What computes and what is only shown: a label, a comment or a wide enough range is no reason to compute."""

from copy import deepcopy
from typing import Any

import pytest

from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.variables import variables_from_config
from ipdmediation.plumbing import settings

VARIABLES: dict[str, Any] = {
    "age": {"type": "continuous", "label": "Age", "unit": "year", "minimum": 18, "maximum": 100},
    "dose": {"type": "continuous", "label": "Dose"},
    "woman": {"type": "binary", "label": "Woman"},
    "site": {"type": "categorical", "label": "Site", "levels": {"m": "Middle", "i": "Inner"}},
    "score": {"type": "ordinal", "label": "Score", "levels": {0: "Good", 1: "Bad"}},
}
MAPPING: dict[str, Any] = {
    "label": "First trial",
    "source": {"file": "a.csv", "format": "csv", "options": {"separator": ";"}},
    "patient": {"column": "ID"},
    "treatment": {"column": "ARM", "codes": {"A": "treated", "B": "control"}},
    "variables": {
        "age": {"column": "AGE"},
        "dose": {"column": "DOSE", "out_of_range": "missing"},
        "woman": {"constant": 1},
        "site": {"column": "SITE"},
        "score": {"column": "SCORE"},
    },
}


def changed(value: dict[str, Any], *keys: Any, to: Any) -> dict[str, Any]:
    copy = deepcopy(value)
    inner = copy
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = to
    return copy


def computing(variables: dict[str, Any], mapping: dict[str, Any]) -> str:
    """Everything that a trial's harmonising is given, and in which order."""
    given = [settings.harmonising(variables, mapping), settings.ordered(settings.reading(mapping))]
    return repr([*given, settings.measures(variables), settings.types(variables)])


SHOWN = {
    "a label": changed(VARIABLES, "age", "label", to="Years of life"),
    "a level's label": changed(VARIABLES, "site", "levels", to={"m": "M1", "i": "ICA"}),
    "a range that only bounds": changed(VARIABLES, "age", "maximum", to=120),
    "the order of the variables": dict(reversed(VARIABLES.items())),
}
USED = {
    "a type": changed(VARIABLES, "woman", "type", to="continuous"),
    "a unit": changed(VARIABLES, "age", "unit", to="month"),
    "a level": changed(VARIABLES, "score", "levels", to={0: "Good", 2: "Bad"}),
    "the order of levels": changed(VARIABLES, "site", "levels", to={"i": "Inner", "m": "Middle"}),
    "a range outside which values are dropped": changed(VARIABLES, "dose", "maximum", to=5),
    "a variable more": {**VARIABLES, "more": {"type": "binary", "label": "More"}},
}
OF_MAPPING_SHOWN = {
    "a label": changed(MAPPING, "label", to="Trial 1"),
    "where the file lies": changed(MAPPING, "source", "file", to="b/a.csv"),
    "the order of the keys": dict(reversed(MAPPING.items())),
}
OF_MAPPING_USED = {
    "a format": changed(MAPPING, "source", "format", to="tsv"),
    "an option": changed(MAPPING, "source", "options", "separator", to=","),
    "an arm's code": changed(MAPPING, "treatment", "codes", to={"A": "control", "B": "treated"}),
    "a code for missing": {**MAPPING, "missing": [-9]},
    "a column": changed(MAPPING, "variables", "age", "column", to="YEARS"),
}


@pytest.mark.parametrize("change", SHOWN)
def test_what_of_variables_is_shown_computes_nothing(change: str) -> None:
    assert computing(SHOWN[change], MAPPING) == computing(VARIABLES, MAPPING)


@pytest.mark.parametrize("change", USED)
def test_what_of_variables_is_used_computes(change: str) -> None:
    assert computing(USED[change], MAPPING) != computing(VARIABLES, MAPPING)


@pytest.mark.parametrize("change", OF_MAPPING_SHOWN)
def test_what_of_a_mapping_is_shown_computes_nothing(change: str) -> None:
    assert computing(VARIABLES, OF_MAPPING_SHOWN[change]) == computing(VARIABLES, MAPPING)


@pytest.mark.parametrize("change", OF_MAPPING_USED)
def test_what_of_a_mapping_is_used_computes(change: str) -> None:
    assert computing(VARIABLES, OF_MAPPING_USED[change]) != computing(VARIABLES, MAPPING)


def test_steps_after_harmonising_depend_on_no_unit() -> None:
    months = changed(VARIABLES, "age", "unit", to="month")
    assert settings.types(months) == settings.types(VARIABLES)


def test_a_range_is_in_one_place_or_the_other() -> None:
    dropped = changed(VARIABLES, "dose", "minimum", to=0)
    assert settings.ranges(dropped, MAPPING) == {"age": {"minimum": 18.0, "maximum": 100.0}}
    assert settings.harmonising(dropped, MAPPING)["dose"] == {"type": "continuous", "minimum": 0.0}
    assert "minimum" not in settings.harmonising(dropped, MAPPING)["age"]


def test_what_is_shown_has_the_labels_but_no_range() -> None:
    assert settings.shown(VARIABLES)["age"] == {"type": "continuous", "label": "Age", "unit": "year"}
    assert list(settings.shown(VARIABLES)) == list(VARIABLES)


def test_what_computes_is_enough_to_compute_with() -> None:
    known = variables_from_config(settings.harmonising(VARIABLES, MAPPING))
    stated = variables_from_config(VARIABLES)
    assert {name: (each.type, each.codes, list(each.level_labels)) for name, each in known.items()} == {
        name: (each.type, each.codes, list(each.level_labels)) for name, each in stated.items()
    }
    assert TrialMapping.from_mapping(settings.reading(MAPPING)) == TrialMapping.from_mapping(MAPPING)
