"""Tables of how well the models fit: the calibration of the outcome, the residuals of the mediator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from ipdmediation.inference.calibration import CALIBRATION_COLUMNS
from ipdmediation.inference.mediator_residuals import PROBABILITIES, RESIDUAL_COLUMNS


def calibration(levels: Sequence[str] = tuple("6543210")) -> pd.DataFrame:
    """Observed and expected outcomes in five groups by arm, of which one has two levels withheld."""
    edges = [math.nan, 11.0, 28.0, 61.0, 147.0, math.nan]
    rows: list[tuple[Any, ...]] = []
    for arm, n in (("control", 169), ("treated", 164)):
        for group in range(5):
            cell = (arm, group + 1, edges[group], edges[group + 1], n)
            weights = np.arange(1, len(levels) + 1) + group
            for level, weight in zip(levels, weights, strict=True):
                share = weight / weights.sum()
                rows.append((*cell, level, share, (share + 1 / len(levels)) / 2))
            if not levels:
                rows.append((*cell, "", 3.1 + 0.2 * group, 3.2 + 0.17 * group))
    frame = pd.DataFrame(rows, columns=CALIBRATION_COLUMNS)
    frame.loc[
        (frame["arm"] == "control") & (frame["group"] == 1) & frame["level"].isin(["5", "6"]), "observed"
    ] = math.nan
    return frame


def residuals() -> pd.DataFrame:
    """Residuals with heavy tails, the outermost quantiles and a group withheld."""
    edges = [math.nan, 2.8, 3.3, 3.7, 4.2, math.nan]
    normal = np.round(ndtri(PROBABILITIES), 3) + 0.0
    rows: list[tuple[Any, ...]] = []
    for arm, n, spread in (("control", 829, 1.04), ("treated", 836, 0.96)):
        whole = (arm, pd.NA, math.nan, math.nan, n)
        for probability, expected in zip(PROBABILITIES.tolist(), normal.tolist(), strict=True):
            value = round(spread * (expected + 0.03 * expected**3), 2)
            outermost = not 0.009 < probability < 0.991
            rows.append((*whole, "quantile", probability, math.nan if outermost else value, expected))
        rows += [(*whole, "mean", math.nan, 0.0, 0.0), (*whole, "sd", math.nan, spread, 1.0)]
        for group in range(5):
            cell = (arm, group + 1, edges[group], edges[group + 1], 160 + group)
            rows.append((*cell, "mean", math.nan, 0.06 * (group - 2) ** 2 - 0.1, 0.0))
            rows.append((*cell, "sd", math.nan, round(spread + 0.05 * (group - 2), 2), 1.0))
    frame = pd.DataFrame(rows, columns=RESIDUAL_COLUMNS).astype({"group": "Int64", "n": "Int64"})
    hidden = (frame["arm"] == "control") & (frame["group"] == 1).fillna(False)
    frame.loc[hidden, ["n", "estimate"]] = pd.NA
    return frame
