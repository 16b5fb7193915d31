"""Time this engine against statsmodels and R on the same models and data, and hold it against its floors.

Run it by `make bench`; docs/benchmarks.md says how to read what it writes to results/benchmarks.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
import warnings
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from tests.benchmarks.earlier import COMMIT, targets_table
from tests.benchmarks.figures import draw_growth, draw_seconds
from tests.benchmarks.fits import (
    MODELS,
    TRIAL_EFFECTS,
    comparison,
    engine_fits,
    r_fits,
    resample_statuses,
    resampling_loop,
    statsmodels_fits,
)
from tests.benchmarks.floors import floors_table
from tests.benchmarks.free_treatment import free_treatment
from tests.benchmarks.growth import sweep_covariates, sweep_memory, sweep_patients, sweep_replicates
from tests.benchmarks.overhead import overhead
from tests.benchmarks.parts import fixed_parts, mixed_parts, replicate_parts
from tests.benchmarks.registry import PATIENTS, measure
from tests.benchmarks.study import IMPUTED, ROOT, Rows, Study


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes
    ----------
    replicates : of the bootstrap inside Snakemake.
    resamples : that every model is refitted to.
    r_jobs : `tool:model:resample:repetitions` of fits.R.
    statsmodels : repetitions of its fits.
    mixed_apart : trial effects of the mixed models whose refits are taken apart.
    taken_apart : resamples whose refits are taken apart.
    registry : patients of the registry.
    turns : how often this commit and an earlier one are measured in turn.
    """

    replicates: int
    resamples: int
    compared: int
    repetitions: int
    r_jobs: tuple[str, ...]
    patients: dict[str, tuple[int, ...]]
    covariates: tuple[int, ...]
    memory: tuple[int, ...]
    replicate_sweep: tuple[int, ...]
    whole_run: bool
    statsmodels: int
    mixed_apart: tuple[str, ...]
    taken_apart: int
    registry: int
    turns: int


R_JOBS = (
    "polr:outcome/none:0:5",
    "polr:outcome/fixed:0:5",
    "clm:outcome/none:0:9",
    "clm:outcome/fixed:0:9",
    "lmer:mediator/random_intercept:0:5",
    "lmer:mediator/random_slope:0:5",
    "clmm:outcome/random_intercept:0:3",
)
FULL = Effort(
    replicates=10_000,
    resamples=10_000,
    compared=200,
    repetitions=31,
    r_jobs=(
        *R_JOBS,
        "clmm:outcome/random_slope:0:1",
        "lmer:mediator/random_slope:1:3",
        "clmm:total/random_slope:1:1",
        "clmm:outcome/random_slope:1:1",
        "lmer:mediator/random_slope:2:3",
        "clmm:total/random_slope:2:1",
        "clmm:outcome/random_slope:2:1",
    ),
    patients={
        "none": (1_000, 10_000, 100_000, 1_000_000),
        "random_slope": (1_000, 10_000, 100_000, 1_000_000),
        "clm": (1_000, 10_000, 100_000),
    },
    covariates=(0, 10, 30, 90),
    memory=(1, 10, 30, 100),
    replicate_sweep=(10, 100, 1_000, 10_000),
    whole_run=True,
    statsmodels=3,
    mixed_apart=("random_slope", "random_slopes"),
    taken_apart=40,
    registry=PATIENTS,
    turns=3,
)
QUICK = Effort(
    replicates=100,
    resamples=100,
    compared=10,
    repetitions=2,
    r_jobs=tuple(f"{job.rpartition(':')[0]}:1" for job in R_JOBS),
    patients={"none": (1_000, 10_000), "random_slope": (1_000, 10_000), "clm": (1_000, 10_000)},
    covariates=(0, 10),
    memory=(1, 2),
    replicate_sweep=(5, 20),
    whole_run=False,
    statsmodels=1,
    mixed_apart=(),
    taken_apart=1,
    registry=5_000,
    turns=0,
)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, and no slow fit by R")
    parser.add_argument("--output", type=Path, default=ROOT / "results/benchmarks", help="where results go")
    options = parser.parse_args()
    effort = QUICK if options.quick else FULL
    # singular fits and R's slow friends warn in every repetition
    warnings.simplefilter("ignore")
    started = time.perf_counter()
    output = options.output.resolve()
    study = Study(output / "study", effort.replicates)

    _say("default study by Snakemake: cohort, compiled kernels")
    study.prepare()
    _say(f"{effort.replicates:,} replicates inside Snakemake")
    run = study.bootstrap()

    models = {effects: study.models(effects) for effects in TRIAL_EFFECTS}
    weights = [np.ones(len(study.cohort)), *(study.weights(replicate) for replicate in range(2))]
    _say("fits by this engine and statsmodels")
    fits = engine_fits(models, weights, effort.repetitions)
    fits += statsmodels_fits(study, models, effort.statsmodels)
    _say("fits by R")
    others, r_version = r_fits(models, weights, effort.r_jobs)
    fits += others
    _say(f"{effort.resamples:,} resamples of {len(MODELS)} models")
    resamples = resample_statuses(study, models, effort.resamples, effort.compared)
    compared = comparison(fits, resamples)

    _say("growth with patients, covariates and replicates; memory")
    rows = Rows.of(models["none"])
    sweeps = pd.concat(
        [
            sweep_patients(rows, effort.patients),
            sweep_covariates(rows, effort.covariates),
            sweep_replicates(study, effort.replicate_sweep),
            sweep_memory(study, effort.memory),
        ]
    )
    _say("parts of a refit")
    drawn = [study.weights(replicate) for replicate in range(effort.taken_apart)]
    parts = pd.concat(
        [
            fixed_parts(models["none"].outcome.model, drawn, "outcome/none"),
            *(
                mixed_parts(models[effects].outcome.model, drawn, f"outcome/{effects}")
                for effects in effort.mixed_apart
            ),
            replicate_parts(study, 300),
        ]
    )
    _say("a treatment that is free at every cut")
    free = free_treatment(study, drawn, effort.repetitions)
    _say("overhead of Snakemake and of starting processes")
    costs = overhead(output / "first_run", whole=effort.whole_run)
    _say("a registry of many trials on its way to a cohort")
    registry = measure(output / "registry", patients=effort.registry)
    floors = floors_table(
        comparison=compared,
        resamples=resamples,
        sweeps=sweeps,
        run=run,
        overhead=costs,
        registry=registry,
        free=free,
    )
    tables = {
        "fits": compared,
        "resamples": resamples,
        "sweeps": sweeps,
        "parts": parts,
        "chunks": run.chunks,
        "resampling_loop": resampling_loop(compared, 10_000),
        "overhead": costs,
        "registry": registry,
        "free_treatment": free,
        "floors": floors,
    }
    if effort.turns:
        _say(f"in turn with commit {COMMIT}")
        tables["targets"] = targets_table(output / "targets", study.directory / IMPUTED, effort.turns)
    for name, table in tables.items():
        table.to_csv(output / f"{name}.csv", index=False)
        print(f"\n{name}\n{_printed(table)}")
    (output / "machine.json").write_text(json.dumps(_machine(r_version), indent=2) + "\n")
    draw_growth(sweeps, output)
    draw_seconds(compared, output)
    print(f"\n{time.perf_counter() - started:.0f} s; tables and figures are in {os.path.relpath(output)}")


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", flush=True)


def _printed(table: pd.DataFrame) -> str:
    return table.to_string(index=False, float_format=lambda value: f"{value:,.4g}", na_rep="")


def _machine(r_version: str) -> dict[str, object]:
    """What the numbers depend on."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    processor = next((line.split(": ")[1] for line in lines if line.startswith("model name")), "")
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {
        "processor": processor or platform.processor(),
        "cores": os.cpu_count(),
        "load_average": list(os.getloadavg()),
        "system": platform.system(),
        "python": platform.python_version(),
        "r": r_version,
        "commit": commit.stdout.strip(),
        **{name: version(name) for name in ("numba", "numpy", "pandas", "scipy", "snakemake", "statsmodels")},
    }


if __name__ == "__main__":
    sys.exit(main())
