import math

import pytest

from ipdmediation.data.json_schema import schema_faults
from ipdmediation.data.problems import in_words

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["seed"],
    "properties": {
        "seed": {"type": "integer", "minimum": 0, "maximum": 10},
        "bootstrap": {
            "type": "object",
            "default": {},
            "additionalProperties": False,
            "properties": {
                "replicates": {"type": "integer", "default": 1000},
                "interval": {"enum": ["percentile", "basic"], "default": "percentile"},
            },
        },
        "at": {
            "oneOf": [
                {"enum": ["first", "last"]},
                {
                    "type": "object",
                    "required": ["visit"],
                    "additionalProperties": False,
                    "properties": {"visit": {"type": "string"}},
                },
                {
                    "type": "object",
                    "required": ["day"],
                    "additionalProperties": False,
                    "properties": {"day": {"type": "integer"}, "to": {"type": "integer"}},
                },
            ],
        },
        "share": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "label": {"type": "string", "minLength": 1, "maxLength": 9, "format": "line"},
        "name": {"type": "string", "pattern": "^[a-z]+$(?!\\n)", "allowed": "letters a to z"},
        "covariates": {
            "anyOf": [
                {
                    "type": ["array", "string"],
                    "uniqueItems": True,
                    "items": {"type": "string"},
                    "maxItems": 3,
                },
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["mediator", "outcome"],
                    "properties": {"mediator": {"type": "array"}, "outcome": {"type": "array"}},
                },
            ]
        },
        "rule": {
            "type": "object",
            "oneOf": [
                {"required": ["between"]},
                {"required": ["one_of"]},
                {"required": ["measured"], "properties": {"missing": {"not": {}}}},
            ],
            "dependentSchemas": {"window": {"anyOf": [{"required": ["between"]}, {"required": ["one_of"]}]}},
        },
        "low": {"type": "number"},
        "high": {"type": "number"},
        "true_only": {"const": True},
    },
    "dependentRequired": {"low": ["high"]},
}


def found(content, schema=SCHEMA):
    return [f"{in_words(fault.place)}: {fault.text}" for fault in schema_faults(content, schema)]


def test_defaults_are_filled_in_at_every_level():
    content = {"seed": 1}
    assert found(content) == []
    assert content == {"seed": 1, "bootstrap": {"replicates": 1000, "interval": "percentile"}}


def test_defaults_are_not_shared_between_files():
    first, second = {"seed": 1}, {"seed": 2}
    found(first)
    first["bootstrap"]["replicates"] = 5
    found(second)
    assert second["bootstrap"]["replicates"] == 1000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"sed": 1}, "sed: unknown key; allowed: 'seed', "),
        ({"seed": -1}, "seed: -1 is too small; allowed: 0 or more"),
        ({"seed": 11}, "seed: 11 is too large; allowed: at most 10"),
        ({"seed": 1.0}, "seed: found 1.0; allowed: a whole number"),
        ({"seed": "1"}, "seed: found the text '1'; allowed: a whole number"),
        (
            {"seed": 10**30},
            "seed: found 1000000000000000000000000000000; allowed: a whole number of at most 19",
        ),
        ({"seed": [1]}, "seed: found a list; allowed: a whole number"),
        (
            {"bootstrap": {"interval": "bca"}},
            "bootstrap.interval: found 'bca'; allowed: 'percentile', 'basic'",
        ),
        ({"bootstrap": []}, "bootstrap: found a list; allowed: a mapping of keys to values"),
        ({"share": math.nan}, "share: found nan, which is not finite; allowed: a number"),
        ({"share": math.inf}, "share: found inf, which is not finite; allowed: a number"),
        ({"share": 0}, "share: 0 is too small; allowed: above 0"),
        ({"share": 1}, "share: 1 is too large; allowed: below 1"),
        ({"label": ""}, "label: an empty text"),
        ({"label": "abcdefghij"}, "label: 10 letters; allowed: at most 9"),
        ({"label": "a\nb"}, "label: 'a\\nb': a line break; allowed: one line"),
        ({"label": 5}, "label: found the number 5; allowed: text; write it in quotes where it is text"),
        ({"label": None}, "label: nothing, or the bare word null; allowed: text"),
        ({"name": "a\n"}, "name: found 'a\\n'; allowed: letters a to z"),
        ({"covariates": ["age", "age"]}, "covariates: 'age' stands twice; allowed: each once"),
        ({"covariates": ["a", 5]}, "covariates[entry 2]: found the number 5; allowed: text"),
        ({"covariates": ["a", "b", "c", "d"]}, "covariates: 4 entries; allowed: at most 3"),
        ({"covariates": {"mediator": []}}, "covariates: key 'outcome' is missing"),
        ({"covariates": {"mediator": [], "outcome": [], "x": 1}}, "covariates.x: unknown key"),
        ({"covariates": 5}, "covariates: found the number 5; allowed: a list or text or a mapping"),
        ({"at": "middle"}, "at: found 'middle'; allowed: 'first', 'last'; or a mapping of keys to values"),
        ({"at": {"day": 90, "within": 30}}, "at.within: unknown key; allowed: 'day', 'to'"),
        ({"at": {"day": "90"}}, "at.day: found the text '90'; allowed: a whole number"),
        ({"at": [1]}, "at: found a list; allowed: a mapping of keys to values; or 'first', 'last'"),
        ({"rule": {}}, "rule: exactly one of 'between', 'one_of', 'measured' is needed, found none of them"),
        ({"rule": {"between": 1, "one_of": 1}}, "is needed, found 'between', 'one_of'"),
        ({"rule": {"measured": True, "missing": 1}}, "rule.missing: this key does not belong here"),
        ({"low": 1}, "low: it needs 'high' beside it"),
        ({"rule": {"measured": True, "window": 1}}, "rule.window: it needs 'between' or 'one_of' beside it"),
        ({"true_only": "true"}, "true_only: found 'true'; allowed: true"),
    ],
)
def test_a_departure_says_what_was_found_and_what_is_allowed(content, message):
    texts = found({"seed": 1, **content})
    assert len(texts) == 1
    assert message in texts[0]


def test_every_departure_is_found_at_once():
    assert len(found({"bootstrap": {"replicate": 5, "interval": "bca"}, "low": 1, "label": ""})) == 5


CODES = {
    "type": "object",
    "propertyNames": {"type": ["string", "number"], "pattern": "\\S"},
    "additionalProperties": {"enum": ["treated", "control"]},
}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({True: "treated"}, "codes.true: as a key: YAML reads the bare word yes, on or true"),
        ({False: "treated"}, "codes.false: as a key: YAML reads the bare word no, off or false"),
        ({"A": True}, "codes.A: YAML reads the bare word yes, on or true"),
        ({None: "treated"}, "codes.null: as a key: nothing, or the bare word null"),
        ({" ": "treated"}, "as a key: an empty text"),
    ],
)
def test_words_that_yaml_reads_as_something_else(content, message):
    texts = found({"codes": content}, {"properties": {"codes": CODES}})
    assert message in texts[0]
    assert "True" not in texts[0]
