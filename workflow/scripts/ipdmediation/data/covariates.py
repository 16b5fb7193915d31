"""Covariates as a study states them: names, a formula, or one of these by model (light to import)."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

Covariates = Sequence[str] | str
StatedCovariates = Covariates | Mapping[str, Covariates]
COVARIATE_MODELS = ("mediator", "outcome")
# what formulaic knows by name
FUNCTIONS = (
    "C", "Diff", "Helmert", "I", "Poly", "Q", "Sum", "Treatment", "bs", "cc", "center", "contr", "cr", "cs",
    "exp", "exp10", "exp2", "hashed", "lag", "log", "log10", "log2", "np", "poly", "scale", "standardize",
)  # fmt: skip
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.BitXor)


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
        Where the formula has two sides, an unknown operator or function, or is none.

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
    nodes = list(ast.walk(tree))
    called = {id(part) for node in nodes if isinstance(node, ast.Call) for part in ast.walk(node.func)}
    names = sorted((node for node in nodes if isinstance(node, ast.Name)), key=lambda name: name.col_offset)
    for name in names:
        if id(name) in called and name.id not in FUNCTIONS:
            raise FormulaError(f"{covariates!r}: no function {name.id!r}; allowed: {', '.join(FUNCTIONS)}")
    return list(dict.fromkeys(name.id for name in names if id(name) not in called))


def _read(formula: str) -> ast.expr:
    """Return a formula as the Python expression that it is, but for its operator `:`."""
    try:
        tree = ast.parse(formula.replace("`", "").replace(":", "*").strip(), mode="eval").body
    except SyntaxError:
        reason = "covariates are the right-hand side only" if "~" in formula else "not readable as a formula"
        raise FormulaError(f"{formula!r}: {reason}") from None
    if not _joined_by_operators(tree):
        raise FormulaError(f"{formula!r}: terms are joined by + - * / : ** ^ only")
    return tree


def _joined_by_operators(node: ast.expr) -> bool:
    """Say whether an expression has, outside of its calls, the operators of formulas only."""
    if isinstance(node, ast.BinOp):
        sides = _joined_by_operators(node.left) and _joined_by_operators(node.right)
        return sides and isinstance(node.op, _OPERATORS)
    if isinstance(node, ast.UnaryOp):
        return _joined_by_operators(node.operand)
    return isinstance(node, ast.Name | ast.Constant | ast.Call)


def all_covariate_names(stated: StatedCovariates) -> list[str]:
    """Return the variables that the covariates of any model use.

    Examples
    --------
    >>> all_covariate_names({"mediator": ["age", "nihss"], "outcome": "age + female"})
    ['age', 'nihss', 'female']
    """
    sets = [covariate_names(covariates_of(stated, model=model)) for model in COVARIATE_MODELS]
    return list(dict.fromkeys(name for names in sets for name in names))
