"""The ordinal outcome of synthetic patients, given their linear predictors; a higher level is a worse one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.special import expit, logit

from ipdmediation.data.arms import ARM_NAMES
from ipdmediation.data.errors import listing
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.synthetic.errors import SyntheticDataError
from ipdmediation.synthetic.sampling import uniforms

Parameters = Mapping[str, Any]

# With more candidates the numbers of patients come nearer; each patient's own probabilities begin to suffer.
ALIKE, CANDIDATES = 12, 100


def outcome_thresholds(parameters: Parameters, trial: str) -> FloatArray:
    """Return the thresholds between the outcome's levels in a trial, shape (arms, cuts): control, treated.

    Raises
    ------
    SyntheticDataError
        If they are not given by arm, as many in both arms, each above the one before.
    """
    by_arm = parameters["outcome"]["thresholds"].get(trial)
    if not isinstance(by_arm, Mapping) or set(by_arm) != set(ARM_NAMES):
        raise SyntheticDataError(
            f"outcome thresholds of trial {trial!r}: {by_arm!r}; "
            f"allowed: a list for each of {listing(ARM_NAMES)}"
        )
    for arm in ARM_NAMES:
        if not all(low < high for low, high in pairwise(by_arm[arm])):
            raise SyntheticDataError(
                f"outcome thresholds of trial {trial!r}, {arm}: {listing(by_arm[arm])}; "
                "allowed: each above the one before"
            )
    counts = {arm: len(by_arm[arm]) for arm in ARM_NAMES}
    if len(set(counts.values())) > 1:
        raise SyntheticDataError(
            f"outcome thresholds of trial {trial!r}: {counts}; allowed: as many in both arms"
        )
    return np.array([by_arm[arm] for arm in ARM_NAMES], dtype=float)


def outcome_distribution(thresholds: FloatArray, predictor: FloatArray) -> FloatArray:
    """Average the outcome's distribution over patients, given their linear predictors.

    Parameters
    ----------
    thresholds : ndarray of shape (cuts,)
        Of one arm of a trial, increasing.
    predictor : ndarray of shape (patients,)
        Linear predictor of a worse outcome.

    Returns
    -------
    ndarray of shape (cuts + 1,)
        Probability of each level.
    """
    cumulative = expit(thresholds[:, None] - predictor).mean(axis=1)
    return np.diff(cumulative, prepend=0.0, append=1.0)


def draw_outcome(
    predictor: FloatArray, thresholds: FloatArray, *, sampling: str, rng: np.random.Generator
) -> IntArray:
    """Draw the outcome of patients of one arm of a trial.

    Stratified draws are even among each `ALIKE` patients with neighbouring predictors. Of `CANDIDATES` such
    draws the one is taken whose levels are nearest to the numbers that the patients' probabilities add up to
    (rerandomisation: Morgan & Rubin 2012).

    Parameters
    ----------
    predictor : ndarray of shape (patients,)
        Linear predictor of a worse outcome.
    thresholds : ndarray of shape (cuts,)
        Increasing.
    sampling
        `stratified` or `independent`.
    rng
        Source of every random number.

    Returns
    -------
    ndarray of shape (patients,)
        Levels from 0 to the number of cuts.
    """
    if sampling == "independent":
        return _levels(predictor, thresholds, rng.random(predictor.size))
    expected = predictor.size * outcome_distribution(thresholds, predictor)
    rank = np.argsort(np.argsort(predictor, kind="stable"))
    draws = uniforms(rank // ALIKE, CANDIDATES, sampling=sampling, rng=rng)
    drawn = [_levels(predictor, thresholds, candidate) for candidate in draws.T]
    misses = [np.square(np.bincount(levels, minlength=expected.size) - expected).sum() for levels in drawn]
    return drawn[int(np.argmin(misses))]


def _levels(predictor: FloatArray, thresholds: FloatArray, draws: FloatArray) -> IntArray:
    """Count the thresholds below each patient's latent severity."""
    return np.asarray(np.searchsorted(thresholds, predictor + logit(draws)), dtype=np.int64)
