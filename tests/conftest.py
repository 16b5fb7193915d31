"""What all tests share: tools that some compare with, and studies that are finished once for all.

A test without its tool is skipped, or fails where all are required.
"""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

# Before numpy is imported: threads of BLAS that wait for each other make small models three times slower, and
# a job of Snakemake has only one.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

# The key of pseudonyms that studies of tests make is none of the user's.
SETTINGS = TemporaryDirectory(prefix="ipdmediation-settings-")
os.environ["XDG_CONFIG_HOME"] = SETTINGS.name

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "tool(name): needs this program on the path (REQUIRE_TOOLS=1 insists on it)"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that no worker is left alone with a long one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("tool"):
        name = mark.args[0]
        if shutil.which(name) is None:
            skip(f"{name} is not installed")


def skip(reason: str) -> None:
    """Skip the test that runs, or fail it where all tools are required."""
    if os.environ.get("REQUIRE_TOOLS"):
        pytest.fail(f"{reason}, and REQUIRE_TOOLS is set")
    pytest.skip(reason)


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that is made once per session, also where several workers run the tests."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder, finished = root / name, root / f"{name}.finished"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not finished.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            finished.touch()
    return folder
