"""Tools that some tests compare with: a test without its tool is skipped, or fails where all are required."""

import os
import shutil

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "tool(name): needs this program on the path (REQUIRE_TOOLS=1 insists on it)"
    )


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
