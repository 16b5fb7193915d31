"""A registry of many trials in one file: how long its way to a cohort takes, and what memory.

Usage: python registry.py <folder> <csv or parquet>, which prints seconds of each step and the memory in MB.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

PATIENTS = 1_000_000
TRIALS = 50
ROOT = Path(__file__).parents[2]

VARIABLES: dict[str, Any] = {
    "age": {"type": "continuous", "label": "Age", "unit": "year", "minimum": 0, "maximum": 120},
    "female": {"type": "binary", "label": "Female"},
    "severity": {"type": "continuous", "label": "Severity", "minimum": 0, "maximum": 42},
    "delay": {"type": "continuous", "label": "Delay", "unit": "hour", "minimum": 0},
    "site": {"type": "categorical", "label": "Site", "levels": {"a": "A", "b": "B", "c": "C"}},
    "volume": {"type": "continuous", "label": "Volume", "unit": "mL", "minimum": 0},
    "score": {"type": "ordinal", "label": "Score", "levels": {level: str(level) for level in range(7)}},
}
MAPPING: dict[str, Any] = {
    "missing": [-9],
    "trial": {"column": "STUDY", "codes": {100 + number: f"t{number:02}" for number in range(TRIALS)}},
    "patient": {"column": "ID"},
    "treatment": {"column": "ARM", "codes": {"active": "treated", "control": "control"}},
    "variables": {
        "age": {"column": "AGE"},
        "female": {"column": "SEX", "codes": {"M": 0, "F": 1}},
        "severity": {"column": "SEV"},
        "delay": {"column": "DELAY", "unit": "minute"},
        "site": {"column": "SITE", "codes": {1: "a", 2: "b", 3: "c"}},
        "volume": {"column": "VOL", "codes": {"<1": 0.5}},
        "score": {"column": "SCORE"},
    },
}
ELIGIBILITY = [
    {"variable": "age", "between": [18, None], "reason": "Younger than 18"},
    {"variable": "site", "one_of": ["a", "b"], "reason": "Other site"},
    {"variable": "score", "measured": True, "reason": "No score"},
]
NEEDED = {
    "method": "complete_case",
    "covariates": ["age", "female", "severity"],
    "mediator": "volume",
    "outcome": "score",
}


def write(folder: Path, *, patients: int = PATIENTS) -> None:
    """Write the registry as one CSV, of text as centres write it, and as one Parquet of typed columns."""
    rng = np.random.default_rng(1)
    study = np.sort(rng.integers(100, 100 + TRIALS, patients))
    volume = rng.lognormal(3, 1.2, patients).round(2)
    frame = pd.DataFrame(
        {
            "STUDY": study,
            "ID": [f"P{number:07}" for number in rng.permutation(patients)],
            "ARM": np.where(rng.random(patients) < 0.5, "active", "control"),
            "AGE": rng.normal(66, 12, patients).clip(1, 110).round(1),
            "SEX": np.where(rng.random(patients) < 0.5, "F", "M"),
            "SEV": rng.integers(0, 43, patients),
            "DELAY": rng.gamma(3, 60, patients).round(3),
            "SITE": rng.integers(1, 4, patients),
            "VOL": pd.Series(volume.astype(str)).mask(volume < 1, "<1"),
            "SCORE": np.where(rng.random(patients) < 0.03, -9, rng.integers(0, 7, patients)),
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_csv(folder / "registry.csv", index=False)
    frame.to_parquet(folder / "registry.parquet")


def cohort(folder: Path, file_format: str) -> dict[str, float]:
    """Harmonise, pool and filter as the steps of a run do; return the seconds of each, imports among them."""
    start = time.perf_counter()
    import harmonise_trial
    import pool_trials
    import select_cohort

    seconds = {"imports": time.perf_counter() - start}
    trials = sorted(MAPPING["trial"]["codes"].values())
    harmonised, pooled = folder / "harmonised.parquet", folder / "pooled.parquet"
    steps: dict[str, Any] = {
        "harmonise": lambda: harmonise_trial.main(
            raw=str(folder / f"registry.{file_format}"),
            harmonised=str(harmonised),
            counts=str(folder / "counts.csv"),
            broken=str(folder / "broken.csv"),
            trial="registry",
            mapping={**MAPPING, "source": {"format": file_format}},
            variables=VARIABLES,
            ranges={},
            contract=[],
            pseudonymous=False,
            key=None,
        ),
        "pool": lambda: pool_trials.main(
            trials=[str(harmonised)],
            broken=[str(folder / "broken.csv")],
            pooled=str(pooled),
            ids=[trials],
            variables=VARIABLES,
        ),
        "filter": lambda: select_cohort.main(
            pooled=str(pooled),
            cohort=str(folder / "cohort.parquet"),
            steps=str(folder / "steps.csv"),
            missing=str(folder / "missing.csv"),
            eligibility=[{key: rule[key] for key in rule if key != "reason"} for rule in ELIGIBILITY],
            reasons=[rule["reason"] for rule in ELIGIBILITY],
            needed=NEEDED,
            trial_effects="fixed",
            weights=None,
            cluster="trial",
            variables=VARIABLES,
        ),
    }
    for name, step in steps.items():
        start = time.perf_counter()
        step()
        seconds[name] = time.perf_counter() - start
    return seconds


def measure(folder: Path, *, patients: int = PATIENTS) -> pd.DataFrame:
    """Return a row for each format: seconds of each step and in all, and the largest memory in MB."""
    write(folder, patients=patients)
    rows = []
    for file_format in ("csv", "parquet"):
        done = subprocess.run(
            [sys.executable, __file__, str(folder), file_format],
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'workflow/scripts'}{os.pathsep}{ROOT}"},
            stdout=subprocess.PIPE,
            check=True,
        )
        found = json.loads(done.stdout)
        memory = found.pop("megabytes")
        rows.append(
            {
                "format": file_format,
                "patients": patients,
                "trials": TRIALS,
                **found,
                "seconds": sum(found.values()),
                "megabytes": memory,
            }
        )
    return pd.DataFrame(rows)


if __name__ == "__main__":
    from tests.benchmarks.chunk_memory import largest_memory

    measured = cohort(Path(sys.argv[1]), sys.argv[2])
    print(json.dumps({**measured, "megabytes": largest_memory()}))
