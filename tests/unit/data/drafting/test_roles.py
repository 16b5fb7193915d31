"""What the columns of a file are likely for, and that a guess is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.unit.data.drafting.conftest import WORDS, Draft, drafted

N = 60


def table(**columns: Any) -> pd.DataFrame:
    """A plain trial, with other columns in the place of its own or beside them; None takes one away."""
    rng = np.random.default_rng(5)
    plain: dict[str, Any] = {
        "id": [f"p{n}" for n in range(N)],
        "arm": ["active", "placebo"] * (N // 2),
        "age": rng.integers(40, 80, N),
        "volume": rng.gamma(2, 9, N).round(1),
        "mrs": np.arange(N) // 2 % 6,
    }
    return pd.DataFrame({name: cells for name, cells in (plain | columns).items() if cells is not None})


def draft_of(folder: Path, *tables: pd.DataFrame) -> Draft:
    files = []
    for name, each in zip("abc", tables, strict=False):
        files.append(folder / f"{name}.csv")
        each.to_csv(files[-1], index=False)
    draft = drafted(folder / "study", *files)
    for problem in draft.problems:
        assert problem.text.startswith("to be decided: "), problem
    return draft


def asked(draft: Draft, name: str, *parts: str) -> bool:
    return any(all(part in said for part in parts) for said in draft.questions(name))


def test_what_the_file_says_is_not_asked(folder: Path) -> None:
    draft = draft_of(folder, table())
    assert draft["a"]["patient"] == {"column": "id"}
    assert draft["a"]["treatment"] == {"column": "arm", "codes": {"active": "treated", "placebo": "control"}}
    assert draft["a"]["source"] == {"file": str(folder / "a.csv"), "format": "csv"}
    assert draft.questions("a") == []
    primary = draft["config"]["analyses"]["primary"]
    assert primary["mediator"]["variable"] == "volume"
    assert primary["outcome"] == {"variable": "mrs", "family": "ordinal", "better": "low"}
    assert list(draft["config"]["variables"]["mrs"]["levels"]) == [0, 1, 2, 3, 4, 5]
    assert primary["covariates"] == ["age"]
    assert primary["trial_effects"] == "none"
    assert draft["config"]["pathvars"] == {"results": "<study>/results"}


@pytest.mark.parametrize(
    "name",
    ["ID", "Patient", "USUBJID", "pat_nr", "Subject No.", "PatientID", "PATIËNTNR", "study_number", "PATNO"],
)
def test_an_id_by_its_name(folder: Path, name: str) -> None:
    draft = draft_of(folder, table(id=None, **{name: range(1, N + 1)}))
    assert draft["a"]["patient"] == {"column": name}


def test_an_id_that_its_name_does_not_say_is_asked(folder: Path) -> None:
    draft = draft_of(folder, table(id=None, label=[f"x{n}" for n in range(N)]))
    assert draft["a"]["patient"] == {"column": "label"}
    assert asked(draft, "a", "label is the patient's id") or asked(draft, "a", "is label the patient's id?")


def test_a_file_without_an_id(folder: Path) -> None:
    draft = draft_of(folder, table(id=None))
    assert draft["a"]["patient"] == {"row_number": True}
    assert asked(draft, "a", "no column of the patient's id")


def test_an_id_that_is_there_twice_is_no_id(folder: Path) -> None:
    draft = draft_of(folder, table(id=["p0", "p0", *(f"p{n}" for n in range(2, N))]))
    assert draft["a"]["patient"] == {"row_number": True}
    assert asked(draft, "a", "id is no key: is a patient in several rows?")


@pytest.mark.parametrize(
    ("codes", "meant", "sure"),
    [
        (["Treated", "Control"], {"Treated": "treated", "Control": "control"}, True),
        (["usual care", "new"], {"usual care": "control", "new": "treated"}, True),
        (["A", "B"], {"A": "control", "B": "treated"}, False),
        ([1, 0], {0: "control", 1: "treated"}, False),
        (["placebo", "x"], {"placebo": "control", "x": "treated"}, False),
        (["A", "B", "C"], {"A": "control", "B": "treated", "C": "excluded"}, False),
        (["A", "C", "C", "B", "B", "B"], {"A": "excluded", "B": "control", "C": "treated"}, False),
        (["x", "placebo", "y", "y"], {"placebo": "control", "x": "excluded", "y": "treated"}, False),
    ],
)
def test_which_arm_is_treated_is_asked_unless_words_say_it(
    folder: Path, codes: list[Any], meant: dict[Any, str], sure: bool
) -> None:
    draft = draft_of(folder, table(arm=codes * (N // len(codes))))
    assert draft["a"]["treatment"]["codes"] == meant
    assert asked(draft, "a", "which code is `treated`") is not sure


def test_three_codes_that_words_make_two_arms_are_asked(folder: Path) -> None:
    draft = draft_of(folder, table(arm=["New", "Usual care", "Sham"] * (N // 3) + ["New"] * (N % 3)))
    assert draft["a"]["treatment"]["codes"] == {"New": "treated", "Sham": "control", "Usual care": "control"}
    assert asked(draft, "a", "are these 3 codes two arms")


def test_an_arm_by_its_codes_alone_is_asked(folder: Path) -> None:
    draft = draft_of(folder, table(arm=None, x=["F", "M"] * (N // 2), kind=["sham", "active"] * (N // 2)))
    assert draft["a"]["treatment"]["column"] == "kind"
    assert asked(draft, "a", "is kind the randomised arm?")


def test_no_arm_at_all_is_asked(folder: Path) -> None:
    draft = draft_of(folder, table(arm=None, mrs=None))
    assert asked(draft, "a", "which column is the randomised arm")


def test_a_pooled_file_names_its_trials(folder: Path) -> None:
    study = ["north", "south", "west"] * (N // 3)
    study[:2] = ["rare", "rare"]
    draft = draft_of(folder, table(id=[n // 3 for n in range(N)], STUDY=study))
    assert draft["a"]["trial"]["column"] == "STUDY"
    assert draft["a"]["trial"]["codes"]["south"] == {"id": "south", "label": "South"}
    assert set(draft["a"]["trial"]["codes"]) == {"north", "south", "west"}
    assert "label" not in draft["a"]
    assert draft["a"]["patient"] == {"row_number": True}  # two patients of one trial have one id here
    assert asked(draft, "a", "1 more codes that fewer than 5 patients have")
    assert draft["config"]["analyses"]["primary"]["trial_effects"] == "fixed"


def test_ids_are_those_of_a_trial(folder: Path) -> None:
    draft = draft_of(folder, table(id=[n // 3 for n in range(N)], STUDY=[101, 102, 103] * (N // 3)))
    assert draft["a"]["patient"] == {"column": "id"}
    assert draft["a"]["trial"]["codes"][101] == {"id": "trial_101", "label": "Trial 101"}


def test_sites_are_trials_of_a_file_that_is_alone_only(folder: Path) -> None:
    site = ["X", "Y", "Z"] * (N // 3)
    draft = draft_of(folder, table(site=site))
    assert draft["a"]["trial"]["column"] == "site"
    assert asked(draft, "a", "rather than a site of one trial")
    assert "trial" not in draft_of(folder, table(site=site), table(site=site, age=range(N)))["a"]


def test_visits(folder: Path) -> None:
    plain = table()
    rows = pd.concat([plain.assign(VISIT=visit, DAY=day) for visit, day in (("V1", 0), ("V2", 90))])
    rows["mrs"] = (np.arange(2 * N) * 7) % 59 % 6
    draft = draft_of(folder, rows)
    assert draft["a"]["visits"] == {"column": "VISIT", "day": "DAY"}
    assert draft["a"]["patient"] == {"column": "id"}
    assert draft["a"]["variables"]["mrs"]["at"] == "last"
    assert "at" not in draft["a"]["variables"]["age"]
    assert asked(draft, "a", "at which visit?")
    assert asked(draft, "a", "the columns of the visit")


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        ([*range(40, 97), -9, -9, 999], {-9, 999}),
        ([*range(40, 97), 99, 98, 90], set()),
        ([*[0, 1, 2] * 19, 99, 99, 1], {99}),
        ([*[-30, 4, 20] * 19, -9, -9, 1], set()),
        ([*range(40, 97), "NA", "ND", "."], {"NA", "ND", "."}),
        ([*["yes", "no"] * 28, "NA", "U", "-9", "999"], {"NA", "U", -9, 999}),
    ],
)
def test_codes_for_missing_lie_apart(folder: Path, cells: list[Any], missing: set[Any]) -> None:
    # pandas itself would leave NA out
    draft = draft_of(folder, table(x=cells))
    assert set(draft["a"]["variables"]["x"].get("missing", [])) == missing
    assert asked(draft, "a", "missing?") is bool(missing)


@pytest.mark.parametrize(
    ("header", "unit", "title", "sure"),
    [
        ("Volume (mL)", "mL", "Volume", True),
        ("Creatinine [mmol/L]", "mmol/L", "Creatinine", True),
        ("volume_ml", "mL", "volume", False),
        ("delay_min", "minute", "delay", False),
        ("ONSET2RAND_MIN", "minute", "ONSET2RAND", False),
        ("Delay (hours)", "hour", "Delay", True),
        ("lesion cm3", "cm3", "lesion", False),
        ("group_d2", None, "group_d2", True),
        ("Sex (1=M, 2=F)", None, "Sex (1=M, 2=F)", True),
    ],
)
def test_units_of_names(header: str, unit: str | None, title: str, sure: bool) -> None:
    found = WORDS.name(header)
    assert (found.unit, found.sure) == (unit, sure)
    assert found.title.partition("(")[0].partition("[")[0].strip() == title.partition("(")[0].strip()


def test_units_that_convert_and_units_that_do_not(folder: Path) -> None:
    ones = [table(volume=None, **{name: np.linspace(1, 9, N)}) for name in ("vol_ml", "vol_cl", "vol_kg")]
    draft = draft_of(folder, *ones[:2])
    assert draft["config"]["variables"]["vol"]["unit"] == "mL"
    assert draft["b"]["variables"]["vol"]["unit"] == "cL"
    draft = draft_of(folder, *ones[1:])
    assert "unit" not in draft["config"]["variables"]["vol"]
    assert asked(draft, "config", "do not convert")


def test_columns_of_files_are_matched_by_their_names(folder: Path) -> None:
    one = table(**{"Systolic Pressure": np.arange(N) * 1.5, "only_here": range(N)})
    other = table(age=None, Âge=range(30, 30 + N), SYSTOLIC_PRESURE=np.arange(N) / 3)
    draft = draft_of(folder, one, other)
    variables = draft["config"]["variables"]
    assert set(variables) == {"age", "volume", "mrs", "systolic_pressure"}
    assert draft["b"]["variables"]["age"] == {"column": "Âge"}
    assert draft["b"]["variables"]["systolic_pressure"] == {"column": "SYSTOLIC_PRESURE"}
    assert asked(draft, "config", "Systolic Pressure of a", "SYSTOLIC_PRESURE of b")
    assert not asked(draft, "config", "age of a")
    assert "  #   a: only_here\n" in draft.texts["config.yaml"]


def test_a_day_that_one_file_names_and_the_other_does_not_is_asked(folder: Path) -> None:
    scores = [0, 1, 2, 3] * (N // 4)
    draft = draft_of(folder, table(mrs=None, SCORE90=scores), table(mrs=None, Score=scores))
    assert draft["b"]["variables"]["score90"] == {"column": "Score"}
    assert asked(draft, "config", "are these one variable", "SCORE90 of a", "Score of b")


def test_a_short_name_with_a_day_behind_it_is_asked(folder: Path) -> None:
    scores = [0, 1, 2, 3] * (N // 4)
    draft = draft_of(folder, table(mrs=None, MRS90=scores), table(mrs=None, MRS=scores))
    assert draft["b"]["variables"]["mrs90"] == {"column": "MRS"}
    assert asked(draft, "config", "are these one variable", "MRS90 of a", "MRS of b")


def test_whole_numbers_with_a_zero_behind_the_point_are_whole(folder: Path) -> None:
    """As programs write a column of whole numbers in which some cells are empty."""
    scores = [None if n % 8 == 7 else f"{n % 4}.0" for n in range(N)]
    draft = draft_of(folder, table(mrs=scores))
    assert draft["config"]["variables"]["mrs"]["type"] == "ordinal"
    assert list(draft["config"]["variables"]["mrs"]["levels"]) == [0, 1, 2, 3]
    assert draft["a"]["variables"]["mrs"] == {"column": "mrs"}


def test_a_scale_of_another_day_is_another_variable(folder: Path) -> None:
    scores = [0, 1, 2, 3] * (N // 4)
    draft = draft_of(folder, table(mrs=None, score_day30=scores), table(mrs=None, score_day90=scores))
    assert {name for name in draft["config"]["variables"] if "score" in name} <= {
        "score_day30",
        "score_day90",
    }
    assert asked(draft, "b", "or did the trial not record it?") or asked(draft, "a", "not record it?")


def test_a_column_of_words_where_another_file_has_numbers(folder: Path) -> None:
    draft = draft_of(folder, table(), table(volume=["small", "large"] * (N // 2)))
    assert draft["config"]["variables"]["volume"]["type"] == "continuous"
    assert draft["b"]["variables"]["volume"] == {"absent": True}
    assert asked(draft, "b", "Its column volume holds words")


def test_binary_and_categorical_variables(folder: Path) -> None:
    draft = draft_of(
        folder,
        table(
            flag=["Y", "N"] * (N // 2),
            male=[1, 2] * (N // 2),
            death=[0, 1] * (N // 2),
            place=["M1", "ICA", "M2"] * (N // 3),
        ),
    )
    variables, found = draft["config"]["variables"], draft["a"]["variables"]
    assert [variables[name]["type"] for name in ("flag", "male", "death", "place")] == [
        "binary",
        "binary",
        "binary",
        "categorical",
    ]
    assert found["flag"]["codes"] == {"Y": 1, "N": 0}
    assert found["male"]["codes"] == {1: 0, 2: 1}
    assert "codes" not in found["death"]
    assert found["place"]["codes"] == {"M1": "m1", "ICA": "ica", "M2": "m2"}
    assert asked(draft, "a", "which code of male is 1")
    assert not asked(draft, "a", "which code of flag is 1")


def test_a_limit_of_detection_is_asked(folder: Path) -> None:
    draft = draft_of(folder, table(volume=["<1", "<1", *(f"{n}.5" for n in range(N - 2))]))
    assert asked(draft, "a", "2 cells are no numbers")
    assert "<1 " not in draft.texts["a.yaml"].replace('"<1"', "")
