"""The default study's synthetic trials, as the generating model draws them."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.cohort import select_cohort
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config
from ipdmediation.inference.streams import stream
from ipdmediation.synthetic.generate import simulate_trial
from tests.yaml_files import read_yaml

ROOT = Path(__file__).parents[3]
CONFIG: dict[str, Any] = read_yaml(ROOT / "config/config.yaml")
PARAMETERS: dict[str, Any] = read_yaml(ROOT / CONFIG["study"]["synthetic"])
VARIABLES = variables_from_config(CONFIG["variables"])
TRIALS = list(CONFIG["trials"])


def generator(trial: str, seed: int = CONFIG["seed"]) -> np.random.Generator:
    """Return the stream that the workflow takes: the frames are those of the default run."""
    return stream(seed, "simulate", trial)


def simulate(parameters: dict[str, Any] = PARAMETERS, seed: int = CONFIG["seed"]) -> dict[str, pd.DataFrame]:
    return {trial: simulate_trial(parameters, trial, rng=generator(trial, seed)) for trial in TRIALS}


def pool(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([conform(frame, VARIABLES) for frame in frames.values()], ignore_index=True)


def changed(*path: str, value: Any) -> dict[str, Any]:
    parameters = copy.deepcopy(PARAMETERS)
    target = parameters
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return parameters


@pytest.fixture(scope="session")
def frames() -> dict[str, pd.DataFrame]:
    return simulate()


@pytest.fixture(scope="session")
def cohort(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return select_cohort(pool(frames), rules=CONFIG["eligibility"], variables=VARIABLES).frame
