"""Linear mixed model: correlated random effects by trial, by maximum likelihood or REML.

The parametrisation and the log-likelihoods are those of R `lme4::lmer` (Bates et al. 2015, J Stat Softw
67:1).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg

from ipdmediation.kernels import linear_mixed as kernels
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.linear_profile import Profile
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.errors import (
    ConvergenceWarning,
    FitWarning,
    ModelError,
    OutcomeError,
)
from ipdmediation.models.inputs import (
    check_design,
    check_offset,
    check_random_design,
    check_trials,
    check_weights,
    standardise,
    undetermined,
)
from ipdmediation.models.notes import singular_note
from ipdmediation.models.results import ModelFit, RandomEffects, Refit
from ipdmediation.vocabulary.terms import INTERCEPT

METHODS = ("ml", "reml")
_TOLERANCE = 1e-8
_REFIT_TOLERANCE = 1e-6
_MAX_ITERATIONS = 200


class LinearMixedModel:
    """Linear model with one to three correlated random effects by trial, intercept included.

    Parameters
    ----------
    outcome : (n,) numbers.
    design : (n, p) columns of the fixed effects, without an intercept.
    names : (p,) names of these columns; the results have "intercept" before them.
    trials : (n,) codes of the trials, 0, 1, ...
    random_design : (n, q) columns of the random effects, q = 1, 2 or 3; usually a column of ones first.
    random_names : (q,) names of these, e.g. ("intercept", "treatment").
    trial_names : names of the trials; default their codes.
    method : "ml" or "reml".
    offset : (n,) added to x'beta.
    trial_effects : label of the random structure, carried into the results.
    clusters : what several trials are called in notes, where they are others than trials.

    Raises
    ------
    ModelError
        Or one of its named kinds.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> trial, x = np.repeat(np.arange(10), 60), rng.normal(size=(600, 1))
    >>> y = 2 * x[:, 0] + rng.normal(size=10)[trial] + rng.normal(size=600)
    >>> ones = np.ones((600, 1))
    >>> model = LinearMixedModel(
    ...     y, x, names=["x"], trials=trial, random_design=ones, random_names=["intercept"]
    ... )
    >>> round(model.fit().coefficient("x"), 3)
    2.044
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
        trials: ArrayLike,
        random_design: ArrayLike,
        random_names: Sequence[str],
        trial_names: Sequence[str] | None = None,
        method: str = "ml",
        offset: ArrayLike | None = None,
        trial_effects: str = "random",
        clusters: str = "trials",
    ) -> None:
        if method not in METHODS:
            raise ModelError(f"method must be one of {', '.join(METHODS)}, not {method!r}")
        values = np.asarray(outcome, dtype=np.float64)
        if values.ndim != 1 or not np.isfinite(values).all():
            raise OutcomeError("the outcome must be one column of finite numbers")
        if np.ptp(values) == 0:
            raise OutcomeError("the outcome has one value only")
        self.n_rows = values.size
        matrix = check_design(design, names, self.n_rows)
        checked_trials = check_trials(trials, trial_names, self.n_rows)
        if checked_trials is None:
            raise ModelError("a mixed model needs the trial of every row")
        self._trials = checked_trials
        random = check_random_design(random_design, random_names, self.n_rows)
        self.names = (INTERCEPT, *names)
        self.random_names = tuple(random_names)
        self.method = method
        self.trial_effects = trial_effects
        self._clusters = clusters

        self._order = np.argsort(checked_trials.codes, kind="stable").astype(np.int64)
        counts = np.bincount(checked_trials.codes, minlength=len(checked_trials.names))
        self._trial_start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        centred = values - check_offset(offset, self.n_rows)
        self._middle, self._spread = float(centred.mean()), float(centred.std())
        standardised = standardise(matrix)
        self._centre, self._scale = standardised.centre, standardised.scale
        columns = np.vstack(
            [np.ones((1, self.n_rows)), standardised.columns, [(centred - self._middle) / self._spread]]
        )
        self._columns = np.ascontiguousarray(columns[:, self._order])
        self._random = random
        orthonormal, upper = np.linalg.qr(random)
        root = np.sqrt(self.n_rows)
        self._random_columns = np.ascontiguousarray((orthonormal * root).T[:, self._order])
        self._transform = upper / root
        self._inverse_transform = np.linalg.inv(upper) * root
        # natural estimates = jacobian @ standardised ones + the outcome's mean in the intercept
        self._jacobian = np.diag(np.concatenate([[1.0], 1 / self._scale])) * self._spread
        self._jacobian[0, 1:] = -self._spread * self._centre / self._scale

    @property
    def n_trials(self) -> int:
        """Number of trials, those without rows included."""
        return len(self._trials.names)

    def refit(self, weights: FloatArray, start: Refit | None = None) -> Refit:
        """Fit again with other weights, for the bootstrap: no checks, no covariance.

        Parameters
        ----------
        weights : (n,) float array, zeros allowed; they count as repeated rows.
        start : an earlier fit of this model.
        """
        factor, best, modes, _, _, status, iterations = self._run(weights, start, _REFIT_TOLERANCE)
        return self._result(best, modes, status, iterations, factor)

    def fit(self, *, weights: ArrayLike | None = None, start: Refit | None = None) -> ModelFit:
        """Fit the model.

        Parameters
        ----------
        weights : (n,) observation weights, zeros allowed; they count as repeated rows. Default one each.
        start : an earlier fit of this model, default a cold start.

        Returns
        -------
        ModelFit
            With the log-likelihood of the method ("reml": the restricted one).

        Raises
        ------
        RankDeficientError
            If the rows with weight do not determine all coefficients.

        Notes
        -----
        The result keeps what a reader has to know: SingularFitWarning, ConvergenceWarning.
        """
        checked = check_weights(weights, self.n_rows)
        factor, best, modes, spread, total, status, iterations = self._run(checked, start, _TOLERANCE)
        if status == FitStatus.RANK_DEFICIENT:
            raise undetermined(self._columns[1:-1], self.names[1:], checked[self._order])
        result = self._result(best, modes, status, iterations, factor)
        notes: list[FitWarning] = []
        if status == FitStatus.SINGULAR:
            notes.append(
                singular_note(
                    self.random_names,
                    result.random_covariance,
                    columns=self._random,
                    unit=float(np.sqrt(result.residual_variance)),
                    trials=int(np.count_nonzero(np.diff(self._trial_start))),
                    clusters=self._clusters,
                )
            )
        elif status != FitStatus.CONVERGED:
            notes.append(ConvergenceWarning(f"no convergence after {iterations} iterations"))
        inverse = linalg.cho_solve((np.tril(best.information), True), np.eye(len(self.names)))
        conditional = self._inverse_transform @ spread @ self._inverse_transform.T * result.residual_variance
        log_likelihood = best.value - total * np.log(self._spread)
        if self.method == "reml":
            log_likelihood += len(self.names) * np.log(self._spread) - np.log(self._scale).sum()
        return ModelFit(
            names=self.names,
            estimates=result.estimates,
            covariance=best.variance * self._jacobian @ inverse @ self._jacobian.T,
            n_thresholds=0,
            random_effects=RandomEffects(
                names=self.random_names,
                covariance=result.random_covariance,
                modes=result.modes,
                mode_se=np.sqrt(np.maximum(np.diagonal(conditional, axis1=1, axis2=2), 0.0)),
            ),
            residual_variance=result.residual_variance,
            log_likelihood=float(log_likelihood),
            gradient_norm=float(np.abs(2 * best.covariance_gradient @ factor).max(initial=0.0)),
            iterations=iterations,
            converged=FitStatus(status).usable,
            singular=status == FitStatus.SINGULAR,
            n=round(total),
            n_per_trial=self._trials.counts(checked),
            family=self.family,
            link=self.link,
            trial_effects=self.trial_effects,
            warnings=tuple(notes),
        )

    def _run(
        self, weights: FloatArray, start: Refit | None, tolerance: float
    ) -> tuple[FloatArray, Profile, FloatArray, FloatArray, float, int, int]:
        q = len(self.random_names)
        if start is None or not start.residual_variance > 0:
            relative = 0.1 * np.eye(q)
        else:
            relative = self._transform @ start.random_covariance @ self._transform.T / start.residual_variance
        result: tuple[FloatArray, Profile, FloatArray, FloatArray, float, int, int] = kernels.fit_mixed(
            self._columns,
            self._random_columns,
            self._trial_start,
            self._order,
            weights,
            relative,
            self.method == "reml",
            tolerance,
            _MAX_ITERATIONS,
        )
        return result

    def _result(
        self, best: Profile, modes: FloatArray, status: int, iterations: int, factor: FloatArray
    ) -> Refit:
        estimates = self._jacobian @ best.slopes
        estimates[0] += self._middle
        natural = self._inverse_transform @ factor
        variance = best.variance * self._spread**2
        return Refit(
            estimates,
            natural @ natural.T * variance,
            modes @ self._inverse_transform.T * self._spread,
            variance,
            np.nan,
            status,
            iterations,
        )
