"""Compiled functions that only kernels call, made callable from Python."""

from collections.abc import Callable
from typing import Any

from numba import njit

WITHOUT = {"no_cpython_wrapper", "no_cfunc_wrapper", "forceinline", "nopython", "boundscheck"}


def from_python(internal: Any) -> Callable[..., Any]:
    """The same function with a wrapper for Python."""
    options = {key: value for key, value in internal.targetoptions.items() if key not in WITHOUT}
    return njit(**options)(internal.py_func)
