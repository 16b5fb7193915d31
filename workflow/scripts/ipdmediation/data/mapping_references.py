"""Faults of a trial's mapping that no schema sees, held against the study's variables (light to import)."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Mapping
from math import inf, isfinite
from typing import Any

from ipdmediation.data.arms import ARMS
from ipdmediation.data.codes import EXCLUDED, Code, same_codes
from ipdmediation.data.configuration import stated_files
from ipdmediation.data.derivation_faults import derivation_faults
from ipdmediation.data.joined_columns import joined_files
from ipdmediation.data.joining_faults import columns_of, decimal_of, joining_faults, visits_of
from ipdmediation.data.known_units import conversion_fault
from ipdmediation.data.problems import Fault, Place, shown
from ipdmediation.data.references import EVERY_TRIAL, Study, level_faults
from ipdmediation.data.stamp_formats import format_problem, has_short_year
from ipdmediation.data.substances import stated_substance, substance_fault
from ipdmediation.data.time_zones import zone_fault
from ipdmediation.data.variables import Variable


def mapping_faults(mapping: Mapping[str, Any], study: Study) -> Iterator[Fault]:
    """Yield every reference of a mapping that leads nowhere or does not fit.

    Parameters
    ----------
    mapping : mapping
        Content of the trial's mapping, valid by `trial.schema.yaml`.
    study : Study
        The study's sound parts.
    """
    variables = study.variables
    yield from _file_faults(mapping)
    for name in [name for name in study.declared if name not in mapping["variables"]]:
        text = f"{name!r} is not mapped (`absent: true` if the trial did not record it)"
        yield Fault(("variables",), text)
    if "at" in mapping["treatment"] and visits_of(mapping, mapping["treatment"]) is None:
        yield Fault(("treatment", "at"), _ONE_ROW)
    for name, entry in mapping["variables"].items():
        place = ("variables", name)
        yield from study.unknown(place, name)
        variable = variables.get(name)
        if variable is None:
            continue
        yield from _column_faults(place, entry, variable)
        if "at" in entry and not {"column", "from", "derive"} & set(entry):
            yield Fault((*place, "at"), "a variable that is in no column has no visit either")
        elif "at" in entry:
            yield from _visit_faults((*place, "at"), entry["at"], variable, visits_of(mapping, entry))
        decimal = decimal_of(mapping, *columns_of(entry))
        if "derive" in entry:
            yield from derivation_faults(place, entry, variable, decimal=decimal)
        if "column" in entry or "derive" in entry:
            levels = variable.level_labels if variable.type == "categorical" else variable.codes
            missing = [*mapping.get("missing", ()), *entry.get("missing", ())]
            by_value = variable.type == "continuous"
            if "derive" in entry and not by_value:
                missing = []  # codes are those of what is derived, the missing ones those of the columns
            known = entry.get("codes", levels)
            yield from _same_code_faults(place, known, missing, by_value=by_value, decimal=decimal)


def _file_faults(mapping: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with all but the variables."""
    codes, files = mapping["treatment"]["codes"], joined_files(mapping["source"])
    for place, source in stated_files(mapping["source"]).items():
        yield from _option_faults((*place, "options"), source.get("options", {}))
    if files:
        yield from joining_faults(mapping)
    for arm in [arm for arm in ARMS if arm not in codes.values()]:
        yield Fault(("treatment", "codes"), f"no code means {arm!r}")
    decimal = decimal_of(mapping, mapping["treatment"]["column"])
    yield from _same_code_faults(("treatment",), codes, (), by_value=False, decimal=decimal)
    if "visits" in mapping and "column" not in mapping["patient"]:
        text = "the rows of a patient are found by an id; name its column, or say no `visits:`"
        yield Fault(("patient", "row_number"), text)
    if "trial" in mapping:
        decimal = decimal_of(mapping, mapping["trial"]["column"])
        yield from _trial_faults(mapping["trial"]["codes"], decimal=decimal)


def _trial_faults(codes: Mapping[str | float, Any], *, decimal: str) -> Iterator[Fault]:
    """Yield what is wrong with the codes of several trials in one file."""
    yield from _same_code_faults(("trial",), codes, (), by_value=False, decimal=decimal)
    if all(trial == EXCLUDED for trial in codes.values()):
        yield Fault(("trial", "codes"), f"every code means {EXCLUDED!r}, so that no trial is left")
    for code, trial in codes.items():
        if trial != EXCLUDED and trial["id"] in (EVERY_TRIAL, EXCLUDED):
            text = f"{trial['id']!r} has a meaning of its own in tables; give the trial another id"
            yield Fault(("trial", "codes", code, "id"), text)


_ONE_ROW = (
    "each patient has one row; where the file has a row for each visit, say `visits:` (of joined files in "
    "the file's own entry)"
)


def _visit_faults(
    place: Place, at: Any, variable: Variable, visits: Mapping[str, str] | None
) -> Iterator[Fault]:
    """Yield why a variable cannot have its value at the visits that its mapping names."""
    if visits is None:
        yield Fault(place, _ONE_ROW)
        return
    if isinstance(at, str):
        if at in ("smallest", "largest") and variable.type == "categorical":
            text = f"{variable.name!r} has no {at} level; allowed: first, last, a visit or a day"
            yield Fault(place, text)
        return
    for kind, column in (("visit", "column"), ("day", "day")):
        if kind in at and column not in visits:
            yield Fault((*place, kind), f"no column of it is stated; say `visits: {{{column}: ...}}`")
    low, high = at.get("from", -inf), at.get("to", inf)
    if "day" in at and not low <= at["day"] <= high:
        yield Fault(place, f"day {at['day']:g} does not lie from {low:g} to {high:g}")


def _option_faults(place: Place, options: Mapping[str, Any]) -> Iterator[Fault]:
    encoding, separator = options.get("encoding"), options.get("separator")
    if encoding is not None and not _is_text_encoding(encoding):
        text = f"Python knows no encoding of text {shown(encoding)}; allowed: utf-8, latin-1, cp1252, ..."
        yield Fault((*place, "encoding"), text)
    if separator is not None and (separator in "\"'\n\r\0" or separator.isalnum()):
        yield Fault((*place, "separator"), f"{separator!r} separates no columns; allowed: a mark such as ;")
    if separator is not None and separator == options.get("decimal", "."):
        yield Fault((*place, "separator"), f"{separator!r} is the decimal mark too; allowed: another mark")


def _is_text_encoding(name: str) -> bool:
    try:
        return bool(codecs.lookup(name)._is_text_encoding)
    except (LookupError, ValueError, UnicodeError):
        return False


def _column_faults(place: Place, entry: Mapping[str, Any], variable: Variable) -> Iterator[Fault]:
    wrong = format_problem(entry["format"]) if "format" in entry else None
    if wrong:
        yield Fault((*place, "format"), f"{entry['format']!r}: {wrong}")
    yield from _clock_faults(place, entry)
    if variable.type == "continuous":
        for code, value in entry.get("codes", {}).items():
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
                yield Fault((*place, "codes", code), f"{code!r} is taken for {value!r}; allowed: a number")
        yield from _unit_faults(place, entry, variable)
    else:
        amounts = ("unit", "from", "substance", "molar_mass", "valence")
        for key in [key for key in amounts if key in entry]:
            text = f"`{key}` is for continuous variables, {variable.name!r} is {variable.type}"
            yield Fault((*place, key), text)
        for code, level in entry.get("codes", {}).items():
            yield from level_faults((*place, "codes", code), level, variable)
    if "constant" in entry:
        yield from level_faults((*place, "constant"), entry["constant"], variable)


def _clock_faults(place: Place, entry: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is missing, or too much, beside the stamps of a variable."""
    short = has_short_year(entry.get("format", ""))
    if short and "two_digit_years" not in entry:
        text = f"{entry['format']!r} has years of two digits; say which are of this century: "
        yield Fault((*place, "format"), text + "`two_digit_years: {pivot: 30}` takes 00 to 29 for 20xx")
    if "two_digit_years" in entry and not short:
        text = "the format has no year of two digits; allowed: only beside a format with %y"
        yield Fault((*place, "two_digit_years"), text)
    if "timezone" in entry and (fault := zone_fault(entry["timezone"])) is not None:
        yield Fault((*place, "timezone"), fault)


def _unit_faults(place: Place, entry: Mapping[str, Any], variable: Variable) -> Iterator[Fault]:
    if "from" in entry:
        if variable.unit is None:
            yield Fault((*place, "from"), "time between two stamps needs a unit of the variable")
            return
        fault = conversion_fault("second", variable.unit)
        if fault is not None:
            yield Fault((*place, "from"), f"the time between two stamps: {fault}")
    if "substance" in entry and (fault := substance_fault(entry["substance"])) is not None:
        yield Fault((*place, "substance"), fault)
        return
    unit = entry.get("unit")
    if unit is None or unit == variable.unit:
        return
    if variable.unit is None:
        yield Fault((*place, "unit"), f"the mapping gives unit {unit!r}, the variable has none")
    elif (fault := conversion_fault(unit, variable.unit, stated_substance(entry))) is not None:
        yield Fault((*place, "unit"), fault)


def _same_code_faults(
    place: Place, codes: Iterable[Any], missing: Iterable[Any], *, by_value: bool, decimal: str
) -> Iterator[Fault]:
    """Yield a fault for each code that means two things; two codes for missing mean one."""
    known, absent = list(map(Code, codes)), list(map(Code, missing))
    for first, second in same_codes([*known, *absent], by_value=by_value, decimal=decimal):
        if first in known and second in absent:
            text = f"{first!r} is mapped, and the same code, {second!r}, means missing"
            yield Fault((*place, "codes", first.written), text)
        elif first in known:
            yield Fault((*place, "codes", second.written), f"{first!r} and {second!r} are the same code")
