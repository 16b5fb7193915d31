"""The default study, as what is shown of it needs it."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from ipdmediation.present.study import Study
from tests.yaml_files import read_yaml

ROOT = Path(__file__).resolve().parents[4]
TEMPLATE = ROOT / "workflow" / "report" / "page.html.j2"

TRIALS = {
    "mr_clean": "MR CLEAN", "escape": "ESCAPE", "extend_ia": "EXTEND-IA", "swift_prime": "SWIFT PRIME",
    "revascat": "REVASCAT", "thrace": "THRACE", "piste": "PISTE",
}  # fmt: skip


def configuration() -> dict[str, Any]:
    return copy.deepcopy(_configuration())


@cache
def _configuration() -> dict[str, Any]:
    loaded: dict[str, Any] = read_yaml(ROOT / "config" / "config.yaml")
    return loaded


def study(**changes: Any) -> Study:
    config = configuration()
    made = Study.from_config(config, analysis=config["analyses"]["primary"], trials=TRIALS)
    return replace(made, **changes)


def many_trials(size: int = 30) -> dict[str, str]:
    return {f"t{k}": f"Trial with a rather long name {k}" for k in range(1, size + 1)}
