import numpy as np
import pytest
import statsmodels.api as sm

from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.errors import RankDeficientError
from ipdmediation.models.linear import LinearModel


def simulate(seed, n=120):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3)) * [1, 10, 0.1] + [0, 65, 2]
    return x, 1 + x @ [0.5, 0.02, -3] + rng.normal(size=n), rng.integers(0, 3, n)


def test_agrees_with_statsmodels():
    x, y, _ = simulate(1)
    fit, other = LinearModel(y, x, names=["a", "b", "c"]).fit(), sm.OLS(y, sm.add_constant(x)).fit()
    np.testing.assert_allclose(fit.estimates, other.params, rtol=1e-9)
    np.testing.assert_allclose(fit.standard_errors, other.bse, rtol=1e-9)
    assert fit.log_likelihood == pytest.approx(other.llf, abs=1e-9)
    assert fit.residual_variance == pytest.approx(other.scale, rel=1e-10)


@pytest.mark.parametrize("variance", ["ml", "unbiased"])
def test_integer_weights_are_repeated_rows(variance):
    x, y, weights = simulate(2)
    names = ["a", "b", "c"]
    built = LinearModel(y, x, names=names, residual_variance=variance)
    repeated = LinearModel(
        np.repeat(y, weights), np.repeat(x, weights, axis=0), names=names, residual_variance=variance
    ).fit()
    fit, refit = built.fit(weights=weights), built.refit(weights.astype(float))
    for result in (fit, refit):
        np.testing.assert_allclose(result.estimates, repeated.estimates, rtol=1e-9)
        assert result.residual_variance == pytest.approx(repeated.residual_variance, rel=1e-10)
    np.testing.assert_allclose(fit.covariance, repeated.covariance, rtol=1e-8)
    assert fit.log_likelihood == pytest.approx(repeated.log_likelihood, abs=1e-9)


def test_ml_and_unbiased_variance_differ_by_the_degrees_of_freedom():
    x, y, _ = simulate(3)
    ml, unbiased = (
        LinearModel(y, x, names=["a", "b", "c"], residual_variance=kind).fit().residual_variance
        for kind in ("ml", "unbiased")
    )
    assert ml * 120 == pytest.approx(unbiased * 116)


def test_columns_without_information_are_an_error_and_a_status():
    x, y, _ = simulate(4)
    weights = np.zeros(120)
    weights[:3] = 1.0
    built = LinearModel(y, x, names=["a", "b", "c"])
    with pytest.raises(RankDeficientError, match="intercept, a, b, c"):
        built.fit(weights=weights)
    assert built.refit(weights).status == FitStatus.RANK_DEFICIENT


def test_no_more_rows_than_coefficients_are_a_failed_refit_and_no_division_by_zero():
    """Three patients once each, intercept and two slopes: nothing is left for the residual variance."""
    rng = np.random.default_rng(2)
    model = LinearModel(rng.normal(size=9), rng.normal(size=(9, 2)), names=["a", "b"])
    weights = np.repeat([1.0, 0.0], [3, 6])
    assert FitStatus(model.refit(weights).status) == FitStatus.RANK_DEFICIENT
    weights[3] = 1
    fit = model.refit(weights)
    assert FitStatus(fit.status).usable
    assert fit.residual_variance > 0


def test_the_number_of_patients_is_a_whole_one():
    x, y, _ = simulate(3)
    for weights, patients in ((np.full(120, 2 / 3), 80), (np.full(120, 1.006), 121), (np.ones(120), 120)):
        n = LinearModel(y, x, names=["a", "b", "c"]).fit(weights=weights).n
        assert (type(n), n) == (int, patients)
