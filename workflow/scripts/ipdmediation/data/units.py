"""Conversion between units: one pint registry, with what clinical files use added."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pint

from ipdmediation.data.clinical_units import DEFINITIONS, pint_spelling
from ipdmediation.data.errors import ConfigurationError
from ipdmediation.data.substances import Substance

Numbers = npt.NDArray[np.float64]

#: HbA1c in per cent (NGSP) is slope x HbA1c in mmol/mol (IFCC) + intercept (Hoelzel et al., Clin Chem
#: 2004;50:166-174; https://ngsp.org/ifccngsp.asp).
NGSP_SLOPE, NGSP_INTERCEPT = 0.09148, 2.152


@cache
def _registry() -> pint.UnitRegistry[Any]:
    registry: pint.UnitRegistry[Any] = pint.UnitRegistry()
    for definition in DEFINITIONS:
        registry.define(definition)
    return registry


@cache
def _unit(name: str) -> Any:
    spelt = pint_spelling(name)
    try:
        return _registry().Unit(spelt)
    except Exception as error:  # pint raises its parser's errors, of many classes, for a misspelt unit
        raise ConfigurationError(f"unit {name!r} is not known to pint ({error})") from error


def check_conversion(from_unit: str, to_unit: str, *, substance: Substance | None = None) -> None:
    """Raise where values cannot be converted from one unit to the other.

    Parameters
    ----------
    from_unit, to_unit : str
        As clinical files write them.
    substance : Substance, optional
        Of what they are amounts.

    Raises
    ------
    ConfigurationError
        For a unit that is unknown or could be two, and for two units of different dimensions between which
        the substance does not lead.
    """
    _conversion(from_unit, to_unit, substance)


def convert(
    values: npt.ArrayLike, from_unit: str, to_unit: str, *, substance: Substance | None = None
) -> Numbers:
    """Return values in another unit.

    Parameters
    ----------
    values : array_like of float
        NaN stays NaN.
    from_unit, to_unit : str
        As clinical files write them.
    substance : Substance, optional
        Of what the values are amounts.

    Raises
    ------
    ConfigurationError
        As `check_conversion`.

    Examples
    --------
    >>> convert([90.0, 30.0], "minute", "hour")
    array([1.5, 0.5])
    >>> convert([48.0], "mmol/mol", "percent", substance=Substance(glycated=True)).round(2)
    array([6.54])
    """
    return _conversion(from_unit, to_unit, substance)(np.asarray(values, dtype=np.float64))


def _conversion(from_unit: str, to_unit: str, substance: Substance | None) -> Callable[[Numbers], Numbers]:
    source, target = _unit(from_unit), _unit(to_unit)
    if source == target:
        return np.copy
    if source.is_compatible_with(target):
        kinds = {_kind_of_share(source, from_unit), _kind_of_share(target, to_unit)}
        if kinds == {"percent", "moles"}:
            return _of_shares(source, target, substance, said=f"{from_unit!r} and {to_unit!r}")
        return lambda values: _magnitude(_registry().Quantity(values, source), target)
    for bridge in _bridges(substance):
        if (source * bridge.units).is_compatible_with(target):
            return lambda values: _magnitude(_registry().Quantity(values, source) * bridge, target)
    raise ConfigurationError(
        f"unit {from_unit!r} ({source.dimensionality}) cannot be converted to "
        f"{to_unit!r} ({target.dimensionality}){_hint(source, target, substance)}"
    )


def _magnitude(quantity: Any, target: Any) -> Numbers:
    return np.asarray(quantity.to(target).magnitude, dtype=np.float64)


def _kind_of_share(unit: Any, name: str) -> str:
    """Return whether a unit without dimension is per cent, or moles per mole, which pint shortens to 1."""
    if not unit.dimensionless:
        return ""
    return "percent" if str(unit) == "percent" else "moles" if "mol" in name else ""


def _of_shares(
    source: Any, target: Any, substance: Substance | None, *, said: str
) -> Callable[[Numbers], Numbers]:
    """Return the way between per cent and moles per mole, which of HbA1c is no mere factor."""
    if substance is None or not substance.glycated:
        raise ConfigurationError(f"units {said}: not by a factor; of HbA1c say `substance: hba1c`")
    moles = _registry().Unit("millimole/mole")
    if str(source) == "percent":
        return lambda values: _magnitude(
            _registry().Quantity((values - NGSP_INTERCEPT) / NGSP_SLOPE, moles), target
        )
    return lambda values: (
        NGSP_SLOPE * _magnitude(_registry().Quantity(values, source), moles) + NGSP_INTERCEPT
    )


def _bridges(substance: Substance | None) -> Iterator[Any]:
    """Yield all that an amount of a substance can be multiplied by, without becoming another amount."""
    if substance is None:
        return
    units = _registry()
    known = []
    if substance.molar_mass is not None:
        known.append(units.Quantity(substance.molar_mass, "gram/mole"))
    if substance.valence is not None:
        known.append(units.Quantity(substance.valence, "equivalent/mole"))
    if substance.international_unit is not None:
        known.append(units.Quantity(substance.international_unit) / units.Quantity(1, "international_unit"))
    for powers in product((0, 1, -1), repeat=len(known)):
        bridge = units.Quantity(1.0)
        for factor, power in zip(known, powers, strict=True):
            bridge = bridge * factor**power
        yield bridge


def _hint(source: Any, target: Any, substance: Substance | None) -> str:
    """Return what a mapping may say so that one amount of a substance becomes another one."""
    kinds = {"[mass]", "[substance]", "[chemical_equivalent]", "[biological_activity]"}
    differ = source.dimensionality / target.dimensionality
    if differ and set(differ) <= kinds | {"[time]"} and set(differ) & kinds - {"[mass]"}:
        if substance is not None:
            return " by what is known of the substance; allowed: units of the same kind"
        return "; allowed: units of the same kind, or say of what, as in `substance: glucose`"
    return ""
