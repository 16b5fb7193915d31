"""From a trial's own columns, codes and units to the common variables."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from textwrap import shorten
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.arms import ARMS
from ipdmediation.data.codes import EXCLUDED, Code, is_whole, number
from ipdmediation.data.contract import Rule
from ipdmediation.data.conversion import Harmonised, to_levels, to_numbers
from ipdmediation.data.derived import to_derived
from ipdmediation.data.elapsed import to_elapsed
from ipdmediation.data.errors import BrokenRuleWarning, MappingError, listing, raise_all
from ipdmediation.data.kept_rules import broken_notices, check_rules
from ipdmediation.data.mapping import At, ColumnMapping, TrialMapping, check_units
from ipdmediation.data.matching import cell_text, is_missing, shown
from ipdmediation.data.quality import by_trial, counted, rows_left_out
from ipdmediation.data.reading.columns import check_columns
from ipdmediation.data.reading.raw_table import SHOWN_ROWS, RawTable, is_error, numbered
from ipdmediation.data.schema import check_contract, conform
from ipdmediation.data.trial_of_row import trial_of_row
from ipdmediation.data.units import convert
from ipdmediation.data.variables import Variable
from ipdmediation.data.visits import Convert, Visits

#: A number as a program writes one of floating point into a text file: with a decimal mark or an exponent.
FLOATING_POINT = re.compile(r"\d+[.,]\d+([eE]\+\d+)?|\d+[eE]\+\d+", re.ASCII)

#: Digits that such a program, a spreadsheet for example, keeps for certain.
SURE_DIGITS = 15


@dataclass(frozen=True)
class HarmonisedTrial:
    """The trial of a file, or its trials, in the common variables.

    Parameters
    ----------
    frame : DataFrame
        `trial`, `patient`, `treatment` (missing for a patient of an excluded arm) and one column per
        variable, one row per patient, in the file's order.
    quality : DataFrame
        What happened to each variable in each `trial`, in numbers of patients: `variable`, `column` (where
        from), `n`, `missing` (in the harmonised column), and of all n: `missing_coded` (a code for missing),
        `recoded` (through a code map), `converted` (to another unit, or computed from stamps or columns),
        `incomplete` (a stamp that was completed or set to missing), `out_of_range` (set to missing).
        `missing_codes_unused` lists the codes for missing that were declared for the variable and occur
        nowhere in the file: its own codes not in its columns, the file's in no column at all. Of a file that
        holds several trials, the first row of each counts its rows (variable `trial`), and the last one of
        all, of trial `excluded`, those of trials that are not pooled. Of a rule of the study's contract
        (variable `contract`), `out_of_range` are those who break it and `missing` those of whom it cannot be
        told.
    notices : list of BrokenRuleWarning
        One for each rule and trial in which patients break a rule that may be broken.
    """

    frame: pd.DataFrame
    quality: pd.DataFrame
    notices: list[BrokenRuleWarning]


def harmonise_trial(
    raw: RawTable,
    *,
    mapping: TrialMapping,
    trial: str,
    variables: Mapping[str, Variable],
    file: str,
    contract: Sequence[Rule] = (),
) -> HarmonisedTrial:
    """Return a trial in the common variables, or all trials of a file, and what that took.

    Parameters
    ----------
    raw : RawTable
        The trial's file as `reading.read_raw` returns it, one row per patient.
    mapping : TrialMapping
        How its columns become the common variables.
    trial : str
        The name of the mapping; the trial's id where the file holds one.
    variables : mapping
        The study's variables by name.
    file : str
        Name of the file in messages.
    contract : sequence of Rule
        What has to hold of the harmonised patients.

    Returns
    -------
    HarmonisedTrial

    Raises
    ------
    ConfigurationError
        Where a unit of the mapping does not lead to the common one.
    MappingError
        One error for everything in the file that does not fit, each with its column, the rows, the values
        found and the allowed ones; another one for rules of the contract that are broken.
    """
    unmapped = [name for name in variables if name not in mapping.variables]
    unknown = [name for name in mapping.variables if name not in variables]
    if unmapped or unknown:
        raise MappingError(
            f"{file}: the mapping of trial {trial!r} lacks {listing(unmapped) or 'nothing'} and names "
            f"{listing(unknown) or 'nothing'} that the study does not have; "
            f"allowed: {listing(variables, limit=99)}"
        )
    _check_patient_column(mapping, file)
    check_units(mapping, variables, file=file)
    check_columns(list(raw.columns), mapping.columns, file=file)
    trials = trial_of_row(raw, mapping, source=trial, file=file)
    left_out = (trials == EXCLUDED).to_numpy()
    raw, trials = raw.where(~left_out), trials[~left_out].reset_index(drop=True)

    patient = _patients(raw, mapping)
    problems = _patient_problems(raw, mapping, patient, trials)
    visits = None
    if mapping.visits is not None:
        visits = Visits.of(raw, mapping, trials=trials, patient=patient)
        problems += visits.problems
        trials, patient = visits.patients["trial"], visits.patients["patient"]

    def each(at: At | None, convert: Convert) -> Harmonised:
        return convert(raw) if visits is None else visits.of_each_patient(at, convert)

    treatment = each(None, lambda rows: _arms(rows, mapping))
    if visits is not None and not treatment.problems and treatment.data.isna().any():
        place = visits.first_rows.place(treatment.data.isna())
        treatment.problems.append(f"no row of the patients of {place} has an arm; allowed: an arm for each")
    problems += [f"column {mapping.treatment!r} (treatment): {text}" for text in treatment.problems]
    done = {
        name: each(mapping.variables[name].at, partial(_harmonise, variable=variables[name], mapping=mapping))
        for name in variables
    }
    for name, result in done.items():
        column = mapping.variables[name]
        place = shorten(column.origin, 100) if column.derive else f"column {column.origin!r}"
        problems += [f"{place} ({name}): {text}" for text in result.problems]
    raise_all(problems, MappingError, f"{file}: trial {trial!r} does not fit its mapping ({len(raw)} rows):")

    frame = conform(
        pd.DataFrame(
            {"trial": trials, "patient": patient, "treatment": treatment.data.map(ARMS)}
            | {name: result.data for name, result in done.items()}
        ),
        variables,
        excluded_arms=True,
    )
    quality = [counted("treatment", mapping.treatment, treatment, (), trials)]
    if mapping.patient is None:
        quality.insert(0, counted("patient", f"number of the {raw.counted}", Harmonised(patient), (), trials))
    if mapping.trial is not None:
        found = Harmonised(trials, recoded=np.ones(len(trials), dtype=bool))
        quality.insert(0, counted("trial", mapping.trial, found, (), trials))
    nowhere = set(mapping.missing).difference(*(result.missing_found for result in done.values()))
    for name, result in done.items():
        column = mapping.variables[name]
        unused = [code for code in column.missing if code not in result.missing_found]
        if column.columns:
            unused += [code for code in mapping.missing if code in nowhere and code not in unused]
        quality.append(counted(name, column.origin, result, unused, trials))
    frame = check_contract(frame, variables, file=file, excluded_arms=True)
    rows = raw if visits is None else visits.first_rows
    kept = check_rules(frame, contract, rows=rows, file=file)
    quality += [rule.counted(frame["trial"]) for rule in kept]
    if left_out.any():
        quality.append(rows_left_out(str(mapping.trial), int(left_out.sum())))
    return HarmonisedTrial(
        frame=frame,
        quality=by_trial(quality, list(trials.unique())),
        notices=broken_notices(kept, frame["trial"], rows=rows, numbers=mapping.patient is not None),
    )


def _check_patient_column(mapping: TrialMapping, file: str) -> None:
    """Raise where the column of the patient's id is read for something else as well."""
    if mapping.patient is None:
        return
    used = [name for name, column in mapping.variables.items() if mapping.patient in column.columns]
    used += [name for name in ("treatment", "trial") if getattr(mapping, name) == mapping.patient]
    if used:
        raise MappingError(
            f"{file}: column {mapping.patient!r} is that of the patient's id, and is read for "
            f"{listing(used)} too; allowed: a column of its own for each"
        )


def _arms(raw: RawTable, mapping: TrialMapping) -> Harmonised:
    """Return the arm of each patient in words."""
    column, codes = mapping.treatment, mapping.treatment_codes
    result = to_levels(raw, column, codes=codes, missing=(), decimal=mapping.decimal)
    result.recoded = result.data.notna().to_numpy()
    blank = raw[column].map(is_missing).astype(bool) & result.data.isna()
    if blank.any() and mapping.visits is None:
        result.problems.append(f"{raw.place(blank)} without an arm; allowed: {listing(codes)}")
    elif result.problems and EXCLUDED not in codes.values():
        result.problems[-1] += f" (a code of an arm that is not compared: `{EXCLUDED}`)"
    return result


def _harmonise(raw: RawTable, *, variable: Variable, mapping: TrialMapping) -> Harmonised:
    column = mapping.variables[variable.name]
    missing = [*column.missing, *mapping.missing]
    if column.absent:
        return Harmonised(pd.Series(np.nan, index=raw.frame.index))
    if column.constant is not None:
        constant = RawTable.of_rows(pd.DataFrame({column.origin: [column.constant] * len(raw)}, dtype=object))
        return _typed(constant, column.origin, variable, column, missing=(), decimal=".")
    if column.start is not None:
        elapsed = to_elapsed(raw, column, unit=str(variable.unit), missing=missing, decimal=mapping.decimal)
        return _ranged(raw, elapsed, variable, column)
    if column.derive is not None:
        return _derived(raw, variable, column, missing=missing, decimal=mapping.decimal)
    return _typed(raw, str(column.column), variable, column, missing=missing, decimal=mapping.decimal)


def _derived(
    raw: RawTable, variable: Variable, column: ColumnMapping, *, missing: Collection[Code], decimal: str
) -> Harmonised:
    """Return what an expression gives, in the common unit or level."""
    numbers = variable.type == "continuous"
    derived = to_derived(raw, column, numbers=numbers, missing=missing, decimal=decimal)
    if derived.problems or numbers:
        return _ranged(raw, _in_common_unit(derived, variable, column), variable, column)
    cells = replace(raw, frame=pd.DataFrame({column.origin: derived.data}))
    levels = _typed(cells, column.origin, variable, column, missing=(), decimal=decimal)
    return replace(derived, data=levels.data, recoded=levels.recoded, problems=levels.problems)


def _typed(
    raw: RawTable,
    source: str,
    variable: Variable,
    column: ColumnMapping,
    *,
    missing: Collection[Code],
    decimal: str,
) -> Harmonised:
    if variable.type == "continuous":
        result = to_numbers(raw, source, codes=column.codes or {}, missing=missing, decimal=decimal)
        return _ranged(raw, _in_common_unit(result, variable, column), variable, column)
    levels, implied = _levels(variable, column), column.codes is None
    result = to_levels(raw, source, codes=levels, missing=missing, decimal=decimal, implied=implied)
    if column.codes is not None:
        result.recoded = result.data.notna().to_numpy()
    if variable.type != "categorical" and not result.problems:
        result.data = pd.to_numeric(result.data).astype("Int8")
    return result


def _in_common_unit(result: Harmonised, variable: Variable, column: ColumnMapping) -> Harmonised:
    if result.problems or column.unit is None or column.unit == variable.unit:
        return result
    values = convert(result.data.to_numpy(), column.unit, str(variable.unit), substance=column.substance)
    data = pd.Series(values, index=result.data.index)
    return replace(result, data=data, converted=data.notna().to_numpy())


def _levels(variable: Variable, column: ColumnMapping) -> dict[Code, Any]:
    """Return the level that each code means; without a code map the codes are the levels."""
    if column.codes is not None:
        as_level = str if variable.type == "categorical" else lambda level: int(float(level))
        return {code: as_level(level) for code, level in column.codes.items()}
    levels: Collection[str | int] = (
        variable.level_labels if variable.type == "categorical" else variable.codes
    )
    return {Code(level): level for level in levels}


def _ranged(raw: RawTable, result: Harmonised, variable: Variable, column: ColumnMapping) -> Harmonised:
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
        result.out_of_range = outside.to_numpy()
    else:
        found = listing(f"{value:g}" for value in sorted(set(values[outside])))
        cells = [raw[name][outside.to_numpy()][:3] for name in column.columns]
        between = ", " if column.derive else " to "
        written = "; ".join(between.join(map(cell_text, row)) for row in zip(*cells, strict=True))
        result.problems.append(
            f"{raw.place(outside)} outside the range, {found}"
            + (f" (in the file {written})" if written else "")
            + f"; allowed: {variable.allowed} (or say `out_of_range: missing` in the variable's mapping)"
        )
    return result


def _patient_problems(
    raw: RawTable, mapping: TrialMapping, patient: pd.Series[Any], trials: pd.Series[Any]
) -> list[str]:
    """Return one sentence for each kind of row whose id says not, or not for certain, who it is."""
    if mapping.patient is None:
        return []
    problems = []
    cells = raw[mapping.patient]
    errors = cells.map(is_error).astype(bool)
    if errors.any():
        problems.append(f"{raw.holding(errors)} errors of a worksheet, {shown(cells[errors])}; allowed: ids")
    inexact = cells.map(_is_inexact).astype(bool)
    if inexact.any():
        problems.append(
            f"{raw.holding(inexact)} numbers of more digits than the file keeps: two ids may have become "
            "one; allowed: ids as text, or whole numbers below 2^53 (2^24 where the column has single "
            "precision)"
        )
    if patient.isna().any():
        problems.append(f"{raw.place(patient.isna())} without an id; allowed: an id in every row")
    whose = pd.DataFrame({"trial": trials, "patient": patient})
    repeated = patient.notna() & whose.duplicated(keep=False) & (mapping.visits is None)
    if repeated.any() and not (errors | inexact).any():
        problems.append(
            f"{raw.place(repeated)} share an id{_sharing(raw, whose[repeated])}; allowed: each patient once "
            "(where a row is a visit, say `visits:`)"
        )
    return [f"column {mapping.patient!r} (patient): {text}" for text in problems]


def _sharing(raw: RawTable, whose: pd.DataFrame) -> str:
    """Return which rows share which id, without the ids: messages go to logs and terminals."""
    groups = [[raw.rows[place] for place in places] for places in whose.groupby(list(whose)).groups.values()]
    if len(groups) == 1:
        return ""
    told = ": " + "; ".join(numbered(raw.counted, rows) for rows in sorted(groups)[:SHOWN_ROWS])
    return told if len(groups) <= SHOWN_ROWS else f"{told} and {len(groups) - SHOWN_ROWS} more ids"


def _is_inexact(cell: object) -> bool:
    """Return whether an id is a number of floating point so large that it may stand for its neighbour."""
    if isinstance(cell, str):
        text = cell.strip()
        return FLOATING_POINT.fullmatch(text) is not None and float(text.replace(",", ".")) >= 10**SURE_DIGITS
    if not isinstance(cell, (float, np.floating)) or is_missing(cell):
        return False
    precision = type(cell) if isinstance(cell, np.floating) else np.float64
    return bool(abs(float(cell)) >= 2.0 ** (np.finfo(precision).nmant + 1))


def _patients(raw: RawTable, mapping: TrialMapping) -> pd.Series[Any]:
    """Return each row's id as text."""
    if mapping.patient is None:
        return pd.Series([str(row) for row in raw.rows], index=raw.frame.index, dtype=object)
    return raw[mapping.patient].map(_identifier).astype(object)


def _identifier(cell: object) -> str | None:
    """Return a patient's id as text: what a number was is written without decimals, text is kept as it is."""
    if is_missing(cell):
        return None
    if isinstance(cell, str):
        return str(cell).strip() or None
    value = number(cell)
    if value is None:
        return str(cell)
    return str(int(value)) if is_whole(value) else f"{value.normalize():f}"
