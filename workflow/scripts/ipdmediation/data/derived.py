"""A variable that an expression derives from columns of a trial's file, patient by patient."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ipdmediation.data.codes import Code
from ipdmediation.data.conversion import Harmonised, error_cells, to_numbers
from ipdmediation.data.derivation import parse_derivation
from ipdmediation.data.derivation_tree import (
    Choice,
    Column,
    Derivation,
    Elapsed,
    IsText,
    Kind,
    Literal,
    Node,
    Step,
    column_names,
)
from ipdmediation.data.distinct import flagged
from ipdmediation.data.elapsed import to_elapsed
from ipdmediation.data.mapping import ColumnMapping
from ipdmediation.data.matching import is_missing, match_codes
from ipdmediation.data.reading.raw_table import Mask, RawTable, is_error

Numbers = npt.NDArray[np.float64]
#: Values of a part, a row each: numbers with nan, truth values as 1, 0 and nan, or cells with None.
Values = npt.NDArray[Any]

_COMPARED: Mapping[str, Callable[[Numbers, Numbers], Mask]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
#: What is missing where any of the numbers is.
_COMPUTED: Mapping[str, Callable[..., Numbers]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "negative": np.negative,
    "abs": np.abs,
    "log": np.log,
    "sqrt": np.sqrt,
    "min": lambda *parts: np.min(parts, axis=0),
    "max": lambda *parts: np.max(parts, axis=0),
    "sum": lambda *parts: np.sum(parts, axis=0),
    "mean": lambda *parts: np.mean(parts, axis=0),
    "round": lambda part, digits=None: _rounded(part, 0 if digits is None else int(digits[0])),
}
_NOT_FINITE = {
    "/": "divides by 0 or by nearly 0",
    "log": "takes the logarithm of a number that is not above 0",
    "sqrt": "takes the root of a negative number",
}


def to_derived(
    raw: RawTable, column: ColumnMapping, *, numbers: bool, missing: Collection[Code], decimal: str
) -> Harmonised:
    """Return what an expression comes to for each patient.

    A part is computed only for those patients for whom it counts: not the value of a choice that is not
    taken, nor what `and`, `or` and `first_known` do not come to. Arithmetic, comparisons and functions are
    missing where any of what they need is missing, `and` and `or` where the known parts do not decide.

    Parameters
    ----------
    raw : RawTable
        The trial's file.
    column : ColumnMapping
        Has the expression, and says how stamps are written. Its `codes` are, where numbers are derived, what
        cells stand for that are no numbers.
    numbers : bool
        Whether the variable is continuous.
    missing : collection of Code
        Codes that mean missing in each of the columns.
    decimal : str
        Decimal mark of text.

    Returns
    -------
    Harmonised
        Its data are float64, or cells: numbers, truth values, texts and the file's own codes.
    """
    derivation = parse_derivation(str(column.derive), numbers=numbers)
    evaluation = _Evaluation(raw, column, derivation, numbers=numbers, missing=missing, decimal=decimal)
    return evaluation.result()


class _Evaluation:
    """An expression on its way: what its columns hold, and to which patients what happened."""

    def __init__(
        self,
        raw: RawTable,
        column: ColumnMapping,
        derivation: Derivation,
        *,
        numbers: bool,
        missing: Collection[Code],
        decimal: str,
    ) -> None:
        self._raw = raw
        self._column = column
        self._derivation = derivation
        self._numbers = numbers
        self._missing = list(missing)
        self._decimal = decimal
        self._happened = {kind: self._nobody() for kind in ("missing_coded", "recoded", "incomplete")}
        self._missing_found: set[Code] = set()
        self._problems: dict[str, None] = {}
        self._coded: dict[tuple[str, bool], pd.Series[Any]] = {}
        self._read_as_numbers: set[str] = set()  # in every row, so that codes for missing were counted

    def result(self) -> Harmonised:
        """Compute the whole."""
        kind = self._derivation.kind
        with np.errstate(all="ignore"):  # what is not finite is found where it comes up
            values = self._values(self._derivation.tree, ~self._nobody())
        for name, uses in self._derivation.uses.items():
            for by_value in {use is not Kind.CODE for use in uses}:
                if not (by_value and name in self._read_as_numbers):
                    self._codes_for_missing(name, by_value=by_value)
        if not self._numbers:
            values = _cells(values, kind)
        data = pd.Series(values, index=self._raw.frame.index, dtype="float64" if self._numbers else object)
        return Harmonised(
            data,
            converted=data.notna().to_numpy(),
            missing_found=frozenset(self._missing_found),
            problems=list(self._problems),
            **self._happened,
        )

    def _values(self, node: Node, where: Mask) -> Values:
        """Return the values of a part in some rows; what stands in the others does not matter."""
        values: Values
        match node:
            case _ if not where.any():
                values = _nothing(node.kind, len(where))
            case Literal():
                values = np.full(len(where), node.value, dtype=object if node.kind is Kind.CODE else float)
            case Column(kind=Kind.NUMBER):
                values = self._numbers_of(node.name, where)
            case Column():
                values = self._cells_of(node.name, where)
            case Elapsed():
                values = self._elapsed(node, where)
            case IsText():
                values = self._is_text(node, where)
            case Choice():
                values = self._choice(node, where)
            case Step():
                values = self._step(node, where)
        return values

    def _numbers_of(self, name: str, where: Mask) -> Numbers:
        part = self._raw.where(where)
        codes = (self._column.codes or {}) if self._numbers else {}
        found = to_numbers(part, name, codes=codes, missing=self._missing, decimal=self._decimal)
        if where.all():
            self._read_as_numbers.add(name)
        return self._spread(found, where, f"column {name!r}")

    def _elapsed(self, node: Elapsed, where: Mask) -> Numbers:
        column = replace(self._column, derive=None, start=node.start, end=node.end)
        part = self._raw.where(where)
        found = to_elapsed(part, column, unit=node.unit, missing=self._missing, decimal=self._decimal)
        return self._spread(found, where, f"{node.start} to {node.end}")

    def _spread(self, found: Harmonised, where: Mask, place: str) -> Numbers:
        """Return numbers of some rows as those of all, and note what happened to them."""
        self._problems |= dict.fromkeys(f"{place}: {problem}" for problem in found.problems)
        self._missing_found |= found.missing_found
        for kind, mask in self._happened.items():
            happened = getattr(found, kind)
            if happened is not None:
                mask[where] |= happened
        values = np.full(len(where), np.nan)
        values[where] = found.data.to_numpy(dtype=np.float64)
        return values

    def _cells_of(self, name: str, where: Mask) -> Values:
        """Return the cells of a column as they stand in the file, None where nothing does."""
        coded, part = self._codes_for_missing(name, by_value=False), self._raw.where(where)
        errors = flagged(part[name], is_error) & coded[where].isna().to_numpy()
        told = error_cells(part.of(name), part[name], errors)
        self._problems |= dict.fromkeys(f"column {name!r}: {problem}" for problem in told)
        cells = self._raw[name].to_numpy(dtype=object).copy()
        cells[coded.notna().to_numpy() | self._is_empty(name)] = None
        return cells

    def _codes_for_missing(self, name: str, *, by_value: bool) -> pd.Series[Any]:
        """Return which cells of a column are a code for missing, and count them once."""
        if (name, by_value) not in self._coded:
            decimal = self._decimal_of(name)
            found = match_codes(self._raw[name], self._missing, decimal=decimal, by_value=by_value)
            self._coded[name, by_value] = found
            self._happened["missing_coded"] |= found.notna().to_numpy()
            self._missing_found |= set(found.dropna())
        return self._coded[name, by_value]

    def _is_text(self, node: IsText, where: Mask) -> Numbers:
        cells, decimal = pd.Series(self._values(node.part, where), dtype=object), self._decimal
        unknown = cells.isna().to_numpy()
        if isinstance(node.part, Column):
            # which code a cell is depends on how the column writes its numbers elsewhere
            cells, decimal = self._raw[node.part.name], self._decimal_of(node.part.name)
        found = match_codes(cells, [Code(node.text)], decimal=decimal).notna().to_numpy()
        return np.where(unknown, np.nan, found == node.equal)

    def _choice(self, node: Choice, where: Mask) -> Values:
        test = self._values(node.test, where)
        values = _nothing(node.kind, len(where))
        for part, chosen in ((node.yes, where & (test == 1)), (node.no, where & (test == 0))):
            found = self._values(part, chosen)
            values[chosen] = (_cells(found, part.kind) if node.kind is Kind.CODE else found)[chosen]
        return values

    def _step(self, node: Step, where: Mask) -> Values:
        if node.name in ("and", "or"):
            return self._joined(node, where)
        if node.name == "first_known":
            return self._first_known(node, where)
        if node.name == "is_missing":
            return self._asked(node.parts[0], where).astype(np.float64)
        parts = [self._values(part, where) for part in node.parts]
        if node.name == "not":
            return 1 - parts[0]
        unknown = np.any(np.isnan(parts), axis=0)
        if node.name in _COMPARED:
            return np.where(unknown, np.nan, _COMPARED[node.name](parts[0], parts[1]))
        values = _COMPUTED[node.name](*parts)
        self._check_finite(node, where & ~unknown & ~np.isfinite(values))
        return values

    def _joined(self, node: Step, where: Mask) -> Numbers:
        """Join conditions by Kleene's logic: a known part that decides does so whatever the others are."""
        decides = 0.0 if node.name == "and" else 1.0
        values = np.full(len(where), 1 - decides)
        for part in node.parts:
            found = self._values(part, where & (values != decides))
            unknown = np.isnan(values) | np.isnan(found)
            joined = np.where(unknown, np.nan, 1 - decides)
            values = np.where((values == decides) | (found == decides), decides, joined)
        return values

    def _first_known(self, node: Step, where: Mask) -> Values:
        values = _nothing(node.kind, len(where))
        for part in node.parts:
            open_yet = where & pd.isna(values)
            found = self._values(part, open_yet)
            values[open_yet] = (_cells(found, part.kind) if node.kind is Kind.CODE else found)[open_yet]
        return values

    def _asked(self, node: Node, where: Mask) -> Mask:
        """Return where a part is missing."""
        if not (isinstance(node, Column) and node.kind is None):
            return np.asarray(pd.isna(self._values(node, where)), dtype=bool)
        uses = self._derivation.uses[node.name]
        by_value = Kind.CODE not in uses or Kind.NUMBER in uses
        coded = self._codes_for_missing(node.name, by_value=by_value).notna().to_numpy()
        if node.name in self._derivation.stamps:
            itself = replace(self._column, derive=None, start=node.name, end=node.name)
            stamps = to_elapsed(
                self._raw, itself, unit="day", missing=self._missing, decimal=self._decimal
            ).missing_coded
            coded = coded if stamps is None else coded | stamps
        return coded | self._is_empty(node.name)

    def _check_finite(self, node: Step, bad: Mask) -> None:
        """Note the rows in which a step comes to no number although all that it needs is known."""
        if not bad.any():
            return
        names = column_names(node)
        # not what stands there: together the cells of a row may tell who a patient is
        columns = f", from {', '.join(names)}" if names else ""
        place = self._raw.of(*names).place(bad)
        self._problems[
            f"`{node.text}` {_NOT_FINITE.get(node.name, 'is too large a number')} in {place}{columns}"
            "; allowed: numbers (or say for which patients there is none: `missing if ... else ...`)"
        ] = None

    def _decimal_of(self, name: str) -> str:
        return self._raw.of(name).decimal or self._decimal

    def _is_empty(self, name: str) -> Mask:
        return flagged(self._raw[name], is_missing)

    def _nobody(self) -> Mask:
        return np.zeros(len(self._raw), dtype=bool)


def _rounded(values: Numbers, digits: int) -> Numbers:
    """Round as Python does: a half to the even neighbour, each number as it is stored."""
    return np.array([value if np.isnan(value) else round(float(value), digits) for value in values])


def _nothing(kind: Kind | None, rows: int) -> Values:
    """Return a missing value for each row."""
    return np.full(rows, None if kind is Kind.CODE else np.nan)


def _cells(values: Values, kind: Kind | None) -> Values:
    """Return values as cells of a file: numbers, truth values or what they are, with None for missing."""
    if kind is Kind.CODE:
        return values
    unknown = np.isnan(values)
    cells = values.astype(bool).astype(object) if kind is Kind.TRUTH else values.astype(object)
    cells[unknown] = None
    return cells
