"""What an event before the mediator does to the effects, however its patients are dealt with.

A patient who died before the mediator could be measured has none. To leave such patients out compares
those who were measured in either arm, who are no longer those who were randomised. `vocabulary.handlings`
names what can be done instead; `composite`, `always_measured` and `event_mediators` have the formulas.
Each handling has intervals from the same resamples of everybody.

ASSUME: the worst value and the ranks are those of the cohort in every replicate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ipdmediation.data.arms import ARM_NAMES
from ipdmediation.data.cohort import Mask
from ipdmediation.data.weights import scaled_weights
from ipdmediation.effects.catalogue import Effect
from ipdmediation.effects.natural_effects import OutcomeScales
from ipdmediation.effects.standardisation import Standardisation
from ipdmediation.evidence.columns import HANDLING_COLUMNS, with_words
from ipdmediation.evidence.event_handlings import (
    AlwaysMeasured,
    Composite,
    InverseProbability,
    Made,
    NaturalEffects,
    NotFittedError,
    Prepared,
    TotalEffect,
)
from ipdmediation.evidence.event_mediators import EventAnalysis, knots_of
from ipdmediation.evidence.event_probability import EventProbability
from ipdmediation.inference.bootstrap import BootstrapError, Ending, too_many_failed
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.intervals import acceleration
from ipdmediation.inference.summary import summarise_effects
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.models.errors import ModelError, SeparationError
from ipdmediation.models.specification import mediation_models
from ipdmediation.vocabulary.handlings import Handling, Remark
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS

NOBODY_ELSE = "nobody lacks the mediator for another reason than the event"
NO_EVENT = "the event befell nobody"
NO_MEDIATOR = "a trial has nobody with a mediator, and the models have effects of each trial"
SEPARATED = "the outcome separates the arms or is ordered by the mediator: no finite estimate"
NOT_FITTED = "its models cannot be fitted: too few patients, or too alike"

#: Why a handling has no effects although nothing is amiss.
NOTHING_TO_DO = (NOBODY_ELSE, NO_EVENT)
#: Handlings that change nothing where the event befell nobody.
OF_THE_EVENT = (Handling.WORST_VALUE, Handling.WORST_RANK, Handling.ALWAYS_MEASURED)


class _NotAskedError(ModelError):
    """A handling has nothing to deal with; the message is its reason."""


@dataclass(kw_only=True)
class _Found:
    """What is known of a handling while its data sets are gone through."""

    effects: tuple[Effect, ...] = ()
    estimates: list[FloatArray] = field(default_factory=list)
    draws: list[tuple[int, Ending]] = field(default_factory=list)
    left_out: list[FloatArray] = field(default_factory=list)
    facts: list[dict[str, float]] = field(default_factory=list)
    remark: str = ""
    reason: str = ""


def handlings(
    analysis: EventAnalysis,
    *,
    replicates: int,
    stream: Callable[[int], np.random.Generator],
    interval: str,
    level: float,
    max_failed: float,
) -> pd.DataFrame:
    """Return the effects by handling.

    Parameters
    ----------
    analysis : EventAnalysis
        Its outcome has levels, the event implies the worst of them, and its mediator is not centred.
    replicates : int
    stream : callable
        Random stream of a replicate's number.
    interval, level, max_failed
        As for `summarise_effects`.

    Returns
    -------
    DataFrame
        `HANDLING_COLUMNS`: the `handling`, then the columns of `summarise_effects`. `weight_low`,
        `weight_high` and `effective` (a number of patients) are of the weights of `weighted`; `kept` is the
        share of an arm that the bounds keep. `remark` is a key of `Remark`. Where a handling has no effects
        there is one row, with the `reason`.
    """
    whole = analysis.analysis
    found = {handling: _Found() for handling in Handling}
    for number in range(whole.imputations):
        cohort = _DataSet(analysis, number)
        resamples = {
            replicate: cohort.weighted(whole.plan.weights(stream(replicate)))
            for replicate in range(number, replicates, whole.imputations)
        }
        for handling, own in found.items():
            if own.reason:
                continue
            try:
                made = cohort.made(handling)
                estimate, _ = made.evaluate(cohort.everybody)
            except ModelError as error:
                own.reason = _why(error, analysis)
                continue
            own.effects, own.remark = made.effects, cohort.remark(handling, made)
            own.estimates.append(estimate)
            own.facts.append(made.facts(cohort.everybody))
            own.draws += [(replicate, _ending(made, weights)) for replicate, weights in resamples.items()]
            if interval == "bca":
                own.left_out.append(np.array([_ending(made, each).effects for each in cohort.jackknife()]))
    parts = [
        _table(
            own, whole, replicates=replicates, interval=interval, level=level, max_failed=max_failed
        ).assign(handling=handling.value)
        for handling, own in found.items()
    ]
    return with_words(pd.concat(parts, ignore_index=True).reindex(columns=list(HANDLING_COLUMNS)))


def _table(
    own: _Found,
    whole: ImputedAnalysis,
    *,
    replicates: int,
    interval: str,
    level: float,
    max_failed: float,
) -> pd.DataFrame:
    """Return the effects of one handling, or why it has none."""
    if not own.reason:
        draws = pd.DataFrame(
            [ending.effects for _, ending in own.draws], columns=[effect.column for effect in own.effects]
        )
        draws = draws.assign(
            replicate=[replicate for replicate, _ in own.draws],
            status=[ending.status for _, ending in own.draws],
            reason=[ending.reason for _, ending in own.draws],
        ).sort_values("replicate", ignore_index=True)
        try:
            found = summarise_effects(
                draws,
                np.mean(own.estimates, axis=0),
                effects=own.effects,
                family=whole.specification.family,
                link=whole.specification.link,
                interval=interval,
                level=level,
                max_failed=max_failed,
                accelerations=acceleration(np.mean(own.left_out, axis=0)) if own.left_out else None,
            )
        except BootstrapError:
            failed = int((draws["status"] == "failed").sum())
            own.reason = too_many_failed(failed, replicates, max_failed)
        else:
            return found.assign(remark=own.remark, **pd.DataFrame(own.facts).mean())
    return pd.DataFrame([{"reason": own.reason}])


@dataclass(frozen=True)
class _DataSet:
    """One completed data set, as the rows that replicates are drawn from."""

    analysis: EventAnalysis
    number: int

    @cached_property
    def copies(self) -> int:
        """How often the rows repeat the cohort."""
        return self.analysis.analysis.plan.cohort_weights.size // self.analysis.event.size

    @cached_property
    def everybody(self) -> FloatArray:
        """The cohort itself, as weights of the rows."""
        return self.weighted(self.analysis.analysis.plan.cohort_weights)

    def weighted(self, counts: FloatArray) -> FloatArray:
        """Return numbers of times that rows are drawn, times the patients' weights in the analysis."""
        name = self.analysis.analysis.specification.weights
        if name is None:
            return counts
        return counts * np.tile(scaled_weights(self.analysis.analysis.cohort[name]), self.copies)

    def jackknife(self) -> Iterator[FloatArray]:
        """Yield the cohort's weights without one group of patients after the other."""
        rows = self.copies * self.analysis.event.size
        for weights in self.analysis.analysis.plan.jackknife():
            yield self.weighted(np.pad(weights, (0, rows - weights.size)))

    def made(self, handling: Handling) -> Made:
        """Prepare a handling.

        Raises
        ------
        ModelError
            Where it cannot be.
        """
        event, measured, known = map(self._rows, (self.analysis.event, self.analysis.measured, self._known))
        if handling in OF_THE_EVENT and not event.any():
            raise _NotAskedError(NO_EVENT)
        if handling in (Handling.ALL, Handling.MEASURED):
            who = measured if handling is Handling.MEASURED else np.ones_like(event)
            return TotalEffect.of(self._aside[0], who, self.everybody)
        if handling in (Handling.WORST_VALUE, Handling.WORST_RANK):
            value = handling is Handling.WORST_VALUE
            worst = self.analysis.at_worst_value() if value else self.analysis.at_worst_rank()
            prepared = self._prepared(worst, self.analysis.event | self._known)
            return NaturalEffects.of(prepared, lambda weights: weights * (event + known), self.everybody)
        if handling is Handling.WEIGHTED:
            return NaturalEffects.of(self._aside, self._inverse(1 - event, measured), self.everybody)
        if handling is Handling.COMPOSITE:
            return Composite.of(self._aside, known, self._befalls(event), self.everybody)
        models, _, scales = self._aside
        return AlwaysMeasured(models=models, without=1 - event, scales=scales)

    def remark(self, handling: Handling, made: Made) -> str:
        """Return what is to be known of a handling beside its numbers, as a key of `Remark`."""
        if handling in (Handling.WORST_VALUE, Handling.WORST_RANK):
            return self.analysis.harmful_end.value
        if isinstance(made, Composite):
            return _events_in(made.probability.arms_without(self.everybody))
        if isinstance(made, AlwaysMeasured):
            ratio = made.ratio(self.everybody)
            trimmed = Remark.TRIMMED_TREATED if ratio < 1 else Remark.TRIMMED_CONTROL
            return trimmed.value if ratio != 1 else ""
        return ""

    @property
    def _known(self) -> Mask:
        return self.analysis.known

    def _rows(self, patients: Mask) -> FloatArray:
        return np.tile(patients.astype(np.float64), self.copies)

    @cached_property
    def _aside(self) -> Prepared:
        return self._prepared(self.analysis.left_aside(), self._known)

    def _prepared(self, analysis: ImputedAnalysis, with_mediator: Mask) -> Prepared:
        rows = analysis.completed[analysis.completed["imputation"] == self.number]
        frame = self.analysis.analysis.plan.frame(rows).reset_index(drop=True)
        models = mediation_models(
            frame,
            specification=analysis.specification,
            variables=analysis.variables,
            knots=knots_of(analysis, with_mediator),
        )
        options = replace(analysis.options, controlled_at=())
        scales = OutcomeScales.of(models.outcome_levels, utility=analysis.utility)
        return models, Standardisation.of(models, frame, options=options), scales

    def _befalls(self, event: FloatArray) -> EventProbability:
        return EventProbability.of(
            self._frame, occurs=event, covariates=self.analysis.covariates, weights=self.everybody
        )

    def _inverse(self, without: FloatArray, measured: FloatArray) -> InverseProbability:
        if (without == measured).all():
            raise _NotAskedError(NOBODY_ELSE)
        unmeasured = EventProbability.of(
            self._frame,
            occurs=1 - measured,
            covariates=self.analysis.covariates,
            weights=self.everybody * without,
        )
        return InverseProbability(unmeasured=unmeasured, measured=measured, without=without)

    @cached_property
    def _frame(self) -> pd.DataFrame:
        completed = self.analysis.analysis.completed
        rows = completed[completed["imputation"] == self.number]
        return self.analysis.analysis.plan.frame(rows).reset_index(drop=True)


def _ending(made: Made, weights: FloatArray) -> Ending:
    try:
        effects, singular = made.evaluate(weights)
    except NotFittedError as error:
        return Ending(np.full(len(made.effects), np.nan), "failed", str(error))
    return Ending(effects, "singular" if singular else "converged", "")


def _events_in(without: list[int]) -> str:
    """Return what is to be known of the arms in which the event befell nobody."""
    if len(without) == len(ARM_NAMES):
        return Remark.NO_EVENT.value
    keys = {"control": Remark.NO_EVENT_CONTROL, "treated": Remark.NO_EVENT_TREATED}
    return "".join(keys[ARM_NAMES[code]].value for code in without)


def _why(error: ModelError, analysis: EventAnalysis) -> str:
    """Say why a handling has no effects; an error's own words may quote a patient's value."""
    if isinstance(error, _NotAskedError):
        return str(error)
    stated = analysis.analysis.specification.trial_effects
    trials = analysis.analysis.cohort["trial"].astype(str).to_numpy()
    if TRIAL_EFFECTS[stated].indicators and set(trials) - set(trials[analysis.known]):
        return NO_MEDIATOR
    return SEPARATED if isinstance(error, SeparationError) else NOT_FITTED
