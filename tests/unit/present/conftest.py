"""What all tests of what is shown share: small tables with the columns of a run."""

from __future__ import annotations

from types import ModuleType

import pytest

from tests.unit.present import examples as builders


@pytest.fixture(scope="session")
def examples() -> ModuleType:
    """The builders, all of them in one place."""
    return builders
