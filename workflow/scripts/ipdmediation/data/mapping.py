"""From a trial's own columns, codes and units to the common variables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from ipdmediation.data.errors import ConfigurationError, DataError, MappingError, listing, raise_all
from ipdmediation.data.schema import check_contract, conform
from ipdmediation.data.units import check_conversion, convert
from ipdmediation.data.variables import ARMS, Variable

QUALITY_COLUMNS = (
    "variable",
    "column",
    "n",
    "missing",
    "missing_coded",
    "recoded",
    "converted",
    "out_of_range",
)


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
    constant : str or None
        One value for every patient, already a common one.
    absent : bool
        The trial did not record the variable: missing for every patient.
    unit : str or None
        Unit of the trial's column; None is the common unit.
    codes : dict or None
        The trial's code to the common one; None where they are the same.
    missing : frozenset of str
        Codes that mean missing in this column.
    out_of_range : {"error", "missing"}
        What a value outside the variable's range becomes.
    """

    column: str | None = None
    start: str | None = None
    end: str | None = None
    stamp_format: str | None = None
    constant: str | None = None
    absent: bool = False
    unit: str | None = None
    codes: dict[str, str] | None = None
    missing: frozenset[str] = frozenset()
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
    label : str
        The trial's name in figures and tables.
    decimal : str
        Decimal mark of numbers that the file holds as text.
    missing : frozenset of str
        Codes that mean missing in the column of every variable.
    patient : str
        Column of the patient's id.
    treatment : str
        Column of the randomised arm.
    treatment_codes : dict
        The trial's code of an arm to `control` or `treated`.
    variables : dict
        One `ColumnMapping` a common variable.
    """

    label: str
    patient: str
    treatment: str
    treatment_codes: dict[str, str]
    variables: dict[str, ColumnMapping]
    decimal: str = "."
    missing: frozenset[str] = frozenset()

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> TrialMapping:
        """Build it from a trial's mapping file, which `trial.schema.yaml` has checked."""
        return cls(
            label=str(mapping["label"]),
            decimal=str(mapping["source"].get("options", {}).get("decimal", ".")),
            missing=_codes(mapping.get("missing", ())),
            patient=str(mapping["patient"]["column"]),
            treatment=str(mapping["treatment"]["column"]),
            treatment_codes=_code_map(mapping["treatment"]["codes"]),
            variables={name: _column_mapping(entry) for name, entry in mapping["variables"].items()},
        )


@dataclass(frozen=True)
class HarmonisedTrial:
    """A trial in the common variables.

    Parameters
    ----------
    frame : DataFrame
        `trial`, `patient`, `treatment` and one column a variable, one row a patient, in the file's order.
    quality : DataFrame
        What happened to each variable, in numbers of patients: `variable`, `column` (where from), `n`,
        `missing` (in the harmonised column), and of all n: `missing_coded` (a code for missing), `recoded`
        (through a code map), `converted` (to another unit, or computed from two stamps), `out_of_range` (set
        to missing).
    """

    frame: pd.DataFrame
    quality: pd.DataFrame


@dataclass
class _Harmonised:
    """One variable on its way: its column so far and what happened to them."""

    data: pd.Series[Any]
    missing_coded: int = 0
    recoded: int = 0
    converted: int = 0
    out_of_range: int = 0
    problems: list[str] = field(default_factory=list)


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


def harmonise_trial(
    raw: pd.DataFrame,
    *,
    mapping: TrialMapping,
    trial: str,
    variables: Mapping[str, Variable],
    file: str,
) -> HarmonisedTrial:
    """Return a trial in the common variables, and what that took.

    Parameters
    ----------
    raw : DataFrame
        The trial's file as `reading.read_raw` returns it, one row a patient.
    mapping : TrialMapping
        How its columns become the common variables.
    trial : str
        The trial's id.
    variables : mapping
        The study's variables by name.
    file : str
        Name of the file in messages.

    Returns
    -------
    HarmonisedTrial

    Raises
    ------
    ConfigurationError
        Where a unit of the mapping does not lead to the common one.
    MappingError
        One error for everything in the file that does not fit, each with its column, the number of rows, the
        values found and the allowed ones.
    """
    unmapped = [name for name in variables if name not in mapping.variables]
    unknown = [name for name in mapping.variables if name not in variables]
    if unmapped or unknown:
        raise MappingError(
            f"{file}: the mapping of trial {trial!r} lacks {listing(unmapped) or 'nothing'} and names "
            f"{listing(unknown) or 'nothing'} that the study does not have; "
            f"allowed: {listing(variables, limit=99)}"
        )
    check_units(mapping, variables, file=file)
    _check_columns(raw, mapping, variables, file)

    patient = raw[mapping.patient].map(_identifier)
    arm_codes = _normalised(raw[mapping.treatment], mapping.decimal)
    treatment = _categories(arm_codes, mapping.treatment_codes, ARMS)
    problems = [*_patient_problems(patient, mapping.patient)]
    problems += [f"column {mapping.treatment!r} (treatment): {text}" for text in treatment.problems]
    if treatment.data.isna().any() and not treatment.problems:
        rows = treatment.data.isna()
        problems.append(
            f"column {mapping.treatment!r} (treatment): {_rows(rows)} without an arm; "
            f"allowed: {listing(mapping.treatment_codes)}"
        )
    done = {name: _harmonise(raw, variables[name], mapping) for name in variables}
    for name, result in done.items():
        origin = mapping.variables[name].origin
        problems += [f"column {origin!r} ({name}): {text}" for text in result.problems]
    raise_all(problems, MappingError, f"{file}: trial {trial!r} does not fit its mapping ({len(raw)} rows):")

    frame = conform(
        pd.DataFrame(
            {"trial": trial, "patient": patient, "treatment": treatment.data.map(ARMS)}
            | {name: result.data for name, result in done.items()}
        ),
        variables,
    )
    quality = [_quality_row("treatment", mapping.treatment, treatment)]
    quality += [_quality_row(name, mapping.variables[name].origin, result) for name, result in done.items()]
    return HarmonisedTrial(
        frame=check_contract(frame, variables, file=file),
        quality=pd.DataFrame(quality, columns=list(QUALITY_COLUMNS)),
    )


def normalise_code(value: object, *, decimal: str = ".") -> str | None:
    """Return a code as text, the same for 1, 1.0, "1" and " 01 "; None where nothing stands.

    Examples
    --------
    >>> [normalise_code(code) for code in (1, 1.0, " 1", "M", True, float("nan"), "")]
    ['1', '1', '1', 'M', '1', None, None]
    """
    if isinstance(value, str):
        text = value.strip()
        if not _number_pattern(decimal).fullmatch(text):
            return text or None
        value = float(text.replace(decimal, "."))
    elif value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return str(int(value))
    if isinstance(value, (int, float, np.integer, np.floating)):
        number = float(value)
        if np.isnan(number):
            return None
        return str(int(number)) if number.is_integer() else repr(number)
    return str(value)


def _harmonise(raw: pd.DataFrame, variable: Variable, mapping: TrialMapping) -> _Harmonised:
    column = mapping.variables[variable.name]
    missing = mapping.missing | column.missing
    if column.absent:
        return _Harmonised(pd.Series(np.nan, index=raw.index))
    if column.constant is not None:
        constant = pd.Series(column.constant, index=raw.index, dtype="str")
        return _typed(constant, constant, variable, column, decimal=".")
    if column.start is not None:
        return _ranged(_elapsed(raw, variable, column, missing), variable, column)
    source = raw[str(column.column)]
    codes = _normalised(source, mapping.decimal)
    coded_missing = codes.isin(missing)
    result = _typed(
        source.mask(coded_missing), codes.mask(coded_missing), variable, column, decimal=mapping.decimal
    )
    result.missing_coded = int(coded_missing.sum())
    return result


def _typed(
    source: pd.Series[Any],
    codes: pd.Series[Any],
    variable: Variable,
    column: ColumnMapping,
    *,
    decimal: str,
) -> _Harmonised:
    if variable.type == "continuous":
        result = _numbers(source, decimal)
        if not result.problems and column.unit is not None and column.unit != variable.unit:
            values = convert(result.data.to_numpy(), column.unit, str(variable.unit))
            result.data = pd.Series(values, index=source.index)
            result.converted = int(result.data.notna().sum())
        return _ranged(result, variable, column)
    allowed = variable.level_labels if variable.levels else [str(code) for code in variable.codes]
    result = _categories(codes, column.codes, allowed)
    if variable.type != "categorical" and not result.problems:
        result.data = pd.to_numeric(result.data).astype("Int8")
    return result


def _categories(
    codes: pd.Series[Any], code_map: Mapping[str, str] | None, allowed: Iterable[str]
) -> _Harmonised:
    """Map codes to common ones; without a map they are the common ones already."""
    known = code_map if code_map is not None else {level: level for level in allowed}
    unknown = codes.notna() & ~codes.isin(list(known))
    result = _Harmonised(codes.map(known))
    if unknown.any():
        result.problems.append(
            f"{_rows(unknown)} hold codes without a mapping, {listing(sorted(set(codes[unknown])))}; "
            f"allowed: {listing(known)}"
        )
    if code_map is not None:
        result.recoded = int(codes.notna().sum())
    return result


def _numbers(source: pd.Series[Any], decimal: str) -> _Harmonised:
    if pd.api.types.is_numeric_dtype(source.dtype):
        return _Harmonised(pd.Series(source.to_numpy("float64", na_value=np.nan), index=source.index))
    if pd.api.types.is_datetime64_any_dtype(source.dtype):
        return _Harmonised(source, problems=["holds time stamps; allowed: numbers"])
    cells = source.map(lambda cell: cell.strip() if isinstance(cell, str) else cell)
    pattern = _number_pattern(decimal)
    bad = cells.map(
        lambda cell: not pattern.fullmatch(cell) if isinstance(cell, str) else not _is_number_or_missing(cell)
    ).astype(bool)
    bad &= cells.ne("").fillna(False)
    if bad.any():
        return _Harmonised(
            source,
            problems=[
                f"{_rows(bad)} hold {listing(sorted(set(map(str, cells[bad]))))}; "
                f"allowed: numbers with decimal mark {decimal!r}"
            ],
        )
    plain = cells.map(lambda cell: cell.replace(decimal, ".") if isinstance(cell, str) else cell)
    return _Harmonised(pd.to_numeric(plain.replace("", np.nan)).astype("float64"))


def _elapsed(
    raw: pd.DataFrame, variable: Variable, column: ColumnMapping, missing: frozenset[str]
) -> _Harmonised:
    """Return the time from the first stamp to the second, in the variable's unit."""
    start = _stamps(raw[str(column.start)], column.stamp_format, missing)
    end = _stamps(raw[str(column.end)], column.stamp_format, missing)
    problems = [
        f"{name!r}: {text}"
        for name, result in ((column.start, start), (column.end, end))
        for text in result.problems
    ]
    if problems:
        return _Harmonised(start.data, problems=problems)
    seconds = (end.data - start.data).dt.total_seconds()
    elapsed = convert(seconds.to_numpy("float64", na_value=np.nan), "second", str(variable.unit))
    result = _Harmonised(pd.Series(elapsed, index=raw.index))
    result.converted = int(result.data.notna().sum())
    result.missing_coded = start.missing_coded + end.missing_coded
    return result


def _stamps(source: pd.Series[Any], stamp_format: str | None, missing: frozenset[str]) -> _Harmonised:
    coded_missing = source.map(lambda cell: normalise_code(cell) in missing).astype(bool)
    cells = source.mask(coded_missing)
    if pd.api.types.is_numeric_dtype(source.dtype):
        bad = cells.notna()
        stamps = pd.Series(pd.NaT, index=source.index)
    else:
        cells = cells.map(lambda cell: cell.strip() or None if isinstance(cell, str) else cell)
        text = cells.map(lambda cell: isinstance(cell, str))
        stamps = pd.to_datetime(cells.where(text), format=stamp_format or "ISO8601", errors="coerce")
        stamps = stamps.where(text, pd.to_datetime(cells.where(~text), errors="coerce"))
        bad = cells.notna() & stamps.isna()
    result = _Harmonised(stamps, missing_coded=int(coded_missing.sum()))
    if bad.any():
        result.problems.append(
            f"{_rows(bad)} hold {listing(sorted(set(map(str, cells[bad]))))}; "
            f"allowed: time stamps written as {stamp_format or 'ISO 8601 (2015-03-01 14:30)'}"
        )
    return result


def _ranged(result: _Harmonised, variable: Variable, column: ColumnMapping) -> _Harmonised:
    if result.problems:
        return result
    values = result.data
    low = -np.inf if variable.minimum is None else variable.minimum
    high = np.inf if variable.maximum is None else variable.maximum
    outside = values.notna() & ~(values.between(low, high) & np.isfinite(values))
    if not outside.any():
        return result
    if column.out_of_range == "missing":
        result.data = values.mask(outside)
        result.out_of_range = int(outside.sum())
    else:
        found = listing(f"{value:g}" for value in sorted(set(values[outside])))
        result.problems.append(
            f"{_rows(outside)} outside the range, {found}; allowed: {variable.allowed} "
            "(or say `out_of_range: missing` in the variable's mapping)"
        )
    return result


def _check_columns(
    raw: pd.DataFrame, mapping: TrialMapping, variables: Mapping[str, Variable], file: str
) -> None:
    needed: dict[str, tuple[str, ...]] = {"patient": (mapping.patient,), "treatment": (mapping.treatment,)}
    needed |= {name: mapping.variables[name].columns for name in variables}
    problems = [
        f"column {column!r} ({name}) is not in the file"
        for name, columns in needed.items()
        for column in columns
        if column not in raw.columns
    ]
    raise_all(problems, MappingError, f"{file}: the file's columns are {listing(raw.columns, limit=60)}:")


def _patient_problems(patient: pd.Series[Any], column: str) -> list[str]:
    problems = []
    if patient.isna().any():
        rows = _rows(patient.isna())
        problems.append(f"column {column!r} (patient): {rows} without an id; allowed: an id a row")
    repeated = patient.notna() & patient.duplicated(keep=False)
    if repeated.any():
        problems.append(
            f"column {column!r} (patient): {_rows(repeated)} share an id, "
            f"{listing(sorted(set(patient[repeated])))}; allowed: each patient once"
        )
    return problems


def _quality_row(name: str, origin: str, result: _Harmonised) -> tuple[object, ...]:
    return (
        name,
        origin,
        len(result.data),
        int(result.data.isna().sum()),
        result.missing_coded,
        result.recoded,
        result.converted,
        result.out_of_range,
    )


def _rows(mask: pd.Series[bool]) -> str:
    count = int(mask.sum())
    return f"{count} {'row' if count == 1 else 'rows'} (first: row {int(np.argmax(mask.to_numpy())) + 1})"


def _identifier(value: object) -> str | None:
    """Return a patient's id as text: what a number was is written without decimals, text is kept as it is."""
    if isinstance(value, str):
        return value.strip() or None
    return normalise_code(value)


def _normalised(source: pd.Series[Any], decimal: str) -> pd.Series[Any]:
    codes = {value: normalise_code(value, decimal=decimal) for value in source.unique()}
    return source.map(codes).astype("object").where(source.notna(), None)


def _is_number_or_missing(cell: object) -> bool:
    if cell is None or cell is pd.NaT or cell is pd.NA:
        return True
    return isinstance(cell, (int, float, np.integer, np.floating)) and not isinstance(cell, bool)


def _number_pattern(decimal: str) -> re.Pattern[str]:
    mark = re.escape(decimal)
    return re.compile(rf"[+-]?(\d+({mark}\d*)?|{mark}\d+)([eE][+-]?\d+)?")


def _codes(values: Iterable[object]) -> frozenset[str]:
    return frozenset(code for code in map(normalise_code, values) if code is not None)


def _code_map(codes: Mapping[Any, Any]) -> dict[str, str]:
    mapped: dict[str, str] = {}
    for code, level in codes.items():
        source, target = normalise_code(code), normalise_code(level)
        if source is None or target is None:
            raise DataError(f"an empty code in {dict(codes)!r}")
        mapped[source] = target
    return mapped


def _column_mapping(entry: Mapping[str, Any]) -> ColumnMapping:
    return ColumnMapping(
        column=entry.get("column"),
        start=entry.get("from"),
        end=entry.get("to"),
        stamp_format=entry.get("format"),
        constant=normalise_code(entry.get("constant")),
        absent=bool(entry.get("absent", False)),
        unit=entry.get("unit"),
        codes=None if entry.get("codes") is None else _code_map(entry["codes"]),
        missing=_codes(entry.get("missing", ())),
        out_of_range=entry.get("out_of_range", "error"),
    )
