"""What is said where patients do not determine the coefficients: which columns, in the study's own words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ipdmediation.models.cumulative_link import CumulativeLinkModel
from ipdmediation.models.cumulative_link_mixed import CumulativeLinkMixedModel
from ipdmediation.models.errors import RankDeficientError
from ipdmediation.models.inputs import standardise, undetermined
from ipdmediation.models.linear import LinearModel
from ipdmediation.models.linear_mixed import LinearMixedModel

NAMES = ("treatment", "age", "age_in_months", "female")


def patients(n: int = 60, *, noise: float = 0.3) -> np.ndarray[Any, np.dtype[np.float64]]:
    rng = np.random.default_rng(5)
    age = rng.normal(60, 10, n)
    return np.column_stack(
        [np.arange(n) % 2, age, 12 * age + noise * rng.normal(size=n), rng.integers(0, 2, n)]
    ).astype(float)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda x, w: (x, np.where(np.arange(60) < 4, 1.0, 0.0)),
            "4 patients do not determine the 5 coefficients",
        ),
        (lambda x, w: (x, np.where(x[:, 3] == 1, 1.0, 0.0)), "female: the same for all of these"),
        (lambda x, w: (np.column_stack([x[:, :2], 12 * x[:, 1], x[:, 3]]), w), "is a combination of "),
        (lambda x, w: (patients(noise=1e-5), w), "age, age_in_months say nearly the same of every patient"),
    ],
)
def test_which_columns_are_not_told_apart(change: Any, said: str) -> None:
    matrix, weights = change(patients(), np.ones(60))
    message = str(undetermined(standardise(matrix).columns, NAMES, weights))
    assert said in message
    assert "`covariates`" in message
    if "age" in said:
        assert "female, " not in message


def models(matrix: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, Any]:
    n = len(matrix)
    trials = np.arange(n) % 3
    outcome = np.arange(n) % 4
    mixed = {
        "trials": trials,
        "trial_names": ("a", "b", "c"),
        "random_design": np.ones((n, 1)),
        "random_names": ("intercept",),
        "trial_effects": "random_intercept",
    }
    return {
        "cumulative": CumulativeLinkModel(outcome, matrix, names=NAMES, n_levels=4),
        "cumulative mixed": CumulativeLinkMixedModel(outcome, matrix, names=NAMES, n_levels=4, **mixed),
        "linear": LinearModel(outcome, matrix, names=NAMES),
        "linear mixed": LinearMixedModel(outcome, matrix, names=NAMES, **mixed),
    }


@pytest.mark.parametrize("kind", ["cumulative", "cumulative mixed", "linear", "linear mixed"])
def test_every_model_names_the_column(kind: str) -> None:
    matrix = patients()
    model = models(matrix)[kind]
    with pytest.raises(RankDeficientError, match="female: the same for all of these"):
        model.fit(weights=np.where(matrix[:, 3] == 1, 1.0, 0.0))
