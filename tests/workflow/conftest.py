"""A small copy of the default study, run once; every test changes a copy of its own."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import made_once
from tests.workflow.ready_snakemake import run_ready
from tests.yaml_files import read_yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("Snakefile", "config", "profiles", "workflow", "envs")


@dataclass(frozen=True)
class Study:
    """A directory with the workflow and a study in it."""

    root: Path

    def snakemake(
        self, *arguments: str, cores: int = 2, umask: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run Snakemake in the study's directory."""
        return run_ready(["--cores", str(cores), *arguments], folder=self.root, umask=umask)

    def run(self, *arguments: str, cores: int = 2) -> str:
        """Run Snakemake, which must succeed; return what it said."""
        done = self.snakemake(*arguments, cores=cores)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def jobs(self, *arguments: str) -> list[tuple[str, str]]:
        """Return what a run would do: the rule and the first output of every job but the target rules."""
        said = self.run("--dry-run", *arguments)
        blocks = re.findall(r"^(?:local)?rule (\w+):\n((?:    .*\n)*)", said, flags=re.MULTILINE)
        jobs = []
        for rule, body in blocks:
            output = re.search(r"^    output: ([^,\n]+)", body, flags=re.MULTILINE)
            if output:
                jobs.append((rule, output.group(1)))
        return jobs

    def rules(self, *arguments: str) -> set[str]:
        """Return the rules that a run would execute."""
        return {rule for rule, _ in self.jobs(*arguments)}

    def config(self) -> dict[str, Any]:
        """Return the configuration."""
        return read_yaml(self.root / "config/config.yaml")

    def configure(self, config: dict[str, Any]) -> None:
        """Replace the configuration."""
        text = yaml.dump(config, Dumper=yaml.CSafeDumper, sort_keys=False)
        (self.root / "config/config.yaml").write_text(text)

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text that occurs in a file."""
        file = self.root / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    def read(self, path: str) -> bytes:
        """Return a file's content."""
        return (self.root / path).read_bytes()


def bare_study(root: Path) -> Study:
    """Put the workflow, and the default study as it is, into a new directory."""
    study = Study(root)
    root.mkdir()
    for source in SOURCES:
        path = ROOT / source
        copy = shutil.copytree if path.is_dir() else shutil.copy2
        copy(path, root / source)
    return study


def small_study(root: Path, *, analyses: tuple[str, ...], chunk: int) -> Study:
    """Put the default study with these analyses and few replicates into a new directory."""
    study = bare_study(root)
    config = study.config()
    config["analyses"] = {name: config["analyses"][name] for name in analyses}
    config["published"] = [
        figure for figure in config["published"] if figure.get("analysis", "primary") in analyses
    ]
    for analysis in config["analyses"].values():
        analysis.get("bootstrap", {}).pop("replicates", None)
    config["disclosure"]["minimum_count"] = 3
    primary = config["analyses"]["primary"]
    primary["missing"]["imputations"] = 2
    primary["missing"]["iterations"] = 2
    primary["bootstrap"].update(replicates=40, chunk=chunk)
    del primary["evidence"]  # which has tests of its own, on smaller studies
    study.configure(config)
    return study


def configure(change: Callable[[dict[str, Any]], object]) -> Callable[[Study], None]:
    """Return what makes a change in the configuration of a study."""

    def configured(study: Study) -> None:
        config = study.config()
        change(config)
        study.configure(config)

    return configured


def edit(path: str, old: str, new: str) -> Callable[[Study], None]:
    """Return what edits a file of a study."""
    return lambda study: study.edit(path, old, new)


@pytest.fixture(scope="session")
def finished_study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The default study with few replicates, finished."""

    def make(root: Path) -> None:
        small_study(root, analyses=("primary", "published", "complete_case"), chunk=20).run()

    return Study(made_once(tmp_path_factory, "finished", make))


@pytest.fixture(scope="session")
def framing(finished_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory of the example's results, with few replicates."""

    def make(root: Path) -> None:
        shutil.copytree(finished_study.root, root, symlinks=True)
        path = root / "config/examples/framing/config.yaml"
        config = read_yaml(path)
        primary = config["analyses"]["primary"]
        for repeated in (primary["bootstrap"], *primary["evidence"].values()):
            repeated["replicates"] = 100
        path.write_text(yaml.safe_dump(config, sort_keys=False))
        Study(root).run("--configfile", str(path))

    return made_once(tmp_path_factory, "framing", make) / "results/framing"


@pytest.fixture
def study(finished_study: Study, tmp_path: Path) -> Study:
    """A copy of the finished study that a test may change."""
    root = tmp_path / "study"
    shutil.copytree(finished_study.root, root, symlinks=True)
    return Study(root)


@pytest.fixture
def moved(finished_study: Study, tmp_path: Path) -> Study:
    """The finished study as `cp -r` puts it elsewhere: inputs newer than what they made, and no metadata."""
    root = tmp_path / "elsewhere"
    ignored = shutil.ignore_patterns(".snakemake", "logs", "benchmarks")
    shutil.copytree(finished_study.root, root, symlinks=True, ignore=ignored)
    files = sorted((root / "results").rglob("*"), key=lambda path: "ipd" not in path.parts)
    now = time.time()
    for age, path in enumerate(files):
        os.utime(path, (now - age, now - age))
    return Study(root)


@pytest.fixture(params=["study", "moved"], ids=["with metadata", "without metadata"])
def either(request: pytest.FixtureRequest) -> Study:
    """A finished study with what Snakemake knows of it, and one with what its files say alone."""
    found: Study = request.getfixturevalue(request.param)
    return found
