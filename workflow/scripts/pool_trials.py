"""Stack the harmonised trials."""

from job import run, snakemake  # first: it makes the other imports faster

import warnings
from typing import Any

import pandas as pd

from ipdmediation.data.errors import BrokenRuleWarning, listing
from ipdmediation.data.notices import read_notices
from ipdmediation.data.plausibility import unlikely_units
from ipdmediation.data.pooling import pool_trials
from ipdmediation.data.repeated_patients import repeated_patients
from ipdmediation.data.variables import variables_from_config
from ipdmediation.plumbing.handed import WAY_OUT
from ipdmediation.plumbing.provenance import ProvenanceError


def main(
    *, trials: list[str], broken: list[str], pooled: str, ids: list[list[str]], variables: dict[str, Any]
) -> None:
    """Read the harmonised trials; write them as one file, and say what is doubtful about them."""
    frames = [_trials(path, expected) for path, expected in zip(trials, ids, strict=True)]
    known = variables_from_config(variables)
    together = pool_trials(frames, variables=known)
    for notice in (*unlikely_units(together, known), *repeated_patients(together, known)):
        warnings.warn(notice, stacklevel=1)
    for path in broken:
        for rule in read_notices(path):
            warnings.warn(BrokenRuleWarning(rule.message), stacklevel=1)
    together.to_parquet(pooled)


def _trials(path: str, expected: list[str]) -> pd.DataFrame:
    """Read the harmonised trials of one file, which have to be those that they should be."""
    frame = pd.read_parquet(path)
    found = sorted(frame["trial"].unique())
    if found != expected:
        raise ProvenanceError(
            f"{path}: rows of trial {listing(found)}, not of {listing(expected)}; {WAY_OUT}"
        )
    return frame


if __name__ == "__main__":
    run(main, snakemake)
