"""Outcome distributions under set treatments, averaged over a cohort (the mediation formula).

For arms a and m, a cell (a, m) is the outcome of all patients treated as in arm a with the mediator that they
would have in arm m::

    P(Y <= k; a, m) = sum over patients i of w_i E F(threshold_k(a) - x_i(a) - g_a(M)),   M ~ M_i(m)

Pearl 2001; Imai, Keele & Tingley 2010, Psychological Methods 15:309; VanderWeele, Zhang & Lim 2016,
Epidemiology 27:651 (ordinal outcomes). M is the mediator model's mean plus its residual; where g_a is linear,
E F is a function of one number and is tabulated once in a replicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import NamedTuple

import numpy as np
import pandas as pd

from ipdmediation.effects.cumulative import CumulativeOutcome
from ipdmediation.effects.expected import ExpectedPredictor
from ipdmediation.effects.mediator_part import Evaluated, MediatorPart, TrialEffects
from ipdmediation.effects.predictors import (
    ArmPredictor,
    MediatorTerms,
    arm_slopes,
    arm_variances,
    is_free,
)
from ipdmediation.effects.quadrature import Rule, mediator_rule, normal_rule
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.effects.structural import StructuralSlope
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.errors import ModelError
from ipdmediation.models.results import Refit
from ipdmediation.models.specification import MediationModels, mediator_scale
from ipdmediation.models.thresholds import by_arm
from ipdmediation.vocabulary.terms import MEDIATOR


class StandardisedCells(NamedTuple):
    """Outcomes of the cohort under set treatments.

    Attributes
    ----------
    natural : (4, K) array
        Distribution over the levels as modelled (a higher one is better) for each of `CELLS`; with a
        continuous outcome K = 1 and it is the mean.
    controlled : (values, 2, K) array
        The same with the mediator held at each value, by arm.
    predictors : (4,) array
        Expected linear predictor of each of `CELLS`, in a trial without deviation.
    """

    natural: FloatArray
    controlled: FloatArray
    predictors: FloatArray


@dataclass(frozen=True)
class Standardisation:
    """A cohort and its models, prepared for `cells`, which is called in every replicate.

    Attributes
    ----------
    options : StandardisationOptions
    """

    options: StandardisationOptions
    _models: MediationModels
    _mediator: ArmPredictor
    _outcome: ArmPredictor
    _terms: MediatorTerms
    _treatment: IntArray
    _groups: IntArray
    _part: MediatorPart
    _cumulative: CumulativeOutcome
    _expected: ExpectedPredictor

    @classmethod
    def of(
        cls,
        models: MediationModels,
        frame: pd.DataFrame,
        *,
        options: StandardisationOptions,
    ) -> Standardisation:
        """Prepare a cohort.

        Parameters
        ----------
        models : MediationModels
            Built from `frame`.
        frame : DataFrame
            The completed cohort.
        options : StandardisationOptions

        Raises
        ------
        ModelError
            If the options ask for what the models do not have.
        """
        terms = MediatorTerms.of(models.outcome, models.outcome_design)
        mediator = ArmPredictor.of(models.mediator, models.mediator_design)
        outcome = ArmPredictor.of(models.outcome, models.outcome_design)
        if options.population == "new_trial" and not outcome.random_names:
            raise ModelError("effects in a new trial need random trial effects in the models")
        if options.mediator_distribution == "empirical" and not terms.linear:
            raise ModelError(
                "a spline of the mediator is integrated over a Gaussian residual only;"
                " mediator_distribution: empirical needs a mediator that is linear in the outcome model"
            )
        if models.specification.centred and options.controlled_at:
            raise ModelError(
                "a centred mediator is held at no value: controlled_at has to be empty beside it"
            )
        values = mediator_scale(options.controlled_at, specification=models.specification)
        own_trials = options.population == "these_trials"
        rule = None
        if not terms.linear:
            whole = models.mediator.refit(models.weighted(np.ones(len(frame))))
            variances = np.zeros(2) if own_trials else arm_variances(whole, mediator.random_names)
            everyone = np.arange(len(frame))
            means = mediator.by_arm(whole, everyone)
            rule = mediator_rule(
                mediator.with_modes(means, whole, everyone) if own_trials else means,
                residual_sd=float(np.sqrt(whole.residual_variance)),
                total_sd=float(np.sqrt(whole.residual_variance + variances.max())),
                knots=models.outcome_design.mediator_knots,
            )
        by_trial = own_trials and MEDIATOR in outcome.random_names
        part = MediatorPart.of(
            terms,
            held_at=values,
            rule=rule,
            n_groups=len(models.outcome_design.cluster_names) if by_trial else 1,
        )
        return cls(
            options=options,
            _models=models,
            _mediator=mediator,
            _outcome=outcome,
            _terms=terms,
            _treatment=frame["treatment"].to_numpy(dtype=np.int64),
            _groups=outcome.trials if by_trial else np.zeros(len(frame), dtype=np.int64),
            _part=part,
            _cumulative=CumulativeOutcome(part, models.specification.link),
            _expected=ExpectedPredictor(part),
        )

    @property
    def linear(self) -> bool:
        """Whether the mediator has one slope in each arm of the outcome model."""
        return self._terms.linear

    def allows(self, structural: StructuralSlope) -> bool:
        """Return whether the mediator's effect may be stated to be that, see `structural`."""
        gaussian = self.options.mediator_distribution == "gaussian"
        form_known = structural.shifts_only or (self.linear and gaussian)
        return form_known and self.options.population == "these_trials"

    def holding(self, values: FloatArray) -> Standardisation:
        """Return the same with the mediator held at other values, on the scale of its model.

        Parameters
        ----------
        values : ndarray, shape (values,)
        """
        part = self._part.holding(self._terms, values)
        return replace(
            self,
            _part=part,
            _cumulative=replace(self._cumulative, mediator=part),
            _expected=replace(self._expected, mediator=part),
        )

    def cells(
        self,
        mediator: Refit,
        outcome: Refit,
        weights: FloatArray,
        *,
        structural: StructuralSlope | None = None,
        residual_weights: FloatArray | None = None,
    ) -> StandardisedCells:
        """Standardise the fits of one replicate.

        Parameters
        ----------
        mediator, outcome : Refit
            Fits of the two models to the same resample.
        weights : ndarray, shape (n,)
            How often each patient is in it.
        structural : StructuralSlope or None
            What the mediator's effect is where its slope is not it. It changes the natural cells of unlike
            arms, of patients in their own trials.
        residual_weights : ndarray, shape (n,), or None
            Of the mediator's empirical residuals, where patients without a mediator are averaged over too.

        Raises
        ------
        ModelError
            With `structural`, for a new trial, and where it is more than a shift for a spline of the mediator
            or its empirical residuals.
        """
        (found,) = self.along(
            mediator, outcome, weights, structural=[structural], residual_weights=residual_weights
        )
        return found

    def along(
        self,
        mediator: Refit,
        outcome: Refit,
        weights: FloatArray,
        *,
        structural: Sequence[StructuralSlope | None],
        residual_weights: FloatArray | None = None,
    ) -> list[StandardisedCells]:
        """Standardise the fits of one replicate at several effects of the mediator, as `cells` at each."""
        if not all(each is None or self.allows(each) for each in structural):
            raise ModelError(
                "the mediator's effect can be a multiple of its slope only where it is linear in the outcome"
                " model, with Gaussian residuals, and another than its slope only for these trials"
            )
        own_trials = self.options.population == "these_trials"
        rows = np.flatnonzero(weights)
        means, predictors = self._mediator.by_arm(mediator, rows), self._outcome.by_arm(outcome, rows)
        replicate = self._evaluate(
            mediator, outcome, rows=rows, weights=weights[rows], means=means, predictors=predictors
        )
        if residual_weights is not None and replicate.residuals is not None:
            nodes, own = replicate.residuals.nodes, residual_weights[rows] / residual_weights[rows].sum()
            replicate = replicate._replace(
                residuals=Rule(nodes, own), residual_mean=float(np.sum(nodes * own))
            )
        found = [self._outcomes(replicate._replace(structural=each), outcome) for each in structural]
        if own_trials and self._outcome.random_names:
            replicate = replicate._replace(means=means, predictors=predictors)
        none = TrialEffects(1.0, np.zeros(self._part.n_groups), np.zeros(2), np.zeros(2))
        expected = self._expected.evaluate(replicate._replace(residual_mean=0.0), none)
        return [
            StandardisedCells(
                natural=cells[:4],
                controlled=cells[4:].reshape(-1, 2, cells.shape[1]),
                predictors=expected,
            )
            for cells in found
        ]

    def _outcomes(self, replicate: Evaluated, outcome: Refit) -> FloatArray:
        """Return the distribution or the mean of the outcome by cell, natural ones first."""
        if not self._models.outcome_levels:
            known = self._known_effects(outcome)
            expected = [self._expected.evaluate(replicate, known), self._expected.held(replicate, known)]
            return np.concatenate(expected)[:, None]
        parts = [
            effects.probability * self._cumulative.evaluate(replicate, effects)
            for effects in self._trial_effects(replicate, outcome)
        ]
        return _levels(reduce(np.add, parts))

    def _evaluate(
        self,
        mediator: Refit,
        outcome: Refit,
        *,
        rows: IntArray,
        weights: FloatArray,
        means: FloatArray,
        predictors: FloatArray,
    ) -> Evaluated:
        """Bring the predictors in no certain trial to the population that is asked for."""
        if self.options.population == "these_trials":
            means = self._mediator.with_modes(means, mediator, rows)
            predictors = self._outcome.with_modes(predictors, outcome, rows)
            variances = np.zeros(2)
        else:
            variances = arm_variances(mediator, self._mediator.random_names)
        residuals = None
        if self.options.mediator_distribution == "gaussian":
            variances = variances + mediator.residual_variance
        else:
            own = means[self._treatment[rows], np.arange(rows.size)]
            residuals = Rule(self._models.mediator_values[rows] - own, weights / weights.sum())
        return Evaluated(
            means=means,
            mediator_variances=variances,
            predictors=predictors,
            coefficients=outcome.estimates[self._terms.positions],
            thresholds=by_arm(
                outcome.estimates, cuts=self._models.outcome.n_thresholds, free=is_free(self._models.outcome)
            ),
            residuals=residuals,
            residual_mean=0.0 if residuals is None else float(np.sum(residuals.nodes * residuals.weights)),
            groups=self._groups[rows],
            weights=weights,
        )

    def _known_effects(self, outcome: Refit) -> TrialEffects:
        """Return the mediator's slopes of the trials, or that of a trial without deviation."""
        slopes = np.zeros(1)
        if self._part.n_groups > 1:
            slopes = outcome.modes[:, self._outcome.random_names.index(MEDIATOR)]
        return TrialEffects(1.0, slopes, np.zeros(2), np.zeros(2))

    def _trial_effects(self, replicate: Evaluated, outcome: Refit) -> list[TrialEffects]:
        names = self._outcome.random_names
        if self.options.population == "these_trials":
            return [self._known_effects(outcome)]
        if MEDIATOR not in names:
            return [TrialEffects(1.0, np.zeros(1), np.zeros(2), arm_variances(outcome, names))]
        # the random slope multiplies the mediator; given the slope, everything else is Gaussian
        at = names.index(MEDIATOR)
        sd = float(np.sqrt(outcome.random_covariance[at, at]))
        shared = arm_slopes(outcome, names, on=MEDIATOR)
        left = arm_variances(outcome, names, given=MEDIATOR)
        farthest = np.abs(replicate.means + shared[:, None, None]).max()
        rule = normal_rule(sd * float(farthest), link=self._models.specification.link)
        return [
            TrialEffects(float(probability), np.array([sd * z]), sd * z * shared, left)
            for z, probability in zip(rule.nodes, rule.weights, strict=True)
        ]


def _levels(cumulative: FloatArray) -> FloatArray:
    """Return the probabilities of the levels from the cumulative ones, by row."""
    levels = np.ones((len(cumulative), cumulative.shape[1] + 1))
    levels[:, :-1] = cumulative
    levels[:, 1:] -= cumulative
    return levels
