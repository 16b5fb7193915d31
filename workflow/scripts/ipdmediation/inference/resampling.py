"""Resampling plans: which patients a bootstrap replicate draws, as a weight for every row of a frame."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MOST_GROUPS = 200


class Plan(Protocol):
    """How the patients of a replicate are drawn."""

    @property
    def cohort_weights(self) -> NDArray[np.float64]:
        """The cohort itself, as weights of the rows of `frame`, shape (N,)."""

    def frame(self, cohort: pd.DataFrame) -> pd.DataFrame:
        """Return the N rows that replicates are drawn from."""

    def weights(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return how often each row of the frame is drawn in one replicate, shape (N,)."""

    def jackknife(self) -> Iterator[NDArray[np.float64]]:
        """Yield weights of the cohort's rows, shape (n,), without one group of patients after the other."""


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

    @property
    def cohort_weights(self) -> NDArray[np.float64]:
        """Every row once, shape (n,)."""
        return np.ones(self.rows.size)

    def frame(self, cohort: pd.DataFrame) -> pd.DataFrame:
        """Return the cohort."""
        return cohort

    def weights(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return how often each row of the cohort is drawn in one replicate, shape (n,)."""
        drawn = self.first + (rng.random(self.rows.size) * self.size).astype(np.intp)
        return np.bincount(self.rows[drawn], minlength=self.rows.size).astype(np.float64)

    def jackknife(self) -> Iterator[NDArray[np.float64]]:
        """Yield weights without one of at most `MOST_GROUPS` groups, spread evenly over trials and arms.

        The patients left in a trial and arm stand for those left out: its size is as fixed as in a replicate.
        """
        position = np.arange(self.rows.size)
        groups = min(MOST_GROUPS, self.rows.size)
        for group in range(groups):
            kept = position % groups != group
            left = np.bincount(self.first[kept], minlength=self.rows.size)[self.first[kept]]
            weights = np.zeros(self.rows.size)
            weights[self.rows[kept]] = self.size[kept] / left
            yield weights


@dataclass(frozen=True)
class TwoLevelPlan:
    """Trials drawn with replacement, then patients with replacement within trial and arm.

    A trial that is drawn twice is two clusters with patients of their own. The frame therefore repeats the
    cohort as many times as there are trials; copy c of a trial has patients where it is drawn at least c
    times.

    ASSUME: the trials are a sample of a population of trials, and the arm sizes are fixed.

    Attributes
    ----------
    patients : StratifiedPlan
        Draws the patients of every copy.
    trial, copy : ndarray of int, shape (N,)
        Number of the trial and of the copy of each row of the frame, from 0.

    References
    ----------
    Davison & Hinkley 1997, Bootstrap Methods and their Application, section 3.8.
    """

    patients: StratifiedPlan
    trial: NDArray[np.intp]
    copy: NDArray[np.intp]

    @classmethod
    def of(cls, cohort: pd.DataFrame) -> "TwoLevelPlan":
        """Return the plan of a cohort with the columns `trial` and `treatment`."""
        trial = pd.factorize(cohort["trial"])[0]
        copies = trial.max() + 1
        return cls(
            patients=StratifiedPlan.of(_repeated(cohort, copies)),
            trial=np.tile(trial, copies),
            copy=np.repeat(np.arange(copies), trial.size),
        )

    @property
    def trials(self) -> int:
        """Number of trials, which is that of copies."""
        return int(self.trial.max()) + 1

    @property
    def cohort_weights(self) -> NDArray[np.float64]:
        """The rows of the first copy once, shape (N,)."""
        return np.where(self.copy == 0, 1.0, 0.0)

    def frame(self, cohort: pd.DataFrame) -> pd.DataFrame:
        """Return the cohort's copies one below the other; trial `a` becomes `a`, `a (2)`, `a (3)`, ..."""
        return _repeated(cohort, self.trials)

    def weights(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return how often each row of the frame is drawn in one replicate, shape (N,)."""
        times = np.bincount(rng.integers(self.trials, size=self.trials), minlength=self.trials)
        return np.where(self.copy < times[self.trial], self.patients.weights(rng), 0.0)

    def jackknife(self) -> Iterator[NDArray[np.float64]]:
        """Yield weights without one trial after the other."""
        trial = self.trial[self.copy == 0]
        for left_out in range(self.trials):
            yield np.where(trial != left_out, 1.0, 0.0)


PLANS: Mapping[str, type[StratifiedPlan | TwoLevelPlan]] = {
    "stratified": StratifiedPlan,
    "two_level": TwoLevelPlan,
}


def _repeated(cohort: pd.DataFrame, copies: int) -> pd.DataFrame:
    trial = cohort["trial"].astype(str)
    names = [trial, *(trial + f" ({number})" for number in range(2, copies + 1))]
    return pd.concat([cohort.assign(trial=name) for name in names], ignore_index=True)
