"""A cohort's model and its refits, which do without what a resample leaves undetermined or infinite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.columns import constant_columns
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.design import Design
from ipdmediation.models.errors import EmptyLevelWarning, RankDeficientError
from ipdmediation.models.inputs import TrialLabels, check_weights
from ipdmediation.models.notes import empty_level_notes, separated_by, separation_error, separation_note
from ipdmediation.models.results import Model, ModelFit, Refit
from ipdmediation.models.separation import INFINITE, Recession, find_recession
from ipdmediation.vocabulary.terms import Term

_KEPT_MODELS = 16
_INDEPENDENT = 1e-9  # of a column's scale


class Build(Protocol):
    """Makes the model of some columns of a design."""

    def __call__(
        self, design: Design, names: Sequence[str], matrix: FloatArray, *, offset: FloatArray | None = None
    ) -> Model:
        """Return the model of the (n, p) `matrix`, whose columns have these names."""


class ResampledModel:
    """A model whose refits leave out the covariates that the rows with weight do not determine.

    A resample may draw no patient with a rare level, or only trials whose patients share a value. Such a
    column is constant, or a combination of others. Its coefficient is not identified, and not needed: the
    model without it has the same predictor for each of these patients, and effects are averages over them. A
    refit is that of the model without the column, with a coefficient of 0 in its place. Columns of treatment,
    mediator and trials are never left out: a resample that does not determine these has the status
    `RANK_DEFICIENT`, and so has one of no more different patients than coefficients.

    Patients with a rare level, or a trial, may all have the lowest or the highest outcome. The coefficient is
    then infinite, and the likelihood has its limit where they are predicted with certainty: the estimates are
    those of the other patients, in the cohort's fit as in a refit. In the place of infinity stands a number
    with which these patients' probabilities are 0 and 1. Where treatment or the mediator has part in it, no
    limit says what they do: the cohort's fit is an error, a refit `SEPARATED`.

    Parameters
    ----------
    build : makes the model of some columns of a design.
    design : of the cohort.
    leading : terms of the estimates before those of the design. With `free_treatment` those of the treatment
        at each cut are among them, and the design's own column of the treatment has none.
    levels : (n,) outcome levels of a cumulative link model; None for a linear one.
    level_names : their codes.
    free_treatment : whether the treatment has an effect of its own at each cut.

    Attributes
    ----------
    model : the cohort's, with all columns.
    names, random_names : of the estimates and the random effects (none in a model without) of the cohort's
        model.
    terms : what the estimates are.
    """

    def __init__(
        self,
        build: Build,
        design: Design,
        *,
        leading: tuple[Term, ...],
        levels: IntArray | None = None,
        level_names: tuple[str, ...] = (),
        free_treatment: bool = False,
    ) -> None:
        self._build, self._design = build, design
        self._levels, self._level_names = levels, level_names
        self.model = build(design, design.names, design.matrix)
        self.names = self.model.names
        self.free_treatment = free_treatment
        self.terms = (*leading, *design.terms[1 if free_treatment else 0 :])
        self.random_names: tuple[str, ...] = getattr(self.model, "random_names", ())
        self.n_thresholds = self.model.n_thresholds
        self._first = len(self.names) - len(design.terms)  # where the coefficient of the first column is
        self._adjusting = design.adjustment_positions
        self._not_effects = np.sort(np.concatenate([self._adjusting, design.trial_positions]))
        self._values = np.ascontiguousarray(design.matrix[:, self._adjusting].T)
        self._cohort_limit: Recession | None = None
        # the same level is lost again and again
        self._model_without = lru_cache(_KEPT_MODELS)(self._build_without)

    def fit(self, *, weights: ArrayLike | None = None, start: Refit | None = None) -> ModelFit:
        """Fit with checks and standard errors; all columns are in it.

        Raises
        ------
        SeparationError
            If the outcome separates the arms, or the mediator orders it.
        ModelError
            As of the model itself.
        """
        checked = check_weights(weights, len(self._design.matrix))
        try:
            fit = self.model.fit(weights=checked, start=start)
        except RankDeficientError:
            limit = self._fit_at_limit(checked)
            if limit is None:
                raise
            fit = limit
        else:
            if not fit.converged:
                fit = self._fit_at_limit(checked) or fit
        return replace(fit, warnings=(*self._design.notes, *fit.warnings))

    def refit(self, weights: FloatArray, start: Refit | None = None) -> Refit:
        """Fit a resample.

        Parameters
        ----------
        weights : (n,) float array, zeros allowed; integer counts stand for repeated rows.
        start : an earlier fit of this model.

        Returns
        -------
        Refit
            With a coefficient of 0 for each covariate that is left out.
        """
        if self._cohort_limit is not None:
            # a resample keeps the cohort's direction, as long as it has one of these patients
            start = None if start is None else self._without_infinities(start, self._cohort_limit)
            if (weights[self._cohort_limit.decided] > 0).any():
                fit = self._refit_at_limit(self._cohort_limit, weights, start)
                if FitStatus(fit.status).usable:
                    return fit
        lost = self._adjusting[constant_columns(self._values, weights)]
        fit = self._refit_determined(lost, weights, start, self._adjusting)
        if self._too_few(weights, lost):
            return fit._replace(status=int(FitStatus.RANK_DEFICIENT))
        if self._levels is not None and not FitStatus(fit.status).usable:
            found = self._recession(self._levels, weights, self._not_effects)
            if found is not None:
                return self._refit_at_limit(found, weights, start)
        return fit

    def without(self, *columns: int) -> Model:
        """Return the cohort's model without some columns of the design, for a likelihood-ratio test."""
        return self._model_without(columns)

    def why_failed(self, fit: Refit, weights: FloatArray) -> str:
        """Return why a refit has no answer: its status, or what separates the outcome.

        Parameters
        ----------
        fit : a refit whose status is not usable.
        weights : (n,) those that it was fitted with.
        """
        status = FitStatus(fit.status)
        if self._levels is not None and status in (FitStatus.SEPARATED, FitStatus.NOT_CONVERGED):
            found = self._recession(self._levels, weights, np.arange(len(self._design.terms)))
            if found is not None:
                return separated_by(found, self._design)
        return status.name.lower().replace("_", " ")

    def _refit_determined(
        self,
        lost: IntArray,
        weights: FloatArray,
        start: Refit | None,
        spare: IntArray,
        offset: FloatArray | None = None,
    ) -> Refit:
        """Refit without some columns, and without more of the `spare` ones where these do not suffice."""
        fit = self._refit_without(lost, weights, start, offset)
        if fit.status == FitStatus.RANK_DEFICIENT and not self._too_few(weights, lost):
            more = self._dependent(weights, lost, spare)
            if more.size > lost.size:
                fit = self._refit_without(more, weights, start, offset)
        return fit

    def _too_few(self, weights: FloatArray, lost: IntArray) -> bool:
        """Say whether no more rows have weight than there are coefficients, so that these fit anything."""
        return int(np.count_nonzero(weights)) <= 1 + len(self._design.terms) - lost.size

    def _refit_without(
        self, lost: IntArray, weights: FloatArray, start: Refit | None, offset: FloatArray | None = None
    ) -> Refit:
        if not lost.size and offset is None:
            return self.model.refit(weights, start)
        kept = np.delete(np.arange(len(self.names)), self._first + lost)
        begin = None if start is None else start._replace(estimates=start.estimates[kept])
        fit = self._reduced(lost, offset).refit(weights, begin)
        estimates = np.zeros(len(self.names))
        estimates[kept] = fit.estimates
        return fit._replace(estimates=estimates)

    def _dependent(self, weights: FloatArray, lost: IntArray, spare: IntArray) -> IntArray:
        """Return the lost columns with the spare ones that are combinations of an intercept and others."""
        columns = np.setdiff1d(np.arange(len(self._design.terms)), lost)
        order = np.concatenate([np.setdiff1d(columns, spare), np.intersect1d(columns, spare)])
        drawn = self._design.matrix[weights > 0][:, order]
        drawn = (drawn - drawn.mean(axis=0)) / np.maximum(np.abs(drawn).max(axis=0), 1.0)
        own_part = np.zeros(order.size)  # of columns beyond the number of rows nothing is their own
        diagonal = np.abs(np.diag(linalg.qr(drawn, mode="r")[0]))
        own_part[: diagonal.size] = diagonal
        free = own_part > _INDEPENDENT * np.sqrt(len(drawn))
        return np.union1d(lost, order[~free & np.isin(order, spare)])

    def _reduced(self, lost: IntArray, offset: FloatArray | None) -> Model:
        columns = tuple(lost.tolist())
        return self._model_without(columns) if offset is None else self._build_without(columns, offset)

    def _build_without(self, lost: tuple[int, ...], offset: FloatArray | None = None) -> Model:
        names = np.delete(self._design.names, lost).tolist()
        return self._build(self._design, names, np.delete(self._design.matrix, lost, axis=1), offset=offset)

    def _recession(self, levels: IntArray, weights: FloatArray, columns: IntArray) -> Recession | None:
        return find_recession(
            levels, self._design.matrix, weights, columns=columns, n_levels=len(self._level_names)
        )

    def _remainder(
        self, found: Recession, weights: FloatArray
    ) -> tuple[FloatArray, IntArray, FloatArray | None, float]:
        """Return what is left to fit: weights, lost columns, offset, and the shift of the thresholds."""
        matrix = self._design.matrix
        left = np.where(found.decided, 0.0, weights)
        largest = int(np.argmax(np.abs(found.slopes) * np.ptp(matrix, axis=0)))
        constant = np.ptp(matrix[np.ix_(left > 0, self._not_effects)], axis=0) == 0
        moved = matrix @ found.slopes
        shift = float(np.median(moved[left > 0]))
        offset = moved - shift
        partly = np.abs(offset[left > 0]).max() > 0.5
        lost = np.union1d([largest], self._not_effects[constant])
        return left, lost.astype(np.int64), offset if partly else None, shift

    def _refit_at_limit(self, found: Recession, weights: FloatArray, start: Refit | None) -> Refit:
        if not (weights[~found.decided] > 0).any():
            return self.model.refit(weights, start)
        left, lost, offset, shift = self._remainder(found, weights)
        if offset is not None:
            start = self._start_beside(found, left, shift)
        fit = self._refit_determined(lost, left, start, self._not_effects, offset)
        return fit._replace(estimates=self._with_infinities(fit.estimates, found, shift, weights))

    def _fit_at_limit(self, weights: FloatArray) -> ModelFit | None:
        """Fit the cohort where it is separated; None where it is not."""
        levels = self._levels
        if levels is None:
            return None
        found = self._recession(levels, weights, self._not_effects)
        if found is not None and (weights[~found.decided] > 0).any():
            left, lost, offset, shift = self._remainder(found, weights)
            lost = self._dependent(left, lost, self._not_effects)
            start = None
            if offset is not None:
                kept = np.delete(np.arange(len(self.names)), self._first + lost)
                start = self._start_beside(found, left, shift)
                start = start._replace(estimates=start.estimates[kept])
            try:
                fit = self._reduced(lost, offset).fit(weights=left, start=start)
            except RankDeficientError:
                fit = None
            if fit is not None and fit.converged:
                self._cohort_limit = found if found.decided.any() else None
                return self._completed(fit, found, lost, shift=shift, levels=levels, weights=weights)
        every = self._recession(levels, weights, np.arange(len(self._design.terms)))
        if every is None:
            return None
        if found is not None and found.decided.sum() == every.decided.sum():
            every = found
        raise separation_error(every, self._design, levels=levels, level_names=self._level_names)

    def _start_beside(self, found: Recession, left: FloatArray, shift: float) -> Refit:
        """Return start values where the offset is too large for a cold start to find the thresholds."""
        share = np.bincount(np.asarray(self._levels), weights=left, minlength=self.n_thresholds + 1) + 0.5
        below = np.cumsum(share)[:-1] / share.sum()
        q, trials = len(self.random_names), len(self._design.cluster_names) if self.random_names else 0
        estimates = np.zeros(len(self.names))
        estimates[: self.n_thresholds] = found.thresholds - shift + np.log(below / (1 - below))
        none = np.zeros((trials, q))
        return Refit(estimates, np.zeros((q, q)), none, np.nan, np.nan, int(FitStatus.NOT_CONVERGED), 0)

    def _completed(
        self,
        fit: ModelFit,
        found: Recession,
        lost: IntArray,
        *,
        shift: float,
        levels: IntArray,
        weights: FloatArray,
    ) -> ModelFit:
        """Return the fit of what is left as one of all columns and patients."""
        size = len(self.names)
        kept = np.delete(np.arange(size), self._first + lost)
        estimates, covariance = np.zeros(size), np.full((size, size), np.nan)
        estimates[kept] = fit.estimates
        covariance[np.ix_(kept, kept)] = fit.covariance
        infinite = np.union1d(np.flatnonzero(found.slopes), lost)
        moved = np.arange(self.n_thresholds) if abs(shift) > 0.5 else np.zeros(0, dtype=np.int64)
        trials = TrialLabels(codes=self._design.trial_codes, names=self._design.trial_names)
        note = separation_note(found, self._design, levels=levels, level_names=self._level_names)
        others = [note for note in fit.warnings if not isinstance(note, EmptyLevelWarning)]
        present = np.unique(levels[weights > 0])
        return replace(
            fit,
            names=self.names,
            estimates=self._with_infinities(estimates, found, shift, weights),
            covariance=covariance,
            n=round(weights.sum()),
            n_per_trial=trials.counts(weights),
            warnings=(*empty_level_notes(self._level_names, present), note, *others),
            unbounded=tuple(np.concatenate([moved, self._first + infinite]).tolist()),
        )

    def _with_infinities(
        self, estimates: FloatArray, found: Recession, shift: float, weights: FloatArray
    ) -> FloatArray:
        """Put numbers that are as good as infinite where the direction leads."""
        estimates = estimates.copy()
        estimates[self._first :] += found.slopes
        thresholds = estimates[: self.n_thresholds]
        thresholds += shift
        finite = thresholds[np.isfinite(thresholds)]
        if self._levels is None or not finite.size:
            return estimates
        # a level that only patients have who are predicted with certainty
        drawn = self._levels[weights > 0]
        low = np.isneginf(thresholds) & (drawn.min() <= np.arange(thresholds.size))
        high = np.isposinf(thresholds) & (drawn.max() > np.arange(thresholds.size))
        thresholds[low] = np.minimum(found.thresholds[low], finite.min() - INFINITE / 2)
        thresholds[high] = np.maximum(found.thresholds[high], finite.max() + INFINITE / 2)
        return estimates

    def _without_infinities(self, start: Refit, found: Recession) -> Refit:
        estimates = start.estimates.copy()
        estimates[self._first :] -= found.slopes
        moved = (self._design.matrix @ found.slopes)[~found.decided]
        estimates[: self.n_thresholds] -= float(np.median(moved))
        return start._replace(estimates=estimates)
