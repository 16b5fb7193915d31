import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from ipdmediation.data.replicates import fewest_replicates
from ipdmediation.inference.intervals import (
    INTERVALS,
    Draws,
    NoIntervalError,
    acceleration,
    bootstrap_p_value,
)

DRAWS = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50).map(np.array)
# Whole numbers, so that a monotone transformation keeps ties and only these.
WHOLE = st.lists(st.integers(-50, 50), min_size=2, max_size=50).map(lambda values: np.array(values, float))
ACCELERATIONS = st.floats(-0.1, 0.1)


def interval(kind, values, *, estimate=0.0, level=0.95, acceleration=0.0):
    draws = Draws(drawn=values, estimate=estimate, acceleration=acceleration)
    return INTERVALS[kind](draws, level=level)[:2]


def test_percentile_interval_is_the_order_statistics_at_b_plus_one_p():
    draws = np.random.default_rng(0).permutation(np.arange(1.0, 1000.0))
    assert interval("percentile", draws) == pytest.approx((25, 975), abs=1e-12)


def test_basic_interval_mirrors_the_percentile_interval():
    draws = np.arange(1.0, 1000.0)
    assert interval("basic", draws, estimate=400) == pytest.approx((-175, 775), abs=1e-12)


def test_normal_interval_is_centred_at_the_bias_corrected_estimate():
    draws = stats.norm.ppf((np.arange(2000) + 0.5) / 2000, loc=1.2, scale=0.5)
    low, high = interval("normal", draws, estimate=1.0, level=0.9)
    # 2000 normal scores have the standard deviation 0.5 to 3 digits.
    assert (low, high) == pytest.approx((0.8 - 1.6449 * 0.5, 0.8 + 1.6449 * 0.5), abs=2e-3)


@pytest.mark.parametrize(
    ("estimate", "level", "ranks"),
    [
        (3.2, 0.90, (21.81, 887.72)),
        (3.2, 0.95, (11.23, 942.62)),
        (4.1, 0.90, (129.66, 987.56)),
        (4.1, 0.95, (80.26, 995.64)),
    ],
)
def test_bca_interval_is_that_of_r_boot(estimate, level, ranks):
    """Ranks by tests/reference/bca.R (boot 1.3-28.1), rounded: 0.005 of at most 0.3 between two draws."""
    draws = stats.gamma.ppf(np.arange(1, 1000) / 1000, 4)
    influence = np.array([-3, -1, -0.5, 0.5, 4])  # the mean less the jackknife's values, times a factor
    found = interval(
        "bca", draws, estimate=estimate, level=level, acceleration=acceleration(-influence[:, None])[0]
    )
    assert found == pytest.approx(np.interp(ranks, np.arange(1, 1000), draws), abs=2e-3)


@given(st.integers(1, 400), st.floats(0.5, 0.99))
def test_bca_without_bias_and_acceleration_is_the_percentile_interval(half, level):
    draws = np.concatenate([-np.arange(1.0, half + 1), np.arange(1.0, half + 1) ** 2])
    expected = interval("percentile", draws, level=level)
    assert interval("bca", draws, level=level) == pytest.approx(expected, abs=1e-6 * half**2)


@given(WHOLE, st.floats(-40, 40), ACCELERATIONS, st.sampled_from([0.8, 0.95]))
def test_bca_goes_along_with_a_monotone_transformation(draws, estimate, bend, level):
    """Up to the interpolation between two draws, which bounds the difference."""
    estimate = round(estimate)
    assume(draws.min() < estimate < draws.max())
    low, high = interval("bca", draws, estimate=estimate, level=level, acceleration=bend)
    cubed = interval("bca", draws**3, estimate=estimate**3, level=level, acceleration=bend)
    for plain, moved in zip((low, high), cubed, strict=True):
        ordered = np.sort(draws)
        below = ordered[ordered <= plain + 1e-9].max() ** 3
        above = ordered[ordered >= plain - 1e-9].min() ** 3
        assert below - 1e-3 <= moved <= above + 1e-3


def test_acceleration_of_a_mean_is_a_sixth_of_its_skewness_over_root_n():
    values = np.random.default_rng(3).gamma(2, size=80)
    left_out = (values.sum() - values)[:, None] / 79
    assert acceleration(left_out)[0] == pytest.approx(stats.skew(values) / (6 * np.sqrt(80)), rel=1e-10)


@pytest.mark.parametrize(
    ("values", "bend", "reason"),
    [
        ([2.0, 2.0, 2.0], 0.0, "all replicates have the same value"),
        ([2.0, 3.0, 4.0], 0.0, "all replicates are above the estimate"),
        ([-2.0, -3.0, -4.0], 0.0, "all replicates are below the estimate"),
        ([-2.0, 3.0, 4.0], np.nan, "the jackknife gives no acceleration"),
        ([-2.0, 3.0, 4.0], 0.9, "the acceleration is too large"),
    ],
)
def test_a_degenerate_bca_interval_says_why(values, bend, reason):
    with pytest.raises(NoIntervalError, match=reason):
        interval("bca", np.array(values), acceleration=bend)


def test_equal_estimates_have_no_acceleration():
    assert np.isnan(acceleration(np.array([[1.0, 2.0], [1.0, 3.0]]))).tolist() == [True, False]


@given(DRAWS, st.floats(-1e6, 1e6), st.floats(-1e3, 1e3), st.sampled_from(["percentile", "basic", "normal"]))
def test_intervals_move_with_the_data(draws, estimate, shift, kind):
    low, high = interval(kind, draws, estimate=estimate, level=0.9)
    moved = interval(kind, draws + shift, estimate=estimate + shift, level=0.9)
    assert low <= high
    assert moved == pytest.approx((low + shift, high + shift), abs=1e-6)


@given(DRAWS, st.floats(0.01, 0.99))
def test_the_percentile_interval_is_numpy_s_of_the_same_definition(draws, level):
    tail = (1 - level) / 2
    expected = np.quantile(draws, [tail, 1 - tail], method="weibull")
    found = interval("percentile", draws, level=level)
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-9 * np.ptp(draws) + 1e-300)


def test_an_infinite_draw_keeps_its_place_beyond_the_others():
    draws = np.arange(1.0, 1000.0)
    draws[:10], draws[-20:] = -np.inf, np.inf
    assert interval("percentile", draws) == pytest.approx((25, 975), abs=1e-9)
    # Exactly at the last finite rank an infinite neighbour has no share.
    draws[-24:] = np.inf
    assert interval("percentile", draws) == pytest.approx((25, 975), abs=1e-9)
    draws[-25:] = np.inf
    assert interval("percentile", draws)[1] == np.inf
    draws[:25] = -np.inf
    assert interval("percentile", draws, level=0.9494)[0] == -np.inf
    assert interval("basic", draws, level=0.9, estimate=400)[0] == pytest.approx(800 - 950)


def test_a_normal_interval_of_infinite_draws_says_why_there_is_none():
    with pytest.raises(NoIntervalError, match="infinite in 2 replicates"):
        interval("normal", np.array([1.0, np.inf, 2.0, -np.inf]))


def test_equal_infinite_draws_have_no_bca_interval():
    with pytest.raises(NoIntervalError, match="all replicates have the same value"):
        interval("bca", np.array([np.inf, np.inf]))


@pytest.mark.parametrize(("level", "fewest"), [(0.5, 3), (0.8, 9), (0.9, 19), (0.95, 39), (0.99, 199)])
def test_with_the_fewest_replicates_the_ends_are_the_outermost_draws(level, fewest):
    assert fewest_replicates(level) == fewest
    draws = np.arange(1.0, fewest + 1)
    assert interval("percentile", draws, level=level) == pytest.approx((1, fewest))


@given(DRAWS, st.floats(-1e6, 1e6))
def test_p_value_is_never_zero_and_does_not_care_about_the_sign(draws, null):
    p_value, bound = bootstrap_p_value(draws, null=null)
    assert 2 / (draws.size + 1) <= p_value <= 1
    assert (p_value, bound) == bootstrap_p_value(-draws, null=-null)
    assert bound == (not draws.min() <= null <= draws.max())


def test_p_value_counts_the_observed_sample():
    assert bootstrap_p_value(np.arange(1.0, 1000.0), null=0) == (pytest.approx(2 / 1000), True)
    assert bootstrap_p_value(np.arange(1.0, 1000.0), null=1) == (pytest.approx(2 * 2 / 1000), False)
    assert bootstrap_p_value(np.arange(1.0, 1000.0), null=10) == (pytest.approx(2 * 11 / 1000), False)


@pytest.mark.parametrize(
    ("estimate", "bend", "end"),
    [(39.5, 0.2, "upper limit"), (1.5, -0.2, "lower limit"), (20.5, 0.0, "")],
)
def test_a_bca_limit_beyond_the_outermost_draw_is_that_draw_with_a_note(estimate, bend, end):
    draws = Draws(drawn=np.arange(1.0, 41.0), estimate=estimate, acceleration=bend)
    found = INTERVALS["bca"](draws, level=0.95)
    assert found.note == (
        f"{end} beyond the outermost of 40 replicates, which is given instead" if end else ""
    )
    assert {"upper limit": found.high == 40, "lower limit": found.low == 1, "": found.low > 1}[end]


def test_a_percentile_limit_lies_among_its_draws():
    assert INTERVALS["percentile"](Draws(drawn=np.arange(1.0, 40.0), estimate=20.0), level=0.95).note == ""


def test_by_hand_the_normal_interval_of_two_draws():
    """Draws 0 and 2 have mean 1 and, over B - 1 = 1, variance 2: 2 * 1.5 - 1 -+ 1.959964 * 1.414214."""
    found = interval("normal", np.array([0.0, 2.0]), estimate=1.5)
    assert found == pytest.approx((2 - 2.771808, 2 + 2.771808), abs=1e-6)


@pytest.mark.parametrize("infinite", [np.inf, -np.inf])
def test_by_hand_infinite_draws(infinite):
    """78 numbers and one infinity: the ranks 80 * 0.025 = 2 and 78 are single draws, and stay so."""
    draws = np.concatenate([np.arange(1.0, 79.0), [infinite]])
    expected = (2, 78) if infinite > 0 else (1, 77)
    assert interval("percentile", draws) == expected
    assert interval("basic", draws, estimate=40) == (80 - expected[1], 80 - expected[0])
    with pytest.raises(NoIntervalError, match="no normal interval: infinite in 1 replicates"):
        interval("normal", draws)
    # Two of 79: the rank 78 is one of them.
    two = np.concatenate([np.arange(1.0, 78.0), [infinite] * 2])
    assert infinite in interval("percentile", two)


def test_by_hand_a_missing_jackknife_value_is_no_acceleration():
    left_out = np.array([[0.0, np.nan, 1.0], [0.0, 1.0, 1.0], [-3.0, 2.0, 1.0]])
    # d = -1, -1, 2: 6 / (6 * 6^1.5); one is missing; all are equal.
    assert acceleration(left_out) == pytest.approx([6 / (6 * 6**1.5), np.nan, np.nan], nan_ok=True)


def test_draws_equal_to_the_estimate_count_half_below_it() -> None:
    """40 below, 19 equal, 40 above: no bias, and without acceleration the percentile interval."""
    drawn = np.concatenate([np.linspace(-2, -1, 40), np.zeros(19), np.linspace(1, 2, 40)])
    expected = interval("percentile", drawn, level=0.9)
    assert expected == pytest.approx((drawn[4], drawn[94]))  # ranks 5 and 95 of 99
    assert interval("bca", drawn, level=0.9, acceleration=0.0) == pytest.approx(expected, abs=1e-12)
