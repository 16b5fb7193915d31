"""Patients in fifths of a number, by arm: where the fifths meet, and which of their counts are left out."""

from __future__ import annotations

import numpy as np

from ipdmediation.data.disclosure import Cells, Mask, hidden_cells, rounded
from ipdmediation.kernels.arrays import FloatArray

_GROUPS = 5


def quintiles(values: FloatArray) -> FloatArray:
    """Return the quintiles, rounded, but for those that divide nothing."""
    spread = float(values.std())
    found = np.quantile(values, np.arange(1, _GROUPS) / _GROUPS)
    edges = np.unique([rounded(float(value), spread=spread) for value in found])
    dividing: FloatArray = edges[(edges >= values.min()) & (edges < values.max())]
    return dividing


def hidden_counts(counts: FloatArray, *, minimum: int) -> Mask:
    """Return which counts are left out.

    What the groups of an arm add up to, and the arms of a group, is known from other tables.

    Parameters
    ----------
    counts : (2, groups, levels + 1) array
        Of the patients by arm and group, the last of them that of all levels.
    minimum : int
        As in `disclosure.hidden_cells`.

    Returns
    -------
    ndarray of bool, of the shape of `counts`
    """
    arms, groups, columns = counts.shape
    padded = np.zeros((arms + 1, groups + 1, columns))
    padded[:arms, :groups] = counts
    padded[:arms, groups] = counts.sum(axis=1)
    padded[arms, :groups, -1] = counts[:, :, -1].sum(axis=0)
    place = np.arange(padded.size).reshape(padded.shape)
    lines: list[Cells] = [place[arm, :, column] for arm in range(arms) for column in range(columns)]
    lines += [place[:, group, -1] for group in range(groups)]
    if columns > 1:
        lines += [place[arm, group] for arm in range(arms) for group in range(groups)]
    margin = np.zeros(padded.shape, dtype=bool)
    margin[arms] = margin[:, groups] = True
    return hidden_cells(padded, lines, minimum=minimum, shown=margin)[:arms, :groups]
