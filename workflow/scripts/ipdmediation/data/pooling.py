"""Stacking harmonised trials into one frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from ipdmediation.data.errors import ContractError, listing
from ipdmediation.data.schema import check_contract, conform, in_canonical_order
from ipdmediation.data.variables import Variable


def pool_trials(frames: Iterable[pd.DataFrame], *, variables: Mapping[str, Variable]) -> pd.DataFrame:
    """Return the trials as one frame, in the order of their ids; the rows of each keep their order.

    Parameters
    ----------
    frames : iterable of DataFrame
        Harmonised trials, each in the order of `schema.in_canonical_order` by the patients' own ids.
    variables : mapping
        The study's variables by name.

    Raises
    ------
    ContractError
        Where there is no trial, a trial comes twice, or a row breaks the contract (a patient twice in a trial
        among them).
    """
    trials = [conform(frame, variables, excluded_arms=True) for frame in frames]
    if not trials:
        raise ContractError("no trial to pool")
    ids = pd.Series([trial for frame in trials for trial in frame["trial"].unique()], dtype="str")
    if ids.duplicated().any():
        repeated = sorted(set(ids[ids.duplicated()]))
        raise ContractError(f"trials {listing(repeated)} come in more than one frame")
    rows = in_canonical_order(pd.concat(trials, ignore_index=True), keys=["trial"])
    pooled = conform(rows, variables, excluded_arms=True)
    return check_contract(pooled, variables, file="the pooled trials", excluded_arms=True)
