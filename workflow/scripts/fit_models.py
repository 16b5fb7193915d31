"""Fit the mediator, total and outcome models of an analysis."""

from job import run, snakemake  # first: it makes the other imports faster

import json
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.data.notices import model_step
from ipdmediation.data.result_tables import write_table
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config
from ipdmediation.data.weights import effective_number
from ipdmediation.inference.calibration import calibration as calibration_table
from ipdmediation.inference.mediator_residuals import mediator_residuals
from ipdmediation.inference.model_table import (
    model_diagnostics,
    model_table,
    pooled_warnings,
    rare_terms,
    reported_terms,
)
from ipdmediation.models.errors import FitWarning
from ipdmediation.models.specification import MODEL_NAMES, AnalysisSpecification, models_by_imputation


def main(
    *,
    imputed: str,
    model: dict[str, Any],
    level: float,
    minimum_count: int,
    variables: dict[str, Any],
    calibration: str,
    residuals: str,
    **written: str,
) -> None:
    """Read the imputed cohort; write estimates and diagnostics of each model, pooled over imputations.

    The outcome model is held against the outcomes as well, the mediator model against the mediators.
    """
    known = variables_from_config(variables)
    specification = AnalysisSpecification.from_config(model)
    completed = conform(pd.read_parquet(imputed), known)
    models = models_by_imputation(completed, specification=specification, variables=known)
    notes: list[tuple[str, FitWarning]] = []
    for name in MODEL_NAMES:
        fits = [each.fit(name) for each in models]
        terms = getattr(models[0], name).terms
        rare = rare_terms(terms, getattr(models[0], f"{name}_design"), minimum=minimum_count)
        table = model_table(
            fits,
            model=name,
            terms=terms,
            level=level,
            specification=specification,
            variables=known,
            rare=rare,
        )
        write_table(table, written[name])
        diagnostics = model_diagnostics(fits, terms=terms, minimum=minimum_count)
        if models[0].weights is not None:
            diagnostics["weights"] = specification.weights
            diagnostics["effective_n"] = effective_number(models[0].weights)
        diagnostics["terms"] = list(map(asdict, reported_terms(fits[0], terms, specification=specification)))
        Path(written[f"{name}_diagnostics"]).write_text(json.dumps(diagnostics, indent=2) + "\n")
        notes += [(model_step(name), warning) for warning in pooled_warnings(fits)]
        if name == "mediator":
            write_table(mediator_residuals(models, fits, minimum=minimum_count), residuals)
        if name == "outcome":
            mediators = [rows[specification.mediator] for _, rows in completed.groupby("imputation")]
            write_table(calibration_table(models, fits, mediators, minimum=minimum_count), calibration)
    for where, warning in notes:
        warnings.warn(type(warning)(f"{where}: {warning}"), stacklevel=1)


if __name__ == "__main__":
    run(main, snakemake)
