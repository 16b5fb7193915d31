"""Fieller's interval of a ratio, by hand and against a published kind of share."""

from __future__ import annotations

import numpy as np
import pytest

from ipdmediation.evidence.fieller import fieller_interval

Z = 1.959963984540054


def test_the_share_of_a_treatment_s_effect_from_the_joint_covariance():
    """1 - direct / total of evidence_a.csv, with the sandwich covariance of both."""
    total, direct, of_total, of_direct, both = 1.10539386, 0.61728952, 0.03762539, 0.03989873, 0.03382774
    covariance = [
        [of_total + of_direct - 2 * both, of_total - both],
        [of_total - both, of_total],
    ]
    found = fieller_interval([total - direct, total], covariance, quantile=Z)
    assert found == pytest.approx((0.26038153, 0.71414771), abs=2e-7)


def test_each_end_lies_the_quantile_away_from_no_difference():
    estimates, covariance = np.array([0.4, 1.1]), np.array([[0.02, 0.005], [0.005, 0.03]])
    ends = fieller_interval(estimates, covariance, quantile=2.5)
    assert ends is not None
    for ratio in ends:
        weights = np.array([1, -ratio])
        distance = abs(weights @ estimates) / np.sqrt(weights @ covariance @ weights)
        assert distance == pytest.approx(2.5)


def test_a_total_that_may_be_0_has_no_bounded_interval():
    assert fieller_interval([0.5, 1.0], [[0.1, 0], [0, 0.26]], quantile=2.0) is None
    assert fieller_interval([0.5, 1.0], [[0.1, 0], [0, 0.25]], quantile=2.0) is None
    assert fieller_interval([0.5, 1.0], [[0.1, 0], [0, 0.24]], quantile=2.0) is not None


def test_a_ratio_without_doubt_is_a_point():
    covariance = 0.01 * np.outer([0.5, 1.0], [0.5, 1.0])
    assert fieller_interval([0.5, 1.0], covariance, quantile=2.0) == pytest.approx((0.5, 0.5))
