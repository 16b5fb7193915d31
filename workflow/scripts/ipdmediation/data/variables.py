"""The common variables of a study, as the configuration declares them (imports nothing heavy)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from ipdmediation.data.errors import listing
from ipdmediation.data.problems import Fault, Place
from ipdmediation.vocabulary.terms import INTERCEPT, MEDIATOR, RESIDUAL

VariableType = Literal["continuous", "binary", "ordinal", "categorical"]

#: Columns that every harmonised trial has in front of its variables.
KEY_COLUMNS = ("trial", "patient", "treatment")

#: Names that no variable may have: columns and terms of the workflow's own tables.
RESERVED_NAMES = (*KEY_COLUMNS, "contract", "imputation", MEDIATOR, INTERCEPT, RESIDUAL)

#: Codes that the column of an ordinal variable can hold.
DTYPE_RANGE = range(-128, 128)


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One common variable: a column of every harmonised trial. Any variable may be missing for a patient.

    Parameters
    ----------
    name : str
        Column name.
    type : {"continuous", "binary", "ordinal", "categorical"}
        Decides the column's dtype: float64, Int8 (0/1), Int8 (codes of `levels`), category.
    label : str
        Name in tables and figures.
    unit : str or None
        Unit of a continuous variable, as clinical files write it.
    minimum, maximum : float or None
        Inclusive plausible range of a continuous variable; None leaves that side open.
    levels : dict or None
        Level id to label, in order. Ids are integers for an ordinal variable, strings for a categorical one;
        the first level of a categorical variable is its reference.
    """

    name: str
    type: VariableType
    label: str
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    levels: dict[int | str, str] | None = None

    @property
    def level_labels(self) -> dict[str, str]:
        """Level id (as text) to label, in order; empty for continuous and binary variables."""
        return {str(level): label for level, label in (self.levels or {}).items()}

    @property
    def codes(self) -> tuple[int, ...]:
        """Integer codes that a binary or ordinal column may hold; empty for the other types."""
        if self.type == "binary":
            return (0, 1)
        if self.type == "ordinal":
            return tuple(int(level) for level in self.levels or {})
        return ()

    @property
    def allowed(self) -> str:
        """What a value may be, in words."""
        if self.type == "continuous":
            low = "no minimum" if self.minimum is None else f"{self.minimum:g}"
            high = "no maximum" if self.maximum is None else f"{self.maximum:g}"
            return f"numbers from {low} to {high}" + (f" {self.unit}" if self.unit else "")
        if self.type == "categorical":
            return ", ".join(self.level_labels)
        return ", ".join(map(str, self.codes))


def variables_from_config(declared: Mapping[str, Mapping[str, Any]]) -> dict[str, Variable]:
    """Return the study's variables, in the order of the configuration.

    Parameters
    ----------
    declared : mapping
        The `variables` section: variable name to its type, label, unit, minimum, maximum and levels. Where
        there is no label, as in a step that shows none, the name stands for it.

    Examples
    --------
    >>> declared = {"mrs": {"type": "ordinal", "label": "mRS", "levels": {0: "No symptoms", 1: "Some"}}}
    >>> variables_from_config(declared)["mrs"].codes
    (0, 1)
    """
    return {name: _variable(name, entry) for name, entry in declared.items()}


def trial_variable(trials: Iterable[str]) -> Variable:
    """Return what an eligibility rule on `trial` looks at: a categorical variable of the trials' ids.

    Examples
    --------
    >>> trial_variable(["north", "south"]).allowed
    'north, south'
    """
    return Variable(name="trial", type="categorical", label="Trial", levels={each: each for each in trials})


def _variable(name: str, entry: Mapping[str, Any]) -> Variable:
    kind = cast(VariableType, entry["type"])
    levels: dict[int | str, str] | None = None
    if kind in ("ordinal", "categorical"):
        # Keys of a YAML mapping may be numbers or text; the type decides which of the two a level id is.
        as_id = int if kind == "ordinal" else str
        levels = {as_id(level): str(label) for level, label in entry["levels"].items()}
    return Variable(
        name=name,
        type=kind,
        label=str(entry.get("label", name)),
        unit=entry.get("unit"),
        minimum=None if entry.get("minimum") is None else float(entry["minimum"]),
        maximum=None if entry.get("maximum") is None else float(entry["maximum"]),
        levels=levels,
    )


def variable_faults(declared: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    """Yield what no variable may be, each at its place in the configuration."""
    for name, entry in declared.items():
        place = ("variables", name)
        if name in RESERVED_NAMES:
            yield Fault(
                place,
                "the tables use this name themselves; allowed: any name but " + ", ".join(RESERVED_NAMES),
            )
        if entry["type"] == "ordinal":
            yield from _ordinal_faults((*place, "levels"), entry["levels"])
        if entry["type"] == "categorical":
            levels = [str(level).strip() for level in entry["levels"]]
            if len(set(levels)) < len(levels):
                text = f"ids have to differ as text, found {listing(entry['levels'])}"
                yield Fault((*place, "levels"), text)
        low, high = entry.get("minimum"), entry.get("maximum")
        if low is not None and high is not None and low >= high:
            yield Fault((*place, "minimum"), f"minimum {low:g} is not below maximum {high:g}")


def _ordinal_faults(place: Place, levels: Iterable[Any]) -> Iterator[Fault]:
    if not all(is_integer(level) for level in levels):
        yield Fault(place, f"ids of an ordinal variable are integers, found {listing(levels)}")
        return
    codes = [int(level) for level in levels]
    if codes != sorted(set(codes)):
        yield Fault(place, f"codes have to increase, found {listing(codes)}")
    if not all(code in DTYPE_RANGE for code in codes):
        yield Fault(place, f"codes have to lie between -128 and 127, found {listing(codes)}")


def is_integer(level: Any) -> bool:
    """Return whether a level's id is a whole number, or text that spells one."""
    if isinstance(level, bool):
        return False
    try:
        return float(level).is_integer() and int(level) == float(level)
    except (TypeError, ValueError, OverflowError):
        return False


def frame_columns(variables: Iterable[str]) -> list[str]:
    """Return the columns of a harmonised trial in their order."""
    return [*KEY_COLUMNS, *variables]
