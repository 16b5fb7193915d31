"""Each way to deal with patients whose mediator cannot exist, evaluated in every replicate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ipdmediation.data.weights import effective_number
from ipdmediation.effects.catalogue import COEFFICIENT_EFFECTS, Effect, natural_catalogue
from ipdmediation.effects.natural_effects import OutcomeScales, natural_effects
from ipdmediation.effects.standardisation import Standardisation
from ipdmediation.evidence.always_measured import Bounds, always_measured
from ipdmediation.evidence.composite import COMPOSITE_EFFECTS, composite_effects
from ipdmediation.evidence.event_probability import EventProbability
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.errors import ModelError
from ipdmediation.models.results import Refit
from ipdmediation.models.specification import MediationModels
from ipdmediation.vocabulary.effects import BOUNDS, PROPORTION_MEDIATED

TOTAL = COEFFICIENT_EFFECTS[0]
#: From weights of the patients to weights of those whom the models are fitted to.
Chosen = Callable[[FloatArray], FloatArray]
#: Models of everybody, with what is made of their fits.
Prepared = tuple[MediationModels, Standardisation, OutcomeScales]


class Made(Protocol):
    """A handling, prepared for a completed data set."""

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What `evaluate` returns, in its order."""

    def evaluate(self, weights: FloatArray) -> tuple[FloatArray, bool]:
        """Return the effects, and whether a variance or correlation lies at its boundary.

        Raises
        ------
        NotFittedError
            Where a model has no answer.
        """

    def facts(self, weights: FloatArray) -> dict[str, float]:
        """Return what else is told of it, by column."""


class NotFittedError(ModelError):
    """A model of a replicate has no answer."""


@dataclass(frozen=True)
class Fits:
    """Some models of an analysis, fitted to a choice of its patients.

    Attributes
    ----------
    models : MediationModels
        Of everybody.
    names : tuple of str
        Which of them.
    starts : tuple of Refit
        Their fits in the cohort.
    """

    models: MediationModels
    names: tuple[str, ...]
    starts: tuple[Refit, ...]

    @classmethod
    def of(cls, models: MediationModels, names: tuple[str, ...], weights: FloatArray) -> Fits:
        """Fit them to the cohort.

        Raises
        ------
        ModelError
            Where one of them cannot be fitted.
        """
        fits = [getattr(models, name).fit(weights=weights) for name in names]
        if not all(fit.converged for fit in fits):
            raise NotFittedError("a model did not converge")
        return cls(models, names, tuple(fit.start() for fit in fits))

    def refit(self, weights: FloatArray) -> list[Refit]:
        """Fit them to a resample.

        Raises
        ------
        NotFittedError
            Where one of them has no answer; it says why.
        """
        fits = []
        for name, start in zip(self.names, self.starts, strict=True):
            model = getattr(self.models, name)
            fit = model.refit(weights, start)
            if not FitStatus(fit.status).usable:
                raise NotFittedError(f"{name} model: {model.why_failed(fit, weights)}")
            fits.append(fit)
        return fits


@dataclass(frozen=True, kw_only=True)
class TotalEffect:
    """The treatment's coefficient without the mediator, in a choice of patients."""

    fits: Fits
    who: FloatArray
    effects: tuple[Effect, ...] = (TOTAL,)

    @classmethod
    def of(cls, models: MediationModels, who: FloatArray, weights: FloatArray) -> TotalEffect:
        """Prepare it for the patients `who`, (n,) zeros and ones."""
        return cls(fits=Fits.of(models, ("total",), weights * who), who=who)

    def facts(self, weights: FloatArray) -> dict[str, float]:
        """Return nothing more."""
        return {}

    def evaluate(self, weights: FloatArray) -> tuple[FloatArray, bool]:
        """Return the effect, and whether a variance or correlation lies at its boundary."""
        (fit,) = fits = self.fits.refit(weights * self.who)
        model = self.fits.models
        at = model.total.n_thresholds + model.total_design.treatment_position
        return fit.estimates[[at]], _singular(fits)


@dataclass(frozen=True, kw_only=True)
class NaturalEffects:
    """The natural effects in a choice of patients, all of whom have a mediator.

    Attributes
    ----------
    chosen : callable
        Their weights.
    """

    fits: Fits
    chosen: Chosen
    standardisation: Standardisation
    scales: OutcomeScales
    effects: tuple[Effect, ...]

    @classmethod
    def of(cls, prepared: Prepared, chosen: Chosen, weights: FloatArray) -> NaturalEffects:
        """Prepare them."""
        models, standardisation, scales = prepared
        return cls(
            fits=Fits.of(models, ("mediator", "outcome"), chosen(weights)),
            chosen=chosen,
            standardisation=standardisation,
            scales=scales,
            effects=natural_catalogue(scales),
        )

    def facts(self, weights: FloatArray) -> dict[str, float]:
        """Return the range of inverse probability weights, and how many equal ones would tell as much."""
        if not isinstance(self.chosen, InverseProbability):
            return {}
        found = self.chosen(weights)
        found = found[found > 0]
        return {
            "weight_low": float(found.min()),
            "weight_high": float(found.max()),
            "effective": effective_number(found),
        }

    def evaluate(self, weights: FloatArray) -> tuple[FloatArray, bool]:
        """Return the effects, and whether a variance lies at its boundary."""
        own = self.chosen(weights)
        mediator, outcome = fits = self.fits.refit(own)
        cells = self.standardisation.cells(mediator, outcome, own).natural
        return natural_effects(cells, self.scales).ravel(), _singular(fits)


@dataclass(frozen=True, kw_only=True)
class InverseProbability:
    """Weights that let the measured stand for others without the event who were not.

    Attributes
    ----------
    unmeasured : EventProbability
        Of not being measured, of those without the event.
    measured, without : ndarray, shape (n,)
        1 who was measured, and whom the event did not befall.
    """

    unmeasured: EventProbability
    measured: FloatArray
    without: FloatArray

    def __call__(self, weights: FloatArray) -> FloatArray:
        """Return the (n,) weights, fitted to those given, scaled to the sum of those of the measured."""
        own = weights * self.measured
        chance = 1 - self.unmeasured.own_arm(weights * self.without)
        inverse = np.divide(own, chance, out=np.zeros_like(own), where=own > 0)
        scaled: FloatArray = inverse * (own.sum() / inverse.sum())
        return scaled


@dataclass(frozen=True, kw_only=True)
class Composite:
    """The event and the mediator as one mediator, of everybody."""

    fits: Fits
    known: FloatArray
    probability: EventProbability
    standardisation: Standardisation
    scales: OutcomeScales
    effects: tuple[Effect, ...]

    @classmethod
    def of(
        cls,
        prepared: Prepared,
        known: FloatArray,
        probability: EventProbability,
        weights: FloatArray,
    ) -> Composite:
        """Prepare it; `known` is 1 of whose mediator is measured or imputed."""
        models, standardisation, scales = prepared
        return cls(
            fits=Fits.of(models, ("mediator", "outcome"), weights * known),
            known=known,
            probability=probability,
            standardisation=standardisation,
            scales=scales,
            effects=tuple(
                Effect(effect=effect, scale=scale, share_of="te" if effect == PROPORTION_MEDIATED else None)
                for effect in COMPOSITE_EFFECTS
                for scale in scales.every
            ),
        )

    def facts(self, weights: FloatArray) -> dict[str, float]:
        """Return nothing more."""
        return {}

    def evaluate(self, weights: FloatArray) -> tuple[FloatArray, bool]:
        """Return the effects, and whether a variance lies at its boundary."""
        fitted = weights * self.known
        mediator, outcome = fits = self.fits.refit(fitted)
        found = composite_effects(
            self.standardisation,
            mediator,
            outcome,
            self.probability.by_arm(weights),
            weights,
            fitted=fitted,
            scales=self.scales,
        )
        return found.ravel(), _singular(fits)


@dataclass(frozen=True, kw_only=True)
class AlwaysMeasured:
    """The bounds of the total effect in whom the event would befall in neither arm."""

    models: MediationModels
    without: FloatArray
    scales: OutcomeScales

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Both bounds on every scale."""
        return tuple(Effect(effect=effect, scale=scale) for effect in BOUNDS for scale in self.scales.every)

    def ratio(self, weights: FloatArray) -> float:
        """Return the ratio of the probabilities of no event, control to treated."""
        return self._bounds(weights).ratio

    def facts(self, weights: FloatArray) -> dict[str, float]:
        """Return the share of an arm that is kept."""
        ratio = self.ratio(weights)
        return {"kept": min(ratio, 1 / ratio)}

    def evaluate(self, weights: FloatArray) -> tuple[FloatArray, bool]:
        """Return the bounds; no variance is estimated."""
        found = self._bounds(weights)
        if np.isnan(found.ratio):
            raise NotFittedError("nobody of an arm is without the event")
        return found.effects.ravel(), False

    def _bounds(self, weights: FloatArray) -> Bounds:
        models = self.models
        arm = models.total_design.matrix[:, models.total_design.treatment_position].astype(np.int64)
        levels = np.asarray(models.outcome_values, dtype=np.int64)
        return always_measured(levels, arm, self.without, weights, scales=self.scales)


def _singular(fits: list[Refit]) -> bool:
    return any(fit.status == FitStatus.SINGULAR for fit in fits)
