"""Keys and values that somebody may try: each is refused by its name, with what to write instead."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.data.conftest import CONFIG, departures
from tests.unit.data.test_config_readme import SCHEMAS, Key, keys


def refused() -> Iterator[tuple[Key, str, str]]:
    for key in keys("config"):
        for name, instead in key.node.get("refused", {}).items():
            yield key, name, instead


REFUSED = list(refused())


def within(analysis: dict[str, Any], path: list[str]) -> Any:
    place: Any = analysis
    for part in path:
        place = place.setdefault(part, {})
    return place


@pytest.mark.parametrize(
    ("key", "name", "instead"), REFUSED, ids=[f"{key.path}: {name}" for key, name, _ in REFUSED]
)
@pytest.mark.parametrize("analysis", ["primary", "early"])
def test_what_is_refused_is_told_what_to_write_instead(
    key: Key, name: str, instead: str, analysis: str
) -> None:
    config = copy.deepcopy(CONFIG)
    _, _, *path = key.path.split(".")
    if "enum" in key.node:
        within(config["analyses"][analysis], path[:-1])[path[-1]] = name
        said = f"found '{name}'; {instead}; allowed: '{key.node['enum'][0]}'"
    else:
        within(config["analyses"][analysis], path)[name] = "x"
        said = f"unknown key; {instead}"
    found = departures(config)
    assert any(said in text for text in found), found


def test_what_is_refused_is_nothing_that_is_allowed() -> None:
    for key, name, instead in REFUSED:
        assert name not in key.node.get("enum", ()), key.path
        assert name not in key.node.get("properties", {}), key.path
        assert not instead.endswith("."), instead


def test_a_typo_still_lists_what_is_allowed() -> None:
    config = copy.deepcopy(CONFIG)
    config["analyses"]["early"]["wieghts"] = "w"
    (found,) = departures(config)
    assert found.startswith(
        "analyses.early.wieghts: unknown key; allowed: 'label', 'eligibility', 'subgroups'"
    )
    config = copy.deepcopy(CONFIG)
    config["analyses"]["early"]["trial_effects"] = "randm"
    (found,) = departures(config)
    assert found == (
        "analyses.early.trial_effects: found 'randm'; allowed: 'none', 'fixed', 'random_intercept', "
        "'random_slope', 'random_slopes'"
    )


def test_what_a_statistician_tries_first_is_among_them() -> None:
    known = {f"{key.path.removeprefix('analyses.<analysis>').strip('.')}:{name}" for key, name, _ in REFUSED}
    assert {
        ":weight", ":offset", ":strata", ":robust", ":nagq", ":exposure", ":random", ":mediators",
        ":moderator", ":dose", "outcome.family:poisson", "outcome.family:survival", "mediator:centered",
        "bootstrap:seed",
    } <= known  # fmt: skip
    assert SCHEMAS["config"]["$defs"]["analysis"]["refused"]
