"""Cumulative link mixed model: correlated random effects by trial, Laplace approximation.

P(Y <= k) = F(threshold[k] - x'beta - z'b[trial]), b ~ N(0, D). The approximation and its parametrisation are
those of R `ordinal::clmm`; a covariance D at its boundary (a variance of zero, a correlation of one) is an
ordinary answer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg

from ipdmediation.kernels import links
from ipdmediation.kernels import mixed as kernels
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.laplace import laplace_criterion
from ipdmediation.kernels.mixed_rows import MixedRows, MixedWork, mixed_rows, mixed_work
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.errors import (
    ConvergenceWarning,
    FitWarning,
    ModelError,
    OutcomeError,
    SeparationWarning,
)
from ipdmediation.models.inputs import (
    check_design,
    check_levels,
    check_offset,
    check_random_design,
    check_trials,
    check_weights,
    standardise,
    undetermined,
)
from ipdmediation.models.laplace_diagnosis import LaplacePoint, diagnose
from ipdmediation.models.notes import singular_note
from ipdmediation.models.results import ModelFit, RandomEffects, Refit, lacking_refit
from ipdmediation.models.thresholds import Thresholds
from ipdmediation.vocabulary.links import LINKS

_TOLERANCE = 1e-7
_MAX_ITERATIONS = 100
_INSIDE_VARIANCE = 0.16  # of each standardised random effect, in units of the linear predictor


class CumulativeLinkMixedModel:
    """Cumulative link model with one to three correlated random effects by trial.

    Parameters
    ----------
    levels_index : (n,) outcome levels 0..n_levels - 1, in order.
    design : (n, p) columns of the fixed effects, without an intercept (the thresholds are the intercepts).
    names : (p,) names of these columns.
    n_levels : number of outcome levels, also of those that no row has.
    trials : (n,) codes of the trials, 0, 1, ...
    random_design : (n, q) columns of the random effects, q = 1, 2 or 3; usually a column of ones first.
    random_names : (q,) names of these, e.g. ("intercept", "treatment").
    trial_names : names of the trials; default their codes.
    level_names, link, offset, trial_effects, arms : as of `CumulativeLinkModel`.
    clusters : what several trials are called in notes, where they are others than trials.

    Raises
    ------
    ModelError
        Or one of its named kinds.

    Notes
    -----
    The criterion is maximised with its exact gradient (the modes' own shift and the change of the
    weights included) in the Cholesky factor of D. A factor that loses rank is continued with fewer columns;
    the answer is accepted only if no direction has a positive derivative of the criterion in the variance.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> trial, x = np.repeat(np.arange(10), 60), rng.normal(size=(600, 1))
    >>> y = np.digitize(x[:, 0] + rng.normal(size=10)[trial] + rng.logistic(size=600), [-1.0, 0.0, 1.5])
    >>> ones = np.ones((600, 1))
    >>> model = CumulativeLinkMixedModel(
    ...     y, x, names=["x"], n_levels=4, trials=trial, random_design=ones, random_names=["intercept"]
    ... )
    >>> round(model.fit().coefficient("x"), 3)
    1.026
    """

    def __init__(
        self,
        levels_index: ArrayLike,
        design: ArrayLike,
        *,
        names: Sequence[str],
        n_levels: int,
        trials: ArrayLike,
        random_design: ArrayLike,
        random_names: Sequence[str],
        trial_names: Sequence[str] | None = None,
        level_names: Sequence[str] | None = None,
        link: str = "logit",
        offset: ArrayLike | None = None,
        trial_effects: str = "random",
        clusters: str = "trials",
        arms: ArrayLike | None = None,
    ) -> None:
        if link not in LINKS:
            raise ModelError(f"link must be one of {', '.join(LINKS)}, not {link!r}")
        levels = check_levels(levels_index, n_levels)
        self.n_rows = levels.size
        matrix = check_design(design, names, self.n_rows)
        labels = [str(k) for k in range(n_levels)] if level_names is None else [str(v) for v in level_names]
        if len(labels) != n_levels:
            raise ModelError(f"{n_levels} outcome levels need as many names, not {len(labels)}")
        checked_trials = check_trials(trials, trial_names, self.n_rows)
        if checked_trials is None:
            raise ModelError("a mixed model needs the trial of every row")
        self._trials = checked_trials
        random = check_random_design(random_design, random_names, self.n_rows)
        self.family = "binary" if n_levels == 2 else "ordinal"
        self.level_names = tuple(labels)
        self.n_levels = n_levels
        self.link = link
        self.trial_effects = trial_effects
        self._clusters = clusters
        self.random_names = tuple(random_names)
        self._thresholds = Thresholds(levels, labels, arms=arms)
        self.names = (*self._thresholds.names, *names)
        self._link = links.LINKS[link]

        # sorted by trial and level once: a resample only has to drop its rows of weight zero
        self._order = np.lexsort((self._thresholds.codes, checked_trials.codes)).astype(np.int64)
        self._levels = np.ascontiguousarray(self._thresholds.codes[self._order])
        self._trial_codes = np.ascontiguousarray(checked_trials.codes[self._order])
        standardised = standardise(matrix)
        self._columns = np.ascontiguousarray(standardised.columns[:, self._order])
        self._centre, self._scale = standardised.centre, standardised.scale
        self._random = random
        # orthonormal random columns: variances in units of the linear predictor, whatever the columns' own
        # units
        orthonormal, upper = np.linalg.qr(random)
        root = np.sqrt(self.n_rows)
        self._random_columns = np.ascontiguousarray((orthonormal * root).T[:, self._order])
        self._transform = np.ascontiguousarray(upper / root)
        self._inverse_transform = np.ascontiguousarray(linalg.inv(upper) * root)
        self._offset = np.ascontiguousarray(check_offset(offset, self.n_rows)[self._order])
        q = len(self.random_names)
        self._cold_start = Refit(
            np.full(len(self.names), np.nan),
            np.zeros((q, q)),
            np.zeros((self.n_trials, q)),
            np.nan,
            np.nan,
            int(FitStatus.NOT_CONVERGED),
            0,
        )

    @property
    def n_thresholds(self) -> int:
        """Number of thresholds, those of empty levels included."""
        return self.n_levels - 1

    @property
    def n_trials(self) -> int:
        """Number of trials, those without rows included."""
        return len(self._trials.names)

    def refit(self, weights: FloatArray, start: Refit | None = None) -> Refit:
        """Fit again with other weights, for the bootstrap: no checks, no covariance, no log-likelihood.

        Parameters
        ----------
        weights : (n,) float array, zeros allowed; integer counts stand for repeated rows.
        start : an earlier fit of this model.
        """
        if self._thresholds.unbounded(weights):
            return lacking_refit(len(self.names))
        return self._fit_cold(weights) if start is None else self._run(weights, start)

    def fit(self, *, weights: ArrayLike | None = None, start: Refit | None = None) -> ModelFit:
        """Fit the model.

        Parameters
        ----------
        weights : (n,) observation weights, zeros allowed; default one each.
        start : an earlier fit of this model, default a cold start.

        Returns
        -------
        ModelFit
            Its covariance is the fixed part of the inverse observed information of all parameters. At the
            boundary the parameters of the random effects that remain free are those of the reduced rank.

        Raises
        ------
        OutcomeError, RankDeficientError
            As of `CumulativeLinkModel.fit`.

        Notes
        -----
        The result keeps what a reader has to know: SingularFitWarning, EmptyLevelWarning, SeparationWarning,
        ConvergenceWarning.
        """
        checked = check_weights(weights, self.n_rows)
        self._thresholds.check(checked)
        result = self._fit_cold(checked) if start is None else self._run(checked, start)
        if result.status == FitStatus.ONE_LEVEL:
            only = self._levels[checked[self._order] > 0][0] % self.n_levels
            raise OutcomeError(f"all rows have the same outcome level, {self.level_names[only]}")
        if result.status == FitStatus.RANK_DEFICIENT:
            names = self.names[len(self._thresholds.names) :]
            raise undetermined(self._columns, names, checked[self._order])
        rows, work, point = self._at(result, checked)
        diagnosis = diagnose(rows, work, point, link=self._link)
        notes = self._notes(result, checked)
        conditional = self._inverse_transform @ diagnosis.spread @ self._inverse_transform.T
        usable = FitStatus(result.status).usable
        return ModelFit(
            names=self.names,
            estimates=result.estimates,
            covariance=self._natural_covariance(diagnosis.observed, diagnosis.marginal, checked),
            n_thresholds=self.n_thresholds,
            random_effects=RandomEffects(
                names=self.random_names,
                covariance=result.random_covariance,
                modes=result.modes,
                mode_se=np.sqrt(np.maximum(np.diagonal(conditional, axis1=1, axis2=2), 0.0)),
            ),
            residual_variance=None,
            log_likelihood=diagnosis.log_likelihood,
            gradient_norm=float(np.abs(diagnosis.gradient).max()),
            iterations=result.iterations,
            converged=usable,
            singular=result.status == FitStatus.SINGULAR,
            n=round(checked.sum()),
            n_per_trial=self._trials.counts(checked),
            family=self.family,
            link=self.link,
            trial_effects=self.trial_effects,
            warnings=tuple(notes),
        )

    def log_likelihood(self, parameters: Refit, *, weights: ArrayLike | None = None) -> float:
        """Log-likelihood at given parameters, by the Laplace approximation.

        Parameters
        ----------
        parameters : e.g. `fit.start()`.
        weights : (n,) observation weights.
        """
        rows, work, point = self._at(parameters, check_weights(weights, self.n_rows))
        return float(laplace_criterion(rows, work, *point, self._link))

    def _data(
        self,
    ) -> tuple[IntArray, IntArray, FloatArray, FloatArray, FloatArray, IntArray, FloatArray, FloatArray]:
        return (
            self._levels,
            self._trial_codes,
            self._columns,
            self._random_columns,
            self._offset,
            self._order,
            self._centre,
            self._scale,
        )

    def _fit_cold(self, weights: FloatArray) -> Refit:
        """Fit from a cold start; where it ends at the boundary, try again from inside and keep the better."""
        first = self._run(weights, self._cold_start)
        if first.status != FitStatus.SINGULAR:
            return first
        inside = (
            first.random_covariance + _INSIDE_VARIANCE * self._inverse_transform @ self._inverse_transform.T
        )
        second = self._run(weights, first._replace(random_covariance=inside))
        if not FitStatus(second.status).usable:
            return first
        return max(first, second, key=lambda fit: self.log_likelihood(fit, weights=weights))

    def _run(self, weights: FloatArray, start: Refit) -> Refit:
        estimates, covariance, modes, status, iterations = kernels.fit_mixed(
            *self._data(),
            self._transform,
            self._inverse_transform,
            self.n_trials,
            self.n_levels,
            self._thresholds.n_arms,
            self._link,
            weights,
            self._thresholds.to_kernel(start.estimates),
            start.random_covariance,
            start.modes,
            _TOLERANCE,
            _MAX_ITERATIONS,
        )
        shown = self._thresholds.from_kernel(estimates)
        return Refit(shown, covariance, modes, np.nan, np.nan, status, iterations)

    def _rank(self, covariance: FloatArray) -> int:
        return int(kernels.rank_of(self._transform @ covariance @ self._transform.T))

    def _at(self, parameters: Refit, weights: FloatArray) -> tuple[MixedRows, MixedWork, LaplacePoint]:
        rows, present, level_weight = mixed_rows(
            self._levels,
            self._trial_codes,
            self._columns,
            self._random_columns,
            self._offset,
            self._order,
            self.n_trials,
            self.n_levels,
            self._thresholds.n_arms,
            weights,
        )
        point = LaplacePoint(
            *kernels.standard_start(
                self._thresholds.to_kernel(parameters.estimates),
                parameters.random_covariance,
                parameters.modes,
                present,
                level_weight,
                self._centre,
                self._scale,
                self._transform,
                self.n_levels,
                self._thresholds.n_arms,
                self._rank(parameters.random_covariance),
                self._link,
            )
        )
        size = point.thresholds.size + point.slopes.size
        work = mixed_work(
            rows.weights.size, len(self.random_names), self.n_trials, point.thresholds.size, size
        )
        return rows, work, point

    def _notes(self, result: Refit, weights: FloatArray) -> list[FitWarning]:
        notes = self._thresholds.notes(weights)
        if result.status == FitStatus.SINGULAR:
            notes.append(
                singular_note(
                    self.random_names,
                    result.random_covariance,
                    columns=self._random,
                    unit=1.0,
                    trials=np.unique(self._trial_codes).size,
                    clusters=self._clusters,
                )
            )
        elif result.status == FitStatus.SEPARATED:
            first = len(self._thresholds.names)
            sizes = np.abs(result.estimates[first:] * self._scale)
            involved = [self.names[first + j] for j in np.flatnonzero(sizes > 0.5 * sizes.max())]
            notes.append(
                SeparationWarning(
                    f"the outcome is separated by {', '.join(involved)}: the estimate is infinite; "
                    "leave the column out or merge its categories"
                )
            )
        elif result.status != FitStatus.CONVERGED:
            notes.append(ConvergenceWarning(f"no convergence after {result.iterations} iterations"))
        return notes

    def _natural_covariance(
        self, observed: FloatArray, marginal: FloatArray, weights: FloatArray
    ) -> FloatArray:
        """Covariance of thresholds and coefficients on the natural scale."""
        size = marginal.shape[0]
        try:
            linalg.cholesky(observed)
            inverse = linalg.inv(observed)[:size, :size]
        except linalg.LinAlgError:
            # a nearly flat variance: the information of the fixed part alone
            inverse = linalg.pinvh(marginal)
        jacobian = self._thresholds.jacobian(weights, centre=self._centre, scale=self._scale)
        covariance: FloatArray = jacobian @ inverse @ jacobian.T
        return covariance
