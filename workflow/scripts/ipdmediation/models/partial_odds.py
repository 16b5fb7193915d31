"""Cumulative link models in which some columns have a coefficient of their own at every cut.

P(Y <= k) = F(threshold[k] - x'beta[k]), beta[k] the same at every cut for the columns that are proportional.
Peterson & Harrell 1990, J R Stat Soc C 39:205. Probabilities must stay above 0 for every row, so that a
number that is free can have its maximum where cuts cross: there is then no estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.distributions import distribution

_TOLERANCE = 1e-9
_MAX_ITERATIONS = 100
_SHORTEST = 1e-6  # share of a step


@dataclass(frozen=True)
class Derivatives:
    """The log-likelihood at some parameters; minus infinity where a probability is not above 0.

    Attributes
    ----------
    value : float
    score : (q,)
    information : (q, q), observed.
    """

    value: float
    score: FloatArray
    information: FloatArray


class PartialOdds:
    """A model of n rows whose columns are free or proportional.

    Parameters
    ----------
    levels : (n,) outcome levels; only their order counts, and a level that nobody has is none.
    matrix : (n, p) columns, without an intercept.
    free : the columns that have a coefficient at every cut.
    link : a key of `vocabulary.links.LINKS`.
    weights : (n,), by how much each row counts.

    Attributes
    ----------
    cuts : number of thresholds T. Parameters are the T thresholds, T coefficients of each free column, and
        one of each other column.
    """

    def __init__(
        self, levels: IntArray, matrix: FloatArray, *, free: Sequence[int], link: str, weights: FloatArray
    ) -> None:
        present, own = np.unique(levels, return_inverse=True)
        self.cuts = present.size - 1
        self.free = tuple(free)
        self._link, self._weights = link, weights
        self._bounded = own < self.cuts, own > 0
        proportional = np.delete(np.arange(matrix.shape[1]), self.free)
        self._proportional = proportional
        # derivatives of the two bounds of each row in the parameters
        self._upper, self._lower = (
            self._columns(matrix, cut, bounded)
            for cut, bounded in zip((own, own - 1), self._bounded, strict=True)
        )

    def _columns(self, matrix: FloatArray, cut: IntArray, bounded: NDArray[np.bool_]) -> FloatArray:
        at = np.zeros((cut.size, self.cuts))
        at[bounded, cut[bounded]] = 1.0
        free = [-at * matrix[:, [column]] for column in self.free]
        rest = -matrix[:, self._proportional] * bounded[:, None]
        return np.hstack([at, *free, rest])

    def from_proportional(self, thresholds: FloatArray, coefficients: FloatArray) -> FloatArray:
        """Return the (q,) parameters at which every column is proportional."""
        return np.concatenate(
            [
                thresholds,
                np.repeat(coefficients[list(self.free)], self.cuts),
                coefficients[self._proportional],
            ]
        )

    def derivatives(self, parameters: FloatArray) -> Derivatives:
        """Evaluate log-likelihood, score and observed information."""
        upper = np.where(self._bounded[0], self._upper @ parameters, np.inf)
        lower = np.where(self._bounded[1], self._lower @ parameters, -np.inf)
        (above, f_a, bend_a), (below, f_b, bend_b) = (
            distribution(self._link, bound) for bound in (upper, lower)
        )
        probability = above - below
        if not (probability > 0).all():
            return Derivatives(-np.inf, np.zeros(parameters.size), np.zeros((parameters.size,) * 2))
        w, first, second = self._weights, f_a / probability, f_b / probability
        score = self._upper.T @ (w * first) - self._lower.T @ (w * second)
        of_upper = w * (first * first - bend_a / probability)
        of_lower = w * (second * second + bend_b / probability)
        mixed = self._upper.T @ ((w * first * second)[:, None] * self._lower)
        information = (
            self._upper.T @ (of_upper[:, None] * self._upper)
            + self._lower.T @ (of_lower[:, None] * self._lower)
            - mixed
            - mixed.T
        )
        return Derivatives(float(w @ np.log(probability)), score, information)

    def fit(self, start: FloatArray) -> tuple[FloatArray, FloatArray] | None:
        """Maximise by Newton's method from legal parameters.

        Returns
        -------
        (q,) estimates and their (q, q) covariance; None where there is no maximum inside.
        """
        parameters, found = start, self.derivatives(start)
        for _ in range(_MAX_ITERATIONS):
            try:
                step = linalg.solve(found.information, found.score, assume_a="pos")
            except (linalg.LinAlgError, ValueError):
                return None
            share = 1.0
            while (moved := self.derivatives(parameters + share * step)).value < found.value - 1e-10:
                share *= 0.5
                if share < _SHORTEST:
                    return None
            parameters, found = parameters + share * step, moved
            if np.abs(step).max() < _TOLERANCE:
                return parameters, linalg.inv(found.information)
        return None

    def at_cuts(self, column: int) -> slice:
        """Return where the coefficients of a free column are among the parameters."""
        first = self.cuts * (1 + self.free.index(column))
        return slice(first, first + self.cuts)
