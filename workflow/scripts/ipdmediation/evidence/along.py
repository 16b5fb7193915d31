"""Natural effects at points of a curve, at each of which the mediator's effect is another than its slope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import root_scalar

from ipdmediation.effects.catalogue import Effect
from ipdmediation.effects.mediation import MediationEffects, PreparedEffects
from ipdmediation.effects.natural_effects import natural_effects
from ipdmediation.effects.structural import StructuralSlope, explaining_correlation
from ipdmediation.inference.bootstrap import draw_replicates
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.summarised_analysis import summarise_analysis
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.results import Refit
from ipdmediation.models.specification import MediationModels
from ipdmediation.vocabulary.effects import NATURAL_EFFECTS, PROPORTION_MEDIATED
from ipdmediation.vocabulary.links import LINKS
from ipdmediation.vocabulary.scales import Scale

#: The effects of a curve; a share comes after what it is a share of.
ALONG = ("te", "pnde", "tnie", "pnie", PROPORTION_MEDIATED)
_POSITIONS = [NATURAL_EFFECTS.index(effect) for effect in ALONG]


class Slopes(NamedTuple):
    """The parts of the fits to one resample that a stated effect of the mediator depends on.

    Attributes
    ----------
    by_arm : (2,) array
        Slope of the mediator in the outcome model; where it has a curve there, the slope that a line would
        have which mediates as much of the mean outcome.
    mediator_sd : float
        Standard deviation of the mediator model's residual.
    mediator_total_sd : float
        That of the mediator itself among the patients, on its analysis scale.
    outcome_sd : float
        That of the outcome model's error: of a linear model the residual's, else that of its link.
    """

    by_arm: FloatArray
    mediator_sd: float
    mediator_total_sd: float
    outcome_sd: float

    @property
    def explaining(self) -> FloatArray:
        """The (2,) correlation of the errors, of the outcome as modelled, that would explain the slope."""
        return np.asarray(
            explaining_correlation(self.by_arm, mediator_sd=self.mediator_sd, outcome_sd=self.outcome_sd)
        )


def slopes_of(prepared: MediationEffects, mediator: Refit, outcome: Refit, weights: FloatArray) -> Slopes:
    """Return these parts of the fits of two models to a resample."""
    models = prepared.models
    values = models.mediator_values
    mean = np.average(values, weights=weights)
    sd = LINKS[models.specification.link].sd if models.outcome_levels else outcome.residual_variance**0.5
    return Slopes(
        by_arm=prepared.mediator_slopes(outcome)
        if prepared.linear
        else _mediating_slopes(prepared, mediator, outcome, weights),
        mediator_sd=float(np.sqrt(mediator.residual_variance)),
        mediator_total_sd=float(np.sqrt(weights @ (values - mean) ** 2 / (weights.sum() - 1))),
        outcome_sd=float(sd),
    )


def _mediating_slopes(
    prepared: MediationEffects, mediator: Refit, outcome: Refit, weights: FloatArray
) -> FloatArray:
    """Return by arm the number to be taken off a curve's slope so that nothing of the mean is mediated."""

    def mediated(shift: float, effect: str) -> float:
        structural = StructuralSlope(shift=shift)
        cells = prepared.cells(mediator, outcome, weights, structural=structural).natural
        return float(natural_effects(cells, prepared.scales)[NATURAL_EFFECTS.index(effect), 0])

    found = [
        root_scalar(mediated, args=(effect,), method="secant", x0=0.0, x1=0.1, xtol=1e-9).root
        for effect in ("pnie", "tnie")
    ]
    return np.array(found)


#: From the fits to the mediator's effect at a point; None where the point is not defined.
Point = Callable[[Slopes], StructuralSlope | None]


@dataclass(frozen=True, kw_only=True)
class Along:
    """The natural effects of a data set at points of a curve, and what else is computed of the same fits.

    Attributes
    ----------
    prepared : MediationEffects
    points : sequence of Point
    scales : sequence of sequence of Scale
        On which of its scales the effects of a point are wanted.
    others : sequence of Effect
        What else is computed.
    evaluate_others : callable
        Returns these of the slopes, and of the expected predictors of the cells.
    """

    prepared: MediationEffects
    points: Sequence[Point]
    scales: Sequence[Sequence[Scale]]
    others: Sequence[Effect]
    evaluate_others: Callable[[Slopes, FloatArray], FloatArray]

    @property
    def models(self) -> MediationModels:
        """The models whose fits `evaluate` takes."""
        return self.prepared.models

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Point after point, effect after effect, scale after scale; then the others."""
        along = [
            Effect(
                effect=_at(effect, point),
                scale=scale,
                share_of=_at("te", point) if effect == PROPORTION_MEDIATED else None,
            )
            for point, scales in enumerate(self.scales)
            for effect in ALONG
            for scale in scales
        ]
        return (*along, *self.others)

    @cached_property
    def _places(self) -> list[tuple[IntArray, ...]]:
        """Where the effects of each point are among the natural effects on every scale."""
        every = self.prepared.scales.every
        return [np.ix_(_POSITIONS, [every.index(scale) for scale in scales]) for scales in self.scales]

    def evaluate(self, fits: Sequence[Refit], weights: FloatArray) -> FloatArray:
        """Return the effects of the fits to a resample; missing at a point that is not defined."""
        mediator, _, outcome = fits
        slopes = slopes_of(self.prepared, mediator, outcome, weights)
        structural = [point(slopes) for point in self.points]
        defined = [each for each in structural if each is not None]
        along = iter(self.prepared.along(mediator, outcome, weights, structural=defined))
        values, predictors = [], np.zeros(4)
        for each, places in zip(structural, self._places, strict=True):
            if each is None:
                values.append(np.full(np.broadcast(*places).size, np.nan))
                continue
            cells = next(along)
            found = natural_effects(cells.natural, self.prepared.scales)
            values.append(found[places].ravel())
            predictors = cells.predictors
        return np.concatenate([*values, self.evaluate_others(slopes, predictors)])


def _at(effect: str, point: int) -> str:
    return f"{effect}@{point}"


def cohort_slopes(analysis: ImputedAnalysis) -> list[tuple[MediationEffects, Refit, Refit, Slopes]]:
    """Fit the mediator and the outcome model to each completed data set."""
    found = []
    for prepared in replace(analysis, of=None).effects():
        assert isinstance(prepared, MediationEffects)
        weights = prepared.models.weighted(np.ones(len(prepared.models.mediator_values)))
        mediator, outcome = (
            model.fit(weights=weights).start()
            for model in (prepared.models.mediator, prepared.models.outcome)
        )
        found.append((prepared, mediator, outcome, slopes_of(prepared, mediator, outcome, weights)))
    return found


def summarised(
    analysis: ImputedAnalysis,
    of: Callable[[MediationEffects], PreparedEffects],
    *,
    replicates: int,
    stream: Callable[[int], np.random.Generator],
    **choices: Any,
) -> pd.DataFrame:
    """Draw replicates of something else than the effects of an analysis, and summarise them alike.

    Parameters
    ----------
    analysis : ImputedAnalysis
    of : callable
        From the prepared effects of a data set to what is wanted.
    replicates : int
    stream : callable
        Random stream of a replicate's number; that of the analysis' own bootstrap gives its own resamples.
    **choices
        `interval`, `level` and `max_failed`, as for `summarise_effects`.

    Returns
    -------
    DataFrame
        As `summarise_effects` returns it, in the order of the effects.
    """
    wanted = replace(analysis, options=replace(analysis.options, controlled_at=()), of=of)
    draws = draw_replicates(wanted, replicates=range(replicates), stream=stream)
    return summarise_analysis(wanted, draws, **choices)


def by_point(table: pd.DataFrame, known: pd.DataFrame, *, scales: Sequence[Sequence[Scale]]) -> pd.DataFrame:
    """Return the rows of the points of a curve, each after what is known of its point.

    Parameters
    ----------
    table : DataFrame
        What `summarised` returns of an `Along`.
    known : DataFrame
        One row per point, in their order.
    scales : sequence of sequence of Scale
        Of the effects of each point.
    """
    places = [(point, effect) for point, wanted in enumerate(scales) for effect in ALONG for _ in wanted]
    rows = table.head(len(places)).assign(effect=[effect for _, effect in places])
    repeated = known.loc[[point for point, _ in places]].reset_index(drop=True)
    return pd.concat([repeated, rows.reset_index(drop=True)], axis=1)
