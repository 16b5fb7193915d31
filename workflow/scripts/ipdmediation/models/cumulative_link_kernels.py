"""Compiled inner loops of the cumulative link models.

All kernels of the family are in this one module: numba's cache notices edits of a kernel's own file only.

Row quantities. With thresholds t and linear predictor eta, a row of level k has the bounds a = t[k] - eta and
b = t[k-1] - eta and contributes w log p, p = F(a) - F(b). Per row, times its weight:

- `above` = dl/da and `below` = -dl/db, so dl/deta = below - above;
- `cross_a` = d2l/da deta, `cross_b` = d2l/db deta, so -d2l/deta2 = cross_a + cross_b.

For the logit, log p = log F(a) + log F(-b) + log(1 - exp(b - a)); the last part depends on thresholds only
and is added per level, which leaves one exponential a row.
"""

# ruff: noqa: PLR0912, PLR0915, PLR0917 - compiled loops take arrays by position and stay in one piece

from __future__ import annotations

import math

import numpy as np
from numba import njit

from ipdmediation.models.results import FitStatus, FloatArray, IntArray

# Infinities stay legal: only re-association, contraction and the sign of zero are given up.
_FAST = {"reassoc", "contract", "nsz", "arcp"}

_CONVERGED = int(FitStatus.CONVERGED)
_NOT_CONVERGED = int(FitStatus.NOT_CONVERGED)
_SEPARATED = int(FitStatus.SEPARATED)
_RANK_DEFICIENT = int(FitStatus.RANK_DEFICIENT)
_ONE_LEVEL = int(FitStatus.ONE_LEVEL)

_LARGEST_PREDICTOR = 100.0
_END_EXPONENTIAL = 1e200  # exp(-t) of the bound below the lowest level
_END_PROBIT = 40.0  # a bound that is as good as infinite: the normal density is exactly 0 there
_KEEP_HESSIAN_BELOW = 0.05
_FLAT_CURVATURE = 1e-3


@njit(cache=True, error_model="numpy")
def cholesky(matrix: FloatArray) -> bool:
    """Lower Cholesky factor in place; False where the matrix is not (numerically) positive definite."""
    size = matrix.shape[0]
    for j in range(size):
        diagonal = matrix[j, j]
        pivot = diagonal
        for k in range(j):
            pivot -= matrix[j, k] * matrix[j, k]
        if not pivot > 1e-13 * abs(diagonal) or not diagonal > 0.0:
            return False
        root = math.sqrt(pivot)
        matrix[j, j] = root
        for i in range(j + 1, size):
            total = matrix[i, j]
            for k in range(j):
                total -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = total / root
    return True


@njit(cache=True, error_model="numpy")
def cholesky_solve(factor: FloatArray, vector: FloatArray) -> None:
    """Solve in place with the lower factor of `cholesky`."""
    size = factor.shape[0]
    for i in range(size):
        total = vector[i]
        for k in range(i):
            total -= factor[i, k] * vector[k]
        vector[i] = total / factor[i, i]
    for i in range(size - 1, -1, -1):
        total = vector[i]
        for k in range(i + 1, size):
            total -= factor[k, i] * vector[k]
        vector[i] = total / factor[i, i]


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _linear_predictor(x: FloatArray, offset: FloatArray, slopes: FloatArray, eta: FloatArray) -> None:
    n = eta.shape[0]
    for i in range(n):
        eta[i] = offset[i]
    for j in range(x.shape[0]):
        column = x[j]
        slope = slopes[j]
        for i in range(n):
            eta[i] += slope * column[i]


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _logit_rows(
    eta: FloatArray,
    weights: FloatArray,
    upper: FloatArray,
    lower: FloatArray,
    above: FloatArray,
    below: FloatArray,
    cross_a: FloatArray,
    cross_b: FloatArray,
) -> None:
    """Row quantities of the logit; `upper` and `lower` are exp(-t) of the row's bounds."""
    n = eta.shape[0]
    for i in range(n):
        cross_a[i] = math.exp(min(max(eta[i], -_LARGEST_PREDICTOR), _LARGEST_PREDICTOR))
    for i in range(n):
        odds_a = cross_a[i] * upper[i]
        odds_b = cross_a[i] * lower[i]
        f_a = 1.0 / (1.0 + odds_a)
        f_b = 1.0 / (1.0 + odds_b)
        above[i] = weights[i] * odds_a * f_a
        below[i] = weights[i] * f_b
        cross_a[i] = above[i] * f_a
        cross_b[i] = below[i] * (odds_b * f_b)


@njit(cache=True, error_model="numpy")
def _normal_probability(a: float, b: float) -> float:
    """Phi(a) - Phi(b), a > b, without cancellation in either tail."""
    root = math.sqrt(0.5)
    if b > 0.0:
        value = 0.5 * (math.erfc(b * root) - math.erfc(a * root))
    else:
        value = 0.5 * (math.erfc(-a * root) - math.erfc(-b * root))
    return max(value, 1e-300)


@njit(cache=True, error_model="numpy")
def _probit_rows(
    eta: FloatArray,
    weights: FloatArray,
    upper: FloatArray,
    lower: FloatArray,
    above: FloatArray,
    below: FloatArray,
    cross_a: FloatArray,
    cross_b: FloatArray,
) -> None:
    """Row quantities of the probit; `upper` and `lower` are the row's thresholds."""
    density = 1.0 / math.sqrt(2.0 * math.pi)
    for i in range(eta.shape[0]):
        a = min(upper[i] - eta[i], _END_PROBIT)
        b = max(lower[i] - eta[i], -_END_PROBIT)
        p = _normal_probability(a, b)
        ratio_a = density * math.exp(-0.5 * a * a) / p
        ratio_b = density * math.exp(-0.5 * b * b) / p
        score = ratio_a - ratio_b
        above[i] = weights[i] * ratio_a
        below[i] = weights[i] * ratio_b
        cross_a[i] = weights[i] * ratio_a * (a + score)
        cross_b[i] = -weights[i] * ratio_b * (b + score)


@njit(cache=True, error_model="numpy")
def _fill_bounds(
    thresholds: FloatArray, first_row: IntArray, probit: bool, upper: FloatArray, lower: FloatArray
) -> None:
    """Bounds of every row, rows being sorted by level: exp(-t) for the logit, t for the probit."""
    n_levels = thresholds.shape[0] + 1
    for k in range(n_levels):
        if probit:
            top = thresholds[k] if k < n_levels - 1 else math.inf
            bottom = thresholds[k - 1] if k > 0 else -math.inf
        else:
            top = math.exp(-thresholds[k]) if k < n_levels - 1 else 0.0
            bottom = math.exp(-thresholds[k - 1]) if k > 0 else _END_EXPONENTIAL
        for i in range(first_row[k], first_row[k + 1]):
            upper[i] = top
            lower[i] = bottom


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _block_sum(values: FloatArray, start: int, stop: int) -> float:
    total = 0.0
    for i in range(start, stop):
        total += values[i]
    return total


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _dot(left: FloatArray, right: FloatArray, start: int, stop: int) -> float:
    total = 0.0
    for i in range(start, stop):
        total += left[i] * right[i]
    return total


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _dot_sum(column: FloatArray, first: FloatArray, second: FloatArray) -> float:
    """Sum of column * (second - first)."""
    total = 0.0
    for i in range(column.shape[0]):
        total += column[i] * (second[i] - first[i])
    return total


@njit(cache=True, error_model="numpy")
def _fixed_gradient(
    x: FloatArray,
    thresholds: FloatArray,
    first_row: IntArray,
    level_weight: FloatArray,
    above: FloatArray,
    below: FloatArray,
    probit: bool,
    gradient: FloatArray,
) -> None:
    n_thresholds = thresholds.shape[0]
    for k in range(n_thresholds):
        gradient[k] = _block_sum(above, first_row[k], first_row[k + 1]) - _block_sum(
            below, first_row[k + 1], first_row[k + 2]
        )
    if not probit:
        for k in range(1, n_thresholds):
            pull = level_weight[k] / math.expm1(thresholds[k] - thresholds[k - 1])
            gradient[k] += pull
            gradient[k - 1] -= pull
    for j in range(x.shape[0]):
        gradient[n_thresholds + j] = _dot_sum(x[j], above, below)


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _fixed_information(
    x: FloatArray,
    weights: FloatArray,
    thresholds: FloatArray,
    first_row: IntArray,
    level_weight: FloatArray,
    above: FloatArray,
    below: FloatArray,
    cross_a: FloatArray,
    cross_b: FloatArray,
    probit: bool,
    work: FloatArray,
    information: FloatArray,
) -> None:
    """Observed information, lower triangle."""
    n_thresholds = thresholds.shape[0]
    p, n = x.shape
    information[:, :] = 0.0
    for k in range(n_thresholds):
        own, other = first_row[k], first_row[k + 1]
        stop = first_row[k + 2]
        information[k, k] = _block_sum(cross_a, own, other) + _block_sum(cross_b, other, stop)
        for j in range(p):
            information[n_thresholds + j, k] = -(
                _dot(cross_a, x[j], own, other) + _dot(cross_b, x[j], other, stop)
            )
    for k in range(1, n_thresholds):
        # the second derivative of log p in both of its bounds
        if probit:
            mixed = 0.0
            for i in range(first_row[k], first_row[k + 1]):
                mixed += above[i] * below[i] / weights[i]
        else:
            gap = thresholds[k] - thresholds[k - 1]
            mixed = level_weight[k] / (math.expm1(gap) * -math.expm1(-gap))
        information[k, k] += mixed
        information[k - 1, k - 1] += mixed
        information[k, k - 1] -= mixed
    for j in range(p):
        column = x[j]
        for i in range(n):
            work[i] = column[i] * (cross_a[i] + cross_b[i])
        for k in range(j + 1):
            information[n_thresholds + j, n_thresholds + k] = _dot(work, x[k], 0, n)


@njit(cache=True, error_model="numpy")
def _log_likelihood(
    eta: FloatArray, weights: FloatArray, thresholds: FloatArray, first_row: IntArray, probit: bool
) -> float:
    n_levels = thresholds.shape[0] + 1
    total = 0.0
    for k in range(n_levels):
        for i in range(first_row[k], first_row[k + 1]):
            if probit:
                a = min(thresholds[k] - eta[i], _END_PROBIT) if k < n_levels - 1 else _END_PROBIT
                b = max(thresholds[k - 1] - eta[i], -_END_PROBIT) if k > 0 else -_END_PROBIT
                row = math.log(_normal_probability(a, b))
            else:
                row = 0.0
                if k < n_levels - 1:
                    row -= _log1p_exp(eta[i] - thresholds[k])
                if k > 0:
                    row -= _log1p_exp(thresholds[k - 1] - eta[i])
                if 0 < k < n_levels - 1:
                    row += math.log(-math.expm1(thresholds[k - 1] - thresholds[k]))
            total += weights[i] * row
    return total


@njit(cache=True, error_model="numpy")
def _log1p_exp(value: float) -> float:
    return value + math.log1p(math.exp(-value)) if value > 0.0 else math.log1p(math.exp(value))


@njit(cache=True, error_model="numpy")
def present_levels(level_weight: FloatArray) -> IntArray:
    """List the levels with weight, increasing."""
    present = np.empty(level_weight.shape[0], np.int64)
    n_present = 0
    for k in range(level_weight.shape[0]):
        if level_weight[k] > 0.0:
            present[n_present] = k
            n_present += 1
    return present[:n_present]


@njit(cache=True, error_model="numpy")
def start_thresholds(
    weight: FloatArray, present: IntArray, start: FloatArray, shift: float, probit: bool
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
            thresholds[k] = math.log(cumulated / (total - cumulated)) * (0.6 if probit else 1.0)
    return thresholds


@njit(cache=True, error_model="numpy")
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


@njit(cache=True, error_model="numpy")
def fit_fixed(
    levels: IntArray,
    columns: FloatArray,
    offset: FloatArray,
    order: IntArray,
    centre: FloatArray,
    scale: FloatArray,
    n_levels: int,
    probit: bool,
    weights: FloatArray,
    start: FloatArray,
    diagnose: bool,
    tolerance: float,
    max_iterations: int,
) -> tuple[FloatArray, FloatArray, FloatArray, float, int, int]:
    """Maximum likelihood of a cumulative link model by Newton's method.

    Parameters
    ----------
    levels, columns, offset : (n,), (p, n), (n,); rows sorted by level, columns standardised by `centre` and
        `scale`.
    order : (n,) position of each sorted row in `weights`.
    start : (n_levels - 1 + p,) on the natural scale; a nan asks for a cold start.
    diagnose : whether information, gradient and log-likelihood are computed at the end.

    Returns
    -------
    estimates (natural scale), information (standardised scale, present thresholds then slopes), last step
    (same order; the direction of separation), log-likelihood, status, iterations. With `diagnose` the last
    step is replaced by the gradient unless the fit failed.
    """
    n_slopes = columns.shape[0]
    kept = np.empty(order.shape[0], np.int64)
    level_weight_all = np.zeros(n_levels)
    n = 0
    for i in range(order.shape[0]):
        weight = weights[order[i]]
        if weight > 0.0:
            kept[n] = i
            n += 1
            level_weight_all[levels[i]] += weight
    present = present_levels(level_weight_all)
    n_thresholds = present.shape[0] - 1
    estimates = np.full(n_levels - 1 + n_slopes, np.nan)
    if n_thresholds < 1:
        return estimates, np.zeros((0, 0)), np.zeros(0), math.nan, _ONE_LEVEL, 0

    x = np.empty((n_slopes, n))
    w = np.empty(n)
    base = np.empty(n)
    first_row = np.zeros(n_thresholds + 2, np.int64)
    for i in range(n):
        w[i] = weights[order[kept[i]]]
        base[i] = offset[kept[i]]
    for j in range(n_slopes):
        source = columns[j]
        target = x[j]
        for i in range(n):
            target[i] = source[kept[i]]
    level_weight = level_weight_all[present]
    row = 0
    for k in range(n_thresholds + 1):
        while row < n and levels[kept[row]] == present[k]:
            row += 1
        first_row[k + 1] = row

    slopes = np.empty(n_slopes)
    shift = 0.0
    for j in range(n_slopes):
        slopes[j] = start[n_levels - 1 + j] * scale[j]
        if not math.isfinite(slopes[j]):
            slopes[j] = 0.0
        shift += slopes[j] * centre[j] / scale[j]
    thresholds = start_thresholds(level_weight_all, present, start, shift, probit)

    size = n_thresholds + n_slopes
    gradient = np.empty(size)
    step = np.zeros(size)
    information = np.empty((size, size))
    eta = np.empty(n)
    upper = np.empty(n)
    lower = np.empty(n)
    above = np.empty(n)
    below = np.empty(n)
    cross_a = np.empty(n)
    cross_b = np.empty(n)
    work = np.empty(n)

    status = _NOT_CONVERGED
    rebuild = True
    ascent = 0.0
    iterations = 0
    for iteration in range(max_iterations + 1):
        iterations = iteration
        _fill_bounds(thresholds, first_row, probit, upper, lower)
        _linear_predictor(x, base, slopes, eta)
        if probit:
            _probit_rows(eta, w, upper, lower, above, below, cross_a, cross_b)
        else:
            _logit_rows(eta, w, upper, lower, above, below, cross_a, cross_b)
        _fixed_gradient(x, thresholds, first_row, level_weight, above, below, probit, gradient)
        if status == _CONVERGED or iteration == max_iterations:
            break

        # the log-likelihood is concave: an overshot step shows as a slope of the other sign
        new_ascent = 0.0
        for k in range(size):
            new_ascent += gradient[k] * step[k]
        if iteration > 0 and not new_ascent > -0.8 * ascent:
            ascent *= 0.5
            rebuild = True
            for k in range(size):
                step[k] *= 0.5
                if k < n_thresholds:
                    thresholds[k] -= step[k]
                else:
                    slopes[k - n_thresholds] -= step[k]
            continue

        if rebuild:
            _fixed_information(
                x,
                w,
                thresholds,
                first_row,
                level_weight,
                above,
                below,
                cross_a,
                cross_b,
                probit,
                work,
                information,
            )
            if not cholesky(information):
                status = _RANK_DEFICIENT
                break
        for k in range(size):
            step[k] = gradient[k]
        cholesky_solve(information, step)

        ascent = 0.0
        largest = 0.0
        for k in range(size):
            ascent += gradient[k] * step[k]
            largest = max(largest, abs(step[k]))
        if largest > 0.2 and ascent < _FLAT_CURVATURE * largest * largest:
            status = _SEPARATED
            break
        shorten = min(1.0, 10.0 / largest) if largest > 0.0 else 1.0
        for k in range(1, n_thresholds):
            closing = step[k - 1] - step[k]
            if closing > 0.0:
                shorten = min(shorten, 0.9 * (thresholds[k] - thresholds[k - 1]) / closing)
        ascent *= shorten
        largest *= shorten
        for k in range(size):
            step[k] *= shorten
            if k < n_thresholds:
                thresholds[k] += step[k]
            else:
                slopes[k - n_thresholds] += step[k]
        rebuild = largest > _KEEP_HESSIAN_BELOW
        if largest < tolerance:
            status = _CONVERGED
            if not diagnose:
                break

    log_likelihood = math.nan
    if diagnose:
        log_likelihood = _log_likelihood(eta, w, thresholds, first_row, probit)
        _fixed_information(
            x,
            w,
            thresholds,
            first_row,
            level_weight,
            above,
            below,
            cross_a,
            cross_b,
            probit,
            work,
            information,
        )
        if status == _CONVERGED:
            for k in range(size):
                step[k] = gradient[k]
    shift = 0.0
    for j in range(n_slopes):
        estimates[n_levels - 1 + j] = slopes[j] / scale[j]
        shift += slopes[j] * centre[j] / scale[j]
    expand_thresholds(thresholds, present, shift, n_levels, estimates)
    return estimates, information, step, log_likelihood, status, iterations


@njit(cache=True, error_model="numpy")
def score_fixed(
    levels: IntArray,
    columns: FloatArray,
    offset: FloatArray,
    weights: FloatArray,
    thresholds: FloatArray,
    slopes: FloatArray,
    probit: bool,
) -> tuple[float, FloatArray, FloatArray]:
    """Log-likelihood, gradient and information (full symmetric) at given parameters.

    Rows sorted by level, all levels present, weights positive, columns as given.
    """
    n_slopes, n = columns.shape
    n_thresholds = thresholds.shape[0]
    first_row = np.zeros(n_thresholds + 2, np.int64)
    level_weight = np.zeros(n_thresholds + 1)
    for i in range(n):
        first_row[levels[i] + 1] = i + 1
        level_weight[levels[i]] += weights[i]
    eta = np.empty(n)
    rows = np.empty((6, n))
    size = n_thresholds + n_slopes
    gradient = np.empty(size)
    information = np.empty((size, size))
    _fill_bounds(thresholds, first_row, probit, rows[0], rows[1])
    _linear_predictor(columns, offset, slopes, eta)
    if probit:
        _probit_rows(eta, weights, rows[0], rows[1], rows[2], rows[3], rows[4], rows[5])
    else:
        _logit_rows(eta, weights, rows[0], rows[1], rows[2], rows[3], rows[4], rows[5])
    _fixed_gradient(columns, thresholds, first_row, level_weight, rows[2], rows[3], probit, gradient)
    _fixed_information(
        columns,
        weights,
        thresholds,
        first_row,
        level_weight,
        rows[2],
        rows[3],
        rows[4],
        rows[5],
        probit,
        rows[0],
        information,
    )
    for j in range(size):
        for k in range(j):
            information[k, j] = information[j, k]
    return _log_likelihood(eta, weights, thresholds, first_row, probit), gradient, information
