"""What a coefficient belongs to: the key of a row in the tables of models.

Positions among a model's estimates come from its design; a term only says, for a table, what stands there.
Its text `id` is made from the parts and never taken apart again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Component(StrEnum):
    """A part of a model's table, in the order in which they stand there."""

    COEFFICIENT = "coefficient"
    TRIAL = "trial"
    THRESHOLD = "threshold"
    VARIANCE = "variance"


class TermKind(StrEnum):
    """What a term is; the key of it in tables of models."""

    TREATMENT = "treatment"
    MEDIATOR = "mediator"
    MEDIATOR_DOUBLING = "mediator_doubling"
    INTERACTION = "interaction"
    SPLINE = "spline"
    COVARIATE = "covariate"
    FORMULA = "formula"
    TRIAL = "trial"
    THRESHOLD = "threshold"
    INTERCEPT = "intercept"
    RANDOM = "random"
    RESIDUAL = "residual"

    @property
    def component(self) -> Component:
        """Part of a model's table that such terms stand in."""
        match self:
            case TermKind.TRIAL:
                return Component.TRIAL
            case TermKind.THRESHOLD:
                return Component.THRESHOLD
            case TermKind.RANDOM | TermKind.RESIDUAL:
                return Component.VARIANCE
            case _:
                return Component.COEFFICIENT

    @property
    def compares(self) -> bool:
        """Whether a coefficient alone compares patients, so that its exponential can be a ratio.

        The terms of a spline mean something together only, and an intercept compares nobody.
        """
        compared = self.component in (Component.COEFFICIENT, Component.TRIAL)
        return compared and self not in (TermKind.SPLINE, TermKind.INTERCEPT)

    @property
    def per_mediator(self) -> bool:
        """Whether the coefficient is per unit of the mediator on its analysis scale."""
        return self in (TermKind.MEDIATOR, TermKind.INTERACTION)

    @property
    def adjusts(self) -> bool:
        """Whether it stands for what the study adjusts for, not for the paths."""
        return self in (TermKind.COVARIATE, TermKind.FORMULA)


TREATMENT = "treatment"  # columns of every cohort, and ids of terms
TRIAL = "trial"
MEDIATOR = "mediator"
INTERCEPT = "intercept"
RESIDUAL = "residual_sd"
OWN_IDS = frozenset({TREATMENT, MEDIATOR, INTERCEPT, RESIDUAL, TRIAL})
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_MARKS = re.compile(r"([\[\]:\\])")


@dataclass(frozen=True, kw_only=True)
class Term:
    """One coefficient or variance of a model.

    Attributes
    ----------
    id : str
        Text that differs from that of every other term of the model; `treatment` and `mediator` for these.
    kind : TermKind
        What it is. A product of treatment with a column of the mediator's spline is a `spline`, a product
        that a formula states a `formula`.
    variable : str
        Column of the cohort that it is about; empty for products of several and for what has none.
    level : str
        Id of a level of that variable, of a trial, of the two levels beside a threshold (``0|1``) or the
        cut there that treatment has an effect at, or the number of a spline's column; empty where there is
        none.
    parts : tuple of Term
        Factors of a product; the random effects that a standard deviation or correlation is of.
    """

    id: str
    kind: TermKind
    variable: str = ""
    level: str = ""
    parts: tuple[Term, ...] = ()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Term:
        """Return the term that `dataclasses.asdict` has taken apart for a JSON file."""
        parts = tuple(map(cls.from_json, stored["parts"]))
        return cls(**{**stored, "kind": TermKind(stored["kind"]), "parts": parts})


def read_terms(diagnostics: str | Path) -> list[Term]:
    """Return the terms of a model's table, from the JSON file of its diagnostics."""
    return list(map(Term.from_json, json.loads(Path(diagnostics).read_text())["terms"]))


def treatment_term() -> Term:
    """Return the term of the treatment's coefficient."""
    return Term(id=TREATMENT, kind=TermKind.TREATMENT, variable=TREATMENT)


def treatment_at_cut_term(lower: str, upper: str) -> Term:
    """Return the term of the treatment's coefficient at the threshold between two levels of the outcome.

    Examples
    --------
    >>> treatment_at_cut_term("3", "2").id
    'treatment[3|2]'
    """
    cut = f"{lower}|{upper}"
    return Term(id=_with_level(TREATMENT, cut), kind=TermKind.TREATMENT, variable=TREATMENT, level=cut)


def mediator_terms(mediator: str, *, columns: int, spline: bool, interaction: bool) -> tuple[Term, ...]:
    """Return the terms of a mediator's columns, then those of their products with treatment.

    Parameters
    ----------
    mediator : name of its variable.
    columns : 1, or the number of columns of the spline.
    spline : whether it is one.
    interaction : whether there are products.

    Examples
    --------
    >>> [term.id for term in mediator_terms("volume", columns=1, spline=False, interaction=True)]
    ['mediator', 'treatment:mediator']
    """
    if not spline:
        own = [Term(id=MEDIATOR, kind=TermKind.MEDIATOR, variable=mediator)]
    else:
        own = [
            Term(id=f"{MEDIATOR}[{number}]", kind=TermKind.SPLINE, variable=mediator, level=str(number))
            for number in range(1, columns + 1)
        ]
    products = [
        Term(
            id=f"{TREATMENT}:{term.id}",
            kind=TermKind.SPLINE if spline else TermKind.INTERACTION,
            variable=mediator,
            level=term.level,
            parts=(treatment_term(), term),
        )
        for term in own
    ]
    return (*own, *products) if interaction else tuple(own)


def covariate_term(variable: str, level: str = "") -> Term:
    r"""Return the term of a covariate or of one of its levels.

    A name that could be mistaken for another term is quoted, so that ids differ whatever the names are.

    Examples
    --------
    >>> covariate_term("age").id, covariate_term("intercept").id, covariate_term("side", "a]b").id
    ('age', '`intercept`', 'side[a\\]b]')
    """
    plain = _PLAIN.fullmatch(variable) and variable not in OWN_IDS
    name = variable if plain else f"`{_escaped(variable)}`"
    return Term(id=_with_level(name, level), kind=TermKind.COVARIATE, variable=variable, level=level)


def product_term(parts: tuple[Term, ...]) -> Term:
    """Return the term of a product that a formula states."""
    return Term(id=":".join(part.id for part in parts), kind=TermKind.FORMULA, parts=parts)


def formula_term(text: str, variables: frozenset[str]) -> Term:
    """Return the term of what a formula computes from variables, named as the formula does."""
    return Term(id=text, kind=TermKind.FORMULA, variable=min(variables) if len(variables) == 1 else "")


def trial_term(trial: str) -> Term:
    """Return the term of a trial's indicator."""
    return Term(id=_with_level(TRIAL, trial), kind=TermKind.TRIAL, variable=TRIAL, level=trial)


def threshold_term(lower: str, upper: str, *, outcome: str) -> Term:
    """Return the term of the threshold between two levels of the outcome."""
    name = f"{lower}|{upper}"
    return Term(id=name, kind=TermKind.THRESHOLD, variable=outcome, level=name)


def intercept_term() -> Term:
    """Return the term of a linear model's intercept."""
    return Term(id=INTERCEPT, kind=TermKind.INTERCEPT)


def random_terms(roles: Sequence[str]) -> tuple[Term, ...]:
    """Return the terms of the standard deviations of random effects, then of their correlations.

    Parameters
    ----------
    roles : "intercept", "treatment", "mediator", or a covariate.

    Examples
    --------
    >>> [term.id for term in random_terms(["intercept", "treatment"])]
    ['sd(intercept)', 'sd(treatment)', 'cor(intercept,treatment)']
    """
    known = {
        INTERCEPT: intercept_term(),
        TREATMENT: treatment_term(),
        MEDIATOR: Term(id=MEDIATOR, kind=TermKind.MEDIATOR),
    }
    own = [known.get(role) or covariate_term(role) for role in roles]
    pairs = [(own[earlier], own[later]) for later in range(len(own)) for earlier in range(later)]
    return (
        *(Term(id=f"sd({term.id})", kind=TermKind.RANDOM, parts=(term,)) for term in own),
        *(Term(id=f"cor({a.id},{b.id})", kind=TermKind.RANDOM, parts=(a, b)) for a, b in pairs),
    )


def residual_term() -> Term:
    """Return the term of the residual's standard deviation."""
    return Term(id=RESIDUAL, kind=TermKind.RESIDUAL)


def doubling_term(mediator: Term) -> Term:
    """Return the term of the mediator's coefficient for twice the value."""
    return Term(id=f"{mediator.id}:doubling", kind=TermKind.MEDIATOR_DOUBLING, variable=mediator.variable)


def _with_level(name: str, level: str) -> str:
    return f"{name}[{_escaped(level)}]" if level else name


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)
