"""Cumulative probabilities of the outcome under set treatments, averaged over the patients of a replicate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ipdmediation.data.arms import CELLS
from ipdmediation.effects.link_tables import STEP, LinkTables, Mixture, link_tables
from ipdmediation.effects.mediator_part import Evaluated, MediatorPart, TrialEffects
from ipdmediation.effects.quadrature import Rule
from ipdmediation.kernels import standardisation as kernels
from ipdmediation.kernels.arrays import FloatArray


@dataclass(frozen=True)
class CumulativeOutcome:
    """The outcome of a cumulative link model, prepared for a cohort.

    Attributes
    ----------
    mediator : MediatorPart
    link : str
        Of the model.
    """

    mediator: MediatorPart
    link: str

    def evaluate(self, replicate: Evaluated, effects: TrialEffects) -> FloatArray:
        """Return cumulative probabilities of `CELLS`, then by value and arm with the mediator held."""
        shifted = replicate
        if effects.offsets.any():
            shifted = replicate._replace(predictors=replicate.predictors + effects.offsets[:, None])
        natural = (
            self._linear(shifted, effects)
            if self.mediator.rule is None
            else self._over_nodes(shifted, effects, self.mediator.rule)
        )
        if not self.mediator.held_at.size:
            return natural
        mixtures = [[Mixture(variance)] * self.mediator.n_groups for variance in effects.variances.tolist()]
        added = self.mediator.held(shifted, effects)
        held = self._mean(shifted.predictors, added, mixtures, shifted, shifted.thresholds)
        return np.concatenate([natural, np.swapaxes(held, 0, 1).reshape(-1, natural.shape[1])])

    def _linear(self, replicate: Evaluated, effects: TrialEffects) -> FloatArray:
        slopes = self.mediator.slopes(replicate, effects)
        structural = replicate.structural
        variances = replicate.mediator_variances * (structural.inflation if structural else 1.0)
        mixtures = [
            [
                Mixture(
                    effects.variances[arm] + slope**2 * variances[source],
                    0.0 if replicate.residuals is None else slope,
                )
                for slope in slopes[arm].tolist()
            ]
            for arm, source in CELLS
        ]
        predictors = np.empty((len(CELLS), replicate.weights.size))
        for cell, (arm, source) in enumerate(CELLS):
            own = self.mediator.of_rows(slopes[arm], replicate)
            predictors[cell] = replicate.predictors[arm] + own * replicate.means[source]
            if structural is not None:
                bias = self.mediator.of_rows(structural.bias(slopes[arm]), replicate)
                predictors[cell] += bias * (replicate.means[arm] - replicate.means[source])
        nothing = np.zeros((len(CELLS), 1, self.mediator.n_groups))
        thresholds = replicate.thresholds[[arm for arm, _ in CELLS]]
        return self._mean(predictors, nothing, mixtures, replicate, thresholds)[:, 0]

    def _mean(
        self,
        predictors: FloatArray,
        added: FloatArray,
        mixtures: Sequence[Sequence[Mixture]],
        replicate: Evaluated,
        thresholds: FloatArray,
    ) -> FloatArray:
        """Average the distribution function over patients, (cells, values, cuts).

        Parameters
        ----------
        predictors : (cells, n)
        added : (cells, values, groups) what else is in the predictors.
        mixtures : by cell and group.
        thresholds : (cells, cuts)
        """
        distinct = list(dict.fromkeys(mixture for row in mixtures for mixture in row))
        table_of = {mixture: position for position, mixture in enumerate(distinct)}
        lowest, highest = float(predictors.min()), float(predictors.max())
        tables = self._tables(distinct, lowest + added.min(), highest + added.max(), replicate)
        return kernels.mean_cumulative(
            predictors,
            lowest,
            highest,
            added,
            np.array([[table_of[mixture] for mixture in row] for row in mixtures], dtype=np.int64),
            replicate.groups,
            replicate.weights,
            thresholds,
            tables.values,
            tables.low,
            STEP,
        )

    def _over_nodes(self, replicate: Evaluated, effects: TrialEffects, rule: Rule) -> FloatArray:
        natural = self._at_nodes(replicate, effects, rule)
        if replicate.structural is not None:
            apart = replicate.structural.shift * (replicate.means[0] - replicate.means[1])
            moved = replicate._replace(predictors=replicate.predictors + np.array([apart, -apart]))
            unlike = [cell for cell, (arm, source) in enumerate(CELLS) if arm != source]
            natural[unlike] = self._at_nodes(moved, effects, rule)[unlike]
        return natural

    def _at_nodes(self, replicate: Evaluated, effects: TrialEffects, rule: Rule) -> FloatArray:
        contributions = self.mediator.of_nodes(replicate, effects, rule)
        predictors = replicate.predictors
        tables = self._tables(
            [Mixture(variance) for variance in effects.variances],
            predictors.min() + contributions.min(),
            predictors.max() + contributions.max(),
            replicate,
        )
        cumulative: FloatArray = kernels.mean_cumulative_over_nodes(
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
        return cumulative

    def _tables(
        self, mixtures: Sequence[Mixture], lowest: float, highest: float, replicate: Evaluated
    ) -> LinkTables:
        """Tabulate for every threshold minus predictors between the lowest and the highest one."""
        finite = replicate.thresholds[np.isfinite(replicate.thresholds)]
        return link_tables(
            mixtures,
            link=self.link,
            residuals=replicate.residuals,
            low=float(finite.min() - highest),
            high=float(finite.max() - lowest),
        )
