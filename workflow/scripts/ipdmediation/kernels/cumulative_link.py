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
from typing import NamedTuple

import numpy as np

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.compiling import njit
from ipdmediation.kernels.status import FitStatus

# Unsigned bounds of row ranges: with signed ones numba looks for negative indices and does not vectorise.
# Infinities stay legal: only re-association, contraction and the sign of zero are given up.
_FAST = {"reassoc", "contract", "nsz", "arcp"}

_CONVERGED = int(FitStatus.CONVERGED)
_SINGULAR = int(FitStatus.SINGULAR)
_NOT_CONVERGED = int(FitStatus.NOT_CONVERGED)
_SEPARATED = int(FitStatus.SEPARATED)
_RANK_DEFICIENT = int(FitStatus.RANK_DEFICIENT)
_ONE_LEVEL = int(FitStatus.ONE_LEVEL)

_LARGEST_PREDICTOR = 100.0
_END_EXPONENTIAL = 1e200  # exp(-t) of the bound below the lowest level
_END_PROBIT = 40.0  # a bound that is as good as infinite: the normal density is exactly 0 there
_KEEP_HESSIAN_BELOW = 0.05
_BLOCK = 2048  # rows

# Random effects are standardised so that their standard deviations are in units of the linear predictor.
_INNER_TOLERANCE = 1e-3
_MAX_PASSES = 60
_LARGEST_FACTOR_STEP = 0.4
_SMALL_SD = 0.05
_START_SD = 0.1
_NEGLIGIBLE_SD = 1e-3
_MAX_RANK_CHANGES = 10


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


@njit(cache=True, error_model="numpy")
def _is_flat(ascent: float, largest: float) -> bool:
    """Tell separation: steps stay long while there is nearly nothing to gain (a curvature near zero)."""
    curvature = ascent / (largest * largest) if largest > 0.0 else math.inf
    return (largest > 0.2 and curvature < 1e-3) or (largest > 0.01 and curvature < 1e-5)


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
    start: int,
    stop: int,
) -> None:
    """Row quantities of the logit; `upper` and `lower` are exp(-t) of the row's bounds."""
    # few arrays in a loop: the compiler gives up vectorising where too many could overlap
    for i in range(np.uint64(start), np.uint64(stop)):
        below[i] = math.exp(min(max(eta[i], -_LARGEST_PREDICTOR), _LARGEST_PREDICTOR))
    for i in range(np.uint64(start), np.uint64(stop)):
        odds = below[i] * upper[i]
        f_a = 1.0 / (1.0 + odds)
        above[i] = weights[i] * odds * f_a
        cross_a[i] = weights[i] * odds * f_a * f_a
    for i in range(np.uint64(start), np.uint64(stop)):
        odds = below[i] * lower[i]
        f_b = 1.0 / (1.0 + odds)
        below[i] = weights[i] * f_b
        cross_b[i] = weights[i] * f_b * (odds * f_b)


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
    start: int,
    stop: int,
) -> None:
    """Row quantities of the probit; `upper` and `lower` are the row's thresholds."""
    density = 1.0 / math.sqrt(2.0 * math.pi)
    for i in range(np.uint64(start), np.uint64(stop)):
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
    for i in range(np.uint64(start), np.uint64(stop)):
        total += values[i]
    return total


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _dot(left: FloatArray, right: FloatArray, start: int, stop: int) -> float:
    total = 0.0
    for i in range(np.uint64(start), np.uint64(stop)):
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
    # in blocks that stay in the cache, where every column is read once for each pair
    for start in range(0, n, _BLOCK):
        stop = min(start + _BLOCK, n)
        for j in range(p):
            column = x[j]
            for i in range(np.uint64(start), np.uint64(stop)):
                work[i] = column[i] * (cross_a[i] + cross_b[i])
            for k in range(j + 1):
                information[n_thresholds + j, n_thresholds + k] += _dot(work, x[k], start, stop)


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


FIXED_SCRATCH = 10  # row arrays of a fixed fit beside the columns


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
    scratch: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray, float, int, int]:
    """Maximum likelihood of a cumulative link model by Newton's method.

    Parameters
    ----------
    levels, columns, offset : (n,), (p, n), (n,); rows sorted by level, columns standardised by `centre` and
        `scale`.
    order : (n,) position of each sorted row in `weights`.
    start : (n_levels - 1 + p,) on the natural scale; a nan asks for a cold start.
    diagnose : whether information, gradient and log-likelihood are computed at the end.
    scratch : ((p + FIXED_SCRATCH) * n,) room for the rows with weight, kept between fits: a large array that
        every fit makes anew is handed back to the system and faulted in again.

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

    x = scratch[: n_slopes * n].reshape(n_slopes, n)
    row_arrays = scratch[n_slopes * n : (n_slopes + FIXED_SCRATCH) * n]
    w = row_arrays[:n]
    base = row_arrays[n : 2 * n]
    eta = row_arrays[2 * n : 3 * n]
    upper = row_arrays[3 * n : 4 * n]
    lower = row_arrays[4 * n : 5 * n]
    above = row_arrays[5 * n : 6 * n]
    below = row_arrays[6 * n : 7 * n]
    cross_a = row_arrays[7 * n : 8 * n]
    cross_b = row_arrays[8 * n : 9 * n]
    work = row_arrays[9 * n : 10 * n]
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

    status = _NOT_CONVERGED
    rebuild = True
    ascent = 0.0
    iterations = 0
    for iteration in range(max_iterations + 1):
        iterations = iteration
        _fill_bounds(thresholds, first_row, probit, upper, lower)
        _linear_predictor(x, base, slopes, eta)
        if probit:
            _probit_rows(eta, w, upper, lower, above, below, cross_a, cross_b, 0, n)
        else:
            _logit_rows(eta, w, upper, lower, above, below, cross_a, cross_b, 0, n)
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
        if _is_flat(ascent, largest):
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
        _probit_rows(eta, weights, rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], 0, n)
    else:
        _logit_rows(eta, weights, rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], 0, n)
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


#
# ----------------------------------------------------------------------------------------------------------
# Random effects by trial, Laplace approximation.
#
# A row of trial t has the predictor x'beta + z'L u[t], u[t] ~ N(0, I), and the covariance of the random
# effects is
# D = L L'. L has as many columns as D has rank (lower trapezoidal), so the boundary is an ordinary point.
# With the
# score G = sum w (dl/deta) z and the curvature A = sum w (-d2l/deta2) z z' at the modes, H = I + L'A L, the
# criterion
# is  sum_t  sum_i w l_i - u'u / 2 - log det(H) / 2.


class MixedRows(NamedTuple):
    """Rows with weight, sorted by trial and level; a cell is the rows of one level in one trial."""

    x: FloatArray  # (p, n)
    z: FloatArray  # (q, n)
    weights: FloatArray
    offset: FloatArray
    level_weight: FloatArray
    trial_start: IntArray  # (trials + 1,)
    cell_start: IntArray  # (cells + 1,)
    cell_level: IntArray
    cell_trial: IntArray


class MixedWork(NamedTuple):
    """Everything that an evaluation of the Laplace criterion leaves behind."""

    fixed_eta: FloatArray  # (n,)
    eta: FloatArray
    upper: FloatArray
    lower: FloatArray
    above: FloatArray
    below: FloatArray
    cross_a: FloatArray
    cross_b: FloatArray
    third_a: FloatArray
    third_b: FloatArray
    mixed: FloatArray  # (thresholds,) second derivative in both bounds, summed by level (probit)
    score: FloatArray  # (trials, q) G at the modes
    curvature: FloatArray  # (trials, q, q) A
    inverse: FloatArray  # (trials, q, q) inverse of H, top left (r, r)
    spread: FloatArray  # (trials, q, q) L H^-1 L'
    gradient: FloatArray  # (thresholds + p,)
    factor_gradient: FloatArray  # (q, q) d/dL, first r columns
    covariance_gradient: FloatArray  # (q, q) d/dD
    correction: FloatArray  # (q, q) part of d/dD that comes from third derivatives
    information: FloatArray  # (thresholds + p, same), of the fixed part given the modes
    coupling: FloatArray  # (trials, q, thresholds + p) between random and fixed part


@njit(cache=True, error_model="numpy")
def mixed_work(n: int, q: int, n_trials: int, n_thresholds: int, size: int) -> MixedWork:
    """Allocate the arrays of an evaluation, once a fit."""
    return MixedWork(
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.zeros(n_thresholds),
        np.zeros((n_trials, q)),
        np.zeros((n_trials, q, q)),
        np.zeros((n_trials, q, q)),
        np.zeros((n_trials, q, q)),
        np.zeros(size),
        np.zeros((q, q)),
        np.zeros((q, q)),
        np.zeros((q, q)),
        np.zeros((size, size)),
        np.zeros((n_trials, q, size)),
    )


@njit(cache=True, error_model="numpy")
def _fill_cell_bounds(thresholds: FloatArray, rows: MixedRows, probit: bool, work: MixedWork) -> None:
    n_thresholds = thresholds.shape[0]
    for c in range(rows.cell_level.shape[0]):
        k = rows.cell_level[c]
        if probit:
            top = thresholds[k] if k < n_thresholds else math.inf
            bottom = thresholds[k - 1] if k > 0 else -math.inf
        else:
            top = math.exp(-thresholds[k]) if k < n_thresholds else 0.0
            bottom = math.exp(-thresholds[k - 1]) if k > 0 else _END_EXPONENTIAL
        for i in range(rows.cell_start[c], rows.cell_start[c + 1]):
            work.upper[i] = top
            work.lower[i] = bottom


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _trial_sums(
    z: FloatArray,
    above: FloatArray,
    below: FloatArray,
    cross_a: FloatArray,
    cross_b: FloatArray,
    start: int,
    stop: int,
    score: FloatArray,
    curvature: FloatArray,
) -> None:
    """Score and curvature of one trial in its random effects."""
    for d in range(z.shape[0]):
        total = 0.0
        for i in range(np.uint64(start), np.uint64(stop)):
            total += (below[i] - above[i]) * z[d, i]
        score[d] = total
        for e in range(d + 1):
            total = 0.0
            for i in range(np.uint64(start), np.uint64(stop)):
                total += (cross_a[i] + cross_b[i]) * z[d, i] * z[e, i]
            curvature[d, e] = total
            curvature[e, d] = total


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _trial_predictor(
    z: FloatArray, fixed_eta: FloatArray, effects: FloatArray, start: int, stop: int, eta: FloatArray
) -> None:
    for i in range(np.uint64(start), np.uint64(stop)):
        eta[i] = fixed_eta[i]
    for d in range(z.shape[0]):
        effect = effects[d]
        for i in range(np.uint64(start), np.uint64(stop)):
            eta[i] += effect * z[d, i]


@njit(cache=True, error_model="numpy")
def _invert_small(matrix: FloatArray, size: int, inverse: FloatArray) -> float:
    """Invert the leading block of a positive definite matrix; returns its log determinant."""
    log_determinant = 0.0
    for j in range(size):
        pivot = matrix[j, j]
        for k in range(j):
            pivot -= matrix[j, k] * matrix[j, k]
        root = math.sqrt(max(pivot, 1e-300))
        log_determinant += 2.0 * math.log(root)
        matrix[j, j] = root
        for i in range(j + 1, size):
            total = matrix[i, j]
            for k in range(j):
                total -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = total / root
    for column in range(size):
        for i in range(size):
            total = 1.0 if i == column else 0.0
            for k in range(i):
                total -= matrix[i, k] * inverse[k, column]
            inverse[i, column] = total / matrix[i, i]
        for i in range(size - 1, -1, -1):
            total = inverse[i, column]
            for k in range(i + 1, size):
                total -= matrix[k, i] * inverse[k, column]
            inverse[i, column] = total / matrix[i, i]
    return log_determinant


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _logit_third(
    weights: FloatArray,
    above: FloatArray,
    below: FloatArray,
    cross_a: FloatArray,
    cross_b: FloatArray,
    start: int,
    stop: int,
    third_a: FloatArray,
    third_b: FloatArray,
) -> None:
    """Leverage (in `third_a`) times half the derivatives of a row's curvature in a and b."""
    for i in range(np.uint64(start), np.uint64(stop)):
        third_b[i] = 0.5 * third_a[i] * cross_b[i] * (1.0 - below[i] * (2.0 / weights[i]))
    for i in range(np.uint64(start), np.uint64(stop)):
        third_a[i] = 0.5 * third_a[i] * cross_a[i] * (above[i] * (2.0 / weights[i]) - 1.0)


@njit(cache=True, error_model="numpy")
def _probit_third(
    weights: FloatArray,
    above: FloatArray,
    below: FloatArray,
    cross_a: FloatArray,
    cross_b: FloatArray,
    start: int,
    stop: int,
    third_a: FloatArray,
    third_b: FloatArray,
) -> None:
    """As `_logit_third`."""
    for i in range(np.uint64(start), np.uint64(stop)):
        half = 0.5 * third_a[i] * weights[i]
        ratio_a, ratio_b = above[i] / weights[i], below[i] / weights[i]
        score = ratio_a - ratio_b
        a = cross_a[i] / above[i] - score if above[i] > 1e-250 else 0.0
        b = -cross_b[i] / below[i] - score if below[i] > 1e-250 else 0.0
        bend = a * ratio_a - b * ratio_b
        third_a[i] = half * ratio_a * (1.0 - a * a - bend - 2.0 * score * (a + score))
        third_b[i] = half * ratio_b * (bend - 1.0 + b * b + 2.0 * score * (b + score))


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _trial_leverage(z: FloatArray, spread: FloatArray, start: int, stop: int, leverage: FloatArray) -> None:
    """Variance part z'L H^-1 L'z of every row."""
    for i in range(np.uint64(start), np.uint64(stop)):
        leverage[i] = spread[0, 0] * z[0, i] * z[0, i]
    for d in range(1, z.shape[0]):
        for e in range(d + 1):
            scale = spread[d, e] if d == e else 2.0 * spread[d, e]
            for i in range(np.uint64(start), np.uint64(stop)):
                leverage[i] += scale * z[d, i] * z[e, i]


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _trial_third_sums(
    z: FloatArray, third_a: FloatArray, third_b: FloatArray, start: int, stop: int, third: FloatArray
) -> None:
    for d in range(z.shape[0]):
        total = 0.0
        for i in range(np.uint64(start), np.uint64(stop)):
            total += (third_a[i] + third_b[i]) * z[d, i]
        third[d] = total


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _trial_row_scores(
    z: FloatArray,
    cross_a: FloatArray,
    cross_b: FloatArray,
    third_a: FloatArray,
    third_b: FloatArray,
    shift: FloatArray,
    start: int,
    stop: int,
    above: FloatArray,
    below: FloatArray,
) -> None:
    """Turn `above` and `below` into the derivatives of the criterion in a and minus b."""
    for i in range(np.uint64(start), np.uint64(stop)):
        above[i] -= third_a[i]
        below[i] += third_b[i]
    for d in range(z.shape[0]):
        amount = shift[d]
        for i in range(np.uint64(start), np.uint64(stop)):
            above[i] += cross_a[i] * amount * z[d, i]
            below[i] -= cross_b[i] * amount * z[d, i]


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _mixed_gradient(
    x: FloatArray,
    above: FloatArray,
    below: FloatArray,
    thresholds: FloatArray,
    level_weight: FloatArray,
    cell_start: IntArray,
    cell_level: IntArray,
    probit: bool,
    gradient: FloatArray,
) -> None:
    n_thresholds = thresholds.shape[0]
    gradient[:] = 0.0
    for c in range(cell_level.shape[0]):
        k = cell_level[c]
        first = 0.0
        second = 0.0
        for i in range(np.uint64(cell_start[c]), np.uint64(cell_start[c + 1])):
            first += above[i]
            second += below[i]
        if k < n_thresholds:
            gradient[k] += first
        if k > 0:
            gradient[k - 1] -= second
    if not probit:
        for k in range(1, n_thresholds):
            gap_pull = level_weight[k] / math.expm1(thresholds[k] - thresholds[k - 1])
            gradient[k] += gap_pull
            gradient[k - 1] -= gap_pull
    for j in range(x.shape[0]):
        total = 0.0
        for i in range(x.shape[1]):
            total += x[j, i] * (below[i] - above[i])
        gradient[n_thresholds + j] = total


@njit(cache=True, error_model="numpy")
def _evaluate(
    rows: MixedRows,
    work: MixedWork,
    thresholds: FloatArray,
    slopes: FloatArray,
    factor: FloatArray,
    modes: FloatArray,
    probit: bool,
    tolerance: float,
    max_passes: int,
) -> tuple[bool, float]:
    """Solve for the modes and compute the exact gradient of the Laplace criterion.

    The modes are iterated until their step is below `tolerance`; that last step is taken into account to
    first order. Returns whether all modes were found, and sum_t (u'u + log det H) / 2.
    """
    q, rank = factor.shape
    n_trials = modes.shape[0]
    n_thresholds = thresholds.shape[0]
    effects = np.empty(q)
    small = np.empty((q, q))
    pull = np.empty(q)
    step = np.zeros(q)
    loaded = np.empty((q, q))
    third = np.empty(q)
    response = np.empty(q)
    shift = np.empty(q)
    combined = np.empty(q)
    z, w = rows.z, rows.weights
    above, below, cross_a, cross_b = work.above, work.below, work.cross_a, work.cross_b
    third_a, third_b = work.third_a, work.third_b

    _linear_predictor(rows.x, rows.offset, slopes, work.fixed_eta)
    _fill_cell_bounds(thresholds, rows, probit, work)
    work.factor_gradient[:, :] = 0.0
    work.covariance_gradient[:, :] = 0.0
    work.correction[:, :] = 0.0
    work.mixed[:] = 0.0
    penalty = 0.0
    found = True
    for t in range(n_trials):
        start, stop = rows.trial_start[t], rows.trial_start[t + 1]
        curvature = work.curvature[t]
        inverse = work.inverse[t]
        score = work.score[t]
        ascent = 0.0
        largest = math.inf
        log_determinant = 0.0
        for trial_pass in range(max_passes):
            for d in range(q):
                effects[d] = 0.0
                for k in range(rank):
                    effects[d] += factor[d, k] * modes[t, k]
            _trial_predictor(z, work.fixed_eta, effects, start, stop, work.eta)
            if probit:
                _probit_rows(work.eta, w, work.upper, work.lower, above, below, cross_a, cross_b, start, stop)
            else:
                _logit_rows(work.eta, w, work.upper, work.lower, above, below, cross_a, cross_b, start, stop)
            _trial_sums(z, above, below, cross_a, cross_b, start, stop, score, curvature)
            new_ascent = 0.0
            for k in range(rank):
                pull[k] = -modes[t, k]
                for d in range(q):
                    pull[k] += factor[d, k] * score[d]
                new_ascent += pull[k] * step[k]
            if trial_pass > 0 and new_ascent < -0.8 * ascent:
                ascent *= 0.5
                for k in range(rank):
                    step[k] *= 0.5
                    modes[t, k] -= step[k]
                continue
            for d in range(q):
                for k in range(rank):
                    loaded[d, k] = 0.0
                    for e in range(q):
                        loaded[d, k] += curvature[d, e] * factor[e, k]
            for k in range(rank):
                for m in range(rank):
                    small[k, m] = 1.0 if k == m else 0.0
                    for d in range(q):
                        small[k, m] += factor[d, k] * loaded[d, m]
            log_determinant = _invert_small(small, rank, inverse)
            largest = 0.0
            ascent = 0.0
            for k in range(rank):
                step[k] = 0.0
                for m in range(rank):
                    step[k] += inverse[k, m] * pull[m]
                largest = max(largest, abs(step[k]))
            shorten = min(1.0, 3.0 / largest) if largest > 0.0 else 1.0
            for k in range(rank):
                step[k] *= shorten
                ascent += step[k] * pull[k]
                modes[t, k] += step[k]
            if largest < tolerance:
                break
        if not largest < tolerance:
            found = False

        # the modes are one step ahead of the rows: bring the score along, to first order
        for d in range(q):
            for k in range(rank):
                score[d] -= loaded[d, k] * step[k]
        penalty += 0.5 * log_determinant
        for k in range(rank):
            penalty += 0.5 * modes[t, k] * modes[t, k]
        spread = work.spread[t]
        for d in range(q):
            for e in range(q):
                spread[d, e] = 0.0
                for k in range(rank):
                    for m in range(rank):
                        spread[d, e] += factor[d, k] * inverse[k, m] * factor[e, m]
        if probit:
            for c in range(rows.cell_level.shape[0]):
                k = rows.cell_level[c]
                if rows.cell_trial[c] == t and 0 < k < n_thresholds:
                    for i in range(rows.cell_start[c], rows.cell_start[c + 1]):
                        work.mixed[k] += above[i] * below[i] / w[i]
        _trial_leverage(z, spread, start, stop, third_a)
        if probit:
            _probit_third(w, above, below, cross_a, cross_b, start, stop, third_a, third_b)
        else:
            _logit_third(w, above, below, cross_a, cross_b, start, stop, third_a, third_b)
        _trial_third_sums(z, third_a, third_b, start, stop, third)
        for k in range(rank):
            response[k] = 0.0
            for m in range(rank):
                weighted = 0.0
                for d in range(q):
                    weighted += factor[d, m] * third[d]
                response[k] += inverse[k, m] * weighted
        for d in range(q):
            shift[d] = 0.0
            combined[d] = third[d]
            for k in range(rank):
                shift[d] += factor[d, k] * (response[k] + step[k])
                combined[d] -= loaded[d, k] * response[k]
        _trial_row_scores(z, cross_a, cross_b, third_a, third_b, shift, start, stop, above, below)

        for d in range(q):
            for k in range(rank):
                total = (score[d] + combined[d]) * modes[t, k] + score[d] * response[k]
                for m in range(rank):
                    total -= loaded[d, m] * inverse[m, k]
                work.factor_gradient[d, k] += total
            for e in range(q):
                bent = 0.5 * (score[d] * combined[e] + score[e] * combined[d])
                conditional = curvature[d, e]
                for k in range(rank):
                    for m in range(rank):
                        conditional -= loaded[d, k] * inverse[k, m] * loaded[e, m]
                work.correction[d, e] += bent
                work.covariance_gradient[d, e] += 0.5 * (score[d] * score[e] - conditional) + bent

    _mixed_gradient(
        rows.x,
        above,
        below,
        thresholds,
        rows.level_weight,
        rows.cell_start,
        rows.cell_level,
        probit,
        work.gradient,
    )
    return found, penalty


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _mixed_information(rows: MixedRows, work: MixedWork, thresholds: FloatArray, probit: bool) -> None:
    """Information of the fixed part given the modes (lower triangle), and its coupling to the random."""
    n_thresholds = thresholds.shape[0]
    x, z = rows.x, rows.z
    p, n = x.shape
    q = z.shape[0]
    cell_start, cell_level, cell_trial = rows.cell_start, rows.cell_level, rows.cell_trial
    trial_start = rows.trial_start
    cross_a, cross_b, weighted = work.cross_a, work.cross_b, work.third_a
    information, coupling = work.information, work.coupling
    information[:, :] = 0.0
    coupling[:, :, :] = 0.0
    for c in range(cell_level.shape[0]):
        k = cell_level[c]
        t = cell_trial[c]
        start, stop = cell_start[c], cell_start[c + 1]
        first = 0.0
        second = 0.0
        for i in range(np.uint64(start), np.uint64(stop)):
            first += cross_a[i]
            second += cross_b[i]
        if k < n_thresholds:
            information[k, k] += first
        if k > 0:
            information[k - 1, k - 1] += second
        for j in range(p):
            first = 0.0
            second = 0.0
            for i in range(np.uint64(start), np.uint64(stop)):
                first += cross_a[i] * x[j, i]
                second += cross_b[i] * x[j, i]
            if k < n_thresholds:
                information[n_thresholds + j, k] -= first
            if k > 0:
                information[n_thresholds + j, k - 1] -= second
        for d in range(q):
            first = 0.0
            second = 0.0
            for i in range(np.uint64(start), np.uint64(stop)):
                first += cross_a[i] * z[d, i]
                second += cross_b[i] * z[d, i]
            if k < n_thresholds:
                coupling[t, d, k] -= first
            if k > 0:
                coupling[t, d, k - 1] -= second
    for k in range(1, n_thresholds):
        if probit:
            mixed = work.mixed[k]
        else:
            gap = thresholds[k] - thresholds[k - 1]
            mixed = rows.level_weight[k] / (math.expm1(gap) * -math.expm1(-gap))
        information[k, k] += mixed
        information[k - 1, k - 1] += mixed
        information[k, k - 1] -= mixed
    for j in range(p):
        for i in range(n):
            weighted[i] = x[j, i] * (cross_a[i] + cross_b[i])
        for k in range(j + 1):
            total = 0.0
            for i in range(n):
                total += weighted[i] * x[k, i]
            information[n_thresholds + j, n_thresholds + k] = total
        for t in range(trial_start.shape[0] - 1):
            for d in range(q):
                total = 0.0
                for i in range(np.uint64(trial_start[t]), np.uint64(trial_start[t + 1])):
                    total += weighted[i] * z[d, i]
                coupling[t, d, n_thresholds + j] = total


@njit(cache=True, error_model="numpy")
def _marginal_information(work: MixedWork, marginal: FloatArray) -> None:
    """Schur complement of the random part: information of the fixed part with the modes eliminated."""
    n_trials, q, size = work.coupling.shape
    for i in range(size):
        for j in range(i + 1):
            marginal[i, j] = work.information[i, j]
    for t in range(n_trials):
        for d in range(q):
            for e in range(q):
                amount = work.spread[t, d, e]
                if amount != 0.0:
                    left, right = work.coupling[t, d], work.coupling[t, e]
                    for i in range(size):
                        scaled = amount * left[i]
                        for j in range(i + 1):
                            marginal[i, j] -= scaled * right[j]


@njit(cache=True, error_model="numpy")
def _mixed_step(
    work: MixedWork,
    factor: FloatArray,
    modes: FloatArray,
    largest_factor_step: float,
    fixed_step: FloatArray,
    factor_step: FloatArray,
    mode_step: FloatArray,
) -> bool:
    """Newton step of all parameters, and what the modes will do in it.

    The Hessian is that of the linear mixed model which has the same scores and curvatures by trial, plus the
    third-derivative part of d/dD held constant; the gradient is exact, so the approximation costs speed only.
    Returns False where the information of the fixed part is singular.
    """
    q, rank = factor.shape
    n_trials, _, size = work.coupling.shape
    n_entries = rank * q - rank * (rank - 1) // 2
    marginal = np.empty((size, size))
    _marginal_information(work, marginal)
    if not cholesky(marginal):
        return False

    entry_row = np.empty(n_entries, np.int64)
    entry_column = np.empty(n_entries, np.int64)
    entry = 0
    for b in range(rank):
        for a in range(b, q):
            entry_row[entry] = a
            entry_column[entry] = b
            entry += 1
    cross = np.zeros((n_entries, size))
    hessian = np.zeros((n_entries, n_entries))
    loaded = np.empty((q, rank))
    reduced = np.empty((q, rank))
    conditional = np.empty((q, q))
    mode_change = np.empty(rank)
    effect_change = np.empty(q)
    score_change = np.empty(q)
    for t in range(n_trials):
        curvature, inverse, score = work.curvature[t], work.inverse[t], work.score[t]
        for d in range(q):
            for k in range(rank):
                loaded[d, k] = 0.0
                for e in range(q):
                    loaded[d, k] += curvature[d, e] * factor[e, k]
        for d in range(q):
            for k in range(rank):
                reduced[d, k] = 0.0
                for m in range(rank):
                    reduced[d, k] += loaded[d, m] * inverse[m, k]
        for d in range(q):
            for e in range(q):
                conditional[d, e] = curvature[d, e]
                for k in range(rank):
                    conditional[d, e] -= reduced[d, k] * loaded[e, k]
        for entry in range(n_entries):
            a, b = entry_row[entry], entry_column[entry]
            for k in range(rank):
                mode_change[k] = inverse[k, b] * score[a]
                for m in range(rank):
                    mode_change[k] -= inverse[k, m] * loaded[a, m] * modes[t, b]
            for d in range(q):
                effect_change[d] = modes[t, b] if d == a else 0.0
                for k in range(rank):
                    effect_change[d] += factor[d, k] * mode_change[k]
            for d in range(q):
                score_change[d] = 0.0
                for e in range(q):
                    score_change[d] -= curvature[d, e] * effect_change[e]
            for other in range(n_entries):
                d, k = entry_row[other], entry_column[other]
                hessian[other, entry] -= (
                    score_change[d] * modes[t, k]
                    + score[d] * mode_change[k]
                    - conditional[d, a] * inverse[b, k]
                    + reduced[d, b] * reduced[a, k]
                )
            for d in range(q):
                amount = effect_change[d]
                coupling = work.coupling[t, d]
                for i in range(size):
                    cross[entry, i] += amount * coupling[i]
    for entry in range(n_entries):
        for other in range(n_entries):
            if entry_column[entry] == entry_column[other]:
                hessian[other, entry] -= 2.0 * work.correction[entry_row[other], entry_row[entry]]

    for i in range(size):
        fixed_step[i] = work.gradient[i]
    cholesky_solve(marginal, fixed_step)
    if n_entries > 0:
        eliminated = cross.copy()
        right = np.empty(n_entries)
        for entry in range(n_entries):
            cholesky_solve(marginal, eliminated[entry])
            right[entry] = work.factor_gradient[entry_row[entry], entry_column[entry]]
            for i in range(size):
                right[entry] -= cross[entry, i] * fixed_step[i]
        largest_diagonal = 0.0
        for entry in range(n_entries):
            for other in range(n_entries):
                for i in range(size):
                    hessian[entry, other] -= cross[entry, i] * eliminated[other, i]
            largest_diagonal = max(largest_diagonal, abs(hessian[entry, entry]))
        damping = 0.0
        triangle = np.empty((n_entries, n_entries))
        while True:
            for entry in range(n_entries):
                for other in range(n_entries):
                    triangle[entry, other] = 0.5 * (hessian[entry, other] + hessian[other, entry])
                triangle[entry, entry] += damping
            if cholesky(triangle):
                break
            damping = max(4.0 * damping, 1e-3 * largest_diagonal + 1e-8)
        cholesky_solve(triangle, right)
        largest = 0.0
        for entry in range(n_entries):
            largest = max(largest, abs(right[entry]))
        if largest > largest_factor_step:
            for entry in range(n_entries):
                right[entry] *= largest_factor_step / largest
        factor_step[:, :] = 0.0
        for entry in range(n_entries):
            factor_step[entry_row[entry], entry_column[entry]] = right[entry]
            for i in range(size):
                fixed_step[i] -= eliminated[entry, i] * right[entry]

    for t in range(n_trials):
        for d in range(q):
            total = 0.0
            for i in range(size):
                total += work.coupling[t, d, i] * fixed_step[i]
            effect_change[d] = total
            for k in range(rank):
                for e in range(q):
                    effect_change[d] += work.curvature[t, d, e] * factor_step[e, k] * modes[t, k]
        for k in range(rank):
            mode_step[t, k] = 0.0
            for m in range(rank):
                total = 0.0
                for d in range(q):
                    total += factor_step[d, m] * work.score[t, d] - factor[d, m] * effect_change[d]
                mode_step[t, k] += work.inverse[t, k, m] * total
    return True


@njit(cache=True, error_model="numpy")
def eigen_small(matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues, decreasing, and eigenvectors (columns) of a symmetric matrix, by Jacobi rotations."""
    size = matrix.shape[0]
    work = matrix.copy()
    vectors = np.eye(size)
    for _ in range(30):
        off = 0.0
        total = 0.0
        for i in range(size):
            total += work[i, i] * work[i, i]
            for j in range(i):
                off += work[i, j] * work[i, j]
        if off <= 1e-30 * total:
            break
        for i in range(size):
            for j in range(i):
                if work[i, j] == 0.0:
                    continue
                angle = 0.5 * math.atan2(2.0 * work[i, j], work[j, j] - work[i, i])
                cosine, sine = math.cos(angle), math.sin(angle)
                for k in range(size):
                    left, right = work[k, j], work[k, i]
                    work[k, j] = cosine * left + sine * right
                    work[k, i] = cosine * right - sine * left
                for k in range(size):
                    left, right = work[j, k], work[i, k]
                    work[j, k] = cosine * left + sine * right
                    work[i, k] = cosine * right - sine * left
                    left, right = vectors[k, j], vectors[k, i]
                    vectors[k, j] = cosine * left + sine * right
                    vectors[k, i] = cosine * right - sine * left
    values = np.empty(size)
    for i in range(size):
        values[i] = work[i, i]
    order = np.argsort(-values)
    sorted_vectors = np.empty((size, size))
    for k in range(size):
        for i in range(size):
            sorted_vectors[i, k] = vectors[i, order[k]]
    return values[order], sorted_vectors


@njit(cache=True, error_model="numpy")
def trapezoid(columns: FloatArray) -> FloatArray:
    """Rotate columns B so that B B' stays and B becomes lower trapezoidal."""
    result = columns.copy()
    q, rank = result.shape
    for i in range(rank):
        for j in range(i + 1, rank):
            length = math.hypot(result[i, i], result[i, j])
            if length == 0.0:
                continue
            cosine, sine = result[i, i] / length, result[i, j] / length
            for k in range(q):
                left, right = result[k, i], result[k, j]
                result[k, i] = cosine * left + sine * right
                result[k, j] = cosine * right - sine * left
            result[i, j] = 0.0
    return result


@njit(cache=True, error_model="numpy")
def factor_of(covariance: FloatArray, rank: int) -> FloatArray:
    """Lower trapezoidal factor, with `rank` columns, of the nearest covariance of that rank."""
    values, vectors = eigen_small(covariance)
    return _factor_from(values, vectors, rank)


@njit(cache=True, error_model="numpy")
def _factor_from(values: FloatArray, vectors: FloatArray, rank: int) -> FloatArray:
    q = vectors.shape[0]
    columns = np.empty((q, rank))
    for k in range(rank):
        for d in range(q):
            columns[d, k] = vectors[d, k] * math.sqrt(max(values[k], 0.0))
    return trapezoid(columns)


@njit(cache=True, error_model="numpy")
def _modes_at(factor: FloatArray, score: FloatArray) -> FloatArray:
    """Modes that belong to given scores: u = L'G holds at every mode."""
    n_trials, q = score.shape
    rank = factor.shape[1]
    modes = np.zeros((n_trials, rank))
    for t in range(n_trials):
        for k in range(rank):
            for d in range(q):
                modes[t, k] += factor[d, k] * score[t, d]
    return modes


@njit(cache=True, error_model="numpy")
def _variance_slope(work: MixedWork, direction: FloatArray) -> tuple[float, float]:
    """First derivative of the criterion in the variance along a direction, and a positive second one."""
    q = direction.shape[0]
    slope = 0.0
    expected = 0.0
    observed = 0.0
    for d in range(q):
        for e in range(q):
            slope += direction[d] * work.covariance_gradient[d, e] * direction[e]
    for t in range(work.score.shape[0]):
        pull = 0.0
        bend = 0.0
        for d in range(q):
            pull += direction[d] * work.score[t, d]
            for e in range(q):
                conditional = work.curvature[t, d, e]
                for f in range(q):
                    for g in range(q):
                        conditional -= (
                            work.curvature[t, d, f] * work.spread[t, f, g] * work.curvature[t, g, e]
                        )
                bend += direction[d] * conditional * direction[e]
        expected += 0.5 * bend * bend
        observed += pull * pull * bend - 0.5 * bend * bend
    return slope, max(expected, observed, 1e-12)


@njit(cache=True, error_model="numpy")
def _reopening(work: MixedWork, factor: FloatArray) -> FloatArray:
    """Column that a covariance of lower rank should gain, all zero if the boundary is optimal.

    The boundary is optimal if no direction has a positive derivative of the criterion in the variance.
    """
    q = factor.shape[0]
    column = np.zeros(q)
    values, vectors = eigen_small(work.covariance_gradient)
    if values[0] > 0.0:
        slope, bend = _variance_slope(work, vectors[:, 0])
        if slope / bend > _NEGLIGIBLE_SD * _NEGLIGIBLE_SD:
            for d in range(q):
                column[d] = math.sqrt(slope / bend) * vectors[d, 0]
    return column


@njit(cache=True, error_model="numpy")
def _maximise_laplace(
    rows: MixedRows,
    work: MixedWork,
    thresholds: FloatArray,
    slopes: FloatArray,
    start_factor: FloatArray,
    start_modes: FloatArray,
    probit: bool,
    tolerance: float,
    max_iterations: int,
) -> tuple[FloatArray, FloatArray, int, int]:
    """Climb from a start: factor, modes, status, iterations; thresholds and slopes change in place."""
    n_thresholds = thresholds.shape[0]
    size = n_thresholds + slopes.shape[0]
    n_trials = start_modes.shape[0]
    q = start_factor.shape[0]
    factor = start_factor.copy()
    modes = start_modes.copy()
    base_modes = modes.copy()
    fixed_step = np.zeros(size)
    factor_step = np.zeros(factor.shape)
    mode_step = np.zeros(modes.shape)
    inner_tolerance = min(_INNER_TOLERANCE, 30.0 * tolerance)
    rebuild = True
    stepped = False
    settled = False
    ascent = 0.0
    largest_factor_step = _LARGEST_FACTOR_STEP
    rank_changes = 0
    previous = 1.0
    for iteration in range(max_iterations):
        found, _ = _evaluate(
            rows, work, thresholds, slopes, factor, modes, probit, inner_tolerance, _MAX_PASSES
        )
        rank = factor.shape[1]
        if not found:
            return factor, modes, _NOT_CONVERGED, iteration
        if stepped:
            new_ascent = 0.0
            for i in range(size):
                new_ascent += work.gradient[i] * fixed_step[i]
            for d in range(q):
                for k in range(rank):
                    new_ascent += work.factor_gradient[d, k] * factor_step[d, k]
            if not new_ascent > -0.8 * ascent and not settled:
                ascent *= 0.5
                rebuild = True
                largest_factor_step = max(0.25 * largest_factor_step, 0.02)
                for i in range(size):
                    fixed_step[i] *= 0.5
                    if i < n_thresholds:
                        thresholds[i] -= fixed_step[i]
                    else:
                        slopes[i - n_thresholds] -= fixed_step[i]
                for k in range(rank):
                    for d in range(q):
                        factor_step[d, k] *= 0.5
                        factor[d, k] -= factor_step[d, k]
                    for t in range(n_trials):
                        mode_step[t, k] *= 0.5
                        modes[t, k] = base_modes[t, k] + mode_step[t, k]
                continue

        largest_factor_step = min(2.0 * largest_factor_step, _LARGEST_FACTOR_STEP)
        # a direction of small variance: leave it if the variance wants to fall, jump ahead if it wants to
        # rise
        if rank > 0 and rank_changes < _MAX_RANK_CHANGES:
            covariance = factor @ factor.T
            values, vectors = eigen_small(covariance)
            smallest = math.sqrt(max(values[rank - 1], 0.0))
            if smallest < _SMALL_SD:
                slope, bend = _variance_slope(work, vectors[:, rank - 1])
                # Newton in the variance itself, where the criterion is nearly quadratic
                target = math.sqrt(max(smallest * smallest + slope / bend, 0.0))
                negligible = smallest < _NEGLIGIBLE_SD * max(1.0, math.sqrt(values[0]))
                changed = True
                if target == 0.0 and (negligible or previous < 0.1):
                    factor = factor_of(covariance, rank - 1)
                elif target > 2.0 * smallest and not settled:
                    values[rank - 1] = target * target
                    factor = _factor_from(values, vectors, rank)
                elif negligible:
                    factor = factor_of(covariance, rank - 1)
                else:
                    changed = False
                if changed:
                    modes = _modes_at(factor, work.score)
                    factor_step = np.zeros(factor.shape)
                    mode_step = np.zeros(modes.shape)
                    base_modes = modes.copy()
                    rank_changes += 1
                    stepped = False
                    settled = False
                    rebuild = True
                    continue
        if settled:
            if rank < q and rank_changes < _MAX_RANK_CHANGES:
                column = _reopening(work, factor)
                if column.any():
                    widened = np.zeros((q, rank + 1))
                    for d in range(q):
                        widened[d, rank] = column[d]
                        for k in range(rank):
                            widened[d, k] = factor[d, k]
                    factor = trapezoid(widened)
                    modes = _modes_at(factor, work.score)
                    factor_step = np.zeros(factor.shape)
                    mode_step = np.zeros(modes.shape)
                    base_modes = modes.copy()
                    rank_changes += 1
                    stepped = False
                    settled = False
                    rebuild = True
                    continue
            status = _CONVERGED if rank == q else _SINGULAR
            return factor, modes, status, iteration + 1

        if rebuild:
            _mixed_information(rows, work, thresholds, probit)
        reach = 0.0
        for d in range(q):
            for k in range(rank):
                reach = max(reach, abs(factor[d, k]))
        reach = min(largest_factor_step, 0.1 + 0.5 * reach)
        if not _mixed_step(work, factor, modes, reach, fixed_step, factor_step, mode_step):
            return factor, modes, _RANK_DEFICIENT, iteration
        largest = 0.0
        for i in range(size):
            largest = max(largest, abs(fixed_step[i]))
        shorten = min(1.0, 3.0 / largest) if largest > 0.0 else 1.0
        for k in range(1, n_thresholds):
            closing = fixed_step[k - 1] - fixed_step[k]
            if closing > 0.0:
                shorten = min(shorten, 0.9 * (thresholds[k] - thresholds[k - 1]) / closing)
        ascent = 0.0
        for i in range(size):
            fixed_step[i] *= shorten
            ascent += work.gradient[i] * fixed_step[i]
            if i < n_thresholds:
                thresholds[i] += fixed_step[i]
            else:
                slopes[i - n_thresholds] += fixed_step[i]
        for k in range(rank):
            for d in range(q):
                factor_step[d, k] *= shorten
                ascent += work.factor_gradient[d, k] * factor_step[d, k]
                factor[d, k] += factor_step[d, k]
                largest = max(largest, abs(factor_step[d, k]))
            for t in range(n_trials):
                mode_step[t, k] *= shorten
                base_modes[t, k] = modes[t, k]
                modes[t, k] += mode_step[t, k]
        stepped = True
        rebuild = largest > _KEEP_HESSIAN_BELOW
        # steps shrink geometrically, so the next one is about largest^2 / previous
        settled = largest * min(1.0, largest / previous) < 0.5 * tolerance
        previous = largest
        if settled and (rank == q or not _reopening(work, factor).any()):
            return factor, modes, _CONVERGED if rank == q else _SINGULAR, iteration + 1
        if _is_flat(ascent, largest):
            return factor, modes, _SEPARATED, iteration
    return factor, modes, _NOT_CONVERGED, max_iterations


@njit(cache=True, error_model="numpy")
def mixed_rows(
    levels: IntArray,
    trials: IntArray,
    columns: FloatArray,
    random_columns: FloatArray,
    offset: FloatArray,
    order: IntArray,
    n_trials: int,
    n_levels: int,
    weights: FloatArray,
) -> tuple[MixedRows, IntArray, FloatArray]:
    """Rows with weight, the levels present and the weight of all levels."""
    p, q = columns.shape[0], random_columns.shape[0]
    kept = np.empty(order.shape[0], np.int64)
    level_weight = np.zeros(n_levels)
    n = 0
    for i in range(order.shape[0]):
        weight = weights[order[i]]
        if weight > 0.0:
            kept[n] = i
            n += 1
            level_weight[levels[i]] += weight
    present = present_levels(level_weight)
    position = np.zeros(n_levels, np.int64)
    for k in range(present.shape[0]):
        position[present[k]] = k
    x = np.empty((p, n))
    z = np.empty((q, n))
    w = np.empty(n)
    base = np.empty(n)
    for i in range(n):
        w[i] = weights[order[kept[i]]]
        base[i] = offset[kept[i]]
    for j in range(p):
        source, target = columns[j], x[j]
        for i in range(n):
            target[i] = source[kept[i]]
    for d in range(q):
        source, target = random_columns[d], z[d]
        for i in range(n):
            target[i] = source[kept[i]]
    trial_start = np.zeros(n_trials + 1, np.int64)
    cell_start = np.zeros(n_trials * present.shape[0] + 1, np.int64)
    cell_level = np.empty(n_trials * present.shape[0], np.int64)
    cell_trial = np.empty(n_trials * present.shape[0], np.int64)
    n_cells = 0
    for i in range(n):
        t, k = trials[kept[i]], position[levels[kept[i]]]
        trial_start[t + 1] += 1
        if n_cells == 0 or cell_trial[n_cells - 1] != t or cell_level[n_cells - 1] != k:
            cell_start[n_cells] = i
            cell_level[n_cells] = k
            cell_trial[n_cells] = t
            n_cells += 1
    cell_start[n_cells] = n
    for t in range(n_trials):
        trial_start[t + 1] += trial_start[t]
    rows = MixedRows(
        x,
        z,
        w,
        base,
        level_weight[present],
        trial_start,
        cell_start[: n_cells + 1].copy(),
        cell_level[:n_cells].copy(),
        cell_trial[:n_cells].copy(),
    )
    return rows, present, level_weight


@njit(cache=True, error_model="numpy")
def _without_empty_trials(rows: MixedRows) -> tuple[MixedRows, IntArray]:
    """Leave out the trials that no row with weight belongs to; also returns which trials are left."""
    n_trials = rows.trial_start.shape[0] - 1
    occupied = np.flatnonzero(rows.trial_start[1:] > rows.trial_start[:-1])
    if occupied.shape[0] == n_trials:
        return rows, occupied
    position = np.zeros(n_trials, np.int64)
    start = np.zeros(occupied.shape[0] + 1, np.int64)
    for t in range(occupied.shape[0]):
        position[occupied[t]] = t
        start[t + 1] = rows.trial_start[occupied[t] + 1]
    left = MixedRows(
        rows.x,
        rows.z,
        rows.weights,
        rows.offset,
        rows.level_weight,
        start,
        rows.cell_start,
        rows.cell_level,
        position[rows.cell_trial],
    )
    return left, occupied


@njit(cache=True, error_model="numpy")
def _modes_from_effects(factor: FloatArray, effects: FloatArray) -> FloatArray:
    """Least-squares u of effects = L u."""
    q, rank = factor.shape
    modes = np.zeros((effects.shape[0], rank))
    square = np.zeros((rank, rank))
    inverse = np.zeros((rank, rank))
    for k in range(rank):
        for m in range(rank):
            for d in range(q):
                square[k, m] += factor[d, k] * factor[d, m]
        square[k, k] += 1e-10
    _invert_small(square, rank, inverse)
    for t in range(effects.shape[0]):
        for k in range(rank):
            for m in range(rank):
                for d in range(q):
                    modes[t, k] += inverse[k, m] * factor[d, m] * effects[t, d]
    return modes


@njit(cache=True, error_model="numpy")
def rank_of(covariance: FloatArray) -> int:
    """Rank of a covariance on the standardised scale, negligible variances not counted."""
    values, _ = eigen_small(covariance)
    rank = 0
    for value in values:
        if value > (2.0 * _NEGLIGIBLE_SD) ** 2 and value > (2.0 * _NEGLIGIBLE_SD) ** 2 * values[0]:
            rank += 1
    return rank


@njit(cache=True, error_model="numpy")
def _inner_factor(covariance: FloatArray) -> FloatArray:
    """Factor of full rank of the covariance with its small eigenvalues raised."""
    values, vectors = eigen_small(covariance)
    return _factor_from(np.maximum(values, _START_SD * _START_SD), vectors, values.shape[0])


@njit(cache=True, error_model="numpy")
def fit_mixed(
    levels: IntArray,
    trials: IntArray,
    columns: FloatArray,
    random_columns: FloatArray,
    offset: FloatArray,
    order: IntArray,
    centre: FloatArray,
    scale: FloatArray,
    transform: FloatArray,
    inverse_transform: FloatArray,
    n_trials: int,
    n_levels: int,
    probit: bool,
    weights: FloatArray,
    start: FloatArray,
    start_covariance: FloatArray,
    start_modes: FloatArray,
    tolerance: float,
    max_iterations: int,
) -> tuple[FloatArray, FloatArray, FloatArray, int, int]:
    """Maximise the Laplace approximation of the likelihood of a cumulative link mixed model.

    Parameters
    ----------
    levels, trials, columns, random_columns, offset : (n,), (n,), (p, n), (q, n), (n,); rows sorted by trial
        and level, columns standardised by `centre` and `scale`, random columns orthonormal (mean square 1).
    order : (n,) position of each sorted row in `weights`.
    transform : (q, q) that takes random effects on the natural scale to those of `random_columns`.
    start, start_covariance, start_modes : on the natural scale; a nan in `start` asks for a cold start.

    Returns
    -------
    estimates, covariance and modes of the random effects (all on the natural scale), status, iterations.
    """
    p, q = columns.shape[0], random_columns.shape[0]
    rows, present, level_weight = mixed_rows(
        levels, trials, columns, random_columns, offset, order, n_trials, n_levels, weights
    )
    rows, occupied = _without_empty_trials(rows)
    estimates = np.full(n_levels - 1 + p, math.nan)
    n_thresholds = present.shape[0] - 1
    if n_thresholds < 1:
        return estimates, np.zeros((q, q)), np.zeros((n_trials, q)), _ONE_LEVEL, 0
    work = mixed_work(rows.weights.shape[0], q, occupied.shape[0], n_thresholds, n_thresholds + p)

    warm = True
    for j in range(p):
        if not math.isfinite(start[n_levels - 1 + j]):
            warm = False
    slopes = np.zeros(p)
    thresholds = np.zeros(n_thresholds)
    factor = np.zeros((q, q))
    modes = np.zeros((occupied.shape[0], q))
    status = _NOT_CONVERGED
    iterations = 0
    for attempt in range(0 if warm else 1, 4):
        shift = 0.0
        for j in range(p):
            slopes[j] = start[n_levels - 1 + j] * scale[j] if attempt == 0 else 0.0
            shift += slopes[j] * centre[j] / scale[j]
        first = start if attempt == 0 else np.full(n_levels - 1 + p, math.nan)
        thresholds = start_thresholds(level_weight, present, first, shift, probit)
        if attempt == 0:
            # a start at the boundary would have to find its way back in: begin a little inside
            start_factor = _inner_factor(transform @ start_covariance @ transform.T)
            initial_modes = _modes_from_effects(start_factor, start_modes[occupied] @ transform.T)
        else:
            # retry ladder: full rank, rank one, no random effects; the last two may re-open
            rank = q if attempt == 1 else 3 - attempt
            start_factor = 0.4 * np.eye(q)[:, :rank].copy()
            initial_modes = np.zeros((occupied.shape[0], rank))
        factor, modes, status, used = _maximise_laplace(
            rows, work, thresholds, slopes, start_factor, initial_modes, probit, tolerance, max_iterations
        )
        iterations += used
        if status <= _SINGULAR:
            break

    shift = 0.0
    for j in range(p):
        estimates[n_levels - 1 + j] = slopes[j] / scale[j]
        shift += slopes[j] * centre[j] / scale[j]
    expand_thresholds(thresholds, present, shift, n_levels, estimates)
    natural_factor = inverse_transform @ factor
    effects = np.zeros((n_trials, q))
    effects[occupied] = modes @ natural_factor.T
    return estimates, natural_factor @ natural_factor.T, effects, status, iterations


@njit(cache=True, error_model="numpy")
def _cell_log_likelihood(
    eta: FloatArray, rows: MixedRows, thresholds: FloatArray, probit: bool, start: int, stop: int
) -> float:
    n_thresholds = thresholds.shape[0]
    total = 0.0
    for c in range(rows.cell_level.shape[0]):
        k = rows.cell_level[c]
        for i in range(max(start, rows.cell_start[c]), min(stop, rows.cell_start[c + 1])):
            if probit:
                a = min(thresholds[k] - eta[i], _END_PROBIT) if k < n_thresholds else _END_PROBIT
                b = max(thresholds[k - 1] - eta[i], -_END_PROBIT) if k > 0 else -_END_PROBIT
                row = math.log(_normal_probability(a, b))
            else:
                row = 0.0
                if k < n_thresholds:
                    row -= _log1p_exp(eta[i] - thresholds[k])
                if k > 0:
                    row -= _log1p_exp(thresholds[k - 1] - eta[i])
                if 0 < k < n_thresholds:
                    row += math.log(-math.expm1(thresholds[k - 1] - thresholds[k]))
            total += rows.weights[i] * row
    return total


@njit(cache=True, error_model="numpy")
def laplace_criterion(
    rows: MixedRows,
    work: MixedWork,
    thresholds: FloatArray,
    slopes: FloatArray,
    factor: FloatArray,
    modes: FloatArray,
    probit: bool,
) -> float:
    """Laplace log-likelihood; modes (start values) are replaced and the exact gradient is left in `work`."""
    _, penalty = _evaluate(rows, work, thresholds, slopes, factor, modes, probit, 1e-9, _MAX_PASSES)
    return _cell_log_likelihood(work.eta, rows, thresholds, probit, 0, work.eta.shape[0]) - penalty


@njit(cache=True, error_model="numpy")
def standard_start(
    start: FloatArray,
    start_covariance: FloatArray,
    start_modes: FloatArray,
    present: IntArray,
    level_weight: FloatArray,
    centre: FloatArray,
    scale: FloatArray,
    transform: FloatArray,
    n_levels: int,
    rank: int,
    probit: bool,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Thresholds, slopes, factor of the given rank, and modes on the standardised scale."""
    slopes = start[n_levels - 1 :] * scale
    shift = 0.0
    for j in range(slopes.shape[0]):
        shift += slopes[j] * centre[j] / scale[j]
    thresholds = start_thresholds(level_weight, present, start, shift, probit)
    factor = factor_of(transform @ start_covariance @ transform.T, rank)
    return thresholds, slopes, factor, _modes_from_effects(factor, start_modes @ transform.T)


@njit(cache=True, error_model="numpy")
def diagnose_mixed(
    levels: IntArray,
    trials: IntArray,
    columns: FloatArray,
    random_columns: FloatArray,
    offset: FloatArray,
    order: IntArray,
    centre: FloatArray,
    scale: FloatArray,
    transform: FloatArray,
    n_trials: int,
    n_levels: int,
    rank: int,
    probit: bool,
    weights: FloatArray,
    estimates: FloatArray,
    covariance: FloatArray,
    effects: FloatArray,
) -> tuple[float, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Log-likelihood, gradient, observed and marginal information, and conditional variances at a fit.

    All on the standardised scale. Gradient and observed information are those of present thresholds, slopes
    and the entries of the factor (column by column); the information is the numerical derivative of the exact
    gradient. The conditional variances are (trials, q, q).
    """
    rows, present, level_weight = mixed_rows(
        levels, trials, columns, random_columns, offset, order, n_trials, n_levels, weights
    )
    p, q = columns.shape[0], random_columns.shape[0]
    thresholds, slopes, factor, modes = standard_start(
        estimates,
        covariance,
        effects,
        present,
        level_weight,
        centre,
        scale,
        transform,
        n_levels,
        rank,
        probit,
    )
    n_thresholds = thresholds.shape[0]
    size = n_thresholds + p
    work = mixed_work(rows.weights.shape[0], q, n_trials, n_thresholds, size)
    value = laplace_criterion(rows, work, thresholds, slopes, factor, modes, probit)
    spread = work.spread.copy()
    marginal = np.zeros((size, size))
    _mixed_information(rows, work, thresholds, probit)
    _marginal_information(work, marginal)
    for i in range(size):
        for j in range(i):
            marginal[j, i] = marginal[i, j]

    total = size + rank * q - rank * (rank - 1) // 2
    gradient = _stacked_gradient(work, rank, total)
    observed = np.empty((total, total))
    for i in range(total):
        sides = np.empty((2, total))
        for side in range(2):
            shifted_thresholds, shifted_slopes = thresholds.copy(), slopes.copy()
            shifted_factor, shifted_modes = factor.copy(), modes.copy()
            change = 1e-4 * (1.0 - 2.0 * side)
            if i < n_thresholds:
                shifted_thresholds[i] += change
            elif i < size:
                shifted_slopes[i - n_thresholds] += change
            else:
                entry = size
                for b in range(rank):
                    for a in range(b, q):
                        if entry == i:
                            shifted_factor[a, b] += change
                        entry += 1
            laplace_criterion(
                rows, work, shifted_thresholds, shifted_slopes, shifted_factor, shifted_modes, probit
            )
            sides[side] = _stacked_gradient(work, rank, total)
        observed[i] = (sides[1] - sides[0]) / 2e-4
    return value, gradient, 0.5 * (observed + observed.T), marginal, spread


@njit(cache=True, error_model="numpy")
def _stacked_gradient(work: MixedWork, rank: int, total: int) -> FloatArray:
    stacked = np.empty(total)
    size = work.gradient.shape[0]
    stacked[:size] = work.gradient
    entry = size
    for b in range(rank):
        for a in range(b, work.factor_gradient.shape[0]):
            stacked[entry] = work.factor_gradient[a, b]
            entry += 1
    return stacked


@njit(cache=True, error_model="numpy")
def quadrature_criterion(
    rows: MixedRows,
    work: MixedWork,
    thresholds: FloatArray,
    slopes: FloatArray,
    factor: FloatArray,
    modes: FloatArray,
    nodes: FloatArray,
    log_weights: FloatArray,
    probit: bool,
) -> float:
    """Log-likelihood with one random effect by adaptive Gauss-Hermite quadrature (Pinheiro & Bates 1995)."""
    _evaluate(rows, work, thresholds, slopes, factor, modes, probit, 1e-9, _MAX_PASSES)
    total = 0.0
    effects = np.empty(1)
    parts = np.empty(nodes.shape[0])
    for t in range(modes.shape[0]):
        start, stop = rows.trial_start[t], rows.trial_start[t + 1]
        width = math.sqrt(2.0 * work.inverse[t, 0, 0])
        largest = -math.inf
        for m in range(nodes.shape[0]):
            u = modes[t, 0] + width * nodes[m]
            effects[0] = factor[0, 0] * u
            _trial_predictor(rows.z, work.fixed_eta, effects, start, stop, work.eta)
            parts[m] = log_weights[m] + nodes[m] ** 2 - 0.5 * u * u
            parts[m] += _cell_log_likelihood(work.eta, rows, thresholds, probit, start, stop)
            largest = max(largest, parts[m])
        summed = 0.0
        for m in range(nodes.shape[0]):
            summed += math.exp(parts[m] - largest)
        total += largest + math.log(summed) + math.log(width) - 0.5 * math.log(2.0 * math.pi)
    return total
