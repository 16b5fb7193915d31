"""Which columns and rows tables will have, as far as the configuration tells (light to import)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ipdmediation.data.arms import ARMS
from ipdmediation.data.covariates import Covariates, covariates_of
from ipdmediation.data.formula import parse_formula
from ipdmediation.data.variables import Variable
from ipdmediation.effects.catalogue import (
    KHB_EFFECTS,
    Effect,
    coefficient_catalogue,
    four_way_catalogue,
    natural_catalogue,
    without_treatment_coefficient,
)
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.proportional_odds import treatment_is_free
from ipdmediation.vocabulary.scales import scales_of
from ipdmediation.vocabulary.terms import (
    TRIAL,
    Term,
    TermKind,
    covariate_term,
    doubling_term,
    intercept_term,
    mediator_terms,
    random_terms,
    residual_term,
    threshold_term,
    treatment_at_cut_term,
    treatment_term,
    trial_term,
)
from ipdmediation.vocabulary.transforms import TRANSFORMS
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS

ALL, DIFFERENCE = "all", "difference"
OF_A_MEAN = ("mean", "sd")
QUANTILES = ("median", "q1", "q3")

#: Values of a cell that are possible; None where the configuration does not tell.
Cell = frozenset[str] | None


@dataclass(frozen=True)
class Table:
    """The columns of a table.

    Attributes
    ----------
    named : columns by which a row can be named.
    numbers : columns that hold a figure.
    """

    named: tuple[str, ...]
    numbers: tuple[str, ...]


COUNTS = ("excluded", "excluded_treated", "excluded_control")
LEFT = ("remaining", "remaining_treated", "remaining_control")
INTERVAL = ("estimate", "ci_low", "ci_high")
COLUMNS = {
    "flow": Table(("step", "kind", "reason"), (*COUNTS, *LEFT)),
    "describe": Table(("variable", "trial", "arm", "statistic", "level"), INTERVAL),
    "models": Table(
        ("term", "component", "kind", "variable", "level"),
        (*INTERVAL, "se", "p_value", "ratio", "ratio_low", "ratio_high"),
    ),
    "effects": Table(
        ("effect", "scale"), (*INTERVAL, "at", "p_value", "replicates", "failed", "singular", "undefined")
    ),
}


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes
    ----------
    cells : by column, what may stand there.
    certain : whether the table has the row whatever the data are.
    """

    cells: Mapping[str, Cell]
    certain: bool = True

    def holds(self, column: str, wanted: Iterable[object]) -> bool:
        """Return whether one of the values may stand in a column."""
        cell = self.cells[column]
        return cell is None or any(as_cell(value) in cell for value in wanted)

    def values(self, column: str) -> tuple[str, ...]:
        """Return what may stand in a column, as far as it is told."""
        return tuple(sorted(self.cells[column] or ()))


def as_cell(value: object) -> str:
    """Return a value as the text of a cell: 0 and 0.0 are one number.

    Examples
    --------
    >>> as_cell(0.0), as_cell("0"), as_cell("m1")
    ('0', '0', 'm1')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def rows_of(
    table: str,
    *,
    settings: Mapping[str, Any],
    variables: Mapping[str, Variable],
    trials: Sequence[str],
    baseline: Sequence[str],
    rules: Sequence[Mapping[str, Any]],
    excluding: bool,
) -> list[Row]:
    """Return the rows that a table of an analysis may have.

    Parameters
    ----------
    table : str
        One of `flow`, `describe/...`, `models/...` and `effects`.
    settings : mapping
        The analysis with everything that it inherits.
    variables : mapping
        The study's variables by name.
    trials : sequence of str
        Ids of the trials.
    baseline : sequence of str
        Variables of the baseline table.
    rules : sequence of mapping
        The eligibility rules of the analysis.
    excluding : bool
        Whether a mapping leaves out an arm.
    """
    kind, _, part = table.partition("/")
    if kind == "flow":
        return list(_flow(rules, excluding=excluding, settings=settings))
    if kind == "effects":
        return [
            Row({"effect": frozenset([each.effect]), "scale": frozenset([each.scale.key])})
            for each in _effects(settings, variables[settings["outcome"]["variable"]])
        ]
    if kind == "models":
        return list(_models(part, settings, variables, trials))
    if part == "baseline":
        return [
            row
            for name in baseline
            if name in variables
            for row in _described(variables[name], {"smd": True}, trials=[])
        ]
    role = variables[settings[part]["variable"]]
    rows = list(_described(role, {"p_value": False}, trials=trials))
    if part == "mediator":
        more = [f"{name}_transformed" for name in OF_A_MEAN]
        rows += [
            _cell_row(role.name, trial, arm, statistic, certain=trial == ALL)
            for trial in (ALL, *trials)
            for arm in (ALL, *ARMS)
            for statistic in more
        ]
        rows += [_cell_row(role.name, ALL, arm, "density", level=None, certain=False) for arm in ARMS]
    return rows


def _flow(
    rules: Sequence[Mapping[str, Any]], *, excluding: bool, settings: Mapping[str, Any]
) -> Iterator[Row]:
    complete = settings["missing"]["method"] == "complete_case"
    steps: list[tuple[str, Cell, bool]] = [("randomised", frozenset(["Randomised"]), True)]
    steps += [("arm", frozenset(["Not in a compared arm"]), False)] if excluding else []
    steps += [("eligibility", frozenset([str(rule["reason"])]), True) for rule in rules]
    lacking = "A variable of the models missing" if complete else "Outcome unknown"
    steps += [("missing", frozenset([lacking]), complete)]
    for position, (kind, reason, certain) in enumerate(steps):
        # a step that takes nobody out may be left out, and those behind it move up
        numbers = {position} if not excluding or position == 0 else {position, position - 1}
        cells = {"step": frozenset(map(str, numbers)), "kind": frozenset([kind]), "reason": reason}
        yield Row(cells, certain=certain and not excluding)


def _described(variable: Variable, compared: Mapping[str, bool], *, trials: Sequence[str]) -> Iterator[Row]:
    statistics = [(name, "") for name in ("n", "missing")]
    if variable.type == "binary":
        statistics += [("count", ""), ("percent", "")]
    for level in variable.level_labels:
        more = ["cumulative_percent"] if variable.type == "ordinal" else []
        statistics += [(name, level) for name in ("count", "percent", *more)]
    if variable.type in ("continuous", "ordinal"):
        statistics += [(name, "") for name in (*QUANTILES, *OF_A_MEAN)]
    for trial in (ALL, *trials):
        for arm in (ALL, *ARMS):
            for statistic, level in statistics:
                yield _cell_row(variable.name, trial, arm, statistic, level=level, certain=trial == ALL)
        for statistic, certain in compared.items():
            yield _cell_row(variable.name, trial, DIFFERENCE, statistic, certain=certain and trial == ALL)


def _cell_row(
    variable: str, trial: str, arm: str, statistic: str, *, level: str | None = "", certain: bool = True
) -> Row:
    stated = {"variable": variable, "trial": trial, "arm": arm, "statistic": statistic}
    cells: dict[str, Cell] = {column: frozenset([value]) for column, value in stated.items()}
    cells["level"] = None if level is None else frozenset([as_cell(level)])
    return Row(cells, certain=certain)


def _effects(settings: Mapping[str, Any], outcome: Variable) -> list[Effect]:
    utility = settings["standardisation"]["utility"] is not None
    family = FAMILIES[settings["outcome"]["family"]]
    scales = scales_of(outcome.codes if family.levels else [], utility=utility)
    coefficients = (
        *coefficient_catalogue(
            interaction=settings["interaction"],
            linear=settings["mediator"]["spline_knots"] is None,
            quartiles=(0.0, 0.0, 0.0),
        ),
        *KHB_EFFECTS,
    )
    return [
        *(
            without_treatment_coefficient(coefficients)
            if treatment_is_free(settings["outcome"])
            else coefficients
        ),
        *natural_catalogue(scales),
        *four_way_catalogue(scales, controlled_at=settings["standardisation"]["controlled_at"]),
    ]


def _models(
    model: str, settings: Mapping[str, Any], variables: Mapping[str, Variable], trials: Sequence[str]
) -> Iterator[Row]:
    mediator, outcome = settings["mediator"], settings["outcome"]
    effects, knots = TRIAL_EFFECTS[settings["trial_effects"]], mediator["spline_knots"]
    linear = model == "mediator" or not FAMILIES[outcome["family"]].levels
    if linear:
        yield _term_row(intercept_term())
        yield _term_row(residual_term())
    else:
        codes = [str(code) for code in variables[outcome["variable"]].codes]
        for pair in pairwise(codes if outcome["better"] == "high" else codes[::-1]):
            yield _term_row(threshold_term(*pair, outcome=outcome["variable"]))
            if treatment_is_free(outcome):
                yield _term_row(treatment_at_cut_term(*pair))
    if model == "mediator" or not treatment_is_free(outcome):
        yield _term_row(treatment_term())
    if model == "outcome":
        terms = mediator_terms(
            mediator["variable"],
            columns=1 if knots is None else knots - 1,
            spline=knots is not None,
            interaction=settings["interaction"],
        )
        if TRANSFORMS[mediator["transform"]].logarithm and knots is None:
            terms = (*terms, doubling_term(terms[0]))
        for term in terms:
            yield _term_row(term)
    part = "mediator" if model == "mediator" else "outcome"
    yield from _covariates(covariates_of(settings["covariates"], model=part), variables)
    if effects.indicators or settings.get("cluster", TRIAL) != TRIAL:
        for trial in trials:
            yield _term_row(trial_term(trial), certain=False)
    for term in random_terms(effects.random_in(mediator=model == "outcome")):
        yield _term_row(term)


def _covariates(covariates: Covariates, variables: Mapping[str, Variable]) -> Iterator[Row]:
    if isinstance(covariates, str):
        names = list(parse_formula(covariates).names) if covariates.strip() else []
        # what a formula computes is called as formulaic calls it
        kind = TermKind.FORMULA
        unknown: dict[str, Cell] = {"kind": frozenset([kind]), "component": frozenset([kind.component])}
        yield Row({**dict.fromkeys(COLUMNS["models"].named), **unknown}, certain=False)
    else:
        names = list(covariates)
    for name in names:
        variable = variables.get(name)
        levels = (
            [] if variable is None or variable.type in ("continuous", "binary") else variable.level_labels
        )
        if variable is not None and variable.type == "ordinal":
            yield _term_row(covariate_term(name), certain=False)
        for level in levels:
            # the first level that somebody has is the reference of the others
            yield _term_row(covariate_term(name, level), certain=False)
        if not levels:
            yield _term_row(covariate_term(name), certain=not isinstance(covariates, str))


def _term_row(term: Term, *, certain: bool = True) -> Row:
    stated = {
        "term": term.id,
        "component": term.kind.component,
        "kind": term.kind,
        "variable": term.variable,
        "level": as_cell(term.level),
    }
    return Row({column: frozenset([value]) for column, value in stated.items()}, certain=certain)
