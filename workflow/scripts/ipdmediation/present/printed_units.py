"""How units are printed, however a configuration spells them."""

from __future__ import annotations

import re

_POWER = re.compile(r"(?<=[^\W\d_])(?:\*\*|\^|)([23])(?!\w)")


def printed_unit(text: str) -> str:
    """Write the squares and cubes of a unit as such.

    Examples
    --------
    >>> [printed_unit(unit) for unit in ("kg/m2", "cm**3", "mm^3", "cmH2O", "10^3/uL")]
    ['kg/m²', 'cm³', 'mm³', 'cmH2O', '10^3/uL']
    """
    return _POWER.sub(lambda found: "²" if found[1] == "2" else "³", text)
