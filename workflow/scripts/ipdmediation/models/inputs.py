"""Checks that every model makes of the arrays it is given, once, before anything is computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.errors import (
    ConstantCovariateError,
    MissingValueError,
    ModelError,
    OutcomeError,
    RankDeficientError,
)

_RANK_TOLERANCE = 1e-8


@dataclass(frozen=True)
class Standardised:
    """Design columns with mean 0 and standard deviation 1; (p, n), one contiguous row per column."""

    columns: FloatArray
    centre: FloatArray
    scale: FloatArray


@dataclass(frozen=True)
class TrialLabels:
    """Trial of each row as an index into `names`; without trials all rows belong to one nameless trial."""

    codes: IntArray
    names: tuple[str, ...]

    def counts(self, weights: FloatArray) -> dict[str, int]:
        """Sum of the weights by trial, rounded."""
        totals = np.bincount(self.codes, weights=weights, minlength=len(self.names))
        return {name: round(total) for name, total in zip(self.names, totals, strict=True)}


def check_design(design: ArrayLike, names: Sequence[str], rows: int) -> FloatArray:
    """Return the design as a float array after checking shape, finiteness, constants and rank.

    Raises
    ------
    ModelError, MissingValueError, ConstantCovariateError, RankDeficientError
        Each names the columns.
    """
    matrix = np.asarray(design, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape != (rows, len(names)):
        raise ModelError(
            f"the design must have {rows} rows and {len(names)} named columns; it has shape {matrix.shape}"
        )
    if len(set(names)) != len(names):
        raise ModelError(f"design columns must have different names: {', '.join(names)}")
    broken = [name for name, column in zip(names, matrix.T, strict=True) if not np.isfinite(column).all()]
    if broken:
        raise MissingValueError(f"missing or infinite values in design columns {', '.join(broken)}")
    constant = [name for name, column in zip(names, matrix.T, strict=True) if np.ptp(column) == 0]
    if constant:
        raise ConstantCovariateError(
            f"covariates with one value only among the {rows} rows: {', '.join(constant)}; leave them out"
        )
    check_rank(matrix, names)
    return matrix


def check_rank(matrix: FloatArray, names: Sequence[str]) -> None:
    """Raise `RankDeficientError` naming columns that are combinations of the intercept and other columns."""
    if matrix.shape[1] == 0:
        return
    standardised = standardise(matrix)
    upper, pivots = linalg.qr(standardised.columns.T, mode="r", pivoting=True)
    diagonal = np.abs(np.diag(upper))
    rank = int(np.sum(diagonal > _RANK_TOLERANCE * diagonal[0]))
    if rank == matrix.shape[1]:
        return
    weights = linalg.solve_triangular(upper[:rank, :rank], upper[:rank, rank:])
    sentences = []
    for position, dependent in enumerate(pivots[rank:]):
        others = [names[pivots[row]] for row in range(rank) if abs(weights[row, position]) > 1e-6]
        sentences.append(f"{names[dependent]} is a combination of {', '.join(others) or 'the intercept'}")
    raise RankDeficientError("; ".join(sentences) + "; leave one of them out of `covariates`")


def undetermined(columns: FloatArray, names: Sequence[str], weights: FloatArray) -> RankDeficientError:
    """Return the error for columns that the patients with weight do not tell apart.

    Parameters
    ----------
    columns : (p, n) columns, without the intercept.
    names : (p,) what they are.
    weights : (n,) of the patients, in the order of the columns.
    """
    advice = "leave one of them out of `covariates`"
    drawn = columns[:, weights > 0].T
    if len(drawn) <= len(names):
        return RankDeficientError(
            f"{len(drawn)} patients do not determine the {len(names) + 1} coefficients of the intercept, "
            f"{', '.join(names)}; shorten `covariates`"
        )
    constant = [name for name, column in zip(names, drawn.T, strict=True) if np.ptp(column) == 0]
    if constant:
        return RankDeficientError(
            f"{', '.join(constant)}: the same for all of these {len(drawn)} patients; {advice}"
        )
    try:
        check_rank(drawn, names)
    except RankDeficientError as error:
        return error
    # not a combination to the last digit: the columns of the direction in which the patients differ least
    least = np.abs(linalg.svd(standardise(drawn).columns.T, full_matrices=False)[2][-1])
    alike = [name for name, part in zip(names, least, strict=True) if part > 0.1 * least.max()]
    return RankDeficientError(f"{', '.join(alike)} say nearly the same of every patient; {advice}")


def standardise(matrix: FloatArray) -> Standardised:
    """Centre and scale the columns, so that step sizes and tolerances mean the same for all of them."""
    centre = matrix.mean(axis=0)
    scale = matrix.std(axis=0)
    columns = np.ascontiguousarray(((matrix - centre) / scale).T)
    return Standardised(columns=columns, centre=centre, scale=scale)


def check_levels(levels_index: ArrayLike, n_levels: int) -> IntArray:
    """Return outcome levels as an integer array; `OutcomeError` if one lies outside 0..n_levels - 1."""
    values = np.asarray(levels_index)
    if values.ndim != 1:
        raise OutcomeError(f"the outcome must be one column; it has shape {values.shape}")
    if n_levels < 2:
        raise OutcomeError(f"the outcome needs at least two levels, not {n_levels}")
    levels = values.astype(np.int64)
    wrong = (levels != values) | (levels < 0) | (levels >= n_levels)
    if wrong.any():
        found = ", ".join(str(value) for value in np.unique(values[wrong])[:10])
        raise OutcomeError(f"{int(wrong.sum())} rows have outcome levels outside 0..{n_levels - 1}: {found}")
    return levels


def check_offset(offset: ArrayLike | None, rows: int) -> FloatArray:
    """Return the offset, zeros where there is none."""
    if offset is None:
        return np.zeros(rows)
    values = np.asarray(offset, dtype=np.float64)
    if values.shape != (rows,) or not np.isfinite(values).all():
        raise ModelError(f"the offset must be {rows} finite numbers")
    return values


def check_weights(weights: ArrayLike | None, rows: int) -> FloatArray:
    """Return observation weights, ones where there are none."""
    if weights is None:
        return np.ones(rows)
    values = np.ascontiguousarray(weights, dtype=np.float64)
    if values.shape != (rows,) or not np.isfinite(values).all() or (values < 0).any():
        raise ModelError(f"weights must be {rows} finite numbers that are not negative")
    if not values.any():
        raise ModelError("all weights are zero")
    return values


def check_trials(
    trials: ArrayLike | None, trial_names: Sequence[str] | None, rows: int
) -> TrialLabels | None:
    """Return trial codes and names, None where no trials are given."""
    if trials is None:
        return None
    codes = np.ascontiguousarray(trials, dtype=np.int64)
    names = tuple(str(code) for code in range(codes.max() + 1)) if trial_names is None else tuple(trial_names)
    if codes.shape != (rows,) or codes.min() < 0 or codes.max() >= len(names):
        raise ModelError(f"trials must be {rows} codes between 0 and {len(names) - 1}")
    return TrialLabels(codes=codes, names=names)


def check_random_design(random_design: ArrayLike, random_names: Sequence[str], rows: int) -> FloatArray:
    """Return the columns of the random effects after checking shape, finiteness and rank."""
    matrix = np.asarray(random_design, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape != (rows, len(random_names)) or not 1 <= matrix.shape[1] <= 3:
        raise ModelError(
            f"the random design must have {rows} rows and one to three columns, not shape {matrix.shape}"
        )
    if not np.isfinite(matrix).all():
        raise MissingValueError("missing or infinite values in the random design")
    if np.linalg.matrix_rank(matrix / np.abs(matrix).max(axis=0)) < matrix.shape[1]:
        raise RankDeficientError(f"random effects {', '.join(random_names)} are linearly dependent")
    return matrix
