"""What of a configuration computes, and what is only shown and no reason to compute (light to import)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ipdmediation.data.joined_columns import joined_files

RANGE = ("minimum", "maximum")


def ordered(value: Any) -> Any:
    """Return a setting with the keys of its mappings in order, so that moving them is no change.

    Examples
    --------
    >>> ordered({"b": [{"d": 1, "c": 2}], "a": 3})
    {'a': 3, 'b': [{'c': 2, 'd': 1}]}
    """
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (type(key).__name__, key))
        return {key: ordered(value[key]) for key in keys}
    return [ordered(item) for item in value] if isinstance(value, list) else value


def types(variables: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what is computed with of harmonised variables: type and levels, in the order of the names.

    The levels keep their order, which has a meaning; each has its id as label.

    Examples
    --------
    >>> types({"site": {"type": "categorical", "label": "Site", "levels": {"m": "Middle", "i": "Inner"}}})
    {'site': {'type': 'categorical', 'levels': {'m': 'm', 'i': 'i'}}}
    """
    return {name: _typed(variables[name]) for name in sorted(variables)}


def measures(variables: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what a trial's own values are converted to: type, levels and unit, in the order of the names."""
    return {
        name: entry | ({"unit": variables[name]["unit"]} if variables[name].get("unit") else {})
        for name, entry in types(variables).items()
    }


def harmonising(
    variables: Mapping[str, Mapping[str, Any]], mapping: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return `measures`, with the plausible range of a variable whose values outside it are dropped."""
    return {
        name: entry | (_range(variables[name]) if _drops(mapping, name) else {})
        for name, entry in measures(variables).items()
    }


def ranges(
    variables: Mapping[str, Mapping[str, Any]], mapping: Mapping[str, Any]
) -> dict[str, dict[str, float]]:
    """Return the plausible ranges that only bound what may be read: a value outside is an error.

    What was read within one range is the same within another that has all of its values.

    Examples
    --------
    >>> ages = {"age": {"type": "continuous", "label": "Age", "minimum": 18}}
    >>> ranges(ages, {"variables": {"age": {"column": "AGE"}}})
    {'age': {'minimum': 18.0}}
    >>> ranges(ages, {"variables": {"age": {"column": "AGE", "out_of_range": "missing"}}})
    {}
    """
    found = {name: _range(variables[name]) for name in sorted(variables) if not _drops(mapping, name)}
    return {name: bounds for name, bounds in found.items() if bounds}


def reading(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is computed with of a trial's mapping: without labels, allocation, place of its file.

    Examples
    --------
    >>> codes = {1: {"id": "north", "label": "North trial"}, 2: "excluded"}
    >>> reading({"trial": {"column": "STUDY", "codes": codes}, "source": {"file": "a.csv", "format": "csv"}})
    {'trial': {'column': 'STUDY', 'codes': {1: 'north', 2: 'excluded'}}, 'source': {'format': 'csv'}}
    """
    joined = joined_files(mapping["source"])
    source: dict[str, Any] = _without_place(mapping["source"])
    if joined:  # which file is the first is kept beside them, for they get the order of their names
        files = {name: _without_place(entry) for name, entry in joined.items()}
        source = {"files": files, "first": next(iter(joined))}
    rest = {key: value for key, value in mapping.items() if key not in ("label", "allocation")}
    if "trial" in mapping:
        codes = mapping["trial"]["codes"].items()
        ids = {code: trial["id"] if isinstance(trial, Mapping) else trial for code, trial in codes}
        rest["trial"] = {**mapping["trial"], "codes": ids}
    return {**rest, "source": source}


def _without_place(source: Mapping[str, Any]) -> dict[str, Any]:
    return {key: source[key] for key in ("format", "options", "key", "visits") if key in source}


def shown(variables: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what figures and tables say of the variables: all but their plausible ranges."""
    return {
        name: {key: value for key, value in entry.items() if key not in RANGE}
        for name, entry in variables.items()
    }


def anywhere(path: str) -> str:
    """Return a path as it may be told to others: one that leads out of the directory of the run by its name.

    Examples
    --------
    >>> anywhere("config/trials/north.yaml"), anywhere("/home/somebody/north.yaml"), anywhere("../north.yaml")
    ('config/trials/north.yaml', 'north.yaml', 'north.yaml')
    """
    given = Path(path)
    return given.name if given.is_absolute() or ".." in given.parts else path


def _typed(entry: Mapping[str, Any]) -> dict[str, Any]:
    levels = {"levels": {level: str(level) for level in entry["levels"]}} if entry.get("levels") else {}
    return {"type": entry["type"], **levels}


def _range(entry: Mapping[str, Any]) -> dict[str, float]:
    return {key: float(entry[key]) for key in RANGE if entry.get(key) is not None}


def _drops(mapping: Mapping[str, Any], name: str) -> bool:
    return bool(mapping["variables"].get(name, {}).get("out_of_range") == "missing")
