"""Cells of the mediation formula as the package has them, and what plain sums over them need."""

import numpy as np
from scipy.special import expit, ndtr

from ipdmediation.effects.standardisation import Standardisation
from ipdmediation.effects.standardisation_options import StandardisationOptions

LINKS = {
    "logit": expit,
    "probit": ndtr,
    "cloglog": lambda x: -np.expm1(-np.exp(np.minimum(x, 700.0))),
    "loglog": lambda x: np.exp(-np.exp(np.minimum(-x, 700.0))),
    "cauchit": lambda x: 0.5 + np.arctan(x) / np.pi,
}


def standardised(models, frame, fits, weights, **options):
    prepared = Standardisation.of(models, frame, options=StandardisationOptions(**options))
    return prepared.cells(fits[0], fits[-1], weights)


def named(model, fit):
    return dict(zip(model.names, fit.estimates, strict=True))


RANDOM = ("intercept", "treatment", "mediator")

KNOTS = (-0.5, 1.0, 2.2)


def restricted_cubic(m):
    """Linear term and the one restricted cubic term of three knots (Harrell)."""
    a, b, c = KNOTS
    cubes = [np.maximum(np.asarray(m, dtype=float) - knot, 0.0) ** 3 for knot in KNOTS]
    curve = cubes[0] - cubes[1] * (c - a) / (c - b) + cubes[2] * (b - a) / (c - b)
    return np.stack([np.asarray(m, dtype=float), curve / (c - a) ** 2], axis=-1)


def dense_rule(points=1501):
    z = np.linspace(-9, 9, points)
    density = np.exp(-(z**2) / 2)
    return z, density / density.sum()
