"""A study of which one trial stands in two files, as it is checked."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from ipdmediation.plumbing.study_settings import StudySettings
from tests.unit.plumbing.checked_template import checked, problems
from tests.unit.plumbing.slips import CONFIG

JOINED = """
label: North
source:
  files:
    main: {file: data/main.csv, format: csv}
    scans: {file: data/scans.csv, format: csv, key: subject}
patient: {column: id}
treatment: {column: main/arm, codes: {new: treated, usual: control}}
variables:
  age: {column: main/age}
  female: {column: main/sex, codes: {F: 1, M: 0}}
  delay: {column: main/hours}
  lesion: {column: scans/volume_ml}
"""


@pytest.fixture
def joined(study: Path) -> Path:
    """A study of which one trial stands in two files."""
    rest = (study / "north.yaml").read_text().partition("  lesion:")[2].partition("\n")[2]
    (study / "north.yaml").write_text(JOINED + rest.replace("column: ", "column: main/"))
    for name in ("main", "scans"):
        (study / f"data/{name}.csv").write_text(f"id,{name}\n1,1\n")
    return study


def test_each_of_several_files_is_looked_for_and_is_an_input_of_the_job(joined: Path) -> None:
    found, checked_study = checked()
    assert found == []
    assert checked_study is not None
    settings = StudySettings(checked_study.config, checked_study.mappings)
    assert settings.raw_file("north") == ["study/data/main.csv", "study/data/scans.csv"]
    assert settings.raw_file("south") == "study/data/south.csv"
    assert settings.joined == {"north": ["main", "scans"]}
    mapping = settings.mapping(SimpleNamespace(trial="north"))
    assert mapping["source"]["first"] == "main"
    assert "main.csv" not in str(mapping)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "data/scans.csv",
            "data/scan.csv",
            "north.yaml:6: source.files.scans.file: 'data/scan.csv': there is no",
        ),
        (
            "data/scans.csv",
            "data/main.csv",
            "north.yaml:6: source.files.scans: the file of 'main': a file is",
        ),
        (
            "data/scans.csv",
            "<results>/a.csv",
            "source.files.scans.file: '<results>/a.csv' is made by a run only",
        ),
        ("main/age", "age", "north.yaml:10: variables.age.column: column 'age': several files are joined"),
        (
            "main/arm",
            "mian/arm",
            "treatment.column: column 'mian/arm': no file is called 'mian'; write main/arm",
        ),
        (
            "    scans:",
            "    Scans:",
            "source.files.Scans: as a key: found 'Scans'; allowed: lower-case letters",
        ),
        (
            "key: subject",
            "key: subject, options: {sheet: 1}",
            "source.files.scans.options.sheet: this key does not",
        ),
        ("{column: id}", "{row_number: true}", "patient.row_number: files are joined by the patient's id"),
        ("patient:", "visits: {column: v}\npatient:", "north.yaml:7: visits: several files are joined"),
        ("source:\n", "source:\n  format: csv\n", "source.format: this key does not belong here"),
        (
            "source:\n",
            "source:\n  file: a.csv\n",
            "source: exactly one of 'file', 'package', 'files' is needed",
        ),
        (
            "    scans: {file: data/scans.csv, format: csv, key: subject}\n",
            "",
            "source.files: 1 keys; allowed: at",
        ),
    ],
)
def test_what_is_wrong_with_joined_files_is_said(joined: Path, old: str, new: str, said: str) -> None:
    path = joined / "north.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    assert any(said in line for line in problems()), problems()


def test_results_may_not_lie_about_any_of_the_files(joined: Path) -> None:
    (joined / "data/raw").mkdir()
    (joined / "data/scans.csv").rename(joined / "data/raw/scans.csv")
    path, config = joined / "north.yaml", joined / CONFIG
    path.write_text(path.read_text().replace("data/scans", "data/raw/scans"))
    config.write_text(config.read_text().replace("<study>/results", "<study>/data/raw"))
    assert any("a trial's file, study/data/raw/scans.csv, lies in" in line for line in problems())
