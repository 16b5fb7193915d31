"""The data of the benchmark: the default study, run by Snakemake in a directory of its own."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray

from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config
from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.resampling import Plan, StratifiedPlan
from ipdmediation.inference.streams import stream
from ipdmediation.models.cumulative_link import CumulativeLinkModel
from ipdmediation.models.cumulative_link_mixed import CumulativeLinkMixedModel
from ipdmediation.models.specification import (
    AnalysisSpecification,
    MediationModels,
    mediation_models,
)

ROOT = Path(__file__).resolve().parents[2]
IMPUTED = "results/ipd/primary/imputed.parquet"
EFFECTS = "results/primary/effects.csv"


@dataclass(frozen=True)
class SnakemakeRun:
    """How the bootstrap went inside Snakemake.

    Attributes
    ----------
    seconds : from the start of the command to its end.
    chunks : Snakemake's own record of each chunk's job (columns s, max_rss in MB, ...).
    """

    seconds: float
    replicates: int
    chunks: pd.DataFrame


@dataclass(frozen=True)
class Prepared:
    """An `ImputedAnalysis` whose data sets are ready, so that replicates alone are timed."""

    analyses: Sequence[MediationEffects]
    plan: Plan

    @property
    def imputations(self) -> int:
        """How many data sets there are."""
        return len(self.analyses)

    @property
    def first(self) -> "Prepared":
        """The first data set alone."""
        return Prepared(self.analyses[:1], self.plan)

    def resampled_effects(self) -> Iterator[MediationEffects]:
        """Go through the data sets."""
        return iter(self.analyses)


@dataclass(frozen=True)
class Study:
    """The default study with the benchmark's number of replicates, in two chunks."""

    directory: Path
    replicates: int

    def prepare(self) -> None:
        """Write the study's configuration; make its cohort and compile the kernels."""
        copy_configuration(self.directory)
        bootstrap = self.config["analyses"]["primary"]["bootstrap"]
        bootstrap.update(replicates=self.replicates, chunk=-(-self.replicates // 2))
        text = yaml.safe_dump(self.config, sort_keys=False)
        (self.directory / "config/config.yaml").write_text(text)
        snakemake(self.directory, IMPUTED, "results/kernels/all_links.txt", "results/kernels/logit.txt")

    def bootstrap(self) -> SnakemakeRun:
        """Run the whole bootstrap of the primary analysis on two cores, and time it."""
        for made in ("results/primary/bootstrap", "benchmarks/bootstrap_chunk"):
            shutil.rmtree(self.directory / made, ignore_errors=True)
        (self.directory / EFFECTS).unlink(missing_ok=True)
        start = time.perf_counter()
        snakemake(self.directory, EFFECTS)
        seconds = time.perf_counter() - start
        records = (self.directory / "benchmarks/bootstrap_chunk/primary").glob("*.tsv")
        return SnakemakeRun(seconds, self.replicates, pd.concat(pd.read_csv(r, sep="\t") for r in records))

    @cached_property
    def config(self) -> dict[str, Any]:
        """The default configuration."""
        config: dict[str, Any] = yaml.safe_load((ROOT / "config/config.yaml").read_text())
        return config

    @cached_property
    def variables(self) -> Mapping[str, Any]:
        """The common variables."""
        return variables_from_config(self.config["variables"])

    @cached_property
    def completed(self) -> pd.DataFrame:
        """All completed data sets, one below the other."""
        return conform(pd.read_parquet(self.directory / IMPUTED), self.variables)

    @cached_property
    def cohort(self) -> pd.DataFrame:
        """The first completed data set."""
        return self.completed[self.completed["imputation"] == 0].reset_index(drop=True)

    def specification(self, trial_effects: str) -> AnalysisSpecification:
        """The primary analysis with other trial effects."""
        primary = AnalysisSpecification.from_config(self.config["analyses"]["primary"])
        return replace(primary, trial_effects=trial_effects)

    def models(self, trial_effects: str, *, free_treatment: bool = False) -> MediationModels:
        """The three models of the cohort."""
        specification = replace(self.specification(trial_effects), free_treatment=free_treatment)
        return mediation_models(self.cohort, specification=specification, variables=self.variables)

    def prepared(self) -> Prepared:
        """Models and effects of every completed data set, as a bootstrap chunk has them."""
        choices = self.config["analyses"]["primary"]["standardisation"]
        analysis = ImputedAnalysis(
            completed=self.completed,
            specification=self.specification("random_slope"),
            variables=self.variables,
            options=StandardisationOptions.from_config(choices),
            utility=choices["utility"],
        )
        return Prepared(analyses=list(analysis.resampled_effects()), plan=analysis.plan)

    @cached_property
    def plan(self) -> StratifiedPlan:
        """The study's resampling plan."""
        return StratifiedPlan.of(self.cohort)

    def stream(self, replicate: int) -> np.random.Generator:
        """The study's random stream of a replicate."""
        return stream(self.config["seed"], "bootstrap", "primary", replicate)

    def weights(self, replicate: int) -> NDArray[np.float64]:
        """How often a replicate of the study draws each row."""
        return self.plan.weights(self.stream(replicate))


def copy_configuration(directory: Path, *, of: Path = ROOT) -> None:
    """Put the default study's configuration, that of a checkout, into a directory."""
    for part in ("config", "profiles"):
        shutil.copytree(of / part, directory / part, dirs_exist_ok=True)


def snakemake(directory: Path, *arguments: str, **environment: str) -> None:
    """Run Snakemake on two cores in a directory, with further variables in its environment."""
    # Snakemake finds the interpreter of its scripts on the path
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "2"]
    done = subprocess.run(
        [*command, *arguments],
        cwd=directory,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


@dataclass(frozen=True)
class Rows:
    """Rows for an outcome model of any size.

    Attributes
    ----------
    levels, trials : (n,) outcome level and trial.
    design : (n, p) treatment, mediator and covariates; no trial indicators.
    """

    levels: NDArray[np.int64]
    trials: NDArray[np.int64]
    design: NDArray[np.float64]

    @classmethod
    def of(cls, models: MediationModels) -> "Rows":
        """Rows of an outcome model without trial indicators."""
        design = models.outcome_design
        return cls(np.asarray(models.outcome_values, np.int64), design.trial_codes, design.matrix)

    def drawn(self, n: int, rng: np.random.Generator) -> "Rows":
        """Return n rows drawn with replacement."""
        chosen = rng.integers(self.levels.size, size=n)
        return Rows(self.levels[chosen], self.trials[chosen], self.design[chosen])

    def with_covariates(self, number: int, rng: np.random.Generator) -> "Rows":
        """Return the rows with further covariates that say nothing about the outcome."""
        return replace(self, design=np.hstack([self.design, rng.normal(size=(self.levels.size, number))]))

    def model(self, trial_effects: str) -> CumulativeLinkModel | CumulativeLinkMixedModel:
        """The outcome model with trial effects `none` or `random_slope`."""
        names = [f"x{j + 1}" for j in range(self.design.shape[1])]
        n_levels = int(self.levels.max()) + 1
        if trial_effects == "none":
            return CumulativeLinkModel(self.levels, self.design, names=names, n_levels=n_levels)
        return CumulativeLinkMixedModel(
            self.levels,
            self.design,
            names=names,
            n_levels=n_levels,
            trials=self.trials,
            random_design=np.column_stack([np.ones(self.levels.size), self.design[:, 0]]),
            random_names=["intercept", "treatment"],
        )

    def frame(self) -> pd.DataFrame:
        """Columns level, trial, x1, x2, ... for other programs."""
        columns = {f"x{j + 1}": column for j, column in enumerate(self.design.T)}
        return pd.DataFrame({"level": self.levels, "trial": self.trials, **columns})
