import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline

from ipdmediation.models.errors import ModelError
from ipdmediation.models.splines import KNOT_QUANTILES, quantile_knots, restricted_cubic_spline

KNOTS = (1.0, 2.5, 3.0, 5.0)


def test_columns_against_the_formula_worked_by_hand():
    """Harrell's columns at 4 with knots 0, 1, 3: 4^3 - 3^3 * 3/2 + 1^3 * 1/2, over 3^2."""
    columns = restricted_cubic_spline([4.0, -1.0], knots=(0.0, 1.0, 3.0))
    np.testing.assert_allclose(columns, [[4.0, (64 - 27 * 1.5 + 0.5) / 9], [-1.0, 0.0]], rtol=1e-14)


def test_columns_span_the_natural_cubic_splines_of_scipy():
    """Any natural spline through values at the knots is a combination of the columns and a constant."""
    grid = np.linspace(KNOTS[0], KNOTS[-1], 50)
    expected = CubicSpline(KNOTS, [0.3, -1.0, 2.0, 0.5], bc_type="natural")(grid)
    columns = np.column_stack([np.ones(50), restricted_cubic_spline(grid, knots=KNOTS)])
    coefficients = np.linalg.lstsq(columns, expected, rcond=None)[0]
    np.testing.assert_allclose(columns @ coefficients, expected, atol=1e-11)


@given(st.floats(0.1, 50.0))
def test_lines_beyond_the_outer_knots(distance):
    for outer, direction in ((KNOTS[0], -1), (KNOTS[-1], 1)):
        places = outer + direction * distance * np.array([0.0, 1.0, 2.0])
        columns = restricted_cubic_spline(places, knots=KNOTS)
        np.testing.assert_allclose(np.diff(columns, n=2, axis=0), 0, atol=1e-8 * (1 + distance) ** 3)


@pytest.mark.parametrize("count", KNOT_QUANTILES)
def test_knots_do_not_move_when_every_value_is_repeated(count):
    values = np.random.default_rng(5).gamma(2.0, size=101)
    knots = quantile_knots(values, count=count)
    assert len(knots) == count
    assert quantile_knots(np.tile(values, 7), count=count) == knots
    shares = [np.mean(values <= knot) for knot in knots]
    np.testing.assert_allclose(shares, KNOT_QUANTILES[count], atol=0.01)


def test_knots_that_fall_together_are_named():
    with pytest.raises(ModelError, match="4 knots at quantiles of the mediator fall together: 0, 0, 0, 1"):
        quantile_knots(np.repeat([0.0, 1.0], [90, 10]), count=4)
    with pytest.raises(ModelError, match="3 to 7 knots, not 2"):
        quantile_knots(np.arange(9.0), count=2)


# Harrell 2015, table 2.3, in ten-thousandths: typed here, not taken from the code.
HARRELL = {
    3: (1000, 5000, 9000),
    4: (500, 3500, 6500, 9500),
    5: (500, 2750, 5000, 7250, 9500),
    6: (500, 2300, 4100, 5900, 7700, 9500),
    7: (250, 1833, 3417, 5000, 6583, 8167, 9750),
}


@pytest.mark.parametrize("count", HARRELL)
def test_knots_of_the_numbers_to_ten_thousand_are_those_of_harrell(count):
    """Half a number above where a quantile falls between two of them."""
    knots = quantile_knots(np.arange(1.0, 10001.0), count=count)
    assert knots == pytest.approx([place + 0.5 for place in HARRELL[count]], abs=0.51)


def test_by_hand_knots_of_twenty_numbers():
    """20 * 0.05 = 1 and 20 * 0.35 = 7: between the 1st and the 2nd, and the 7th and the 8th number."""
    assert quantile_knots(np.arange(1.0, 21.0), count=4) == (1.5, 7.5, 13.5, 19.5)
