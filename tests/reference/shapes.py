"""Simulated pooled trials of many shapes, on which the models are compared with R.

`python shapes.py <directory>` writes one CSV a shape; `fits.R` fits them and writes `fits.json`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a simulated data set looks like; random effects are intercept, treatment and mediator slope."""

    seed: int
    sizes: tuple[int, ...] = (40, 40, 40, 40, 40, 40)
    levels: int = 7
    sds: tuple[float, float, float] = (0.5, 0.4, 0.3)
    correlation: float = 0.0
    covariate_effect: float = 0.6
    weighted: bool = False


SHAPES = {
    "balanced": Shape(seed=1),
    "unequal": Shape(seed=2, sizes=(110, 60, 36, 20, 12, 8)),
    "tiny_trial": Shape(seed=3, sizes=(90, 70, 60, 5)),
    "zero_slope_variance": Shape(seed=4, sds=(0.6, 0.0, 0.0)),
    "zero_variances": Shape(seed=5, sds=(0.0, 0.0, 0.0)),
    "large_heterogeneity": Shape(seed=6, sizes=(36,) * 8, sds=(1.6, 1.3, 0.8), correlation=-0.5),
    "near_separation": Shape(seed=7, covariate_effect=6.0),
    "three_levels": Shape(seed=8, levels=3, correlation=0.6),
    "eleven_levels": Shape(seed=9, levels=11),
    "two_trials": Shape(seed=10, sizes=(100, 100)),
    "many_trials": Shape(seed=11, sizes=(10,) * 26, sds=(0.8, 0.7, 0.4)),
    "weights": Shape(seed=12, weighted=True),
}


def simulate(shape: Shape) -> pd.DataFrame:
    """Columns trial, treatment, age, female, mediator, latent (continuous), level (0..levels-1), weight.

    Age and mediator are centred and in units near their standard deviation: R's optimiser often stops early
    else.
    """
    rng = np.random.default_rng(shape.seed)
    trial = np.repeat(np.arange(len(shape.sizes)), shape.sizes)
    n = trial.size
    treatment = (rng.permuted(np.arange(n)) % 2).astype(float)
    age = np.round(rng.normal(0.0, 1.2, n), 2)
    female = (rng.random(n) < 0.4).astype(float)
    correlations = np.full((3, 3), shape.correlation) + (1 - shape.correlation) * np.eye(3)
    factor = np.linalg.cholesky(correlations) if shape.correlation > -0.5 else _paired(shape.correlation)
    effects = rng.normal(size=(len(shape.sizes), 3)) @ factor.T * shape.sds
    by_row = effects[trial]
    mediator = np.round(0.2 - 0.4 * treatment + 0.1 * age + 0.5 * by_row[:, 0] + rng.normal(size=n), 4)
    latent = (
        (0.6 + by_row[:, 1]) * treatment
        + (-0.7 + by_row[:, 2]) * mediator
        - 0.3 * age
        + shape.covariate_effect * female
        + by_row[:, 0]
        + rng.logistic(size=n)
    )
    cuts = np.quantile(latent, np.arange(1, shape.levels) / shape.levels)
    return pd.DataFrame(
        {
            "trial": trial,
            "treatment": treatment,
            "age": age,
            "female": female,
            "mediator": mediator,
            "latent": np.round(latent, 4),
            "level": np.digitize(latent, cuts),
            "weight": rng.integers(1, 4, n) if shape.weighted else np.ones(n, dtype=int),
        }
    )


def _paired(correlation: float) -> np.ndarray:
    """Only the first two effects correlate."""
    matrix = np.eye(3)
    matrix[0, 1] = matrix[1, 0] = correlation
    return np.linalg.cholesky(matrix)


if __name__ == "__main__":
    directory = Path(sys.argv[1])
    for name, shape in SHAPES.items():
        simulate(shape).to_csv(directory / f"{name}.csv", index=False)
