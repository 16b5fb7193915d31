"""Write down what a run was made of: inputs, participants, configuration, seed, versions and commit."""

from job import run, snakemake  # first: it makes the other imports faster

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.data.result_tables import read_table
from ipdmediation.plumbing.settings import anywhere
from ipdmediation.plumbing.software import software


def main(
    *,
    raw: list[str],
    mappings: list[str],
    flows: list[str],
    effects: list[str],
    recorded: str,
    trials: list[str],
    configuration: dict[str, Any],
    joined: dict[str, list[str]] | None = None,
    sent: list[str] | None = None,
    mappings_sent: list[str] | None = None,
    sent_trials: list[str] | None = None,
) -> None:
    """Read the inputs, the patient flows and the effects; write what they were and what they depend on."""
    content = {
        "seed": configuration["seed"],
        "trials": {
            trial: {
                **_files(data, (joined or {}).get(trial)),
                "mapping": anywhere(mapping),
                "mapping_sha256": _checksum(mapping),
            }
            for trial, data, mapping in zip(
                trials, _by_trial(raw, trials, joined or {}), mappings, strict=True
            )
        },
        **_sent(sent_trials or [], sent or [], mappings_sent or []),
        "participants": {
            analysis: _participants(read_table(path))
            for analysis, path in zip(configuration["analyses"], flows, strict=True)
        },
        "effects": {
            f"{analysis}/{Path(path).name}": _checksum(path)
            for analysis, path in zip(configuration["analyses"], effects, strict=True)
        },
        "commit": _commit(),
        **software(),
        "configuration": configuration,
    }
    Path(recorded).write_text(json.dumps(content, indent=2) + "\n")


def _by_trial(raw: list[str], trials: list[str], joined: dict[str, list[str]]) -> list[list[str]]:
    """Return the files of each trial, of which some join several."""
    files = iter(raw)
    return [[next(files) for _ in joined.get(trial, [trial])] for trial in trials]


def _files(paths: list[str], names: list[str] | None) -> dict[str, Any]:
    """Return what a trial's file is, or by name what the files are that are joined."""
    found = [{"file": Path(path).name, "sha256": _checksum(path)} for path in paths]
    return {"files": dict(zip(names, found, strict=True))} if names else found[0]


def _sent(trials: list[str], results: list[str], mappings: list[str]) -> dict[str, Any]:
    """Return what trials have sent in place of rows, nothing where none has."""
    found = {
        trial: {**_files([result], None), "mapping": anywhere(mapping), "mapping_sha256": _checksum(mapping)}
        for trial, result, mapping in zip(trials, results, mappings, strict=True)
    }
    return {"results_of_sites": found} if found else {}


def _participants(flow: pd.DataFrame) -> dict[str, int]:
    """Return how many were randomised, met every rule, and had every value that the models need."""
    remaining = flow["remaining"]
    return {
        "randomised": int(remaining.iloc[0]),
        "eligible": int(remaining[flow["kind"] != "missing"].iloc[-1]),
        "fitted": int(remaining.iloc[-1]),
    }


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
