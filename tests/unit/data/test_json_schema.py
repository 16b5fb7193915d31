import pytest

from ipdmediation.data.errors import ConfigurationError
from ipdmediation.data.json_schema import check_schema

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["seed"],
    "properties": {
        "seed": {"type": "integer", "minimum": 0},
        "bootstrap": {
            "type": "object",
            "default": {},
            "additionalProperties": False,
            "properties": {
                "replicates": {"type": "integer", "default": 1000},
                "interval": {"enum": ["percentile", "basic"], "default": "percentile"},
            },
        },
    },
}


def test_defaults_are_filled_in_at_every_level():
    content = {"seed": 1}
    check_schema(content, SCHEMA, file="config.yaml")
    assert content == {"seed": 1, "bootstrap": {"replicates": 1000, "interval": "percentile"}}


def test_defaults_are_not_shared_between_files():
    first, second = {"seed": 1}, {"seed": 2}
    check_schema(first, SCHEMA, file="a")
    first["bootstrap"]["replicates"] = 5
    check_schema(second, SCHEMA, file="b")
    assert second["bootstrap"]["replicates"] == 1000


def test_every_problem_is_named_with_its_place_and_what_is_allowed():
    with pytest.raises(ConfigurationError) as raised:
        check_schema({"bootstrap": {"replicate": 5, "interval": "bca"}}, SCHEMA, file="config.yaml")
    message = str(raised.value)
    assert message.startswith("config.yaml:")
    assert "top level: key 'seed' is missing" in message
    assert "bootstrap: unknown key 'replicate'; allowed: 'replicates', 'interval'" in message
    assert "bootstrap.interval: 'bca' is not one of ['percentile', 'basic']" in message


CODES = {
    "type": "object",
    "propertyNames": {"type": ["string", "number"], "pattern": "\\S"},
    "additionalProperties": {"enum": ["treated", "control"]},
}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({True: "treated"}, "a key of codes: YAML reads the bare word yes, on or true"),
        ({False: "treated"}, "a key of codes: YAML reads the bare word no, off or false"),
        ({"A": True}, "codes.A: YAML reads the bare word yes, on or true"),
        ({None: "treated"}, "a key of codes: nothing, or the bare word null"),
        ({" ": "treated"}, "a key of codes: an empty text"),
    ],
)
def test_words_that_yaml_reads_as_something_else(content, message):
    with pytest.raises(ConfigurationError) as raised:
        check_schema({"codes": content}, {"properties": {"codes": CODES}}, file="a.yaml")
    assert message in str(raised.value)
    assert "True" not in str(raised.value)
