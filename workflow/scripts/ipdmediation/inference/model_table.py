"""A model's estimates, pooled over imputations, as a table with names that a reader understands."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from ipdmediation.data.variables import Variable
from ipdmediation.inference.pooling import pool_estimates
from ipdmediation.inference.wald import pooled_wald_test
from ipdmediation.models.results import ModelFit
from ipdmediation.models.specification import AnalysisSpecification
from ipdmediation.models.splines import is_spline_term

COLUMNS = [
    "model",
    "component",
    "term",
    "label",
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "p_value",
    "ratio",
    "ratio_low",
    "ratio_high",
    "ratio_unit",
]
RATIOS = {"ordinal": "common odds ratio", "binary": "odds ratio"}
RANDOM_EFFECTS = {
    "intercept": "intercept",
    "treatment": "treatment effect",
    "mediator": "mediator effect",
}
SPREADS = {"sd": "SD", "cor": "correlation"}
LOG_TRANSFORMS = ("log", "log1p")


def model_table(
    fits: Sequence[ModelFit],
    *,
    model: str,
    level: float,
    specification: AnalysisSpecification,
    variables: Mapping[str, Variable],
    arms: Mapping[str, Mapping[str, str]],
    trials: Mapping[str, str],
) -> pd.DataFrame:
    """Return the estimates of one model, pooled over completed data sets by Rubin's rules.

    Parameters
    ----------
    fits : sequence of ModelFit
        The same model fitted to each completed data set.
    model : {"mediator", "total", "outcome"}
        Which model it is.
    level : float
        Coverage of the intervals.
    specification : AnalysisSpecification
        The analysis.
    variables : mapping of str to Variable
        Common variables, for labels and units.
    arms, trials : mapping
        Labels of the arms and of the trials.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`: first the coefficients, then trials, thresholds and variances. `ratio` is the
        exponential of a coefficient on a log scale, for a better outcome in models of the outcome; the terms
        of a spline, which mean something together only, have none.
    """
    tables = [fit.table(level) for fit in fits]
    table = tables[0][["component", "term"]].copy()
    pooled = pool_estimates(
        [each["estimate"].to_numpy() for each in tables], [each["se"].to_numpy() ** 2 for each in tables]
    )
    quantile = stdtrit(pooled.degrees_of_freedom, 0.5 + level / 2)
    table["estimate"], table["se"] = pooled.estimate, pooled.se
    table["ci_low"] = pooled.estimate - quantile * pooled.se
    table["ci_high"] = pooled.estimate + quantile * pooled.se
    with np.errstate(divide="ignore", invalid="ignore"):
        table["p_value"] = 2 * stdtr(pooled.degrees_of_freedom, -np.abs(pooled.estimate / pooled.se))
    table = _with_doubling(table, specification)
    table["model"] = model
    table["label"] = [_label(term, specification, variables, arms, trials) for term in table["term"]]
    return _with_ratios(table, fits[0].family, specification, variables)[COLUMNS]


def model_diagnostics(fits: Sequence[ModelFit]) -> dict[str, Any]:
    """Return how the fits of one model ended, the worst of all imputations where they differ.

    A model with a spline of the mediator also has `nonlinearity`, the Wald test of all terms but the linear.
    """
    first = fits[0]
    diagnostics = {
        "family": first.family,
        "link": first.link,
        "trial_effects": first.trial_effects,
        "n": first.n,
        "n_per_trial": first.n_per_trial,
        "imputations": len(fits),
        "converged": all(fit.converged for fit in fits),
        "singular": sum(fit.singular for fit in fits),
        "log_likelihood": [fit.log_likelihood for fit in fits],
        "gradient_norm": max(fit.gradient_norm for fit in fits),
        "iterations": max(fit.iterations for fit in fits),
        "warnings": sorted({warning for fit in fits for warning in fit.warnings}),
    }
    bent = [
        position
        for position, name in enumerate(first.names)
        if is_spline_term(name) and not name.endswith("[1]")
    ]
    if bent:
        test = pooled_wald_test(
            [fit.estimates[bent] for fit in fits], [fit.covariance[np.ix_(bent, bent)] for fit in fits]
        )
        # JSON has no infinity
        finite = test.denominator_df if np.isfinite(test.denominator_df) else None
        diagnostics["nonlinearity"] = {**test._asdict(), "denominator_df": finite}
    return diagnostics


def mediator_unit(specification: AnalysisSpecification, variables: Mapping[str, Variable]) -> str:
    """Return the unit of the mediator on its analysis scale, such as ``ln mL``."""
    unit = variables[specification.mediator].unit or "unit"
    if specification.transform in LOG_TRANSFORMS:
        return f"ln {unit}"
    return f"{unit}^(1/3)" if specification.transform == "cube_root" else unit


def _with_doubling(table: pd.DataFrame, specification: AnalysisSpecification) -> pd.DataFrame:
    """Add the mediator's coefficient per doubling, which a reader grasps, below that per log unit."""
    rows = table[table["term"] == "mediator"]
    if rows.empty or specification.transform not in LOG_TRANSFORMS:
        return table
    doubling = rows.assign(term="mediator per doubling")
    doubling[["estimate", "se", "ci_low", "ci_high"]] *= np.log(2)
    position = rows.index[0] + 1
    return pd.concat([table[:position], doubling, table[position:]], ignore_index=True)


def _with_ratios(
    table: pd.DataFrame,
    family: str,
    specification: AnalysisSpecification,
    variables: Mapping[str, Variable],
) -> pd.DataFrame:
    logarithmic_mediator = table["model"].iloc[0] == "mediator" and specification.transform in LOG_TRANSFORMS
    name = "ratio of geometric means" if logarithmic_mediator else RATIOS.get(family, "")
    order = ["coefficient", "trial", "threshold", "variance"]
    table = table.sort_values("component", key=lambda column: column.map(order.index), kind="stable")
    shown = (
        table["component"].isin(["coefficient", "trial"]) & ~table["term"].map(is_spline_term) & bool(name)
    )
    for ratio, column in (("ratio", "estimate"), ("ratio_low", "ci_low"), ("ratio_high", "ci_high")):
        table[ratio] = np.exp(table[column].where(shown))
    unit = mediator_unit(specification, variables)
    per = {"mediator": f"{name} per 1 {unit}", "mediator per doubling": f"{name} per doubling"}
    table["ratio_unit"] = [
        per.get(term, name) if ratio else "" for term, ratio in zip(table["term"], shown, strict=True)
    ]
    return table


def _label(
    term: str,
    specification: AnalysisSpecification,
    variables: Mapping[str, Variable],
    arms: Mapping[str, Mapping[str, str]],
    trials: Mapping[str, str],
) -> str:
    treatment = arms["treated"]["label"]
    mediator = variables[specification.mediator].label
    known = {
        "treatment": f"{treatment} vs {arms['control']['label'].lower()}",
        "mediator": f"{mediator}, per 1 {mediator_unit(specification, variables)}",
        "mediator per doubling": f"{mediator}, per doubling",
        "intercept": "Intercept",
        "residual_sd": "Residual SD",
        "treatment:mediator": f"{treatment} x {mediator.lower()}",
    }
    if term in known:
        return known[term]
    if term.startswith(("sd(", "cor(")):
        kind, _, effects = term.rstrip(")").partition("(")
        named = " and ".join(RANDOM_EFFECTS[effect] for effect in effects.split(","))
        return f"Between trials: {SPREADS[kind]} of {named}"
    if ":" in term:
        parts = [_label(part, specification, variables, arms, trials) for part in term.split(":")]
        return " x ".join([parts[0].replace(known["treatment"], treatment), *parts[1:]])
    name, _, level = term.removesuffix("]").partition("[")
    if name == "trial":
        return f"Trial: {trials[level]}"
    if name == "mediator":
        return f"{mediator}, spline term {level}: coefficient"
    # what a formula computes has no label but its own name
    return _covariate_label(variables[name], level) if name in variables else term


def _covariate_label(variable: Variable, level: str) -> str:
    if level:
        return f"{variable.label}: {variable.level_labels.get(level, level)}"
    return f"{variable.label}, per {variable.unit}" if variable.unit else variable.label
