"""A model's estimates, pooled over imputations, as a table whose rows are known by their terms."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from ipdmediation.data.disclosure import public_counts
from ipdmediation.data.variables import Variable
from ipdmediation.inference.pooling import pool_estimates
from ipdmediation.inference.wald import pooled_wald_test
from ipdmediation.models.design import Design
from ipdmediation.models.errors import FitWarning
from ipdmediation.models.results import ModelFit
from ipdmediation.models.specification import AnalysisSpecification
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.links import LINKS
from ipdmediation.vocabulary.terms import Component, Term, TermKind, doubling_term
from ipdmediation.vocabulary.transforms import TRANSFORMS

COLUMNS = [
    "model",
    "component",
    "term",
    "kind",
    "variable",
    "level",
    "unit",
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
DOUBLING = "doubling"


def model_table(
    fits: Sequence[ModelFit],
    *,
    model: str,
    terms: Sequence[Term],
    level: float,
    specification: AnalysisSpecification,
    variables: Mapping[str, Variable],
    rare: Collection[str] = (),
) -> pd.DataFrame:
    """Return the estimates of one model, pooled over completed data sets by Rubin's rules.

    Parameters
    ----------
    fits : sequence of ModelFit
        The same model fitted to each completed data set.
    model : {"mediator", "total", "outcome"}
        Which model it is.
    terms : sequence of Term
        What its estimates are.
    level : float
        Coverage of the intervals.
    specification : AnalysisSpecification
        The analysis.
    variables : mapping of str to Variable
        Common variables, for their units.
    rare : collection of str
        Terms that so few patients have that their estimates would show these, as `rare_terms` returns them.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`: first the coefficients, then trials, thresholds and variances. `term`, `kind`,
        `variable` and `level` say what a row is, `unit` what a coefficient is per. `ratio` is the exponential
        of a coefficient on a log scale, for a better outcome in models of the outcome. Coefficients of
        another link than the logit have none, nor have the terms of a spline, which mean something together
        only. An infinite estimate is missing, and so is that of a rare term.
    """
    tables = [fit.table(level) for fit in fits]
    pooled = pool_estimates(
        [each["estimate"].to_numpy() for each in tables], [each["se"].to_numpy() ** 2 for each in tables]
    )
    quantile = stdtrit(pooled.degrees_of_freedom, 0.5 + level / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        p_values = 2 * stdtr(pooled.degrees_of_freedom, -np.abs(pooled.estimate / pooled.se))
    every = [*terms, *fits[0].variance_terms]
    units = {term.id: _unit(term, specification, variables) for term in every}
    table = pd.DataFrame(
        {
            "model": model,
            "component": [term.kind.component.value for term in every],
            **_keys(every),
            "unit": [units[term.id] for term in every],
            "estimate": pooled.estimate,
            "se": pooled.se,
            "ci_low": pooled.estimate - quantile * pooled.se,
            "ci_high": pooled.estimate + quantile * pooled.se,
            "p_value": p_values,
        }
    )
    table.loc[table["term"].isin(list(rare)), ["estimate", "se", "ci_low", "ci_high", "p_value"]] = np.nan
    if TRANSFORMS[specification.transform].logarithm:
        table = _with_doubling(table, every)
    table = table.sort_values(
        "component", key=lambda column: column.map(list(Component).index), kind="stable"
    )
    return _with_ratios(table, fits[0].family, specification)[COLUMNS]


def reported_terms(
    fit: ModelFit, terms: Sequence[Term], *, specification: AnalysisSpecification
) -> list[Term]:
    """Return the terms of all rows that `model_table` has, in no order.

    Parameters
    ----------
    fit : ModelFit
        Any of the model's fits.
    terms : sequence of Term
        What its estimates are.
    specification : AnalysisSpecification
        The analysis.
    """
    doubled = TRANSFORMS[specification.transform].logarithm
    doubling = [doubling_term(term) for term in terms if doubled and term.kind is TermKind.MEDIATOR]
    return [*terms, *fit.variance_terms, *doubling]


def rare_terms(terms: Sequence[Term], design: Design, *, minimum: int) -> set[str]:
    """Return the terms that show a level or a trial of some patients, but fewer than `minimum`.

    Where these are the reference, all coefficients of the variable are differences from them, and the
    intercept or the thresholds are theirs.

    Parameters
    ----------
    terms : sequence of Term
        Of the model.
    design : Design
        Its columns.
    minimum : int
        As in `disclosure.hidden_cells`.
    """
    rare: set[str] = set()
    levels: dict[tuple[str, str], list[int]] = {}
    for position, (term, column) in enumerate(zip(design.terms, design.matrix.T, strict=True)):
        values, counts = np.unique(column, return_counts=True)
        if values.size == 2 and counts.min() < minimum and term.kind is not TermKind.TREATMENT:
            rare.add(term.id)
        if term.level and term.kind in (TermKind.TRIAL, TermKind.COVARIATE):
            levels.setdefault((term.kind, term.variable), []).append(position)
    for positions in levels.values():
        reference = int((design.matrix[:, positions] == 0).all(axis=1).sum())
        if 0 < reference < minimum:
            rare |= {design.terms[position].id for position in positions}
            rare |= {term.id for term in terms if term.kind in (TermKind.INTERCEPT, TermKind.THRESHOLD)}
    return rare


def model_diagnostics(fits: Sequence[ModelFit], *, terms: Sequence[Term], minimum: int = 1) -> dict[str, Any]:
    """Return how the fits of one model ended, the worst of all imputations where they differ.

    Trials of fewer than `minimum` patients are not counted, nor those that would give them away.

    A model with a spline of the mediator also has `nonlinearity`, the Wald test of all terms but the linear.
    """
    first = fits[0]
    diagnostics = {
        "family": first.family,
        "link": first.link,
        "trial_effects": first.trial_effects,
        "n": first.n,
        "n_per_trial": public_counts(first.n_per_trial, minimum=minimum),
        "imputations": len(fits),
        "converged": all(fit.converged for fit in fits),
        "singular": sum(fit.singular for fit in fits),
        "log_likelihood": [fit.log_likelihood for fit in fits],
        "gradient_norm": max(fit.gradient_norm for fit in fits),
        "iterations": max(fit.iterations for fit in fits),
        "warnings": [{"kind": warning.kind, "message": str(warning)} for warning in pooled_warnings(fits)],
    }
    bent = [
        position for position, term in enumerate(terms) if term.kind is TermKind.SPLINE and term.level != "1"
    ]
    if bent:
        test = pooled_wald_test(
            [fit.estimates[bent] for fit in fits], [fit.covariance[np.ix_(bent, bent)] for fit in fits]
        )
        # JSON has no infinity
        finite = test.denominator_df if np.isfinite(test.denominator_df) else None
        diagnostics["nonlinearity"] = {**test._asdict(), "denominator_df": finite}
    return diagnostics


def pooled_warnings(fits: Sequence[ModelFit]) -> list[FitWarning]:
    """Return what a reader of a pooled model has to know, each once, and how many data sets it concerns."""
    counts: dict[tuple[type[FitWarning], str], int] = {}
    for fit in fits:
        for warning in fit.warnings:
            key = type(warning), str(warning)
            counts[key] = counts.get(key, 0) + 1
    return [
        kind(message if count == len(fits) else f"{message} (in {count} of {len(fits)} completed data sets)")
        for (kind, message), count in counts.items()
    ]


def mediator_unit(specification: AnalysisSpecification, variables: Mapping[str, Variable]) -> str:
    """Return the unit of the mediator on its analysis scale, such as ``ln mL``."""
    return TRANSFORMS[specification.transform].unit(variables[specification.mediator].unit or "unit")


def _unit(term: Term, specification: AnalysisSpecification, variables: Mapping[str, Variable]) -> str:
    """Return what a coefficient is per; empty where it is of a level, an arm or a trial."""
    if term.kind.per_mediator:
        return mediator_unit(specification, variables)
    if term.kind is TermKind.COVARIATE and not term.level and term.variable in variables:
        return variables[term.variable].unit or ""
    if term.kind is TermKind.FORMULA:
        return " x ".join(filter(None, (_unit(part, specification, variables) for part in term.parts)))
    return ""


def _keys(terms: Sequence[Term]) -> dict[str, list[str]]:
    return {
        "term": [term.id for term in terms],
        "kind": [term.kind.value for term in terms],
        "variable": [term.variable for term in terms],
        "level": [term.level for term in terms],
    }


def _with_doubling(table: pd.DataFrame, terms: Sequence[Term]) -> pd.DataFrame:
    """Add the mediator's coefficient for twice the value, which a reader grasps, below that per log unit."""
    for position, term in enumerate(terms):
        if term.kind is TermKind.MEDIATOR:
            row = table.iloc[[position]].assign(**_keys([doubling_term(term)]), unit=DOUBLING)
            row[["estimate", "se", "ci_low", "ci_high"]] *= np.log(2)
            return pd.concat([table[: position + 1], row, table[position + 1 :]], ignore_index=True)
    return table


def _with_ratios(table: pd.DataFrame, family: str, specification: AnalysisSpecification) -> pd.DataFrame:
    of_mediator = table["model"].eq("mediator").all() and TRANSFORMS[specification.transform].logarithm
    name = "ratio of geometric means" if of_mediator else FAMILIES[family].ratio(LINKS[specification.link])
    shown = table["kind"].map(lambda kind: TermKind(kind).compares) & bool(name)
    for ratio, column in (("ratio", "estimate"), ("ratio_low", "ci_low"), ("ratio_high", "ci_high")):
        table[ratio] = np.exp(table[column].where(shown))
    table["ratio_unit"] = np.where(shown, name, "")
    return table
