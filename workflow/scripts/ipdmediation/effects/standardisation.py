"""Outcome distributions under set treatments, averaged over a cohort (the mediation formula).

For arms a and m, a cell (a, m) is the outcome of all patients treated as in arm a with the mediator that they
would have in arm m::

    P(Y <= k; a, m) = sum over patients i of w_i E F(threshold_k - x_i(a) - g_a(M)),   M ~ M_i(m)

Pearl 2001; Imai, Keele & Tingley 2010, Psychological Methods 15:309; VanderWeele, Zhang & Lim 2016,
Epidemiology 27:651 (ordinal outcomes). M is the mediator model's mean plus its residual; where g_a is linear,
E F is a function of one number and is tabulated once in a replicate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ipdmediation.effects.link_tables import STEP, LinkTables, Mixture, link_tables
from ipdmediation.effects.predictors import (
    ARMS,
    ArmPredictor,
    MediatorTerms,
    arm_slopes,
    arm_variances,
)
from ipdmediation.effects.quadrature import Rule, mediator_rule, normal_rule
from ipdmediation.kernels import standardisation as kernels
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.errors import ModelError
from ipdmediation.models.results import Refit
from ipdmediation.models.specification import MediationModels, mediator_scale
from ipdmediation.models.terms import MEDIATOR

CELLS = ((0, 0), (0, 1), (1, 0), (1, 1))
MEDIATOR_DISTRIBUTIONS = ("gaussian", "empirical")
POPULATIONS = ("these_trials", "new_trial")


@dataclass(frozen=True, kw_only=True)
class StandardisationOptions:
    """What the outcome is standardised over.

    Attributes
    ----------
    mediator_distribution : {"gaussian", "empirical"}
        The mediator's residual: Gaussian with the fitted variance, or the residuals of the cohort themselves.
    population : {"these_trials", "new_trial"}
        Each patient at the conditional modes of the own trial, or random effects integrated over their
        distribution (those of the two models taken as independent).
    controlled_at : tuple of float
        Values of the mediator, in its own unit, for controlled direct effects.

    Raises
    ------
    ModelError
        If a choice is not one of those named.
    """

    mediator_distribution: str = "gaussian"
    population: str = "these_trials"
    controlled_at: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for name, allowed in (
            ("mediator_distribution", MEDIATOR_DISTRIBUTIONS),
            ("population", POPULATIONS),
        ):
            if getattr(self, name) not in allowed:
                raise ModelError(f"{name} must be one of {', '.join(allowed)}, not {getattr(self, name)!r}")

    @classmethod
    def from_config(cls, choices: Mapping[str, Any]) -> StandardisationOptions:
        """Read the mapping `effects` of an analysis of the configuration."""
        return cls(
            mediator_distribution=choices.get("mediator_distribution", "gaussian"),
            population=choices.get("population", "these_trials"),
            controlled_at=tuple(float(value) for value in choices.get("controlled_at", ())),
        )


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


class _Replicate(NamedTuple):
    """The fits of one replicate, evaluated for the n patients in it. Arrays by arm: (2, n) or (2,)."""

    means: FloatArray  # of the mediator
    mediator_variances: FloatArray  # of its Gaussian part
    predictors: FloatArray  # of the outcome, without the mediator
    coefficients: FloatArray  # of the mediator's terms
    thresholds: FloatArray
    residuals: Rule | None  # of the mediator, where they are integrated over as they are
    residual_mean: float
    groups: IntArray  # (n,)
    weights: FloatArray  # (n,)


class _TrialEffects(NamedTuple):
    """The outcome model's random effects: the mediator's slope known by group, the rest Gaussian by arm."""

    probability: float
    mediator_slopes: FloatArray  # (groups,)
    offsets: FloatArray  # (2,)
    variances: FloatArray  # (2,)


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
    _controlled_values: FloatArray
    _controlled_terms: FloatArray
    _unit_terms: FloatArray
    _rule: Rule | None
    _rule_terms: FloatArray
    _groups: IntArray
    _n_groups: int

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
        terms = MediatorTerms.of(models.outcome, models.outcome_design, frame)
        mediator = ArmPredictor.of(models.mediator, models.mediator_design, frame)
        outcome = ArmPredictor.of(models.outcome, models.outcome_design, frame)
        if options.population == "new_trial" and not outcome.random_names:
            raise ModelError("effects in a new trial need random trial effects in the models")
        if options.mediator_distribution == "empirical" and not terms.linear:
            raise ModelError(
                "a spline of the mediator is integrated over a Gaussian residual only;"
                " mediator_distribution: empirical needs a mediator that is linear in the outcome model"
            )
        values = mediator_scale(options.controlled_at, specification=models.specification)
        own_trials = options.population == "these_trials"
        rule = None
        if not terms.linear:
            whole = models.mediator.refit(np.ones(len(frame)))
            variances = np.zeros(2) if own_trials else arm_variances(whole, mediator.random_names)
            rule = mediator_rule(
                mediator.by_arm(whole, np.arange(len(frame)), modes=own_trials),
                residual_sd=float(np.sqrt(whole.residual_variance)),
                total_sd=float(np.sqrt(whole.residual_variance + variances.max())),
                knots=models.outcome_design.mediator_knots,
            )
        by_trial = own_trials and MEDIATOR in outcome.random_names
        return cls(
            options=options,
            _models=models,
            _mediator=mediator,
            _outcome=outcome,
            _terms=terms,
            _treatment=frame["treatment"].to_numpy(dtype=np.int64),
            _controlled_values=values,
            _controlled_terms=terms.columns(values),
            _unit_terms=terms.columns([1.0])[:, 0],
            _rule=rule,
            _rule_terms=np.zeros((2, 0, 0)) if rule is None else terms.columns(rule.nodes),
            _groups=outcome.trials if by_trial else np.zeros(len(frame), dtype=np.int64),
            _n_groups=len(models.outcome_design.trial_names) if by_trial else 1,
        )

    @property
    def linear(self) -> bool:
        """Whether the mediator has one slope in each arm of the outcome model."""
        return self._terms.linear

    def cells(self, mediator: Refit, outcome: Refit, weights: FloatArray) -> StandardisedCells:
        """Standardise the fits of one replicate.

        Parameters
        ----------
        mediator, outcome : Refit
            Fits of the two models to the same resample.
        weights : ndarray, shape (n,)
            How often each patient is in it.
        """
        own_trials = self.options.population == "these_trials"
        replicate = self._evaluate(mediator, outcome, weights, modes=own_trials)
        if self._models.specification.family == "continuous":
            known = self._known_effects(outcome)
            expected = [self._expected(replicate, known), self._expected_held(replicate, known)]
            cells = np.concatenate(expected)[:, None]
        else:
            parts = [
                effects.probability * self._cumulative(replicate, effects)
                for effects in self._trial_effects(replicate, outcome)
            ]
            cells = _levels(reduce(np.add, parts))
        if own_trials and self._outcome.random_names:
            replicate = self._evaluate(mediator, outcome, weights, modes=False)
        none = _TrialEffects(1.0, np.zeros(self._n_groups), np.zeros(2), np.zeros(2))
        return StandardisedCells(
            natural=cells[:4],
            controlled=cells[4:].reshape(-1, 2, cells.shape[1]),
            predictors=self._expected(replicate._replace(residual_mean=0.0), none),
        )

    def _evaluate(self, mediator: Refit, outcome: Refit, weights: FloatArray, *, modes: bool) -> _Replicate:
        own_trials = self.options.population == "these_trials"
        rows = np.flatnonzero(weights)
        weights = weights[rows]
        means = self._mediator.by_arm(mediator, rows, modes=modes)
        variances = np.zeros(2) if own_trials else arm_variances(mediator, self._mediator.random_names)
        residuals = None
        if self.options.mediator_distribution == "gaussian":
            variances = variances + mediator.residual_variance
        else:
            own = means[self._treatment[rows], np.arange(rows.size)]
            residuals = Rule(self._models.mediator_values[rows] - own, weights / weights.sum())
        return _Replicate(
            means=means,
            mediator_variances=variances,
            predictors=self._outcome.by_arm(outcome, rows, modes=modes),
            coefficients=outcome.estimates[self._terms.positions],
            thresholds=outcome.estimates[: max(len(self._models.outcome_levels) - 1, 0)],
            residuals=residuals,
            residual_mean=0.0 if residuals is None else float(np.sum(residuals.nodes * residuals.weights)),
            groups=self._groups[rows],
            weights=weights,
        )

    def _known_effects(self, outcome: Refit) -> _TrialEffects:
        """Return the mediator's slopes of the trials, or that of a trial without deviation."""
        slopes = np.zeros(1)
        if self._n_groups > 1:
            slopes = outcome.modes[:, self._outcome.random_names.index(MEDIATOR)]
        return _TrialEffects(1.0, slopes, np.zeros(2), np.zeros(2))

    def _trial_effects(self, replicate: _Replicate, outcome: Refit) -> list[_TrialEffects]:
        names = self._outcome.random_names
        if self.options.population == "these_trials":
            return [self._known_effects(outcome)]
        if MEDIATOR not in names:
            return [_TrialEffects(1.0, np.zeros(1), np.zeros(2), arm_variances(outcome, names))]
        # the random slope multiplies the mediator; given the slope, everything else is Gaussian
        at = names.index(MEDIATOR)
        sd = float(np.sqrt(outcome.random_covariance[at, at]))
        shared = arm_slopes(outcome, names, on=MEDIATOR)
        left = arm_variances(outcome, names, given=MEDIATOR)
        farthest = np.abs(replicate.means + shared[:, None, None]).max()
        rule = normal_rule(sd * float(farthest), link=self._models.specification.link)
        return [
            _TrialEffects(float(probability), np.array([sd * z]), sd * z * shared, left)
            for z, probability in zip(rule.nodes, rule.weights, strict=True)
        ]

    def _cumulative(self, replicate: _Replicate, effects: _TrialEffects) -> FloatArray:
        """Return cumulative probabilities of `CELLS`, then by value and arm with the mediator held."""
        shifted = replicate._replace(predictors=replicate.predictors + effects.offsets[:, None])
        natural = (
            self._cumulative_linear(shifted, effects)
            if self._rule is None
            else self._cumulative_over_nodes(shifted, effects, self._rule)
        )
        if not self._controlled_values.size:
            return natural
        mixtures = [
            [Mixture(effects.variances[arm])] * self._n_groups
            for _ in self._controlled_values
            for arm in ARMS
        ]
        held = self._held_predictors(shifted, effects)
        return np.vstack([natural, self._mean_cumulative(held, mixtures, shifted)])

    def _held_predictors(self, replicate: _Replicate, effects: _TrialEffects) -> FloatArray:
        """Return the (values x arms, n) predictors with the mediator held."""
        added = (self._controlled_terms @ replicate.coefficients)[:, :, None] + np.multiply.outer(
            self._controlled_values, effects.mediator_slopes
        )
        return np.array(
            [
                replicate.predictors[arm] + self._of_rows(added[arm, value], replicate)
                for value in range(self._controlled_values.size)
                for arm in ARMS
            ]
        ).reshape(-1, replicate.groups.size)

    def _of_rows(self, values: FloatArray, replicate: _Replicate) -> FloatArray:
        """Return values of the groups as those of their rows, one value for all where there is one group."""
        return values if self._n_groups == 1 else values[replicate.groups]

    def _slopes(self, replicate: _Replicate, effects: _TrialEffects) -> FloatArray:
        """Return the (2, groups) slopes of a mediator that is linear in the outcome model, by arm."""
        return (self._unit_terms @ replicate.coefficients)[:, None] + effects.mediator_slopes

    def _cumulative_linear(self, replicate: _Replicate, effects: _TrialEffects) -> FloatArray:
        slopes = self._slopes(replicate, effects)
        mixtures = [
            [
                Mixture(
                    effects.variances[arm] + slope**2 * replicate.mediator_variances[source],
                    0.0 if replicate.residuals is None else slope,
                )
                for slope in slopes[arm].tolist()
            ]
            for arm, source in CELLS
        ]
        predictors = np.array(
            [
                replicate.predictors[arm] + self._of_rows(slopes[arm], replicate) * replicate.means[source]
                for arm, source in CELLS
            ]
        )
        return self._mean_cumulative(predictors, mixtures, replicate)

    def _mean_cumulative(
        self, predictors: FloatArray, mixtures: Sequence[Sequence[Mixture]], replicate: _Replicate
    ) -> FloatArray:
        """Average the distribution function over patients; `predictors` (cells, n), `mixtures` by group."""
        distinct = list(dict.fromkeys(mixture for row in mixtures for mixture in row))
        table_of = {mixture: position for position, mixture in enumerate(distinct)}
        tables = self._tables(distinct, predictors.min(), predictors.max(), replicate)
        return kernels.mean_cumulative(
            predictors,
            np.array([[table_of[mixture] for mixture in row] for row in mixtures], dtype=np.int64),
            replicate.groups,
            replicate.weights,
            replicate.thresholds,
            tables.values,
            tables.low,
            STEP,
        )

    def _cumulative_over_nodes(self, replicate: _Replicate, effects: _TrialEffects, rule: Rule) -> FloatArray:
        contributions = self._contributions(replicate, effects, rule)
        predictors = replicate.predictors
        tables = self._tables(
            [Mixture(variance) for variance in effects.variances],
            predictors.min() + contributions.min(),
            predictors.max() + contributions.max(),
            replicate,
        )
        return kernels.mean_cumulative_over_nodes(
            predictors,
            replicate.means,
            np.sqrt(replicate.mediator_variances),
            rule.nodes,
            rule.weights,
            contributions,
            replicate.groups,
            replicate.weights,
            replicate.thresholds,
            tables.values,
            tables.low,
            STEP,
        )

    def _contributions(self, replicate: _Replicate, effects: _TrialEffects, rule: Rule) -> FloatArray:
        """Return the (2, groups, nodes) contributions of the mediator to the predictor."""
        return (self._rule_terms @ replicate.coefficients)[:, None, :] + np.multiply.outer(
            effects.mediator_slopes, rule.nodes
        )

    def _tables(
        self, mixtures: Sequence[Mixture], lowest: float, highest: float, replicate: _Replicate
    ) -> LinkTables:
        """Tabulate for every threshold minus predictors between the lowest and the highest one."""
        finite = replicate.thresholds[np.isfinite(replicate.thresholds)]
        return link_tables(
            mixtures,
            link=self._models.specification.link,
            residuals=replicate.residuals,
            low=float(finite.min() - highest),
            high=float(finite.max() - lowest),
        )

    def _expected(self, replicate: _Replicate, effects: _TrialEffects) -> FloatArray:
        """Return the expected linear predictor of each of `CELLS`, averaged over patients."""
        own = self._group_sums(replicate.predictors, replicate).sum(axis=1)
        if self._rule is None:
            contributions = self._slopes(replicate, effects)  # of one unit of the mediator, (2, groups)
            shares = self._group_sums(replicate.means + replicate.residual_mean, replicate)
        else:
            contributions = self._contributions(replicate, effects, self._rule)
            shares = kernels.node_masses(
                replicate.means,
                np.sqrt(replicate.mediator_variances),
                self._rule.nodes,
                self._rule.weights,
                replicate.groups,
                self._n_groups,
                replicate.weights,
            )
        products = contributions.reshape(2, 1, -1) * shares.reshape(1, 2, -1)
        expected: FloatArray = (own[:, None] + products.sum(axis=2)).ravel() / replicate.weights.sum()
        return expected

    def _group_sums(self, rows: FloatArray, replicate: _Replicate) -> FloatArray:
        sums: FloatArray = kernels.group_sums(rows, replicate.groups, self._n_groups, replicate.weights)
        return sums

    def _expected_held(self, replicate: _Replicate, effects: _TrialEffects) -> FloatArray:
        """Return the expected linear predictor with the mediator held, by value and arm."""
        held = self._group_sums(self._held_predictors(replicate, effects), replicate)
        expected: FloatArray = held.sum(axis=1) / replicate.weights.sum()
        return expected


def _levels(cumulative: FloatArray) -> FloatArray:
    """Return the probabilities of the levels from the cumulative ones, by row."""
    levels = np.ones((len(cumulative), cumulative.shape[1] + 1))
    levels[:, :-1] = cumulative
    levels[:, 1:] -= cumulative
    return levels
