"""Linear regression by weighted least squares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg

from ipdmediation.kernels import linear as kernels
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.errors import ModelError, OutcomeError
from ipdmediation.models.inputs import (
    check_design,
    check_offset,
    check_trials,
    check_weights,
    standardise,
    undetermined,
)
from ipdmediation.models.results import ModelFit, Refit
from ipdmediation.vocabulary.terms import INTERCEPT

RESIDUAL_VARIANCES = ("unbiased", "ml")


class LinearModel:
    """Linear model with Gaussian errors, intercept included.

    Parameters
    ----------
    outcome : (n,) numbers.
    design : (n, p) columns without an intercept.
    names : (p,) names of the columns; the results have "intercept" before them.
    residual_variance : "unbiased" (sum of squares / (n - p - 1)) or "ml" (sum of squares / n); the standard
        errors use the same one. The log-likelihood is the maximised one in both.
    offset : (n,) added to x'beta.
    trials, trial_names, trial_effects : as of `CumulativeLinkModel`.

    Raises
    ------
    ModelError
        Or one of its named kinds: missing values, constant or dependent columns.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(500, 1))
    >>> y = 1 + 2 * x[:, 0] + rng.normal(size=500)
    >>> fit = LinearModel(y, x, names=["x"]).fit()
    >>> fit.names, np.round(fit.estimates, 3)
    (('intercept', 'x'), array([0.927, 1.999]))
    """

    family = "continuous"
    link = "identity"
    n_thresholds = 0

    def __init__(
        self,
        outcome: ArrayLike,
        design: ArrayLike,
        *,
        names: Sequence[str],
        residual_variance: str = "unbiased",
        offset: ArrayLike | None = None,
        trials: ArrayLike | None = None,
        trial_names: Sequence[str] | None = None,
        trial_effects: str = "none",
    ) -> None:
        if residual_variance not in RESIDUAL_VARIANCES:
            raise ModelError(
                f"residual_variance must be one of {', '.join(RESIDUAL_VARIANCES)}, not {residual_variance!r}"
            )
        values = np.asarray(outcome, dtype=np.float64)
        if values.ndim != 1 or not np.isfinite(values).all():
            raise OutcomeError("the outcome must be one column of finite numbers")
        self.n_rows = values.size
        matrix = check_design(design, names, self.n_rows)
        self.names = (INTERCEPT, *names)
        self.residual_variance = residual_variance
        self.trial_effects = trial_effects
        self._trials = check_trials(trials, trial_names, self.n_rows)
        standardised = standardise(matrix)
        self._columns = np.vstack([np.ones((1, self.n_rows)), standardised.columns])
        self._centre, self._scale = standardised.centre, standardised.scale
        self._outcome = values - check_offset(offset, self.n_rows)

    def refit(self, weights: FloatArray, start: Refit | None = None) -> Refit:
        """Fit again with other weights, for the bootstrap; `start` is not needed and there for symmetry."""
        estimates, _, squares, total, status = kernels.fit_weighted(
            self._columns, self._outcome, self._centre, self._scale, weights
        )
        degrees = self._degrees(total)
        variance = squares / degrees if degrees > 0 else np.nan
        status = status if degrees > 0 else int(FitStatus.RANK_DEFICIENT)
        return Refit(estimates, np.zeros((0, 0)), np.zeros((0, 0)), variance, np.nan, status, 1)

    def fit(self, *, weights: ArrayLike | None = None, start: Refit | None = None) -> ModelFit:
        """Fit the model.

        Parameters
        ----------
        weights : (n,) observation weights, zeros allowed; they count as repeated rows. Default one each.
        start : not needed; there so that all models are called alike.

        Raises
        ------
        RankDeficientError
            If the rows with weight do not determine all coefficients.
        """
        checked = check_weights(weights, self.n_rows)
        estimates, cross, squares, total, status = kernels.fit_weighted(
            self._columns, self._outcome, self._centre, self._scale, checked
        )
        if status == FitStatus.RANK_DEFICIENT or self._degrees(total) <= 0:
            raise undetermined(self._columns[1:], self.names[1:], checked)
        variance = squares / self._degrees(total)
        full = np.tril(cross) + np.tril(cross, -1).T
        jacobian = np.diag(np.concatenate([[1.0], 1 / self._scale]))
        jacobian[0, 1:] = -self._centre / self._scale
        return ModelFit(
            names=self.names,
            estimates=estimates,
            covariance=variance * jacobian @ linalg.inv(full) @ jacobian.T,
            n_thresholds=0,
            random_effects=None,
            residual_variance=float(variance),
            log_likelihood=float(-0.5 * total * (np.log(2 * np.pi * squares / total) + 1)),
            gradient_norm=0.0,
            iterations=1,
            converged=True,
            singular=False,
            n=round(total),
            n_per_trial={} if self._trials is None else self._trials.counts(checked),
            family=self.family,
            link=self.link,
            trial_effects=self.trial_effects,
            warnings=(),
        )

    def _degrees(self, total: float) -> float:
        return total - len(self.names) if self.residual_variance == "unbiased" else total
