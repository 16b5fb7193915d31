"""Whose mediator cannot exist, because an event came first, and who lacks it for another reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.arms import ARMS
from ipdmediation.data.cohort import Mask, meets, select_cohort
from ipdmediation.data.disclosure import ALL, hidden_cells
from ipdmediation.data.errors import CohortError, listing, raise_all
from ipdmediation.data.missing import MissingData
from ipdmediation.data.variables import Variable

GROUPS = (ALL, "measured", "event", "other")
PATIENT_COLUMNS = ("group", ALL, *ARMS)


@dataclass(frozen=True, kw_only=True)
class Event:
    """What makes it impossible that a patient has a mediator, such as death before it could be measured.

    Attributes
    ----------
    variable : str
        Binary, ordinal or categorical.
    levels : sequence
        Its levels that say that the event befell the patient.
    measurement : sequence of str
        Variables whose eligibility rules say who was measured.
    """

    variable: str
    levels: Sequence[Any]
    measurement: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class EventCohort:
    """Everybody who was randomised and compared, whether or not the mediator was measured.

    Attributes
    ----------
    frame : DataFrame
        Who meets every eligibility rule that is not about the measurement, with every value needed but the
        mediator's.
    event : ndarray of bool, shape (n,)
        Whom the event befell.
    measured : ndarray of bool, shape (n,)
        Who meets the other rules as well and has a mediator; the event befell none of them.
    """

    frame: pd.DataFrame
    event: Mask
    measured: Mask

    def counts(self, *, minimum: int) -> pd.DataFrame:
        """Return how many patients are in each of `GROUPS`, in all and by arm, as `PATIENT_COLUMNS`.

        A count of fewer than `minimum` patients is missing, and so is one that would give it away.
        """
        everybody = np.ones(len(self.frame), dtype=bool)
        groups = (everybody, self.measured, self.event, ~self.event & ~self.measured)
        arm = self.frame["treatment"].to_numpy()
        columns = (everybody, *(arm == code for code in ARMS.values()))
        counts = np.array([[(group & who).sum() for who in columns] for group in groups], dtype=np.float64)
        place = np.arange(counts.size).reshape(counts.shape)
        empty = hidden_cells(counts, [*place, *place.T], minimum=minimum)
        table = pd.DataFrame(counts, columns=[ALL, *ARMS]).astype("Int64").mask(empty)
        table.insert(0, "group", list(GROUPS))
        return table


def select_with_event(
    pooled: pd.DataFrame,
    *,
    event: Event,
    mediator: str,
    outcome: str,
    better: str,
    rules: Sequence[Mapping[str, Any]],
    variables: Mapping[str, Variable],
    missing: MissingData,
) -> EventCohort:
    """Select everybody whose outcome can be compared, and tell apart who lacks the mediator and why.

    Rules on the event, the mediator and `event.measurement` leave nobody out: they say who was measured.

    ASSUME: whose event is not known had none.

    Parameters
    ----------
    pooled : DataFrame
        Harmonised trials.
    event : Event
    mediator, outcome : str
        The two variables.
    better : {"high", "low"}
        The better end of the outcome.
    rules, variables
        As for `select_cohort`.
    missing : MissingData
        Of the analysis: the mediator is not needed here.

    Raises
    ------
    CohortError
        Where a patient with the event has a mediator, or another outcome than the worst; it says how many
        patients of which trials, and what was found.
    """
    about = {event.variable, mediator, *event.measurement}
    needed = tuple(name for name in missing.required if name != mediator)
    everybody = select_cohort(
        pooled,
        rules=[rule for rule in rules if rule["variable"] not in about],
        variables=variables,
        missing=replace(missing, required=needed),
    ).frame
    befallen = meets(
        everybody, {"variable": event.variable, "one_of": event.levels, "reason": "event"}, 0, variables
    )
    _check(everybody[befallen], event, mediator, outcome, _worst(variables[outcome], better))
    measured: Mask = everybody[mediator].notna().to_numpy(dtype=bool)
    for number, rule in enumerate(rules, start=1):
        if rule["variable"] in about:
            measured = measured & meets(everybody, rule, number, variables)
    # a value that no rule accepts counts as none: who has it was not measured
    known = everybody.assign(**{mediator: everybody[mediator].where(measured)})
    return EventCohort(frame=known, event=befallen, measured=measured & ~befallen)


def _worst(outcome: Variable, better: str) -> int:
    return max(outcome.codes) if better == "low" else min(outcome.codes)


def _check(patients: pd.DataFrame, event: Event, mediator: str, outcome: str, worst: int) -> None:
    named = f"{event.variable} {listing(event.levels)}"
    wrong = {
        f"have a value of {mediator!r}; allowed: none, for it cannot exist": patients[mediator].notna(),
        f"have a value of {outcome!r} other than {worst}, the worst one, which the event means": (
            patients[outcome] != worst
        ),
    }
    problems = []
    for what, rows in wrong.items():
        if rows.any():
            where = patients.loc[rows, "trial"].astype(str).value_counts(sort=False)
            trials = ", ".join(f"{trial} {count}" for trial, count in where.items())
            problems.append(f"{int(rows.sum())} of {len(patients)} patients ({trials}) {what}")
    raise_all(problems, CohortError, f"evidence.death.event, patients with {named}:")
