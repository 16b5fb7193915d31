"""What a user sees where a configuration or a trial's file is not what it seems, and a third arm."""

from pathlib import Path

import pandas as pd
import pytest

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
    quality = pd.read_csv(study.root / "results/quality/one.csv")
    assert quality["n"].tolist() == [30] * 4
