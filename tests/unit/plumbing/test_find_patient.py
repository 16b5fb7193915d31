"""From a pseudonym back to the patient, and what a study says of its key before anything is run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ipdmediation.data.pseudonyms import pseudonym
from ipdmediation.plumbing.check_command import check
from ipdmediation.plumbing.find_command import main
from ipdmediation.plumbing.pseudonym_key import read_key

ROOT = Path(__file__).parents[3]
CONFIG = "study/config.yaml"


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The key of a copy of the template, which is in the directory of the run."""
    shutil.copytree(ROOT / "config/examples/template", tmp_path / "run/study")
    monkeypatch.chdir(tmp_path / "run")
    stated = tmp_path / "safe/study.key"
    config = Path(CONFIG)
    config.write_text(f"{config.read_text()}\nidentifiers: {{key: {stated}}}\n")
    return stated


REGISTRY = """
label: Registry
source: {file: registry.csv, format: csv}
trial: {column: STUDY, codes: {1: {id: one, label: One}, 2: {id: two, label: Two}, 9: excluded}}
visits: {column: VISIT}
patient: {column: ID}
treatment: {column: ARM, codes: {A: treated, B: control}}
variables:
  age: {column: AGE}
  female: {absent: true}
  delay: {absent: true}
  lesion: {column: AGE}
  recovery: {constant: 1}
"""


@pytest.mark.parametrize(
    ("trial", "patient", "said"),
    [
        ("north", "N002", "study/data/north.csv, line 3: N002"),
        ("south", "1001", "study/data/south.csv, line 2: 1001"),
        ("two", "07", "study/registry.csv, line 4: 07"),
    ],
)
def test_a_patient_is_found_by_trial_and_pseudonym(
    trial: str, patient: str, said: str, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("study/registry.yaml").write_text(REGISTRY.replace("label: Registry\n", ""))
    rows = [(9, "07", "A"), (1, "07", "A"), (2, "07", "B"), (2, "07", "B")]
    lines = [f"{study},{one},{arm},D{row},50" for row, (study, one, arm) in enumerate(rows)]
    Path("study/registry.csv").write_text("\n".join(["STUDY,ID,ARM,VISIT,AGE", *lines, ""]))
    config = Path(CONFIG)
    config.write_text(
        config.read_text().replace("  south: south.yaml", "  south: south.yaml\n  reg: registry.yaml")
    )
    wanted = pseudonym(trial, patient, key=read_key(key))
    capsys.readouterr()
    assert main([CONFIG, trial, wanted]) == 0, capsys.readouterr().err
    assert capsys.readouterr().out == f"{said}\n"


def test_one_line_where_nobody_is_found(key: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([CONFIG, "north", "a" * 16]) == 1
    assert f"{key}: there is no key" in capsys.readouterr().err
    assert not key.exists()
    wanted = pseudonym("north", "N002", key=read_key(key))
    assert main([CONFIG, "south", wanted]) == 1
    assert "no patient of 'south' has the pseudonym" in capsys.readouterr().err
    assert main([CONFIG, "west", wanted]) == 1
    assert "'west' is no trial of" in capsys.readouterr().err
    assert main([CONFIG, "north"]) == 2
    assert capsys.readouterr().err.startswith("usage: ")


def stated(text: str) -> list[str]:
    config = Path(CONFIG)
    lines = [line for line in config.read_text().splitlines() if not line.startswith("identifiers:")]
    config.write_text("\n".join([*lines, f"identifiers: {text}", ""]))
    return [str(problem) for problem in check([CONFIG])]


def test_a_check_makes_no_key(key: Path) -> None:
    assert stated(f"{{key: {key}}}") == []
    assert not key.parent.exists()


@pytest.mark.usefixtures("key")
def test_a_key_may_be_below_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert stated("{key: ~/keys/own.key}") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{key: keys/own.key}", "identifiers.key: found 'keys/own.key'; allowed: a whole path, or one that"),
        (f"{{key: /{'k' * 300}}}", "allowed: a whole path, or one that"),
        ("{pseudonyms: maybe}", "identifiers.pseudonyms: "),
        ("as_they_are", "identifiers: "),
        ("{key: RUN/study/results/own.key}", "others may get"),
        ("{key: RUN/own.key}", "others may get"),
        (f"{{key: {ROOT}/own.key}}", "others may get"),
        ("{key: RUN/../empty.key}", "holds 0 characters"),
        ("{key: RUN/../open.key}", "is open to others"),
        ("{key: RUN/../empty.key/own.key}", "cannot be made"),
    ],
)
@pytest.mark.usefixtures("key")
def test_a_key_that_cannot_be_used_is_said_with_file_line_and_place(text: str, said: str) -> None:
    here = Path.cwd()
    (here / ".git").mkdir()
    (here.parent / "empty.key").touch(0o600)
    (here.parent / "open.key").write_text("k" * 40)
    (here.parent / "open.key").chmod(0o644)
    lines = len(Path(CONFIG).read_text().splitlines())
    (problem,) = stated(text.replace("RUN", str(here)))
    assert problem.startswith(f"study/config.yaml:{lines}: identifiers")
    assert said in problem


@pytest.mark.usefixtures("key")
def test_without_pseudonyms_no_key_is_looked_at() -> None:
    here = Path.cwd()
    (here / ".git").mkdir()
    (here.parent / "empty.key").touch(0o600)
    assert stated(f"{{pseudonyms: false, key: {here.parent}/empty.key}}") == []
    ids = {"north": "id", "south": "PATNR", "east": "subject"}
    assert len(stated(f"{{key: {here.parent}/empty.key}}")) == 1
    for trial, column in ids.items():
        mapping = Path(f"study/{trial}.yaml")
        mapping.write_text(mapping.read_text().replace(f"{{column: {column}}}", "{row_number: true}"))
    assert stated(f"{{key: {here.parent}/empty.key}}") == []
