"""Weights and clusters of an analysis, checked before anything is fitted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.clusters import check_clusters
from ipdmediation.data.errors import CohortError
from ipdmediation.data.weights import check_weights, effective_number, scaled_weights


def cohort(weights: list[float | None]) -> pd.DataFrame:
    rows = len(weights)
    return pd.DataFrame(
        {
            "trial": ["north", "south"] * (rows // 2),
            "treatment": [row // 2 % 2 for row in range(rows)],
            "w": pd.Series(weights, dtype="float64"),
        }
    )


def test_weights_of_zero_are_weights() -> None:
    check_weights(cohort([0, 1, 2, 1, 0.5, 0, 0, 3]), variable="w")


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ([1, None, 1, None, 1, 1, None, 1], "it is missing in 3 of 8 patients (south 2, north 1)"),
        ([1, -0.5, 1, 1, 1, 1, 1, 1], "it is negative in 1 of 8 patients (south 1)"),
        ([np.inf, 1, 1, 1, 1, 1, 1, 1], "it is infinite in 1 of 8 patients (north 1)"),
        ([0, 1, 1, 1, 0, 1, 1, 1], "it is 0 for all 2 patients of arm 'control' of trial 'north'"),
    ],
    ids=["missing", "negative", "infinite", "an arm of a trial without weight"],
)
def test_weights_that_cannot_be_used(weights: list[float | None], said: str) -> None:
    with pytest.raises(CohortError, match="weights 'w'; allowed: a number of 0 or more") as error:
        check_weights(cohort(weights), variable="w")
    assert said in str(error.value)


def test_all_that_is_wrong_with_weights_is_said_at_once() -> None:
    with pytest.raises(CohortError, match=r"(?s)is missing in 1 .*is negative in 1 "):
        check_weights(cohort([None, -1, 1, 1]), variable="w")


@pytest.mark.parametrize("constant", [0.1, 0.7, 3.0, 1e-9, 1e9])
@pytest.mark.parametrize("patients", [3, 49, 1665])
def test_equal_weights_are_exactly_one(constant: float, patients: int) -> None:
    assert (scaled_weights(np.full(patients, constant)) == 1.0).all()


def test_weights_add_up_to_the_number_of_patients() -> None:
    weights = np.random.default_rng(1).lognormal(size=200)
    scaled = scaled_weights(weights)
    assert scaled.sum() == pytest.approx(200)
    np.testing.assert_allclose(scaled / scaled[0], weights / weights[0])
    assert effective_number(scaled) == pytest.approx(weights.sum() ** 2 / (weights**2).sum())


def test_the_cluster_of_everybody_is_known() -> None:
    patients = cohort([1.0] * 8).assign(centre=["p", "p", "q", None, "p", "q", None, None])
    with pytest.raises(
        CohortError, match=r"cluster 'centre': it is missing in 3 of 8 patients \(south 2, no"
    ):
        check_clusters(patients, variable="centre")


def test_a_level_is_a_cluster_in_each_trial() -> None:
    patients = cohort([1.0] * 8).assign(centre="p")
    check_clusters(patients, variable="centre")
    with pytest.raises(CohortError, match="all 4 patients are of one cluster"):
        check_clusters(patients[patients["trial"] == "north"], variable="centre")
