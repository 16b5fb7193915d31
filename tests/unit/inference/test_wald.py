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
