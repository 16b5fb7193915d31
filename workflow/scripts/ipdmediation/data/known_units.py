"""Whether units are known and convert, without the parser of all units where that is possible (light)."""

from __future__ import annotations

from functools import cache

from ipdmediation.data.errors import ConfigurationError
from ipdmediation.data.written_text import unit_fault

#: Common units by what they measure, as pint knows them; they spare its import, which takes a second.
COMMON_UNITS = {
    "time": ("second", "minute", "hour", "day", "week", "month", "year", "s", "min", "h", "d"),
    "volume": ("mL", "ml", "cL", "dL", "L", "litre", "liter", "cm**3", "mm**3", "m**3"),
    "mass": ("g", "kg", "mg", "ug", "gram"),
    "length": ("m", "cm", "mm", "km", "meter", "metre"),
    "clinical score": ("point", "points", "score"),
    "pressure": ("mmHg", "kPa", "Pa"),
    "share": ("percent", "dimensionless"),
}
_MEASURES = {unit: measure for measure, units in COMMON_UNITS.items() for unit in units}


def known_unit_fault(unit: str) -> str | None:
    """Return why a text is no unit; None where it is one."""
    return conversion_fault(unit, unit)


@cache
def conversion_fault(from_unit: str, to_unit: str) -> str | None:
    """Return why values cannot be converted from one unit to another; None where they can.

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
        return f"unit {from_unit!r} ({source}) cannot be converted to {to_unit!r} ({target})"
    for unit in (from_unit, to_unit):
        if (fault := unit_fault(unit)) is not None:
            return f"unit {unit!r}: {fault}"
    return _asked(from_unit, to_unit)


def _asked(from_unit: str, to_unit: str) -> str | None:
    from ipdmediation.data.units import check_conversion

    try:
        check_conversion(from_unit, to_unit)
    except ConfigurationError as error:
        return " ".join(str(error).split())
    return None
