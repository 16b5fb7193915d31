"""Transforms of the mediator to the scale on which it is modelled: their domain and what they make of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Transform:
    """A transform.

    Attributes
    ----------
    key : str
        What the configuration calls it.
    name : str
        What a sentence calls the result, empty where that is the mediator itself.
    written : str
        How a unit is written of it; ``{}`` stands for the mediator's own.
    logarithm : bool
        Whether differences of it are logarithms of ratios.
    adds : float or None
        What a logarithm adds to the value first; None where the configuration says it.
    """

    key: str
    name: str = ""
    written: str = "{}"
    logarithm: bool = False
    adds: float | None = None

    def added(self, offset: float) -> float:
        """Return what is added to a value first, in its own unit.

        Parameters
        ----------
        offset : as the configuration has it; only a transform that leaves it open takes it.
        """
        if not self.logarithm:
            return 0.0
        return offset if self.adds is None else self.adds

    def above(self, offset: float) -> float | None:
        """Return the bound that a value has to lie above, None where it can be any number.

        Examples
        --------
        >>> LOG.above(1.0), LOG1P.above(5.0), CUBE_ROOT.above(1.0)
        (-1.0, -1.0, None)
        """
        return -self.added(offset) if self.logarithm else None

    def unit(self, unit: str) -> str:
        """Return the unit of what it makes of a value with a unit.

        Examples
        --------
        >>> LOG.unit("mL"), CUBE_ROOT.unit("mL"), IDENTITY.unit("mL")
        ('ln mL', 'cube-root mL', 'mL')
        """
        return self.written.format(unit)


IDENTITY = Transform(key="identity")
LOG = Transform(key="log", name="logarithm", written="ln {}", logarithm=True)
LOG1P = Transform(key="log1p", name="logarithm", written="ln {}", logarithm=True, adds=1.0)
CUBE_ROOT = Transform(key="cube_root", name="cube root", written="cube-root {}")
#: All transforms by key.
TRANSFORMS = {transform.key: transform for transform in (LOG, LOG1P, CUBE_ROOT, IDENTITY)}
