"""Write down what a run was made of: inputs, configuration, seed, versions and commit."""

from job import run  # first: it makes the other imports faster

import hashlib
import json
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

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


def main(
    *,
    raw: list[str],
    mappings: list[str],
    effects: list[str],
    manifest: str,
    trials: list[str],
    configuration: dict[str, Any],
) -> None:
    """Read the inputs and the effects; write their checksums with all that they depend on."""
    content = {
        "seed": configuration["seed"],
        "trials": {
            trial: {
                "file": Path(data).name,
                "sha256": _checksum(data),
                "mapping": mapping,
                "mapping_sha256": _checksum(mapping),
            }
            for trial, data, mapping in zip(trials, raw, mappings, strict=True)
        },
        "effects": {path: _checksum(path) for path in effects},
        "commit": _commit(),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "configuration": configuration,
    }
    Path(manifest).write_text(json.dumps(content, indent=2) + "\n")


def _checksum(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _commit() -> str | None:
    """Return the git commit of the workflow, marked where files differ from it; None outside a repository."""
    describe = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        return subprocess.run(describe, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


if __name__ == "__main__":
    run(main, snakemake)
