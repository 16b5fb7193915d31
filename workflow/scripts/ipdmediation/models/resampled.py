"""Refits that do without the covariates that a resample does not determine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import ArrayLike
from scipy import linalg

from ipdmediation.models.design import Design
from ipdmediation.models.results import (
    FitStatus,
    FloatArray,
    IntArray,
    Model,
    ModelFit,
    Refit,
)

_KEPT_MODELS = 16
_INDEPENDENT = 1e-9  # of a column's scale


class ResampledModel:
    """A model whose refits leave out the covariates that the rows with weight do not determine.

    A resample may draw no patient with a rare level, or only trials whose patients share a value. Such a
    column is constant, or a combination of others. Its coefficient is not identified, and not needed: the
    model without it has the same predictor for each of these patients, and effects are averages over them. A
    refit is that of the model without the column, with a coefficient of 0 in its place. Columns of treatment,
    mediator and trials are never left out: a resample that does not determine these has the status
    `RANK_DEFICIENT`.

    Parameters
    ----------
    build : makes the model of some columns of a design, given the design, their names and the (n, p) array of
        them.
    design : of the cohort.

    Attributes
    ----------
    model : the cohort's, with all columns.
    names, random_names : of the estimates and the random effects (none in a model without) of the cohort's
        model.
    """

    def __init__(self, build: Callable[[Design, Sequence[str], FloatArray], Model], design: Design) -> None:
        self._build, self._design = build, design
        self.model = build(design, design.names, design.matrix)
        self.names = self.model.names
        self.random_names: tuple[str, ...] = getattr(self.model, "random_names", ())
        self._adjusting = np.array(
            [design.names.index(name) for name in design.adjustment_names], dtype=np.int64
        )
        self._values = np.ascontiguousarray(design.matrix[:, self._adjusting].T)
        # the same level is lost again and again
        self._model_without = lru_cache(_KEPT_MODELS)(self._build_without)

    def fit(self, *, weights: ArrayLike | None = None, start: Refit | None = None) -> ModelFit:
        """Fit with checks, warnings and standard errors; all columns are in it."""
        return self.model.fit(weights=weights, start=start)

    def refit(self, weights: FloatArray, start: Refit | None = None) -> Refit:
        """Fit a resample.

        Parameters
        ----------
        weights : (n,) float array, zeros allowed; integer counts stand for repeated rows.
        start : an earlier fit of this model.

        Returns
        -------
        Refit
            With a coefficient of 0 for each covariate that is left out.
        """
        lost = self._adjusting[constant_columns(self._values, weights)]
        fit = self._refit_without(lost, weights, start)
        if fit.status == FitStatus.RANK_DEFICIENT:
            lost = self._dependent(weights)
            if lost.size:
                fit = self._refit_without(lost, weights, start)
        return fit

    def _refit_without(self, lost: IntArray, weights: FloatArray, start: Refit | None) -> Refit:
        if not lost.size:
            return self.model.refit(weights, start)
        first = len(self.names) - len(self._design.names)
        kept = np.delete(np.arange(len(self.names)), first + lost)
        begin = None if start is None else start._replace(estimates=start.estimates[kept])
        fit = self._model_without(tuple(lost.tolist())).refit(weights, begin)
        estimates = np.zeros(len(self.names))
        estimates[kept] = fit.estimates
        return fit._replace(estimates=estimates)

    def _dependent(self, weights: FloatArray) -> IntArray:
        """Return the covariates that are combinations of an intercept and columns before them."""
        columns = np.arange(len(self._design.names))
        order = np.concatenate([np.setdiff1d(columns, self._adjusting), self._adjusting])
        drawn = self._design.matrix[weights > 0][:, order]
        drawn = (drawn - drawn.mean(axis=0)) / np.maximum(np.abs(drawn).max(axis=0), 1.0)
        own_part = np.abs(np.diag(linalg.qr(drawn, mode="r")[0]))
        free = own_part > _INDEPENDENT * np.sqrt(len(drawn))
        return np.sort(order[~free & np.isin(order, self._adjusting)])

    def _build_without(self, lost: tuple[int, ...]) -> Model:
        names = np.delete(self._design.names, lost).tolist()
        return self._build(self._design, names, np.delete(self._design.matrix, lost, axis=1))


@njit(cache=True)
def constant_columns(columns: FloatArray, weights: FloatArray) -> IntArray:
    """Return which of the (p, n) columns have one value only among the rows with weight.

    A column is read up to the first row that differs, which costs next to nothing.
    """
    p, n = columns.shape
    constant = np.empty(p, np.int64)
    found = 0
    first = 0
    while first < n and not weights[first] > 0.0:
        first += 1
    for j in range(p):
        column = columns[j]
        row = first + 1
        while row < n and (not weights[row] > 0.0 or column[row] == column[first]):
            row += 1
        if row == n:
            constant[found] = j
            found += 1
    return constant[:found]
