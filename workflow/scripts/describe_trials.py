"""Describe the trials side by side, as they were read, and show no single patient."""

from job import run, snakemake  # first: it makes the other imports faster

from typing import Any

import pandas as pd

from ipdmediation.data.described import arm_variable
from ipdmediation.data.description import describe_trials
from ipdmediation.data.disclosure import public_description, public_quality
from ipdmediation.data.result_tables import read_table, write_table
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config


def main(
    *,
    pooled: str,
    counts: list[str],
    quality: list[str],
    distributions: str,
    minimum_count: int,
    variables: dict[str, Any],
) -> None:
    """Read the pooled trials and what harmonising did; write both as public tables."""
    known = variables_from_config(variables)
    patients = conform(pd.read_parquet(pooled), known, excluded_arms=True)
    table = describe_trials(patients, variables=known, minimum=minimum_count)
    described = known | {"treatment": arm_variable()}
    write_table(public_description(table, variables=described, minimum=minimum_count), distributions)
    for made, path in zip(counts, quality, strict=True):
        write_table(public_quality(read_table(made), minimum=minimum_count), path)


if __name__ == "__main__":
    run(main, snakemake)
