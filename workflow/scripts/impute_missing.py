"""Complete the cohort of an analysis: multiple imputation, or the patients with every value."""

from job import run  # first: it makes the other imports faster

from functools import partial
from typing import Any

import pandas as pd

from ipdmediation.data.covariates import all_covariate_names
from ipdmediation.data.imputation import complete_cases, impute
from ipdmediation.data.schema import conform
from ipdmediation.data.transforms import to_analysis_scale
from ipdmediation.data.variables import variables_from_config
from ipdmediation.inference.streams import stream


def main(
    *,
    cohort: str,
    imputed: str,
    analysis: str,
    model: dict[str, Any],
    missing: dict[str, Any],
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the cohort; write its completed data sets, one below the other."""
    known = variables_from_config(variables)
    patients = conform(pd.read_parquet(cohort), known)
    mediator, outcome = model["mediator"], model["outcome"]["variable"]
    covariates = [name for name in all_covariate_names(model["covariates"]) if name in known]
    if missing["method"] == "complete_case":
        completed = complete_cases(patients, columns=[*covariates, mediator["variable"], outcome])
    else:
        scale = partial(to_analysis_scale, transform=mediator["transform"], offset=mediator["offset"])
        completed = impute(
            patients,
            variables=known,
            targets=[*covariates, mediator["variable"]],
            predictors=[outcome],
            imputations=missing["imputations"],
            iterations=missing["iterations"],
            donors=missing["donors"],
            rng=stream(seed, "imputation", analysis),
            scales={mediator["variable"]: scale},
        )
    completed.to_parquet(imputed)


if __name__ == "__main__":
    run(main, snakemake)
