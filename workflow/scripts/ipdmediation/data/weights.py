"""Analysis weights: a variable by which patients count for more or less, checked and scaled."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ipdmediation.data.arms import ARMS
from ipdmediation.data.errors import CohortError, raise_all
from ipdmediation.kernels.arrays import FloatArray


def check_weights(cohort: pd.DataFrame, *, variable: str) -> None:
    """Check the weights of all patients of an analysis.

    Parameters
    ----------
    cohort : DataFrame
        Patients, with the columns `trial` and `treatment`.
    variable : str
        The column of the weights.

    Raises
    ------
    CohortError
        Where a weight is missing, infinite or negative, or an arm of a trial has no weight above 0; it says
        how many patients of which trials.
    """
    values = cohort[variable].to_numpy("float64", na_value=np.nan)
    treatment = cohort["treatment"].to_numpy()
    wrong = {
        "is missing": np.isnan(values),
        "is infinite": np.isinf(values),
        "is negative": values < 0,
    }
    problems = []
    for what, rows in wrong.items():
        if rows.any():
            trials = cohort.loc[rows, "trial"].astype(str).value_counts(sort=False)
            where = ", ".join(f"{trial} {count}" for trial, count in trials.items())
            problems.append(f"it {what} in {rows.sum()} of {len(cohort)} patients ({where})")
    if not problems:
        for trial, patients in cohort.groupby("trial", sort=False).indices.items():
            for arm, code in ARMS.items():
                rows = patients[treatment[patients] == code]
                if rows.size and not values[rows].any():
                    problems.append(f"it is 0 for all {rows.size} patients of arm {arm!r} of trial {trial!r}")
    raise_all(
        problems,
        CohortError,
        f"weights {variable!r}; allowed: a number of 0 or more for everybody who is analysed, above 0 for "
        "somebody in each arm of each trial; who is not to count is left out by a rule of `eligibility`:",
    )


# ASSUME: weights are known: a replicate does not estimate again what they were estimated from.
def scaled_weights(values: ArrayLike) -> FloatArray:
    """Return weights with a mean of 1, so that they add up to the number of patients.

    Their size then says nothing: only how much patients count beside each other. Equal weights are exactly 1.

    Examples
    --------
    >>> scaled_weights([0.1, 0.1, 0.1]), scaled_weights([1, 3])
    (array([1., 1., 1.]), array([0.5, 1.5]))
    """
    weights = np.asarray(values, dtype=np.float64)
    beside_largest = weights / weights.max()
    scaled: FloatArray = beside_largest / beside_largest.mean()
    return scaled


def effective_number(weights: FloatArray) -> float:
    """Return how many patients of equal weight would tell as much of a mean (Kish 1965, Survey Sampling).

    Examples
    --------
    >>> effective_number(np.array([1.0, 1.0, 0.0])), effective_number(np.array([0.5, 1.5]))
    (2.0, 1.6)
    """
    return float(weights.sum() ** 2 / (weights @ weights))
