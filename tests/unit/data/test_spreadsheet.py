"""No cell of a table of results is a formula, and every text is read back as it was."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipdmediation.data.notices import Noted, read_notices, write_notices
from ipdmediation.data.result_tables import read_table, write_table
from ipdmediation.data.spreadsheet import cell_text, text_of_cell
from ipdmediation.present.tables.saving import save
from ipdmediation.present.tables.table import Table

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")
LABELS = [
    "=HYPERLINK(1)",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\tAge",
    "\rAge",
    "'=1",
    "'s-Gravenhage",
    "Age",
    "-9, 9",
]


def cells(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return [cell for row in csv.reader(file) for cell in row]


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_a_table_of_results(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"label": LABELS, "level": [str(-1.5 * n) for n in range(len(LABELS))], "estimate": -0.25}
    )
    write_table(table, tmp_path / "a.csv")
    written = cells(tmp_path / "a.csv")
    assert [cell for cell in written if cell.startswith(BEGINNINGS) and not is_number(cell)] == []
    assert written.count("-0.25") == len(LABELS)
    assert "-1.5" in written
    expected = table.astype({"label": "str", "level": "str"})
    pd.testing.assert_frame_equal(read_table(tmp_path / "a.csv"), expected)


def test_a_table_for_a_paper_and_its_headings(tmp_path: Path) -> None:
    table = Table(name="t", title="T", cells=pd.DataFrame({"Term": LABELS, "=EVT (n = 3)": "0.2"}))
    save(table, tmp_path / "t.csv")
    written = cells(tmp_path / "t.csv")
    assert [cell for cell in written if cell.startswith(BEGINNINGS)] == []
    assert "'=EVT (n = 3)" in written


def test_notices(tmp_path: Path) -> None:
    notices = [Noted("cohort", "kind", label) for label in LABELS]
    write_notices(tmp_path / "n.csv", notices)
    assert [cell for cell in cells(tmp_path / "n.csv") if cell.startswith(BEGINNINGS)] == []
    assert read_notices(tmp_path / "n.csv") == notices


@settings(deadline=None)
@given(st.text(alphabet="'=+-@\t\r0a.e", max_size=6))
def test_every_text_comes_back(text: str) -> None:
    written = str(cell_text(text))
    assert text_of_cell(written) == text
    assert not written.startswith(BEGINNINGS) or is_number(written)


@pytest.mark.parametrize("number", [-1, -0.5, 1e-9, float("nan")])
def test_numbers_stay_numbers(number: float) -> None:
    assert cell_text(number) is number
