"""What a run was made of: checksums that can be recomputed, who took part, and one version everywhere."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import ipdmediation
from record_run import main
from tests.yaml_files import read_yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def recorded(tmp_path: Path) -> dict[str, Any]:
    for name in ("a.csv", "a.yaml", "primary.csv", "complete.csv"):
        (tmp_path / name).write_text(f"content of {name}")
    steps = pd.DataFrame(
        {"kind": ["randomised", "eligibility", "eligibility", "missing"], "remaining": [90, 80, 70, 66]}
    )
    steps.to_csv(tmp_path / "complete_flow.csv", index=False)
    steps.iloc[:3].to_csv(tmp_path / "primary_flow.csv", index=False)
    main(
        raw=[str(tmp_path / "a.csv")],
        mappings=[str(tmp_path / "a.yaml")],
        flows=[str(tmp_path / "primary_flow.csv"), str(tmp_path / "complete_flow.csv")],
        effects=[str(tmp_path / "primary.csv"), str(tmp_path / "complete.csv")],
        recorded=str(tmp_path / "run.json"),
        trials=["a"],
        configuration={"seed": 1, "analyses": {"primary": {}, "complete": {}}},
    )
    content: dict[str, Any] = json.loads((tmp_path / "run.json").read_text())
    return content


def test_every_checksum_is_that_of_its_file(recorded: dict[str, Any], tmp_path: Path) -> None:
    def checksum(path: Path) -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    assert recorded["trials"] == {
        "a": {
            "file": "a.csv",
            "sha256": checksum(tmp_path / "a.csv"),
            "mapping": "a.yaml",  # a whole path is of this machine alone
            "mapping_sha256": checksum(tmp_path / "a.yaml"),
        }
    }
    assert recorded["effects"] == {
        f"{analysis}/{analysis}.csv": checksum(tmp_path / f"{analysis}.csv")
        for analysis in ("primary", "complete")
    }


def test_each_of_several_files_of_a_trial_is_recorded_by_name(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "c.csv", "m.yaml"):
        (tmp_path / name).write_text(f"content of {name}")
    main(
        raw=[str(tmp_path / name) for name in ("a.csv", "b.csv", "c.csv")],
        mappings=[str(tmp_path / "m.yaml")] * 2,
        flows=[],
        effects=[],
        recorded=str(tmp_path / "run.json"),
        trials=["several", "one"],
        configuration={"seed": 1, "analyses": {}},
        joined={"several": ["main", "scans"]},
    )
    trials = json.loads((tmp_path / "run.json").read_text())["trials"]
    assert {name: each["file"] for name, each in trials["several"]["files"].items()} == {
        "main": "a.csv",
        "scans": "b.csv",
    }
    assert trials["several"]["files"]["scans"]["sha256"] == hashlib.sha256(b"content of b.csv").hexdigest()
    assert trials["one"]["file"] == "c.csv"


def test_who_was_randomised_eligible_and_fitted(recorded: dict[str, Any]) -> None:
    assert recorded["participants"] == {
        "primary": {"randomised": 90, "eligible": 70, "fitted": 70},
        "complete": {"randomised": 90, "eligible": 70, "fitted": 66},
    }


def test_the_version_is_said_once(recorded: dict[str, Any]) -> None:
    assert recorded["software"] == {"name": "ipdmediation", "version": ipdmediation.__version__}
    citation = read_yaml(ROOT / "CITATION.cff")
    assert str(citation["version"]) == ipdmediation.__version__
    project = (ROOT / "pyproject.toml").read_text()
    assert 'dynamic = ["version"]' in project
    assert '\nversion = "' not in project
