"""Complete the cohort of an analysis: by multiple imputation, unless every value is known already."""

from job import run, snakemake  # first: it makes the other imports faster

from functools import partial
from typing import Any

import pandas as pd

from ipdmediation.data.imputation import impute
from ipdmediation.data.missing import MissingData
from ipdmediation.data.schema import conform
from ipdmediation.data.transforms import to_analysis_scale
from ipdmediation.data.variables import variables_from_config
from ipdmediation.inference.streams import stream


def main(
    *,
    cohort: str,
    imputed: str,
    drawn_as: str,
    needed: dict[str, Any],
    mediator: dict[str, Any],
    missing: dict[str, Any],
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the cohort; write its completed data sets, one below the other."""
    known = variables_from_config(variables)
    plan = MissingData.of(**needed, variables=known)
    scale = partial(to_analysis_scale, transform=mediator["transform"], offset=mediator["offset"])
    completed = impute(
        conform(pd.read_parquet(cohort), known),
        variables=known,
        targets=plan.imputed,
        predictors=plan.required,
        imputations=missing["imputations"],
        iterations=missing["iterations"],
        donors=missing["donors"],
        rng=stream(seed, "imputation", drawn_as),
        scales={mediator["variable"]: scale},
    )
    completed.to_parquet(imputed)


if __name__ == "__main__":
    run(main, snakemake)
