"""Describe the trials side by side, as they were read, and show no single patient."""

from job import run, snakemake  # first: it makes the other imports faster

from typing import Any

import pandas as pd

from ipdmediation.data.covariates import StatedCovariates, all_covariate_names
from ipdmediation.data.described import arm_variable
from ipdmediation.data.description import describe_trials
from ipdmediation.data.disclosure import public_description, public_quality
from ipdmediation.data.integrity import check_integrity
from ipdmediation.data.result_tables import read_table, write_table
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config


def main(
    *,
    pooled: str,
    counts: list[str],
    quality: list[str],
    distributions: str,
    integrity: str,
    minimum_count: int,
    variables: dict[str, Any],
    covariates: StatedCovariates,
    treated_shares: dict[str, float],
) -> None:
    """Read the pooled trials and what harmonising did; write both, and integrity checks, as public tables."""
    known = variables_from_config(variables)
    patients = conform(pd.read_parquet(pooled), known, excluded_arms=True)
    table = describe_trials(patients, variables=known, minimum=minimum_count)
    described = known | {"treatment": arm_variable()}
    public = public_description(table, variables=described, minimum=minimum_count)
    write_table(public, distributions)
    made = [read_table(path) for path in counts]
    checks = check_integrity(
        patients,
        variables=known,
        baseline=[name for name in all_covariate_names(covariates) if name in known],
        counts=pd.concat(made),
        distributions=public,
        treated_shares=treated_shares,
        minimum=minimum_count,
    )
    write_table(checks, integrity)
    for of_file, path in zip(made, quality, strict=True):
        write_table(public_quality(of_file, minimum=minimum_count), path)


if __name__ == "__main__":
    run(main, snakemake)
