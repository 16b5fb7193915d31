"""One file that holds several trials: its rows are those of the trials one by one, and none is lost."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipdmediation.data.errors import MappingError
from ipdmediation.data.harmonise import HarmonisedTrial, harmonise_trial
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.reading import RawTable
from ipdmediation.plumbing.settings import reading
from tests.unit.data.conftest import MAPPING, RAW, VARIABLES

CODES: dict[str | int, Any] = {
    101: {"id": "north", "label": "North trial"},
    102: {"id": "south", "label": "South trial"},
    "S": {"id": "south", "label": "South trial"},
    999: "excluded",
}


def stated(codes: dict[str | int, Any] | None = None) -> dict[str, Any]:
    mapping = copy.deepcopy(MAPPING)
    del mapping["label"]
    return mapping | {"trial": {"column": "STUDY", "codes": CODES if codes is None else codes}}


def rows(*studies: Any, ids: list[str] | None = None) -> pd.DataFrame:
    """One patient of `RAW` after the other, each in the trial that has this code."""
    patients = pd.DataFrame(RAW, dtype="str").iloc[[place % 4 for place in range(len(studies))]]
    frame = patients.reset_index(drop=True).assign(STUDY=pd.Series(studies, dtype=object))
    return frame.assign(PATNR=ids or [f"p{place}" for place in range(len(studies))])


def harmonise(frame: pd.DataFrame, mapping: dict[str, Any]) -> HarmonisedTrial:
    return harmonise_trial(
        RawTable.of_rows(frame),
        mapping=TrialMapping.from_mapping(reading(mapping)),
        trial="registry",
        variables=VARIABLES,
        file="registry.csv",
    )


def message(frame: pd.DataFrame, mapping: dict[str, Any]) -> str:
    with pytest.raises(MappingError) as error:
        harmonise(frame, mapping)
    return str(error.value)


def test_each_trial_is_what_it_is_in_a_file_of_its_own() -> None:
    frame = rows("101", "102", "S", "101", "999", "101")
    together = harmonise(frame, stated())
    assert together.frame["trial"].tolist() == ["north", "south", "south", "north", "north"]
    for trial, codes in {"north": ["101"], "south": ["102", "S"]}.items():
        alone = harmonise_trial(
            RawTable.of_rows(frame[frame["STUDY"].isin(codes)].drop(columns="STUDY")),
            mapping=TrialMapping.from_mapping(reading(MAPPING)),
            trial=trial,
            variables=VARIABLES,
            file="alone.csv",
        )
        found = together.frame[together.frame["trial"] == trial].reset_index(drop=True)
        pd.testing.assert_frame_equal(found, alone.frame, check_categorical=False)
        counted = together.quality[
            (together.quality["trial"] == trial) & (together.quality["variable"] != "trial")
        ].reset_index(drop=True)
        # a code for missing is unused where no trial of the file has it
        ours = [name for name in counted if name != "missing_codes_unused"]
        pd.testing.assert_frame_equal(counted[ours], alone.quality[ours])


def test_every_row_is_counted() -> None:
    quality = harmonise(rows(101, 999, 102, 102, 999, 999), stated()).quality
    trial = quality[quality["variable"] == "trial"].set_index("trial")
    assert trial["n"].to_dict() == {"north": 1, "south": 2, "excluded": 3}
    assert trial["recoded"].to_dict() == {"north": 1, "south": 2, "excluded": 0}
    assert set(trial["column"]) == {"STUDY"}
    assert list(quality["trial"].unique()) == ["north", "south", "excluded"]
    assert quality[quality["trial"] == "north"]["variable"].tolist()[:2] == ["trial", "treatment"]


def test_two_trials_may_have_the_same_ids_and_one_may_not() -> None:
    frame = harmonise(rows(101, 102, 101, ids=["1", "1", "2"]), stated()).frame
    assert frame["patient"].tolist() == ["1", "1", "2"]
    said = message(rows(101, 102, 102, "S", ids=["1", "1", "7", "7"]), stated())
    assert "2 rows (rows 3, 4) share an id; allowed: each patient once" in said


def test_what_is_wrong_in_a_trial_that_is_not_pooled_stops_nobody() -> None:
    frame = rows(101, 102, 999)
    frame.loc[2, ["PATNR", "ARM", "MRS"]] = [None, "7", "strange"]
    assert len(harmonise(frame, stated()).frame) == 2


@pytest.mark.parametrize(
    ("studies", "said"),
    [
        (
            [101, 102, None],
            "column 'STUDY' (trial): 1 row (row 3) without a trial; allowed: 101, 102, 'S', 999",
        ),
        ([101, 102, 103], "1 row (row 3) holds codes without a mapping, 103; allowed: 101, 102, 'S', 999"),
        ([101, 101, 999], "no row is of trial 'south'; allowed: trials of which there are patients"),
        ([101, 102, "#REF!"], "errors of a worksheet"),
    ],
)
def test_a_row_without_a_known_trial_is_named(studies: list[Any], said: str) -> None:
    found = message(rows(*studies), stated())
    assert said in found
    assert "registry.csv: 'registry' does not fit its mapping (3 rows):" in found


def test_a_code_without_a_mapping_says_how_to_leave_its_trial_out() -> None:
    assert "(a trial that is not pooled: `excluded`)" in message(rows(101, 102, 103), stated())


def test_a_column_that_is_not_there_is_named() -> None:
    said = message(rows(101, 102).drop(columns="STUDY"), stated())
    assert "column 'STUDY' (trial) is not in the file" in said


def test_the_column_of_the_patient_is_not_that_of_the_trial() -> None:
    mapping = stated()
    mapping["patient"]["column"] = "STUDY"
    said = message(rows(101, 102), mapping)
    assert "column 'STUDY' is that of the patient's id, and is read for 'trial' too" in said


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["101", "102", "S", "999", " 101"]), min_size=1, max_size=30))
def test_no_patient_is_lost_or_invented(studies: list[str]) -> None:
    codes = {code: trial for code, trial in CODES.items() if {str(code), f" {code}"} & set(studies)}
    if all(trial == "excluded" for trial in codes.values()):
        return
    done = harmonise(rows(*studies), stated(codes))
    counted = done.quality[done.quality["variable"] == "trial"].set_index("trial")["n"]
    assert counted.sum() == len(studies)
    assert done.frame["trial"].value_counts().to_dict() == counted.drop("excluded", errors="ignore").to_dict()
    kept = [place for place, study in enumerate(studies) if study != "999"]
    assert done.frame["patient"].tolist() == [f"p{place}" for place in kept]
    assert np.isfinite(done.frame["age"].dropna()).all()
