"""Averages of the outcome's distribution over patients and over their mediators."""

from __future__ import annotations

import math

import numpy as np

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.compiling import fast_internal, fast_kernel, kernel, maker
from ipdmediation.kernels.link_tables import POWERS, look_up

_REACH = 7.0  # standard deviations beyond which a Gaussian density is negligible


@fast_kernel
def linear_predictor(columns: FloatArray, coefficients: FloatArray, rows: IntArray) -> FloatArray:
    """Return the (m,) sum of (p, n) columns times their (p,) coefficients, in m of the rows."""
    predictor = np.zeros(rows.shape[0])
    # two by two, so that rows are read half as often; unsigned, so that none is looked at for its sign
    for j in range(0, columns.shape[0] - 1, 2):
        for i in range(rows.shape[0]):
            row = np.uint64(rows[i])
            predictor[i] += coefficients[j] * columns[j, row] + coefficients[j + 1] * columns[j + 1, row]
    if columns.shape[0] % 2:
        last = columns.shape[0] - 1
        for i in range(rows.shape[0]):
            predictor[i] += coefficients[last] * columns[last, np.uint64(rows[i])]
    return predictor


@fast_internal
def _weighted_dot(left: FloatArray, right: FloatArray) -> float:
    total = 0.0
    for i in range(left.shape[0]):
        total += left[i] * right[i]
    return total


@kernel
def group_sums(rows: FloatArray, groups: IntArray, n_groups: int, weights: FloatArray) -> FloatArray:
    """Return the weighted sums of (r, n) rows over the patients of each group, (r, groups)."""
    sums = np.zeros((rows.shape[0], n_groups))
    for r in range(rows.shape[0]):
        if n_groups == 1:
            sums[r, 0] = _weighted_dot(rows[r], weights)
            continue
        for i in range(rows.shape[1]):
            sums[r, groups[i]] += weights[i] * rows[r, i]
    return sums


@maker
def _all_cuts(cumulative: FloatArray, finite: IntArray, thresholds: FloatArray) -> FloatArray:
    """Add the columns of infinite thresholds, which belong to levels that no row has.

    These are the same in all cells, whose other thresholds may differ.
    """
    full = np.empty((cumulative.shape[0], thresholds.shape[0]))
    for k in range(thresholds.shape[0]):
        full[:, k] = 1.0 if thresholds[k] > 0.0 else 0.0
    for position in range(finite.shape[0]):
        full[:, finite[position]] = cumulative[:, position]
    return full


@fast_internal
def _add_moments(
    predictor: FloatArray,
    groups: IntArray,
    weights: FloatArray,
    step: float,
    first: float,
    last: float,
    moments: FloatArray,
) -> None:
    """Sort minus the predictors into halves of intervals, and add up powers of their distance to the middle.

    `first` and `last` are in units of `step`; `moments` (groups, 2, powers, intervals) by half.
    """
    for i in range(predictor.shape[0]):
        position = min(max(-predictor[i] / step, first), last) - first
        bin_ = int(2.0 * position)
        rest = position - 0.5 * bin_ - 0.25
        own = moments[groups[i], bin_ & 1]
        power = weights[i]
        for m in range(POWERS):
            own[m, bin_ >> 1] += power
            power *= rest


@fast_internal
def _sum_of_polynomials(
    table: FloatArray, offset: int, shift: float, moments: FloatArray, start: int, stop: int
) -> float:
    """Sum polynomials of `shift` + v, from moments of v; those of column h meet interval offset + h."""
    total = 0.0
    j = np.uint64(offset + start)
    for h in range(np.uint64(start), np.uint64(stop)):
        c2, c3, c4, c5 = table[2, j], table[3, j], table[4, j], shift * table[5, j]
        slope = table[1, j] + shift * (2.0 * c2 + shift * (3.0 * c3 + shift * (4.0 * c4 + 5.0 * c5)))
        total += moments[0, h] * (
            table[0, j] + shift * (table[1, j] + shift * (c2 + shift * (c3 + shift * (c4 + c5))))
        )
        total += moments[1, h] * slope
        total += moments[2, h] * (c2 + shift * (3.0 * c3 + shift * (6.0 * c4 + 10.0 * c5)))
        total += moments[3, h] * (c3 + shift * (4.0 * c4 + 10.0 * c5))
        total += moments[4, h] * (c4 + 5.0 * c5)
        total += moments[5, h] * table[5, j]
        j += np.uint64(1)
    return total


@fast_internal
def _sum_from_moments(table: FloatArray, moments: FloatArray, position: float) -> float:
    """Sum H over rows that are given by `moments`, of which the first interval starts at `position`.

    Beyond the ends of the table it is that of the end.
    """
    intervals, bins = table.shape[1], moments.shape[2]
    at_end = 0.0
    for m in range(POWERS):
        at_end += table[m, intervals - 1]
    total = 0.0
    for half in range(2):
        middle = position + 0.25 + 0.5 * half
        offset = math.floor(middle)
        below = min(max(-offset, 0), bins)
        end = max(min(intervals - offset, bins), below)
        for h in range(below):
            total += moments[half, 0, h] * table[0, 0]
        total += _sum_of_polynomials(table, offset, middle - offset, moments[half], below, end)
        for h in range(end, bins):
            total += moments[half, 0, h] * at_end
    return total


@fast_kernel
def mean_cumulative(
    predictors: FloatArray,
    lowest: float,
    highest: float,
    added: FloatArray,
    table_of: IntArray,
    groups: IntArray,
    weights: FloatArray,
    thresholds: FloatArray,
    tables: FloatArray,
    low: float,
    step: float,
) -> FloatArray:
    """Average H(threshold - predictor - added) over rows.

    A table is a polynomial in each interval. So rows whose predictors lie close together enter through sums
    of powers, and each threshold costs as much as there are intervals, not as there are rows.

    Parameters
    ----------
    predictors : (cells, n), between `lowest` and `highest`.
    added : (cells, values, groups) further parts of the predictors, the same for all rows of a group.
    table_of : (cells, groups) index of the table of each cell and group of rows.
    groups, weights : (n,).
    thresholds : (cells, K - 1).
    tables : (tables, 6, intervals), all from `low` on in intervals of `step`.

    Returns
    -------
    (cells, values, K - 1) cumulative probabilities.
    """
    cells, values, n_groups = added.shape
    finite = np.flatnonzero(np.isfinite(thresholds[0]))
    cuts = finite.shape[0]
    positions = (thresholds[:, finite] - low) / step
    sums = np.zeros((cells * values, cuts))
    # beyond, the tables are at an end for each threshold
    first = max(-highest / step, added.min() / step - positions.max() - 1.0)
    last = max(min(-lowest / step, added.max() / step - positions.min() + tables.shape[2] + 1.0), first)
    for c in range(cells):
        moments = np.zeros((n_groups, 2, POWERS, int(last - first) + 1))
        _add_moments(predictors[c], groups, weights, step, first, last, moments)
        for g in range(n_groups):
            table = tables[table_of[c, g]]
            for v in range(values):
                start = first - added[c, v, g] / step
                for k in range(cuts):
                    sums[c * values + v, k] += _sum_from_moments(table, moments[g], positions[c, k] + start)
    averages = _all_cuts(sums / weights.sum(), finite, thresholds[0])
    return averages.reshape(cells, values, thresholds.shape[1])


@fast_kernel
def mean_cumulative_over_nodes(
    predictors: FloatArray,
    means: FloatArray,
    sds: FloatArray,
    nodes: FloatArray,
    node_weights: FloatArray,
    contributions: FloatArray,
    groups: IntArray,
    weights: FloatArray,
    thresholds: FloatArray,
    tables: FloatArray,
    low: float,
    step: float,
) -> FloatArray:
    """Average H(threshold - predictor - contribution of M) over rows and a Gaussian mediator M.

    Parameters
    ----------
    predictors : (2, n) by arm, without the mediator.
    means, sds : (2, n) and (2,) of the mediator by the arm that it comes from.
    nodes, node_weights : (Q,) quadrature rule on the mediator's scale, nodes increasing.
    contributions : (2, groups, Q) what the mediator adds to the predictor, by arm.
    thresholds : (2, K - 1) by arm.
    tables : (2, 6, intervals) by arm.

    Returns
    -------
    (4, K - 1) cumulative probabilities of the cells (a, m) = (0, 0), (0, 1), (1, 0), (1, 1).
    """
    n = means.shape[1]
    finite = np.flatnonzero(np.isfinite(thresholds[0]))
    cuts = finite.shape[0]
    positions = (thresholds[:, finite] - low) / step
    cumulative = np.zeros((4, cuts))
    sums = np.empty((2, cuts))
    for i in range(n):
        weight = weights[i]
        if weight == 0.0:
            continue
        for m in range(2):
            sums[:, :] = 0.0
            mass = 0.0
            for q in range(nodes.shape[0]):
                z = (nodes[q] - means[m, i]) / sds[m]
                if z < -_REACH:
                    continue
                if z > _REACH:
                    break
                density = node_weights[q] * math.exp(-0.5 * z * z)
                mass += density
                for a in range(2):
                    predictor = (predictors[a, i] + contributions[a, groups[i], q]) / step
                    for k in range(cuts):
                        sums[a, k] += density * look_up(tables[a], positions[a, k] - predictor)
            for a in range(2):
                for k in range(cuts):
                    cumulative[2 * a + m, k] += weight * sums[a, k] / mass
    return _all_cuts(cumulative / weights.sum(), finite, thresholds[0])


@kernel
def node_masses(
    means: FloatArray,
    sds: FloatArray,
    nodes: FloatArray,
    node_weights: FloatArray,
    groups: IntArray,
    n_groups: int,
    weights: FloatArray,
) -> FloatArray:
    """Distribute the patients' Gaussian mediators over the nodes; arguments as of the kernel above.

    Returns
    -------
    (2, groups, Q) by arm; each arm adds up to the sum of the weights.
    """
    n = means.shape[1]
    masses = np.zeros((2, n_groups, nodes.shape[0]))
    densities = np.empty(nodes.shape[0])
    for i in range(n):
        if weights[i] == 0.0:
            continue
        for m in range(2):
            mass = 0.0
            for q in range(nodes.shape[0]):
                z = (nodes[q] - means[m, i]) / sds[m]
                densities[q] = node_weights[q] * math.exp(-0.5 * z * z) if abs(z) < _REACH else 0.0
                mass += densities[q]
            for q in range(nodes.shape[0]):
                masses[m, groups[i], q] += weights[i] * densities[q] / mass
    return masses
