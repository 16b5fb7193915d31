"""A study of which one file holds several trials, as it is checked."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from ipdmediation.plumbing.study_settings import StudySettings
from tests.unit.plumbing.checked_template import checked, problems
from tests.unit.plumbing.slips import CONFIG

POOLED = """
source: {file: data/pooled.csv, format: csv}
trial:
  column: STUDY
  codes:
    1: {id: north, label: North}
    2: {id: south, label: South}
    9: excluded
patient: {column: id}
treatment: {column: arm, codes: {new: treated, usual: control}}
variables:
  age: {column: age}
  female: {column: sex, codes: {F: 1, M: 0}}
  delay: {column: hours}
  lesion: {column: volume_ml}
  recovery: {column: score}
"""


@pytest.fixture
def pooled(study: Path) -> Path:
    """The template with two of its trials in one file."""
    (study / "pooled.yaml").write_text(POOLED)
    (study / "data/pooled.csv").write_text("STUDY,id\n1,1\n2,1\n")
    config = (study / CONFIG).read_text()
    config = config.replace("  north: north.yaml\n  south: south.yaml\n", "  registry: pooled.yaml\n")
    (study / CONFIG).write_text(config)
    return study


def test_a_file_with_several_trials_has_no_problem(pooled: Path) -> None:
    found, checked_study = checked()
    assert found == []
    assert checked_study is not None
    assert StudySettings(checked_study.config, checked_study.mappings).trials == {
        "north": "North",
        "south": "South",
        "east": "East",
    }


def test_trials_of_one_file_may_have_ratios_of_their_own(pooled: Path) -> None:
    """A trial's own ratio comes before that of the file; neither is a reason to harmonise again."""
    before = checked()[1]
    own = POOLED.replace("label: South", "label: South, allocation: {treated: 3, control: 1}", 1)
    (pooled / "pooled.yaml").write_text(own + "allocation: {treated: 2, control: 1}\n")
    found, after = checked()
    assert found == []
    assert before is not None
    assert after is not None
    settings = [StudySettings(each.config, each.mappings) for each in (before, after)]
    assert [each.treated_shares for each in settings] == [
        {"east": 0.5, "north": 0.5, "south": 0.5},
        {"east": 0.5, "north": 2 / 3, "south": 0.75},
    ]
    harmonised = [each.mapping(SimpleNamespace(trial="registry")) for each in settings]
    assert harmonised[0] == harmonised[1]


def test_trials_of_one_file_are_trials_of_the_study(pooled: Path) -> None:
    """Trial effects need two trials, which one file may hold."""
    (pooled / CONFIG).write_text((pooled / CONFIG).read_text().replace("  east: east.yaml\n", "", 1))
    assert problems() == []
    (pooled / "pooled.yaml").write_text(POOLED.replace("    2: {id: south, label: South}\n", ""))
    (line,) = problems()
    assert "'fixed' needs two trials; allowed for one: 'none'" in line


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: south", "id: east", "pooled.yaml:7: trial.codes.2.id: 'east' is a trial of 'registry' too"),
        (
            "id: south",
            "id: north",
            "pooled.yaml:7: trial.codes.2.label: 'South' and 'North' are labels",
        ),
        ("label: South", "label: North", "trial.codes.2.label: "),
        (
            "2: {id: south, label: South}",
            "2: {id: north, label: North, allocation: {treated: 2, control: 1}}",
            "pooled.yaml:7: trial.codes.2: 'north' was allocated 2:1 here and 1:1 above, treated to control",
        ),
        ("label: South", "label: South, allocation: {treated: 2}", "allocation: key 'control' is missing"),
        ("id: south", "id: South", "trial.codes.2.id: found 'South'; allowed: lower-case letters"),
        ("id: south", "id: all", "'all' has a meaning of its own in tables"),
        ("id: south", "id: excluded", "'excluded' has a meaning of its own in tables"),
        ("    9: excluded", "    '9': excluded\n    9.0: excluded", "are the same code"),
        ("    9: excluded", "    9: left out", "trial.codes.9: "),
        ("\ntrial:", "\nlabel: Registry\ntrial:", "pooled.yaml:"),
        ("  column: STUDY\n", "", "trial: key 'column' is missing"),
    ],
)
def test_what_is_wrong_with_trials_of_one_file_is_said(pooled: Path, old: str, new: str, said: str) -> None:
    assert old in POOLED
    (pooled / "pooled.yaml").write_text(POOLED.replace(old, new, 1))
    found = problems()
    assert len(found) == 1, found
    if "is a trial of" in said:  # of the two places that state it the later one is named
        said = "east.yaml:"
    assert said in found[0], found


def test_every_code_excluded_leaves_no_trial(pooled: Path) -> None:
    codes = "    1: {id: north, label: North}\n    2: {id: south, label: South}\n"
    (pooled / "pooled.yaml").write_text(POOLED.replace(codes, ""))
    assert any("every code means 'excluded', so that no trial is left" in line for line in problems())
