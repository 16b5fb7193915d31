"""Files of trials and folders of the run: which are found, which are the same, and which cannot be."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from ipdmediation.plumbing.study_check import check_study
from ipdmediation.plumbing.study_files import read_study
from tests.unit.plumbing.checked_template import AROUND, checked, problems
from tests.unit.plumbing.slips import CONFIG


def test_a_mapping_that_is_not_utf_8_is_named(study: Path) -> None:
    (study / "north.yaml").write_bytes("label: North\nx: é\n".encode("latin-1"))
    assert problems() == ["  study/north.yaml:2: not UTF-8 (byte 0xe9); save it in this encoding"]


def test_a_copy_of_a_file_under_another_name_is_noticed(study: Path) -> None:
    shutil.copy(study / "data/north.csv", study / "data/south.csv")
    found = [text for text in problems() if "copy" in text]
    assert found == [
        "  study/south.yaml:3: source: a copy of the file of 'north': its patients would count twice; name "
        "this trial's own (where one file holds several trials, one mapping names them, under `trial:`)"
    ]


def test_a_link_to_another_trial_s_file_is_noticed(study: Path) -> None:
    (study / "data/south.csv").unlink()
    (study / "data/south.csv").symlink_to("north.csv")
    assert any("south.yaml:3: source: the file of 'north'" in text for text in problems())


@pytest.mark.parametrize(
    ("sheets", "same"),
    [(("one", "two"), False), ((1, 2), False), ((2, 2), True), (("one", "one"), True), ((1, None), True)],
)
def test_two_sheets_of_a_workbook_are_two_sources(
    study: Path, sheets: tuple[object, ...], same: bool
) -> None:
    for name, sheet in zip(("north", "south"), sheets, strict=True):
        mapping = (study / f"{name}.yaml").read_text()
        options = "" if sheet is None else f", options: {{sheet: {sheet}}}"
        source = f"source: {{file: data/both.xlsx, format: excel{options}}}"
        (study / f"{name}.yaml").write_text(re.sub(r"source: .*", source, mapping))
    (study / "data/both.xlsx").write_bytes(b"PK")
    assert any("its patients would count twice" in text for text in problems()) == same
    assert (problems() == []) != same


@pytest.mark.parametrize(
    ("sheets", "same"),
    [
        (("one", 1), False),
        (("one", 2), True),
        (("hidden", 1), False),
        (("three", None), False),
        (("one", 9), False),
    ],
)
def test_a_sheet_is_the_same_by_its_name_and_by_its_number(
    study: Path, sheets: tuple[object, ...], same: bool
) -> None:
    """Numbers count the sheets that are not hidden, as the reader does."""
    book = openpyxl.Workbook()
    for name in ("hidden", "two", "one", "three"):
        book.create_sheet(name)
    del book["Sheet"]
    book["hidden"].sheet_state = "hidden"
    book.save(study / "data/both.xlsx")
    for name, sheet in zip(("north", "south"), sheets, strict=True):
        mapping = (study / f"{name}.yaml").read_text()
        options = "" if sheet is None else f", options: {{sheet: {sheet}}}"
        source = f"source: {{file: data/both.xlsx, format: excel{options}}}"
        (study / f"{name}.yaml").write_text(re.sub(r"source: .*", source, mapping))
    assert any("its patients would count twice" in text for text in problems()) == same


def test_an_empty_file_of_a_trial(study: Path) -> None:
    (study / "data/north.csv").write_bytes(b"")
    assert problems() == ["  study/north.yaml:3: source.file: 'study/data/north.csv': the file is empty"]


def test_real_files_are_not_called_synthetic(study: Path) -> None:
    text = (study / CONFIG).read_text()
    (study / CONFIG).write_text(text.replace("study:\n", "study:\n  synthetic: model.yaml\n", 1))
    (study / "model.yaml").write_text("patients: {north: 1, south: 1, east: 1}\n")
    found = problems()
    assert len(found) == 3
    assert "source.file: `study.synthetic` says that a model makes the trials' files" in found[0]
    assert "`file: <results>/ipd/raw/east.csv`" in found[0]


def test_a_path_that_may_be_two_files_is_not_guessed(study: Path) -> None:
    Path("data").mkdir()
    Path("data/north.csv").write_text("another file")
    assert problems() == [
        "  study/north.yaml:3: source.file: 'data/north.csv' may be study/data/north.csv, or data/north.csv "
        "in the directory of the run; write the whole path"
    ]


def test_a_path_from_the_directory_of_the_run_is_found(study: Path) -> None:
    (study / CONFIG).write_text(
        (study / CONFIG).read_text().replace("north: north.yaml", "north: study/north.yaml")
    )
    found, checked_study = checked()
    assert found == []
    assert checked_study is not None
    assert checked_study.config["trials"]["north"] == "study/north.yaml"


def test_a_study_beside_the_run_has_paths_without_points(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(study)
    found, checked_study = checked("config.yaml")
    assert found == []
    assert checked_study is not None
    assert checked_study.config["pathvars"]["results"] == "results"
    assert checked_study.mappings["north"]["source"]["file"] == "data/north.csv"


@pytest.mark.parametrize(
    ("stated", "results"),
    [
        ("out/", "out"),
        ("./out", "out"),
        ("out//a/./b/", "out/a/b"),
        ("<study>/../out", "out"),
        ("/tmp/nowhere/out/", "/tmp/nowhere/out"),
        ("../other", "../other"),
    ],
)
def test_a_folder_may_be_written_in_many_ways(study: Path, stated: str, results: str) -> None:
    text = (study / CONFIG).read_text()
    (study / CONFIG).write_text(text.replace("results: <study>/results", f"results: {stated}"))
    found, checked_study = checked()
    assert found == []
    assert checked_study is not None
    assert checked_study.config["pathvars"]["results"] == results
    assert checked_study.config["pathvars"]["logs"] == f"{results}/logs"


def test_a_workflow_that_imports_this_one_may_make_the_files(study: Path) -> None:
    for path in (study / "data").iterdir():
        path.unlink()
    stated = read_study(["study/config.yaml"])
    assert stated.content is not None
    around = replace(AROUND, files_there=False)
    assert check_study(stated.content, origins=stated.origins, surroundings=around).problems == ()
