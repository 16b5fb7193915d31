"""The mediator's part in the predictor of the outcome, for the fits of one replicate.

It is the same for all patients of a group. Groups are the trials where the mediator's slope is known for each
of them, else all patients are one group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ipdmediation.data.arms import ARM_CODES
from ipdmediation.effects.predictors import MediatorTerms
from ipdmediation.effects.quadrature import Rule
from ipdmediation.effects.structural import StructuralSlope
from ipdmediation.kernels.arrays import FloatArray, IntArray


class Evaluated(NamedTuple):
    """The fits of one replicate, evaluated for the n patients in it. Arrays by arm: (2, n) or (2,)."""

    means: FloatArray  # of the mediator
    mediator_variances: FloatArray  # of its Gaussian part
    predictors: FloatArray  # of the outcome, without the mediator
    coefficients: FloatArray  # of the mediator's terms
    thresholds: FloatArray  # (2, cuts)
    residuals: Rule | None  # of the mediator, where they are integrated over as they are
    residual_mean: float
    groups: IntArray  # (n,)
    weights: FloatArray  # (n,)
    structural: StructuralSlope | None = None  # where the mediator's slope is not its effect


class TrialEffects(NamedTuple):
    """The outcome model's random effects: the mediator's slope known by group, the rest Gaussian by arm."""

    probability: float
    mediator_slopes: FloatArray  # (groups,)
    offsets: FloatArray  # (2,)
    variances: FloatArray  # (2,)


@dataclass(frozen=True, kw_only=True)
class MediatorPart:
    """The terms of the mediator, prepared for a cohort.

    Attributes
    ----------
    held_at : (values,) array
        Values that the mediator is held at, on the scale of its model.
    rule : Rule or None
        Nodes of the mediator that a spline is integrated over; None where it is linear.
    n_groups : int
    """

    held_at: FloatArray
    rule: Rule | None
    n_groups: int
    _terms_held: FloatArray
    _terms_of_one: FloatArray
    _terms_of_nodes: FloatArray

    @classmethod
    def of(
        cls, terms: MediatorTerms, *, held_at: Sequence[float] | FloatArray, rule: Rule | None, n_groups: int
    ) -> MediatorPart:
        """Prepare the terms of a model."""
        return cls(
            held_at=np.asarray(held_at),
            rule=rule,
            n_groups=n_groups,
            _terms_held=terms.columns(held_at),
            _terms_of_one=terms.columns([1.0])[:, 0],
            _terms_of_nodes=np.zeros((2, 0, 0)) if rule is None else terms.columns(rule.nodes),
        )

    def holding(self, terms: MediatorTerms, values: FloatArray) -> MediatorPart:
        """Return the same with the mediator held at other values, on the scale of its model."""
        return replace(self, held_at=values, _terms_held=terms.columns(values))

    def slopes(self, replicate: Evaluated, effects: TrialEffects) -> FloatArray:
        """Return the (2, groups) slopes of a mediator that is linear in the outcome model, by arm."""
        return (self._terms_of_one @ replicate.coefficients)[:, None] + effects.mediator_slopes

    def of_nodes(self, replicate: Evaluated, effects: TrialEffects, rule: Rule) -> FloatArray:
        """Return the (2, groups, nodes) part of the mediator at each node, by arm."""
        return (self._terms_of_nodes @ replicate.coefficients)[:, None, :] + np.multiply.outer(
            effects.mediator_slopes, rule.nodes
        )

    def held(self, replicate: Evaluated, effects: TrialEffects) -> FloatArray:
        """Return the (2, values, groups) part of the mediator that is held, by arm."""
        added: FloatArray = (self._terms_held @ replicate.coefficients)[:, :, None] + np.multiply.outer(
            self.held_at, effects.mediator_slopes
        )
        return added

    def held_predictors(self, replicate: Evaluated, effects: TrialEffects) -> FloatArray:
        """Return the (values x arms, n) predictors with the mediator held."""
        added = self.held(replicate, effects)
        return np.array(
            [
                replicate.predictors[arm] + self.of_rows(added[arm, value], replicate)
                for value in range(self.held_at.size)
                for arm in ARM_CODES
            ]
        ).reshape(-1, replicate.groups.size)

    def of_rows(self, values: FloatArray, replicate: Evaluated) -> FloatArray:
        """Return values of the groups as those of their rows, one value for all where there is one group."""
        return values if self.n_groups == 1 else values[replicate.groups]
