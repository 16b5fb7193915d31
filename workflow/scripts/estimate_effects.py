"""Summarise the effects of an analysis: the cohort's own estimates with bootstrap intervals."""

from job import run, snakemake  # first: it makes the other imports faster

import warnings
from typing import Any

import pandas as pd

from ipdmediation.data.result_tables import write_table
from ipdmediation.inference.bootstrap import fit_cohort
from ipdmediation.inference.draws import join_draws
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.set_treatments import four_worlds, mediator_curve
from ipdmediation.inference.small_strata import warn_of_small_strata
from ipdmediation.inference.summarised_analysis import summarise_analysis
from ipdmediation.models.errors import FitWarning


def main(
    *,
    imputed: str,
    chunks: list[str],
    effects: str,
    worlds: str,
    curve: str,
    model: dict[str, Any],
    standardisation: dict[str, Any],
    resampling: str,
    replicates: int,
    interval: str,
    level: float,
    max_failed: float,
    variables: dict[str, Any],
) -> None:
    """Read the imputed cohort and the draws; write one row for each effect and scale.

    What the effects are differences of is written as well: the outcome under set treatments.
    """
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
    fitted = list(map(fit_cohort, analysis.effects()))
    table = summarise_analysis(
        analysis,
        join_draws(map(pd.read_parquet, chunks), replicates=replicates),
        interval=interval,
        level=level,
        max_failed=max_failed,
        fitted=fitted,
    )
    write_table(table, effects)
    write_table(four_worlds(fitted), worlds)
    write_table(mediator_curve(fitted, analysis.completed), curve)


if __name__ == "__main__":
    run(main, snakemake)
