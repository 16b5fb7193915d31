"""Stack the harmonised trials."""

from job import run  # first: it makes the other imports faster

from typing import Any

import pandas as pd

from ipdmediation.data.pooling import pool_trials
from ipdmediation.data.variables import variables_from_config


def main(*, trials: list[str], pooled: str, variables: dict[str, Any]) -> None:
    """Read the harmonised trials; write them as one file."""
    frames = [pd.read_parquet(path) for path in trials]
    pool_trials(frames, variables=variables_from_config(variables)).to_parquet(pooled)


if __name__ == "__main__":
    run(main, snakemake)
