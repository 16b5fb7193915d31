"""Validation of configuration files: defaults filled in, a fault for each departure (light to import)."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from math import isfinite
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from ipdmediation.data.errors import listing
from ipdmediation.data.problems import Fault, Place, shown
from ipdmediation.data.written_text import FORMATS

#: The largest whole number: what every file format of the results holds in 64 bits.
LARGEST_INTEGER = 2**63 - 1

_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping of keys to values",
    "null": "null",
}
_BOUNDS = {
    "minimum": "too small; allowed: {} or more",
    "maximum": "too large; allowed: at most {}",
    "exclusiveMinimum": "too small; allowed: above {}",
    "exclusiveMaximum": "too large; allowed: below {}",
}
_SIZES = {
    "minLength": "an empty text",
    "maxLength": "{found} letters; allowed: at most {limit}",
    "minItems": "{found} entries; allowed: at least {limit}",
    "maxItems": "{found} entries; allowed: at most {limit}",
    "minProperties": "{found} keys; allowed: at least {limit}",
    "maxProperties": "{found} keys; allowed: at most {limit}",
}


def schema_faults(content: Any, schema: Mapping[str, Any]) -> list[Fault]:
    """Fill the schema's defaults into a configuration and return every departure from the schema.

    Parameters
    ----------
    content : mapping
        Configuration as read from YAML; defaults are added in place.
    schema : mapping
        JSON schema, draft 2020-12. Beside its own keywords: `format` may be one of `written_text.FORMATS`,
        `allowed` says in words what a `pattern` allows, and `refused` has keys, or values of an `enum`, that
        somebody may try, each with what to write instead.

    Returns
    -------
    list of Fault
        Each with the place of the key or value, and what is allowed there.
    """
    found: dict[Fault, None] = {}
    for error in _FillingValidator(schema).iter_errors(content):
        found.update(dict.fromkeys(_faults(error)))
    return list(found)


def _fill_defaults(
    validator: Any, properties: Mapping[str, Any], instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name, subschema in properties.items():
            if isinstance(subschema, Mapping) and "default" in subschema and name not in instance:
                instance[name] = copy.deepcopy(subschema["default"])
    yield from Draft202012Validator.VALIDATORS["properties"](validator, properties, instance, schema)


def _check_format(
    _validator: Any, name: str, instance: Any, _schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    # an empty text is for minLength to refuse
    fault = FORMATS[name](instance) if isinstance(instance, str) and instance and name in FORMATS else None
    if fault is not None:
        yield ValidationError(f"{shown(instance)}: {fault}")


def _is_integer(_checker: Any, instance: Any) -> bool:
    return isinstance(instance, int) and not isinstance(instance, bool) and abs(instance) <= LARGEST_INTEGER


def _is_number(checker: Any, instance: Any) -> bool:
    return _is_integer(checker, instance) or (isinstance(instance, float) and isfinite(instance))


_FillingValidator: Any = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {"properties": _fill_defaults, "format": _check_format},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": _is_integer, "number": _is_number}
    ),
)


def _faults(error: ValidationError) -> Iterator[Fault]:
    """Yield what an error of the validator means to a reader."""
    place: Place = tuple(error.absolute_path)
    schema: dict[str, Any] = dict(error.schema) if isinstance(error.schema, Mapping) else {}
    content: Any = error.instance
    if error.validator in ("anyOf", "oneOf"):
        yield from _of_alternatives(error, place, content)
    elif error.validator == "additionalProperties":
        known = schema.get("properties", {})
        refused = schema.get("refused", {})
        for key in [key for key in content if key not in known]:
            instead = refused.get(key) or f"allowed: {listing(known, limit=99)}"
            yield Fault((*place, key), f"unknown key; {instead}")
    elif error.validator == "required":
        missing = [key for key in schema["required"] if key not in content]
        yield Fault(place, f"key {listing(missing)} is missing")
    elif error.validator == "dependentRequired":
        for key, others in schema["dependentRequired"].items():
            missing = [other for other in others if key in content and other not in content]
            if missing:
                yield Fault((*place, key), f"it needs {listing(missing)} beside it")
    elif error.validator == "not":
        yield Fault(place, "this key does not belong here; leave it out")
    elif "propertyNames" in error.absolute_schema_path:
        yield Fault((*place, content), f"as a key: {_message(error, schema)}")
    else:
        yield Fault(place, _message(error, schema))


def _of_alternatives(error: ValidationError, place: Place, content: Any) -> Iterator[Fault]:
    """Yield what is wrong with a value that may be of several kinds, by the kind that was meant."""
    alternatives: Any = error.validator_value
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    wanted = [list(map(str, branch.get("required", ()))) for branch in alternatives]
    if isinstance(content, Mapping) and all(wanted):
        keys = [names[0] for names in wanted]
        found = [key for key in keys if key in content]
        *_, within, beside, _ = (None, None, *error.absolute_schema_path)
        if within == "dependentSchemas":
            yield Fault((*place, beside), f"it needs {' or '.join(map(repr, keys))} beside it")
            return
        if len(found) != 1:
            text = f"found {listing(found)}" if found else "found none of them"
            yield Fault(place, f"exactly one of {listing(keys)} is needed, {text}")
            return
        branches = {at: inner for at, inner in branches.items() if keys[at] == found[0]}
    right_kind = [
        inner for inner in branches.values() if not any(_is_other_kind(each, content) for each in inner)
    ]
    errors = [each for inner in branches.values() for each in inner if not each.relative_path]
    kinds = [kind for each in errors if each.validator == "type" for kind in _as_list(each.validator_value)]
    if not right_kind:
        values = [
            value for each in errors if each.validator == "enum" for value in _as_list(each.validator_value)
        ]
        more = f"; or {', '.join(map(shown, values))}" if values else ""
        yield Fault(place, _of_kind(content, kinds) + more)
        return
    for inner_error in min(right_kind, key=len):
        one_of_few = inner_error.validator == "enum" and not inner_error.relative_path
        more = f"; or {_in_words(kinds)}" if kinds and one_of_few else ""
        yield from (fault._replace(text=fault.text + more) for fault in _faults(inner_error))


def _is_other_kind(error: ValidationError, content: Any) -> bool:
    """Return whether a value is not even of the kind that an alternative asks for."""
    if error.relative_path:
        return False
    return error.validator == "type" or (
        error.validator in ("const", "enum") and isinstance(content, dict | list)
    )


def _as_list(kinds: Any) -> list[str]:
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _message(error: ValidationError, schema: Mapping[str, Any]) -> str:
    """Return what is wrong with a value and what is allowed in its place."""
    content: Any = error.instance
    value: Any = error.validator_value
    keyword = str(error.validator)
    if keyword in ("type", "enum", "const") and isinstance(content, bool) and not isinstance(value, bool):
        words = "yes, on or true" if content else "no, off or false"
        return (
            f"YAML reads the bare word {words} as a truth value, which is not allowed here; where it is a "
            "code, a level or a name, write it in quotes"
        )
    if keyword in _BOUNDS:
        return f"{shown(content)} is {_BOUNDS[keyword].format(shown(value))}"
    if keyword in _SIZES:
        return _SIZES[keyword].format(found=len(content), limit=value)
    words_of = {
        "type": lambda: _of_kind(content, _as_list(value)),
        "enum": lambda: _of_enum(content, value, schema),
        "const": lambda: f"found {shown(content)}; allowed: {shown(value)}",
        "pattern": lambda: _of_pattern(content, schema),
        "uniqueItems": lambda: f"{_twice(content)} stands twice; allowed: each once",
    }
    return words_of[keyword]() if keyword in words_of else error.message


def _of_enum(content: Any, allowed: Collection[Any], schema: Mapping[str, Any]) -> str:
    refused = schema.get("refused", {})
    instead = f"{refused[content]}; " if isinstance(content, str) and content in refused else ""
    names = [each for each in allowed if isinstance(each, str)]
    near = get_close_matches(content, names, n=1) if isinstance(content, str) and not instead else []
    hint = f"; did you mean {shown(near[0])}?" if near else ""
    return f"found {shown(content)}; {instead}allowed: {', '.join(map(shown, allowed))}{hint}"


def _of_pattern(content: Any, schema: Mapping[str, Any]) -> str:
    if not str(content).strip():
        return "an empty text; an empty cell of a file is missing without being declared"
    return f"found {shown(content)}; allowed: {schema.get('allowed', schema.get('pattern'))}"


def _in_words(kinds: Iterable[str]) -> str:
    return " or ".join(_KINDS.get(kind, kind) for kind in dict.fromkeys(kinds))


def _of_kind(content: Any, kinds: list[str]) -> str:
    allowed = _in_words(kinds)
    if content is None:
        return f"nothing, or the bare word null; allowed: {allowed}; where it is a code, write it in quotes"
    if isinstance(content, float) and not isfinite(content):
        return f"found {shown(content)}, which is not finite; allowed: {allowed}"
    if isinstance(content, (int, float)) and "string" in kinds:
        return f"found the number {shown(content)}; allowed: {allowed}; write it in quotes where it is text"
    if isinstance(content, int) and not isinstance(content, bool):
        return f"found {shown(content)}; allowed: {allowed} of at most 19 digits"
    if isinstance(content, (list, dict)):
        return f"found {'a list' if isinstance(content, list) else 'a mapping'}; allowed: {allowed}"
    words = "the text " if isinstance(content, str) else ""
    return f"found {words}{shown(content)}; allowed: {allowed}"


def _twice(items: Iterable[Any]) -> str:
    seen: list[Any] = []
    for item in items:
        if item in seen:
            return shown(item)
        seen.append(item)
    return "an entry"
