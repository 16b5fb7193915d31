"""A study of three trials of twenty patients with odd settings, and its jobs as Snakemake plans them."""

from __future__ import annotations

import job

import importlib
import os
import pickle
import shutil
import subprocess
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import yaml

from ipdmediation.data.configuration import resolve_analysis
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import Variable, variables_from_config
from tests.conftest import made_once
from tests.steps.plan import PROFILE, SNAKEFILE
from tests.workflow.made_up import STUDIES, MadeUp, write
from tests.workflow.ready_snakemake import run_ready, run_script
from tests.yaml_files import read_yaml

PLAN = Path(__file__).with_name("plan.py")
CONFIG = Path("made_up/odd/config.yaml")
ODD = MadeUp(
    trials=3,
    patients=20,
    missing=0.2,
    # A font that comes with matplotlib: the journal's own may be installed or not.
    style={"journal": "lancet", "people": "patients", "print": "all", "font": "DejaVu Sans"},
    analysis={
        "mediator": {"variable": "volume", "transform": "log", "offset": 3},
        "missing": {"method": "impute", "imputations": 2, "iterations": 3, "donors": 4},
        "standardisation": {"controlled_at": [5], "utility": [1, 0.8, 0.5, 0.2, 0]},
        "bootstrap": {"replicates": 13, "chunk": 8, "level": 0.8, "interval": "basic", "max_failed": 0.4},
        "evidence": {
            "trials": {
                "two_stages": True,
                "covariates": ["age"],
                "replicates": 12,
                "leave_one_out": True,
                "leave_one_out_replicates": 11,
            },
            "confounding": {"curve": True, "correlations": [-0.2, 0.3], "replicates": 10},
            "measurement_error": {"error": {"error_sd": 0.2}, "replicates": 14},
            "surrogacy": {"panel": True, "covariates": ["age"], "replicates": 14},
            "proportional_odds": {"tests": True, "replicates": 10},
        },
    },
)
OTHERS = {
    # The draws of the first, something else made of them.
    "accelerated": {
        "label": "BCa",
        "bootstrap": {"interval": "bca", "level": 0.85},
        "evidence": None,
    },
    # Draws, patients and models of its own.
    "middle_aged": {
        "label": "Middle-aged",
        "evidence": None,
        "eligibility": [
            {"variable": "age", "between": [None, 78], "missing": "keep", "reason": "Not middle-aged"}
        ],
        "outcome": {"link": "probit"},
        "covariates": [],
        "interaction": True,
        "trial_effects": "random_intercept",
        "bootstrap": {"resampling": "two_level"},
    },
}
PUBLISHED = [
    {
        "label": "Randomised",
        "value": 60,
        "analysis": "middle_aged",
        "table": "flow",
        "where": {"step": 0},
        "column": "remaining",
    }
]


class Named(dict[str, Any]):
    """Files or wildcards of a job by name; as Snakemake's they are gone through by value, one by one."""

    def __init__(self, named: dict[str, Any], every: list[str]) -> None:
        super().__init__(named)
        self.every = every

    def __iter__(self) -> Iterator[str]:
        """Go through the values, those without a name too."""
        return iter(self.every)


@dataclass(frozen=True)
class Planned:
    """The study's folder, its configuration and its jobs; `do` runs one, after those that it needs."""

    root: Path
    config: dict[str, Any]
    jobs: list[dict[str, Any]]

    @property
    def variables(self) -> dict[str, Variable]:
        """The study's variables."""
        return variables_from_config(self.config["variables"])

    def analysis(self, name: str) -> dict[str, Any]:
        """Return an analysis with what it inherits."""
        return resolve_analysis(self.config, name)

    def planned(self, rule: str, **wildcards: object) -> dict[str, Any]:
        """Return the one job of a rule that has these wildcards."""
        wanted = {name: str(value) for name, value in wildcards.items()}.items()
        (found,) = (one for one in self.jobs if one["rule"] == rule and wanted <= one["wildcards"].items())
        return found

    def do(self, rule: str, **wildcards: object) -> dict[str, Any]:
        """Run a job as its script does, unless its outputs are there; return its files by name."""
        planned = self.planned(rule, **wildcards)
        if not all(Path(path).exists() for path in planned["output"]["every"]):
            for path in planned["input"]["every"]:
                self._make(path)
            self._run(planned)
        return {**planned["input"]["named"], **planned["output"]["named"]}

    def completed(self, analysis: str) -> pd.DataFrame:
        """Return the completed data sets of an analysis."""
        path = self.do("impute_missing", analysis=analysis)["imputed"]
        return conform(pd.read_parquet(path), self.variables)

    def _make(self, path: str) -> None:
        for one in self.jobs:
            if path in one["output"]["every"]:
                self.do(one["rule"], **one["wildcards"])

    @staticmethod
    def _run(planned: dict[str, Any]) -> None:
        main = importlib.import_module(Path(planned["script"]).stem).main
        for path in planned["output"]["every"]:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        wildcards = planned["wildcards"]
        known = {
            "rule": planned["rule"],
            "log": planned["log"],
            "params": planned["params"],
            "input": Named(**planned["input"]),
            "output": Named(**planned["output"]),
            "wildcards": Named(wildcards, list(wildcards.values())),
        }
        # A child of this process: a job ends its process, and a new one would import everything anew.
        child = os.fork()
        if child == 0:
            try:
                warnings.simplefilter("default")  # forget what this process was warned of
                job.run(main, SimpleNamespace(**known))
            except Exception:
                traceback.print_exc()
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        log = Path(planned["log"][0])
        assert status == 0, log.read_text() if log.exists() else f"{planned['rule']} has no log"


@pytest.fixture(scope="session")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that plans the jobs of a configuration, and a target's, and returns their pickle."""

    def make(configuration: Path, *targets: str) -> Path:
        pickled = tmp_path_factory.mktemp("plan") / "jobs.pickle"
        done = run_script(PLAN, [str(configuration), str(pickled), *targets], folder=Path.cwd())
        assert done.returncode == 0, done.stdout + done.stderr
        return pickled

    return make


@pytest.fixture(scope="session")
def odd_study(tmp_path_factory: pytest.TempPathFactory, plan: Callable[[Path], Path]) -> Planned:
    """The study, planned; its folder is the working directory only in `study`."""
    root = tmp_path_factory.mktemp("odd")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.setitem(STUDIES, "odd", ODD)
        path = write(root, "odd")
        for trial in Path("made_up/odd").glob("*.csv"):  # two incomplete variables, so that cycles count
            patients = pd.read_csv(trial)
            patients.loc[[3, 9], "VOL"] = None
            patients.to_csv(trial, index=False)
        config = read_yaml(path)
        config["seed"] = 5
        config["disclosure"] = {"minimum_count": 3}
        config["pathvars"] = {"results": "results/odd"}  # logs and running times have folders below it
        config["analyses"] |= OTHERS
        config["published"] = PUBLISHED
        path.write_text(yaml.safe_dump(config, sort_keys=False))
        return Planned(root, config, pickle.loads(plan(path).read_bytes()))


@pytest.fixture(scope="session")
def finished_study(odd_study: Planned, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study's folder with every job done, without what Snakemake knows of it."""

    def make(root: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(odd_study.root)
            for planned in odd_study.jobs:
                odd_study.do(planned["rule"], **planned["wildcards"])
        shutil.copytree(odd_study.root, root, ignore=shutil.ignore_patterns(".snakemake"))

    return made_once(tmp_path_factory, "finished_odd", make)


@pytest.fixture
def study(odd_study: Planned, monkeypatch: pytest.MonkeyPatch) -> Planned:
    """The study, with its folder as working directory."""
    monkeypatch.chdir(odd_study.root)
    return odd_study


@pytest.fixture
def copied(finished_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the finished study as working directory; Snakemake knows nothing of its results."""
    root = shutil.copytree(finished_study, tmp_path / "copy")
    monkeypatch.chdir(root)
    return root


def snakemake(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Snakemake's command on the study of the working directory; return what it said as `stdout`."""
    study = ["--configfile", str(CONFIG), "--snakefile", str(SNAKEFILE)]
    settings = ["--workflow-profile", str(PROFILE.parent), "--cores", "1"]
    done = run_ready([*study, *settings, *arguments], folder=Path.cwd())
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout + done.stderr)
