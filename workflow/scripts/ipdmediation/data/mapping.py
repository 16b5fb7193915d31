"""What a trial's mapping states: where each common variable comes from, in which unit and codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ipdmediation.data.codes import Code
from ipdmediation.data.errors import ConfigurationError, raise_all
from ipdmediation.data.units import check_conversion
from ipdmediation.data.variables import Variable

Codes = Mapping[Code, str | float]


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """Where one common variable comes from in a trial's file.

    Exactly one of `column`, (`start`, `end`), `constant` and `absent` is set.

    Parameters
    ----------
    column : str or None
        The trial's own column.
    start, end : str or None
        Two columns of time stamps; the variable is the time from `start` to `end`.
    stamp_format : str or None
        How the stamps are written (strptime); None reads ISO 8601.
    incomplete : {"error", "missing", "start"}
        What a stamp becomes that is less precise than the others: "start" is the start of its day, month or
        year.
    constant : str, float or None
        One value for every patient, already a common one.
    absent : bool
        The trial did not record the variable: missing for every patient.
    unit : str or None
        Unit of the trial's column; None is the common unit.
    codes : mapping or None
        The trial's code to the common level, or to the number that it stands for in the trial's unit; None
        where they are the same.
    missing : tuple of Code
        Codes that mean missing in this column.
    out_of_range : {"error", "missing"}
        What a value outside the variable's range becomes.
    """

    column: str | None = None
    start: str | None = None
    end: str | None = None
    stamp_format: str | None = None
    incomplete: Literal["error", "missing", "start"] = "error"
    constant: str | float | None = None
    absent: bool = False
    unit: str | None = None
    codes: Codes | None = None
    missing: tuple[Code, ...] = ()
    out_of_range: Literal["error", "missing"] = "error"

    @property
    def columns(self) -> tuple[str, ...]:
        """The trial's columns that the variable needs."""
        return tuple(name for name in (self.column, self.start, self.end) if name is not None)

    @property
    def origin(self) -> str:
        """Where the values come from, in words."""
        if self.start is not None:
            return f"{self.start} to {self.end}"
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
    patient : str
        Column of the patient's id.
    treatment : str
        Column of the randomised arm.
    treatment_codes : mapping
        The trial's code of an arm to `control`, `treated` or `excluded`.
    variables : dict
        One `ColumnMapping` a common variable.
    """

    patient: str
    treatment: str
    treatment_codes: Codes
    variables: dict[str, ColumnMapping]
    trial: str | None = None
    trial_codes: Codes = field(default_factory=dict)
    decimal: str = "."
    missing: tuple[Code, ...] = ()

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> TrialMapping:
        """Build it from what is computed with of a trial's mapping (`plumbing.settings.reading`)."""
        trial = mapping.get("trial", {})
        return cls(
            trial=trial.get("column"),
            trial_codes=_code_map(trial.get("codes", {})),
            decimal=str(mapping["source"].get("options", {}).get("decimal", ".")),
            missing=_codes(mapping.get("missing", ())),
            patient=str(mapping["patient"]["column"]),
            treatment=str(mapping["treatment"]["column"]),
            treatment_codes=_code_map(mapping["treatment"]["codes"]),
            variables={name: _column_mapping(entry) for name, entry in mapping["variables"].items()},
        )

    @property
    def columns(self) -> dict[str, str]:
        """The trial's columns that are read, and what each is for."""
        used = [(self.trial, "trial")] if self.trial is not None else []
        used += [(self.patient, "patient"), (self.treatment, "treatment")]
        used += [(column, name) for name, entry in self.variables.items() for column in entry.columns]
        roles: dict[str, str] = {}
        for column, role in used:
            roles[column] = f"{roles[column]}, {role}" if column in roles else role
        return roles


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
            check_conversion(source, unit)
        except ConfigurationError as error:
            problems.append(f"variable {name!r}: {error}")
    raise_all(problems, ConfigurationError, f"{file}: units that cannot be converted:")


def _codes(values: Iterable[str | float]) -> tuple[Code, ...]:
    return tuple(map(Code, values))


def _code_map(codes: Mapping[str | float, str | float]) -> dict[Code, str | float]:
    return {Code(code): level for code, level in codes.items()}


def _column_mapping(entry: Mapping[str, Any]) -> ColumnMapping:
    return ColumnMapping(
        column=entry.get("column"),
        start=entry.get("from"),
        end=entry.get("to"),
        stamp_format=entry.get("format"),
        incomplete=entry.get("incomplete", "error"),
        constant=entry.get("constant"),
        absent=bool(entry.get("absent", False)),
        unit=entry.get("unit"),
        codes=None if entry.get("codes") is None else _code_map(entry["codes"]),
        missing=_codes(entry.get("missing", ())),
        out_of_range=entry.get("out_of_range", "error"),
    )
