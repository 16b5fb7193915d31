"""What is wrong with the files of one trial is said with file, column and rows, and without an id."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.data.broken_joins import BROKEN
from tests.unit.data.joined_study import TABLES, said, stated, written

pytestmark = pytest.mark.filterwarnings("ignore::ipdmediation.data.errors.JoiningWarning")


def test_there_are_many_broken_inputs() -> None:
    assert len(BROKEN) >= 25


@pytest.mark.parametrize(
    ("mapping", "tables", "words"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_what_is_wrong_is_said_with_file_column_and_rows(
    tmp_path: Path, mapping: dict[str, Any], tables: dict[str, Any], words: list[str]
) -> None:
    found = said(stated(**mapping), written(tmp_path, **tables))
    for text in words:
        assert text in found, found
    assert len(found.splitlines()) <= 4, found


def test_two_trials_with_the_same_ids_cannot_be_joined(tmp_path: Path) -> None:
    codes = {1: {"id": "north", "label": "North"}, 2: {"id": "south", "label": "South"}}
    mapping = stated(trial={"column": "base/STUDY", "codes": codes}, label=None)
    base = [[*row, study] for row, study in zip(TABLES["base"], ["STUDY", "1", "2", "1", "1"], strict=True)]
    base[2][0] = "1"
    assert "patients of trials 'north', 'south' have the same ids" in said(
        mapping, written(tmp_path, base=base)
    )


def test_no_message_says_an_id(tmp_path: Path) -> None:
    tables = {name: [[f"QZ{cell}" if place == 0 else cell for place, cell in enumerate(row)] for row in rows]
              for name, rows in TABLES.items()}  # fmt: skip
    for name, key in (("base", "SUBJID"), ("imaging", "PATIENT"), ("outcome", "SUBJID"), ("lab", "SUBJID")):
        tables[name][0][0] = key
    tables["imaging"][1:] = [[f"{row[0]} ".replace("QZ", "q z"), *row[1:]] for row in tables["imaging"][1:]]
    found = said(stated(), written(tmp_path, **tables))
    assert "'x x9'" in found
    assert "'XX9'" in found
    assert not any(f"z{number}" in found.lower() for number in (1, 2, 3, 4, 77))
