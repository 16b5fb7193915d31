"""The composite mediator finds the values that patients were simulated with."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from ipdmediation.effects.natural_effects import OutcomeScales
from ipdmediation.effects.standardisation import Standardisation
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.evidence.event_handlings import Composite
from ipdmediation.evidence.event_probability import EventProbability
from ipdmediation.models.specification import AnalysisSpecification, mediation_models

THRESHOLDS = np.array([-1.2, 0.1, 1.5, 2.6])  # of levels 0 to 4, of which 4 is the worst
SPECIFICATION = AnalysisSpecification(
    mediator="m", outcome="y", better="low", covariates=("c",), interaction=True
)


def chance_of_death(arm: np.ndarray | int, c: np.ndarray) -> np.ndarray:
    return np.asarray(expit(-1.1 - 0.9 * arm + 0.6 * c))


def mean_mediator(arm: np.ndarray | int, c: np.ndarray) -> np.ndarray:
    return np.asarray(1 - 0.8 * arm + 0.4 * c)


def latent(arm: np.ndarray | int, m: np.ndarray, c: np.ndarray) -> np.ndarray:
    return np.asarray(-0.5 * arm + (0.7 + 0.2 * arm) * m + 0.5 * c)


def drawn(rng: np.random.Generator, n: int = 800) -> pd.DataFrame:
    arm, c = np.arange(n) % 2, rng.normal(size=n)
    dead = rng.random(n) < chance_of_death(arm, c)
    m = mean_mediator(arm, c) + rng.normal(size=n)
    y = np.digitize(latent(arm, m, c) + rng.logistic(size=n), THRESHOLDS)
    return pd.DataFrame(
        {
            "trial": "one",
            "treatment": arm,
            "c": c,
            "dead": dead,
            "m": np.where(dead, 0.0, m),  # any value
            "y": np.where(dead, 4, y),
        }
    )


def true_parts() -> dict[str, float]:
    """Direct, through the event and through the mediator, on the mean; by simulation without any model."""
    rng = np.random.default_rng(1)
    c, e = rng.normal(size=(2, 400_000))

    def mean(x: int, d: int, m: int) -> float:
        eta = latent(x, mean_mediator(m, c) + e, c)
        worse = sum(1 - expit(threshold - eta) for threshold in THRESHOLDS)  # E Y without the event
        dead = chance_of_death(d, c)
        return float(np.mean(4 * dead + (1 - dead) * worse))

    steps = [mean(*arms) for arms in ((0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1))]
    parts = dict(zip(("pnde", "via_event", "tnie"), (b - a for a, b in pairwise(steps)), strict=True))
    return {"te": steps[-1] - steps[0], **parts}


def estimated(frame: pd.DataFrame) -> dict[str, float]:
    models = mediation_models(frame, specification=SPECIFICATION)
    standardisation = Standardisation.of(models, frame, options=StandardisationOptions())
    everybody, dead = np.ones(len(frame)), frame["dead"].to_numpy(dtype=np.float64)
    made = Composite.of(
        (models, standardisation, OutcomeScales.of(models.outcome_levels)),
        1 - dead,
        EventProbability.of(frame, occurs=dead, covariates=("c",), weights=everybody),
        everybody,
    )
    values, _ = made.evaluate(everybody)
    keys = [effect.key for effect in made.effects]
    return {key.effect: value for key, value in zip(keys, values, strict=True) if key.scale == "mean"}


@pytest.mark.slow
def test_the_generating_values_are_found() -> None:
    truth = true_parts()
    assert min(abs(value) for value in truth.values()) > 0.1  # there is something to find
    rng = np.random.default_rng(2)
    found = pd.DataFrame([estimated(drawn(rng)) for _ in range(150)])[list(truth)]
    error = found.std(ddof=1) / np.sqrt(len(found))
    assert ((found.mean() - pd.Series(truth)).abs() < 3 * error + 0.003).all()
    assert (error < 0.01).all()  # so that another value would be noticed
