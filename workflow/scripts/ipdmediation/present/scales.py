"""How an effect on a scale is written: what it is, its unit, its null and its better side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ipdmediation.data.covariates import covariate_names, covariates_of
from ipdmediation.present import notation
from ipdmediation.present.house_style import people, person
from ipdmediation.present.printed_units import printed_unit
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import (
    OF_THE_MEDIATOR,
    ON_THE_MEDIATOR,
    ON_THE_OUTCOME,
    PROPORTION_MEDIATED,
)
from ipdmediation.vocabulary.scales import (
    COEFFICIENT,
    LOG_OR,
    LOG_WIN_ODDS,
    MEAN,
    PROPORTION,
    UTILITY,
    WIN,
    Scale,
    cut,
    scale_of,
)
from ipdmediation.vocabulary.transforms import IDENTITY
from ipdmediation.vocabulary.withheld import Withheld

POINTS = "percentage points"
Row = Mapping[Any, Any]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The way in which effects on one scale are written.

    Parameters
    ----------
    name
        What an estimate is, such as ``common odds ratio``.
    unit
        What is printed after it, empty where it has no unit.
    better
        1 where above the null is better, -1 where below is, 0 where neither is.
    ratio
        Whether the stored number is the logarithm of the one that is written; the null of a ratio is 1.
    factor
        What a difference is multiplied by, 100 for percentage points and shares.
    digits
        Decimals.
    """

    name: str
    unit: str = ""
    better: int = 0
    ratio: bool = False
    factor: float = 1.0
    digits: int = 2

    @property
    def null(self) -> int:
        """Value of no effect."""
        return 1 if self.ratio else 0

    @property
    def named(self) -> str:
        """Name and unit."""
        return f"{self.name}, {self.unit}" if self.unit else self.name

    @property
    def better_side(self) -> str:
        """Name the side of the null that is better, such as ``below 0``; empty where neither is."""
        return {1: f"above {self.null}", -1: f"below {self.null}", 0: ""}[self.better]

    @property
    def direction(self) -> str:
        """Say which side of the null is better, empty where neither is."""
        return f"{self.better_side} is better" if self.better else ""

    def number(self, value: float) -> float:
        """Turn a stored number into the one that is written."""
        if not notation.known(value):
            return math.nan
        return math.exp(value) if self.ratio else self.factor * float(value)

    def text(self, row: Row) -> str:
        """Write the estimate of a row with its interval, or that it is withheld or not defined."""
        return notation.with_ends(*self.parts(row))

    def parts(self, row: Row) -> tuple[str, str]:
        """Write the estimate of a row, or what stands in its place, and its interval where it has one."""
        if not notation.known(row["estimate"]):
            return Withheld(row["withheld"]).instead, ""
        estimate, low, high = (self.number(row[name]) for name in ("estimate", "ci_low", "ci_high"))
        if self.unit == "%":
            return notation.proportion_parts(estimate / 100, low / 100, high / 100, digits=self.digits)
        return notation.interval_parts(estimate, low, high, digits=self.digits, nulls=(self.null,))

    def sentence(self, row: Row, study: Study) -> str:
        """Write the estimate of a row with its unit and the name of its interval, for a sentence."""
        text, ends = self.parts(row)
        return notation.with_ends(f"{text}{self._unit}", notation.confidence(study.coverage, ends))

    @property
    def _unit(self) -> str:
        return f" {self.unit}" if self.unit not in ("", "%") else ""

    def point(self, row: Row) -> str:
        """Write the estimate of a row alone."""
        text = notation.fixed(self.number(row["estimate"]), digits=self.digits, nulls=(self.null,))
        return f"{text}%" if self.unit == "%" else text

    def amount(self, row: Row) -> str:
        """Write the estimate of a row alone, with its unit."""
        return f"{self.point(row)}{self._unit}"

    def side(self, row: Row) -> int:
        """Say on which side of the null an interval lies, 0 where it holds the null or is missing."""
        if notation.known(row["ci_low"]) and row["ci_low"] > 0:
            return 1
        return -1 if notation.known(row["ci_high"]) and row["ci_high"] < 0 else 0

    def verdict(self, row: Row) -> int:
        """Say whether an interval speaks of better (1) or worse (-1) outcomes; 0 where it is open."""
        return self.side(row) * self.better


def reading(effect: str, scale: str, *, study: Study) -> Reading:
    """Return how an effect on a scale is written.

    Parameters
    ----------
    effect, scale
        Keys of a row of the effects table.
    study
        Words of the study.

    Raises
    ------
    KeyError
        For a scale that has no words here.
    """
    on = scale_of(scale)
    if on == PROPORTION or effect == PROPORTION_MEDIATED:
        return Reading(name="share of the total effect", unit="%", factor=100, digits=1)
    return _coefficient(effect, study) if on == COEFFICIENT else _averaged(on, study)


def total_of_models(study: Study) -> str:
    """Name the treatment's total effect in the words of its model, and whether covariates are in that."""
    name = reading("total", COEFFICIENT.key, study=study).name
    adjusted = covariate_names(covariates_of(study.analysis.get("covariates", []), model="outcome"))
    return f"adjusted {name}" if adjusted else name


def mediator_scale_unit(study: Study) -> str:
    """Return the unit of the mediator on its analysis scale, such as ``ln mL``."""
    unit = str(study.variables.get(study.mediator, {}).get("unit") or "unit")
    return study.transform.unit(printed_unit(unit))


def mediator_amount_unit(study: Study) -> str:
    """Return the same as it is written after a number, such as ``points``."""
    plain = study.transform == IDENTITY
    return study.unit(study.mediator) or "units" if plain else mediator_scale_unit(study)


def better_outcome(study: Study) -> str:
    """Name what every odds ratio and coefficient is that of; of a binary outcome with the event."""
    if not study.family.event:
        return "a better outcome"
    level = study.levels(study.outcome)[study.named_level]
    return f"a better outcome ({study.label(study.outcome)}: {level})"


def _coefficient(effect: str, study: Study) -> Reading:
    if effect == ON_THE_MEDIATOR:
        return _on_the_mediator(study)
    per = f" per {mediator_scale_unit(study)}" if effect in OF_THE_MEDIATOR else ""
    if effect not in (*ON_THE_OUTCOME, *OF_THE_MEDIATOR):
        raise KeyError(effect)
    if study.has_levels:
        name = f"{study.coefficient} of {better_outcome(study)}{per}"
        return Reading(name=name, better=1, ratio=bool(study.ratio))
    return Reading(
        name=f"difference in {study.named(study.outcome)}{per}",
        unit=study.unit(study.outcome),
        better=study.better,
    )


def _on_the_mediator(study: Study) -> Reading:
    mediator = study.named(study.mediator)
    if study.transform.logarithm:
        added = f" plus {study.amount(study.mediator, study.offset)}" if study.offset else ""
        return Reading(name=f"ratio of geometric means of {mediator}{added}", ratio=True)
    if study.transform.name:
        name = f"difference in the {study.transform.name} of {mediator}"
        return Reading(name=name, unit=mediator_scale_unit(study))
    return Reading(name=f"difference in {mediator}", unit=study.unit(study.mediator))


def _averaged(scale: Scale, study: Study) -> Reading:
    read = partial(Reading, better=scale.better_end(study.better), ratio=scale.logarithm)
    percent = partial(read, factor=100, digits=1)
    if scale.cut is not None:
        return percent(name=_cut_name(scale.cut, study), unit=POINTS)
    if scale == MEAN and study.family.event:
        return percent(name=f"{study.label(study.outcome)}: {study.levels(study.outcome)['1']}", unit=POINTS)
    outcome = study.named(study.outcome)
    known = {
        MEAN: partial(read, name=f"mean of {outcome}", unit=study.unit(study.outcome) or _points(study)),
        UTILITY: partial(read, name=f"mean utility of {outcome}"),
        WIN: partial(
            percent,
            name=f"better outcome than a {person()} without treatment (ties half)",
            unit=f"{POINTS} above 50",
        ),
        LOG_WIN_ODDS: partial(read, name=scale.ratio),
        LOG_OR: partial(
            read, name=f"{study.odds_ratio} of {better_outcome(study)}, averaged over the {people()}"
        ),
    }
    return known[scale]()


def _points(study: Study) -> str:
    return "points" if study.family.cuts else ""


def _cut_name(code: int, study: Study) -> str:
    outcome = study.label(study.outcome)
    if study.family.event:
        return f"{outcome}: {study.levels(study.outcome)['0']}"
    return f"{notation.lower(outcome)} of {levels_up_to(code, study)}"


def levels_up_to(code: int, study: Study) -> str:
    """Name the levels of the outcome from the lowest one on, by their codes as they are."""
    return _codes([min(map(int, study.levels(study.outcome))), code])


def _codes(ends: Sequence[int]) -> str:
    """Name levels from one to another by their codes as they are."""
    return notation.spread(*map(notation.stated, ends)) if ends[0] != ends[-1] else notation.stated(ends[0])


def levels_reached(study: Study) -> dict[str, str]:
    """Name the better side of each cut by the outcome's own codes, by the key of the threshold there.

    Keys are those of `vocabulary.terms.threshold_term`: the two codes beside it, the worse one first.
    """
    codes = list(study.levels_better_first())
    named = {}
    for better in range(1, len(codes)):
        named[f"{codes[better]}|{codes[better - 1]}"] = _codes(
            sorted(map(int, (codes[0], codes[better - 1])))
        )
    return named


def named_cut(study: Study) -> tuple[Scale, int]:
    """Return the scale that counts who reaches the named level or a better one, and its sign.

    Parameters
    ----------
    study
        Words of the study; its outcome has levels.

    Returns
    -------
    scale : Scale
        A cut, with the codes as they are, whichever end is better.
    sign : int
        What an effect on that scale is multiplied by to count the better end.
    """
    levels = list(study.levels(study.outcome))
    position = levels.index(study.named_level)
    if study.better < 0:
        return cut(int(levels[position])), 1
    return cut(int(levels[position - 1])), -1
