import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from ipdmediation.kernels import newton
from ipdmediation.kernels.laplace import laplace_criterion
from ipdmediation.kernels.links import LINKS
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.cumulative_link import CumulativeLinkModel
from ipdmediation.models.cumulative_link_mixed import CumulativeLinkMixedModel
from ipdmediation.models.errors import (
    EmptyLevelWarning,
    OutcomeError,
    RankDeficientError,
    SeparationWarning,
    SingularFitWarning,
)
from tests.unit.models.quadrature import fit_by_quadrature

REFERENCE = Path(__file__).parents[2] / "reference"
SEEDS = st.integers(0, 2**32 - 1)
quick = settings(max_examples=15, deadline=None)
pytestmark = pytest.mark.filterwarnings("ignore::ipdmediation.models.errors.SingularFitWarning")


# The criterion is compiled for each of them, which takes long: symmetric, asymmetric and with heavy tails.
UNLIKE = ("logit", "cloglog", "cauchit")


def simulate(seed, *, sizes=(60, 50, 40, 30, 20), levels=4, sds=(0.7, 0.5, 0.4), scale=1.0):
    rng = np.random.default_rng(seed)
    trial = np.repeat(np.arange(len(sizes)), sizes)
    n = trial.size
    treatment = (rng.permutation(n) % 2).astype(float)
    x = rng.normal(50, 10, n) * scale
    mediator = rng.normal(3, 1.5, n)
    b = rng.normal(size=(len(sizes), 3)) * sds
    latent = (0.5 + b[trial, 1]) * treatment + b[trial, 2] * (mediator - 3) + 0.03 * x / scale + b[trial, 0]
    latent = latent + rng.logistic(size=n)
    y = np.digitize(latent, np.quantile(latent, np.arange(1, levels) / levels))
    return y, np.column_stack([treatment, mediator, x]), trial


def model(y, x, trial, *, q=2, levels=4, link="logit", **options):
    z = np.column_stack([np.ones(len(y)), x[:, :2]])[:, :q]
    return CumulativeLinkMixedModel(
        y,
        x,
        names=["treatment", "mediator", "x"],
        n_levels=levels,
        trials=trial,
        random_design=z,
        random_names=["intercept", "treatment", "mediator"][:q],
        link=link,
        **options,
    )


def test_wine_by_laplace():
    wine = pd.read_csv(REFERENCE / "wine.csv")
    built = CumulativeLinkMixedModel(
        wine["rating"],
        wine[["warm", "contact"]],
        names=["warm", "contact"],
        n_levels=5,
        trials=wine["judge"],
        random_design=np.ones((72, 1)),
        random_names=["intercept"],
    )
    fit = built.fit()
    # R's optimiser stops 2e-5 from the optimum in the estimates
    np.testing.assert_allclose(
        fit.estimates, [-1.623664, 1.513364, 4.228525, 6.088770, 3.062993, 1.834883], atol=3e-5
    )
    assert fit.random_effects.covariance[0, 0] == pytest.approx(1.279455, abs=3e-5)
    assert fit.log_likelihood == pytest.approx(-81.56541, abs=1e-5)
    quadrature = fit_by_quadrature(built)
    assert quadrature.random_covariance[0, 0] == pytest.approx(1.287741, abs=2e-5)
    assert quadrature.log_likelihood == pytest.approx(-81.53246, abs=1e-5)
    assert built.log_likelihood(quadrature) < built.log_likelihood(fit.start())


@quick
@given(seed=SEEDS, link=st.sampled_from(UNLIKE), q=st.integers(1, 3))
def test_the_gradient_of_the_criterion_is_exact(compiled, seed, link, q):
    compiled(link)
    y, x, trial = simulate(seed)
    built = model(y, x, trial, q=q, link=link)
    weights = np.random.default_rng(seed).uniform(0.5, 2, y.size)
    rows, work, (thresholds, slopes, *_) = built._at(built.refit(weights), weights)
    rng = np.random.default_rng(seed)
    factor = np.tril(rng.uniform(0.1, 0.6, (q, q)))
    slopes = slopes + rng.normal(scale=0.1, size=3)

    def criterion(t, s, f):
        return laplace_criterion(rows, work, t, s, f, np.zeros((built.n_trials, q)), LINKS[link])

    criterion(thresholds, slopes, factor)
    fixed, random = work.gradient.copy(), work.factor_gradient.copy()
    in_covariance = work.covariance_gradient.copy()
    step = 1e-4  # the modes are found to 1e-10 in the criterion, which a smaller step would enlarge

    def slope(change):
        return (criterion(*change(step)) - criterion(*change(-step))) / (2 * step)

    numeric_fixed = [slope(lambda h, e=e: (thresholds + h * e, slopes, factor)) for e in np.eye(3)]
    numeric_fixed += [slope(lambda h, e=e: (thresholds, slopes + h * e, factor)) for e in np.eye(3)]
    np.testing.assert_allclose(fixed, numeric_fixed, rtol=1e-5, atol=1e-5)
    for a in range(q):
        for b in range(a + 1):
            unit = np.zeros((q, q))
            unit[a, b] = 1
            numeric = slope(lambda h, e=unit: (thresholds, slopes, factor + h * e))
            assert random[a, b] == pytest.approx(numeric, rel=1e-5, abs=1e-5)
    np.testing.assert_allclose(np.tril(random), np.tril(2 * in_covariance @ factor), rtol=1e-7, atol=1e-7)


@quick
@given(seed=SEEDS, q=st.integers(1, 3))
def test_integer_weights_are_repeated_rows(seed, q):
    y, x, trial = simulate(seed)
    weights = np.random.default_rng(seed).integers(0, 3, y.size)
    weighted = model(y, x, trial, q=q).fit(weights=weights)
    repeated = model(
        np.repeat(y, weights), np.repeat(x, weights, axis=0), np.repeat(trial, weights), q=q
    ).fit()
    assert weighted.log_likelihood == pytest.approx(repeated.log_likelihood, abs=1e-8)
    np.testing.assert_allclose(weighted.estimates, repeated.estimates, atol=1e-5)
    np.testing.assert_allclose(
        weighted.random_effects.covariance, repeated.random_effects.covariance, atol=1e-5
    )


@quick
@given(seed=SEEDS, q=st.integers(1, 3))
def test_reversed_order_flips_signs_and_nothing_else(seed, q):
    y, x, trial = simulate(seed)
    forward, backward = model(y, x, trial, q=q).fit(), model(3 - y, x, trial, q=q).fit()
    assert backward.log_likelihood == pytest.approx(forward.log_likelihood, abs=1e-8)
    np.testing.assert_allclose(backward.coefficients, -forward.coefficients, atol=1e-5)
    np.testing.assert_allclose(backward.random_effects.modes, -forward.random_effects.modes, atol=1e-4)


@quick
@given(seed=SEEDS, q=st.integers(1, 3))
def test_a_warm_refit_equals_a_cold_fit(seed, q):
    y, x, trial = simulate(seed)
    built = model(y, x, trial, q=q)
    weights = np.random.default_rng(seed).poisson(1.0, y.size).astype(float)
    warm, cold = built.refit(weights, built.fit().start()), built.fit(weights=weights)
    assert FitStatus(warm.status).usable
    assert built.log_likelihood(warm, weights=weights) == pytest.approx(cold.log_likelihood, abs=1e-8)
    np.testing.assert_allclose(warm.estimates, cold.estimates, rtol=1e-6, atol=2e-6)
    np.testing.assert_allclose(warm.random_covariance, cold.random_effects.covariance, rtol=1e-6, atol=2e-6)


@quick
@given(seed=SEEDS)
def test_the_optimum_is_not_below_nearby_covariances(seed):
    y, x, trial = simulate(seed, sds=(0.3, 0.0, 0.0))
    built = model(y, x, trial)
    fit = built.fit()
    rng = np.random.default_rng(seed)
    for size in (1e-4, 1e-2):
        column = rng.normal(size=(2, 1)) * np.sqrt(size)
        nearby = fit.start()._replace(random_covariance=fit.random_effects.covariance + column @ column.T)
        assert built.log_likelihood(nearby) <= fit.log_likelihood + 1e-7


def test_zero_variance_is_the_fixed_model_and_a_singular_fit():
    y, x, _ = simulate(1, sds=(0, 0, 0))
    # every trial is the same data, so there is no heterogeneity at all
    trial = np.repeat([0, 1, 2], y.size)
    y, x = np.tile(y, 3), np.tile(x, (3, 1))
    fit = model(y, x, trial).fit()
    (note,) = fit.warnings
    assert isinstance(note, SingularFitWarning)
    assert str(note) == (
        "the 3 trials differ in their level and treatment effect by no more than chance: this variance "
        "between them is estimated as 0"
    )
    fixed = CumulativeLinkModel(y, x, names=["treatment", "mediator", "x"], n_levels=4).fit()
    assert fit.singular
    assert fit.converged
    np.testing.assert_array_equal(fit.random_effects.covariance, 0)
    np.testing.assert_allclose(fit.estimates, fixed.estimates, atol=1e-6)
    np.testing.assert_allclose(fit.covariance, fixed.covariance, rtol=1e-5)
    assert fit.log_likelihood == pytest.approx(fixed.log_likelihood, abs=1e-8)


def test_units_of_the_columns_do_not_matter():
    y, x, trial = simulate(2)
    fit, scaled = model(y, x, trial, q=3).fit(), model(y, x * [1, 100, 1e-3], trial, q=3).fit()
    assert scaled.log_likelihood == pytest.approx(fit.log_likelihood, abs=1e-8)
    np.testing.assert_allclose(scaled.coefficients * [1, 100, 1e-3], fit.coefficients, atol=1e-5)


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_an_outcome_level_lost_in_a_resample(lost):
    y, x, trial = simulate(3)
    built, weights = model(y, x, trial), (y != lost).astype(float)
    result = built.refit(weights, built.fit().start())
    assert FitStatus(result.status).usable
    kept = y != lost
    without = model(y[kept] - (y[kept] > lost), x[kept], trial[kept], levels=3).fit()
    np.testing.assert_allclose(result.estimates[3:], without.coefficients, atol=2e-5)
    fit = built.fit(weights=weights)
    note = next(note for note in fit.warnings if isinstance(note, EmptyLevelWarning))
    assert f"level {lost};" in str(note)
    assert fit.log_likelihood == pytest.approx(without.log_likelihood, abs=1e-8)


def test_a_trial_without_rows_and_one_with_one_arm():
    y, x, trial = simulate(4)
    weights = np.where((trial == 2) | ((trial == 3) & (x[:, 0] == 1)), 0.0, 1.0)
    built = model(y, x, trial)
    fit = built.fit(weights=weights)
    kept = weights > 0
    without = model(y[kept], x[kept], np.unique(trial[kept], return_inverse=True)[1]).fit()
    np.testing.assert_allclose(fit.estimates, without.estimates, atol=1e-5)
    np.testing.assert_allclose(fit.random_effects.modes[2], 0)
    assert fit.n_per_trial["2"] == 0


def test_many_small_trials():
    y, x, trial = simulate(5, sizes=(6,) * 80)
    fit = model(y, x, trial).fit()
    assert fit.converged
    assert fit.random_effects.modes.shape == (80, 2)


def test_two_levels_are_a_binary_model():
    y, x, trial = simulate(6, levels=2)
    fit = model(y, x, trial, levels=2).fit()
    assert fit.family == "binary"
    assert fit.converged


def test_variances_and_correlations_are_in_the_table():
    y, x, trial = simulate(7)
    fit = model(y, x, trial).fit()
    table = fit.table().set_index("term")["estimate"]
    covariance = fit.random_effects.covariance
    assert table["sd(treatment)"] == pytest.approx(np.sqrt(covariance[1, 1]))
    assert table["cor(intercept,treatment)"] == pytest.approx(
        covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    )


@pytest.mark.parametrize("rare", [False, True])
def test_separation_is_named(rare):
    y, x, trial = simulate(10)
    x[:, 2] = (y >= 2) if not rare else np.isin(np.arange(y.size), np.flatnonzero(y == 3)[:4])
    built = model(y, x, trial)
    fit = built.fit()
    note = next(note for note in fit.warnings if isinstance(note, SeparationWarning))
    assert "separated by x:" in str(note)
    assert not fit.converged
    assert built.refit(np.ones(y.size)).status == FitStatus.SEPARATED


def test_problems_are_named():
    y, x, trial = simulate(8)
    with pytest.raises(RankDeficientError, match="linearly dependent"):
        CumulativeLinkMixedModel(
            y,
            x,
            names=["a", "b", "c"],
            n_levels=4,
            trials=trial,
            random_design=np.ones((y.size, 2)),
            random_names=["one", "two"],
        )
    with pytest.raises(OutcomeError, match="same outcome level"):
        model(y, x, trial).fit(weights=y == 1)
    assert model(y, x, trial).refit((y == 1).astype(float)).status == FitStatus.ONE_LEVEL


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_a_kept_hessian_follows_the_factor(link):
    """With the spreads of another factor beside it, these refits take 8 steps."""
    y, x, trial = simulate(3, sizes=(150,) * 10, levels=7, sds=(0.9, 0.6, 0.0))
    built = model(y, x, trial, levels=7, link=link)
    start = built.refit(np.ones(y.size))
    rng = np.random.default_rng(3)
    drawn = [rng.multinomial(y.size, np.full(y.size, 1 / y.size)).astype(float) for _ in range(20)]
    assert np.mean([built.refit(weights, start).iterations for weights in drawn]) < 6.5


@njit(error_model="numpy")
def _eliminated(work, factor, marginal):
    return newton._eliminate_modes(work, factor, marginal)


def test_an_indefinite_curvature_that_was_kept_gives_way_to_the_present_one():
    """As the Cauchy link's may be: a step with it is that of a Hessian that was computed anew."""
    y, x, trial = simulate(3)
    built = model(y, x, trial, link="cauchit")
    rows, work, point = built._at(built.refit(np.ones(y.size)), np.ones(y.size))
    laplace_criterion(rows, work, *point, built._link)
    anew = newton.marginal_information(rows, work, point.thresholds, point.factor, built._link)
    taken = np.zeros_like(anew)
    work.kept_curvature[:] = -1e6 * np.eye(2)
    assert _eliminated(work, point.factor, taken)
    np.testing.assert_allclose(np.tril(taken), np.tril(anew), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("link", LINKS)
def test_no_number_of_a_row_is_subnormal(compiled, link):
    """A level with an open end has numbers that are as good as 0; on subnormal ones a processor is slow."""
    compiled(link)
    y, x, trial = simulate(3)
    built = model(y, x, trial, link=link)
    rows, work, point = built._at(built.refit(np.ones(y.size)), np.ones(y.size))
    laplace_criterion(rows, work, *point, built._link)
    for name in ("above", "below", "cross_a", "cross_b", "third_a", "third_b"):
        sizes = np.abs(getattr(work, name))
        assert not ((sizes > 0) & (sizes < np.finfo(float).tiny)).any(), name


@pytest.mark.slow
def test_no_failures_in_resamples_of_hard_data():
    y, x, trial = simulate(9, sizes=(80, 60, 40, 20, 12), levels=7, sds=(0.4, 0.1, 0.1))
    built = model(y, x, trial, q=3, levels=7)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = built.fit().start()
    rng = np.random.default_rng(9)
    cells = [np.flatnonzero((trial == t) & (x[:, 0] == a)) for t in range(5) for a in (0, 1)]
    for _ in range(2000):
        weights = np.zeros(y.size)
        for cell in cells:
            weights[cell] = np.bincount(rng.integers(0, cell.size, cell.size), minlength=cell.size)
        assert FitStatus(built.refit(weights, start).status).usable


@pytest.mark.slow
def test_a_million_patients_are_fitted():
    """The between-trial part of the information is then a small difference of large numbers."""
    rng = np.random.default_rng(1)
    trial = np.repeat(np.arange(7), 238)[:1665]
    x = np.column_stack([rng.integers(0, 2, 1665), rng.normal(size=(1665, 9))]).astype(float)
    latent = x[:, :3].sum(axis=1) + rng.normal(size=7)[trial] + rng.logistic(size=1665)
    y = np.digitize(latent, np.quantile(latent, np.arange(1, 7) / 7))
    drawn = np.random.default_rng(5).integers(1665, size=1_000_000)
    built = CumulativeLinkMixedModel(
        y[drawn],
        x[drawn],
        names=[f"x{j}" for j in range(10)],
        n_levels=7,
        trials=trial[drawn],
        random_design=np.column_stack([np.ones(drawn.size), x[drawn, 0]]),
        random_names=["intercept", "treatment"],
    )
    fit = built.refit(np.ones(drawn.size))
    assert FitStatus(fit.status).usable
    assert fit.iterations < 45
