"""Stack the harmonised trials."""

from job import run, snakemake  # first: it makes the other imports faster

from typing import Any

import pandas as pd

from ipdmediation.data.errors import listing
from ipdmediation.data.pooling import pool_trials
from ipdmediation.data.variables import variables_from_config
from ipdmediation.plumbing.handed import WAY_OUT
from ipdmediation.plumbing.provenance import ProvenanceError


def main(*, trials: list[str], pooled: str, ids: list[str], variables: dict[str, Any]) -> None:
    """Read the harmonised trials; write them as one file."""
    frames = [_trial(path, trial) for path, trial in zip(trials, ids, strict=True)]
    pool_trials(frames, variables=variables_from_config(variables)).to_parquet(pooled)


def _trial(path: str, trial: str) -> pd.DataFrame:
    """Read a harmonised trial, which has to be the one that it should be."""
    frame = pd.read_parquet(path)
    others = [found for found in frame["trial"].unique() if found != trial]
    if others:
        raise ProvenanceError(f"{path}: rows of trial {listing(others)}, not of {trial!r}; {WAY_OUT}")
    return frame


if __name__ == "__main__":
    run(main, snakemake)
