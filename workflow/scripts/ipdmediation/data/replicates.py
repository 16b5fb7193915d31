"""How many bootstrap replicates an interval needs (light to import: asked before anything is computed)."""

from __future__ import annotations

import math


def fewest_replicates(level: float) -> int:
    """Return how many replicates an interval needs at least, so that its ends lie among the draws.

    The order statistics at (B + 1) p, where p = (1 - level) / 2, exist from B = 1 / p - 1 on.

    Parameters
    ----------
    level : float
        Coverage, between 0 and 1.

    Examples
    --------
    >>> fewest_replicates(0.95), fewest_replicates(0.99), fewest_replicates(0.9)
    (39, 199, 19)
    """
    return math.ceil(round(2 / (1 - level) - 1, 6))
