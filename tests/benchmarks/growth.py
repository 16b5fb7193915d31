"""How cost grows with patients, covariates and replicates."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ipdmediation.inference.bootstrap import draw_replicates
from ipdmediation.inference.resampling import StratifiedPlan
from tests.benchmarks.fits import ENGINE, run_r, timed
from tests.benchmarks.study import IMPUTED, Rows, Study

CHUNK = Path(__file__).with_name("chunk_memory.py")
COLUMNS = ["sweep", "series", "x", "seconds", "megabytes"]
LABELS = {"none": "fixed effects", "random_slope": "random slope"}


def sweep_patients(rows: Rows, sizes: dict[str, Sequence[int]]) -> pd.DataFrame:
    """Warm refit of a resample by number of patients, and R's clm where it is installed.

    Parameters
    ----------
    rows : of the cohort; larger ones are drawn from it with replacement.
    sizes : numbers of patients for the series `none`, `random_slope` and `clm`.
    """
    found = []
    for effects, label in LABELS.items():
        for n in sizes[effects]:
            seconds = _warm_refit(rows.drawn(n, np.random.default_rng(n)), effects)
            found.append(["patients", f"{ENGINE}, {label}", n, seconds, np.nan])
    for n in sizes["clm"]:
        drawn = rows.drawn(n, np.random.default_rng(n)).frame().assign(m=0.0, w0=1.0)
        fits, _ = run_r(drawn, ["clm:outcome/none:0:3"])
        found += [["patients", "R clm, fixed effects", n, fit.median, np.nan] for fit in fits]
    return pd.DataFrame(found, columns=COLUMNS)


def sweep_covariates(rows: Rows, further: Sequence[int]) -> pd.DataFrame:
    """Warm refit of a resample by number of design columns."""
    found = []
    for effects, label in LABELS.items():
        for number in further:
            wider = rows.with_covariates(number, np.random.default_rng(number))
            seconds = _warm_refit(wider, effects)
            found.append(["columns", f"{ENGINE}, {label}", wider.design.shape[1], seconds, np.nan])
    return pd.DataFrame(found, columns=COLUMNS)


def sweep_replicates(study: Study, numbers: Sequence[int]) -> pd.DataFrame:
    """Replicates of the three random-slope models and their effects in one process, everything loaded."""
    prepared = study.prepared()
    draw_replicates(prepared, replicates=range(2), stream=study.stream)  # what the first call loads
    found = []
    for number in numbers:
        start = time.perf_counter()
        draw_replicates(prepared, replicates=range(number), stream=study.stream)
        seconds = time.perf_counter() - start
        found.append(["replicates", f"{ENGINE}, three models", number, seconds, np.nan])
    return pd.DataFrame(found, columns=COLUMNS)


def sweep_memory(study: Study, multiples: Sequence[int]) -> pd.DataFrame:
    """Time and largest memory of a chunk's whole job, in a process of its own, by number of patients.

    The job holds the models of one completed data set, so this is the memory of a chunk of any length.
    """
    found = []
    config = study.directory / "config/config.yaml"
    with tempfile.TemporaryDirectory() as directory:
        for multiple in multiples:
            imputed = Path(directory) / f"{multiple}.parquet"
            completed = pd.read_parquet(study.directory / IMPUTED)
            copies = [completed.assign(patient=completed["patient"] + f"/{copy}") for copy in range(multiple)]
            pd.concat(copies).to_parquet(imputed)
            said = subprocess.check_output(
                [sys.executable, "-W", "ignore", str(CHUNK), str(config), str(imputed)], text=True
            )
            seconds, megabytes = map(float, said.split())
            found.append(["memory", "one chunk", multiple * len(study.cohort), seconds, megabytes])
    return pd.DataFrame(found, columns=COLUMNS)


def exponent(x: Sequence[float], y: Sequence[float]) -> float:
    """Slope of log y on log x: 1 where y grows linearly."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def _warm_refit(rows: Rows, effects: str) -> float:
    """Median seconds of a refit to resamples."""
    model = rows.model(effects)
    start = model.refit(np.ones(rows.levels.size))
    # one stratum per trial and arm, as the study draws
    strata = pd.DataFrame({"trial": rows.trials, "treatment": rows.design[:, 0]})
    plan = StratifiedPlan.of(strata)
    rng = np.random.default_rng(rows.levels.size)
    seconds = []
    for _ in range(int(np.clip(1e6 / rows.levels.size, 3, 200))):
        weights = plan.weights(rng)
        seconds += timed(lambda weights=weights: model.refit(weights, start), 1)
    return float(np.median(seconds))
