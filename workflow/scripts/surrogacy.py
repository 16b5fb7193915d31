"""Ask whether the mediator could stand for the outcome: within patients, and over trials."""

from job import run, snakemake  # first: it makes the other imports faster

import warnings
from typing import Any

import pandas as pd

from ipdmediation.data.covariates import StatedCovariates
from ipdmediation.data.missing import never_measured
from ipdmediation.data.result_tables import read_table, write_table
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config
from ipdmediation.evidence.surrogacy import surrogacy, surrogate_line, surrogate_predictions
from ipdmediation.evidence.surrogate_trials import surrogate_trials
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from ipdmediation.models.errors import FitWarning


def main(
    *,
    imputed: str,
    missing: str,
    measures: str,
    predictions: str,
    line: str,
    drawn_as: str,
    model: dict[str, Any],
    standardisation: dict[str, Any],
    resampling: str,
    covariates: StatedCovariates,
    replicates: int,
    level: float,
    max_failed: float,
    minimum_count: int,
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the imputed cohort; write the panel's measures, what trials predict, and the line."""
    warnings.simplefilter("ignore", FitWarning)  # the analysis has warned of its own models
    known = variables_from_config(variables)
    analysis = ImputedAnalysis.from_config(
        conform(pd.read_parquet(imputed), known),
        model=model,
        standardisation=standardisation,
        resampling=resampling,
        variables=known,
    )
    trials = list(
        surrogate_trials(
            analysis,
            covariates=covariates,
            unmeasured=never_measured(read_table(missing), analysis.specification.mediator),
            minimum_count=minimum_count,
        )
    )
    table = surrogacy(
        analysis,
        trials,
        replicates=replicates,
        stream=lambda replicate: stream(seed, "bootstrap", drawn_as, replicate),
        level=level,
        max_failed=max_failed,
    )
    write_table(table, measures)
    write_table(surrogate_predictions(trials, level=level), predictions)
    write_table(surrogate_line(trials, level=level), line)


if __name__ == "__main__":
    run(main, snakemake)
