"""Natural effects on every scale of an outcome, from its standardised distributions.

A scale s compares a cell's outcome distribution with the untreated one, s(0, 0) = 0, and on every scale::

    te = s(1, 1)    pnde = s(1, 0)            pnie = s(0, 1)
    pm = tnie / te  tnie = s(1, 1) - s(1, 0)  tnde = s(1, 1) - s(0, 1)

so that te = pnde + tnie = tnde + pnie. Robins & Greenland 1992, Epidemiology 3:143; Pearl 2001; for ordinal
outcomes VanderWeele, Zhang & Lim 2016, Epidemiology 27:651.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.comparisons import compare_distributions
from ipdmediation.models.errors import ModelError
from ipdmediation.vocabulary.scales import MEAN, Scale, Scales, scales_of

_ROUNDING = 1e-12  # of the size of what is subtracted: smaller differences are none


@dataclass(frozen=True)
class OutcomeScales(Scales):
    """The scales that an outcome is compared on, and what its levels count on them.

    Attributes
    ----------
    values : ndarray, shape (additive, K)
        What a level counts on each additive scale.
    """

    additive: tuple[Scale, ...]
    comparative: tuple[Scale, ...]
    values: FloatArray

    @classmethod
    def of(cls, levels: Sequence[str], *, utility: Sequence[float] | None = None) -> OutcomeScales:
        """Return the scales of an outcome.

        Parameters
        ----------
        levels : sequence of str
            Codes of the levels as modelled, a better one later; none for a continuous outcome.
        utility : sequence of float or None
            Weight of each level, in increasing order of the codes; without them there is no such scale.

        Raises
        ------
        ModelError
            If there are not as many weights as levels.

        Examples
        --------
        >>> [scale.key for scale in OutcomeScales.of(["2", "1", "0"]).additive]
        ['mean', 'prob_le_0', 'prob_le_1']
        """
        if not levels:
            return cls((MEAN,), (), np.ones((1, 1)))
        codes = np.array([int(level) for level in levels])
        rows = [codes.astype(np.float64)]
        if utility is not None:
            if len(utility) != codes.size:
                raise ModelError(f"{codes.size} outcome levels need as many utilities, not {len(utility)}")
            rows.append(np.asarray(utility, dtype=np.float64)[np.argsort(np.argsort(codes))])
        for code in np.sort(codes)[:-1]:
            rows.append((codes <= code).astype(np.float64))
        scales = scales_of([int(level) for level in levels], utility=utility is not None)
        return cls(scales.additive, scales.comparative, np.array(rows))

    @cached_property
    def _sizes(self) -> FloatArray:
        return np.ascontiguousarray(np.abs(self.values).T)

    def compare(self, distributions: FloatArray, references: FloatArray) -> FloatArray:
        """Return (pairs, K) distributions compared with (pairs, K) or (K,) references; (pairs, `every`)."""
        if self.comparative:
            by_pair = np.empty(distributions.shape)
            by_pair[:] = references
            # its columns have the order of `vocabulary.scales.COMPARATIVE`
            return compare_distributions(np.ascontiguousarray(distributions), by_pair, self.values)
        additive: FloatArray = np.sum((distributions - references)[:, None, :] * self.values, axis=2)
        return additive

    def averages(self, cells: FloatArray) -> FloatArray:
        """Return the averages of (..., K) cells on each additive scale, (..., additive)."""
        averages: FloatArray = cells @ self.values.T
        return averages

    def rounding(self, cells: FloatArray) -> FloatArray:
        """Return up to which size a difference of cells is floating point's, (..., `every`).

        Parameters
        ----------
        cells : ndarray, shape (..., cells, K)

        A resample may lack a level: what compares the others is 0 in it, and must not get a sign by chance.

        Examples
        --------
        >>> bool(OutcomeScales.of(["0", "1"]).rounding(np.array([[0.5, 0.5], [0.4, 0.6]])).max() < 1e-11)
        True
        """
        sizes = np.abs(cells).max(axis=-2) @ self._sizes
        rounding = np.full((*sizes.shape[:-1], len(self.every)), _ROUNDING)
        rounding[..., : len(self.additive)] *= sizes
        return rounding


def without_rounding(differences: FloatArray, rounding: FloatArray) -> FloatArray:
    """Return differences of which those that are only rounding are exactly 0.

    Examples
    --------
    >>> without_rounding(np.array([1e-17, 0.25]), np.array([1e-12, 1e-12]))
    array([0.  , 0.25])
    """
    return np.where(np.abs(differences) <= rounding, 0.0, differences)


def natural_effects(cells: FloatArray, scales: OutcomeScales) -> FloatArray:
    """Return `NATURAL_EFFECTS` on every scale.

    Parameters
    ----------
    cells : ndarray, shape (4, K)
        Outcome of the cells (a, m) = (0, 0), (0, 1), (1, 0), (1, 1).
    scales : OutcomeScales

    Returns
    -------
    ndarray, shape (effects, scales)
        The proportion mediated is infinite or missing where the total effect is 0.

    Examples
    --------
    >>> cells = np.array([[0.5, 0.5], [0.4, 0.6], [0.3, 0.7], [0.2, 0.8]])
    >>> effects = natural_effects(cells, OutcomeScales.of(["0", "1"]))
    >>> [round(float(effect), 3) for effect in effects[:, 0]]
    [0.3, 0.2, 0.1, 0.2, 0.1, 0.333]
    """
    rounding = scales.rounding(cells)
    pnie, pnde, te = without_rounding(scales.compare(cells[1:], cells[0]), rounding)
    tnie, tnde = without_rounding(np.array([te - pnde, te - pnie]), rounding)
    with np.errstate(divide="ignore", invalid="ignore"):
        pm = tnie / te
    return np.array([te, pnde, tnie, tnde, pnie, pm])
