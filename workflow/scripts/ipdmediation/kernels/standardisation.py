"""Compiled inner loops of standardisation.

All kernels of the family are in this one module: numba's cache notices edits of a kernel's own file only.

A *link table* holds H(x) = sum over q of probability[q] F((x + shift[q]) / scale), F the logistic or the
normal distribution function, as one polynomial of degree 5 for each interval of x. With the shifts of a
Gauss-Hermite rule, H is the outcome's distribution function with Gaussian variables integrated out; with
residuals as shifts, they are integrated over their empirical distribution.
"""

# ruff: noqa: PLR0917 - compiled loops take arrays by position and stay in one piece

from __future__ import annotations

import math

import numpy as np

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.compiling import njit

# Infinities stay legal: only re-association, contraction and the sign of zero are given up.
_FAST = {"reassoc", "contract", "nsz", "arcp"}
_REACH = 7.0  # standard deviations beyond which a Gaussian density is negligible
_EMPTY = 1e-14  # a level with less probability than this is not there
_SMALLEST_STEP = 1e-12
_MAX_ITERATIONS = 100


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def linear_predictor(columns: FloatArray, coefficients: FloatArray, rows: IntArray) -> FloatArray:
    """Return the (m,) sum of (p, n) columns times their (p,) coefficients, in m of the rows."""
    predictor = np.zeros(rows.shape[0])
    for j in range(columns.shape[0]):
        column, coefficient = columns[j], coefficients[j]
        for i in range(rows.shape[0]):
            predictor[i] += coefficient * column[rows[i]]
    return predictor


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _weighted_dot(left: FloatArray, right: FloatArray) -> float:
    total = 0.0
    for i in range(left.shape[0]):
        total += left[i] * right[i]
    return total


@njit(cache=True, error_model="numpy")
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


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _logistic_mixture(x: float, factors: FloatArray, probabilities: FloatArray) -> tuple[float, float, float]:
    """H of the logistic link and its first two derivatives; `factors` are exp(-shift)."""
    odds = math.exp(-x)
    value, slope, curvature = 0.0, 0.0, 0.0
    for q in range(factors.shape[0]):
        below = 1.0 / (1.0 + odds * factors[q])
        density = probabilities[q] * below * (1.0 - below)
        value += probabilities[q] * below
        slope += density
        curvature += density * (1.0 - 2.0 * below)
    return value, slope, curvature


@njit(cache=True, error_model="numpy")
def _normal_mixture(
    x: float, shifts: FloatArray, probabilities: FloatArray, scale: float
) -> tuple[float, float, float]:
    """H of the normal link and its first two derivatives."""
    value, slope, curvature = 0.0, 0.0, 0.0
    for q in range(shifts.shape[0]):
        z = (x + shifts[q]) / scale
        density = probabilities[q] * math.exp(-0.5 * z * z) / (math.sqrt(2.0 * math.pi) * scale)
        value += probabilities[q] * 0.5 * math.erfc(-z / math.sqrt(2.0))
        slope += density
        curvature -= density * z / scale
    return value, slope, curvature


@njit(cache=True, error_model="numpy")
def link_table(
    shifts: FloatArray,
    probabilities: FloatArray,
    scale: float,
    probit: bool,
    low: float,
    step: float,
    intervals: int,
) -> FloatArray:
    """Tabulate H from `low` on: quintic Hermite polynomials, exact to the curvature at the nodes.

    Returns
    -------
    (intervals, 6) coefficients of the powers of (x - start of the interval) / step.
    """
    knots = np.empty((intervals + 1, 3))
    factors = np.exp(-shifts)
    for j in range(intervals + 1):
        x = low + j * step
        if probit:
            value, slope, curvature = _normal_mixture(x, shifts, probabilities, scale)
        else:
            value, slope, curvature = _logistic_mixture(x, factors, probabilities)
        knots[j, 0] = value
        knots[j, 1] = slope * step
        knots[j, 2] = curvature * step * step
    table = np.empty((intervals, 6))
    for j in range(intervals):
        value, slope, curvature = knots[j, 0], knots[j, 1], knots[j, 2]
        rest = knots[j + 1, 0] - value - slope - 0.5 * curvature
        rest_slope = knots[j + 1, 1] - slope - curvature
        rest_curvature = knots[j + 1, 2] - curvature
        table[j, 0] = value
        table[j, 1] = slope
        table[j, 2] = 0.5 * curvature
        table[j, 3] = 10.0 * rest - 4.0 * rest_slope + 0.5 * rest_curvature
        table[j, 4] = -15.0 * rest + 7.0 * rest_slope - rest_curvature
        table[j, 5] = 6.0 * rest - 3.0 * rest_slope + 0.5 * rest_curvature
    return table


@njit(cache=True, fastmath=_FAST, error_model="numpy", inline="always")
def _look_up(table: FloatArray, position: float) -> float:
    """Evaluate a table at (x - low) / step; beyond its ends at the end."""
    intervals = table.shape[0]
    position = min(max(position, 0.0), float(intervals))
    j = min(int(position), intervals - 1)
    u = position - j
    row = table[j]
    value: float = row[0] + u * (row[1] + u * (row[2] + u * (row[3] + u * (row[4] + u * row[5]))))
    return value


@njit(cache=True, error_model="numpy")
def _all_cuts(cumulative: FloatArray, finite: IntArray, thresholds: FloatArray) -> FloatArray:
    """Add the columns of infinite thresholds, which belong to levels that no row has."""
    full = np.empty((cumulative.shape[0], thresholds.shape[0]))
    for k in range(thresholds.shape[0]):
        full[:, k] = 1.0 if thresholds[k] > 0.0 else 0.0
    for position in range(finite.shape[0]):
        full[:, finite[position]] = cumulative[:, position]
    return full


@njit(cache=True, fastmath=_FAST, error_model="numpy")
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
                sums[c, k] += weight * _look_up(table, positions[k] - predictor)
    return _all_cuts(sums / weights.sum(), finite, thresholds)


@njit(cache=True, fastmath=_FAST, error_model="numpy")
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
                        sums[a, k] += density * _look_up(tables[a], positions[k] - predictor)
            for a in range(2):
                for k in range(cuts):
                    cumulative[2 * a + m, k] += weight * sums[a, k] / mass
    return _all_cuts(cumulative / weights.sum(), finite, thresholds)


@njit(cache=True, error_model="numpy")
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


@njit(cache=True, error_model="numpy")
def _solve(matrix: FloatArray, vector: FloatArray) -> None:
    """Solve a symmetric positive definite system in place, from the matrix' lower triangle."""
    size = vector.shape[0]
    for j in range(size):
        for i in range(j + 1, size):
            factor = matrix[i, j] / matrix[j, j]
            vector[i] -= factor * vector[j]
            for k in range(j + 1, i + 1):
                matrix[i, k] -= factor * matrix[k, j]
    for j in range(size - 1, -1, -1):
        for i in range(j + 1, size):
            vector[j] -= matrix[i, j] * vector[i]
        vector[j] /= matrix[j, j]


@njit(cache=True, error_model="numpy")
def _proportional_odds_derivatives(
    tables: FloatArray, thresholds: FloatArray, effect: float, score: FloatArray, information: FloatArray
) -> bool:
    """Score and observed information (lower triangle) of thresholds, then effect; False outside the range."""
    levels = tables.shape[1]
    last = levels - 1
    score[:] = 0.0
    information[:, :] = 0.0
    for group in range(2):
        below, density_below, bend_below = 0.0, 0.0, 0.0
        for k in range(levels):
            above, density_above, bend_above = 1.0, 0.0, 0.0
            if k < last:
                above = 1.0 / (1.0 + math.exp(group * effect - thresholds[k]))
                density_above = above * (1.0 - above)
                bend_above = density_above * (1.0 - 2.0 * above)
            probability = above - below
            if not probability > 0.0:
                return False
            weight = tables[group, k]
            first_a, first_b = density_above / probability, -density_below / probability
            second_a = first_a * first_a - bend_above / probability
            second_b = first_b * first_b + bend_below / probability
            mixed = first_a * first_b
            if k < last:
                score[k] += weight * first_a
                information[k, k] += weight * second_a
                information[last, k] -= group * weight * (second_a + mixed)
            if k > 0:
                score[k - 1] += weight * first_b
                information[k - 1, k - 1] += weight * second_b
                information[last, k - 1] -= group * weight * (second_b + mixed)
            if 0 < k < last:
                information[k, k - 1] += weight * mixed
            score[last] -= group * weight * (first_a + first_b)
            information[last, last] += group * weight * (second_a + 2.0 * mixed + second_b)
            below, density_below, bend_below = above, density_above, bend_above
    return True


@njit(cache=True, error_model="numpy")
def common_log_odds_ratio(distribution: FloatArray, reference: FloatArray) -> float:
    """Proportional-odds maximum likelihood for two equal groups with these expected tables.

    Positive where `distribution` lies on higher levels. A level without probability in both is left out.

    Returns
    -------
    The log odds ratio; nan where there is none (one group has all its probability at one end).
    """
    present = np.flatnonzero(distribution + reference > _EMPTY)
    last = present.shape[0] - 1
    if last < 1:
        return 0.0
    tables = np.empty((2, last + 1))
    tables[0] = reference[present]
    tables[1] = distribution[present]
    thresholds = np.empty(last)
    effect = 0.0
    below, whole = 0.0, tables.sum()
    for k in range(last):
        below += tables[0, k] + tables[1, k]
        thresholds[k] = math.log(below / (whole - below))
    step = np.empty(last + 1)
    information = np.empty((last + 1, last + 1))
    for _ in range(_MAX_ITERATIONS):
        if not _proportional_odds_derivatives(tables, thresholds, effect, step, information):
            return math.nan
        _solve(information, step)
        largest = np.abs(step).max()
        if not math.isfinite(largest):
            return math.nan
        shorten = min(1.0, 2.0 / largest) if largest > 0.0 else 1.0
        for k in range(1, last):
            closing = step[k - 1] - step[k]
            if closing > 0.0:  # thresholds keep their order
                shorten = min(shorten, 0.9 * (thresholds[k] - thresholds[k - 1]) / closing)
        thresholds += shorten * step[:last]
        effect += shorten * step[last]
        if largest < _SMALLEST_STEP:
            return float(effect)
    return math.nan
