"""Expected predictors of the outcome under set treatments, averaged over the patients of a replicate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ipdmediation.effects.mediator_part import Evaluated, MediatorPart, TrialEffects
from ipdmediation.kernels import standardisation as kernels
from ipdmediation.kernels.arrays import FloatArray


@dataclass(frozen=True)
class ExpectedPredictor:
    """The linear predictor of the outcome, prepared for a cohort; a continuous outcome is what it predicts.

    Attributes
    ----------
    mediator : MediatorPart
    """

    mediator: MediatorPart

    def evaluate(self, replicate: Evaluated, effects: TrialEffects) -> FloatArray:
        """Return the (4,) expected linear predictor of each of `CELLS`."""
        own = self._group_sums(replicate.predictors, replicate).sum(axis=1)
        rule = self.mediator.rule
        if rule is None:
            contributions = self.mediator.slopes(
                replicate, effects
            )  # of one unit of the mediator, (2, groups)
            shares = self._group_sums(replicate.means + replicate.residual_mean, replicate)
        else:
            contributions = self.mediator.of_nodes(replicate, effects, rule)
            shares = kernels.node_masses(
                replicate.means,
                np.sqrt(replicate.mediator_variances),
                rule.nodes,
                rule.weights,
                replicate.groups,
                self.mediator.n_groups,
                replicate.weights,
            )
        products = contributions.reshape(2, 1, -1) * shares.reshape(1, 2, -1)
        sums = own[:, None] + products.sum(axis=2)
        if replicate.structural is not None:
            curve = rule is not None
            means = self._group_sums(replicate.means, replicate) if curve else shares
            bias = replicate.structural.bias(np.zeros_like(means) if curve else contributions)
            sums += np.sum(bias[:, None] * (means[:, None] - means[None, :]), axis=2)
        expected: FloatArray = sums.ravel() / replicate.weights.sum()
        return expected

    def held(self, replicate: Evaluated, effects: TrialEffects) -> FloatArray:
        """Return the (values x arms,) expected linear predictor with the mediator held."""
        held = self._group_sums(self.mediator.held_predictors(replicate, effects), replicate)
        expected: FloatArray = held.sum(axis=1) / replicate.weights.sum()
        return expected

    def _group_sums(self, rows: FloatArray, replicate: Evaluated) -> FloatArray:
        sums: FloatArray = kernels.group_sums(
            rows, replicate.groups, self.mediator.n_groups, replicate.weights
        )
        return sums
