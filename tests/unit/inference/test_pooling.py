import numpy as np
import pytest

from ipdmediation.inference.pooling import pool_estimates


def test_one_data_set_is_left_as_it_is():
    pooled = pool_estimates([[1.0, -2.0]], [[0.04, 0.09]])
    assert pooled.estimate.tolist() == [1.0, -2.0]
    assert pooled.se == pytest.approx([0.2, 0.3])
    assert np.isinf(pooled.degrees_of_freedom).all()


def test_rubins_rules_by_hand():
    # m = 3: mean 2, within 0.5, between 1, total 0.5 + 4/3; df = 2 (1 + 0.5 / (4/3))^2.
    pooled = pool_estimates([[1.0], [2.0], [3.0]], [[0.4], [0.5], [0.6]])
    assert pooled.estimate == pytest.approx([2.0])
    assert pooled.se == pytest.approx([np.sqrt(0.5 + 4 / 3)], rel=1e-12)
    assert pooled.degrees_of_freedom == pytest.approx([2 * 1.375**2], rel=1e-12)


def test_equal_estimates_have_no_variance_between():
    pooled = pool_estimates([[1.0], [1.0]], [[0.25], [0.25]])
    assert pooled.se == pytest.approx([0.5])
    assert np.isinf(pooled.degrees_of_freedom).all()
