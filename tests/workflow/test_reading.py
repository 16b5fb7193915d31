"""What a user sees where a configuration or a trial's file is not what it seems, and a third arm."""

import shutil
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from tests.workflow import centres
from tests.workflow.centres import SIZES, SMALLEST, patients
from tests.workflow.conftest import ROOT, Study

pytestmark = pytest.mark.slow

CONFIG = """
study: {title: Title, question: "Why?", synthetic: null}
seed: 1
trials: {one: one.yaml}
variables:
  age: {type: continuous, label: Age, unit: year, minimum: 18, maximum: 105}
  volume: {type: continuous, label: Volume, unit: mL, minimum: 0}
  better: {type: binary, label: Better}
eligibility: []
describe: {baseline: [age]}
analyses:
  primary:
    label: Primary
    mediator: {variable: volume}
    outcome: {variable: better, family: binary, better: high}
    trial_effects: none
"""
MAPPING = """
label: One
source: {file: one.csv, format: csv}
patient: {column: id}
treatment: {column: arm, codes: {A: treated, B: control, C: excluded}}
variables: {age: {column: age}, volume: {column: vol}, better: {column: better}}
"""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A study of one trial with three arms, in a directory of its own."""
    for source in ("Snakefile", "profiles", "workflow", "envs"):
        (tmp_path / source).symlink_to(ROOT / source)
    (tmp_path / "my.yaml").write_text(CONFIG)
    (tmp_path / "one.yaml").write_text(MAPPING)
    rows = [f"{row},{'ABC'[row % 3]},{50 + row},{row * 2},{row % 2}" for row in range(30)]
    (tmp_path / "one.csv").write_text("\n".join(["id,arm,age,vol,better", *rows, ""]))
    return Study(tmp_path)


def said(study: Study, *arguments: str) -> str:
    done = study.snakemake(*arguments, "--configfile", "my.yaml", cores=1)
    assert done.returncode != 0
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "my.yaml",
            "seed: 1\n",
            "seed: 1\nseed: 2\n",
            "my.yaml:4: the key 'seed' was given before, 'seed' in line 3",
        ),
        ("my.yaml", "seed: 1\n", "seed: 010\n", "my.yaml:3: '010' is a number to YAML"),
        (
            "my.yaml",
            "{one: one.yaml}",
            '{one: "o{1}.yaml"}',
            "my.yaml:4: trials.one: 'o{1}.yaml': curly braces",
        ),
        (
            "one.yaml",
            "label: One",
            "label: One\nlabel: Two",
            "one.yaml:3: the key 'label' was given before",
        ),
        ("one.yaml", "one.csv", '"one{1}.csv"', "one.yaml:3: source.file: 'one{1}.csv': curly braces"),
        ("one.yaml", "B: control", "no: control", "YAML reads the bare word no, off or false"),
        ("one.yaml", "B: control", "1: control, '01': treated, B: control", "1 and '01' are the same code"),
    ],
)
def test_a_configuration_that_is_not_what_it_seems(
    study: Study, file: str, old: str, new: str, message: str
) -> None:
    study.edit(file, old, new)
    text = said(study, "pool", "--dry-run")
    assert message in text
    assert "Traceback" not in text


def test_a_message_keeps_the_blanks_of_a_code(study: Study) -> None:
    study.edit("one.csv", "3,A,", "3,Device   A,")
    assert "1 row (line 5) holds codes without a mapping, 'Device   A'" in said(study, "pool")


def test_an_arm_that_is_not_compared_is_counted_apart(study: Study) -> None:
    study.run("cohort", "--configfile", "my.yaml", cores=1)
    flow = pd.read_csv(study.root / "results/primary/flow.csv")
    assert flow["reason"].tolist() == ["Randomised", "Not in a compared arm"]
    assert flow["remaining"].tolist() == [30, 20]
    assert flow[["remaining_treated", "remaining_control"]].to_numpy().tolist() == [[10, 10], [10, 10]]
    quality = pd.read_csv(study.root / "results/ipd/quality/one.csv")
    assert quality["n"].tolist() == [30] * 4


def test_the_centres_files_end_in_a_report(study: Study) -> None:
    """A SAS file, a workbook of two sheets, and two trials with a third arm and visits in one text file.

    The ids of the two trials are the same; a pilot is not pooled.
    """
    shutil.copytree(ROOT / "config/examples/centres", study.root / "centres")
    study.run("--configfile", "centres/config.yaml")
    results = study.root / "centres/results"
    pooled = pd.read_parquet(results / "ipd/pooled.parquet")
    sizes = {trial: SIZES[trial] for trial in ("north", "south", "east", "west")}
    assert pooled["trial"].value_counts().to_dict() == sizes
    for trial, rows in pooled.groupby("trial"):
        drawn = patients(trial)
        assert rows["female"].sum() == drawn["female"].sum()
        assert rows["age"].mean() == pytest.approx(drawn["age"].mean(), abs=0.01)
        assert rows["delay"].mean() == pytest.approx(drawn["delay"].mean(), abs=0.01)
        assert rows["treatment"].isna().sum() == (len(drawn) // 9 if trial in ("east", "west") else 0)
        lesions = drawn["lesion"]
        if trial == "south":
            lesions = lesions.where(lesions >= SMALLEST, SMALLEST / 2)  # as the mapping says
        assert set(rows["lesion"].dropna().round(3)) <= set(lesions.round(3))
        assert rows["lesion"].notna().sum() >= len(drawn) - 6
    assert (results / "primary/figures/mediator_by_trial.svg").is_file()
    page = (results / "report.html").read_text()
    assert "Trial East" in page
    assert "Trials that are not pooled" in page
    assert study.run("--dry-run", "--configfile", "centres/config.yaml").count("Nothing to be done") == 1


def test_the_centres_files_are_those_that_are_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = centres.DATA
    monkeypatch.setattr(centres, "DATA", tmp_path)
    centres.main()
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in shipped.iterdir()}
    assert (tmp_path / "registry.csv").read_bytes() == (shipped / "registry.csv").read_bytes()
    for sheet in ("Baseline", "Follow-up"):
        made, there = (pd.read_excel(each / "south.xlsx", sheet_name=sheet) for each in (tmp_path, shipped))
        pd.testing.assert_frame_equal(made, there)
    made, there = (pyreadstat.read_xport(each / "north.xpt")[0] for each in (tmp_path, shipped))
    pd.testing.assert_frame_equal(made, there)
