"""Cohorts whose truth the analysis models can hold: the synthetic generator without what they do not know.

`config/synthetic.yaml` is made to look like seven real trials: every trial has its own thresholds, slopes and
effects, the mediator is cut off at both ends, patients are lost and values missing. Here all of that is taken
out, so that an interval can be held against the truth. What is left is the same code of the package.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.arms import ARM_NAMES
from ipdmediation.models.specification import AnalysisSpecification
from ipdmediation.synthetic.generate import simulate_trial
from tests.yaml_files import read_yaml

ROOT = Path(__file__).resolve().parents[2]
COVARIATES = ("age", "nihss")
UTILITY = (1, 0.91, 0.76, 0.65, 0.33, 0, 0)
# The trials differ in their levels, which trial indicators hold, and in nothing else.
TRIAL_LEVELS = {"escape": 0.0, "revascat": 0.3, "thrace": -0.3}
THRESHOLDS = (-4.0, -2.4, -1.2, -0.1, 1.2, 2.1)
RESIDUAL_SD = 1.5

ANALYSIS = AnalysisSpecification(
    mediator="fiv",
    outcome="mrs",
    transform="log",
    offset=1.0,
    better="low",
    covariates=COVARIATES,
    trial_effects="fixed",
)


def generating_model(*, shift: float, slope: float, direct: float, patients_per_arm: int) -> dict[str, Any]:
    """Return the parameters of a generating model that `ANALYSIS` describes exactly.

    Parameters
    ----------
    shift : of the mediator by treatment, in ln mL.
    slope, direct : log odds of a worse outcome per ln mL, and by treatment at a given mediator.
    patients_per_arm : in each of the three trials.
    """
    model: dict[str, Any] = read_yaml(ROOT / "config/synthetic.yaml")
    mediator, outcome = model["mediator"], model["outcome"]
    mediator["intercept"] = {trial: 4.0 + level for trial, level in TRIAL_LEVELS.items()}
    mediator["treatment_shift"] = dict.fromkeys(TRIAL_LEVELS, shift)
    mediator["residual_sd"] = {"control": RESIDUAL_SD, "treated": RESIDUAL_SD}
    # Limits that no patient reaches, and no rounding.
    mediator["limits"], mediator["per_unit"] = [np.expm1(-8), np.expm1(16)], 1e9
    # Equal shifts of all cuts: proportional odds.
    outcome["thresholds"] = {
        trial: {
            arm: [cut + level - effect for cut in THRESHOLDS]
            for arm, effect in zip(ARM_NAMES, (0.0, direct), strict=True)
        }
        for trial, level in TRIAL_LEVELS.items()
    }
    outcome["mediator_slope"] = dict.fromkeys(TRIAL_LEVELS, slope)
    for part in (mediator, outcome):
        part["effects"] = {name: part["effects"][name] for name in COVARIATES}
    return model | {
        "sampling": "independent",
        "patients": {trial: dict.fromkeys(ARM_NAMES, patients_per_arm) for trial in TRIAL_LEVELS},
        "losses": [],
        "missing": {},
        "utility": UTILITY,
    }


def simulate_cohort(parameters: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    """Draw all trials of a generating model, one below the other."""
    trials = [simulate_trial(parameters, trial, rng=rng) for trial in parameters["patients"]]
    return pd.concat(trials, ignore_index=True)
