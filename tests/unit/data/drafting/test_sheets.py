"""Worksheets about the same patients are joined in a draft, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ipdmediation.data.reading.columns import plain_name
from tests.unit.data.drafting.conftest import Draft, drafted
from tests.unit.data.drafting.test_any_file import NAMES, check
from tests.unit.data.drafting.test_decided import pooled, without_questions
from tests.unit.data.workbooks import WRITERS, Book

N = 40
Rows = list[list[Any]]
BASELINE: Rows = [
    ["id", "arm", "age"],
    *[[f"P{n}", ["active", "placebo"][n % 2], 40 + n] for n in range(N)],
]
#: In another order, with a title, decimal commas, one patient less and one that nobody randomised.
FOLLOW_UP: Rows = [
    ["Day 90"],
    ["volume", "id", "mrs", "STUDY"],
    *[[f"{n},5", f"P{n}", n % 4, "AB"[n % 2]] for n in reversed(range(1, N))],
    ["7,5", "P99", 3, "A"],
]


def workbook(path: Path, **sheets: Rows) -> Path:
    WRITERS["excel"](Book({title.replace("_", "-"): rows for title, rows in sheets.items()}), path)
    return path


def draft_of(folder: Path, **sheets: Rows) -> Draft:
    draft = drafted(folder / "study", workbook(folder / "a.xlsx", **sheets))
    for problem in draft.problems:
        assert problem.text.startswith("to be decided: "), problem
    return draft


def test_two_sheets_about_the_same_patients_are_joined(folder: Path) -> None:
    draft = draft_of(folder, Base=BASELINE, Follow_up=FOLLOW_UP, Notes=[["Notes"], ["none"]])
    file = {"file": str(folder / "a.xlsx"), "format": "excel"}
    found = draft["a"]
    assert found["source"]["files"] == {
        "base": file | {"options": {"sheet": "Base"}},
        "follow_up": file | {"options": {"sheet": "Follow-up", "header_row": 2, "decimal": ","}},
    }
    assert found["patient"] == {"column": "base/id"}
    assert found["treatment"]["column"] == "base/arm"
    assert found["variables"]["volume"] == {"column": "follow_up/volume"}
    assert set(draft["config"]["variables"]) == {"age", "volume", "mrs", "study"}
    assert "trial" not in found, "the first file alone says a patient's trial"
    (asked,) = (said for said in draft.questions("a") if "sheets" in said)
    assert asked.startswith(
        "to be decided: are the sheets Base and Follow-up about the same patients? They are joined by id; "
        "the file also has Notes"
    )
    assert "#   follow_up/mrs: codes, 4 different, " in draft.texts["a.yaml"]
    assert ", 1 empty -> mrs\n" in draft.texts["a.yaml"]


def test_a_joined_draft_pools_each_patient_s_own_values(folder: Path) -> None:
    draft_of(folder, Base=BASELINE, Follow_up=FOLLOW_UP)
    without_questions(folder / "study")
    with pytest.warns(match="follow_up"):  # of a patient without a row, and a row of nobody
        frame = pooled(folder / "study/config.yaml").set_index("patient")
    assert len(frame) == N
    assert frame.loc[[f"P{n}" for n in range(1, N)], "volume"].tolist() == [n + 0.5 for n in range(1, N)]
    assert pd.isna(frame.loc["P0", "volume"])


def test_a_column_that_counts_rows_is_the_id_only_where_no_other_is(folder: Path) -> None:
    numbered = {
        title: [[n or "Nr", *row] for n, row in enumerate(rows)]
        for title, rows in {"Base": BASELINE, "Follow_up": FOLLOW_UP[1:]}.items()
    }
    assert draft_of(folder, **numbered)["a"]["patient"] == {"column": "base/id"}
    alone = {title: [[row[0], *row[3:]] for row in rows] for title, rows in numbered.items()}
    assert draft_of(folder, **alone)["a"]["patient"] == {"column": "base/Nr"}


@pytest.mark.parametrize(
    "other",
    [
        [["id", "arm", "age"], *[[f"P{n}", "active", n] for n in range(N)]],  # an arm's own sheet
        [["id", "mrs"], *[[f"Q{n}", n % 4] for n in range(N)]],
        [["id", "mrs"], *[[f"P{n}", n % 4] for n in range(N // 2 - 1)]],
        [["id", "mrs"], *[[f"P{n}", n % 4] for n in range(N)], ["P0", 3]],
        [["id", "mrs"], *[[f"P{n}", n % 4] for n in range(1, N)], [None, 3]],
        [["Id", "mrs"], *[[f"P{n}", n % 4] for n in range(N)]],
        [["id", "x" * 290], *[[f"P{n}", n % 4] for n in range(N)]],
    ],
)
def test_other_sheets_are_not_joined(folder: Path, other: Rows) -> None:
    draft = draft_of(folder, Base=BASELINE, Other=other)
    assert draft["a"]["source"]["options"] == {"sheet": "Base"}
    assert any("is Base the sheet of this trial's patients?" in said for said in draft.questions("a"))


def test_the_name_of_a_sheet_says_nothing_of_its_columns(folder: Path) -> None:
    base = [["id", "kind", "arm", "age"], *[[f"P{n}", n % 3, "AB"[n % 2], 40 + n] for n in range(N)]]
    later = [["id", "grade", "score"], *[[f"P{n}", n % 4, n % 5] for n in range(N)]]
    files = [workbook(folder / "a.xlsx", Arm=base, Outcome=later), folder / "b.csv"]
    pd.DataFrame(later[1:], columns=later[0]).assign(arm=["A", "B"] * (N // 2)).to_csv(files[1], index=False)
    draft = drafted(folder / "study", *files)
    assert draft["a"]["treatment"]["column"] == "arm/arm"
    assert draft["config"]["analyses"]["primary"]["outcome"]["variable"] == "score"
    assert draft["a"]["variables"]["score"] == {"column": "outcome/score"}
    assert not any("are these one variable" in said for said in draft.questions("config"))


def test_rows_of_units_and_sites_of_joined_sheets(folder: Path) -> None:
    base = [
        ["id", "arm", "age", "site"],
        ["", "", "years", ""],
        *[[*row, "XYZ"[n % 3]] for n, row in enumerate(BASELINE[1:])],
    ]
    draft = draft_of(folder, Base=base, Follow_up=[row[:3] for row in FOLLOW_UP])
    assert draft["a"]["source"]["files"]["base"]["options"] == {"sheet": "Base", "rows_below_header": 1}
    assert any("Base: is the row below the column names no patient" in said for said in draft.questions("a"))
    assert draft["a"]["trial"]["column"] == "base/site"


def test_joined_sheets_without_an_arm(folder: Path) -> None:
    base = [["id", "age"], *[[f"P{n}", 40.5 + n] for n in range(N)]]
    draft = draft_of(folder, Base=base, Other=[["id", "volume"], *[[f"P{n}", n / 7] for n in range(N)]])
    assert draft["a"]["treatment"]["column"] == "base/age"  # asked, and never the patient's id
    assert any("which column is the randomised arm" in said for said in draft.questions("a"))


def test_joined_columns_of_any_name_are_drafted(folder: Path) -> None:
    names = [name for name in NAMES if len(name) < 200][::2]
    cells = [[(n * place) % 5 for place in range(len(names))] for n in range(N)]
    base = [["id", *names], *[[n, *row] for n, row in enumerate(cells)]]
    other = [["id", *(f"{name}!" for name in names)], *base[1:]]
    draft = draft_of(folder, Base=base, Other=other)
    assert list(draft["a"]["source"]["files"]) == ["base", "other"]
    check(draft, "a", [f"base/{plain_name(name)}" for name in names])
    check(draft, "a", [f"other/{plain_name(name)}!" for name in names])
