"""The schemas of a configuration and of a mapping: what they allow, and that a typo is none of it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ipdmediation.vocabulary.links import LINKS, LOGIT
from tests.unit.data.conftest import CONFIG, MAPPING, ROOT, departures, filled, schema
from tests.yaml_files import read_yaml

STUDIES = [ROOT / "config" / "config.yaml", *sorted((ROOT / "config" / "examples").glob("*/config.yaml"))]


@pytest.mark.parametrize("name", ["config", "trial"])
def test_the_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("file", STUDIES, ids=lambda file: str(file.parent.name))
def test_every_study_that_we_ship_states_no_more_than_the_schema_knows(file: Path) -> None:
    filled(read_yaml(file))


PUBLISHED = {"label": "x", "value": 1, "table": "flow", "where": {"step": 0}, "column": "remaining"}


@pytest.mark.parametrize("more", [{}, {"below": True, "note": "n"}, {"threshold": 0.05, "calibrated": True}])
def test_a_published_figure_may_say_how_it_is_to_be_read(more: dict[str, Any]) -> None:
    filled({**CONFIG, "published": [PUBLISHED | more]})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["sed"], 1),
        (["study", "titel"], "x"),
        (["analyses", "early", "covariats"], []),
        (["analyses", "early", "bootstrap", "interval"], "bootstrap"),
        (["analyses", "primary", "missing", "method"], "drop"),
        (["analyses", "primary", "bootstrap", "level"], 95),
        (["variables", "age", "levels"], {0: "a", 1: "b"}),
        (["variables", "site", "unit"], "mL"),
        (["variables", "site", "levels"], {True: "yes", "no": "no"}),
        (["variables", "Upper"], {"type": "binary", "label": "x"}),
        (["eligibility", 0, "one_of"], [1]),
        (["eligibility", 0, "missing"], "keep"),
        (["trials"], {}),
        (["published"], [{"label": "x", "value": 1, "table": "flow", "where": {}, "column": "n"}]),
        (["published"], [PUBLISHED | {"below": False}]),
        (["published"], [PUBLISHED | {"below": True, "threshold": 0.05}]),
        (["published"], [PUBLISHED | {"below": True, "low": 1, "high": 2}]),
        (["published"], [PUBLISHED | {"calibrated": "yes"}]),
    ],
)
def test_a_typo_is_an_error(path: list[Any], value: Any) -> None:
    config = copy.deepcopy(CONFIG)
    place: Any = config
    for key in path[:-1]:
        place = place[key] if isinstance(place, list) else place.setdefault(key, {})
    place[path[-1]] = value
    assert len(departures(config)) in (1, 2)


@pytest.mark.parametrize(
    "change",
    [
        {"source": {"file": "a.csv", "package": "p", "path": "a", "format": "csv"}},
        {"source": {"package": "statsmodels", "format": "csv"}},
        {"source": {"file": "a.csv", "format": "csv", "options": {"sheet": "data"}}},
        {"source": {"file": "a.xlsx", "format": "excel", "options": {"quoting": "none"}}},
        {"source": {"file": "a.dta", "format": "stata", "options": {"decimal": ","}}},
        {"variables": {"age": {"column": "AGE", "absent": True}}},
        {"variables": {"age": {"from": "A"}}},
        {"variables": {"age": {"colum": "AGE"}}},
        {"variables": {"age": {"constant": 1, "unit": "year"}}},
        {"treatment": {"column": "ARM", "codes": {1: "treatd", 2: "control"}}},
        {"treatment": {"column": "ARM", "codes": {True: "treated", False: "control"}}},
    ],
)
def test_a_mapping_with_a_typo_is_an_error(change: dict[str, Any]) -> None:
    mapping = {**copy.deepcopy(MAPPING), **change}
    assert departures(mapping, "trial")


def test_the_schema_has_every_link_and_the_same_default(config: dict[str, Any]) -> None:
    analysis = schema("config")["$defs"]["analysis"]["properties"]
    link = analysis["outcome"]["properties"]["link"]
    assert link["enum"] == list(LINKS)
    assert all(f"`{key}`" in link["description"] for key in LINKS)
    assert config["analyses"]["primary"]["outcome"]["link"] == LOGIT.key


@pytest.mark.parametrize("change", [("trials", "a"), ("study", "synthetic"), ("pathvars", "results")])
def test_a_path_that_snakemake_takes_for_a_wildcard(change: tuple[str, str]) -> None:
    section, key = change
    config = copy.deepcopy(CONFIG)
    config.setdefault(section, {})[key] = "x{1}"
    assert departures(config)[0].startswith(f"{section}.{key}: 'x{{1}}': curly braces, which Snakemake")
