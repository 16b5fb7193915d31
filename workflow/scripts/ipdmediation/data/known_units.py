"""Whether units are known and convert, without the parser of all units where that is possible (light)."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache

from ipdmediation.data.clinical_units import AMBIGUOUS_ALONE, SPELLINGS, spelling_fault
from ipdmediation.data.errors import ConfigurationError
from ipdmediation.data.substances import Substance
from ipdmediation.data.written_text import unit_fault

#: Common units by what they measure, as pint knows them; they spare its import, which takes a second.
COMMON_UNITS = {
    "time": (
        "second", "minute", "hour", "day", "week", "month", "year", "s", "min", "h", "d", "wk", "mo", "y",
        "yr",
    ),
    "volume": (
        "mL", "ml", "cL", "dL", "L", "litre", "liter", "cm**3", "mm**3", "m**3", "cm3", "mm3", "cc", "uL",
    ),
    "mass": ("g", "kg", "mg", "ug", "gram", "lb"),
    "length": ("cm", "mm", "km", "meter", "metre", "in"),
    "clinical score": ("point", "points", "score"),
    "pressure": ("mmHg", "kPa", "Pa"),
    "share": ("percent", "%", "dimensionless"),
    "temperature": ("degC", "degF", "°C", "°F"),
    "mass per volume": ("mg/dL", "g/dL", "mg/L", "g/L", "ug/L", "ng/mL", "pg/mL"),
    "amount per volume": ("mmol/L", "umol/L", "nmol/L", "pmol/L", "mol/L"),
    "number per volume": ("10^9/L", "10^3/uL", "10^12/L", "10^6/uL", "/uL", "/mm3"),
    "activity per volume": ("U/L", "IU/L", "mIU/L", "mIU/mL", "uIU/mL"),
    "equivalents per volume": ("mEq/L",),
}  # fmt: skip
_MEASURES = {unit: measure for measure, units in COMMON_UNITS.items() for unit in units}


def known_unit_fault(unit: str) -> str | None:
    """Return why a text is no unit; None where it is one."""
    return conversion_fault(unit, unit)


@cache
def conversion_fault(from_unit: str, to_unit: str, substance: Substance | None = None) -> str | None:
    """Return why values cannot be converted from one unit to another; None where they can.

    Parameters
    ----------
    from_unit, to_unit : str
    substance : Substance, optional
        Of what they are amounts.

    Examples
    --------
    >>> conversion_fault("minute", "hour")
    >>> conversion_fault("minute", "mL")
    "unit 'minute' (time) cannot be converted to 'mL' (volume)"
    """
    if from_unit in _MEASURES and to_unit in _MEASURES:
        source, target = _MEASURES[from_unit], _MEASURES[to_unit]
        if source == target:
            return None
        if not any(" per " in measure for measure in (source, target)):
            return f"unit {from_unit!r} ({source}) cannot be converted to {to_unit!r} ({target})"
    for unit in (from_unit, to_unit):
        if (fault := unit_fault(unit) or spelling_fault(unit)) is not None:
            return f"unit {unit!r}: {fault}"
    return _asked(from_unit, to_unit, substance)


def _asked(from_unit: str, to_unit: str, substance: Substance | None) -> str | None:
    from ipdmediation.data.units import check_conversion

    try:
        check_conversion(from_unit, to_unit, substance=substance)
    except ConfigurationError as error:
        said = " ".join(str(error).split())
        unknown = from_unit if f"unit {from_unit!r} is not known" in said else to_unit
        return said + _near(unknown) if "is not known" in said else said
    return None


def _near(unit: str) -> str:
    """Return which spelling a unit may have been meant as."""
    for known in (_MEASURES, [word for word in SPELLINGS if word not in AMBIGUOUS_ALONE]):
        by_letters = {word.casefold(): word for word in reversed(list(known))}
        near = get_close_matches(unit.casefold(), by_letters, n=1, cutoff=0.7)
        if near:
            return f"; did you mean {by_letters[near[0]]}?"
    return ""
