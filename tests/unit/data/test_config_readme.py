"""The schemas are the one source: config/README.md and config.yaml may not say anything else.

After a change of a schema, `python -m tests.unit.data.test_config_readme` writes the README's tables anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
import yaml

from tests.yaml_files import read_yaml

ROOT = Path(__file__).parents[3]
README = ROOT / "config" / "README.md"
SCHEMAS = {
    name: read_yaml(ROOT / "workflow" / "schemas" / f"{name}.schema.yaml")
    for name in ("config", "trial", "site_result")
}
PLACEHOLDERS = {
    "trials": "<trial>",
    "variables": "<variable>",
    "analyses": "<analysis>",
    "source.files": "<file>",
}
#: Sections of the README: marker, schema, top-level keys.
SECTIONS = {
    "study": ("config", ["study", "style", "seed", "pathvars"]),
    "trials": ("config", ["trials", "arms", "variables"]),
    "contract": ("config", ["contract"]),
    "eligibility": ("config", ["eligibility", "describe", "disclosure", "identifiers"]),
    "analyses": ("config", ["analyses"]),
    "published": ("config", ["published"]),
    "trial": (
        "trial",
        ["label", "trial", "source", "missing", "visits", "patient", "treatment", "allocation"],
    ),
    "trial-variables": ("trial", ["variables"]),
    "site-result": ("site_result", ["label", "source"]),
}
REFUSED = re.compile(r"<!-- refused -->\n(.*?)<!-- end -->", re.DOTALL)
BLOCK = re.compile(r"<!-- keys: ([a-z-]+) -->\n(.*?)<!-- end -->", re.DOTALL)


class Key(NamedTuple):
    path: str
    node: dict[str, Any]
    required: bool


def resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return a node with what it refers to; what stands beside the reference wins, key by key."""
    if "$ref" not in node:
        return node
    target: Any = schema
    for part in node["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return merged(resolved(target, schema), {key: value for key, value in node.items() if key != "$ref"})


def merged(base: Any, changes: Any) -> Any:
    if isinstance(base, dict) and isinstance(changes, dict):
        return base | {key: merged(base.get(key), value) for key, value in changes.items()}
    return changes


def keys(name: str) -> list[Key]:
    schema = SCHEMAS[name]
    return list(walk(schema, schema, ""))


def walk(node: dict[str, Any], schema: dict[str, Any], path: str) -> Iterator[Key]:
    properties = dict(node.get("properties", {}))
    if path == "analyses":
        # The main analysis has every key of the others, and the defaults.
        properties = {PLACEHOLDERS["analyses"]: properties["primary"]}
    elif isinstance(node.get("additionalProperties"), dict):
        properties[PLACEHOLDERS.get(path, "<any>")] = node["additionalProperties"]
    for key, child in properties.items():
        whole = resolved(child, schema)
        place = f"{path}.{key}" if path else key
        yield Key(place, whole, key in node.get("required", ()))
        yield from walk(whole, schema, place)
        if isinstance(whole.get("items"), dict):
            yield from walk(resolved(whole["items"], schema), schema, f"{place}[]")


def flow(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False, allow_unicode=True)
    return text.removesuffix("\n...\n").strip()


def allowed(node: dict[str, Any]) -> str:
    if "enum" in node:
        return ", ".join(f"`{flow(value)}`" for value in node["enum"])
    if "const" in node:
        return f"`{flow(node['const'])}`"
    kinds = node.get("type", "any")
    kind = " or ".join(kinds) if isinstance(kinds, list) else kinds
    kind = {"object": "mapping", "array": "list", "string": "text"}.get(kind, kind)
    kind += limits(node)
    if "unit" in node:
        kind += f"; {node['unit']}"
    return kind


def limits(node: dict[str, Any]) -> str:
    """Return how much of a value is allowed."""
    sizes = {"maxLength": "letters", "maxItems": "entries", "maxProperties": "keys"}
    found = [f"{node[key]} {of}" for key, of in sizes.items() if key in node]
    found += [f"{node['maximum']}"] if "maximum" in node and node.get("type") == "integer" else []
    return f", at most {' or '.join(found)}" if found else ""


def default(key: Key) -> str:
    if key.required:
        return "required"
    return f"`{flow(key.node['default'])}`" if "default" in key.node else "none"


def table(section: str) -> str:
    name, tops = SECTIONS[section]
    lines = ["| key | meaning | values; unit | default | example |", "|---|---|---|---|---|"]
    for key in keys(name):
        if re.split(r"[.\[]", key.path)[0] not in tops or key.path.endswith("<any>"):
            continue
        if key.path.replace("source.files.<file>", "source") in described(name, key):
            continue  # each of several files is stated as the only one is
        example = f"`{flow(key.node['examples'][0])}`" if "examples" in key.node else ""
        cells = [f"`{key.path}`", key.node["description"], allowed(key.node), default(key), example]
        lines.append("| " + " | ".join(cell.strip().replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def described(name: str, key: Key) -> set[str]:
    """Return the other keys that have the same description."""
    same = {each.path for each in keys(name) if each.node["description"] == key.node["description"]}
    return same - {key.path}


def refused() -> dict[str, str]:
    """Return what is refused by name, each key or value with what to write instead."""
    found: dict[str, str] = {}
    for key in keys("config"):
        for name, instead in key.node.get("refused", {}).items():
            place = f"{key.path}: {name}" if "enum" in key.node else f"{key.path}.{name}"
            found[place] = instead
    return found


def refused_table() -> str:
    rows = [f"| `{place}` | {instead} |" for place, instead in refused().items()]
    return "\n".join(["| not supported | what to write instead |", "|---|---|", *rows]) + "\n"


def written() -> str:
    """Return the README with its tables as the schemas have them."""
    text = README.read_text(encoding="utf-8")
    text = REFUSED.sub(lambda _: f"<!-- refused -->\n{refused_table()}<!-- end -->", text)
    return BLOCK.sub(lambda block: f"<!-- keys: {block[1]} -->\n{table(block[1])}<!-- end -->", text)


def test_the_readme_says_what_the_schemas_say() -> None:
    text = README.read_text(encoding="utf-8")
    assert [block[0] for block in BLOCK.findall(text)] == list(SECTIONS)
    assert text == written(), "run `python -m tests.unit.data.test_config_readme`"


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_top_level_key_has_its_place_in_the_readme(name: str) -> None:
    described = {key for schema, tops in SECTIONS.values() for key in tops if schema == name}
    assert described == set(SCHEMAS[name]["properties"])


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_is_described_and_every_mapping_closed(name: str) -> None:
    for key in keys(name):
        assert key.node.get("description", "").strip().endswith("."), key.path
        if key.node.get("type") == "object":
            assert "additionalProperties" in key.node, key.path
        if not key.path.endswith("<any>") and not re.search(r"<[a-z]+>$", key.path):
            assert key.node.get("examples") or key.node.get("type") == "object", key.path


@pytest.mark.parametrize("name", SCHEMAS)
def test_examples_and_defaults_are_allowed(name: str) -> None:
    for key in keys(name):
        validator = jsonschema.Draft202012Validator({**key.node, "$defs": SCHEMAS[name]["$defs"]})
        values = [*key.node.get("examples", ()), *([key.node["default"]] if "default" in key.node else ())]
        for value in values:
            if not (value == {} and key.node.get("required")):
                assert validator.is_valid(value) or key.path == "analyses", (key.path, value)


def test_the_default_study_spells_out_every_default() -> None:
    """A reader of config.yaml sees every key that a study may set (lists and variables aside)."""
    config = read_yaml(ROOT / "config" / "config.yaml")
    for key in keys("config"):
        path = key.path.replace("<analysis>", "primary")
        if "default" not in key.node or "[" in path or "<" in path:
            continue
        place: Any = config
        for part in path.split("."):
            assert part in place, f"config.yaml lacks {path}"
            place = place[part]


if __name__ == "__main__":
    README.write_text(written(), encoding="utf-8")
