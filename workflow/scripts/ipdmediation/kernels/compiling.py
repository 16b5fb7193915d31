"""The kinds of compiled function, with machine code that all checkouts of the same kernels share.

A `kernel` is called from Python. An `internal` is called by kernels only: it has no wrapper for Python and no
machine code of its own on disk, which is a third of what there would be to compile. It makes no arrays, so it
need not count the references to those that it is given, which took a sixth of a refit; a `maker` makes some.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.caching import UserWideCacheLocator
from platformdirs import user_cache_path

from ipdmediation.kernels.numba_inside import InternalCompiler

#: Infinities stay legal: only re-association, contraction and the sign of zero are given up.
FAST = frozenset({"reassoc", "contract", "nsz", "arcp"})

KERNELS = Path(__file__).resolve().parent
COMPLETE = "complete"
#: A folder that no process has used for as long belongs to kernels that are gone.
FORGOTTEN_AFTER = 60 * 86400.0  # s
#: Whom numba asks for the place of a function that is none of ours.
OTHERS = (
    "UserProvidedCacheLocator",
    "InTreeCacheLocator",
    "UserWideCacheLocator",
    "IPythonCacheLocator",
    "ZipCacheLocator",
)


#: Options of a function that chooses among internals: numba declares some of them only.
PASSES_ON: Any = {"error_model": "numpy", "_nrt": False}

Function = TypeVar("Function", bound=Callable[..., Any])
#: Some of the options that are used here are not among those that numba declares.
njit: Any = numba.njit


def kernel(function: Function) -> Function:
    """Compile a function that Python calls."""
    return _kernel(function, fastmath=False)  # said, for what is not said is that of the first caller


def fast_kernel(function: Function) -> Function:
    """Compile a function that Python calls, and whose sums may be taken in any order."""
    return _kernel(function, fastmath=set(FAST))


def internal(function: Function) -> Function:
    """Compile a function that only kernels call, and that makes no arrays."""
    return _internal(function, fastmath=False)


def fast_internal(function: Function) -> Function:
    """As `internal`, where sums may be taken in any order."""
    return _internal(function, fastmath=set(FAST))


def maker(function: Function) -> Function:
    """Compile a function that only kernels call, and that makes arrays."""
    return _internal(function, fastmath=False, makes_arrays=True)


def fast_maker(function: Function) -> Function:
    """As `maker`, where sums may be taken in any order."""
    return _internal(function, fastmath=set(FAST), makes_arrays=True)


def inlined(function: Function) -> Function:
    """Compile a function of one row's numbers, which goes into loops over rows so that they vectorise."""
    return _internal(function, fastmath=set(FAST), forceinline=True)


def exact_inlined(function: Function) -> Function:
    """As `inlined`, where sums have to be taken in the order written."""
    return _internal(function, fastmath={"contract"}, forceinline=True)


def _kernel(function: Function, **options: Any) -> Function:
    compiled: Function = njit(cache=True, error_model="numpy", _nrt=True, **options)(function)
    return compiled


def _internal(function: Function, *, makes_arrays: bool = False, **options: Any) -> Function:
    without_wrappers = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    compiled: Function = njit(
        error_model="numpy",
        _nrt=makes_arrays,
        pipeline_class=InternalCompiler,
        **without_wrappers,
        **options,
    )(function)
    return compiled


class SharedCache(UserWideCacheLocator):
    """Tells numba to keep the machine code of the kernels in `cache_folder`.

    numba itself asks only whether a kernel's own file has changed; the folder's name tells the others apart.
    """

    def __init__(self, py_func: Any, py_file: str) -> None:
        super().__init__(py_func, py_file)  # type: ignore[no-untyped-call]
        self._cache_path = str(cache_folder())

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> SharedCache | None:
        """Return the place of a kernel; None, so that numba asks others, of any other function.

        So it does where the folder cannot be written: the machine code then lies beside the kernels.
        """
        if KERNELS not in Path(py_file).resolve().parents:
            return None
        place: SharedCache | None = super().from_function(py_func, py_file)  # type: ignore[no-untyped-call]
        return place


@cache
def cache_folder() -> Path:
    """Return the folder of these kernels' machine code.

    It lies in the user's cache, or in the folder that the environment variable NUMBA_CACHE_DIR names. Its
    name is a hash of all kernels and of numba's version, so that a pull never runs old code. numba itself
    tells processors apart.

    numba goes through sets while it compiles, whose order shows in the last digits of what is computed: code
    that was compiled with a random order of hashes lies apart, and is used only where there is no other.
    """
    stated = os.environ.get("NUMBA_CACHE_DIR")
    parent = (Path(stated) / "ipdmediation") if stated else (user_cache_path("ipdmediation") / "kernels")
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(KERNELS.rglob("*.py")):
        digest.update(path.relative_to(KERNELS).as_posix().encode())
        digest.update(path.read_bytes())
    folder = parent / digest.hexdigest()[:16]
    if os.environ.get("PYTHONHASHSEED") != "0" and not (folder / COMPLETE).exists():
        folder = folder.with_name(f"{folder.name}-random")
    with suppress(OSError):
        if folder.exists():
            os.utime(folder)
        else:
            _remove_forgotten(parent)
    return folder


def say_complete() -> None:
    """Let processes with a random order of hashes use what was compiled here, with a fixed one."""
    with suppress(OSError):
        (cache_folder() / COMPLETE).touch()


def _remove_forgotten(parent: Path) -> None:
    last = time.time() - FORGOTTEN_AFTER
    for folder in parent.iterdir():
        if folder.is_dir() and folder.stat().st_mtime < last and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)


numba.config.CACHE_LOCATOR_CLASSES = ", ".join(  # type: ignore[attr-defined]
    [f"{__name__}.SharedCache", numba.config.CACHE_LOCATOR_CLASSES or ", ".join(OTHERS)]  # type: ignore[attr-defined]
)
