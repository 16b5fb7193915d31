"""Averages of the outcome's distribution over patients and over their mediators."""

from __future__ import annotations

import math

import numpy as np

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.compiling import fast_internal, fast_kernel, kernel, maker
from ipdmediation.kernels.link_tables import look_up

_REACH = 7.0  # standard deviations beyond which a Gaussian density is negligible


@fast_kernel
def linear_predictor(columns: FloatArray, coefficients: FloatArray, rows: IntArray) -> FloatArray:
    """Return the (m,) sum of (p, n) columns times their (p,) coefficients, in m of the rows."""
    predictor = np.zeros(rows.shape[0])
    for j in range(columns.shape[0]):
        column, coefficient = columns[j], coefficients[j]
        for i in range(rows.shape[0]):
            predictor[i] += coefficient * column[rows[i]]
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
    """Add the columns of infinite thresholds, which belong to levels that no row has."""
    full = np.empty((cumulative.shape[0], thresholds.shape[0]))
    for k in range(thresholds.shape[0]):
        full[:, k] = 1.0 if thresholds[k] > 0.0 else 0.0
    for position in range(finite.shape[0]):
        full[:, finite[position]] = cumulative[:, position]
    return full


@fast_kernel
def mean_cumulative(
    predictors: FloatArray,
    table_of: IntArray,
    groups: IntArray,
    weights: FloatArray,
    thresholds: FloatArray,
    tables: FloatArray,
    low: float,
    step: float,
) -> FloatArray:
    """Average H(threshold - predictor) over rows.

    Parameters
    ----------
    predictors : (cells, n).
    table_of : (cells, groups) index of the table of each cell and group of rows.
    groups, weights : (n,).
    thresholds : (K - 1,).
    tables : (tables, intervals, 6), all from `low` on in intervals of `step`.

    Returns
    -------
    (cells, K - 1) cumulative probabilities.
    """
    cells, n = predictors.shape
    finite = np.flatnonzero(np.isfinite(thresholds))
    positions = (thresholds[finite] - low) / step
    sums = np.zeros((cells, finite.shape[0]))
    for i in range(n):
        weight = weights[i]
        if weight == 0.0:
            continue
        for c in range(cells):
            table = tables[table_of[c, groups[i]]]
            predictor = predictors[c, i] / step
            for k in range(finite.shape[0]):
                sums[c, k] += weight * look_up(table, positions[k] - predictor)
    return _all_cuts(sums / weights.sum(), finite, thresholds)


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
    tables : (2, intervals, 6) by arm.

    Returns
    -------
    (4, K - 1) cumulative probabilities of the cells (a, m) = (0, 0), (0, 1), (1, 0), (1, 1).
    """
    n = means.shape[1]
    finite = np.flatnonzero(np.isfinite(thresholds))
    cuts = finite.shape[0]
    positions = (thresholds[finite] - low) / step
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
                        sums[a, k] += density * look_up(tables[a], positions[k] - predictor)
            for a in range(2):
                for k in range(cuts):
                    cumulative[2 * a + m, k] += weight * sums[a, k] / mass
    return _all_cuts(cumulative / weights.sum(), finite, thresholds)


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
