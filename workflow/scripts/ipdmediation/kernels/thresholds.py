"""Thresholds of an ordinal outcome of which not all levels need be there.

Where arms have thresholds of their own, their levels are numbered one after the other: an arm's level k is
arm * `n_levels` + k. No threshold lies between the levels of different arms.
"""

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
def bounds_of_levels(present: IntArray, n_levels: int) -> tuple[IntArray, IntArray]:
    """Index of the threshold above each present level, and of that below it; -1 where there is none."""
    top = np.full(present.shape[0], -1)
    bottom = np.full(present.shape[0], -1)
    n_thresholds = 0
    for c in range(present.shape[0] - 1):
        if present[c] // n_levels == present[c + 1] // n_levels:
            top[c] = n_thresholds
            bottom[c + 1] = n_thresholds
            n_thresholds += 1
    return top, bottom


@internal
def count_thresholds(top: IntArray) -> int:
    """How many thresholds there are between present levels."""
    count = 0
    for c in range(top.shape[0]):
        count = max(count, top[c] + 1)
    return count


@maker
def start_thresholds(
    weight: FloatArray, present: IntArray, n_levels: int, start: FloatArray, shift: float, link: Any
) -> FloatArray:
    """Start between the present levels: from `start` where usable, else from the marginal distribution."""
    top, bottom = bounds_of_levels(present, n_levels)
    thresholds = np.empty(count_thresholds(top))
    usable = True
    for c in range(present.shape[0]):
        k = top[c]
        if k >= 0:
            thresholds[k] = start[present[c] - present[c] // n_levels] - shift
            if not math.isfinite(thresholds[k]) or (
                bottom[c] >= 0 and not thresholds[k] > thresholds[bottom[c]]
            ):
                usable = False
    if not usable:
        total = 0.0
        cumulated = 0.0
        for c in range(present.shape[0]):
            if bottom[c] < 0:
                total = 0.0
                for k in present:
                    if k // n_levels == present[c] // n_levels:
                        total += weight[k]
                cumulated = 0.0
            if top[c] >= 0:
                cumulated += weight[present[c]]
                thresholds[top[c]] = links.quantile(link, cumulated / total)
    return thresholds


@internal
def start_of_second(top: IntArray, bottom: IntArray) -> int:
    """Index of the second arm's first threshold; that after the last one where there is one set of them."""
    for c in range(1, top.shape[0]):
        if bottom[c] < 0:
            return count_thresholds(top[:c])
    return count_thresholds(top)


@internal
def step_length(
    step: FloatArray, thresholds: FloatArray, second: int, largest: float, longest: float
) -> float:
    """Share of a step to take: no entry gets longer than `longest`, and the thresholds keep their order.

    The first entries of the step are those of the thresholds; no order holds between the arms, whose second
    has those from `second` on.
    """
    share = min(1.0, longest / largest) if largest > 0.0 else 1.0
    for k in range(1, thresholds.shape[0]):
        closing = step[k - 1] - step[k]
        if closing > 0.0 and k != second:
            share = min(share, 0.9 * (thresholds[k] - thresholds[k - 1]) / closing)
    return share


@kernel
def expand_thresholds(
    thresholds: FloatArray, present: IntArray, shift: float, n_levels: int, estimates: FloatArray
) -> None:
    """Write all thresholds: equal to the neighbour at a lost level, infinite beyond the last present one."""
    n_present = present.shape[0]
    below = 0
    found = 0
    for arm in range(present[n_present - 1] // n_levels + 1):
        first = below
        for k in range(n_levels - 1):
            while below < n_present and present[below] <= arm * n_levels + k:
                below += 1
            at = arm * (n_levels - 1) + k
            if below == first:
                estimates[at] = -math.inf
            elif below == n_present or present[below] // n_levels != arm:
                estimates[at] = math.inf
            else:
                estimates[at] = thresholds[found + below - first - 1] + shift
        while below < n_present and present[below] // n_levels == arm:
            below += 1
        found += below - first - 1
