import numpy as np
import pytest
from scipy import stats

from ipdmediation.inference.pooling import pool_estimates
from ipdmediation.inference.wald import pooled_wald_test


def test_one_data_set_is_the_chi_squared_test():
    estimate, covariance = np.array([0.4, -0.3, 0.1]), np.diag([0.04, 0.02, 0.05])
    covariance[0, 1] = covariance[1, 0] = 0.01
    test = pooled_wald_test([estimate], [covariance])
    chi_squared = estimate @ np.linalg.inv(covariance) @ estimate
    assert test.statistic == pytest.approx(chi_squared / 3)
    assert test.p_value == pytest.approx(stats.chi2.sf(chi_squared, 3))
    assert (test.numerator_df, test.denominator_df) == (3, np.inf)


@pytest.mark.parametrize("imputations", [2, 4])
def test_one_coefficient_is_rubin_s_t_test(imputations):
    rng = np.random.default_rng(imputations)
    estimates, variances = rng.normal(0.5, 0.2, (imputations, 1)), rng.uniform(0.03, 0.05, (imputations, 1))
    pooled = pool_estimates(estimates, variances)
    test = pooled_wald_test(list(estimates), list(variances[:, :, None]))
    t = pooled.estimate[0] / pooled.se[0]
    assert test.statistic == pytest.approx(t**2)
    assert test.denominator_df == pytest.approx(pooled.degrees_of_freedom[0])
    assert test.p_value == pytest.approx(2 * stats.t.sf(abs(t), pooled.degrees_of_freedom[0]))


def test_the_units_of_the_columns_do_not_matter():
    rng = np.random.default_rng(3)
    estimates = rng.normal(size=(5, 2))
    covariances = [np.cov(rng.normal(size=(2, 20))) for _ in range(5)]
    change = np.array([[2.0, 0.0], [1.0, 0.1]])
    test = pooled_wald_test(list(estimates), covariances)
    other = pooled_wald_test(list(estimates @ change.T), [change @ each @ change.T for each in covariances])
    assert other == pytest.approx(test)


def test_level_under_the_null():
    """Ten imputations with within variance 1 and between variance 0.3: 5 % are rejected, +- 4 SE of 4000."""
    rng = np.random.default_rng(4)
    truths = rng.normal(scale=np.sqrt(1.3), size=(4000, 1, 2))
    estimates = truths + rng.normal(scale=np.sqrt(0.3), size=(4000, 10, 2))
    rejected = [pooled_wald_test(list(each), [np.eye(2)] * 10).p_value < 0.05 for each in estimates]
    assert np.mean(rejected) == pytest.approx(0.05, abs=0.014)


CORNERS = [np.array([1.0, 0.0]), np.array([3.0, 0.0]), np.array([1.0, 2.0]), np.array([3.0, 2.0])]


def test_by_hand_more_than_four_degrees_of_freedom_between_data_sets():
    """Four data sets, two coefficients, within variance 1: t = 2 * 3 = 6.

    Between: 4/3 each, so r = 5/4 * (8/3) / 2 = 5/3. D1 = (2^2 + 1^2) / (2 * 8/3) = 15/16.
    Denominator: 4 + (6 - 4) * (1 + (1 - 2/6) / (5/3))^2 = 4 + 2 * 1.4^2 = 7.92.
    P of F(2, v) is (1 + 2 D1 / v)^(-v / 2) = 1.236742^-3.96.
    """
    test = pooled_wald_test(CORNERS, [np.eye(2)] * 4)
    assert test.statistic == pytest.approx(15 / 16)
    assert test.denominator_df == pytest.approx(7.92)
    assert test.p_value == pytest.approx((1 + 2 * 0.9375 / 7.92) ** -3.96, rel=1e-9)
    assert test.p_value == pytest.approx(0.4311, abs=1e-4)


def test_by_hand_no_more_than_four():
    """The first and the last: t = 2. Between 2 and 2: r = 1.5 * 4 / 2 = 3; 2 * (3/2) * (4/3)^2 / 2 = 8/3."""
    test = pooled_wald_test([CORNERS[0], CORNERS[3]], [np.eye(2)] * 2)
    assert test.statistic == pytest.approx(5 / (2 * 4))
    assert test.denominator_df == pytest.approx(8 / 3)
