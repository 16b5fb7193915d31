import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from numba._dispatcher import compute_fingerprint

from ipdmediation.kernels import fixed, links
from ipdmediation.kernels.rows import linear_predictor
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.cumulative_link import CumulativeLinkModel
from ipdmediation.models.errors import (
    ConstantCovariateError,
    EmptyLevelWarning,
    MissingValueError,
    ModelError,
    OutcomeError,
    RankDeficientError,
    SeparationWarning,
)

LINKS = st.sampled_from(sorted(links.LINKS))
REVERSED = {"cloglog": "loglog", "loglog": "cloglog"}
SEEDS = st.integers(0, 2**32 - 1)
quick = settings(max_examples=25, deadline=None)


def simulate(seed, *, n=200, slopes=2, levels=4):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, slopes)) * rng.uniform(0.5, 5, slopes) + rng.uniform(-20, 20, slopes)
    latent = (x - x.mean(0)) @ rng.normal(scale=0.3, size=slopes) + rng.logistic(size=n)
    y = np.digitize(latent, np.quantile(latent, np.arange(1, levels) / levels))
    return x, y


def model(x, y, *, levels=4, link="logit", **options):
    names = [f"x{j}" for j in range(x.shape[1])]
    return CumulativeLinkModel(y, x, names=names, n_levels=levels, link=link, **options)


@quick
@given(seed=SEEDS, link=LINKS)
def test_integer_weights_are_repeated_rows(seed, link):
    x, y = simulate(seed)
    weights = np.random.default_rng(seed).integers(0, 4, y.size)
    weighted = model(x, y, link=link).fit(weights=weights)
    repeated = model(np.repeat(x, weights, axis=0), np.repeat(y, weights), link=link).fit()
    np.testing.assert_allclose(weighted.estimates, repeated.estimates, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(weighted.covariance, repeated.covariance, rtol=1e-6, atol=1e-8)
    assert weighted.log_likelihood == pytest.approx(repeated.log_likelihood, abs=1e-7)
    assert weighted.n == repeated.n


@quick
@given(seed=SEEDS, link=LINKS)
def test_zero_weights_are_dropped_rows(seed, link):
    x, y = simulate(seed)
    kept = np.random.default_rng(seed).random(y.size) < 0.7
    weighted = model(x, y, link=link).fit(weights=kept)
    dropped = model(x[kept], y[kept], link=link).fit()
    np.testing.assert_allclose(weighted.estimates, dropped.estimates, rtol=1e-7, atol=1e-7)


@quick
@given(seed=SEEDS, link=LINKS)
def test_reversed_order_flips_signs_and_nothing_else(seed, link):
    x, y = simulate(seed)
    forward = model(x, y, link=link).fit()
    backward = model(x, 3 - y, link=REVERSED.get(link, link)).fit()
    np.testing.assert_allclose(backward.coefficients, -forward.coefficients, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(backward.thresholds, -forward.thresholds[::-1], rtol=1e-7, atol=1e-7)
    assert backward.log_likelihood == pytest.approx(forward.log_likelihood, abs=1e-8)


@quick
@given(seed=SEEDS, link=LINKS)
def test_score_is_zero_and_thresholds_increase_at_the_optimum(seed, link):
    x, y = simulate(seed)
    fit = model(x, y, link=link).fit()
    assert fit.converged
    assert fit.gradient_norm < 1e-6
    assert (np.diff(fit.thresholds) > 0).all()


@njit(error_model="numpy")
def value_at(  # noqa: PLR0917
    columns, offset, weights, thresholds, slopes, first_row, top, bottom, link, rows
):
    """Log-likelihood; what the rows add to its derivatives is left in `rows`."""
    eta = np.empty(columns.shape[1])
    upper, lower, above, below, cross_a, cross_b = rows
    fixed._fill_bounds(thresholds, first_row, top, bottom, link, upper, lower)
    linear_predictor(columns, offset, slopes, eta)
    links.rows(link, eta, weights, upper, lower, above, below, cross_a, cross_b, 0, eta.size)
    return fixed._log_likelihood(eta, weights, thresholds, first_row, top, bottom, link)


def score_at(*, levels, columns, offset, weights, thresholds, slopes, link):
    """Log-likelihood, gradient and information; rows sorted by level, all levels there."""
    cuts, n = thresholds.size, weights.size
    first_row = np.searchsorted(levels, np.arange(cuts + 2))
    level_weight = np.bincount(levels, weights)
    bottom = np.arange(cuts + 1) - 1
    top = np.append(bottom[1:], -1)
    rows, size = np.empty((6, n)), cuts + slopes.size
    value = value_at(columns, offset, weights, thresholds, slopes, first_row, top, bottom, link, rows)
    gradient, information = np.empty(size), np.empty((size, size))
    above, below, *cross = rows[2:]
    where = first_row, top, bottom, level_weight, above, below
    fixed._gradient(columns, thresholds, *where, link, gradient)
    fixed._information(columns, weights, thresholds, *where, *cross, link, np.empty(n), information)
    return value, gradient, information


@quick
@given(seed=SEEDS, link=LINKS)
def test_derivatives_agree_with_finite_differences(seed, link):
    rng = np.random.default_rng(seed)
    x, y = simulate(seed, n=60)
    order = np.argsort(y)
    columns, levels = np.ascontiguousarray((x[order] - x.mean(0)).T), y[order]
    weights, offset = rng.uniform(0.1, 2, y.size), rng.normal(size=y.size)
    point = np.concatenate([[-1.1, 0.2, 1.3], rng.normal(scale=0.2, size=2)])

    def score(at):
        value, gradient, information = score_at(
            levels=levels,
            columns=columns,
            offset=offset,
            weights=weights,
            thresholds=at[:3],
            slopes=at[3:],
            link=links.LINKS[link],
        )
        return value, gradient, np.tril(information) + np.tril(information, -1).T

    _, gradient, information = score(point)
    step = 1e-5 * np.eye(5)
    numeric_gradient = [(score(point + e)[0] - score(point - e)[0]) / 2e-5 for e in step]
    numeric_information = [-(score(point + e)[1] - score(point - e)[1]) / 2e-5 for e in step]
    np.testing.assert_allclose(gradient, numeric_gradient, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(information, numeric_information, rtol=1e-5, atol=1e-4)


@quick
@given(seed=SEEDS, link=LINKS)
def test_a_warm_refit_equals_a_cold_fit(seed, link):
    x, y = simulate(seed)
    built = model(x, y, link=link)
    weights = np.random.default_rng(seed).poisson(1.0, y.size).astype(float)
    warm = built.refit(weights, built.fit().start())
    cold = built.fit(weights=weights)
    assert warm.status == FitStatus.CONVERGED
    np.testing.assert_allclose(warm.estimates, cold.estimates, rtol=1e-6, atol=1e-6)


def test_a_process_that_uses_several_links_keeps_them_apart():
    x, y = simulate(1)
    found = {link: model(x, y, link=link).fit() for link in links.LINKS}
    assert len({round(fit.log_likelihood, 6) for fit in found.values()}) == len(links.LINKS)
    # numba looks compiled code up by this
    assert len({compute_fingerprint(link) for link in links.LINKS.values()}) == len(links.LINKS)


def test_an_offset_takes_a_known_part_of_the_predictor():
    x, y = simulate(3)
    free = model(x, y).fit()
    fixed = model(x[:, :1], y, offset=x[:, 1] * free.coefficient("x1")).fit()
    np.testing.assert_allclose(fixed.coefficient("x0"), free.coefficient("x0"), atol=1e-7)
    assert fixed.log_likelihood == pytest.approx(free.log_likelihood, abs=1e-8)


def test_covariance_scales_with_the_columns():
    x, y = simulate(4)
    fit, scaled = model(x, y).fit(), model(x * 10, y).fit()
    np.testing.assert_allclose(scaled.standard_errors[3:] * 10, fit.standard_errors[3:], rtol=1e-6)
    np.testing.assert_allclose(scaled.standard_errors[:3], fit.standard_errors[:3], rtol=1e-6)


@pytest.mark.parametrize(("lost", "expected"), [(0, -np.inf), (3, np.inf), (1, "lower"), (2, "lower")])
def test_an_outcome_level_lost_in_a_resample_drops_its_threshold(lost, expected):
    x, y = simulate(5)
    weights = (y != lost).astype(float)
    built = model(x, y)
    result = built.refit(weights, built.fit().start())
    assert result.status == FitStatus.CONVERGED
    thresholds = result.estimates[:3]
    if expected == "lower":
        assert thresholds[lost] == thresholds[lost - 1]
    else:
        assert thresholds[min(lost, 2)] == expected
    kept = y != lost
    without = model(x[kept], y[kept] - (y[kept] > lost), levels=3).fit()
    np.testing.assert_allclose(result.estimates[3:], without.coefficients, atol=1e-7)
    fit = built.fit(weights=weights)
    (note,) = fit.warnings
    assert isinstance(note, EmptyLevelWarning)
    assert f"level {lost};" in str(note)
    assert np.isfinite(fit.standard_errors[3:]).all()
    assert fit.log_likelihood == pytest.approx(without.log_likelihood, abs=1e-8)


@pytest.mark.parametrize("rare", [False, True])
def test_separation_is_named(rare):
    x, y = simulate(6)
    x[:, 1] = (y >= 2) if not rare else np.isin(np.arange(y.size), np.flatnonzero(y == 3)[:2])
    fit = model(x, y).fit()
    assert [type(note) for note in fit.warnings] == [SeparationWarning]
    assert "x1" in str(fit.warnings[0])
    assert not fit.converged
    assert model(x, y).refit(np.ones(y.size)).status == FitStatus.SEPARATED


def test_one_level_is_an_error_and_a_status():
    x, y = simulate(7)
    weights = (y == 2).astype(float)
    with pytest.raises(OutcomeError, match="same outcome level, 2"):
        model(x, y).fit(weights=weights)
    assert model(x, y).refit(weights).status == FitStatus.ONE_LEVEL


def test_columns_without_information_are_an_error_and_a_status():
    x, y = simulate(8)
    x[:, 1] = x[:, 1] > x[:, 1].mean()
    weights = x[:, 1].copy()
    with pytest.raises(RankDeficientError, match="x1"):
        model(x, y).fit(weights=weights)
    assert model(x, y).refit(weights).status == FitStatus.RANK_DEFICIENT


def test_wrong_inputs_are_named():
    x, y = simulate(9)
    with pytest.raises(OutcomeError, match=r"50 rows have outcome levels outside 0\.\.2: 3"):
        model(x, y, levels=3)
    with pytest.raises(ConstantCovariateError, match="x1"):
        model(x * [1, 0], y)
    with pytest.raises(RankDeficientError, match="is a combination of"):
        model(np.column_stack([x, x.sum(1)]), y)
    with pytest.raises(MissingValueError, match="x0"):
        model(np.where(np.arange(2) == 0, np.nan, x), y)
    with pytest.raises(ModelError, match="logit, probit"):
        model(x, y, link="odds")
    with pytest.raises(ModelError, match="not negative"):
        model(x, y).fit(weights=-np.ones(y.size))


def test_the_table_is_tidy():
    x, y = simulate(10)
    table = model(x, y).fit().table()
    assert list(table.columns) == ["component", "term", "estimate", "se", "ci_low", "ci_high", "p_value"]
    assert list(table["component"]) == ["threshold"] * 3 + ["coefficient"] * 2
    assert (table["ci_low"] < table["estimate"]).all()
    assert table["p_value"].between(0, 1).all()


def test_the_number_of_patients_is_a_whole_one():
    x, y = simulate(3)
    n = model(x, y).fit(weights=np.full(200, 1.006)).n
    assert (type(n), n) == (int, 201)
