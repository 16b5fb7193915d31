"""Describe the cohort of an analysis: baseline, outcome and mediator by arm."""

from job import run  # first: it makes the other imports faster

from typing import Any

import pandas as pd

from ipdmediation.data.description import describe_baseline, describe_mediator, describe_outcome
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
    variables: dict[str, Any],
) -> None:
    """Read the cohort; write its three tables."""
    known = variables_from_config(variables)
    patients = conform(pd.read_parquet(cohort), known)
    tables = {
        baseline: describe_baseline(patients, variables=known, rows=baseline_variables, level=level),
        outcome: describe_outcome(
            patients, variables=known, outcome=outcome_settings["variable"], level=level
        ),
        mediator: describe_mediator(
            patients,
            variables=known,
            mediator=mediator_settings["variable"],
            transform=mediator_settings["transform"],
            offset=mediator_settings["offset"],
            level=level,
        ),
    }
    for path, table in tables.items():
        table.to_csv(path, index=False)


if __name__ == "__main__":
    run(main, snakemake)
