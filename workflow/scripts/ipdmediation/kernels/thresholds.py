"""Thresholds of an ordinal outcome of which not all levels need be there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ipdmediation.kernels import links
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.compiling import internal, kernel, maker


@maker
def present_levels(level_weight: FloatArray) -> IntArray:
    """List the levels with weight, increasing."""
    present = np.empty(level_weight.shape[0], np.int64)
    n_present = 0
    for k in range(level_weight.shape[0]):
        if level_weight[k] > 0.0:
            present[n_present] = k
            n_present += 1
    return present[:n_present]


@maker
def start_thresholds(
    weight: FloatArray, present: IntArray, start: FloatArray, shift: float, link: Any
) -> FloatArray:
    """Start between the present levels: from `start` where usable, else from the marginal distribution."""
    n_thresholds = present.shape[0] - 1
    thresholds = np.empty(n_thresholds)
    usable = True
    for k in range(n_thresholds):
        thresholds[k] = start[present[k]] - shift
        if not math.isfinite(thresholds[k]) or (k > 0 and not thresholds[k] > thresholds[k - 1]):
            usable = False
    if not usable:
        total = 0.0
        for k in present:
            total += weight[k]
        cumulated = 0.0
        for k in range(n_thresholds):
            cumulated += weight[present[k]]
            thresholds[k] = links.quantile(link, cumulated / total)
    return thresholds


@internal
def step_length(step: FloatArray, thresholds: FloatArray, largest: float, longest: float) -> float:
    """Share of a step to take: no entry gets longer than `longest`, and the thresholds keep their order.

    The first entries of the step are those of the thresholds.
    """
    share = min(1.0, longest / largest) if largest > 0.0 else 1.0
    for k in range(1, thresholds.shape[0]):
        closing = step[k - 1] - step[k]
        if closing > 0.0:
            share = min(share, 0.9 * (thresholds[k] - thresholds[k - 1]) / closing)
    return share


@kernel
def expand_thresholds(
    thresholds: FloatArray, present: IntArray, shift: float, n_levels: int, estimates: FloatArray
) -> None:
    """Write all thresholds: equal to the neighbour at a lost level, infinite beyond the last present one."""
    n_present = present.shape[0]
    below = 0
    for k in range(n_levels - 1):
        while below < n_present and present[below] <= k:
            below += 1
        if below == 0:
            estimates[k] = -math.inf
        elif below == n_present:
            estimates[k] = math.inf
        else:
            estimates[k] = thresholds[below - 1] + shift
