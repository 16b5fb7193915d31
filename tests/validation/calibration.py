"""Calibrate the outcome of the default study's synthetic patients: the marked part of config/synthetic.yaml.

``python -m tests.validation.calibration`` writes it, starting from what stands there; docs/validation.md says
what is met and what is not.
"""

import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import indent
from typing import Any

import numpy as np
import pandas as pd
import yaml
from scipy.optimize import brentq
from scipy.special import expit

from ipdmediation.data.arms import ARM_NAMES
from ipdmediation.data.cohort import select_cohort
from ipdmediation.data.configuration import eligibility_rules, resolve_analysis
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config
from ipdmediation.inference.streams import stream
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.models.errors import SingularFitWarning
from ipdmediation.models.specification import AnalysisSpecification, mediation_models
from ipdmediation.synthetic.generate import potential_predictors, simulate_trial
from ipdmediation.synthetic.outcome import Parameters
from tests.yaml_files import read_yaml

ROOT = Path(__file__).resolve().parents[2]
CONFIG: dict[str, Any] = read_yaml(ROOT / "config/config.yaml")
VARIABLES = variables_from_config(CONFIG["variables"])
MODEL_FILE = ROOT / CONFIG["study"]["synthetic"]
COUNTS_FILE = ROOT / "tests/reference/mrs_by_trial.csv"
START, END = "  # calibrated: python -m tests.validation.calibration\n", "  # end of what is calibrated\n"
SEED, ANALYSIS = 20190211, "published"
PATIENTS, COHORTS, ROUNDS = 200_000, 100, 10
# Of a log odds ratio: two thirds of a Monte-Carlo standard error of the average, a fifth of an estimate's.
TOLERANCE = 0.01
# Treatment's log odds ratio gained where all covariate effects double: it sets the speed of the search.
GAIN = 0.3


def published_counts() -> dict[str, FloatArray]:
    """Return the published patients by trial; shape (arms, levels), control and treated."""
    table = pd.read_csv(COUNTS_FILE).set_index(["trial", "arm"]).filter(like="mrs_")
    return {
        str(trial): table.loc[[(trial, arm) for arm in ARM_NAMES]].to_numpy(dtype=float)
        for trial in table.index.unique("trial")
    }


def published_log_odds_ratios() -> dict[str, float]:
    """Return the published adjusted log odds ratios of the mediator and of treatment given the mediator."""
    return {
        figure["where"]["term"]: float(np.log(figure["value"]))
        for figure in CONFIG["published"]
        if figure["table"] == "models/outcome" and figure["column"] == "ratio"
    }


def target_shares(counts: FloatArray) -> FloatArray:
    """Return each level's share in each arm, shape (arms, levels).

    A level that a small arm did not see is rare there, not impossible: it counts half a patient.
    """
    filled = np.where(counts == 0, 0.5, counts)
    return np.asarray(filled / filled.sum(axis=1, keepdims=True))


def calibrated_thresholds(
    parameters: Parameters, *, patients: int = PATIENTS
) -> dict[str, dict[str, list[float]]]:
    """Solve each threshold for the published share of patients up to that level, given everything else."""
    found = {}
    for trial, counts in published_counts().items():
        rng = stream(SEED, "calibrated thresholds", trial)
        predictors = potential_predictors(parameters, trial, patients=patients, rng=rng)
        found[trial] = {
            arm: [_threshold(share, predictor) for share in np.cumsum(shares)[:-1]]
            for arm, shares, predictor in zip(ARM_NAMES, target_shares(counts), predictors, strict=True)
        }
    return found


def _threshold(share: float, predictor: FloatArray) -> float:
    solution = brentq(lambda threshold: expit(threshold - predictor).mean() - share, -30, 30)
    return round(float(solution), 2)


def cohorts(parameters: Parameters, *, number: int) -> Iterator[pd.DataFrame]:
    """Draw cohorts of the default study, without missing covariates."""
    complete = {**parameters, "missing": {}}
    rules = eligibility_rules(CONFIG, ANALYSIS)
    for cohort in range(number):
        trials = [
            simulate_trial(complete, trial, rng=stream(SEED, "calibration", cohort, trial))
            for trial in parameters["patients"]
        ]
        pooled = conform(pd.concat(trials, ignore_index=True), VARIABLES)
        yield select_cohort(pooled, rules=rules, variables=VARIABLES).frame


def average_log_odds_ratios(parameters: Parameters, *, number: int = COHORTS) -> dict[str, float]:
    """Average what the published analysis estimates in cohorts of the study's size; a benefit is above 0."""
    specification = AnalysisSpecification.from_config(resolve_analysis(CONFIG, ANALYSIS))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SingularFitWarning)
        fits = [
            mediation_models(frame, specification=specification, variables=VARIABLES).outcome.fit()
            for frame in cohorts(parameters, number=number)
        ]
    return {
        term: float(np.mean([fit.coefficient(term) for fit in fits])) for term in published_log_odds_ratios()
    }


def calibrate(parameters: Parameters, *, number: int = COHORTS) -> dict[str, Any]:
    """Return the calibrated part of the outcome: thresholds, slopes of the mediator, effects of covariates.

    Slopes keep their ratios between trials, and the covariates' effects theirs: one factor each is searched,
    so that the published analysis gives the published odds ratios on average. Every step solves the
    thresholds anew, so that the published counts are met whatever the factors.
    """
    given, targets = parameters["outcome"], published_log_odds_ratios()
    slope, strength = 1.0, 1.0
    for _ in range(ROUNDS):
        part = {
            "mediator_slope": _scaled(given["mediator_slope"], slope, digits=2),
            "effects": _scaled(given["effects"], strength, digits=3),
        }
        part = {"thresholds": calibrated_thresholds({**parameters, "outcome": {**given, **part}}), **part}
        found = average_log_odds_ratios({**parameters, "outcome": {**given, **part}}, number=number)
        print("average odds ratios:", {term: round(float(np.exp(value)), 3) for term, value in found.items()})
        if all(abs(found[term] - target) < TOLERANCE for term, target in targets.items()):
            return part
        slope *= targets["mediator"] / found["mediator"]
        strength += (targets["treatment"] - found["treatment"]) / GAIN
    raise RuntimeError(f"the published odds ratios are not met after {ROUNDS} rounds")


def _scaled(values: Mapping[str, Any], factor: float, *, digits: int) -> dict[str, Any]:
    return {
        name: _scaled(value, factor, digits=digits)
        if isinstance(value, Mapping)
        else round(value * factor, digits)
        for name, value in values.items()
    }


def main() -> None:
    """Calibrate and put the result into the file of the generating model."""
    text = MODEL_FILE.read_text()
    part = calibrate(yaml.safe_load(text))
    before, _, rest = text.partition(START)
    written = yaml.safe_dump(part, sort_keys=False, default_flow_style=None, width=110)
    MODEL_FILE.write_text(f"{before}{START}{indent(written, '  ')}{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
