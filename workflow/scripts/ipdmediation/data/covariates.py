"""Covariates as a study states them: names, a formula, or one of these by model (light to import)."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

Covariates = Sequence[str] | str
StatedCovariates = Covariates | Mapping[str, Covariates]
COVARIATE_MODELS = ("mediator", "outcome")


class FormulaError(ValueError):
    """A formula that cannot be read."""


def covariates_of(stated: StatedCovariates, *, model: str) -> Covariates:
    """Return the covariates of one model.

    ASSUME: the total and the outcome model share their covariates, for else the difference of their treatment
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
        Names, or the right-hand side of a formula in the syntax of formulaic. What is called in it, as `bs`
        in ``bs(age, df=4)``, is a function and no variable.

    Raises
    ------
    FormulaError
        Where the formula has two sides, or is none.

    Examples
    --------
    >>> covariate_names("age + bs(nihss, df=4) + occlusion:female + I(age**2)")
    ['age', 'nihss', 'occlusion', 'female']
    """
    if not isinstance(covariates, str):
        return list(dict.fromkeys(covariates))
    if not covariates.strip():
        return []
    tree = _read(covariates)
    functions = {id(node) for call in _calls(tree) for node in ast.walk(call.func)}
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in functions]
    names.sort(key=lambda node: node.col_offset)
    return list(dict.fromkeys(node.id for node in names))


def _read(formula: str) -> ast.AST:
    """Return a formula as the Python expression that it is, but for its operator `:`."""
    try:
        return ast.parse(formula.replace("`", "").replace(":", "*").strip(), mode="eval")
    except SyntaxError:
        reason = "covariates are the right-hand side only" if "~" in formula else "not readable as a formula"
        raise FormulaError(f"{formula!r}: {reason}") from None


def _calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def all_covariate_names(stated: StatedCovariates) -> list[str]:
    """Return the variables that the covariates of any model use.

    Examples
    --------
    >>> all_covariate_names({"mediator": ["age", "nihss"], "outcome": "age + female"})
    ['age', 'nihss', 'female']
    """
    sets = [covariate_names(covariates_of(stated, model=model)) for model in COVARIATE_MODELS]
    return list(dict.fromkeys(name for names in sets for name in names))
