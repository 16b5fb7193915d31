"""Units of measurement: one pint registry, with the units of clinical scores added."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pint

from ipdmediation.data.errors import ConfigurationError

#: Units of a clinical score. Pint's own `point` is a printer's length.
CLINICAL_UNITS = ("point", "points", "score")


@cache
def _registry() -> pint.UnitRegistry[Any]:
    registry: pint.UnitRegistry[Any] = pint.UnitRegistry()
    registry.define("clinical_point = [clinical_score]")
    return registry


def _unit(name: str) -> Any:
    try:
        return _registry().Unit("clinical_point" if name in CLINICAL_UNITS else name)
    except Exception as error:  # pint raises its parser's errors, of many classes, for a misspelt unit
        raise ConfigurationError(f"unit {name!r} is not known to pint ({error})") from error


def check_conversion(from_unit: str, to_unit: str) -> None:
    """Raise where values cannot be converted from one unit to the other.

    Raises
    ------
    ConfigurationError
        For an unknown unit, or two units of different dimensions.
    """
    source, target = _unit(from_unit), _unit(to_unit)
    if not source.is_compatible_with(target):
        raise ConfigurationError(
            f"unit {from_unit!r} ({source.dimensionality}) cannot be converted to "
            f"{to_unit!r} ({target.dimensionality})"
        )


def convert(values: npt.ArrayLike, from_unit: str, to_unit: str) -> npt.NDArray[np.float64]:
    """Return values in another unit.

    Parameters
    ----------
    values : array_like of float
        NaN stays NaN.
    from_unit, to_unit : str
        Names of pint, or of `CLINICAL_UNITS`.

    Raises
    ------
    ConfigurationError
        For an unknown unit, or two units of different dimensions.

    Examples
    --------
    >>> convert([90.0, 30.0], "minute", "hour")
    array([1.5, 0.5])
    """
    check_conversion(from_unit, to_unit)
    array = np.asarray(values, dtype=np.float64)
    source, target = _unit(from_unit), _unit(to_unit)
    if source == target:
        return array.copy()
    return np.asarray(_registry().Quantity(array, source).to(target).magnitude, dtype=np.float64)
