"""Tables of links and rules of quadrature are as exact as they say; sums of powers are those of the rows."""

import numpy as np
import pytest
from scipy.special import expit

from ipdmediation.effects import link_tables, quadrature
from ipdmediation.effects.link_tables import Mixture
from ipdmediation.effects.quadrature import Rule, gauss_hermite
from ipdmediation.kernels import standardisation as kernels
from tests.unit.effects.conftest import effects_of, specified
from tests.unit.effects.standardised_cells import LINKS


@pytest.mark.parametrize("sd", [0.0, 0.1, 0.7, 1.3, 3.0, 6.0])
@pytest.mark.parametrize("link", LINKS)
def test_table_against_quadrature(sd, link):
    tables = link_tables.link_tables([Mixture(sd**2)], link=link, residuals=None, low=-20, high=20)
    x = np.linspace(-19.9, 19.9, 4001)
    position, rest = np.divmod((x - tables.low) / link_tables.STEP, 1)
    polynomials = tables.values[0][:, position.astype(int)].T
    found = (polynomials * rest[:, None] ** np.arange(6)).sum(axis=1)
    # an equidistant rule, so that the oracle does not share the order that was chosen
    z = np.linspace(-10, 10, 2001)
    density = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    direct = LINKS[link](x[:, None] + sd * z) @ density
    # the Cauchy distribution bends fastest between the knots of a table
    np.testing.assert_allclose(found, direct, rtol=0, atol=1e-8 if link == "cauchit" else 1e-9)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("far", [0.0, 300.0])
def test_averages_from_sums_of_powers_are_those_of_the_rows(link, far):
    """Rows of two groups and two cells, two of them far out, where each of the tables is at an end."""
    rng = np.random.default_rng(6)
    predictors, row_weights = 1.5 * rng.normal(size=(2, 301)), rng.integers(0, 4, 301).astype(float)
    predictors[:, :2] += far * np.array([-1, 1])
    groups = np.arange(301) % 2
    # of each cell its own
    thresholds = np.array([[-np.inf, -2.0, -0.3, 0.1, 2.5, np.inf], [-np.inf, -1.6, 0.2, 0.3, 1.9, np.inf]])
    added = rng.normal(size=(2, 3, 2))
    mixtures = [Mixture(0.4), Mixture(1.7)]
    lowest, highest = predictors.min(), predictors.max()
    tables = link_tables.link_tables(
        mixtures,
        link=link,
        residuals=None,
        low=-2.0 - highest - added.max(),
        high=2.5 - lowest - added.min(),
    )
    found = kernels.mean_cumulative(
        predictors,
        lowest,
        highest,
        added,
        np.array([[0, 1], [1, 0]]),
        groups,
        row_weights,
        thresholds,
        tables.values,
        tables.low,
        link_tables.STEP,
    )
    z = np.linspace(-10, 10, 2001)
    density = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    for cell in range(2):
        sds = np.sqrt([mixture.variance for mixture in (mixtures if cell == 0 else mixtures[::-1])])[groups]
        for value in range(3):
            shifted = predictors[cell] + added[cell, value, groups]
            rows = [
                LINKS[link]((cut - shifted)[:, None] + sds[:, None] * z) @ density for cut in thresholds[cell]
            ]
            assert found[cell, value] == pytest.approx(
                np.average(rows, axis=1, weights=row_weights), abs=1e-5 if link == "cauchit" and far else 2e-9
            )


@pytest.mark.parametrize("sd", [0.3, 1.0, 2.0, 4.0])
def test_doubling_the_quadrature_changes_nothing(sd):
    order = quadrature.hermite_order(sd)
    x = np.linspace(-20, 20, 801)[:, None]
    single, double = (
        expit(x + sd * rule.nodes) @ rule.weights for rule in (gauss_hermite(order), gauss_hermite(2 * order))
    )
    np.testing.assert_allclose(single, double, rtol=0, atol=1e-8)


def test_doubling_changes_no_effect(frame, monkeypatch):
    once = effects_of(frame, specified(), utility=range(7))
    order = quadrature.hermite_order
    monkeypatch.setattr(quadrature, "hermite_order", lambda sd: 2 * order(sd))
    twice = effects_of(frame, specified(), utility=range(7))
    assert list(once.values()) == pytest.approx(list(twice.values()), abs=1e-8)


def test_rule_on_the_mediator_s_scale_has_its_knots_as_edges():
    rule = quadrature.mediator_rule(np.array([0.0, 1.0]), residual_sd=0.2, total_sd=0.5, knots=[0.3])
    assert rule.weights.sum() == pytest.approx(11.0)
    kink = np.where(rule.nodes > 0.3, (rule.nodes - 0.3) ** 3, 0.0)
    assert kink @ rule.weights == pytest.approx((6.0 - 0.3) ** 4 / 4, rel=1e-12)
    assert isinstance(rule, Rule)
