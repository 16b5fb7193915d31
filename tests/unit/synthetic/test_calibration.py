"""The default study's synthetic patients meet the published aggregates, as expected and as drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import expit, logit

from ipdmediation.data.arms import ARM_NAMES
from ipdmediation.inference.streams import stream
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.synthetic.generate import potential_predictors
from ipdmediation.synthetic.outcome import outcome_distribution, outcome_thresholds
from tests.unit.synthetic.conftest import PARAMETERS, TRIALS
from tests.validation.calibration import (
    calibrated_thresholds,
    published_counts,
    published_log_odds_ratios,
    target_shares,
)

COUNTS = published_counts()
POOLED = sum(COUNTS.values())
PUBLISHED_QUARTILES = [
    # variable, arm (None: both), q1, median, q3, tolerance
    ("age", None, 57, 68, 76, 1),
    ("nihss", None, 13, 17, 20, 1),
    ("imaging_time", None, 24, 30, 237, 5),
    ("mrs", 0, 2, 4, 5, 0),
    ("mrs", 1, 1, 3, 4, 0),
]
PUBLISHED_FIV = [(None, 14, 41, 120), (1, 11, 33, 99), (0, 18, 51, 134)]


class TestQuartiles:
    @pytest.mark.parametrize("target", PUBLISHED_QUARTILES)
    def test_quartiles(self, cohort: pd.DataFrame, target: tuple[Any, ...]) -> None:
        variable, arm, *quartiles, tolerance = target
        values = cohort.loc[cohort["treatment"].eq(arm) if arm is not None else slice(None), variable]
        found = np.percentile(values.dropna().astype(float), [25, 50, 75])
        assert found == pytest.approx(quartiles, abs=tolerance)

    @pytest.mark.parametrize(("arm", "q1", "median", "q3"), PUBLISHED_FIV)
    def test_infarct_volume(
        self, cohort: pd.DataFrame, arm: int | None, q1: float, median: float, q3: float
    ) -> None:
        values = cohort.loc[cohort["treatment"].eq(arm) if arm is not None else slice(None), "fiv"]
        # About two standard errors of a quartile of 830 log-normal volumes.
        assert np.percentile(values, [25, 50, 75]) == pytest.approx([q1, median, q3], rel=0.15)

    def test_female_and_modality(self, cohort: pd.DataFrame) -> None:
        assert 100 * cohort["female"].mean() == pytest.approx(46.9, abs=1.5)
        assert 100 * cohort["imaging_modality"].eq("ct").mean() == pytest.approx(83, abs=1.5)
        volumes = cohort.groupby("imaging_modality", observed=True)["fiv"].median()
        assert volumes["ct"] == pytest.approx(48, rel=0.15)
        # Published: 22 and 48 mL, a ratio of 0.46; the standard error of this one is about 0.1.
        assert volumes["mri"] < 0.7 * volumes["ct"]


def log_odds_ratios(counts: FloatArray) -> FloatArray:
    """By cut, treated against control; a benefit is above 0."""
    shares = np.cumsum(counts, axis=1)[:, :-1] / counts.sum(axis=1, keepdims=True)
    return np.asarray(logit(shares[1]) - logit(shares[0]))


def likelihood_ratio(by_trial: list[FloatArray]) -> float:
    """Of a treatment effect free at every cut against proportional odds; each trial has one shift."""
    counts = np.array(by_trial)
    cuts, trials = counts.shape[2] - 1, len(counts)

    def deviance(parameters: FloatArray, effects: int) -> float:
        thresholds = np.cumsum([parameters[0], *np.exp(parameters[1:cuts])])
        effect = np.broadcast_to(parameters[cuts : cuts + effects], cuts)
        shift = np.array([0, *parameters[cuts + effects :]])[:, None, None]
        latent = thresholds + shift + np.array([0, 1])[:, None] * effect
        shares = np.diff(expit(latent), axis=2, prepend=0, append=1)
        return float(-2 * (counts * np.log(np.maximum(shares, 1e-12))).sum())

    def least(effects: int) -> float:
        start = np.zeros(cuts + effects + trials - 1)
        start[0] = -2
        return float(minimize(deviance, start, args=(effects,)).fun)

    return least(1) - least(cuts)


def drawn_counts(frame: pd.DataFrame) -> FloatArray:
    known = frame.dropna(subset="mrs")
    levels = [known.loc[known["treatment"] == arm, "mrs"].astype(int) for arm in (0, 1)]
    return np.array([np.bincount(each, minlength=7) for each in levels], dtype=float)


@pytest.fixture(scope="module")
def expected() -> dict[str, FloatArray]:
    """What the generating model implies, by trial: share of each level by arm."""
    found = {}
    for trial in TRIALS:
        rng = stream(1, "another cohort", trial)
        predictors = potential_predictors(PARAMETERS, trial, patients=20_000, rng=rng)
        thresholds = outcome_thresholds(PARAMETERS, trial)
        found[trial] = np.array([outcome_distribution(thresholds[a], predictors[a]) for a in (0, 1)])
    return found


def in_published_numbers(expected: dict[str, FloatArray]) -> list[FloatArray]:
    """Expected patients by trial, as many in each arm as the published counts have."""
    return [expected[trial] * COUNTS[trial].sum(axis=1, keepdims=True) for trial in TRIALS]


class TestPublishedCounts:
    def test_they_are_those_of_1740_patients(self) -> None:
        assert POOLED.sum(axis=1).tolist() == [875, 865]
        assert set(COUNTS) == set(PARAMETERS["patients"])
        for trial, counts in COUNTS.items():
            randomised = [PARAMETERS["patients"][trial][arm] for arm in ARM_NAMES]
            assert (counts.sum(axis=1) <= randomised).all()
            assert (counts.sum(axis=1) >= np.array(randomised) - 6).all()

    def test_their_odds_are_not_proportional(self) -> None:
        """As R has it (ordinal::clm with trial indicators, `nominal = ~ treatment`): 19.09005, df 5."""
        assert likelihood_ratio(list(COUNTS.values())) == pytest.approx(19.09005, abs=1e-3)
        assert np.exp(log_odds_ratios(POOLED)) == pytest.approx(
            [1.93, 2.10, 2.12, 2.05, 1.55, 1.23], abs=0.01
        )

    def test_nobody_at_a_level_counts_half_a_patient(self) -> None:
        shares = target_shares(np.array([[3.0, 0, 1], [1, 1, 2]]))
        assert shares == pytest.approx(np.array([[3, 0.5, 1], [1.125, 1.125, 2.25]]) / 4.5)


class TestExpectedOutcome:
    """Whatever is drawn: the distributions that the parameters imply."""

    def test_each_trial_and_arm_is_as_published(self, expected: dict[str, FloatArray]) -> None:
        """Within 0.4 percentage points of the shares that count half a patient where there was none."""
        for trial, counts in COUNTS.items():
            assert 100 * expected[trial] == pytest.approx(100 * target_shares(counts), abs=0.4), trial

    def test_each_level_of_all_trials_is_as_published(self, expected: dict[str, FloatArray]) -> None:
        shares = sum(in_published_numbers(expected)) / POOLED.sum(axis=1, keepdims=True)
        assert 100 * shares == pytest.approx(100 * POOLED / POOLED.sum(axis=1, keepdims=True), abs=0.2)
        assert 100 * shares[:, 6] == pytest.approx([17.5, 14.7], abs=0.1)

    def test_odds_are_as_little_proportional(self, expected: dict[str, FloatArray]) -> None:
        counts = in_published_numbers(expected)
        assert log_odds_ratios(sum(counts)) == pytest.approx(log_odds_ratios(POOLED), abs=0.02)
        assert likelihood_ratio(counts) == pytest.approx(19.09, abs=1)

    def test_the_thresholds_are_what_the_calibration_gives(self) -> None:
        found = calibrated_thresholds(PARAMETERS, patients=20_000)
        for trial, arms in PARAMETERS["outcome"]["thresholds"].items():
            for arm, thresholds in arms.items():
                # Two decimals are kept; the outermost levels of small arms move most with the cohort.
                assert found[trial][arm] == pytest.approx(thresholds, abs=0.05), (trial, arm)

    def test_the_targets_are_the_published_odds_ratios(self) -> None:
        assert published_log_odds_ratios() == pytest.approx(
            {"mediator": np.log(0.46), "treatment": np.log(2.22)}
        )


class TestDefaultRun:
    """The patients that the default seed draws."""

    def test_levels_of_all_trials(self, frames: dict[str, pd.DataFrame]) -> None:
        drawn = drawn_counts(pd.concat(frames.values()))
        shares, published = (100 * each / each.sum(axis=1, keepdims=True) for each in (drawn, POOLED))
        assert shares == pytest.approx(published, abs=1)
        assert shares[:, 6] == pytest.approx([17.5, 14.7], abs=0.5)

    def test_odds_ratios_by_cut(self, frames: dict[str, pd.DataFrame]) -> None:
        drawn = drawn_counts(pd.concat(frames.values()))
        assert log_odds_ratios(drawn) == pytest.approx(log_odds_ratios(POOLED), abs=0.06)

    @pytest.mark.parametrize("trial", TRIALS)
    def test_levels_by_trial(self, trial: str, frames: dict[str, pd.DataFrame]) -> None:
        drawn, published = drawn_counts(frames[trial]), COUNTS[trial]
        wanted = published * drawn.sum(axis=1, keepdims=True) / published.sum(axis=1, keepdims=True)
        assert drawn == pytest.approx(wanted, abs=5)
