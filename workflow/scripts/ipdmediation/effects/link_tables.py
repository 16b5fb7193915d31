"""Tables of E F(x + V), the link's distribution function with the predictor's random part integrated out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ipdmediation.effects.quadrature import Rule, normal_rule
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.link_tables import POWERS, link_table
from ipdmediation.kernels.links import FLAT_BEYOND, LINKS
from ipdmediation.vocabulary import links

STEP = 0.125  # the quintic interpolation is then exact to 2e-10
_REACH = 9.0
_NOTHING = Rule(np.zeros(1), np.ones(1))


class Mixture(NamedTuple):
    """What is random in a predictor: a Gaussian part, and residuals of the mediator times a slope."""

    variance: float
    residual_slope: float = 0.0


class LinkTables(NamedTuple):
    """Tables of several mixtures over one range.

    Attributes
    ----------
    values : (tables, 6, intervals) array of polynomials as of `link_table`.
    low : where the first interval starts; all have the length `STEP`.
    """

    values: FloatArray
    low: float


def link_tables(
    mixtures: Sequence[Mixture], *, link: str, residuals: Rule | None, low: float, high: float
) -> LinkTables:
    """Tabulate E F(x - V) for x between `low` and `high`.

    Parameters
    ----------
    mixtures : sequence of Mixture
        One a table.
    link : str
        The link whose distribution function is F. The Gaussian part is in closed form for the probit, and by
        Gauss-Hermite quadrature for the others.
    residuals : Rule or None
        Residuals of the mediator with their probabilities, for mixtures that have them.
    low, high : float
        Range; 9 standard deviations beyond where F is flat, the table ends.
    """
    widest = max(_spread(mixture, residuals) for mixture in mixtures)
    bound = FLAT_BEYOND[link] + _REACH * widest
    low, high = max(low, -bound), min(high, bound)
    # one more than the range has, as rows are taken together half an interval wide
    intervals = math.ceil((high - low) / STEP) + 1
    tables = np.empty((len(mixtures), POWERS, intervals))
    for position, mixture in enumerate(mixtures):
        shifts, probabilities = _random_part(mixture, residuals, link)
        scale = math.sqrt(1 + mixture.variance) if links.LINKS[link].normal else 1.0
        tables[position] = link_table(-shifts, probabilities, scale, LINKS[link], low, STEP, intervals)
    return LinkTables(tables, low)


def _spread(mixture: Mixture, residuals: Rule | None) -> float:
    largest = 0.0 if residuals is None else float(np.abs(residuals.nodes).max())
    return math.sqrt(mixture.variance) + abs(mixture.residual_slope) * largest


def _random_part(mixture: Mixture, residuals: Rule | None, link: str) -> Rule:
    """Return the values of V, without a Gaussian part that the probit has in closed form."""
    part = _NOTHING
    if mixture.variance > 0 and not links.LINKS[link].normal:
        sd = math.sqrt(mixture.variance)
        rule = normal_rule(sd, link=link)
        part = Rule(sd * rule.nodes, rule.weights)
    if residuals is None or mixture.residual_slope == 0:
        return part
    return Rule(
        np.add.outer(mixture.residual_slope * residuals.nodes, part.nodes).ravel(),
        np.multiply.outer(residuals.weights, part.weights).ravel(),
    )
