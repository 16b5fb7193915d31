"""Apply the eligibility rules of an analysis to the pooled trials."""

from job import run  # first: it makes the other imports faster

from typing import Any

import pandas as pd

from ipdmediation.data.cohort import select_cohort
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config


def main(
    *, pooled: str, cohort: str, flow: str, eligibility: list[dict[str, Any]], variables: dict[str, Any]
) -> None:
    """Read the pooled trials; write the eligible patients and the patient flow."""
    known = variables_from_config(variables)
    trials = conform(pd.read_parquet(pooled), known, excluded_arms=True)
    selected = select_cohort(trials, rules=eligibility, variables=known)
    selected.frame.to_parquet(cohort)
    selected.flow.to_csv(flow, index=False)


if __name__ == "__main__":
    run(main, snakemake)
