"""Whether the mediator model fits: its standardised residuals by arm, all and along the fitted mediator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import betainc, ndtri

from ipdmediation.data.arms import ARM_NAMES
from ipdmediation.data.weights import effective_number
from ipdmediation.effects.fitted_mediator import fitted_mediator
from ipdmediation.inference.fifths import hidden_counts, quintiles
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.results import ModelFit
from ipdmediation.models.specification import MediationModels

RESIDUAL_COLUMNS = [
    "arm", "group", "above", "up_to", "n", "statistic", "probability", "estimate", "expected",
]  # fmt: skip
#: Of the quantiles that are shown, if enough patients lie beyond.
PROBABILITIES = np.array([0.005, 0.01, 0.025, *np.arange(1, 20) / 20, 0.975, 0.99, 0.995])
_DECIMALS = 2  # a hundredth of a standard deviation
_EXPECTED_DECIMALS = 3


class _Summary(NamedTuple):
    """The residuals of one completed data set.

    Attributes
    ----------
    counts : (2, groups) numbers of patients by arm.
    moments : (2, groups + 1, 2) means and standard deviations, the last ones of all groups.
    quantiles : (2, P) array.
    beyond : (2, P) numbers of patients on the side of the quantile that has fewer, by their weights as well.
    """

    counts: FloatArray
    moments: FloatArray
    quantiles: FloatArray
    beyond: FloatArray


def mediator_residuals(
    models: Sequence[MediationModels], fits: Sequence[ModelFit], *, minimum: int
) -> pd.DataFrame:
    """Return quantiles, means and standard deviations of the mediator model's residuals by arm.

    A residual is the mediator on the scale of the analysis less the fitted one, with random effects at their
    conditional modes, over the residual standard deviation of the model.

    Parameters
    ----------
    models : sequence of MediationModels
        Of each completed data set.
    fits : sequence of ModelFit
        Of its mediator model.
    minimum : int
        As in `disclosure.hidden_cells`.

    Returns
    -------
    DataFrame
        `RESIDUAL_COLUMNS`. The statistic `quantile` has an `expected` one, of the normal distribution, at
        each `probability`; `mean` and `sd` are those of an arm and of each `group` of it, in which the fitted
        mediator lies `above` one quintile and `up_to` the next, as in `calibration`. Means over the completed
        data sets; `n` patients are as many as there are on average. What says something of fewer than
        `minimum` patients is missing: a group with what gives it away, and quantiles with fewer beyond.

    Notes
    -----
    Quantiles are those of Harrell & Davis 1982, Biometrika 69:635, averages over all patients of an arm, so
    that none is that of one patient. With weights these are shares of the sum of weights, and their number is
    the effective one.
    """
    fitted = [fitted_mediator(each, fit.start()) for each, fit in zip(models, fits, strict=True)]
    edges = quintiles(np.concatenate(fitted))
    found = [_summary(*each, edges) for each in zip(models, fits, fitted, strict=True)]
    counts = np.mean([each.counts for each in found], axis=0)
    empty = hidden_counts(counts[:, :, None], minimum=minimum)[:, :, 0]
    sizes = counts.sum(axis=1, keepdims=True)
    moments = _shown([each.moments for each in found])
    moments[np.hstack([empty, sizes < minimum])] = np.nan
    quantiles = _shown([each.quantiles for each in found])
    quantiles[np.min([each.beyond for each in found], axis=0) < minimum] = np.nan
    normal = np.round(ndtri(PROBABILITIES), _EXPECTED_DECIMALS)
    ends = [np.nan, *edges, np.nan]
    rows: list[tuple[object, ...]] = []
    for arm, name in enumerate(ARM_NAMES):
        whole = (name, pd.NA, np.nan, np.nan, round(sizes[arm, 0]))
        rows += [
            (*whole, "quantile", *point)
            for point in zip(PROBABILITIES.tolist(), quantiles[arm].tolist(), normal.tolist(), strict=True)
        ]
        cells = [whole] + [
            (
                name, group + 1, ends[group], ends[group + 1],
                pd.NA if empty[arm, group] else round(counts[arm, group]),
            )
            for group in range(len(edges) + 1)
        ]  # fmt: skip
        for cell, pair in zip(cells, np.roll(moments[arm], 1, axis=0).tolist(), strict=True):
            rows += [
                (*cell, statistic, np.nan, value, expected)
                for statistic, value, expected in zip(("mean", "sd"), pair, (0.0, 1.0), strict=True)
            ]
    return pd.DataFrame(rows, columns=RESIDUAL_COLUMNS).astype({"group": "Int64", "n": "Int64"})


def _summary(models: MediationModels, fit: ModelFit, fitted: FloatArray, edges: FloatArray) -> _Summary:
    design = models.mediator_design
    arm = design.matrix[:, design.treatment_position].astype(np.int64)
    weights = np.ones(arm.size) if models.weights is None else models.weights
    # a patient at a quintile is in the group below it
    group = np.searchsorted(edges, fitted)
    residuals = (models.mediator_values - fitted) / np.sqrt(fit.start().residual_variance)
    groups = len(edges) + 1
    summary = _Summary(
        counts=np.zeros((2, groups)),
        moments=np.full((2, groups + 1, 2), np.nan),
        quantiles=np.full((2, PROBABILITIES.size), np.nan),
        beyond=np.zeros((2, PROBABILITIES.size)),
    )
    for each in range(2):
        own = np.flatnonzero((arm == each) & (weights > 0))
        summary.counts[each] = np.bincount(group[own], minlength=groups)
        for place in range(groups):
            summary.moments[each, place] = _moments(residuals, weights, own[group[own] == place])
        summary.moments[each, groups] = _moments(residuals, weights, own)
        order = own[np.argsort(residuals[own], kind="stable")]
        summary.quantiles[each] = _quantiles(residuals[order], weights[order])
        summary.beyond[each] = _beyond(residuals[order], weights[order], summary.quantiles[each])
    return summary


def _shown(each: Sequence[FloatArray]) -> FloatArray:
    """Return the mean over the completed data sets, with few digits and no minus before a zero."""
    mean: FloatArray = np.asarray(np.mean(each, axis=0))
    return mean.round(_DECIMALS) + 0.0


def _moments(residuals: FloatArray, weights: FloatArray, rows: IntArray) -> tuple[float, float]:
    """Return mean and standard deviation of some rows, the latter with the divisor of as many patients."""
    if rows.size < 2:
        return np.nan, np.nan
    values, own = residuals[rows], weights[rows]
    mean = float(np.average(values, weights=own))
    variance = float(np.average((values - mean) ** 2, weights=own)) * rows.size / (rows.size - 1)
    return mean, float(np.sqrt(variance))


def _quantiles(ordered: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the quantiles of values from the lowest on."""
    below = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()]).clip(max=1.0)
    size = effective_number(weights) + 1
    probability = PROBABILITIES[:, None]
    shares = np.diff(betainc(size * probability, size * (1 - probability), below))
    quantiles: FloatArray = shares @ ordered
    return quantiles


def _beyond(ordered: FloatArray, weights: FloatArray, quantiles: FloatArray) -> FloatArray:
    """Return how many patients lie beyond each quantile, no more than their weights are worth."""
    below, up_to = (np.searchsorted(ordered, quantiles, side=side) for side in ("left", "right"))
    worth = effective_number(weights) * np.minimum(PROBABILITIES, 1 - PROBABILITIES)
    beyond: FloatArray = np.minimum(worth, np.minimum(below, ordered.size - up_to))
    return beyond
