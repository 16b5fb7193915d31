"""INTERFACE.yaml, which workflows that import this one rely on, says what the rules and the schema are."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ipdmediation.plumbing.study_folders import DEFAULT_FOLDERS
from tests.steps.plan import SNAKEFILE
from tests.yaml_files import read_yaml

ROOT = SNAKEFILE.parent
INTERFACE = read_yaml(ROOT / "INTERFACE.yaml")
SCHEMA = read_yaml(ROOT / "workflow/schemas/config.schema.yaml")
CONFIG = read_yaml(ROOT / "config/config.yaml")
ANALYSES, TRIALS = CONFIG["analyses"], sorted(CONFIG["trials"])


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The rules of the default study, which has trials of its own model."""
    written = tmp_path_factory.mktemp("rules") / "rules.json"
    script = Path(__file__).with_name("parsed_rules.py")
    subprocess.run([sys.executable, str(script), str(written)], check=True, cwd=ROOT)
    return json.loads(written.read_text())


def patterns(stated: str, wildcards: list[str]) -> str | list[str]:
    """Return the outputs that a pattern of the interface stands for, with the default folders.

    A rule without that wildcard has a file for each trial.
    """
    path = stated.replace("<results>", INTERFACE["pathvars"]["results"]["default"])
    if "{trial}" in path and "trial" not in wildcards:
        return [path.replace("{trial}", trial) for trial in TRIALS]
    found = [path]
    for name, known in INTERFACE["wildcards"].items():
        if isinstance(known, list) and f"{{{name}}}" in path:
            found = [one.replace(f"{{{name}}}", each) for one in found for each in known]
    return path if found == [path] else found


def bare(path: str | list[str]) -> str | list[str]:
    """Return a pattern without the constraints of its wildcards."""
    if isinstance(path, list):
        return [str(bare(each)) for each in path]
    return re.sub(r"\{(\w+),[^}]*\}", r"{\1}", path)


def test_every_output_has_its_name_and_its_pattern(rules: list[dict[str, Any]]) -> None:
    parsed = {
        rule["name"]: {name: bare(path) for name, path in rule["output"].items()}
        for rule in rules
        if rule["every"]
    }
    wildcards = {rule["name"]: rule["wildcards"] for rule in rules}
    stated = {
        name: {output: patterns(path, wildcards[name]) for output, path in outputs.items()}
        for name, outputs in INTERFACE["rules"].items()
    }
    assert parsed == stated
    for rule in rules:
        named = [path if isinstance(path, list) else [path] for path in rule["output"].values()]
        assert sum(map(len, named)) == len(rule["every"])


def test_every_wildcard_is_explained_and_no_other(rules: list[dict[str, Any]]) -> None:
    used = {name for rule in rules for name in rule["wildcards"]}
    free = {name for name, known in INTERFACE["wildcards"].items() if not isinstance(known, list)}
    listed = set(INTERFACE["wildcards"]) - free
    assert used == free
    text = json.dumps(INTERFACE["rules"])
    assert all(f"{{{name}}}" in text for name in listed)


def test_every_other_rule_is_a_target(rules: list[dict[str, Any]]) -> None:
    others = {rule["name"] for rule in rules if not rule["every"]} - set(ANALYSES) - {"default"}
    assert others == set(INTERFACE["targets"])


def test_every_key_of_the_configuration_is_a_setting() -> None:
    assert list(INTERFACE["settings"]) == list(SCHEMA["properties"])
    required = [name for name, stated in INTERFACE["settings"].items() if stated["required"]]
    assert sorted(required) == sorted(SCHEMA["required"])


def test_the_folders_are_those_of_the_schema_and_used() -> None:
    folders = SCHEMA["properties"]["pathvars"]["properties"]
    assert list(INTERFACE["pathvars"]) == list(folders)
    for name, stated in INTERFACE["pathvars"].items():
        assert stated["default"] == folders[name]["default"] == DEFAULT_FOLDERS[name]


def test_every_input_is_named_by_a_key_that_there_is() -> None:
    trial = read_yaml(ROOT / "workflow/schemas/trial.schema.yaml")
    named_by = {name: stated["named_by"] for name, stated in INTERFACE["inputs"].items()}
    assert named_by == {
        "mapping": "trials.<trial>",
        "raw": "source of the mapping",
        "result": "source.result of the mapping",
        "model": "study.synthetic",
    }
    assert "source" in trial["properties"]
    sent = read_yaml(ROOT / "workflow/schemas/site_result.schema.yaml")
    assert "result" in sent["properties"]["source"]["properties"]
    assert "synthetic" in SCHEMA["properties"]["study"]["properties"]


def test_the_snakefile_is_there() -> None:
    assert (ROOT / INTERFACE["snakefile"]).is_file()
