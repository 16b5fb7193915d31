"""The probit link, F the standard normal distribution function."""

from __future__ import annotations

import math
from typing import NamedTuple

from ipdmediation.kernels.compiling import inlined, internal
from ipdmediation.kernels.exponential import exp
from ipdmediation.kernels.links.general import row_kernels

_LOG_ROOT_TWO_PI = 0.9189385332046727
_ROOT_TWO_PI = 2.5066282746310002
_SMALLEST = 1e-300
_CENTRE = 6.0
# exp of it is as good as 0, while its square is still a normal number: arithmetic with others is very slow
_NOTHING = -300.0

FLAT_BEYOND = 40.0
STRIP = math.inf


class Probit(NamedTuple):
    """What kernels are compiled for: numba tells tuples apart by the names of class and fields alone."""

    position: int = 0


Link = Probit


@inlined
def _mills(x: float) -> float:
    """(1 - F(x)) / f(x) for x >= 0, to 5e-16: a Chebyshev series of (x + 6) times it in (x - 6) / (x + 6)."""
    scale = 1.0 / (x + _CENTRE)
    t = (x - _CENTRE) * scale
    value = -8.530934593440168e-10
    value = value * t - 9.037209861165411e-10
    value = value * t + 1.1697091587236166e-08
    value = value * t + 7.087974400884741e-09
    value = value * t - 1.0286711933093461e-07
    value = value * t + 1.7164141511201016e-08
    value = value * t + 7.69594234597087e-07
    value = value * t - 1.0766450945397877e-06
    value = value * t - 4.504397378025909e-06
    value = value * t + 1.7036818975398407e-05
    value = value * t + 2.692830676205797e-06
    value = value * t - 0.00016230983181152978
    value = value * t + 0.00045460414842582605
    value = value * t + 8.239314429257319e-05
    value = value * t - 0.005343142079528958
    value = value * t + 0.025141031962779743
    value = value * t - 0.07766866792804299
    value = value * t + 0.1884280492787981
    value = value * t - 0.3827125866714499
    value = value * t + 0.6717118214993473
    value = value * t - 1.0375024310762127
    value = value * t + 1.4261935116084092
    value = value * t - 1.7571690543441036
    value = value * t + 1.9485319307624096
    return value * scale


@inlined
def ratios(a: float, b: float) -> tuple[float, float, float]:
    """Log p, f(a) / p and f(b) / p.

    By symmetry the interval is turned so that its `far` end is the one farther from 0, on the positive side.
    All is in units of the density at the `near` end, so that nothing underflows and nothing cancels.
    """
    turned = a + b < 0.0
    near = -a if turned else b
    far = -b if turned else a
    between = exp(max(-0.5 * (far - near) * (far + near), _NOTHING))
    # beyond a `near` below 0 lies all but the tail on its other side; the whole is 1 in the density's units
    negative = min(near, 0.0)
    tail = _mills(abs(near))
    beyond = _ROOT_TWO_PI * exp(0.5 * negative * negative) - tail if near < 0.0 else tail
    mass = max(beyond - _mills(far) * between, _SMALLEST)
    at_near = 1.0 / mass
    at_far = between * at_near
    log_p = math.log(mass) - 0.5 * near * near - _LOG_ROOT_TWO_PI
    return log_p, at_near if turned else at_far, at_far if turned else at_near


@inlined
def _slope(x: float) -> float:
    return x


@inlined
def _bend(x: float) -> float:
    return x * x - 1.0


bound, rows, third, log_probability = row_kernels(ratios=ratios, slope=_slope, bend=_bend, end=1e3)


@internal
def quantile(probability: float) -> float:
    """Nearly the inverse of F, to start from."""
    return 0.6 * math.log(probability / (1.0 - probability))


@internal
def distribution(x: float) -> tuple[float, float, float]:
    """F and its first two derivatives."""
    density = math.exp(-0.5 * x * x) / _ROOT_TWO_PI
    return 0.5 * math.erfc(-x / math.sqrt(2.0)), density, -x * density
