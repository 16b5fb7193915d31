"""From a trial's own columns, codes and units to the common variables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from textwrap import shorten
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.arms import ARMS
from ipdmediation.data.codes import EXCLUDED, Code
from ipdmediation.data.contract import Rule
from ipdmediation.data.conversion import Harmonised, to_levels, to_numbers
from ipdmediation.data.derived import to_derived
from ipdmediation.data.distinct import flagged
from ipdmediation.data.elapsed import to_elapsed
from ipdmediation.data.errors import BrokenRuleWarning, MappingError, listing, raise_all
from ipdmediation.data.joined_columns import column_fault
from ipdmediation.data.kept_rules import broken_notices, check_rules
from ipdmediation.data.mapping import ColumnMapping, TrialMapping, check_units
from ipdmediation.data.matching import cell_text, is_missing
from ipdmediation.data.patients import Patients, patients_of
from ipdmediation.data.quality import by_trial, counted, rows_left_out
from ipdmediation.data.reading.columns import check_columns
from ipdmediation.data.reading.raw_table import RawTable
from ipdmediation.data.schema import check_contract, conform
from ipdmediation.data.units import convert
from ipdmediation.data.variables import Variable


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
        all, of trial `excluded`, those of trials that are not pooled. Of joined files, a row (variable
        `patient`) for each but the first counts as missing the patients without a row in it, and one of trial
        `excluded` the rows of nobody. Of a rule of the study's contract
        (variable `contract`), `out_of_range` are those who break it and `missing` those of whom it cannot be
        told.
    notices : list of BrokenRuleWarning
        One for each rule and trial in which patients break a rule that may be broken.
    """

    frame: pd.DataFrame
    quality: pd.DataFrame
    notices: list[BrokenRuleWarning]


def harmonise_trial(
    raw: RawTable | Mapping[str, RawTable],
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
    raw : RawTable, or mapping of str to RawTable
        The trial's file as `sources.read_source` returns it; the files by name where several are joined.
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
    _check_columns(mapping, file)
    check_units(mapping, variables, file=file)
    names = (
        raw.columns if isinstance(raw, RawTable) else [name for each in raw.values() for name in each.columns]
    )
    check_columns(list(names), mapping.columns, file=file)
    patients = patients_of(raw, mapping, trial=trial, file=file)
    problems, trials = patients.problems, patients.trials

    several_rows = patients.have_several_rows(mapping.treatment)
    arms = partial(_arms, mapping=mapping, several_rows=several_rows)
    treatment = patients.each([mapping.treatment], mapping.treatment_at, arms)
    if several_rows and not treatment.problems and treatment.data.isna().any():
        place = patients.first_rows.place(treatment.data.isna())
        treatment.problems.append(f"no row of the patients of {place} has an arm; allowed: an arm for each")
    problems += [f"column {mapping.treatment!r} (treatment): {text}" for text in treatment.problems]
    done = {}
    for name, variable in variables.items():
        column = mapping.variables[name]
        convert = partial(_harmonise, variable=variable, mapping=mapping)
        done[name] = patients.each(column.columns, column.at, convert)
        place = shorten(column.origin, 100) if column.derive else f"column {column.origin!r}"
        problems += [f"{place} ({name}): {text}" for text in done[name].problems]
    rows = len(patients.raw)
    raise_all(problems, MappingError, f"{file}: trial {trial!r} does not fit its mapping ({rows} rows):")

    frame = conform(
        pd.DataFrame(
            {"trial": trials, "patient": patients.ids, "treatment": treatment.data.map(ARMS)}
            | {name: result.data for name, result in done.items()}
        ),
        variables,
        excluded_arms=True,
    )
    quality = [
        *_counted_patients(patients, mapping),
        counted("treatment", mapping.treatment, treatment, (), trials),
    ]
    nowhere = set(mapping.missing).difference(*(result.missing_found for result in done.values()))
    for name, result in done.items():
        column = mapping.variables[name]
        unused = [code for code in column.missing if code not in result.missing_found]
        if column.columns:
            unused += [code for code in mapping.missing if code in nowhere and code not in unused]
        quality.append(counted(name, column.origin, result, unused, trials))
    frame = check_contract(frame, variables, file=file, excluded_arms=True)
    first = patients.first_rows
    kept = check_rules(frame, contract, rows=first, file=file)
    quality += [rule.counted(frame["trial"]) for rule in kept]
    quality += _rows_left_out(patients, mapping)
    return HarmonisedTrial(
        frame=frame,
        quality=by_trial(quality, list(trials.unique())),
        notices=broken_notices(kept, frame["trial"], rows=first, numbers=mapping.patient is not None),
    )


def _check_columns(mapping: TrialMapping, file: str) -> None:
    """Raise where a column is of none of the joined files, or that of the patient's id is read for more."""
    files = [each.name for each in mapping.files]
    faults = [column_fault(column, files) for column in mapping.columns] if files else []
    raise_all([fault for fault in faults if fault], MappingError, f"{file}: columns of no file:")
    ids = [each.whole_key for each in mapping.files] or [str(mapping.patient)]
    for patient in ids if mapping.patient is not None else ():
        used = [name for name, column in mapping.variables.items() if patient in column.columns]
        used += [name for name in ("treatment", "trial") if getattr(mapping, name) == patient]
        if used:
            raise MappingError(
                f"{file}: column {patient!r} is that of the patient's id, and is read for "
                f"{listing(used)} too; allowed: a column of its own for each"
            )


def _counted_patients(patients: Patients, mapping: TrialMapping) -> list[pd.DataFrame]:
    """Count the rows of each trial, where the ids are from, and who is in each of the other files."""
    found, trials = [], patients.trials
    if mapping.trial is not None:
        recoded = Harmonised(trials, recoded=np.ones(len(trials), dtype=bool))
        found.append(counted("trial", mapping.trial, recoded, (), trials))
    if mapping.patient is None:
        number = f"number of the {patients.raw.counted}"
        found.append(counted("patient", number, Harmonised(patients.ids), (), trials))
    for column, has_row, _ in patients.joined.counts() if patients.joined else ():
        found.append(counted("patient", column, Harmonised(has_row.where(has_row)), (), trials))
    return found


def _rows_left_out(patients: Patients, mapping: TrialMapping) -> list[pd.DataFrame]:
    """Count the rows of trials that are not pooled, and those of the other files that are of nobody."""
    found = [rows_left_out("trial", str(mapping.trial), patients.left_out)] if patients.left_out else []
    for column, _, rows in patients.joined.counts() if patients.joined else ():
        found += [rows_left_out("patient", column, rows)] if rows else []
    return found


def _arms(raw: RawTable, *, mapping: TrialMapping, several_rows: bool) -> Harmonised:
    """Return the arm of each row in words."""
    column, codes = mapping.treatment, mapping.treatment_codes
    result = to_levels(raw, column, codes=codes, missing=(), decimal=mapping.decimal)
    result.recoded = result.data.notna().to_numpy()
    blank = flagged(raw[column], is_missing) & result.data.isna().to_numpy()
    if blank.any() and not several_rows:
        place = raw.of(column).place(blank)
        result.problems.append(f"{place} without an arm; allowed: {listing(codes)}")
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
    cells = replace(raw.of(*column.columns), frame=pd.DataFrame({column.origin: derived.data}))
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
            f"{raw.of(*column.columns).place(outside)} outside the range, {found}"
            + (f" (in the file {written})" if written else "")
            + f"; allowed: {variable.allowed} (or say `out_of_range: missing` in the variable's mapping)"
        )
    return result
