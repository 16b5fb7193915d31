"""Whose mediator cannot exist: who is told apart from whom, what contradicts it, and what is imputed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.errors import CohortError
from ipdmediation.data.event import Event, EventCohort, select_with_event
from ipdmediation.data.event_imputation import impute_with_event
from ipdmediation.data.missing import MissingData
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config

VARIABLES = variables_from_config(
    {
        "age": {"type": "continuous"},
        "status": {"type": "categorical", "levels": {"done": "Done", "died": "Died", "surgery": "Surgery"}},
        "hour": {"type": "continuous"},
        "volume": {"type": "continuous"},
        "score": {"type": "ordinal", "levels": {0: "Well", 1: "Ill", 2: "Dead"}},
    }
)
RULES = [
    {"variable": "age", "between": [18, None], "reason": "A child"},
    {"variable": "status", "one_of": ["done"], "reason": "Not imaged"},
    {"variable": "hour", "between": [12, 48], "reason": "Imaged early or late"},
]


def patients(copies: int = 10) -> pd.DataFrame:
    """Ten patients of each kind, in both arms of two trials."""
    kinds = [
        {"age": 50, "status": "done", "hour": 20, "volume": 5.0, "score": 1},
        {"age": 60, "status": "done", "hour": 90, "volume": 9.0, "score": 0},  # imaged late
        {"age": 60, "status": "surgery", "score": 2},
        {"age": 70, "status": "died", "score": 2},
        {"age": 10, "status": "died", "score": 2},  # a child
        {"age": 75, "status": "died"},  # of an unknown outcome
        {"age": 65, "volume": 7.0, "hour": 15, "score": 1},  # of an unknown status
    ]
    frame = pd.DataFrame(kinds * copies)
    rows = np.arange(len(frame))
    frame = frame.assign(
        trial=np.where(rows % 2, "north", "south"),
        treatment=rows // 2 % 2,
        patient=[f"P{row}" for row in rows],
        age=frame["age"] + rows / 100,
        volume=frame["volume"] + rows / 50,
    )
    return conform(frame[["trial", "patient", "treatment", *VARIABLES]], VARIABLES)


def plan(method: Any = "impute") -> MissingData:
    return MissingData.of(
        method=method, covariates=["age"], mediator="volume", outcome="score", variables=VARIABLES
    )


def selected(frame: pd.DataFrame, better: str = "low", **changes: Any) -> EventCohort:
    event = {"variable": "status", "levels": ["died"], "measurement": ["hour"], **changes}
    return select_with_event(
        frame,
        event=Event(**event),
        mediator="volume",
        outcome="score",
        better=better,
        rules=RULES,
        variables=VARIABLES,
        missing=plan(),
    )


def test_who_is_measured_who_had_the_event_and_who_neither() -> None:
    cohort = selected(patients())
    assert len(cohort.frame) == 50  # but children and who has no outcome
    assert (cohort.event.sum(), cohort.measured.sum()) == (10, 10)
    assert not (cohort.event & cohort.measured).any()
    assert cohort.frame["volume"].notna().tolist() == cohort.measured.tolist()


def test_rules_of_measurement_exclude_nobody_and_others_do() -> None:
    cohort = selected(patients(), measurement=[])
    assert set(cohort.frame["status"].dropna()) == {"done"}  # who died has no hour, and the rule on it holds


@pytest.mark.parametrize("level", ["died", "surgery"])
def test_a_patient_with_the_event_has_the_worst_outcome_and_no_mediator(level: str) -> None:
    frame = patients()
    rows = np.flatnonzero((frame["status"] == level) & (frame["age"] > 18) & frame["score"].notna())
    frame.loc[rows[:3], "score"] = 1
    frame.loc[rows[2:4], "volume"] = 3.0
    with pytest.raises(CohortError) as caught:
        selected(frame, levels=[level])
    said = str(caught.value)
    assert f"patients with status '{level}'" in said
    assert "3 of 10 patients (" in said
    assert "a value of 'score' other than 2, the worst one" in said
    assert "2 of 10 patients (" in said
    assert "a value of 'volume'; allowed: none" in said
    assert not any(patient in said for patient in frame["patient"])


def test_the_worst_outcome_is_the_other_end_where_high_is_better() -> None:
    with pytest.raises(CohortError, match="other than 0, the worst one"):
        selected(patients(), better="high")


def test_small_counts_are_withheld_with_what_gives_them_away() -> None:
    cohort = selected(patients())
    table = cohort.counts(minimum=1).set_index("group")
    assert table.loc["all"].tolist() == [50, *(cohort.frame["treatment"].value_counts()[[0, 1]])]
    assert table.loc[["measured", "event", "other"], "all"].tolist() == [10, 10, 30]
    few = cohort.counts(minimum=6).set_index("group")
    assert few.loc["event", ["control", "treated"]].isna().all()
    assert few.isna().sum().sum() >= 4


def test_nobody_s_mediator_is_imputed_whom_the_event_befell() -> None:
    frame = patients()
    frame.loc[frame.index[3::14], "age"] = pd.NA  # of some who died
    frame.loc[frame.index[0::21], "age"] = pd.NA
    frame["age"] = frame["age"].astype("float64")
    frame = frame.assign(age=frame["age"])
    cohort = select_with_event(
        frame,
        event=Event(variable="status", levels=["died"], measurement=["hour"]),
        mediator="volume",
        outcome="score",
        better="low",
        rules=RULES[1:],
        variables=VARIABLES,
        missing=plan(),
    )
    settings = {"imputations": 3, "iterations": 2, "donors": 3}
    completed = impute_with_event(
        cohort,
        variables=VARIABLES,
        plan=plan(),
        mediator="volume",
        rng=np.random.default_rng(1),
        **settings,
    )
    assert completed["imputation"].value_counts().tolist() == [len(cohort.frame)] * 3
    for number in range(3):
        rows = completed[completed["imputation"] == number].reset_index(drop=True)
        assert rows["patient"].tolist() == cohort.frame["patient"].tolist()
        assert rows["age"].notna().all()
        assert rows["volume"].isna().tolist() == cohort.event.tolist()
        measured = cohort.measured
        assert rows.loc[measured, "volume"].tolist() == cohort.frame.loc[measured, "volume"].tolist()
    ages = [rows["age"].tolist() for _, rows in completed.groupby("imputation")]
    assert ages[0] != ages[1]


def test_complete_cases_need_covariates_but_no_mediator() -> None:
    frame = patients()
    frame.loc[0, "age"] = np.nan
    cohort = select_with_event(
        frame,
        event=Event(variable="status", levels=["died"], measurement=["hour"]),
        mediator="volume",
        outcome="score",
        better="low",
        rules=[],
        variables=VARIABLES,
        missing=plan("complete_case"),
    )
    assert "P0" not in set(cohort.frame["patient"])
    completed = impute_with_event(
        cohort,
        variables=VARIABLES,
        plan=plan("complete_case"),
        mediator="volume",
        rng=np.random.default_rng(1),
        imputations=2,
        iterations=1,
        donors=2,
    )
    assert completed["volume"].isna().sum() == (~cohort.measured).sum()
