"""Select the patients of an analysis: its eligibility rules, then the values that its models need."""

from job import run, snakemake  # first: it makes the other imports faster

from typing import Any

import pandas as pd

from ipdmediation.data.clusters import check_clusters
from ipdmediation.data.cohort import select_cohort, warn_of_mixed_trials, without_reasons
from ipdmediation.data.missing import MissingData
from ipdmediation.data.result_tables import write_table
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config
from ipdmediation.data.weights import check_weights
from ipdmediation.vocabulary.terms import TRIAL


def main(
    *,
    pooled: str,
    cohort: str,
    steps: str,
    missing: str,
    eligibility: list[dict[str, Any]],
    reasons: list[str],
    needed: dict[str, Any],
    trial_effects: str,
    weights: str | None,
    cluster: str,
    variables: dict[str, Any],
) -> None:
    """Read the pooled trials; write the patients who are analysed, the steps to them and what was missing."""
    known = variables_from_config(variables)
    selected = select_cohort(
        conform(pd.read_parquet(pooled), known, excluded_arms=True),
        rules=[rule | {"reason": reason} for rule, reason in zip(eligibility, reasons, strict=True)],
        variables=known,
        missing=MissingData.of(**needed, variables=known),
    )
    if weights is not None:
        check_weights(selected.frame, variable=weights)
    if cluster != TRIAL:
        check_clusters(selected.frame, variable=cluster)
    warn_of_mixed_trials(selected.frame, trial_effects=trial_effects)
    selected.frame.to_parquet(cohort)
    write_table(without_reasons(selected.flow), steps)
    write_table(selected.missing, missing)


if __name__ == "__main__":
    run(main, snakemake)
