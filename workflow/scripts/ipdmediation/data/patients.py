"""Who the patients of a trial's file or files are, and how a variable gets one value for each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.codes import EXCLUDED
from ipdmediation.data.conversion import Harmonised
from ipdmediation.data.errors import MappingError, raise_all
from ipdmediation.data.joining import Joined, join
from ipdmediation.data.mapping import At, TrialMapping
from ipdmediation.data.patient_ids import id_problems, patient_ids
from ipdmediation.data.reading.raw_table import RawTable
from ipdmediation.data.trial_of_row import trial_of_row
from ipdmediation.data.visits import Convert, Visits


@dataclass(frozen=True)
class Patients:
    """The patients of a source, which is one file or several.

    Attributes
    ----------
    raw : RawTable
        The rows of the file that says who they are, without those of trials that are not pooled.
    trials, ids : Series
        One entry per patient.
    left_out : int
        Number of rows of trials that are not pooled.
    visits : Visits or None
        Of that file, where it has a row for each visit.
    joined : Joined or None
        Where there are several files.
    problems : list of str
        What is wrong with ids and with days of visits.
    """

    raw: RawTable
    trials: pd.Series[Any]
    ids: pd.Series[Any]
    left_out: int
    visits: Visits | None = None
    joined: Joined | None = None
    problems: list[str] = field(default_factory=list)

    def each(self, columns: Sequence[str], at: At | None, convert: Convert) -> Harmonised:
        """Return a variable with one value per patient.

        Parameters
        ----------
        columns : sequence of str
            Those that it is made of.
        at, convert
            As in `Visits.of_each_patient`.
        """
        if self.joined is not None:
            return self.joined.each(columns, at, convert)
        return convert(self.raw) if self.visits is None else self.visits.of_each_patient(at, convert)

    def have_several_rows(self, column: str) -> bool:
        """Return whether a patient may have several rows in the file of a column."""
        return self.visits is not None if self.joined is None else bool(self.joined.by_visit([column]))

    @property
    def first_rows(self) -> RawTable:
        """One row per patient of the file that says who they are."""
        return self.raw if self.visits is None else self.visits.first_rows


def patients_of(
    source: RawTable | Mapping[str, RawTable], mapping: TrialMapping, *, trial: str, file: str
) -> Patients:
    """Find the patients of a source.

    Parameters
    ----------
    source : RawTable, or mapping of str to RawTable
        A file as it was read, or the files that are joined by their names.
    mapping : TrialMapping
    trial, file : str
        As in `harmonise_trial`.

    Raises
    ------
    MappingError
        Where a row has no known trial, or the files cannot be joined.
    """
    tables = {} if isinstance(source, RawTable) else dict(source)
    raw = source if isinstance(source, RawTable) else source[mapping.files[0].name]
    trials = trial_of_row(raw, mapping, source=trial, file=file)
    pooled = (trials != EXCLUDED).to_numpy()
    everybody = patient_ids(raw, mapping.patient)
    rows = raw.where(pooled)
    whose = pd.DataFrame({"trial": trials, "patient": everybody})[pooled].reset_index(drop=True)
    problems, visits, of_row = [], None, np.arange(len(rows), dtype=np.intp)
    if mapping.patient is not None:
        once, way_out = (
            mapping.visits is None,
            f"`visits:` of {mapping.files[0].name}" if tables else "`visits:`",
        )
        problems += id_problems(
            rows, mapping.patient, trials=whose["trial"], ids=whose["patient"], once=once, way_out=way_out
        )
    if mapping.visits is not None:
        visits = Visits.of(rows, mapping, trials=whose["trial"], patient=whose["patient"])
        whose, of_row = visits.patients, visits.of_row
        problems += [] if tables else visits.problems
    joined = None
    if tables:
        heading = f"{file}: the files of trial {trial!r} cannot be joined ({len(rows)} rows in the first):"
        raise_all(problems, MappingError, heading)
        tables[mapping.files[0].name] = rows
        joined, problems = join(tables, mapping, patients=whose, of_row=of_row, everybody=everybody)
        raise_all(problems, MappingError, heading)
        problems += joined.problems
    left_out = int(np.count_nonzero(~pooled))
    return Patients(rows, whose["trial"], whose["patient"], left_out, visits, joined, problems)
