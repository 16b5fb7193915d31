"""The default study's patients and their true effects come from its generating model and its seed alone."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from ipdmediation.data.variables import variables_from_config
from ipdmediation.inference.streams import stream
from ipdmediation.synthetic.generate import simulate_trial
from ipdmediation.synthetic.raw_files import write_raw_trial
from ipdmediation.synthetic.truth import causal_truth
from synthetic_truth import main as write_truth
from tests.steps.conftest import Planned
from tests.steps.plan import SNAKEFILE
from tests.yaml_files import read_yaml

ROOT = SNAKEFILE.parent
SEED = 11


@pytest.fixture(scope="module")
def default_study(tmp_path_factory: pytest.TempPathFactory, plan: Callable[[Path], Path]) -> Planned:
    """The default study with another seed, planned in a folder of its own."""
    root = tmp_path_factory.mktemp("default")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        Path("config").symlink_to(ROOT / "config")
        config = read_yaml(ROOT / "config/config.yaml") | {"seed": SEED}
        Path("study.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
        return Planned(root, config, pickle.loads(plan(Path("study.yaml")).read_bytes()))


@pytest.mark.parametrize("trial", ["extend_ia", "piste"])
def test_a_trial_is_drawn_by_its_own_stream(
    default_study: Planned, trial: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(default_study.root)
    made = default_study.do("simulate_trial", trial=trial)
    model = read_yaml(ROOT / "config/synthetic.yaml")
    drawn = tmp_path / Path(made["raw"]).name
    write_raw_trial(
        simulate_trial(model, trial, rng=stream(SEED, "simulate", trial)),
        drawn,
        mapping=read_yaml(ROOT / f"config/trials/{trial}.yaml"),
        variables=variables_from_config(default_study.config["variables"]),
        layout=model["raw"][trial],
        notice=model["notice"],
        rng=stream(SEED, "raw file", trial),
    )
    assert Path(made["raw"]).read_bytes() == drawn.read_bytes()


def test_the_truth_is_that_of_the_same_model(default_study: Planned, tmp_path: Path) -> None:
    planned = default_study.planned("synthetic_truth")
    assert {key: planned["params"][key] for key in ("seed", "patients")} == {
        "seed": SEED,
        "patients": 1_000_000,
    }
    truth, model = tmp_path / "truth.json", read_yaml(ROOT / "config/synthetic.yaml")
    assert planned["params"]["model"] == model
    write_truth(model=model, truth=str(truth), seed=SEED, patients=5000)
    expected = causal_truth(model, patients=5000, rng=stream(SEED, "causal truth"))
    assert json.loads(truth.read_text()) == json.loads(json.dumps(expected))
