"""Say what an unmeasured cause of mediator and outcome would make of the effects of an analysis."""

from job import run, snakemake  # first: it makes the other imports faster

import warnings
from typing import Any

import pandas as pd

from ipdmediation.data.result_tables import write_table
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config
from ipdmediation.evidence.confounding import confounding
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from ipdmediation.inference.summary import BootstrapWarning
from ipdmediation.models.errors import FitWarning


def main(
    *,
    imputed: str,
    curve: str,
    undone: str,
    benchmarks: str,
    e_values: str,
    logit: str,
    drawn_as: str,
    model: dict[str, Any],
    standardisation: dict[str, Any],
    resampling: str,
    correlations: list[float],
    covariates: list[str],
    logit_check: bool,
    replicates: int,
    interval: str,
    level: float,
    max_failed: float,
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the imputed cohort; write the curve, what it comes to, the benchmarks and both checks."""
    for category in (FitWarning, BootstrapWarning):  # the analysis itself has warned of its own
        warnings.simplefilter("ignore", category)
    known = variables_from_config(variables)
    analysis = ImputedAnalysis.from_config(
        conform(pd.read_parquet(imputed), known),
        model=model,
        standardisation=standardisation,
        resampling=resampling,
        variables=known,
    )
    tables = confounding(
        analysis,
        correlations=correlations,
        benchmarks=covariates,
        logit_check=logit_check,
        replicates=replicates,
        # the resamples of the analysis' own bootstrap
        stream=lambda replicate: stream(seed, "bootstrap", drawn_as, replicate),
        interval=interval,
        level=level,
        max_failed=max_failed,
    )
    for table, path in zip(tables, (curve, undone, benchmarks, e_values, logit), strict=True):
        write_table(table, path)


if __name__ == "__main__":
    run(main, snakemake)
