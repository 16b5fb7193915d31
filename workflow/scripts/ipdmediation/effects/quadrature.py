"""Quadrature rules: over a Gaussian variable, and over a mediator on its own scale."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import roots_hermitenorm, roots_legendre

from ipdmediation.kernels.arrays import FloatArray

ORDERS = (16, 24, 32, 48, 64, 96, 128, 256, 512)
_PANEL_POINTS = 8
_PANEL_WIDTH = 1.25  # standard deviations
_MARGIN = 10.0


class Rule(NamedTuple):
    """Nodes and weights of a quadrature rule."""

    nodes: FloatArray
    weights: FloatArray


@lru_cache(maxsize=64)
def gauss_hermite(order: int) -> Rule:
    """Return nodes and probabilities that integrate over a standard normal variable.

    Examples
    --------
    >>> rule = gauss_hermite(8)
    >>> round(float(rule.nodes**4 @ rule.weights), 10)
    3.0
    """
    nodes, weights = roots_hermitenorm(order)
    return Rule(nodes, weights / weights.sum())


def hermite_order(sd: float) -> int:
    """Return the order at which E[expit(x + sd Z)] is exact to 1e-10 for every x.

    The logistic function has its poles at pi i, so the error falls as exp(-pi sqrt(4 order) / sd); the rule
    holds up to sd = 6, beyond which the largest order is used.
    """
    needed = 10 + 14 * sd**2
    return next((order for order in ORDERS if order >= needed), ORDERS[-1])


def mediator_rule(
    means: FloatArray, *, residual_sd: float, total_sd: float, knots: Sequence[float] = ()
) -> Rule:
    """Return a rule on the mediator's scale that serves all patients of a cohort.

    Gauss-Legendre on panels that end at the knots, so that every integrand is smooth inside of a panel: a
    Gauss-Hermite rule would lose its accuracy where a spline changes from one cubic to the next.

    Parameters
    ----------
    means : expected values of the mediator, all patients and arms.
    residual_sd : standard deviation of the residual: the least that the mediator can vary about its mean.
    total_sd : with the random effects where these are integrated over: how far it can lie from its mean.
    knots : where the outcome's dependence on the mediator is not smooth.
    """
    low, high = means.min() - _MARGIN * total_sd, means.max() + _MARGIN * total_sd
    edges = np.array([low, *sorted(knot for knot in knots if low < knot < high), high])
    points, point_weights = roots_legendre(_PANEL_POINTS)
    nodes, weights = [], []
    for start, stop in itertools.pairwise(edges):
        panels = np.linspace(start, stop, int(np.ceil((stop - start) / (_PANEL_WIDTH * residual_sd))) + 1)
        half = np.diff(panels) / 2
        nodes.append((panels[:-1, None] + half[:, None] * (1 + points)).ravel())
        weights.append((half[:, None] * point_weights).ravel())
    return Rule(np.concatenate(nodes), np.concatenate(weights))
