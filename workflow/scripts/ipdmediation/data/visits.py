"""Files with several rows per patient, one for each visit: which of them gives a variable its value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ipdmediation.data.conversion import Harmonised, to_numbers
from ipdmediation.data.errors import listing
from ipdmediation.data.mapping import At, TrialMapping
from ipdmediation.data.matching import match_codes, shown
from ipdmediation.data.quality import HAPPENED
from ipdmediation.data.reading.raw_table import Mask, RawTable

Numbers = npt.NDArray[np.float64]
Convert = Callable[[RawTable], Harmonised]


@dataclass(frozen=True)
class Visits:
    """The rows of a file that has one for each visit.

    Attributes
    ----------
    raw : RawTable
    patients : DataFrame
        `trial` and `patient`, one row per patient, in the order of their first rows.
    of_row : (rows,) array
        Position of each row's patient.
    days : (rows,) array or None
        Day of each row, nan where it is not known; None where the mapping names no column of it.
    mapping : TrialMapping
    problems : list of str
        What is wrong with the column of the day.
    """

    raw: RawTable
    patients: pd.DataFrame
    of_row: npt.NDArray[np.intp]
    days: Numbers | None
    mapping: TrialMapping
    problems: list[str]

    @classmethod
    def of(
        cls, raw: RawTable, mapping: TrialMapping, *, trials: pd.Series[Any], patient: pd.Series[Any]
    ) -> Visits:
        """Find the patients of the rows, and the day of each.

        Parameters
        ----------
        raw, mapping
            A file and what is stated of it.
        trials, patient : Series
            Trial and patient of each row.
        """
        whose = pd.DataFrame({"trial": trials, "patient": patient})
        of_row = whose.groupby(list(whose), sort=False, dropna=False).ngroup().to_numpy(dtype=np.intp)
        patients = whose.drop_duplicates().reset_index(drop=True)
        return cls.of_rows(raw, mapping, patients=patients, of_row=of_row.astype(np.intp))

    @classmethod
    def of_rows(
        cls, raw: RawTable, mapping: TrialMapping, *, patients: pd.DataFrame, of_row: npt.NDArray[np.intp]
    ) -> Visits:
        """Find the day of each row, of which the patient is known.

        Parameters
        ----------
        raw, mapping
            As in `of`.
        patients, of_row
            As the attributes.
        """
        days, problems = None, []
        if mapping.visits is not None and mapping.visits.day is not None:
            column = mapping.visits.day
            found = to_numbers(raw, column, codes={}, missing=mapping.missing, decimal=mapping.decimal)
            days = found.data.to_numpy(dtype=np.float64)
            problems = [f"column {column!r} (day of the visit): {text}" for text in found.problems]
        return cls(raw, patients, of_row, days, mapping, problems)

    def of_each_patient(self, at: At | None, convert: Convert) -> Harmonised:
        """Return a variable with one value per patient.

        Where the value of the row that comes first is missing, the next row is asked.

        Parameters
        ----------
        at : At or None
            Which rows are asked and which comes first; None asks all, which have to agree.
        convert : callable
            Turns the cells of some rows into values.
        """
        order = self._order(at)
        asked = np.atleast_1d(~np.isnan(order).any(axis=0))
        if not asked.any():
            return Harmonised(pd.Series(dtype=object), problems=[self._nowhere(at)])
        part, of_row, order = self.raw.where(asked), self.of_row[asked], order[:, asked]
        result = convert(part)
        if result.problems:
            return result
        if at is not None and at.by_value:
            sign = 1.0 if at.rule == "smallest" else -1.0
            order = sign * result.data.to_numpy(dtype=np.float64, na_value=np.nan)[None, :]
        unknown = result.data.isna().to_numpy()
        by_patient = np.lexsort((np.arange(len(part)), *order[::-1], unknown, of_row))
        found, first = np.unique(of_row[by_patient], return_index=True)
        chosen = np.full(len(self.patients), -1, dtype=np.intp)
        chosen[found] = by_patient[first]
        unlike = _unlike(result.data, order, chosen[of_row], unknown)
        if unlike.any():
            said = "at the same visit" if at is not None else "in other rows of the same patient"
            way_out = "" if at is not None else " (or say at which visit: `at`)"
            result.problems.append(
                f"{part.holding(unlike)} another value than {said}; allowed: one value{way_out}"
            )
            return result
        return _taken(result, chosen)

    @property
    def first_rows(self) -> RawTable:
        """One row per patient, the first."""
        first = np.zeros(len(self.raw), dtype=bool)
        first[np.unique(self.of_row, return_index=True)[1]] = True
        return self.raw.where(first)

    def _nowhere(self, at: At | None) -> str:
        """Return that no row is of the visits that a variable asks for."""
        if at is not None and at.visits:
            cells = self.raw[str(self.mapping.visit_column)]
            asked = listing(code.written for code in at.visits)
            return f"no row is of visit {asked} (column {self.mapping.visit_column!r}: {shown(cells)})"
        return "no row has a day that is asked for (see `at` and `visits: {day: ...}`)"

    def _order(self, at: At | None) -> Numbers:
        """Return the (keys, rows) places in which a patient's rows are asked, the first key foremost.

        A row with nan is not asked.
        """
        rows = np.arange(len(self.raw), dtype=np.float64)
        if at is None or at.by_value:
            return np.zeros((1, rows.size))
        if at.visits:
            found = match_codes(
                self.raw[str(self.mapping.visit_column)], at.visits, decimal=self.mapping.decimal
            )
            place = {code: float(number) for number, code in enumerate(at.visits)}
            return np.array([found.map(place).to_numpy(dtype=np.float64)])
        if at.day is not None:
            assert self.days is not None  # `mapping_faults` refuses a day without a column of days
            within = (self.days >= at.low) & (self.days <= at.high)
            # of two visits that are as near the earlier one
            keys = np.array([np.abs(self.days - at.day), self.days])
            return np.where(within, keys, np.nan)
        ordered: Numbers = rows if self.days is None else self.days
        return np.array([ordered if at.rule == "first" else -ordered])


def _unlike(values: pd.Series[Any], order: Numbers, chosen: npt.NDArray[np.intp], unknown: Mask) -> Mask:
    """Return the rows that come as early as the one that is chosen, and hold another value."""
    as_early = (order == order[:, chosen]).all(axis=0)
    codes, _ = pd.factorize(values)
    unlike: Mask = as_early & ~unknown & (codes != codes[chosen])
    return unlike


def _taken(result: Harmonised, chosen: npt.NDArray[np.intp]) -> Harmonised:
    """Return the values of the chosen rows; -1 is no row, and its value is missing."""
    masks = {kind: getattr(result, kind) for kind in HAPPENED}
    taken: dict[str, Any] = {
        kind: None if mask is None else np.append(mask, False)[chosen] for kind, mask in masks.items()
    }
    return replace(result, data=result.data.reindex(chosen).reset_index(drop=True), **taken)
