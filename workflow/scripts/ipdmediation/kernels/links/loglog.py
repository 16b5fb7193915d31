"""The log-log link, F(x) = exp(-exp(-x)): cloglog of the reversed levels.

P(Y <= k) = exp(-exp(eta - threshold)). R's `clm` calls this link "loglog", and `clmm` with one random effect
"cloglog".
"""

from __future__ import annotations

import math
from typing import NamedTuple

from ipdmediation.kernels.compiling import inlined, internal
from ipdmediation.kernels.links import cloglog
from ipdmediation.kernels.links.general import row_kernels

FLAT_BEYOND = 40.0
STRIP = math.pi / 2


class Loglog(NamedTuple):
    """What kernels are compiled for: numba tells tuples apart by the names of class and fields alone."""

    position: int = 0


Link = Loglog


@inlined
def ratios(a: float, b: float) -> tuple[float, float, float]:
    """Log p, f(a) / p and f(b) / p: those of cloglog between -b and -a."""
    log_p, at_b, at_a = cloglog.ratios(-b, -a)
    return log_p, at_a, at_b


@inlined
def _slope(x: float) -> float:
    return -cloglog.slope(-x)


@inlined
def _bend(x: float) -> float:
    return cloglog.bend(-x)


bound, rows, third, log_probability = row_kernels(ratios=ratios, slope=_slope, bend=_bend, end=300.0)


@internal
def quantile(probability: float) -> float:
    """Inverse of F."""
    return -math.log(-math.log(probability))


@internal
def distribution(x: float) -> tuple[float, float, float]:
    """F and its first two derivatives."""
    survival, density, change = cloglog.distribution(-x)
    return 1.0 - survival, density, -change
