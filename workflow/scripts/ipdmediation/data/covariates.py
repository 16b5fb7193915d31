"""Covariates as a study states them: names, a formula, or one of these by model (light to import)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ipdmediation.data.formula import parse_formula
from ipdmediation.vocabulary.terms import TREATMENT

Covariates = Sequence[str] | str
StatedCovariates = Covariates | Mapping[str, Covariates]
COVARIATE_MODELS = ("mediator", "outcome")


def covariates_of(stated: StatedCovariates, *, model: str) -> Covariates:
    """Return the covariates of one model.

    ASSUME: the total and the outcome model share their covariates, or else the difference of their treatment
    coefficients would be the covariates' as much as the mediator's.

    Parameters
    ----------
    stated : sequence of str, str, or mapping of these
        `covariates` of an analysis; a mapping has one entry for each of `COVARIATE_MODELS`.
    model : {"mediator", "outcome"}

    Examples
    --------
    >>> covariates_of(["age"], model="outcome")
    ['age']
    >>> covariates_of({"mediator": ["age"], "outcome": "age + female"}, model="outcome")
    'age + female'
    """
    return stated[model] if isinstance(stated, Mapping) else stated


def covariate_names(covariates: Covariates) -> list[str]:
    """Return the variables that covariates use, each once, in the order of their first appearance.

    Parameters
    ----------
    covariates : sequence of str, or str
        Names, or the right-hand side of a formula as `parse_formula` reads it.

    Raises
    ------
    FormulaError
        Where the text is no formula, or holds what no formula may.

    Examples
    --------
    >>> covariate_names("age + bs(nihss, df=4) + occlusion:female + I(age**2)")
    ['age', 'nihss', 'occlusion', 'female']
    """
    if not isinstance(covariates, str):
        return list(dict.fromkeys(covariates))
    return list(parse_formula(covariates).names) if covariates.strip() else []


def all_covariate_names(stated: StatedCovariates) -> list[str]:
    """Return the variables that the covariates of any model use.

    Examples
    --------
    >>> all_covariate_names({"mediator": ["age", "nihss"], "outcome": "age + female"})
    ['age', 'nihss', 'female']
    """
    sets = [covariate_names(covariates_of(stated, model=model)) for model in COVARIATE_MODELS]
    return list(dict.fromkeys(name for names in sets for name in names))


def shared_covariate_names(stated: StatedCovariates) -> list[str]:
    """Return the variables that the covariates of both models use, other than the treatment.

    Examples
    --------
    >>> shared_covariate_names({"mediator": ["age", "nihss"], "outcome": "age + female"})
    ['age']
    """
    mediator, outcome = (covariate_names(covariates_of(stated, model=model)) for model in COVARIATE_MODELS)
    return [name for name in outcome if name in mediator and name != TREATMENT]


def main_effects(stated: StatedCovariates) -> list[str]:
    """Return the variables that are a covariate by themselves, not only in a product or a function.

    Examples
    --------
    >>> main_effects({"mediator": ["age"], "outcome": "female * site + age:nihss + log(nihss)"})
    ['age', 'female', 'site']
    """
    found: list[str] = []
    for model in COVARIATE_MODELS:
        covariates = covariates_of(stated, model=model)
        if not isinstance(covariates, str):
            found += covariates
        elif covariates.strip():
            formula = parse_formula(covariates)
            found += [factor for term in formula.terms if len(term) == 1 for factor in term]
    return [name for name in dict.fromkeys(found) if name.isidentifier()]
