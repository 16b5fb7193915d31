"""Tables of the outcome under set treatments, in the four worlds and along the mediator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.inference.set_treatments import CURVE_COLUMNS, WORLD_COLUMNS

CELLS = [(arm, source) for arm in ("control", "treated") for source in ("control", "treated")]


def worlds(levels: Sequence[str] = tuple("6543210")) -> pd.DataFrame:
    """The outcome of the four worlds, better with treatment and with its mediator; means without levels."""
    rows: list[tuple[Any, ...]] = []
    for place, (arm, source) in enumerate(CELLS):
        if not levels:
            rows.append((arm, source, "", 4.25 - 0.37 * place))
        weights = np.exp(0.11 * (place + 1) * np.arange(len(levels)))
        rows += [
            (arm, source, level, share)
            for level, share in zip(levels, (weights / weights.sum()).tolist(), strict=True)
        ]
    return pd.DataFrame(rows, columns=WORLD_COLUMNS)


def curve(scales: Sequence[str] = ("mean", "prob_le_2")) -> pd.DataFrame:
    """The outcome along the mediator, worse where it is larger."""
    rows = [
        (
            arm,
            at,
            scale,
            (3.5 if scale == "mean" else 0.4) * (1 + direction * 0.1 * math.log(at) - 0.1 * place),
        )
        for place, arm in enumerate(("control", "treated"))
        for scale, direction in zip(scales, (1, -1), strict=False)
        for at in (2.5, 11.0, 41.0, 120.0, 300.0)
    ]
    return pd.DataFrame(rows, columns=CURVE_COLUMNS)
