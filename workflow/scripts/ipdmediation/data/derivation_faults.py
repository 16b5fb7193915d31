"""Faults of a derived variable that are known before any data are read (light to import)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ipdmediation.data.codes import Code, same_codes
from ipdmediation.data.derivation import DerivationError, parse_derivation
from ipdmediation.data.derivation_tree import Derivation, Elapsed, Kind, Literal
from ipdmediation.data.errors import listing
from ipdmediation.data.problems import Fault, Place
from ipdmediation.data.variables import Variable

#: How a unit may be written in which `days_between` and `hours_between` count.
_SPELT = {"day": ("day", "days", "d"), "hour": ("hour", "hours", "hr", "h")}


def derivation_faults(
    place: Place, entry: Mapping[str, Any], variable: Variable, *, decimal: str
) -> Iterator[Fault]:
    """Yield what is wrong with the expression of a variable, and with what stands beside it.

    Parameters
    ----------
    place : Place
        Of the variable in the mapping.
    entry : mapping
        What the mapping says of it; has `derive`.
    variable : Variable
    decimal : str
        Decimal mark of the file.
    """
    try:
        derivation = parse_derivation(entry["derive"], numbers=variable.type == "continuous")
    except DerivationError as error:
        yield Fault((*place, "derive"), str(error))
        return
    for key in ("format", "incomplete", "timezone", "ambiguous", "two_digit_years"):
        if key in entry and not derivation.stamps:
            text = "the expression has no stamps; allowed: only with days_between() or hours_between()"
            yield Fault((*place, key), text)
    if variable.type == "continuous":
        yield from _number_faults(place, entry, variable, derivation)
    else:
        yield from _code_faults(place, entry, variable, derivation, decimal=decimal)


def _number_faults(
    place: Place, entry: Mapping[str, Any], variable: Variable, derivation: Derivation
) -> Iterator[Fault]:
    unit = entry.get("unit", variable.unit)
    for outcome in derivation.outcomes:
        if isinstance(outcome, Elapsed) and unit not in _SPELT[outcome.unit]:
            counted = f"{outcome.unit}s_between() counts {outcome.unit}s"
            found = "no unit" if unit is None else f"unit {unit!r}"
            yield Fault((*place, "derive"), f"{counted}, found {found}; say `unit: {outcome.unit}`")
    if "codes" in entry and not any(Kind.NUMBER in kinds for kinds in derivation.uses.values()):
        text = "they say what stands in a column instead of a number, and no column is read as numbers"
        yield Fault((*place, "codes"), text)


def _code_faults(
    place: Place, entry: Mapping[str, Any], variable: Variable, derivation: Derivation, *, decimal: str
) -> Iterator[Fault]:
    levels = variable.level_labels if variable.type == "categorical" else variable.codes
    known = [Code(code) for code in entry.get("codes", levels)]
    if derivation.kind is Kind.TRUTH:
        if "codes" not in entry and variable.type != "binary":
            text = f"it gives true or false; say which level of {variable.name!r} each is: "
            yield Fault((*place, "derive"), text + 'codes: {"true": ..., "false": ...}')
            return
        for word, number in (("true", 1), ("false", 0)):
            if not any(code.text.lower() == word or code.value() == number for code in known):
                text = f"it gives true or false, and no code is {word!r}; allowed: both, in quotes"
                yield Fault((*place, "codes"), text)
    for outcome in derivation.outcomes:
        if not isinstance(outcome, Literal) or outcome.value is None:
            continue
        given = Code(int(outcome.value) if _is_whole(outcome.value) else outcome.value)
        if not any(same_codes([given, code], by_value=False, decimal=decimal) for code in known):
            text = f"it gives {given!r}, which is no code; allowed: {listing(known, limit=30)}"
            yield Fault((*place, "derive"), text)


def _is_whole(value: float | str) -> bool:
    return isinstance(value, float) and value.is_integer()
