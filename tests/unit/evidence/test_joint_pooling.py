"""Two effects pooled together: what must be equal to pooling each alone, and the boundary."""

from __future__ import annotations

import numpy as np
import pytest

from ipdmediation.evidence.joint_pooling import pool_jointly
from ipdmediation.evidence.two_stage import pool
from tests.unit.evidence.test_two_stage import ALPHA, BETA


def diagonal(*variances: np.ndarray) -> np.ndarray:
    return np.array([np.diag(each) for each in np.stack(variances, axis=1)])


def test_without_variation_it_is_the_weighted_mean():
    """Estimates that agree: Psi is 0, and the means are those of precision weights."""
    covariances = np.array(
        [[[0.04, 0.01], [0.01, 0.02]], [[0.02, 0.0], [0.0, 0.09]], [[0.1, 0.02], [0.02, 0.05]]]
    )
    found = pool_jointly(np.tile([0.5, 0.2], (3, 1)), covariances)
    assert found.means == pytest.approx([0.5, 0.2])
    assert found.between == pytest.approx(np.zeros((2, 2)), abs=1e-6)
    assert found.covariance == pytest.approx(np.linalg.inv(np.linalg.inv(covariances).sum(axis=0)), rel=1e-4)
    assert found.singular


def test_equal_trials_give_the_sample_s_mean_and_covariance():
    """With one S for all, REML is that of a sample: Psi = sample covariance - S."""
    rng = np.random.default_rng(4)
    estimates = rng.multivariate_normal([0.4, 1.0], [[0.3, 0.2], [0.2, 0.5]], size=12)
    within = np.array([[0.03, 0.01], [0.01, 0.02]])
    found = pool_jointly(estimates, np.tile(within, (12, 1, 1)))
    assert found.means == pytest.approx(estimates.mean(axis=0))
    assert found.between == pytest.approx(np.cov(estimates, rowvar=False) - within, abs=2e-5)
    assert found.covariance == pytest.approx(np.cov(estimates, rowvar=False) / 12, rel=1e-3)
    assert not found.singular


def test_the_unit_of_an_effect_changes_nothing():
    covariances = diagonal(ALPHA[:, 1] ** 2, BETA[:, 1] ** 2)
    estimates = np.stack([ALPHA[:, 0], BETA[:, 0]], axis=1)
    unit = np.array([100.0, 0.01])
    found, scaled = (
        pool_jointly(estimates, covariances),
        pool_jointly(estimates * unit, covariances * np.outer(unit, unit)),
    )
    assert scaled.means == pytest.approx(found.means * unit, rel=1e-4)
    assert scaled.covariance == pytest.approx(found.covariance * np.outer(unit, unit), rel=1e-3)


def test_seven_trials_lie_at_the_boundary():
    """The effects on the mediator and on the outcome: a correlation of -1, which is said."""
    covariances = diagonal(ALPHA[:, 1] ** 2, BETA[:, 1] ** 2)
    found = pool_jointly(np.stack([ALPHA[:, 0], BETA[:, 0]], axis=1), covariances)
    correlation = found.between[0, 1] / np.sqrt(found.between[0, 0] * found.between[1, 1])
    assert correlation == pytest.approx(-1, abs=1e-3)
    assert found.singular


def test_the_means_are_near_those_of_each_alone():
    covariances = diagonal(ALPHA[:, 1] ** 2, BETA[:, 1] ** 2)
    found = pool_jointly(np.stack([ALPHA[:, 0], BETA[:, 0]], axis=1), covariances)
    alone = [pool(rows[:, [0]], rows[:, [1]] ** 2) for rows in (ALPHA, BETA)]
    assert found.means == pytest.approx([each.estimate[0] for each in alone], abs=0.1)


def test_q_below_1_counts_as_1():
    estimates = np.array([[0.50, 0.20], [0.52, 0.21], [0.49, 0.19], [0.51, 0.20]])
    within = np.tile(np.diag([0.04, 0.04]), (4, 1, 1))
    assert pool_jointly(estimates, within).covariance == pytest.approx(np.diag([0.01, 0.01]), abs=1e-5)
    assert pool_jointly(estimates, within, truncated=False).covariance[0, 0] < 1e-4


def test_one_trial_is_itself():
    found = pool_jointly(np.array([[0.5, 0.2]]), np.array([[[0.04, 0.01], [0.01, 0.02]]]))
    assert found.means.tolist() == [0.5, 0.2]
    assert found.covariance.tolist() == [[0.04, 0.01], [0.01, 0.02]]
    assert not found.singular
