"""Whether the outcome model fits: the outcome observed and expected, by arm and along the mediator."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ipdmediation.data.arms import ARM_NAMES
from ipdmediation.effects.expected_outcome import expected_outcome
from ipdmediation.inference.fifths import hidden_counts, quintiles
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.models.results import ModelFit
from ipdmediation.models.specification import MediationModels

CALIBRATION_COLUMNS = ["arm", "group", "above", "up_to", "n", "level", "observed", "expected"]


def calibration(
    models: Sequence[MediationModels],
    fits: Sequence[ModelFit],
    mediators: Sequence[npt.ArrayLike],
    *,
    minimum: int,
) -> pd.DataFrame:
    """Return the outcome as observed and as the outcome model expects it, by arm and fifth of the mediator.

    Parameters
    ----------
    models : sequence of MediationModels
        Of each completed data set.
    fits : sequence of ModelFit
        Of its outcome model.
    mediators : sequence of (n,) array_like
        Its mediator, in the mediator's own unit.
    minimum : int
        As in `disclosure.hidden_cells`.

    Returns
    -------
    DataFrame
        `CALIBRATION_COLUMNS`. A `group` has a mediator `above` one quintile and `up_to` the next, rounded;
        the outermost ends are missing, and quintiles that are equal divide once. Of an outcome with levels
        `observed` and `expected` are shares of each `level`, by its code, else means, with an empty `level`.
        Means over the completed data sets; `n` patients are as many as there are on average. What counts
        fewer than `minimum` patients is missing, and what gives it away.
    """
    values = np.concatenate([np.asarray(each, dtype=np.float64) for each in mediators])
    edges = quintiles(values)
    groups = len(edges) + 1
    levels = models[0].outcome_levels
    counted, observed, expected = [], [], []
    for each, fit, mediator in zip(models, fits, mediators, strict=True):
        arm = each.outcome_design.matrix[:, each.outcome_design.treatment_position].astype(np.int64)
        # a patient at a quintile is in the group below it
        cell = arm * groups + np.searchsorted(edges, np.asarray(mediator, dtype=np.float64))
        seen = _columns(each)
        weights = np.ones(arm.size) if each.weights is None else each.weights
        counted.append(_sums(np.hstack([seen > 0, np.ones((arm.size, 1))]), cell, 2 * groups))
        observed.append(_averages(seen, cell, weights, 2 * groups))
        expected.append(_averages(expected_outcome(each, fit.start()), cell, weights, 2 * groups))
    shape = (2, groups, -1)
    counts = np.mean(counted, axis=0).reshape(shape)
    empty = hidden_counts(counts if levels else counts[:, :, -1:], minimum=minimum)
    shown = np.mean(observed, axis=0).reshape(shape)
    shown[empty[:, :, :-1] if levels else empty] = np.nan
    # their digits must not be a patient's
    shown = shown if levels else np.vectorize(lambda mean: float(f"{mean:.4g}"))(shown)
    fitted = np.mean(expected, axis=0).reshape(shape)
    ends = [np.nan, *edges, np.nan]
    rows = [
        (
            ARM_NAMES[arm], group + 1, ends[group], ends[group + 1],
            np.nan if empty[arm, group, -1] else round(counts[arm, group, -1]),
            level, shown[arm, group, place], fitted[arm, group, place],
        )
        for arm in range(2)
        for group in range(groups)
        for place, level in enumerate(levels or ("",))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=CALIBRATION_COLUMNS).astype({"n": "Int64"})


def _columns(models: MediationModels) -> FloatArray:
    """Return the (n, K) indicators of the levels, or the (n, 1) outcome."""
    if not models.outcome_levels:
        return np.asarray(models.outcome_values, dtype=np.float64)[:, None]
    return np.eye(len(models.outcome_levels))[np.asarray(models.outcome_values, dtype=np.int64)]


def _sums(columns: FloatArray, cell: npt.NDArray[np.int64], cells: int) -> FloatArray:
    sums = np.zeros((cells, columns.shape[1]))
    np.add.at(sums, cell, columns)
    return sums


def _averages(
    columns: FloatArray, cell: npt.NDArray[np.int64], weights: FloatArray, cells: int
) -> FloatArray:
    with np.errstate(invalid="ignore"):
        averages: FloatArray = _sums(columns * weights[:, None], cell, cells) / _sums(
            weights[:, None], cell, cells
        )
    return averages
