"""What a trial's mapping states: where each common variable comes from, in which unit and codes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ipdmediation.data.codes import Code
from ipdmediation.data.derivation import derivation_columns
from ipdmediation.data.errors import ConfigurationError, raise_all
from ipdmediation.data.joined_columns import file_of, in_file, joined_files, key_of, name_in_file
from ipdmediation.data.substances import Substance, stated_substance
from ipdmediation.data.units import check_conversion
from ipdmediation.data.variables import Variable

Codes = Mapping[Code, str | float]


@dataclass(frozen=True, kw_only=True)
class At:
    """At which of a patient's visits a variable has its value. One of the four is set.

    Parameters
    ----------
    visits : tuple of Code
        Codes of the visit; the first at which there is a value.
    day : float or None
        The visit nearest to this day, from day `low` to day `high`.
    low, high : float
    rule : {"first", "last", "smallest", "largest"} or None
        The first or last visit with a value, or the one with the smallest or largest.
    """

    visits: tuple[Code, ...] = ()
    day: float | None = None
    low: float = -math.inf
    high: float = math.inf
    rule: Literal["first", "last", "smallest", "largest"] | None = None

    @property
    def by_value(self) -> bool:
        """Whether the value itself decides."""
        return self.rule in ("smallest", "largest")


@dataclass(frozen=True, kw_only=True)
class VisitColumns:
    """The columns that say which visit a row is of: its code, its day, or neither."""

    column: str | None = None
    day: str | None = None


@dataclass(frozen=True, kw_only=True)
class JoinedFile:
    """One of several files that are joined for a trial.

    Parameters
    ----------
    name : str
    key : str
        Its column of the patient's id, as it is called in the file.
    visits : VisitColumns or None
        Of a file with a row for each visit; None where each patient has at most one.
    decimal : str
        Decimal mark of numbers that it holds as text.
    """

    name: str
    key: str
    visits: VisitColumns | None = None
    decimal: str = "."

    @property
    def whole_key(self) -> str:
        """The column of the id, named with its file."""
        return in_file(self.name, self.key)


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """Where one common variable comes from in a trial's file.

    Exactly one of `column`, (`start`, `end`), `derive`, `constant` and `absent` is set.

    Parameters
    ----------
    column : str or None
        The trial's own column.
    start, end : str or None
        Two columns of time stamps; the variable is the time from `start` to `end`.
    derive : str or None
        An expression on columns, as `derivation.parse_derivation` reads it.
    stamp_format : str or None
        How the stamps are written (strptime); None reads ISO 8601.
    pivot : int or None
        Years of two digits below it are 20xx, the others 19xx.
    timezone : str or None
        Where the clocks are of stamps without an offset from UTC; None where clocks did not change.
    ambiguous : {"error", "first", "second", "missing"}
        What a time becomes that such a clock showed twice; "missing" holds for one that it never showed, too.
    incomplete : {"error", "missing", "start"}
        What a stamp becomes that is less precise than the others: "start" is the start of its day, month or
        year.
    constant : str, float or None
        One value for every patient, already a common one.
    absent : bool
        The trial did not record the variable: missing for every patient.
    unit : str or None
        Unit of the trial's column, or of what is derived; None is the common unit.
    substance : Substance or None
        Of what the values are amounts.
    codes : mapping or None
        The trial's code, or what is derived, to the common level; of a continuous variable what stands in a
        column instead of a number, to the number that it stands for. None where they are the same.
    missing : tuple of Code
        Codes that mean missing in this column.
    out_of_range : {"error", "missing"}
        What a value outside the variable's range becomes.
    at : At or None
        At which visit, in a file with a row for each; None where the patient's rows have to agree.
    """

    column: str | None = None
    start: str | None = None
    end: str | None = None
    derive: str | None = None
    stamp_format: str | None = None
    pivot: int | None = None
    timezone: str | None = None
    ambiguous: Literal["error", "first", "second", "missing"] = "error"
    incomplete: Literal["error", "missing", "start"] = "error"
    constant: str | float | None = None
    absent: bool = False
    unit: str | None = None
    substance: Substance | None = None
    codes: Codes | None = None
    missing: tuple[Code, ...] = ()
    out_of_range: Literal["error", "missing"] = "error"
    at: At | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The trial's columns that the variable needs."""
        if self.derive is not None:
            return derivation_columns(self.derive)
        return tuple(name for name in (self.column, self.start, self.end) if name is not None)

    @property
    def origin(self) -> str:
        """Where the values come from, in words."""
        if self.start is not None:
            return f"{self.start} to {self.end}"
        if self.derive is not None:
            return f"derived: {' '.join(self.derive.split())}"
        if self.constant is not None:
            return f"constant {self.constant}"
        return "absent" if self.absent else str(self.column)


@dataclass(frozen=True, kw_only=True)
class TrialMapping:
    """How one trial's file becomes the common variables.

    Parameters
    ----------
    decimal : str
        Decimal mark of numbers that the file holds as text.
    missing : tuple of Code
        Codes that mean missing in the column of every variable.
    trial : str or None
        Column of the trial, of a file that holds several.
    trial_codes : mapping
        The file's code of a trial to its id, or to `excluded`; empty where the file is one trial's.
    visits : VisitColumns or None
        Of a file with a row for each visit; None where each patient has one row.
    patient : str or None
        Column of the patient's id; None where the row's number takes its place.
    treatment : str
        Column of the randomised arm.
    treatment_at : At or None
        Which row says the arm of a patient who was randomised again; None where the rows have to agree.
    treatment_codes : mapping
        The trial's code of an arm to `control`, `treated` or `excluded`.
    variables : dict
        One `ColumnMapping` a common variable.
    files : tuple of JoinedFile
        The files that are joined, that of the patients first; every column is then named with its file. Empty
        where there is one file.
    """

    patient: str | None
    treatment: str
    treatment_codes: Codes
    variables: dict[str, ColumnMapping]
    treatment_at: At | None = None
    trial: str | None = None
    trial_codes: Codes = field(default_factory=dict)
    visits: VisitColumns | None = None
    decimal: str = "."
    missing: tuple[Code, ...] = ()
    files: tuple[JoinedFile, ...] = ()

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> TrialMapping:
        """Build it from what is computed with of a trial's mapping (`plumbing.settings.reading`)."""
        trial = mapping.get("trial", {})
        files = _joined_files(mapping)
        visits = VisitColumns(**mapping["visits"]) if "visits" in mapping else None
        return cls(
            files=files,
            trial=trial.get("column"),
            trial_codes=_code_map(trial.get("codes", {})),
            visits=files[0].visits if files else visits,
            decimal=files[0].decimal if files else _decimal(mapping["source"]),
            missing=_codes(mapping.get("missing", ())),
            patient=files[0].whole_key if files else mapping["patient"].get("column"),
            treatment=str(mapping["treatment"]["column"]),
            treatment_codes=_code_map(mapping["treatment"]["codes"]),
            treatment_at=_at(mapping["treatment"]["at"]) if "at" in mapping["treatment"] else None,
            variables={name: _column_mapping(entry) for name, entry in mapping["variables"].items()},
        )

    @property
    def visit_column(self) -> str | None:
        """Column of the visit's code."""
        return None if self.visits is None else self.visits.column

    @property
    def columns(self) -> dict[str, str]:
        """The trial's columns that are read, and what each is for."""
        visit_day = None if self.visits is None else self.visits.day
        stated = (
            (self.trial, "trial"),
            (self.visit_column, "visit"),
            (visit_day, "day of the visit"),
            (self.patient, "patient"),
            (self.treatment, "treatment"),
        )
        used = [(column, role) for column, role in stated if column is not None]
        used += [(column, name) for name, entry in self.variables.items() for column in entry.columns]
        roles: dict[str, str] = {}
        for column, role in used:
            roles[column] = f"{roles[column]}, {role}" if column in roles else role
        return roles

    def file(self, name: str) -> JoinedFile:
        """Return one of the joined files."""
        return next(file for file in self.files if file.name == name)

    def columns_of(self, name: str) -> dict[str, str]:
        """Return the columns that are read of a joined file, as it calls them, and what each is for."""
        file = self.file(name)
        days = () if file.visits is None else (file.visits.column, file.visits.day)
        used = {column: role for column, role in self.columns.items() if file_of(column) == name}
        stated = {file.whole_key: "patient"} | {column: "visit" for column in days if column is not None}
        return {name_in_file(column): role for column, role in (stated | used).items()}


def check_units(mapping: TrialMapping, variables: Mapping[str, Variable], *, file: str) -> None:
    """Raise one error for all units of a mapping that do not lead to the common ones; reads no data.

    Parameters
    ----------
    mapping : TrialMapping
        How the trial's columns become the common variables.
    variables : mapping
        The study's variables by name.
    file : str
        Name of the mapping's file in the message.

    Raises
    ------
    ConfigurationError
        Names each variable and its two units.
    """
    problems = []
    for name, column in mapping.variables.items():
        unit = variables[name].unit
        source = "second" if column.start is not None else column.unit
        if source is None or source == unit:
            continue
        if unit is None:
            problems.append(f"variable {name!r}: the mapping gives unit {source!r}, the variable has none")
            continue
        try:
            check_conversion(source, unit, substance=column.substance)
        except ConfigurationError as error:
            problems.append(f"variable {name!r}: {error}")
    raise_all(problems, ConfigurationError, f"{file}: units that cannot be converted:")


def _codes(values: Iterable[str | float]) -> tuple[Code, ...]:
    return tuple(map(Code, values))


def _code_map(codes: Mapping[str | float, str | float]) -> dict[Code, str | float]:
    return {Code(code): level for code, level in codes.items()}


def _decimal(source: Mapping[str, Any]) -> str:
    return str(source.get("options", {}).get("decimal", "."))


def _joined_files(mapping: Mapping[str, Any]) -> tuple[JoinedFile, ...]:
    stated = joined_files(mapping["source"])
    return tuple(
        JoinedFile(
            name=name,
            key=str(key_of(name, mapping)),
            visits=_visits_in(name, entry["visits"]) if "visits" in entry else None,
            decimal=_decimal(entry),
        )
        for name, entry in stated.items()
    )


def _visits_in(file: str, stated: Mapping[str, str]) -> VisitColumns:
    return VisitColumns(**{kind: in_file(file, column) for kind, column in stated.items()})


def _column_mapping(entry: Mapping[str, Any]) -> ColumnMapping:
    return ColumnMapping(
        column=entry.get("column"),
        start=entry.get("from"),
        end=entry.get("to"),
        derive=entry.get("derive"),
        stamp_format=entry.get("format"),
        pivot=entry.get("two_digit_years", {}).get("pivot"),
        timezone=entry.get("timezone"),
        ambiguous=entry.get("ambiguous", "error"),
        incomplete=entry.get("incomplete", "error"),
        constant=entry.get("constant"),
        absent=bool(entry.get("absent", False)),
        unit=entry.get("unit"),
        substance=stated_substance(entry),
        codes=None if entry.get("codes") is None else _code_map(entry["codes"]),
        missing=_codes(entry.get("missing", ())),
        out_of_range=entry.get("out_of_range", "error"),
        at=_at(entry["at"]) if "at" in entry else None,
    )


def _at(stated: Any) -> At:
    if isinstance(stated, str):
        return At(rule=stated)  # type: ignore[arg-type]  # the schema has checked it
    if "visit" in stated:
        visits = stated["visit"]
        return At(visits=_codes(visits if isinstance(visits, list) else [visits]))
    low, high = stated.get("from", -math.inf), stated.get("to", math.inf)
    return At(day=float(stated["day"]), low=float(low), high=float(high))
