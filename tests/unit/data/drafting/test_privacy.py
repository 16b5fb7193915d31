"""A mapping may end in a commit: no patient shows in a draft."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.unit.data.drafting.conftest import drafted

PATIENTS = 120


def frame() -> pd.DataFrame:
    """Patients of whom every id, name, date, rare code and extreme is one that stands nowhere else."""
    rng = np.random.default_rng(1)
    age = rng.integers(40, 80, PATIENTS)
    age[:2] = 17, 104
    volume = np.round(rng.gamma(2, 30, PATIENTS), 2)
    volume[:2] = 0.0173, 917.31
    score = rng.integers(0, 4, PATIENTS)
    score[:3] = 5, 6, 6
    return pd.DataFrame(
        {
            "subject": [f"SUBJ-{n * 7919 % 100003}" for n in range(PATIENTS)],
            "initials": [f"Q{n:03d}Z" for n in range(PATIENTS)],
            "arm": np.where(np.arange(PATIENTS) % 2, "active", "placebo"),
            "age": age,
            "volume_ml": volume,
            "score": score,
            "site": ["Xanadu", "Yonkers", *["Zwolle", "Ypres"] * (PATIENTS // 2 - 1)],
            "born": pd.date_range("1931-01-07", periods=PATIENTS, freq="53D").strftime("%Y-%m-%d"),
            "remark": ["fell off a horse", *[None] * (PATIENTS - 1)],
        }
    )


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[\w.+-]+", text))


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx", "dta", "sav"])
def test_no_identifier_and_no_value_of_few_patients_is_drafted(folder: Path, ending: str) -> None:
    import pyreadstat

    table = frame()
    path = folder / f"north.{ending}"
    {
        "csv": lambda: table.to_csv(path, index=False),
        "parquet": lambda: table.to_parquet(path),
        "xlsx": lambda: table.to_excel(path, index=False),
        "dta": lambda: table.to_stata(path, write_index=False),
        "sav": lambda: pyreadstat.write_sav(
            table, str(path), variable_value_labels={"site": {"Xanadu": "Xanth", "Zwolle": "Well known"}}
        ),
    }[ending]()
    draft = drafted(folder / "study", path)
    text = "\n".join(draft.texts.values())
    for name in ("subject", "initials", "born", "remark"):
        assert f"  {name}: " in text, "every column is named"
        assert not any(str(value) in text for value in table[name].dropna())
    for rare in ("Xanadu", "Xanth", "Yonkers", "17", "104", "0.0173", "917.31", "917"):
        assert rare not in words_of(text.replace("south", ""))
    assert "Zwolle" in text
    score = draft["config"]["variables"]["score"]
    assert list(score["levels"]) == [0, 1, 2, 3]
    assert any("2 more codes that fewer than 5 patients have" in said for said in draft.questions("north"))


def test_two_quantiles_of_a_number_are_rounded_and_have_patients_beyond(folder: Path) -> None:
    table = frame()
    table.to_csv(folder / "north.csv", index=False)
    listed = drafted(folder / "study", folder / "north.csv").texts["north.yaml"]
    share, low, high = re.findall(r"volume_ml: numbers, .*?(\d+) % from ([\d.]+) to ([\d.]+)", listed)[0]
    assert share == "90"
    assert (table["volume_ml"] < float(low)).sum() >= 5
    assert (table["volume_ml"] > float(high)).sum() >= 5
    assert not {float(low), float(high)} & set(table["volume_ml"])


def test_of_few_patients_there_are_no_quantiles_and_no_codes(folder: Path) -> None:
    frame()[:9].to_csv(folder / "north.csv", index=False)
    draft = drafted(folder / "study", folder / "north.csv")
    assert " % from " not in draft.texts["north.yaml"]
    assert "active" not in draft.texts["north.yaml"].replace("4x", "")
    assert all(problem.text.startswith("to be decided") for problem in draft.problems)


def test_a_patient_s_visits_are_counted_as_one_patient(folder: Path) -> None:
    """A code that one patient has at 30 visits is one patient's."""
    rows = [
        {
            "id": f"p{n}",
            "day": day,
            "arm": "AB"[n % 2],
            "site": "Rareville" if n == 0 else "Zwolle",
            "y": n * day % 9,
        }
        for n in range(20)
        for day in range(30)
    ]
    pd.DataFrame(rows).to_csv(folder / "north.csv", index=False)
    text = drafted(folder / "study", folder / "north.csv").texts["north.yaml"]
    assert "visits: {" in text
    assert "Rareville" not in text
    assert "Zwolle" in text
