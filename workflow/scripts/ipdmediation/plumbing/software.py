"""Which software made a result: the workflow, and what its numbers depend on (light to import)."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any

import ipdmediation

PACKAGES = (
    "snakemake",
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "numba",
    "statsmodels",
    "formulaic",
    "matplotlib",
)


def software() -> dict[str, Any]:
    """Return `software`, name and version of the workflow, and `versions` of what it uses."""
    return {
        "software": {"name": "ipdmediation", "version": ipdmediation.__version__},
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
    }
