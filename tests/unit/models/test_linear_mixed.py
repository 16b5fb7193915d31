from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.errors import OutcomeError, RankDeficientError, SingularFitWarning
from ipdmediation.models.linear import LinearModel
from ipdmediation.models.linear_mixed import LinearMixedModel

REFERENCE = Path(__file__).parents[2] / "reference"
SEEDS = st.integers(0, 2**32 - 1)
quick = settings(max_examples=15, deadline=None)
pytestmark = pytest.mark.filterwarnings("ignore::ipdmediation.models.errors.SingularFitWarning")


def simulate(seed, *, sizes=(60, 50, 40, 30, 20), sds=(0.7, 0.5)):
    rng = np.random.default_rng(seed)
    trial = np.repeat(np.arange(len(sizes)), sizes)
    n = trial.size
    treatment, x = (rng.permutation(n) % 2).astype(float), rng.normal(50, 10, n)
    b = rng.normal(size=(len(sizes), 2)) * sds
    y = 3 + (b[trial, 1] - 0.4) * treatment + 0.02 * x + b[trial, 0] + rng.normal(size=n)
    return y, np.column_stack([treatment, x]), trial


def model(y, x, trial, *, q=2, method="ml"):
    return LinearMixedModel(
        y,
        x,
        names=["treatment", "x"],
        trials=trial,
        random_design=np.column_stack([np.ones(len(y)), x])[:, :q],
        random_names=["intercept", "treatment", "x"][:q],
        method=method,
    )


def test_sleepstudy_by_reml():
    sleep = pd.read_csv(REFERENCE / "sleepstudy.csv")
    fit = LinearMixedModel(
        sleep["Reaction"],
        sleep[["Days"]],
        names=["Days"],
        trials=sleep["Subject"],
        random_design=np.column_stack([np.ones(180), sleep["Days"]]),
        random_names=["intercept", "Days"],
        method="reml",
    ).fit()
    np.testing.assert_allclose(fit.estimates, [251.405105, 10.467286], atol=5e-7)
    table = fit.table().set_index("term")["estimate"]
    # lmer stops 1e-4 short in the variances
    assert table["sd(intercept)"] == pytest.approx(24.74066, abs=5e-4)
    assert table["sd(Days)"] == pytest.approx(5.92214, abs=5e-5)
    assert table["cor(intercept,Days)"] == pytest.approx(0.0656, abs=5e-5)
    assert table["residual_sd"] == pytest.approx(25.59180, abs=5e-5)
    assert -2 * fit.log_likelihood == pytest.approx(1743.6283, abs=5e-5)


@quick
@given(seed=SEEDS, method=st.sampled_from(["ml", "reml"]), q=st.integers(1, 3))
def test_integer_weights_are_repeated_rows(seed, method, q):
    y, x, trial = simulate(seed)
    weights = np.random.default_rng(seed).integers(0, 3, y.size)
    built = model(y, x, trial, q=q, method=method)
    weighted = built.fit(weights=weights)
    repeated = model(
        np.repeat(y, weights), np.repeat(x, weights, axis=0), np.repeat(trial, weights), q=q, method=method
    ).fit()
    assert weighted.log_likelihood == pytest.approx(repeated.log_likelihood, abs=1e-7)
    np.testing.assert_allclose(weighted.estimates, repeated.estimates, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(weighted.covariance, repeated.covariance, rtol=1e-4, atol=1e-8)
    assert weighted.residual_variance == pytest.approx(repeated.residual_variance, rel=1e-5)


@quick
@given(seed=SEEDS, method=st.sampled_from(["ml", "reml"]), q=st.integers(1, 3))
def test_a_warm_refit_equals_a_cold_fit(seed, method, q):
    y, x, trial = simulate(seed)
    built = model(y, x, trial, q=q, method=method)
    weights = np.random.default_rng(seed).poisson(1.0, y.size).astype(float)
    warm, cold = built.refit(weights, built.fit().start()), built.fit(weights=weights)
    assert FitStatus(warm.status).usable
    np.testing.assert_allclose(warm.estimates, cold.estimates, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(warm.random_covariance, cold.random_effects.covariance, rtol=1e-3, atol=1e-5)


def test_zero_variance_is_the_fixed_model_and_a_singular_fit():
    y, x, _ = simulate(1, sds=(0, 0))
    trial, y, x = np.repeat([0, 1, 2], y.size), np.tile(y, 3), np.tile(x, (3, 1))
    fit = model(y, x, trial).fit()
    (note,) = fit.warnings
    assert isinstance(note, SingularFitWarning)
    assert str(note) == (
        "the 3 trials differ in their level and treatment effect by no more than chance: this variance "
        "between them is estimated as 0"
    )
    fixed = LinearModel(y, x, names=["treatment", "x"], residual_variance="ml").fit()
    assert fit.singular
    np.testing.assert_array_equal(fit.random_effects.covariance, 0)
    np.testing.assert_allclose(fit.estimates, fixed.estimates, rtol=1e-8)
    np.testing.assert_allclose(fit.covariance, fixed.covariance, rtol=1e-8)
    assert fit.log_likelihood == pytest.approx(fixed.log_likelihood, abs=1e-8)


def test_scaling_the_outcome_scales_everything():
    y, x, trial = simulate(2)
    for method in ("ml", "reml"):
        fit, scaled = model(y, x, trial, method=method).fit(), model(10 * y, x, trial, method=method).fit()
        np.testing.assert_allclose(scaled.estimates, 10 * fit.estimates, rtol=1e-7)
        np.testing.assert_allclose(
            scaled.random_effects.covariance, 100 * fit.random_effects.covariance, rtol=1e-6
        )


def test_a_trial_without_rows():
    y, x, trial = simulate(3)
    kept = trial != 1
    fit = model(y, x, trial).fit(weights=kept)
    without = model(y[kept], x[kept], np.unique(trial[kept], return_inverse=True)[1]).fit()
    np.testing.assert_allclose(fit.estimates, without.estimates, rtol=1e-6)
    np.testing.assert_array_equal(fit.random_effects.modes[1], 0)
    np.testing.assert_allclose(
        fit.random_effects.mode_se[1], np.sqrt(np.diag(fit.random_effects.covariance)), rtol=1e-10
    )


def test_problems_are_named():
    y, x, trial = simulate(4)
    with pytest.raises(OutcomeError, match="one value only"):
        model(np.ones(y.size), x, trial)
    weights = np.zeros(y.size)
    weights[:2] = 1
    with pytest.raises(RankDeficientError, match="intercept, treatment, x"):
        model(y, x, trial).fit(weights=weights)
    assert model(y, x, trial).refit(weights).status == FitStatus.RANK_DEFICIENT


def test_the_number_of_patients_is_a_whole_one():
    y, x, trial = simulate(3)
    n = model(y, x, trial).fit(weights=np.full(len(y), 1.006)).n
    assert (type(n), n) == (int, round(1.006 * len(y)))


@pytest.mark.parametrize("seed", [0, 1, 4])
def test_as_many_random_effects_as_rows_are_no_fit(seed):
    """They can take all that is residual; lme4 refuses such a model as well."""
    rng = np.random.default_rng(seed)
    trial, treatment = np.repeat([0, 1, 2], 2), np.tile([0.0, 1.0], 3)
    y = rng.normal(size=6) + treatment * rng.normal(size=3)[trial] * 3 + 3 * rng.normal(size=3)[trial]
    built = LinearMixedModel(
        y,
        treatment[:, None],
        names=["treatment"],
        trials=trial,
        random_design=np.column_stack([np.ones(6), treatment]),
        random_names=["intercept", "treatment"],
        method="ml",
    )
    assert built.refit(np.ones(6)).status == FitStatus.RANK_DEFICIENT


@pytest.mark.parametrize("repeated", [1.0, 3.0])
@pytest.mark.parametrize("seed", range(6))
def test_as_many_columns_as_rows_are_no_fit(seed, repeated):
    """Nothing is left but rounding, however often a row is drawn."""
    rng = np.random.default_rng(seed)
    columns = rng.normal(size=(7, 6))
    built = LinearMixedModel(
        rng.normal(size=7),
        columns,
        names=[f"x{number}" for number in range(6)],
        trials=[0, 0, 0, 0, 1, 1, 1],
        random_design=np.ones((7, 1)),
        random_names=["intercept"],
        method="ml",
    )
    assert built.refit(np.full(7, repeated)).status == FitStatus.RANK_DEFICIENT
