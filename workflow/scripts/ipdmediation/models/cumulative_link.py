"""Cumulative link model with fixed effects; with the logit link it is the proportional-odds model.

P(Y <= k) = F(threshold[k] - x'beta), so a positive coefficient shifts towards higher levels. McCullagh 1980,
J R Stat Soc B 42:109; the parametrisation is that of R `ordinal::clm`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg

from ipdmediation.kernels import fixed as kernels
from ipdmediation.kernels import links
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.errors import (
    ConvergenceWarning,
    ModelError,
    OutcomeError,
    SeparationWarning,
)
from ipdmediation.models.inputs import (
    check_design,
    check_levels,
    check_offset,
    check_trials,
    check_weights,
    standardise,
    undetermined,
)
from ipdmediation.models.results import ModelFit, Refit, lacking_refit
from ipdmediation.models.thresholds import Thresholds
from ipdmediation.vocabulary.links import LINKS

_TOLERANCE = 1e-8
_MAX_ITERATIONS = 60


class CumulativeLinkModel:
    """Cumulative link model, fitted by maximum likelihood (own Newton, analytic derivatives).

    Parameters
    ----------
    levels_index : (n,) outcome levels 0..n_levels - 1, in order.
    design : (n, p) columns without an intercept (the thresholds are the intercepts).
    names : (p,) names of the columns.
    n_levels : number of outcome levels, also of those that no row has.
    level_names : (n_levels,) names for the thresholds ("0|1"); default 0, 1, ...
    link : a key of `vocabulary.links.LINKS`.
    offset : (n,) added to x'beta.
    trials, trial_names : (n,) trial codes and their names, for the counts of patients per trial only.
    trial_effects : how trials enter the design, carried into the results.
    arms : (n,) 0 or 1, where each arm has thresholds of its own (see `models.thresholds`): the design then
        has no column of the treatment. The lowest and the highest level have to be in both.

    Raises
    ------
    ModelError
        Or one of its named kinds: levels outside the range, missing values, constant or dependent columns.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(500, 1))
    >>> y = np.digitize(x[:, 0] + rng.logistic(size=500), [-1.0, 0.0, 1.5])
    >>> fit = CumulativeLinkModel(y, x, names=["x"], n_levels=4).fit()
    >>> fit.names, round(fit.coefficient("x"), 3)
    (('0|1', '1|2', '2|3', 'x'), 0.989)
    """

    family = "ordinal"

    def __init__(
        self,
        levels_index: ArrayLike,
        design: ArrayLike,
        *,
        names: Sequence[str],
        n_levels: int,
        level_names: Sequence[str] | None = None,
        link: str = "logit",
        offset: ArrayLike | None = None,
        trials: ArrayLike | None = None,
        trial_names: Sequence[str] | None = None,
        trial_effects: str = "none",
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
        self.level_names = tuple(labels)
        self.n_levels = n_levels
        self.link = link
        self.trial_effects = trial_effects
        self._thresholds = Thresholds(levels, labels, arms=arms)
        self.names = (*self._thresholds.names, *names)
        self._link = links.LINKS[link]
        self._trials = check_trials(trials, trial_names, self.n_rows)

        # sorted by level once: a resample only has to drop its rows of weight zero
        self._order = np.argsort(self._thresholds.codes, kind="stable").astype(np.int64)
        self._levels = np.ascontiguousarray(self._thresholds.codes[self._order])
        standardised = standardise(matrix)
        self._columns = np.ascontiguousarray(standardised.columns[:, self._order])
        self._centre, self._scale = standardised.centre, standardised.scale
        self._offset = np.ascontiguousarray(check_offset(offset, self.n_rows)[self._order])
        self._cold_start = np.full(len(self.names), np.nan)
        self._scratch = np.empty((self._columns.shape[0] + kernels.FIXED_SCRATCH) * self.n_rows)

    @property
    def n_thresholds(self) -> int:
        """Number of thresholds, those of empty levels included."""
        return self.n_levels - 1

    def refit(self, weights: FloatArray, start: Refit | None = None) -> Refit:
        """Fit again with other weights, for the bootstrap: no checks, no covariance, no log-likelihood.

        Parameters
        ----------
        weights : (n,) float array, zeros allowed; integer counts stand for repeated rows.
        start : an earlier fit of this model.
        """
        if self._thresholds.unbounded(weights):
            return lacking_refit(len(self.names))
        initial = self._cold_start if start is None else start.estimates
        estimates, _, _, log_likelihood, status, iterations = self._run(weights, initial, diagnose=False)
        if start is not None and status not in (FitStatus.CONVERGED, FitStatus.ONE_LEVEL):
            return self.refit(weights)
        return Refit(
            estimates, np.zeros((0, 0)), np.zeros((0, 0)), np.nan, log_likelihood, status, iterations
        )

    def fit(self, *, weights: ArrayLike | None = None, start: Refit | None = None) -> ModelFit:
        """Fit the model.

        Parameters
        ----------
        weights : (n,) observation weights, zeros allowed; default one each.
        start : an earlier fit of this model, default a cold start.

        Returns
        -------
        ModelFit

        Raises
        ------
        OutcomeError
            If the outcome has one level only.
        RankDeficientError
            If the rows with weight leave a column without information.

        Notes
        -----
        The result keeps what a reader has to know: EmptyLevelWarning, SeparationWarning, ConvergenceWarning.
        """
        checked = check_weights(weights, self.n_rows)
        self._thresholds.check(checked)
        initial = self._cold_start if start is None else start.estimates
        estimates, information, last, log_likelihood, status, iterations = self._run(
            checked, initial, diagnose=True
        )
        slope_names = self.names[len(self._thresholds.names) :]
        if status == FitStatus.ONE_LEVEL:
            only = self._levels[checked[self._order] > 0][0] % self.n_levels
            raise OutcomeError(f"all rows have the same outcome level, {self.level_names[only]}")
        if status == FitStatus.RANK_DEFICIENT:
            raise undetermined(self._columns, slope_names, checked[self._order])
        notes = self._thresholds.notes(checked)
        if status == FitStatus.SEPARATED:
            slopes = np.abs(last[last.size - len(slope_names) :])
            involved = [slope_names[j] for j in np.flatnonzero(slopes > 0.5 * slopes.max())]
            notes.append(
                SeparationWarning(
                    f"the outcome is separated by {', '.join(involved)}: the estimate is infinite; "
                    "leave the column out or merge its categories"
                )
            )
        elif status != FitStatus.CONVERGED:
            notes.append(ConvergenceWarning(f"no convergence after {iterations} iterations"))
        return ModelFit(
            names=self.names,
            estimates=estimates,
            covariance=self._natural_covariance(information, checked),
            n_thresholds=self.n_thresholds,
            random_effects=None,
            residual_variance=None,
            log_likelihood=log_likelihood,
            gradient_norm=float(np.abs(last).max()) if status == FitStatus.CONVERGED else np.nan,
            iterations=iterations,
            converged=status == FitStatus.CONVERGED,
            singular=False,
            n=round(checked.sum()),
            n_per_trial={} if self._trials is None else self._trials.counts(checked),
            family=self.family,
            link=self.link,
            trial_effects=self.trial_effects,
            warnings=tuple(notes),
        )

    def _run(
        self, weights: FloatArray, start: FloatArray, *, diagnose: bool
    ) -> tuple[FloatArray, FloatArray, FloatArray, float, int, int]:
        estimates, information, last, log_likelihood, status, iterations = kernels.fit_fixed(
            self._levels,
            self._columns,
            self._offset,
            self._order,
            self._centre,
            self._scale,
            self.n_levels,
            self._thresholds.n_arms,
            self._link,
            weights,
            self._thresholds.to_kernel(start),
            diagnose,
            _TOLERANCE,
            _MAX_ITERATIONS,
            self._scratch,
        )
        shown = self._thresholds.from_kernel(estimates)
        return shown, information, last, log_likelihood, status, iterations

    def _natural_covariance(self, information: FloatArray, weights: FloatArray) -> FloatArray:
        """Covariance on the natural scale, all thresholds, from the information of the standardised fit."""
        lower = np.tril(information)
        symmetric = lower + np.tril(information, -1).T
        try:
            inverse = linalg.inv(symmetric)
        except linalg.LinAlgError:
            inverse = np.full_like(symmetric, np.nan)
        jacobian = self._thresholds.jacobian(weights, centre=self._centre, scale=self._scale)
        covariance: FloatArray = jacobian @ inverse @ jacobian.T
        return covariance
