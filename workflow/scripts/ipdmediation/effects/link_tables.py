"""Tables of E F(x + V), the link's distribution function with the predictor's random part integrated out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ipdmediation.effects.quadrature import Rule, gauss_hermite, hermite_order
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.standardisation import link_table

STEP = 0.125  # the quintic interpolation is then exact to 2e-10
_FLAT_BEYOND = 40.0  # the logistic and the normal distribution function are 0 or 1 there, to 1e-17
_REACH = 9.0


class Mixture(NamedTuple):
    """What is random in a predictor: a Gaussian part, and residuals of the mediator times a slope."""

    variance: float
    residual_slope: float = 0.0


class LinkTables(NamedTuple):
    """Tables of several mixtures over one range.

    Attributes
    ----------
    values : (tables, intervals, 6) array of polynomials as of `link_table`.
    low : where the first interval starts; all have the length `STEP`.
    """

    values: FloatArray
    low: float


def link_tables(
    mixtures: Sequence[Mixture], *, probit: bool, residuals: Rule | None, low: float, high: float
) -> LinkTables:
    """Tabulate E F(x - V) for x between `low` and `high`.

    Parameters
    ----------
    mixtures : sequence of Mixture
        One a table.
    probit : bool
        Whether F is the normal distribution function; the logistic one otherwise. The Gaussian part is then
        in closed form, and by Gauss-Hermite quadrature for the logistic one.
    residuals : Rule or None
        Residuals of the mediator with their probabilities, for mixtures that have them.
    low, high : float
        Range; beyond +-(40 + 9 standard deviations), where E F is flat, the table ends.
    """
    widest = max(_spread(mixture, residuals) for mixture in mixtures)
    bound = _FLAT_BEYOND + _REACH * widest
    low, high = float(max(low, -bound)), float(min(high, bound))
    intervals = max(int(np.ceil((high - low) / STEP)), 1)
    tables = np.empty((len(mixtures), intervals, 6))
    for position, mixture in enumerate(mixtures):
        shifts, probabilities = _random_part(mixture, residuals, probit=probit)
        scale = float(np.sqrt(1 + mixture.variance)) if probit else 1.0
        tables[position] = link_table(-shifts, probabilities, scale, probit, low, STEP, intervals)
    return LinkTables(tables, low)


def _spread(mixture: Mixture, residuals: Rule | None) -> float:
    largest = 0.0 if residuals is None else float(np.abs(residuals.nodes).max())
    return float(np.sqrt(mixture.variance)) + abs(mixture.residual_slope) * largest


def _random_part(mixture: Mixture, residuals: Rule | None, *, probit: bool) -> Rule:
    """Return the values of V, without a Gaussian part that the probit has in closed form."""
    part = Rule(np.zeros(1), np.ones(1))
    if mixture.variance > 0 and not probit:
        sd = float(np.sqrt(mixture.variance))
        rule = gauss_hermite(hermite_order(sd))
        part = Rule(sd * rule.nodes, rule.weights)
    if residuals is None or mixture.residual_slope == 0:
        return part
    return Rule(
        np.add.outer(mixture.residual_slope * residuals.nodes, part.nodes).ravel(),
        np.multiply.outer(residuals.weights, part.weights).ravel(),
    )
