"""Which trial each row of a file is of: the file's own, or what a column says where it holds several."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ipdmediation.data.codes import EXCLUDED
from ipdmediation.data.conversion import to_levels
from ipdmediation.data.distinct import flagged
from ipdmediation.data.errors import MappingError, listing, raise_all
from ipdmediation.data.mapping import Codes, TrialMapping
from ipdmediation.data.matching import is_missing
from ipdmediation.data.reading.raw_table import RawTable


def trial_of_row(raw: RawTable, mapping: TrialMapping, *, source: str, file: str) -> pd.Series[Any]:
    """Return the trial of each row, `excluded` where it is of none that is pooled.

    Parameters
    ----------
    raw : RawTable
        A file as it was read.
    mapping : TrialMapping
        Says which column holds the trial, and what its codes mean.
    source : str
        The mapping's name under `trials:`; the trial's id where the file holds one.
    file : str
        Name of the file in messages.

    Raises
    ------
    MappingError
        Where a row has no trial or one without a mapping, or a trial has no row.
    """
    if mapping.trial is None:
        return pd.Series(source, index=raw.frame.index, dtype=object)
    problems = []
    raw = raw.of(mapping.trial)
    found = to_levels(raw, mapping.trial, codes=mapping.trial_codes, missing=(), decimal=mapping.decimal)
    blank = flagged(raw[mapping.trial], is_missing) & found.data.isna().to_numpy()
    if blank.any():
        problems.append(f"{raw.place(blank)} without a trial; allowed: {listing(mapping.trial_codes)}")
    if found.problems:
        problems += [*found.problems[:-1], f"{found.problems[-1]} (a trial that is not pooled: `{EXCLUDED}`)"]
    there = set(found.data.unique())
    empty = [trial for trial in _ids(mapping.trial_codes) if trial not in there]
    if empty and not problems:
        problems.append(f"no row is of trial {listing(empty)}; allowed: trials of which there are patients")
    raise_all(
        [f"column {mapping.trial!r} (trial): {text}" for text in problems],
        MappingError,
        f"{file}: {source!r} does not fit its mapping ({len(raw)} rows):",
    )
    return found.data


def _ids(codes: Codes) -> list[str]:
    """Return the trials that codes mean, each once."""
    return [str(trial) for trial in dict.fromkeys(codes.values()) if trial != EXCLUDED]
