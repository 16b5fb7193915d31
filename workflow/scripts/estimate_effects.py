"""Summarise the effects of an analysis: the cohort's own estimates with bootstrap intervals."""

from job import run, snakemake  # first: it makes the other imports faster

import warnings
from typing import Any

import pandas as pd

from ipdmediation.data.result_tables import write_table
from ipdmediation.inference.draws import join_draws
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.small_strata import warn_of_small_strata
from ipdmediation.inference.summarised_analysis import summarise_analysis
from ipdmediation.models.errors import FitWarning


def main(
    *,
    imputed: str,
    chunks: list[str],
    effects: str,
    model: dict[str, Any],
    standardisation: dict[str, Any],
    resampling: str,
    replicates: int,
    interval: str,
    level: float,
    max_failed: float,
    variables: dict[str, Any],
) -> None:
    """Read the imputed cohort and the draws; write one row for each effect and scale."""
    warnings.simplefilter("ignore", FitWarning)  # the same fits were made, and warned of, in `fit_models`
    analysis = ImputedAnalysis.read(
        imputed,
        model=model,
        standardisation=standardisation,
        resampling=resampling,
        variables=variables,
    )
    specification = analysis.specification
    warn_of_small_strata(
        analysis.cohort,
        trial_effects=specification.trial_effects,
        family=specification.family,
        link=specification.link,
    )
    table = summarise_analysis(
        analysis,
        join_draws(map(pd.read_parquet, chunks), replicates=replicates),
        interval=interval,
        level=level,
        max_failed=max_failed,
    )
    write_table(table, effects)


if __name__ == "__main__":
    run(main, snakemake)
