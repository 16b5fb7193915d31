"""What the links' kernels return, run as plain Python: `python -m tests.unit.kernels.interpreted`.

With NUMBA_DISABLE_JIT=1. Compiling each link's loops takes minutes, this a second.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ipdmediation.kernels import links
from ipdmediation.kernels.fixed import is_flat

WEIGHTS = np.array([1.0, 2.0, 0.5])
LEVERAGES = np.array([1.0, 0.3, 0.7])
#: Predictors, and the thresholds of the levels on both sides; infinite ones of the outer levels.
CASES = [
    ([0.3, -0.8, 1.4], [0.9, 0.2, 2.5], [-0.4, -1.1, 1.0]),
    ([0.3, -0.8, 1.4], [np.inf] * 3, [-0.4, -1.1, 1.0]),
    ([0.3, -0.8, 1.4], [0.9, 0.2, 2.5], [-np.inf] * 3),
]
STEP = 1e-5
SIDES = ("at", "upper+", "upper-", "lower+", "lower-", "both+", "both-")
POINTS = [-2.0, -0.5, 0.0, 0.7, 2.2]
STEPS = [(ascent, largest) for largest in (1.0, 0.1, 0.005) for ascent in (1e-2, 5e-4, 5e-8)]


def row_quantities(link: Any, eta: np.ndarray, upper: list[float], lower: list[float]) -> np.ndarray:
    """Rows: `above`, `below`, `cross_a`, `cross_b`, `third_a`, `third_b` and log p of three patients."""
    bounds = [np.array([links.bound(link, each) for each in thresholds]) for thresholds in (upper, lower)]
    arrays = [np.zeros(3) for _ in range(4)]
    links.rows(link, eta, WEIGHTS, *bounds, *arrays, 0, 3)
    third_a, third_b = LEVERAGES.copy(), np.zeros(3)
    links.third(link, eta, 1 / WEIGHTS, *bounds, *arrays, 0, 3, third_a, third_b)
    log_p = [links.log_probability(link, *row) for row in zip(eta, upper, lower, strict=True)]
    return np.array([*arrays, third_a, third_b, log_p])


def moved(upper: list[float], lower: list[float], side: str) -> tuple[list[float], list[float]]:
    """Move bounds of every row up or down by `STEP`."""
    by = {"+": STEP, "-": -STEP}.get(side[-1], 0.0)
    return (
        [each + by * (not side.startswith("lower")) for each in upper],
        [each + by * (not side.startswith("upper")) for each in lower],
    )


def main() -> None:
    """Print a mapping of each link to the quantities of each case, at thresholds and a step beside them."""
    found: dict[str, Any] = {}
    for name, link in links.LINKS.items():
        found[name] = {
            "cases": [
                {
                    side: row_quantities(link, np.array(eta), *moved(upper, lower, side)).tolist()
                    for side in SIDES
                }
                for eta, upper, lower in CASES
            ],
            "distribution": [links.distribution(link, x) for x in POINTS],
            "quantile": [links.quantile(link, links.distribution(link, x)[0]) for x in POINTS],
        }
    found["flat"] = [is_flat(*step) for step in STEPS]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
