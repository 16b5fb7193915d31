"""Resampling plans: which patients a bootstrap replicate draws, as a weight for every row."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class StratifiedPlan:
    """Patients drawn with replacement within each trial and arm.

    ASSUME: the trials and the arm sizes are fixed, so the inference is for these trials.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        Rows of the cohort, ordered by stratum.
    first : ndarray of int, shape (n,)
        For each position of `rows`, where its stratum begins.
    size : ndarray of int, shape (n,)
        For each position of `rows`, the number of patients in its stratum.

    References
    ----------
    Davison & Hinkley 1997, Bootstrap Methods and their Application, section 3.2.
    """

    rows: NDArray[np.intp]
    first: NDArray[np.intp]
    size: NDArray[np.intp]

    @classmethod
    def of(cls, cohort: pd.DataFrame) -> "StratifiedPlan":
        """Return the plan of a cohort with the columns `trial` and `treatment`."""
        stratum = cohort.groupby(["trial", "treatment"], sort=True).ngroup().to_numpy()
        rows = np.argsort(stratum, kind="stable")
        _, first, size = np.unique(stratum[rows], return_index=True, return_counts=True)
        return cls(rows=rows, first=np.repeat(first, size), size=np.repeat(size, size))

    def weights(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return how often each row of the cohort is drawn in one replicate, shape (n,)."""
        drawn = self.first + (rng.random(self.rows.size) * self.size).astype(np.intp)
        return np.bincount(self.rows[drawn], minlength=self.rows.size).astype(np.float64)


PLANS = {"stratified": StratifiedPlan}
