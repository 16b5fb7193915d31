"""Fitted models as functions of arm and mediator, prepared for a cohort and evaluated in every replicate.

The predictor of the outcome in arm a for a mediator m splits into the patient's own part and that of the
mediator, x_i(a) + g_a(m). The first is an `ArmPredictor`, the second `MediatorTerms`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.kernels.standardisation import linear_predictor
from ipdmediation.models.design import Design
from ipdmediation.models.results import Model, Refit
from ipdmediation.vocabulary.terms import INTERCEPT, TREATMENT


def random_names(model: Model) -> tuple[str, ...]:
    """Return the roles of a model's random effects, none for a model with fixed effects only."""
    names: tuple[str, ...] = getattr(model, "random_names", ())
    return names


def is_free(model: Model) -> bool:
    """Say whether each arm has thresholds of its own, which then have the treatment's effect."""
    return bool(getattr(model, "free_treatment", False))


def first_column(model: Model, design: Design) -> int:
    """Return where the coefficient of a design's first column is among the model's estimates.

    Of a treatment that is free at every cut it is the last of the treatment's.
    """
    return len(model.names) - len(design.terms)


@dataclass(frozen=True)
class ArmPredictor:
    """The part of a model's linear predictor without the mediator, for every patient in either arm.

    Attributes
    ----------
    control, added : (p, n) and (d, n) columns under control, and what treatment changes in them.
    control_positions, added_positions : where their coefficients are among the model's estimates.
    trials : (n,) codes of the trials, or of what else random effects are of, for conditional modes.
    random_names : (q,) roles of the random effects: intercept, treatment, mediator.
    """

    control: FloatArray
    added: FloatArray
    control_positions: IntArray
    added_positions: IntArray
    trials: IntArray
    random_names: tuple[str, ...]

    @classmethod
    def of(cls, model: Model, design: Design) -> ArmPredictor:
        """Prepare a model for the patients of its design."""
        kept = np.setdiff1d(np.arange(len(design.terms)), design.mediator_positions)
        control, treated = np.swapaxes(design.other_columns(), 1, 2)
        added = treated - control
        if is_free(model):  # then the treatment's effect is in the thresholds
            own = kept != design.treatment_position
            kept, control, added = kept[own], control[own], added[own]
        positions = first_column(model, design) + kept
        in_control, in_added = control.any(axis=1), added.any(axis=1)
        columns, at = [control[in_control]], [positions[in_control]]
        if not model.n_thresholds:  # then the intercept comes first
            columns.insert(0, np.ones((1, control.shape[1])))
            at.insert(0, np.zeros(1, dtype=np.int64))
        return cls(
            control=np.ascontiguousarray(np.vstack(columns)),
            added=np.ascontiguousarray(added[in_added]),
            control_positions=np.concatenate(at),
            added_positions=positions[in_added],
            trials=design.cluster_codes,
            random_names=random_names(model),
        )

    def by_arm(self, fit: Refit, rows: IntArray) -> FloatArray:
        """Return the predictor of some (m,) rows under control and treatment, (2, m), in no certain trial."""
        predictor = np.empty((2, rows.size))
        predictor[0] = linear_predictor(self.control, fit.estimates[self.control_positions], rows)
        added = linear_predictor(self.added, fit.estimates[self.added_positions], rows)
        np.add(predictor[0], added, out=predictor[1])
        return predictor

    def with_modes(self, predictor: FloatArray, fit: Refit, rows: IntArray) -> FloatArray:
        """Return the same predictor at the conditional modes of the rows' own trials."""
        if not {INTERCEPT, TREATMENT} & set(self.random_names):
            return predictor
        moved, own = predictor.copy(), self.trials[rows]
        for arm, deviations in enumerate((fit.modes @ _arm_parts(self.random_names)).T):
            moved[arm] += deviations[own]
        return moved


@dataclass(frozen=True)
class MediatorTerms:
    """The columns of the outcome model that depend on the mediator.

    Attributes
    ----------
    positions : (J,) where their coefficients are among the outcome model's estimates.
    linear : whether g_a(m) is a slope times m.
    """

    positions: IntArray
    linear: bool
    _design: Design

    @classmethod
    def of(cls, model: Model, design: Design) -> MediatorTerms:
        """Take the terms of a design."""
        return cls(
            positions=first_column(model, design) + design.mediator_positions,
            linear=not design.mediator_knots,
            _design=design,
        )

    def columns(self, values: ArrayLike) -> FloatArray:
        """Return the (2, values, J) terms at mediator values, by arm."""
        return self._design.mediator_columns(np.asarray(values, dtype=np.float64))


def arm_variances(fit: Refit, names: Sequence[str], *, given: str | None = None) -> FloatArray:
    """Return the (2,) variance of a new trial's random intercept and treatment slope together, by arm.

    With `given`, the variance that is left when the random effect of that role is known.
    """
    covariance, parts = fit.random_covariance, _arm_parts(names)
    variances: FloatArray = np.sum(parts * (covariance @ parts), axis=0)
    if given is None:
        return variances
    at = list(names).index(given)
    variances -= arm_slopes(fit, names, on=given) ** 2 * covariance[at, at]
    return np.maximum(variances, 0.0, out=variances)


def arm_slopes(fit: Refit, names: Sequence[str], *, on: str) -> FloatArray:
    """Return the (2,) regression, by arm, of the same random part on the random effect of role `on`."""
    covariance, at = fit.random_covariance, list(names).index(on)
    if not covariance[at, at] > 0:
        return np.zeros(2)
    slopes: FloatArray = _arm_parts(names).T @ covariance[:, at] / covariance[at, at]
    return slopes


def _arm_parts(names: Sequence[str]) -> FloatArray:
    """Return the (q, 2) indicators of the random effects that act in each arm whatever the mediator."""
    return np.array([[name == INTERCEPT, name in {INTERCEPT, TREATMENT}] for name in names], dtype=np.float64)
