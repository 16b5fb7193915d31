"""Draw a chunk of bootstrap replicates of an analysis."""

from job import run, snakemake  # first: it makes the other imports faster

from typing import Any

import pandas as pd

from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config
from ipdmediation.effects.mediation import effects_by_imputation
from ipdmediation.effects.standardisation import StandardisationOptions
from ipdmediation.inference.bootstrap import draw_replicates
from ipdmediation.inference.resampling import PLANS
from ipdmediation.inference.streams import stream
from ipdmediation.models.specification import AnalysisSpecification


def main(
    *,
    imputed: str,
    draws: str,
    analysis: str,
    start: str,
    stop: str,
    model: dict[str, Any],
    standardisation: dict[str, Any],
    resampling: str,
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the imputed cohort; write the effects of replicates start to stop - 1."""
    known = variables_from_config(variables)
    completed = conform(pd.read_parquet(imputed), known)
    plan = PLANS[resampling].of(completed[completed["imputation"] == 0])
    analyses = effects_by_imputation(
        completed,
        specification=AnalysisSpecification.from_config(model),
        variables=known,
        options=StandardisationOptions.from_config(standardisation),
        utility=standardisation["utility"],
        resampled=plan.frame,
    )
    table = draw_replicates(
        analyses,
        imputations=completed["imputation"].nunique(),
        plan=plan,
        replicates=range(int(start), int(stop)),
        stream=lambda replicate: stream(seed, "bootstrap", analysis, replicate),
    )
    table.to_parquet(draws)


if __name__ == "__main__":
    run(main, snakemake)
