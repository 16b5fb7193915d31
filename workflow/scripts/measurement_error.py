"""Say what the effects of an analysis would be of a mediator measured without error."""

from job import run, snakemake  # first: it makes the other imports faster

import warnings
from typing import Any

import pandas as pd

from ipdmediation.data.result_tables import write_table
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config
from ipdmediation.evidence.measurement_error import measurement_error
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from ipdmediation.inference.summary import BootstrapWarning
from ipdmediation.models.errors import FitWarning


def main(
    *,
    imputed: str,
    effects: str,
    drawn_as: str,
    model: dict[str, Any],
    standardisation: dict[str, Any],
    resampling: str,
    error: dict[str, float | None],
    replicates: int,
    interval: str,
    level: float,
    max_failed: float,
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the imputed cohort; write the effects along the reliability."""
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
    table = measurement_error(
        analysis,
        error=error,
        replicates=replicates,
        # the resamples of the analysis' own bootstrap
        stream=lambda replicate: stream(seed, "bootstrap", drawn_as, replicate),
        interval=interval,
        level=level,
        max_failed=max_failed,
    )
    write_table(table, effects)


if __name__ == "__main__":
    run(main, snakemake)
