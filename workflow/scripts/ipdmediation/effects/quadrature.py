"""Quadrature rules: over a Gaussian variable, and over a mediator on its own scale."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import roots_hermitenorm, roots_legendre

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.links import STRIP

_LOG_ERROR = 26.0  # of the trapezoidal rule, below 1e-11
_WIDEST_STEP = 0.75  # integrates the density itself to 1e-15
_END = 7.5  # standard deviations
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


def normal_rule(sd: float, *, link: str) -> Rule:
    """Return a rule for E[F(x + sd Z)], Z standard normal, exact to 1e-10 for every x.

    Gauss-Hermite for the logit and probit. The other links' functions bend faster: for them the trapezoidal
    rule, whose error falls as exp(-2 pi strip / (step sd)) (Trefethen & Weideman 2014, SIAM Rev 56:385).

    Parameters
    ----------
    sd : standard deviation, in units of the predictor.
    link : F's name.
    """
    if STRIP[link] >= np.pi:
        return gauss_hermite(hermite_order(sd))
    step = min(2 * np.pi * STRIP[link] / (_LOG_ERROR * max(sd, 1e-6)), _WIDEST_STEP)
    nodes = step * np.arange(-np.ceil(_END / step), np.ceil(_END / step) + 1)
    density = np.exp(-0.5 * nodes**2)
    return Rule(nodes, density / density.sum())


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
