"""The calibration finds its way back to the parameters of config/synthetic.yaml."""

import copy

import pytest

from tests.validation.calibration import (
    MODEL_FILE,
    TOLERANCE,
    average_log_odds_ratios,
    calibrate,
    published_log_odds_ratios,
)
from tests.yaml_files import read_yaml

pytestmark = pytest.mark.slow

PARAMETERS = read_yaml(MODEL_FILE)


def test_the_published_analysis_gives_the_published_odds_ratios_on_average() -> None:
    found, targets = average_log_odds_ratios(PARAMETERS), published_log_odds_ratios()
    # Twice the tolerance of the calibration, for a machine that rounds differently.
    assert found == pytest.approx(targets, abs=2 * TOLERANCE)


def test_from_another_start_it_comes_back() -> None:
    elsewhere = copy.deepcopy(PARAMETERS)
    outcome = elsewhere["outcome"]
    outcome["mediator_slope"] = {trial: 0.9 * slope for trial, slope in outcome["mediator_slope"].items()}
    for name, effect in outcome["effects"].items():
        outcome["effects"][name] = (
            {level: 0.85 * value for level, value in effect.items()}
            if isinstance(effect, dict)
            else 0.85 * effect
        )
    found = calibrate(elsewhere, number=40)
    expected = PARAMETERS["outcome"]
    assert found["mediator_slope"] == pytest.approx(expected["mediator_slope"], rel=0.05)
    assert found["effects"]["age"] == pytest.approx(expected["effects"]["age"], rel=0.05)
    for trial, arms in expected["thresholds"].items():
        for arm, thresholds in arms.items():
            assert found["thresholds"][trial][arm] == pytest.approx(thresholds, abs=0.3)
