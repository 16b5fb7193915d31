"""Machine code is shared by all checkouts of the same kernels, and by no others."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numba
import pytest
from numba.core.codegen import JITCodeLibrary

from ipdmediation.kernels import compiling

CALL = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy as np
from ipdmediation.kernels import columns, compiling
if sys.argv[2:] == ["complete"]:
    compiling.say_complete()
columns.constant_columns(np.eye(2), np.ones(2))
print(sum(columns.constant_columns.stats.cache_misses.values()), columns.constant_columns.stats.cache_path)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return a_checkout(tmp_path / "checkout")


def a_checkout(root: Path) -> Path:
    """A package with the kernels alone."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(compiling.KERNELS, root / "ipdmediation/kernels", ignore=ignored)
    shutil.copy(compiling.KERNELS.parent / "__init__.py", root / "ipdmediation")
    return root


def compiled(checkout: Path, *arguments: str, cache: Path, seed: str = "0") -> tuple[int, Path]:
    """Call a kernel in a process of its own; return how often it was compiled, and where its code lies."""
    done = subprocess.run(
        [sys.executable, "-c", CALL, str(checkout), *arguments],
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache), "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    times, _, place = done.stdout.strip().partition(" ")
    return int(times), Path(place)


def test_a_second_checkout_compiles_nothing(checkout: Path, tmp_path: Path) -> None:
    times, place = compiled(checkout, cache=tmp_path / "cache")
    assert times == 1
    assert place.parent == tmp_path / "cache/ipdmediation"
    assert compiled(a_checkout(tmp_path / "other"), cache=tmp_path / "cache") == (0, place)


@pytest.mark.parametrize("file", ["columns.py", "status.py", "links/logit.py"])
def test_another_kernel_or_another_number_that_kernels_freeze_runs_no_old_code(
    checkout: Path, tmp_path: Path, file: str
) -> None:
    _, before = compiled(checkout, cache=tmp_path / "cache")
    with (checkout / "ipdmediation/kernels" / file).open("a") as text:
        text.write("\nNEW = 1\n")
    times, after = compiled(checkout, cache=tmp_path / "cache")
    assert times == 1
    assert after != before


def test_code_of_a_random_order_of_hashes_is_used_where_there_is_no_other(
    checkout: Path, tmp_path: Path
) -> None:
    random = compiled(checkout, cache=tmp_path / "cache", seed="random")
    assert random[0] == 1
    assert compiled(checkout, cache=tmp_path / "cache", seed="random") == (0, random[1])
    fixed = compiled(checkout, cache=tmp_path / "cache")
    assert fixed[0] == 1
    assert fixed[1] != random[1]
    assert compiled(checkout, cache=tmp_path / "cache", seed="random") == (0, random[1])
    compiled(checkout, "complete", cache=tmp_path / "cache")
    assert compiled(checkout, cache=tmp_path / "cache", seed="random") == (0, fixed[1])


def test_a_cache_that_cannot_be_written_leaves_the_code_beside_the_kernels(
    checkout: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    place = checkout / "ipdmediation/kernels/__pycache__"
    assert compiled(checkout, cache=tmp_path / "file/cache") == (1, place)
    assert compiled(checkout, cache=tmp_path / "file/cache") == (0, place)


def test_functions_of_others_stay_where_numba_keeps_them(tmp_path: Path) -> None:
    path = str(tmp_path / "theirs.py")
    Path(path).touch()
    assert (
        compiling.SharedCache.from_function(test_functions_of_others_stay_where_numba_keeps_them, path)
        is None
    )


def test_a_folder_of_kernels_that_are_gone_is_removed_when_it_is_old(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    old, recent, theirs = (tmp_path / name for name in ("ipdmediation/old", "ipdmediation/recent", "theirs"))
    for folder in (old, recent, theirs):
        folder.mkdir(parents=True)
    for folder in (old, theirs):
        os.utime(folder, (time.time() - 2 * compiling.FORGOTTEN_AFTER,) * 2)
    compiling.cache_folder.cache_clear()
    try:
        compiling.cache_folder()
    finally:
        compiling.cache_folder.cache_clear()
    assert not old.exists()
    assert recent.exists()
    assert theirs.exists()


def test_what_only_kernels_call_is_optimised_once_inside_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    optimised = []
    optimise = JITCodeLibrary._optimize_final_module

    def listening(library: JITCodeLibrary) -> None:
        optimised.append(library.name.rpartition(".")[2])
        optimise(library)

    monkeypatch.setattr(JITCodeLibrary, "_optimize_final_module", listening)

    @compiling.internal
    def square(value: float) -> float:
        return value * value

    @compiling.internal
    def fourth_power(value: float) -> float:
        return square(square(value))

    @numba.njit
    def sixteenth_power(value: float) -> float:
        return fourth_power(fourth_power(value))

    assert sixteenth_power(1.5) == 1.5**16
    assert [name for name in optimised if name != "nrt"] == ["sixteenth_power"]  # that one is numba's own
