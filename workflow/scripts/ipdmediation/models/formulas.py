"""Columns that covariates become, and what each of them is: formulaic's own structure, never its names."""

from __future__ import annotations

import itertools
from typing import NamedTuple

from formulaic import Formula, ModelSpec
from formulaic.materializers.types import ScopedFactor, ScopedTerm
from formulaic.parser.types import Factor
from formulaic.parser.types import Term as FormulaTerm

from ipdmediation.data.covariates import Covariates
from ipdmediation.vocabulary.terms import Term, covariate_term, formula_term, product_term, treatment_term


class LearntColumn(NamedTuple):
    """A column of covariates.

    Attributes
    ----------
    position : among the columns that formulaic makes.
    term : what it is.
    with_treatment : whether treatment has a part in it.
    """

    position: int
    term: Term
    with_treatment: bool


# what formulaic calls its own column, and the term of it: a column of the data so called would be lost
_COLUMNS_OF_THESE_NAMES = {name: f"{name} (a column)" for name in ("Intercept", "1")}
_OWN_NAMES = {column: name for name, column in _COLUMNS_OF_THESE_NAMES.items()}


def known_as(name: str) -> str:
    """Return what formulaic shall call a column of the data: it loses one that is called as its own."""
    return _COLUMNS_OF_THESE_NAMES.get(name, name)


def stated(covariates: Covariates) -> str | Formula:
    """Return covariates as formulaic takes them; names of columns are not read as a formula."""
    if isinstance(covariates, str):
        return covariates
    names = [FormulaTerm([Factor(known_as(name), eval_method="lookup")]) for name in covariates]
    return Formula([FormulaTerm([Factor("1", eval_method="literal")]), *names])


def learnt_columns(spec: ModelSpec, *, treatment: str) -> list[LearntColumn]:
    """Return what the columns of a formula are, without that of the intercept.

    Parameters
    ----------
    spec : a formula learnt from data.
    treatment : column of the treatment.
    """
    columns: list[LearntColumn] = []
    position = 0
    for made in spec.structure:
        variables = frozenset(
            str(variable) for variable in spec.term_variables[made.term] if "value" in variable.roles
        )
        terms = [term for scoped in made.scoped_terms for term in _terms(scoped, spec, treatment)]
        if len(terms) != len(made.columns):
            # something that is computed makes any number of columns
            terms = [formula_term(str(name).replace("`", ""), variables) for name in made.columns]
        if any(scoped.factors for scoped in made.scoped_terms):
            columns += [
                LearntColumn(at, term, treatment in variables)
                for at, term in enumerate(terms, start=position)
            ]
        position += len(made.columns)
    return columns


def _terms(scoped: ScopedTerm, spec: ModelSpec, treatment: str) -> list[Term]:
    """Return the columns of a product of variables; none where something is computed."""
    factors = [_factor_terms(factor, spec, treatment) for factor in scoped.factors]
    # formulaic lets the first factor vary fastest
    products = [tuple(reversed(parts)) for parts in itertools.product(*reversed(factors))]
    return [parts[0] if len(parts) == 1 else product_term(parts) for parts in products if parts]


def _factor_terms(factor: ScopedFactor, spec: ModelSpec, treatment: str) -> list[Term]:
    source = factor.factor.factor
    if source.eval_method is not Factor.EvalMethod.LOOKUP:
        return []
    name = _OWN_NAMES.get(source.expr, source.expr)
    if name == treatment:
        return [treatment_term()]
    kind, state = spec.encoder_state[source.expr]
    if kind is not Factor.Kind.CATEGORICAL:
        return [covariate_term(name)]
    # the first level is the reference of the others
    levels = state["contrasts"].levels[1:] if factor.reduced else state["contrasts"].levels
    return [covariate_term(name, str(level)) for level in levels]
