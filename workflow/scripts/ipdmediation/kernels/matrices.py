"""Linear algebra of small matrices; plain loops, for a library call costs more than its arithmetic here."""

from __future__ import annotations

import math

import numpy as np

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.compiling import internal, maker

# A pivot is what a column adds to those before it, in units of its own square. Rounding leaves up to 1e-12 of
# a column that adds nothing, in sums that are differences of others; R's lm draws the line at 1e-14.
_SMALLEST_PIVOT = 1e-11


@internal
def cholesky(matrix: FloatArray) -> bool:
    """Lower Cholesky factor in place; False where the matrix is not (numerically) positive definite."""
    size = matrix.shape[0]
    for j in range(size):
        diagonal = matrix[j, j]
        pivot = diagonal
        for k in range(j):
            pivot -= matrix[j, k] * matrix[j, k]
        if not pivot > _SMALLEST_PIVOT * abs(diagonal) or not diagonal > 0.0:
            return False
        root = math.sqrt(pivot)
        matrix[j, j] = root
        for i in range(j + 1, size):
            total = matrix[i, j]
            for k in range(j):
                total -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = total / root
    return True


@internal
def solve_lower(factor: FloatArray, vector: FloatArray) -> None:
    """Solve L x = b in place, with the lower factor L of `cholesky`."""
    for i in range(factor.shape[0]):
        total = vector[i]
        for k in range(i):
            total -= factor[i, k] * vector[k]
        vector[i] = total / factor[i, i]


@internal
def solve_upper(factor: FloatArray, vector: FloatArray) -> None:
    """Solve L'x = b in place."""
    for i in range(factor.shape[0] - 1, -1, -1):
        total = vector[i]
        for k in range(i + 1, factor.shape[0]):
            total -= factor[k, i] * vector[k]
        vector[i] = total / factor[i, i]


@internal
def solve(factor: FloatArray, vector: FloatArray) -> None:
    """Solve L L'x = b in place."""
    solve_lower(factor, vector)
    solve_upper(factor, vector)


@maker
def solve_damped(matrix: FloatArray, vector: FloatArray) -> None:
    """Solve M x = b in place, M made symmetric and its diagonal raised until it is positive definite."""
    size = matrix.shape[0]
    triangle = np.empty((size, size))
    largest = 0.0
    for i in range(size):
        largest = max(largest, abs(matrix[i, i]))
    damping = 0.0
    while True:
        for i in range(size):
            for j in range(size):
                triangle[i, j] = 0.5 * (matrix[i, j] + matrix[j, i])
            triangle[i, i] += damping
        if cholesky(triangle):
            break
        damping = max(4.0 * damping, 1e-3 * largest + 1e-8)
    solve(triangle, vector)


@internal
def invert(matrix: FloatArray, inverse: FloatArray) -> float:
    """Invert a positive definite matrix, which is overwritten.

    The inverse goes to the leading block of `inverse`. Returns the log determinant; nan, and no inverse,
    where the matrix is not positive definite.
    """
    if not cholesky(matrix):
        return math.nan
    size = matrix.shape[0]
    log_determinant = 0.0
    for column in range(size):
        log_determinant += 2.0 * math.log(matrix[column, column])
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


@maker
def eigen(matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues, decreasing, and eigenvectors (columns) of a symmetric matrix, by Jacobi rotations."""
    size = matrix.shape[0]
    work = matrix.copy()
    vectors = np.zeros((size, size))
    for i in range(size):
        vectors[i, i] = 1.0
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
    for i in range(1, size):
        j = i
        while j > 0 and values[j] > values[j - 1]:
            values[j], values[j - 1] = values[j - 1], values[j]
            for k in range(size):
                vectors[k, j], vectors[k, j - 1] = vectors[k, j - 1], vectors[k, j]
            j -= 1
    return values, vectors


@maker
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


@maker
def factor_of(covariance: FloatArray, rank: int) -> FloatArray:
    """Lower trapezoidal factor, with `rank` columns, of the nearest covariance of that rank."""
    values, vectors = eigen(covariance)
    return factor_from(values, vectors, rank)


@maker
def factor_from(values: FloatArray, vectors: FloatArray, rank: int) -> FloatArray:
    """Lower trapezoidal factor of the covariance with these eigenvalues (the largest first) and vectors."""
    q = vectors.shape[0]
    columns = np.empty((q, rank))
    for k in range(rank):
        for d in range(q):
            columns[d, k] = vectors[d, k] * math.sqrt(max(values[k], 0.0))
    return trapezoid(columns)


@maker
def product(left: FloatArray, right: FloatArray) -> FloatArray:
    """Multiply A B."""
    result = np.zeros((left.shape[0], right.shape[1]))
    for i in range(left.shape[0]):
        for j in range(right.shape[1]):
            for k in range(left.shape[1]):
                result[i, j] += left[i, k] * right[k, j]
    return result


@maker
def product_transposed(left: FloatArray, right: FloatArray) -> FloatArray:
    """Multiply A B'."""
    result = np.zeros((left.shape[0], right.shape[0]))
    for i in range(left.shape[0]):
        for j in range(right.shape[0]):
            for k in range(left.shape[1]):
                result[i, j] += left[i, k] * right[j, k]
    return result
