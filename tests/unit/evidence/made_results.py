"""Results of sites made by hand: their tables say little, their manifests all that is checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ipdmediation.evidence.site_archive import PARTS, SiteResult, part, write_archive


def made_result(
    settings: Mapping[str, Mapping[str, Any]],
    *,
    trials: Collection[str] = ("north",),
    interval: str = "percentile",
    replicates: int = 1000,
    reason: str = "",
) -> SiteResult:
    """Return the result of some trials, with these settings by analysis."""
    about = {
        "arms": {"control": 40, "treated": 41},
        "levels": [0.0, 1.0],
        "reason": reason,
        "replicates": replicates,
        "failed": 0,
    }
    analyses = {
        name: {"settings": stated, "interval": interval, "trials": dict.fromkeys(trials, about)}
        for name, stated in settings.items()
    }
    parts = {
        part(name, trial, table): f"{table} of {trial}\n".encode()
        for name in settings
        for trial in trials
        for table in PARTS
        if not reason
    }
    return SiteResult(manifest={"seed": 1, "analyses": analyses}, parts=parts)


def write_result(path: Path, settings: Mapping[str, Mapping[str, Any]], **choices: Any) -> None:
    """Write such a result."""
    write_archive(path, made_result(settings, **choices))
