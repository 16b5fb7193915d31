"""Whether the patients of a harmonised file keep the rules of the study's contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ipdmediation.data.arms import ARMS
from ipdmediation.data.contract import Rule
from ipdmediation.data.conversion import Harmonised
from ipdmediation.data.derived import Numbers, to_derived
from ipdmediation.data.errors import BrokenRuleWarning, MappingError, raise_all
from ipdmediation.data.mapping import ColumnMapping
from ipdmediation.data.quality import counted
from ipdmediation.data.reading.raw_table import Mask, RawTable


@dataclass(frozen=True)
class Kept:
    """What became of a rule.

    Parameters
    ----------
    rule : Rule
    broken, undecided : ndarray of bool, shape (patients,)
        Who breaks it, and of whom it cannot be told because a value is missing.
    """

    rule: Rule
    broken: Mask
    undecided: Mask

    def counted(self, trials: pd.Series[str]) -> pd.DataFrame:
        """Count by trial who broke the rule (as out of range) and who could not be told (as missing)."""
        values = pd.Series(np.where(self.undecided, np.nan, 1.0), index=trials.index)
        return counted(
            "contract", self.rule.condition, Harmonised(values, out_of_range=self.broken), (), trials
        )


def check_rules(frame: pd.DataFrame, rules: Sequence[Rule], *, rows: RawTable, file: str) -> list[Kept]:
    """Return what became of each rule.

    A patient breaks a rule of whom all is known that decides it, and it is false; who lacks a value on which
    it hangs does not.

    Parameters
    ----------
    frame : DataFrame, shape (patients, columns)
        The file's harmonised patients.
    rules : sequence of Rule
    rows : RawTable
        The same patients, by their rows in the file.
    file : str
        Name of the file in messages.

    Raises
    ------
    MappingError
        One error for all rules that may not be broken: for each trial the number of rows and the first of
        them, no values.
    """
    table = RawTable(frame=_cells(frame), rows=rows.rows, counted=rows.counted)
    kept, problems = [], []
    for rule in rules:
        spoken_of = np.ones(len(table), dtype=bool)
        doubtful = np.zeros(len(table), dtype=bool)
        if rule.when is not None:
            found = _decided(table, rule.when, file=file)
            spoken_of, doubtful = found == 1, np.isnan(found)
        found = np.ones(len(table))
        found[spoken_of] = _decided(table.where(spoken_of), rule.rule, file=file)
        kept.append(Kept(rule, broken=found == 0, undecided=np.isnan(found) | doubtful))
        if rule.when_broken == "error":
            problems += [
                f"{words}; allowed: rows that keep it, or lack a value of it (or say `when_broken: notice`)"
                for words in _broken(kept[-1], frame["trial"], table)
            ]
    raise_all(problems, MappingError, f"{file}: rules of the study's contract are broken:")
    return kept


def broken_notices(
    kept: Sequence[Kept], trials: pd.Series[str], *, rows: RawTable, numbers: bool
) -> list[BrokenRuleWarning]:
    """Return a notice for each rule and trial in which patients break it.

    Parameters
    ----------
    kept : sequence of Kept
        As `check_rules` returns them.
    trials : Series of str, shape (patients,)
    rows : RawTable
        The same patients, by their rows in the file.
    numbers : bool
        Whether to say which rows; not where their numbers are the patients' ids.
    """
    table = rows if numbers else None
    return [BrokenRuleWarning(words) for each in kept for words in _broken(each, trials, table)]


def _broken(kept: Kept, trials: pd.Series[str], rows: RawTable | None) -> Iterator[str]:
    """Yield a sentence for each trial in which patients break a rule."""
    for trial in trials.unique():
        mask = kept.broken & (trials == trial).to_numpy()
        count = int(mask.sum())
        if count:
            where = rows.place(mask) if rows is not None else f"{count} row{'' if count == 1 else 's'}"
            verb = "breaks" if count == 1 else "break"
            yield f"trial {trial!r}: {where} {verb} the rule {kept.rule.words}"


def _cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Return harmonised patients as cells that an expression reads: arms and levels as text."""
    arms = {code: arm for arm, code in ARMS.items()}
    columns = {name: column.map(arms) if name == "treatment" else column for name, column in frame.items()}
    return pd.DataFrame(
        {name: column.astype(object).where(column.notna(), None) for name, column in columns.items()}
    )


def _decided(table: RawTable, condition: str, *, file: str) -> Numbers:
    """Return 1 where a condition holds, 0 where it does not, and nan where that is not known."""
    if not len(table):
        return np.empty(0)
    found = to_derived(table, ColumnMapping(derive=condition), numbers=False, missing=(), decimal=".")
    heading = f"{file}: a rule of the study's contract, {condition}, has no answer:"
    raise_all(found.problems, MappingError, heading)
    return np.array([np.nan if answer is None else float(answer) for answer in found.data])
