"""Validation of configuration files: defaults filled in, one line a problem (imports nothing heavy)."""

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.exceptions import best_match

from ipdmediation.data.errors import ConfigurationError, listing, raise_all


def check_schema(content: Any, schema: Mapping[str, Any], *, file: str) -> None:
    """Fill the schema's defaults into a configuration and hold it against the schema.

    Parameters
    ----------
    content : mapping
        Configuration as read from YAML; defaults are added in place.
    schema : mapping
        JSON schema, draft 2020-12.
    file : str
        Name of the file in the error's message.

    Raises
    ------
    ConfigurationError
        Lists every departure with the key where it stands and what is allowed there.
    """
    validator = _FillingValidator(schema)
    errors = sorted(validator.iter_errors(content), key=lambda error: [str(part) for part in error.path])
    raise_all([_in_words(error) for error in errors], ConfigurationError, f"{file}:")


def _fill_defaults(
    validator: Any, properties: Mapping[str, Any], instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name, subschema in properties.items():
            if "default" in subschema and name not in instance:
                default = subschema["default"]
                instance[name] = default.copy() if isinstance(default, (dict, list)) else default
    yield from Draft202012Validator.VALIDATORS["properties"](validator, properties, instance, schema)


_FillingValidator: Any = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"properties": _fill_defaults}
)


def _in_words(error: ValidationError) -> str:
    if error.context:
        # Of the alternatives that all failed, the one that came furthest is what was meant.
        error = best_match(error.context) or error
    place = ".".join(str(part) for part in error.absolute_path) or "top level"
    schema: dict[str, Any] = dict(error.schema)  # type: ignore[arg-type]
    content: Any = error.instance
    if error.validator == "additionalProperties":
        known = schema.get("properties", {})
        unknown = [key for key in content if key not in known]
        return f"{place}: unknown key {listing(unknown)}; allowed: {listing(known, limit=99)}"
    if error.validator == "required":
        missing = [key for key in schema["required"] if key not in content]
        return f"{place}: key {listing(missing)} is missing"
    if error.validator == "not":
        return f"{place}: this key does not belong here; leave it out"
    if "propertyNames" in error.absolute_schema_path:
        place = f"a key of {place}"
    return f"{place}: {_message(error)}"


def _message(error: ValidationError) -> str:
    """Return what is wrong with a value, in words where it is a code that YAML does not read as it looks."""
    content: Any = error.instance
    if isinstance(content, bool) and error.validator in ("type", "enum"):
        words = "yes, on or true" if content else "no, off or false"
        return (
            f"YAML reads the bare word {words} as a truth value, which is not allowed here; where it is a "
            "code, a level or a name, write it in quotes"
        )
    if content is None and error.validator == "type":
        return "nothing, or the bare word null; where it is a code, write it in quotes"
    if error.validator == "pattern" and error.validator_value == r"\S":
        return "an empty text; an empty cell of a file is missing without being declared"
    return error.message
