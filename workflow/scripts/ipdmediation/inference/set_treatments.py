"""The outcome under set treatments as tables: the four worlds, and the outcome along the mediator.

Both are averages over the patients of the cohort and over its completed data sets, without intervals: the
effects, which are differences of them, have these.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ipdmediation.data.arms import ARM_CODES, ARM_NAMES, CELLS
from ipdmediation.data.disclosure import rounded
from ipdmediation.data.transforms import from_analysis_scale
from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.inference.bootstrap import Fitted
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.models.specification import AnalysisSpecification, mediator_scale

WORLD_COLUMNS = ["treatment", "mediator", "level", "estimate"]
CURVE_COLUMNS = ["arm", "at", "scale", "estimate"]

POINTS = 25
_TAIL = 0.05  # of the patients beyond each end of the curve


def four_worlds(fitted: Sequence[Fitted]) -> pd.DataFrame:
    """Return the outcome with each treatment and the mediator as it would be under each.

    Parameters
    ----------
    fitted : sequence of Fitted
        The completed data sets of an analysis, with `MediationEffects`.

    Returns
    -------
    DataFrame
        `WORLD_COLUMNS`: the arm of the treatment and that which the mediator is as under; of an outcome with
        levels the probability of each `level`, by its code, else the mean, with an empty `level`. The cells
        (a, m) of `effects.standardisation`, Pearl 2001.
    """
    parts = []
    for each in fitted:
        effects = _whole(each)
        mediator, _, outcome = each.fits
        parts.append(effects.cells(mediator, outcome, each.weights).natural)
    cells: FloatArray = np.mean(parts, axis=0)
    levels = fitted[0].effects.models.outcome_levels or ("",)
    rows = [
        (ARM_NAMES[arm], ARM_NAMES[source], level, float(value))
        for (arm, source), cell in zip(CELLS, cells, strict=True)
        for level, value in zip(levels, cell, strict=True)
    ]
    return pd.DataFrame(rows, columns=WORLD_COLUMNS)


def mediator_curve(fitted: Sequence[Fitted], completed: pd.DataFrame) -> pd.DataFrame:
    """Return the outcome by arm with the mediator held at one value after the other for everybody.

    Parameters
    ----------
    fitted : sequence of Fitted
        As for `four_worlds`.
    completed : DataFrame
        The completed data sets, one below the other.

    Returns
    -------
    DataFrame
        `CURVE_COLUMNS`: `at` in the mediator's own unit, `POINTS` values evenly spaced on the scale of its
        model from its 5th to its 95th percentile, rounded so that none is a patient's; `estimate` the
        average on each additive scale of the effects. No row of a mediator that is centred, which is held at
        no value.
    """
    specification = fitted[0].effects.models.specification
    if specification.centred:
        return pd.DataFrame([], columns=CURVE_COLUMNS)
    shown = _values(completed, specification)
    at = np.asarray(mediator_scale(shown, specification=specification), dtype=np.float64)
    parts = []
    for each in fitted:
        effects = _whole(each)
        mediator, _, outcome = each.fits
        held = effects.held(mediator, outcome, each.weights, at=at)
        parts.append(effects.scales.averages(held))
    averages: FloatArray = np.mean(parts, axis=0)
    rows = [
        (ARM_NAMES[arm], value, scale.key, float(averages[place, arm, position]))
        for arm in ARM_CODES
        for position, scale in enumerate(_whole(fitted[0]).scales.additive)
        for place, value in enumerate(shown)
    ]
    return pd.DataFrame(rows, columns=CURVE_COLUMNS)


def _whole(fitted: Fitted) -> MediationEffects:
    assert isinstance(fitted.effects, MediationEffects)
    return fitted.effects


def _values(completed: pd.DataFrame, specification: AnalysisSpecification) -> list[float]:
    """Return where the curve is computed, to a tenth of the distance to the next point."""
    values = completed[specification.mediator].to_numpy(dtype=np.float64)
    spread = float(values.std())
    ends = [rounded(float(end), spread=spread) for end in np.quantile(values, (_TAIL, 1 - _TAIL))]
    first, last = mediator_scale(ends, specification=specification)
    evenly = from_analysis_scale(
        np.linspace(first, last, POINTS if first < last else 1),
        transform=specification.transform,
        offset=specification.offset,
    )
    if evenly.size == 1:
        return ends[:1]
    digits = [1 - math.floor(math.log10(step)) for step in np.gradient(evenly)]
    return list(map(round, evenly.tolist(), digits))
