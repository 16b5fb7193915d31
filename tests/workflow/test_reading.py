"""What a user sees where a configuration or a trial's file is not what it seems, and a third arm."""

from pathlib import Path

import numpy as np
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


REGISTRY = """
source: {file: registry.csv, format: csv}
trial:
  column: STUDY
  codes:
    1: {id: north, label: Northern trial}
    2: {id: south, label: Southern trial}
    9: excluded
visits: {column: VISIT}
patient: {column: ID}
treatment: {column: ARM, codes: {A: treated, B: control}}
variables:
  age: {column: AGE}
  volume: {column: VOL, at: {visit: D1}}
  better: {column: BETTER, at: last}
"""


def test_one_file_of_two_trials_and_three_visits_ends_in_a_report(study: Study) -> None:
    """The ids of the two trials are the same; a third trial is not pooled."""
    study.edit("my.yaml", "{one: one.yaml}", "{registry: registry.yaml}")
    study.edit(
        "my.yaml", "trial_effects: none", "trial_effects: fixed\n    bootstrap: {replicates: 40, chunk: 40}"
    )
    (study.root / "registry.yaml").write_text(REGISTRY)
    rng = np.random.default_rng(1)
    lines = ["STUDY,ID,ARM,VISIT,AGE,VOL,BETTER"]
    for trial in (1, 2, 9):
        for patient in range(60):
            arm = "AB"[patient % 2]
            volume = rng.lognormal(2 - (arm == "A"), 1)
            better = int(rng.random() < 1 / (1 + volume / 5))
            age = f"{rng.normal(60, 8):.0f}"
            lines += [
                f"{trial},{patient},{arm},D0,{age},,",
                f"{trial},{patient},{arm},D1,,{volume:.2f},",
                f"{trial},{patient},{arm},M3,{age},{volume / 2:.2f},{better}",
            ]
    (study.root / "registry.csv").write_text("\n".join([*lines, ""]))
    study.run("--configfile", "my.yaml")
    pooled = pd.read_parquet(study.root / "results/ipd/pooled.parquet")
    assert pooled["trial"].value_counts().to_dict() == {"north": 60, "south": 60}
    assert pooled[["age", "volume", "better"]].notna().all(axis=None)
    quality = pd.read_csv(study.root / "results/quality/registry.csv").set_index(["variable", "trial"])["n"]
    assert quality["trial"].to_dict() == {"north": 60, "south": 60, "excluded": 180}
    page = (study.root / "results/report.html").read_text()
    assert "Northern trial" in page
    assert "Trials that are not pooled" in page
    assert (study.root / "results/primary/figures/mediator_by_trial.svg").is_file()
    assert study.run("--dry-run", "--configfile", "my.yaml").count("Nothing to be done") == 1
