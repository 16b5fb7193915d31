"""Distributions over the levels of an outcome compared with others, on every scale."""

from __future__ import annotations

import math

import numpy as np

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.common_odds_ratio import common_log_odds_ratio
from ipdmediation.kernels.compiling import kernel

COMPARATIVE = 3  # scales that are not differences of averages


@kernel
def compare_distributions(
    distributions: FloatArray, references: FloatArray, values: FloatArray
) -> FloatArray:
    """Compare distributions with their references, pair by pair.

    Parameters
    ----------
    distributions, references : (pairs, K), a higher level being a better one.
    values : (additive, K) what a level counts on each additive scale.

    Returns
    -------
    (pairs, additive + 3) differences of averages, probability of being better (a tie is half of it) minus
    1/2, log win odds, common log odds ratio.
    """
    pairs, levels = distributions.shape
    additive = values.shape[0]
    found = np.empty((pairs, additive + COMPARATIVE))
    for pair in range(pairs):
        for scale in range(additive):
            total = 0.0
            for k in range(levels):
                total += (distributions[pair, k] - references[pair, k]) * values[scale, k]
            found[pair, scale] = total
        better, below = 0.0, 0.0
        for k in range(levels):
            better += distributions[pair, k] * (below + 0.5 * references[pair, k])
            below += references[pair, k]
        found[pair, additive] = better - 0.5
        found[pair, additive + 1] = math.log(better / (1.0 - better))
        found[pair, additive + 2] = common_log_odds_ratio(distributions[pair], references[pair])
    return found
