"""The probability of an event in either arm, given covariates; refitted in every replicate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from ipdmediation.data.arms import ARM_CODES
from ipdmediation.data.covariates import Covariates
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.binary_limit import logistic_coefficients
from ipdmediation.models.design import fit_design


@dataclass(frozen=True, kw_only=True)
class EventProbability:
    """A logistic regression of an event on treatment and covariates, without trial effects.

    Attributes
    ----------
    columns : ndarray, shape (2, n, p)
        Of everybody, had all been in one arm, by arm.
    arm : ndarray of int, shape (n,)
    occurs : ndarray, shape (n,)
        1 whom the event befell.
    start : ndarray, shape (p,)
        Coefficients in the cohort.
    """

    columns: FloatArray
    arm: IntArray
    occurs: FloatArray
    start: FloatArray

    @classmethod
    def of(
        cls, frame: pd.DataFrame, *, occurs: FloatArray, covariates: Covariates, weights: FloatArray
    ) -> EventProbability:
        """Prepare a completed cohort; `weights` are those of the patients who tell of the event.

        Raises
        ------
        ModelError
            Where the covariates cannot be used; it names them.
        """
        by_arm = fit_design(frame, covariates=covariates).other_columns()
        columns = np.concatenate([np.ones((*by_arm.shape[:2], 1)), by_arm], axis=2)
        arm = frame["treatment"].to_numpy(dtype=np.int64)
        own = _own(columns, arm)
        return cls(columns=columns, arm=arm, occurs=occurs, start=logistic_coefficients(own, occurs, weights))

    def by_arm(self, weights: FloatArray) -> FloatArray:
        """Return the (2, n) probability of everybody in either arm, fitted to rows with these weights.

        In an arm in which the event befell nobody it is 0, and that of the other arm is that of its own rows.
        """
        own = _own(self.columns, self.arm)
        fitted = logistic_coefficients(own, self.occurs, weights, start=self.start)
        probability: FloatArray = expit(self.columns @ fitted)
        return probability

    def own_arm(self, weights: FloatArray) -> FloatArray:
        """Return the (n,) probability of everybody in their own arm."""
        return self.by_arm(weights)[self.arm, np.arange(self.arm.size)]

    def arms_without(self, weights: FloatArray) -> list[int]:
        """Return the codes of the arms in which the event befell nobody."""
        return [code for code in ARM_CODES if not (weights * self.occurs)[self.arm == code].any()]


def _own(columns: FloatArray, arm: IntArray) -> FloatArray:
    return columns[arm, np.arange(arm.size)]
