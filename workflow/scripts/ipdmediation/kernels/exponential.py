"""An exponential that the compiler can put into a loop over rows.

`math.exp` is a call of the C library, one number at a time. This one is arithmetic only: exp(x) = 2^k exp(r)
with |r| <= log(2) / 2, and exp(r) by its Taylor polynomial of degree 13 (Cody & Waite 1980, Software Manual
for the Elementary Functions). It is off by 2.3e-16 of its value at most.
"""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir
from numba import config, types
from numba.extending import intrinsic

from ipdmediation.kernels.compiling import exact_inlined

_LARGEST = 708.0
_LOG2_E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01  # its last 21 bits are 0, so that k times it is exact
_LN2_LOW = 1.90821492927058770002e-10
_SHIFT = 6755399441055744.0  # 1.5 * 2^52: adding it rounds to an integer, which is left in the last bits


def _read_as(result: Any, argument: Any, llvm_type: Any) -> Any:
    """Make the function that reads the 64 bits of one type as those of another."""

    def read(_: Any, value: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.bitcast(arguments[0], llvm_type)

        return result(argument), generate

    return intrinsic(read)


_bits = _read_as(types.int64, types.float64, ir.IntType(64))
_from_bits = _read_as(types.float64, types.int64, ir.DoubleType())


@exact_inlined
def exp(x: float) -> float:
    """exp(x); beyond +-708 that of the end."""
    x = min(max(x, -_LARGEST), _LARGEST)
    shifted = x * _LOG2_E + _SHIFT
    k = shifted - _SHIFT
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    value = 1.0 / 6227020800.0
    value = value * r + 1.0 / 479001600.0
    value = value * r + 1.0 / 39916800.0
    value = value * r + 1.0 / 3628800.0
    value = value * r + 1.0 / 362880.0
    value = value * r + 1.0 / 40320.0
    value = value * r + 1.0 / 5040.0
    value = value * r + 1.0 / 720.0
    value = value * r + 1.0 / 120.0
    value = value * r + 1.0 / 24.0
    value = value * r + 1.0 / 6.0
    value = value * r + 0.5
    value = value * r + 1.0
    value = value * r + 1.0
    power: float = _from_bits((_bits(shifted) << 52) + (1023 << 52))
    return value * power


if config.DISABLE_JIT:  # type: ignore[attr-defined]
    exp = math.exp  # type: ignore[assignment] # reading bits is for compiled code
