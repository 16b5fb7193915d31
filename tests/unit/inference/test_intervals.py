import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ipdmediation.inference.intervals import INTERVALS, bootstrap_p_value

DRAWS = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50).map(np.array)


def test_percentile_interval_is_the_order_statistics_at_b_plus_one_p():
    draws = np.random.default_rng(0).permutation(np.arange(1.0, 1000.0))
    assert INTERVALS["percentile"](draws, estimate=0, level=0.95) == pytest.approx((25, 975), abs=1e-12)


def test_basic_interval_mirrors_the_percentile_interval():
    draws = np.arange(1.0, 1000.0)
    assert INTERVALS["basic"](draws, estimate=400, level=0.95) == pytest.approx((-175, 775), abs=1e-12)


def test_normal_interval_is_centred_at_the_bias_corrected_estimate():
    draws = stats.norm.ppf((np.arange(2000) + 0.5) / 2000, loc=1.2, scale=0.5)
    low, high = INTERVALS["normal"](draws, estimate=1.0, level=0.9)
    # 2000 normal scores have the standard deviation 0.5 to 3 digits.
    assert (low, high) == pytest.approx((0.8 - 1.6449 * 0.5, 0.8 + 1.6449 * 0.5), abs=2e-3)


@given(DRAWS, st.floats(-1e6, 1e6), st.floats(-1e3, 1e3), st.sampled_from(sorted(INTERVALS)))
def test_intervals_move_with_the_data(draws, estimate, shift, kind):
    low, high = INTERVALS[kind](draws, estimate=estimate, level=0.9)
    moved = INTERVALS[kind](draws + shift, estimate=estimate + shift, level=0.9)
    assert low <= high
    assert moved == pytest.approx((low + shift, high + shift), abs=1e-6)


@given(DRAWS, st.floats(-1e6, 1e6))
def test_p_value_is_never_zero_and_does_not_care_about_the_sign(draws, null):
    p_value = bootstrap_p_value(draws, null=null)
    assert 2 / (draws.size + 1) <= p_value <= 1
    assert p_value == bootstrap_p_value(-draws, null=-null)


def test_p_value_counts_the_observed_sample():
    assert bootstrap_p_value(np.arange(1.0, 1000.0), null=0) == pytest.approx(2 / 1000)
    assert bootstrap_p_value(np.arange(1.0, 1000.0), null=10) == pytest.approx(2 * 11 / 1000)
