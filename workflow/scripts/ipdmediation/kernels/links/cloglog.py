"""The complementary log-log link, F(x) = 1 - exp(-exp(x)).

P(Y > k) = exp(-exp(threshold - eta)): the levels are times of a proportional hazards model, and exp(-eta)
multiplies the hazard. F is not symmetric: the model of the reversed levels has the link loglog.
R's `clm` calls this link "cloglog", and `clmm` with one random effect "loglog".
"""

from __future__ import annotations

import math
from typing import NamedTuple

from ipdmediation.kernels.compiling import inlined, internal
from ipdmediation.kernels.links.general import row_kernels

_LARGEST = 300.0
_SMALLEST = 1e-300

FLAT_BEYOND = 40.0
STRIP = math.pi / 2


class Cloglog(NamedTuple):
    """What kernels are compiled for: numba tells tuples apart by the names of class and fields alone."""

    position: int = 0


Link = Cloglog


@inlined
def _hazard(x: float) -> float:
    return math.exp(min(x, _LARGEST))


@inlined
def ratios(a: float, b: float) -> tuple[float, float, float]:
    """Log p, f(a) / p and f(b) / p."""
    at_a, at_b = _hazard(a), _hazard(b)
    between = at_a * -math.expm1(b - a)
    share = max(-math.expm1(-between), _SMALLEST)
    return math.log(share) - at_b, at_a * math.exp(-between) / share, at_b / share


@inlined
def slope(x: float) -> float:
    """-f'(x) / f(x)."""
    return _hazard(x) - 1.0


@inlined
def bend(x: float) -> float:
    """f''(x) / f(x)."""
    hazard = _hazard(x)
    return (1.0 - hazard) * (1.0 - hazard) - hazard


bound, rows, third, log_probability = row_kernels(ratios=ratios, slope=slope, bend=bend, end=_LARGEST)


@internal
def quantile(probability: float) -> float:
    """Inverse of F."""
    return math.log(-math.log1p(-probability))


@internal
def distribution(x: float) -> tuple[float, float, float]:
    """F and its first two derivatives."""
    hazard = _hazard(x)
    density = hazard * math.exp(-hazard)
    return -math.expm1(-hazard), density, density * (1.0 - hazard)
