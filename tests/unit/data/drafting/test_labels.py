"""What a file of Stata, SPSS or SAS says of its columns and codes is in the draft."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from ipdmediation.data.drafting.column_profile import profile
from ipdmediation.data.reading import read_raw
from tests.unit.data.drafting.conftest import WORDS, Draft, drafted

N = 60
LABELS = {
    "V1": "Subject identifier",
    "V2": "Randomised treatment",
    "V3": "Age at randomisation (years)",
    "V4": "Infarct volume (mL)",
    "V5": "Modified Rankin scale at 90 days",
    "V6": "Diabetes",
}
CODES: dict[str, dict[Any, str]] = {
    "V2": {1: "Intervention", 2: "Control"},
    "V5": {0: "No symptoms", 1: "Slight", 2: "Moderate", 3: "Dead"},
    "V6": {1: "Yes", 2: "No", 7: "Unknown"},
}


def table(**columns: Any) -> pd.DataFrame:
    """A trial of which no column has a name; other columns in the place of its own, None takes one away."""
    rng = np.random.default_rng(5)
    plain: dict[str, Any] = {
        "V1": [f"p{n}" for n in range(N)],
        "V2": [1, 2] * (N // 2),
        "V3": rng.integers(40, 80, N),
        "V4": rng.gamma(2, 9, N).round(1),
        "V5": np.arange(N) // 2 % 4,
        "V6": [1, 2, 2, 1, 7] * (N // 5),
    }
    return pd.DataFrame({name: cells for name, cells in (plain | columns).items() if cells is not None})


def written(
    path: Path,
    content: pd.DataFrame,
    labels: Mapping[str, str] = LABELS,
    codes: Mapping[str, Mapping[Any, str]] = CODES,
) -> Path:
    said = {name: labels[name] for name in content if name in labels}
    if path.suffix == ".xpt":
        pyreadstat.write_xport(content, str(path), column_labels=said)
        return path
    write = {".sav": pyreadstat.write_sav, ".dta": pyreadstat.write_dta}[path.suffix]
    coded = {name: dict(codes[name]) for name in content if name in codes}
    write(content, str(path), column_labels=said, variable_value_labels=coded)
    return path


def draft_of(folder: Path, *files: Path) -> Draft:
    draft = drafted(folder / "study", *files)
    for problem in draft.problems:
        assert problem.text.startswith("to be decided: "), problem
    return draft


def asked(draft: Draft, name: str, *parts: str) -> bool:
    return any(all(part in said for part in parts) for said in draft.questions(name))


@pytest.mark.parametrize("ending", ["sav", "dta"])
def test_a_file_of_nameless_columns_is_drafted_by_its_labels(folder: Path, ending: str) -> None:
    more = {"V8": np.linspace(36, 39, N), "V9": np.arange(N) % 3}  # neither mediator nor outcome
    content = table(**more)[["V8", "V9", *table()]]
    codes = CODES | {"V9": {0: "Left", 1: "Right", 2: "Both"}}
    draft = draft_of(folder, written(folder / f"a.{ending}", content, codes=codes))
    found, variables = draft["a"], draft["config"]["variables"]
    assert found["patient"] == {"column": "V1"}
    assert asked(draft, "a", "is V1 the patient's id? Only its label says so")
    assert found["treatment"] == {"column": "V2", "codes": {1: "treated", 2: "control"}}
    assert not asked(draft, "a", "arm")
    assert variables["v3"] == {"type": "continuous", "label": "Age at randomisation", "unit": "year"}
    assert variables["v4"] == {"type": "continuous", "label": "Infarct volume", "unit": "mL"}
    levels = {0: "No symptoms", 1: "Slight", 2: "Moderate", 3: "Dead"}
    assert variables["v5"] == {"type": "ordinal", "label": LABELS["V5"], "levels": levels}
    assert asked(draft, "config", "does the order of the levels matter?")
    assert not asked(draft, "config", "what are the levels called")
    assert found["variables"]["v6"] == {"column": "V6", "codes": {1: 1, 2: 0}, "missing": [7]}
    assert asked(draft, "a", 'what 7 "Unknown" stands for: missing?')
    primary = draft["config"]["analyses"]["primary"]
    assert (primary["mediator"]["variable"], primary["outcome"]["variable"]) == ("v4", "v5")
    assert primary["covariates"] == draft["config"]["describe"]["baseline"] == ["v3"]
    assert '\n#   V1: "Subject identifier", 60 different, none empty -> patient\n' in draft.texts["a.yaml"]
    assert (
        '"Diabetes", codes, 3 different, 1 "Yes" 24x, 2 "No" 24x, missing: 7 "Unknown"'
        in draft.texts["a.yaml"]
    )


def test_a_transport_file_of_sas_has_labels_of_columns(folder: Path) -> None:
    draft = draft_of(folder, written(folder / "a.xpt", table()))
    assert draft["config"]["variables"]["v4"] == {
        "type": "continuous",
        "label": "Infarct volume",
        "unit": "mL",
    }
    assert draft["config"]["variables"]["v5"]["levels"][0] == "Level 0"
    assert draft["a"]["treatment"] == {"column": "V2", "codes": {1: "control", 2: "treated"}}
    assert asked(draft, "a", "is V2 the randomised arm? Only its label says so")


def test_names_say_it_before_labels_do(folder: Path) -> None:
    content = table(
        id=[f"q{n}" for n in range(N)],
        arm=["B", "A"] * (N // 2),
        volume=np.linspace(0.5, 9, N),
        score=[3, 1, 2] * (N // 3),
    )
    draft = draft_of(folder, written(folder / "a.sav", content, LABELS | {"volume": "Level of something"}))
    assert draft["a"]["patient"] == {"column": "id"}
    assert draft["a"]["treatment"]["column"] == "arm"
    primary = draft["config"]["analyses"]["primary"]
    assert (primary["mediator"]["variable"], primary["outcome"]["variable"]) == ("volume", "score")
    assert draft["config"]["variables"]["volume"]["label"] == "Level of something"


def test_labels_or_a_label_and_a_name_match_columns_and_are_asked(folder: Path) -> None:
    other = table().rename(columns={"V4": "LAB17", "V5": "outcome90", "V3": "AGE"})
    labels = {"LAB17": "infarct VOLUME (cm3)", "outcome90": "Something else"}
    draft = draft_of(
        folder, written(folder / "a.sav", table()), written(folder / "b.dta", other, labels, codes={})
    )
    variables = draft["config"]["variables"]
    assert draft["b"]["variables"]["v4"] == {"column": "LAB17", "unit": "cm3"}
    assert asked(
        draft, "config", 'are these one variable: V4 of a ("Infarct volume"), LAB17 of b ("infarct VOLUME")?'
    )
    assert variables["age"] == {"type": "continuous", "label": "Age at randomisation", "unit": "year"}
    assert draft["a"]["variables"]["age"] == {"column": "V3"}
    assert asked(draft, "config", 'are these one variable: V3 of a ("Age at randomisation"), AGE of b?')
    assert asked(draft, "config", "is it year in b too?")
    assert "outcome90" in draft.texts["config.yaml"].split("Not among the variables")[1]
    turned = draft_of(folder, folder / "b.dta", folder / "a.sav")
    assert turned["a"]["variables"]["age"] == {"column": "V3"}
    assert turned["a"]["variables"]["lab17"] == {"column": "V4", "unit": "mL"}


def test_one_name_with_two_labels_is_asked_and_one_with_the_same_is_not(folder: Path) -> None:
    files = [written(folder / "a.sav", table()), written(folder / "b.sav", table(V7=1.5), LABELS)]
    assert not asked(draft_of(folder, *files), "config", "are these one variable")
    written(files[1], table(), LABELS | {"V4": "Infarct volume, first scan"})
    draft = draft_of(folder, *files)
    assert draft["b"]["variables"]["v4"] == {"column": "V4"}
    assert asked(draft, "config", 'V4 of a ("Infarct volume"), V4 of b ("Infarct volume, first scan")?')


def test_a_label_that_two_columns_have_matches_none_of_them(folder: Path) -> None:
    one = table(V8=np.linspace(1, 7, N))
    other = table().rename(columns={"V4": "LAB17"})
    draft = draft_of(
        folder,
        written(folder / "a.sav", one, LABELS | {"V8": "infarct volume"}),
        written(folder / "b.sav", other, {"LAB17": "Infarct volume"}),
    )
    assert "LAB17" in draft.texts["config.yaml"].split("Not among the variables")[1]


def test_two_columns_of_one_file_are_never_one_variable(folder: Path) -> None:
    content = table(infarct_volume=np.linspace(1, 7, N))
    draft = draft_of(folder, written(folder / "a.sav", content))
    columns = {entry["column"] for entry in draft["a"]["variables"].values()}
    assert {"V4", "infarct_volume"} <= columns


def test_levels_that_files_call_differently_are_asked(folder: Path) -> None:
    codes = CODES | {"V5": {0: "no symptoms", 1: "Moderate", 2: "Slight"}}
    draft = draft_of(
        folder, written(folder / "a.sav", table()), written(folder / "b.sav", table(V3=range(N)), codes=codes)
    )
    assert draft["config"]["variables"]["v5"]["levels"][1] == "Slight"
    assert asked(draft, "config", 'is it one scale? Level 1 is "Slight" in a, "Moderate" in b')


def test_levels_of_one_label_are_told_apart(folder: Path) -> None:
    codes = CODES | {"V5": {0: "Slight", 1: "slight", 2: ""}}
    draft = draft_of(folder, written(folder / "a.dta", table(), codes=codes))
    levels = draft["config"]["variables"]["v5"]["levels"]
    assert levels == {0: "Slight", 1: "slight (2)", 2: "Level 2", 3: "Level 3"}
    assert asked(draft, "config", "what are the levels called")


def test_words_of_one_file_are_the_labels_of_another(folder: Path) -> None:
    words = [list(CODES["V5"].values())[n // 2 % 4] for n in range(N)]
    draft = draft_of(
        folder, written(folder / "a.sav", table()), written(folder / "b.sav", table(V5=words), codes={})
    )
    codes = {"Dead": 3, "Moderate": 2, "No symptoms": 0, "Slight": 1}
    assert draft["b"]["variables"]["v5"] == {"column": "V5", "codes": codes}
    assert not asked(draft, "b", "which level is each code?")


@pytest.mark.parametrize(
    ("cells", "labels", "codes"),
    [
        ([0, 1], {0: "Yes", 1: "No"}, {0: 1, 1: 0}),
        ([0, 1], {0: "No", 1: "Yes"}, None),
        ([0, 1], {0: "Male", 1: "Female"}, None),
        ([1, 2], {1: "Male", 2: "Female"}, {1: 0, 2: 1}),
        ([1, 2], {1: "Yes", 2: "Yes"}, {1: 0, 2: 1}),
    ],
)
def test_yes_and_no_by_label(
    folder: Path, cells: list[int], labels: dict[Any, str], codes: dict[Any, int] | None
) -> None:
    content = table(V6=cells * (N // 2))
    draft = draft_of(folder, written(folder / "a.sav", content, codes=CODES | {"V6": labels}))
    assert draft["a"]["variables"]["v6"].get("codes") == codes
    unknown = cells == [1, 2]
    assert asked(draft, "a", f'which code of v6 is 1, which 0? (1 "{labels.get(1)}"') is unknown


def test_categories_are_called_by_their_labels(folder: Path) -> None:
    content = table(V7=["r", "l", "b"] * (N // 3))
    codes = CODES | {"V7": {"r": "Right side", "l": "Left side", "x": "Nobody's"}}
    draft = draft_of(folder, written(folder / "a.sav", content, codes=codes))
    assert draft["config"]["variables"]["v7"]["levels"] == {
        "b": "b",
        "left_side": "Left side",
        "right_side": "Right side",
    }
    assert draft["a"]["variables"]["v7"]["codes"] == {"b": "b", "l": "left_side", "r": "right_side"}
    assert "Nobody" not in draft.texts["a.yaml"]


def test_trials_of_a_pooled_file_are_called_by_their_labels(folder: Path) -> None:
    content = table(STUDY=[1, 2] * (N // 2), V2=[1, 1, 2, 2] * (N // 4))
    draft = draft_of(folder, written(folder / "a.dta", content, codes=CODES | {"STUDY": {1: "North Sea"}}))
    assert draft["a"]["trial"]["codes"] == {
        1: {"id": "north_sea", "label": "North Sea"},
        2: {"id": "trial_2", "label": "Trial 2"},
    }


@pytest.mark.parametrize(
    ("label", "unit", "title", "stem"),
    [
        ("C-reactive protein (mg/L)", "mg/L", "C-reactive protein", "c_reactive_protein"),
        ("Weight [kg] at entry", "kg", "Weight at entry", "weight_at_entry"),
        ("Score (day 30)", None, "Score (day 30)", "score_day_30"),
        ("Rankin (mRS), age (years)", "year", "Rankin (mRS), age", "rankin_mrs_age"),
        ("Follow-up in days", None, "Follow-up in days", "follow_up_in_days"),
        ("Gender", None, "Gender", "sex"),
        ("(mL)", "mL", "", ""),
        ("", None, "", ""),
    ],
)
def test_units_of_labels_stand_in_brackets(label: str, unit: str | None, title: str, stem: str) -> None:
    found = WORDS.label(label)
    assert (found.unit, found.title, found.stem) == (unit, title, stem)


def test_a_unit_of_the_name_goes_before_one_of_the_label(folder: Path) -> None:
    content = table(delay_h=np.linspace(1, 9, N), dose_mg=np.linspace(2, 7, N))
    draft = draft_of(
        folder,
        written(folder / "a.sav", content, LABELS | {"delay_h": "Delay (min)", "dose_mg": "Dose (mg)"}),
    )
    assert draft["config"]["variables"]["delay"] == {"type": "continuous", "label": "Delay", "unit": "hour"}
    assert asked(draft, "config", "what the end of the name says, hour, or what a label says, minute?")
    assert draft["config"]["variables"]["dose"]["unit"] == "mg"
    assert not asked(draft, "config", "the name says, mg")


def test_a_code_that_is_missing_in_one_file_may_be_a_level_in_another(folder: Path) -> None:
    codes = CODES | {"V5": {3: "Missing"}}
    draft = draft_of(
        folder, written(folder / "a.sav", table(V3=range(N))), written(folder / "b.sav", table(), codes=codes)
    )
    assert list(draft["config"]["variables"]["v5"]["levels"]) == [0, 1, 2, 3]
    assert draft["b"]["variables"]["v5"] == {"column": "V5", "codes": {0: 0, 1: 1, 2: 2}, "missing": [3]}
    assert not asked(draft, "config", "is it one scale?")


def test_a_variable_of_which_every_level_is_missing_in_a_file_is_drafted(folder: Path) -> None:
    cells = [0, 1] * (N // 2)
    files = [
        written(folder / "a.sav", table(V6=cells)),
        written(
            folder / "b.sav", table(V6=[5, 5, *cells[2:]]), codes=CODES | {"V6": {0: "Missing", 1: "Unknown"}}
        ),
    ]
    assert draft_of(folder, *files)["b"]["variables"]["v6"] == {"column": "V6"}


def test_what_labels_say_is_missing_does_not_lie_between_the_others(folder: Path) -> None:
    content = table(V6=[1, 2, 3, 60, 88, 2] * (N // 6))
    draft = draft_of(folder, written(folder / "a.sav", content, codes=CODES | {"V6": {60: "not known"}}))
    assert "missing" not in draft["a"]["variables"]["v6"]
    draft = draft_of(folder, written(folder / "a.sav", content, codes=CODES | {"V6": {60: "unknown"}}))
    assert set(draft["a"]["variables"]["v6"]["missing"]) == {60, 88}


def test_a_profile_has_no_label_of_a_code_of_few_patients(folder: Path) -> None:
    written(folder / "a.sav", table(V6=[8, *[1, 2, 9] * 19, 1, 2]), codes={"V6": {8: "H", 9: "NA", 1: "I"}})
    raw = read_raw(folder / "a.sav", file_format="spss")
    assert profile(raw, "V6", decimal=".", words=WORDS).labels == {1: "I", 9: "NA"}


@pytest.mark.parametrize(
    ("labels", "codes", "sure"),
    [
        (
            {"active": "First group", "placebo": "Second group"},
            {"active": "treated", "placebo": "control"},
            True,
        ),
        ({"active": "Placebo", "placebo": "Active"}, {"active": "control", "placebo": "treated"}, False),
    ],
)
def test_codes_that_say_what_they_are_need_no_label(
    folder: Path, labels: dict[Any, str], codes: dict[str, str], sure: bool
) -> None:
    content = table(V2=["active", "placebo"] * (N // 2))
    draft = draft_of(folder, written(folder / "a.sav", content, codes=CODES | {"V2": labels}))
    assert draft["a"]["treatment"] == {"column": "V2", "codes": codes}
    assert asked(draft, "a", "which code is `treated`") is not sure


def test_a_label_alone_makes_no_id(folder: Path) -> None:
    content = table(V8=np.arange(N) // 2)[["V8", *table()]]
    labels = LABELS | {"V1": "Reference", "V8": "Subject's ward"}
    draft = draft_of(folder, written(folder / "a.sav", content, labels))
    assert draft["a"]["patient"] == {"column": "V1"}
    assert asked(draft, "a", "is V1 the patient's id? It is unique")
