"""Analyse every trial of an analysis by itself, and pool their effects in a second stage."""

from job import run, snakemake  # first: it makes the other imports faster

import warnings
from typing import Any

import pandas as pd

from ipdmediation.data.covariates import StatedCovariates
from ipdmediation.data.missing import never_measured
from ipdmediation.data.result_tables import read_table, write_table
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config
from ipdmediation.evidence.by_trial import effects_by_trial
from ipdmediation.evidence.pooled_trials import tables
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from ipdmediation.inference.summary import BootstrapWarning
from ipdmediation.models.errors import FitWarning


def main(
    *,
    imputed: str,
    missing: str,
    by_trial: str,
    together: str,
    drawn_as: str,
    model: dict[str, Any],
    standardisation: dict[str, Any],
    covariates: StatedCovariates,
    replicates: int,
    interval: str,
    level: float,
    minimum_count: int,
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the imputed cohort; write the effects of each trial, and the same pooled."""
    for category in (FitWarning, BootstrapWarning):  # of single trials: the tables say what matters
        warnings.simplefilter("ignore", category)
    known = variables_from_config(variables)
    analysis = ImputedAnalysis.from_config(
        conform(pd.read_parquet(imputed), known),
        model=model,
        standardisation=standardisation,
        resampling="stratified",
        variables=known,
    )
    found = effects_by_trial(
        analysis,
        covariates=covariates,
        unmeasured=never_measured(read_table(missing), analysis.specification.mediator),
        minimum_count=minimum_count,
        replicates=replicates,
        stream=lambda trial, replicate: stream(seed, "each trial", drawn_as, trial, replicate),
        interval=interval,
        level=level,
    )
    trials, pooled = tables(list(found), level=level, minimum_count=minimum_count)
    write_table(trials, by_trial)
    write_table(pooled, together)


if __name__ == "__main__":
    run(main, snakemake)
