"""Several files of one trial, joined by the patient's id: each row goes to its patient of the first."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ipdmediation.data.conversion import Harmonised
from ipdmediation.data.errors import JoiningWarning, listing
from ipdmediation.data.joined_columns import file_of
from ipdmediation.data.joined_table import JoinedTable, aligned
from ipdmediation.data.mapping import At, JoinedFile, TrialMapping
from ipdmediation.data.patient_ids import id_problems, patient_ids
from ipdmediation.data.reading.raw_table import RawTable
from ipdmediation.data.visits import Convert, Visits

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Link:
    """One file, and whose its rows are.

    Attributes
    ----------
    table : RawTable
        Its columns by their whole names.
    of_row : (rows,) array
        Position of each row's patient, -1 where the row is of none.
    strangers : int
        Rows with an id that the first file has not.
    """

    table: RawTable
    of_row: Positions
    strangers: int = 0

    def row_of_each(self, patients: int) -> Positions:
        """Return the row of each of so many patients, the last of several, -1 where there is none."""
        rows = np.full(patients, -1, dtype=np.intp)
        known = np.flatnonzero(self.of_row >= 0)
        rows[self.of_row[known]] = known
        return rows


@dataclass
class Joined:
    """The files of a trial, each row with its patient.

    Attributes
    ----------
    mapping : TrialMapping
    patients : DataFrame
        `trial` and `patient`, one row per patient of the first file.
    links : dict of str to Link
        By the name of the file, the first one first.
    """

    mapping: TrialMapping
    patients: pd.DataFrame
    links: dict[str, Link]
    _tables: dict[str | None, JoinedTable] = field(default_factory=dict)
    _visits: dict[str, Visits] = field(default_factory=dict)

    @property
    def problems(self) -> list[str]:
        """What is wrong with the columns of the visits' days."""
        return [
            text
            for name in self.links
            if self.mapping.file(name).visits
            for text in self._visits_of(name).problems
        ]

    def each(self, columns: Sequence[str], at: At | None, convert: Convert) -> Harmonised:
        """Return a variable with one value per patient.

        Parameters
        ----------
        columns : sequence of str
            Those that it is made of.
        at, convert
            As in `Visits.of_each_patient`.
        """
        by_visit = self.by_visit(columns)
        if not by_visit:
            return convert(self._table(None))
        return self._visits_of(by_visit[0]).of_each_patient(at, convert)

    def by_visit(self, columns: Sequence[str]) -> list[str]:
        """Return the files of some columns that have a row for each visit."""
        files = set(map(file_of, columns))
        return [file.name for file in self.mapping.files if file.visits is not None and file.name in files]

    def counts(self) -> list[tuple[str, pd.Series[Any], int]]:
        """Return of each file but the first the column of the id, who has a row, and the rows of nobody."""
        everybody = len(self.patients)
        return [
            (file.whole_key, pd.Series(link.row_of_each(everybody) >= 0), link.strangers)
            for file, link in zip(self.mapping.files[1:], list(self.links.values())[1:], strict=True)
        ]

    def _visits_of(self, name: str) -> Visits:
        if name not in self._visits:
            table, file = self._table(name), self.mapping.file(name)
            whose = self._rows_of(name)
            mapping = replace(self.mapping, visits=file.visits, decimal=file.decimal)
            self._visits[name] = Visits.of_rows(table, mapping, patients=self.patients, of_row=whose)
        return self._visits[name]

    def _rows_of(self, name: str | None) -> Positions:
        """Return the patient of each row of a table."""
        everybody = np.arange(len(self.patients), dtype=np.intp)
        if name is None:
            return everybody
        of_row = self.links[name].of_row
        return np.concatenate([of_row[of_row >= 0], np.setdiff1d(everybody, of_row)])

    def _table(self, driver: str | None) -> JoinedTable:
        """Return the files side by side: a row per patient, or per row of a file with visits.

        Patients without a row in that file have one in which its columns are empty.
        """
        if driver not in self._tables:
            patients, of_row = len(self.patients), self._rows_of(driver)
            parts = {}
            for name, link in self.links.items():
                if name == driver:
                    own = np.flatnonzero(link.of_row >= 0)
                    rows = np.concatenate([own, np.full(len(of_row) - len(own), -1, dtype=np.intp)])
                elif self.mapping.file(name).visits:
                    continue
                else:
                    rows = link.row_of_each(patients)[of_row]
                parts[name] = aligned(link.table, rows)
            first = next(iter(self.links))
            whose = aligned(self.links[first].table, self.links[first].row_of_each(patients)[of_row])
            self._tables[driver] = JoinedTable.of_parts(parts, patients=whose, driver=driver)
        return self._tables[driver]


def join(
    tables: Mapping[str, RawTable],
    mapping: TrialMapping,
    *,
    patients: pd.DataFrame,
    of_row: Positions,
    everybody: pd.Series[Any],
) -> tuple[Joined, list[str]]:
    """Find the patient of each row of several files.

    Parameters
    ----------
    tables : mapping of str to RawTable
        The files by name. Of the first only the rows that are pooled.
    mapping : TrialMapping
        How they are joined.
    patients : DataFrame
        `trial` and `patient` of the first file.
    of_row : (rows,) array
        The patient of each row of the first file.
    everybody : Series
        The ids of the first file, those of trials that are not pooled among them.

    Returns
    -------
    joined : Joined
    problems : list of str
        Why rows have no patient, or not for certain.

    Warns
    -----
    JoiningWarning
        Where rows of a file are of nobody in the first one.
    """
    first, *others = mapping.files
    ids = pd.Index(patients["patient"])
    problems = []
    if ids.has_duplicates:
        twice = sorted(patients.loc[ids.duplicated(keep=False), "trial"].unique())
        problems.append(
            f"column {first.whole_key!r} (patient): patients of trials {listing(twice)} have the same ids, "
            "so that rows of the other files are not for certain of one of them; allowed: in joined files "
            "an id of its own for each patient"
        )
        ids = ids.unique()
    known = _Known(first.whole_key, Link(tables[first.name], of_row), ids, frozenset(everybody.dropna()))
    links = {first.name: known.link}
    for file in others:
        links[file.name], found = _linked(tables[file.name], file, known)
        problems += found
    return Joined(mapping, patients, links), problems


@dataclass(frozen=True)
class _Known:
    """The patients of the first file: its column of the id, its rows, their ids, and the ids of everybody."""

    column: str
    link: Link
    ids: pd.Index[Any]
    everybody: frozenset[str]


def _linked(table: RawTable, file: JoinedFile, known: _Known) -> tuple[Link, list[str]]:
    """Find the patients of one file's rows."""
    ids = patient_ids(table, file.whole_key)
    pooled = (ids.isin(known.ids) | ~ids.isin(known.everybody)).to_numpy()
    table, ids = table.where(pooled), ids[pooled].reset_index(drop=True)
    once, way_out = file.visits is None, f"`visits:` of {file.name}"
    problems = id_problems(table, file.whole_key, trials="", ids=ids, once=once, way_out=way_out)
    of_row = known.ids.get_indexer(pd.Index(ids)).astype(np.intp)
    strangers = (of_row < 0) & ids.notna().to_numpy()
    link = Link(table, of_row, int(np.count_nonzero(strangers)))
    if strangers.any() and not problems:
        problems += _strangers(link, file, ids.where(strangers), known)
    return link, problems


def _strangers(link: Link, file: JoinedFile, ids: pd.Series[Any], known: _Known) -> list[str]:
    """Return why rows of nobody, those with an id, are an error; warn of them where they are none."""
    matched = np.unique(link.of_row[link.of_row >= 0])
    lacking = {_bare(patient): patient for patient in known.ids.delete(matched)}
    near = np.array([isinstance(patient, str) and _bare(patient) in lacking for patient in ids])
    found = link.table.holding(ids.notna())
    text = f"column {file.whole_key!r} (patient): {found} no id of {known.column!r}"
    if near.any():
        here = str(ids[near].iloc[0])
        there = lacking[_bare(here)]
        row = known.link.table.place(known.link.of_row == known.ids.get_loc(there))
        text += (
            f"; {link.table.place(near)} would be of a patient but for leading zeros, blanks, capitals or a "
            f"final .0: one is written {_shape(here)!r}, and {_shape(there)!r} in {row} (9 stands for any "
            "digit, x and X for any letter)"
        )
    if not matched.size or np.count_nonzero(near) >= matched.size:
        some = f"only {matched.size} patients have a row" if matched.size else "no patient has a row"
        return [f"{text}; {some}; allowed: ids written as in {known.column!r}"]
    warnings.warn(JoiningWarning(f"{text}; these rows are left out", kind="rows_of_nobody"), stacklevel=2)
    return []


def _bare(patient: str) -> str:
    """Return an id without what programs add to ids and take from them.

    Examples
    --------
    >>> _bare("00 7.0"), _bare("A12") == _bare("a 12")
    ('7', True)
    """
    text = re.sub(r"\s", "", patient).casefold()
    return re.sub(r"[.,]0+$", "", text).lstrip("0") or "0"


def _shape(patient: str) -> str:
    """Return how an id is written, without saying it.

    Examples
    --------
    >>> _shape("00417"), _shape("Ab 12.0")
    ('00999', 'Xx 99.0')
    """
    end = re.search(r"[.,]0+$", patient)
    body = patient[: end.start()] if end else patient
    zeros = len(body) - len(body.lstrip("0"))
    letters = re.sub(r"[^\W\d_]", lambda found: "X" if found[0].isupper() else "x", body[zeros:])
    hidden = re.sub(r"\d", "9", letters)
    return body[:zeros] + hidden + (end[0] if end else "")
