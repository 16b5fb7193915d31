"""Completing a cohort in which an event made the mediator of some patients impossible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.event import EventCohort
from ipdmediation.data.imputation import impute
from ipdmediation.data.missing import MissingData
from ipdmediation.data.variables import Variable


def impute_with_event(
    cohort: EventCohort,
    *,
    variables: Mapping[str, Variable],
    plan: MissingData,
    mediator: str,
    rng: np.random.Generator,
    **settings: Any,
) -> pd.DataFrame:
    """Return completed copies of everybody, stacked; whom the event befell has no mediator in them.

    The others are completed among themselves, as in the analysis: the event took no part in their mediators.

    ASSUME: covariates of whom the event befell are predicted without the mediator, which they do not have.

    Parameters
    ----------
    cohort : EventCohort
    variables : mapping
        The study's variables by name.
    plan : MissingData
        Of the analysis: what is imputed, and what helps to predict it.
    mediator : str
    rng : numpy.random.Generator
        Root of the streams.
    **settings
        `imputations`, `iterations`, `donors` and `scales`, as for `impute`.

    Returns
    -------
    DataFrame
        The cohort's columns and `imputation`; the rows of each have the order of the cohort.
    """
    of_others, of_event = rng.spawn(2)
    predictors = [name for name in plan.required if name != mediator]
    others = impute(
        cohort.frame[~cohort.event].reset_index(drop=True),
        variables=variables,
        targets=plan.imputed,
        predictors=predictors,
        rng=of_others,
        **settings,
    )
    if not cohort.event.any():
        return others
    everybody = impute(
        cohort.frame.reset_index(drop=True),
        variables=variables,
        targets=[name for name in plan.imputed if name != mediator],
        predictors=predictors,
        rng=of_event,
        **{**settings, "scales": {}},
    )
    befallen = everybody[np.tile(cohort.event, everybody["imputation"].nunique())]
    place = {True: np.flatnonzero(cohort.event), False: np.flatnonzero(~cohort.event)}
    copies = max(int(part["imputation"].max()) + 1 for part in (others, befallen))
    completed = []
    for number in range(copies):
        parts = [
            _copy(part, number).set_axis(place[event], axis=0)
            for event, part in ((False, others), (True, befallen))
        ]
        completed.append(pd.concat(parts).sort_index().assign(imputation=number))
    return pd.concat(completed, ignore_index=True)


def _copy(completed: pd.DataFrame, number: int) -> pd.DataFrame:
    """Return one copy; of what had nothing missing there is only one."""
    return completed[completed["imputation"] == min(number, int(completed["imputation"].max()))]
