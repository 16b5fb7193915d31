"""The first of two stages: the analysis of one trial by itself, with its own bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.arms import ARMS
from ipdmediation.data.covariates import StatedCovariates
from ipdmediation.evidence.drawn_trial import (
    FAILED,
    LACKS_A_LEVEL,
    MOST_FAILED,
    DrawnTrial,
    TrialEffects,
    enough_patients,
)
from ipdmediation.inference.bootstrap import draw_replicates, too_many_failed
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.summarised_analysis import estimate_analysis
from ipdmediation.models.errors import (
    ConstantCovariateError,
    MediatorError,
    ModelError,
    RankDeficientError,
    SeparationError,
)
from ipdmediation.models.specification import MODEL_NAMES
from ipdmediation.vocabulary.effects import (
    KHB_COEFFICIENTS,
    NATURAL_EFFECTS,
    OF_THE_MEDIATOR,
    ON_THE_MEDIATOR,
)
from ipdmediation.vocabulary.families import FAMILIES

#: Effects that mean the same in every trial: none of them is at a value of the mediator.
BY_TRIAL = ("total", "direct", ON_THE_MEDIATOR, *OF_THE_MEDIATOR, *KHB_COEFFICIENTS, *NATURAL_EFFECTS)


class NotConvergedError(ModelError):
    """The search for a maximum ended before it."""


#: What is said of a trial that cannot be fitted; an error's own words may quote a patient's value.
_WHY = {
    RankDeficientError: "too few patients, or too alike, for the coefficients of its models",
    ConstantCovariateError: "a covariate is the same for all of its patients",
    MediatorError: "its mediator does not vary where its effect would show",
    NotConvergedError: "a model of it did not converge",
    SeparationError: "its outcome separates the arms or is ordered by the mediator: no finite estimate",
}


@dataclass(frozen=True, kw_only=True)
class SingleTrial:
    """One trial, to be analysed by itself.

    Attributes
    ----------
    trial : str
    arms : mapping of str to int
        Patients by arm.
    levels : frozenset of float
        Values of the outcome that some of its patients have; empty where the outcome has no levels.
    analysis : ImputedAnalysis
        That of its patients alone, without trial effects.
    reason : str
        Why it cannot be set beside the others; empty where it can.
    """

    trial: str
    arms: dict[str, int | None]
    levels: frozenset[float]
    analysis: ImputedAnalysis
    reason: str = ""


def single_trials(
    analysis: ImputedAnalysis,
    *,
    covariates: StatedCovariates,
    unmeasured: Collection[str] = (),
    minimum_count: int = 1,
    levels_elsewhere: Collection[float] = (),
) -> Iterator[SingleTrial]:
    """Yield one trial after the other, in the order of their rows; parameters as of `drawn_trials`."""
    specification = replace(analysis.specification, trial_effects="none", covariates=covariates)
    options = replace(analysis.options, population="these_trials", controlled_at=())
    levels = _levels(analysis.cohort[specification.outcome]) | set(levels_elsewhere)
    has_levels = FAMILIES[specification.family].levels
    for trial, rows in analysis.completed.groupby("trial", sort=False, observed=True):
        name = str(trial)
        own = replace(
            analysis,
            completed=rows,
            specification=specification,
            options=options,
            resampling="stratified",
        )
        arm = own.cohort["treatment"]
        arms: dict[str, int | None] = {key: int((arm == code).sum()) for code, key in enumerate(ARMS)}
        reason = "the mediator was measured of none of its patients" if name in unmeasured else ""
        if not enough_patients(arms, minimum_count):
            reason = f"fewer than {minimum_count} patients in an arm"
        yield SingleTrial(
            trial=name,
            arms=arms,
            levels=frozenset(_levels(own.cohort[specification.outcome])) if has_levels else frozenset(),
            analysis=own,
            reason=reason or _not_comparable(own, levels),
        )


def drawn_trials(
    analysis: ImputedAnalysis,
    *,
    covariates: StatedCovariates,
    unmeasured: Collection[str] = (),
    minimum_count: int = 1,
    replicates: int,
    stream: Callable[[str, int], np.random.Generator],
    interval: str,
    levels_elsewhere: Collection[float] = (),
) -> Iterator[DrawnTrial]:
    """Yield one trial after the other with its own estimates and draws, in the order of their rows.

    The models are those of the analysis without trial effects. Patients are drawn within arm.

    Parameters
    ----------
    analysis : ImputedAnalysis
        Of all trials together.
    covariates
        Of the models of a trial, in place of the analysis' own.
    unmeasured : collection of str
        Trials in which the mediator was measured of nobody: imputed values of it are the other trials'.
    minimum_count : int
        Smallest number of patients in an arm; the effects of a smaller one would give its counts away.
    replicates : int
        Of each trial.
    stream : callable
        Random stream of a trial and the number of a replicate.
    interval : str
        Kind of the interval that the effects will have.
    levels_elsewhere : collection of float
        Outcomes that patients have whose trials send a result and no rows.
    """
    for single in single_trials(
        analysis,
        covariates=covariates,
        unmeasured=unmeasured,
        minimum_count=minimum_count,
        levels_elsewhere=levels_elsewhere,
    ):
        name, own = single.trial, single.analysis
        nothing = partial(DrawnTrial.left_out, name, arms=single.arms, levels=single.levels)
        if single.reason:
            yield nothing(single.reason)
            continue
        try:
            _check_fits(own)
            draws = draw_replicates(
                own,
                replicates=range(replicates),
                stream=lambda replicate, name=name: stream(name, replicate),  # type: ignore[misc]
            )
            found = estimate_analysis(own, interval=interval)
        except ModelError as error:
            yield nothing(why_not(error))
            continue
        failed = int((draws["status"] == FAILED).sum())
        if failed / replicates > MOST_FAILED:
            yield nothing(too_many_failed(failed, replicates, MOST_FAILED))
            continue
        kept = [at for at, effect in enumerate(found.effects) if effect.effect in BY_TRIAL]
        yield DrawnTrial(
            trial=name,
            arms=single.arms,
            levels=single.levels,
            effects=tuple(found.effects[at] for at in kept),
            estimates=found.estimates[kept],
            accelerations=None if found.accelerations is None else found.accelerations[kept],
            draws=draws,
        )


def effects_by_trial(
    analysis: ImputedAnalysis, *, interval: str, level: float, **choices: Any
) -> Iterator[TrialEffects]:
    """Yield the effects of one trial after the other, in the order of their rows.

    Parameters
    ----------
    analysis : ImputedAnalysis
        Of all trials together.
    interval, level
        As for `summarise_effects`.
    **choices
        The others of `drawn_trials`.
    """
    stated = analysis.specification
    for drawn in drawn_trials(analysis, interval=interval, **choices):
        yield drawn.summarised(family=stated.family, link=stated.link, interval=interval, level=level)


def why_not(error: ModelError) -> str:
    """Say why a trial cannot be fitted, without a patient's value."""
    return _WHY.get(type(error), "its models cannot be fitted")


def _check_fits(analysis: ImputedAnalysis) -> None:
    for prepared in analysis.effects():
        if not all(getattr(prepared.models, name).fit().converged for name in MODEL_NAMES):
            raise NotConvergedError


def _levels(outcome: pd.Series[float]) -> set[float]:
    return set(outcome.astype(float))


def _not_comparable(analysis: ImputedAnalysis, levels: set[float]) -> str:
    """Say why the effects of a trial cannot be set beside those of others; empty where they can."""
    cohort, name = analysis.cohort, analysis.specification.outcome
    by_arm = cohort.groupby("treatment", observed=True)[name]
    if by_arm.ngroups < len(ARMS):
        return "all of its patients are in one arm"
    if not FAMILIES[analysis.specification.family].levels:
        return ""
    if (by_arm.min() == by_arm.max()).any():
        return "the outcome is the same for all patients of an arm"
    if levels - _levels(cohort[name]):
        return LACKS_A_LEVEL
    return ""
