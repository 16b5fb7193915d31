"""Bounds of the total effect in patients whom an event would befall in neither arm.

Who was measured under treatment is not who was measured under control where treatment prevents the event.
If it never causes it, the treated without the event are those whom it would befall in neither arm and
those whom treatment saved from it; the former are a share q = pi_0 / pi_1 of them, pi_a being the
probability of no event in arm a. The bounds take them to be the q with the best and the q with the worst
outcomes. Where q > 1, treatment causes the event and never prevents it, and the share 1 / q of the
controls is taken. Zhang & Rubin 2003, J Educ Behav Stat 28:353.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ipdmediation.effects.natural_effects import OutcomeScales
from ipdmediation.kernels.arrays import FloatArray, IntArray


class Bounds(NamedTuple):
    """Bounds on every scale.

    Attributes
    ----------
    effects : ndarray, shape (2, scales)
        The better one for the treatment first.
    ratio : float
        q; below 1 a share of the treated is taken, above 1 of the controls.
    """

    effects: FloatArray
    ratio: float


def always_measured(
    levels: IntArray, arm: IntArray, without: FloatArray, weights: FloatArray, *, scales: OutcomeScales
) -> Bounds:
    """Return the bounds, not adjusted for covariates.

    Parameters
    ----------
    levels : ndarray of int, shape (n,)
        Outcome as modelled: a higher level is better.
    arm : ndarray of int, shape (n,)
    without : ndarray, shape (n,)
        1 whom the event did not befall.
    weights : ndarray, shape (n,)
        How often each patient is in the replicate.
    scales : OutcomeScales

    Returns
    -------
    Bounds
        Missing where an arm has nobody without the event.

    Examples
    --------
    Of the controls half are without the event, of the treated all: half of them are compared.

    >>> found = always_measured(
    ...     np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]), np.array([0.0, 1.0, 1.0, 1.0]), np.ones(4),
    ...     scales=OutcomeScales.of(["0", "1"]),
    ... )
    >>> float(found.ratio), found.effects[:, 0].tolist()
    (0.5, [0.0, -1.0])
    """
    size = scales.values.shape[1]
    counted = weights * without
    kept = [counted[arm == code].sum() / max(weights[arm == code].sum(), 1e-300) for code in (0, 1)]
    if not min(kept) > 0:
        return Bounds(np.full((2, len(scales.every)), np.nan), np.nan)
    shares = [np.bincount(levels[arm == code], counted[arm == code], minlength=size) for code in (0, 1)]
    control, treated = (share / share.sum() for share in shares)
    ratio = kept[0] / kept[1]
    if ratio <= 1:
        ends = np.array([_best(treated, ratio), _worst(treated, ratio)])
        return Bounds(scales.compare(ends, control), ratio)
    against = np.array([_worst(control, 1 / ratio), _best(control, 1 / ratio)])
    return Bounds(scales.compare(np.array([treated, treated]), against), ratio)


def _worst(distribution: FloatArray, share: float) -> FloatArray:
    """Return the distribution of the share with the lowest levels."""
    below = np.concatenate([[0.0], np.cumsum(distribution)[:-1]])
    kept: FloatArray = np.clip(share - below, 0.0, distribution) / share
    return kept


def _best(distribution: FloatArray, share: float) -> FloatArray:
    return _worst(distribution[::-1], share)[::-1]
