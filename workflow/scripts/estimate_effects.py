"""Summarise the effects of an analysis: the cohort's own estimates with bootstrap intervals."""

from job import run, snakemake  # first: it makes the other imports faster

import warnings
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.result_tables import write_table
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config
from ipdmediation.inference.bootstrap import cohort_effects, jackknife_effects
from ipdmediation.inference.draws import join_draws
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.intervals import acceleration
from ipdmediation.inference.small_strata import warn_of_small_strata
from ipdmediation.inference.summary import summarise_effects
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
    known = variables_from_config(variables)
    analysis = ImputedAnalysis.from_config(
        conform(pd.read_parquet(imputed), known),
        model=model,
        standardisation=standardisation,
        resampling=resampling,
        variables=known,
    )
    prepared = list(analysis.effects())
    accelerations = None
    if interval == "bca":
        left_out = [jackknife_effects(each, analysis.plan.jackknife()) for each in prepared]
        accelerations = acceleration(np.mean(left_out, axis=0))
    family, link = (model["outcome"][key] for key in ("family", "link"))
    warn_of_small_strata(analysis.cohort, trial_effects=model["trial_effects"], family=family, link=link)
    table = summarise_effects(
        join_draws(map(pd.read_parquet, chunks), replicates=replicates),
        np.mean([cohort_effects(each) for each in prepared], axis=0),
        effects=prepared[0].effects,
        family=family,
        link=link,
        interval=interval,
        level=level,
        max_failed=max_failed,
        accelerations=accelerations,
    )
    write_table(table, effects)


if __name__ == "__main__":
    run(main, snakemake)
