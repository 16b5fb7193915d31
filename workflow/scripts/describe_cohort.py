"""Describe the cohort of an analysis, by baseline, outcome and mediator, and show no single patient."""

from job import run, snakemake  # first: it makes the other imports faster

from typing import Any

import pandas as pd

from ipdmediation.data.description import describe_baseline, describe_mediator, describe_outcome
from ipdmediation.data.disclosure import public_description
from ipdmediation.data.result_tables import write_table
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config


def main(
    *,
    cohort: str,
    baseline: str,
    outcome: str,
    mediator: str,
    baseline_variables: list[str],
    outcome_settings: dict[str, Any],
    mediator_settings: dict[str, Any],
    level: float,
    minimum_count: int,
    variables: dict[str, Any],
) -> None:
    """Read the cohort; write its three public tables."""
    known = variables_from_config(variables)
    patients = conform(pd.read_parquet(cohort), known)
    shared: dict[str, Any] = {"variables": known, "level": level, "minimum": minimum_count}
    tables = {
        baseline: describe_baseline(patients, rows=baseline_variables, **shared),
        outcome: describe_outcome(patients, outcome=outcome_settings["variable"], **shared),
        mediator: describe_mediator(
            patients,
            mediator=mediator_settings["variable"],
            transform=mediator_settings["transform"],
            offset=mediator_settings["offset"],
            **shared,
        ),
    }
    for path, table in tables.items():
        write_table(public_description(table, variables=known, minimum=minimum_count), path)


if __name__ == "__main__":
    run(main, snakemake)
