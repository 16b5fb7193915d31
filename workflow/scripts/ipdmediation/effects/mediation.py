"""All effects of an analysis: prepared once for a cohort, evaluated for the fits of every replicate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ipdmediation.effects.catalogue import (
    COEFFICIENT_EFFECTS,
    DIRECT_COEFFICIENT_EFFECTS,
    KHB_EFFECTS,
    MEDIATOR_SLOPE_EFFECTS,
    NO_SINGLE_DIRECT_COEFFICIENT,
    Effect,
    four_way_catalogue,
    natural_catalogue,
)
from ipdmediation.effects.four_way import controlled_direct_effects, interaction_components
from ipdmediation.effects.khb import khb
from ipdmediation.effects.log_odds import PathCoefficients, coefficient_effects
from ipdmediation.effects.natural_effects import OutcomeScales, natural_effects
from ipdmediation.effects.standardisation import Standardisation, StandardisationOptions
from ipdmediation.models.design import MEDIATOR, TREATMENT
from ipdmediation.models.results import FloatArray, IntArray, Refit
from ipdmediation.models.specification import (
    AnalysisSpecification,
    MediationModels,
    VariableLevels,
    mediation_models,
    mediator_knots,
)


@dataclass(frozen=True)
class MediationEffects:
    """The effects of one cohort's models.

    Attributes
    ----------
    models : MediationModels
        The models whose fits `evaluate` takes.
    effects : tuple of Effect
        What `evaluate` returns, in its order. A spline of the mediator has no single coefficient: the effects
        that are made of it are then left out.
    """

    models: MediationModels
    effects: tuple[Effect, ...]
    _standardisation: Standardisation
    _scales: OutcomeScales
    _coefficients: IntArray

    @classmethod
    def of(
        cls,
        models: MediationModels,
        frame: pd.DataFrame,
        *,
        options: StandardisationOptions,
        utility: Sequence[float] | None = None,
    ) -> MediationEffects:
        """Prepare the effects of a completed cohort.

        Parameters
        ----------
        models : MediationModels
            Built from `frame`.
        frame : DataFrame
            The completed cohort.
        options : StandardisationOptions
        utility : sequence of float or None
            Weight of each outcome level, in increasing order of the codes.

        Raises
        ------
        ModelError
            If the options ask for what the models do not have.
        """
        scales = OutcomeScales.of(models.outcome_levels, utility=utility)
        standardisation = Standardisation.of(models, frame, options=options)
        coefficients = [
            position
            for position, effect in enumerate(COEFFICIENT_EFFECTS)
            if standardisation.linear or effect.effect not in MEDIATOR_SLOPE_EFFECTS
        ]
        return cls(
            models=models,
            effects=(
                *(_in_analysis(COEFFICIENT_EFFECTS[position], models) for position in coefficients),
                *KHB_EFFECTS,
                *natural_catalogue(scales),
                *four_way_catalogue(scales, controlled_at=options.controlled_at),
            ),
            _standardisation=standardisation,
            _scales=scales,
            _coefficients=np.array(coefficients, dtype=np.int64),
        )

    def evaluate(self, fits: Sequence[Refit], weights: FloatArray) -> FloatArray:
        """Return the effects in one replicate.

        Parameters
        ----------
        fits : sequence of Refit
            Of the mediator, total and outcome model, all to the same resample.
        weights : ndarray, shape (n,)
            How often each patient is in it; ones for the cohort itself.

        Returns
        -------
        ndarray, shape (effects,)
        """
        mediator, _, outcome = fits
        cells = self._standardisation.cells(mediator, outcome, weights)
        natural = natural_effects(cells.natural, self._scales)
        controlled = controlled_direct_effects(cells.controlled, self._scales)
        reference, mediated = interaction_components(natural, controlled, self._scales)
        return np.concatenate(
            [
                coefficient_effects(self._paths(fits))[self._coefficients],
                khb(cells.predictors),
                natural.ravel(),
                controlled.ravel(),
                reference.ravel(),
                mediated,
            ]
        )

    def _paths(self, fits: Sequence[Refit]) -> PathCoefficients:
        mediator, total, outcome = fits
        models = self.models
        slope = np.nan
        if self._standardisation.linear:
            slope = outcome.estimates[models.outcome.names.index(MEDIATOR)]
        return PathCoefficients(
            total=float(total.estimates[models.total.names.index(TREATMENT)]),
            direct=float(outcome.estimates[models.outcome.names.index(TREATMENT)]),
            treatment_on_mediator=float(mediator.estimates[models.mediator.names.index(TREATMENT)]),
            mediator_effect=float(slope),
        )


def _in_analysis(effect: Effect, models: MediationModels) -> Effect:
    """Mark a coefficient effect that an interaction leaves without a meaning."""
    if models.specification.interaction and effect.effect in DIRECT_COEFFICIENT_EFFECTS:
        return replace(effect, undefined=NO_SINGLE_DIRECT_COEFFICIENT)
    return effect


def effects_by_imputation(
    completed: pd.DataFrame,
    *,
    specification: AnalysisSpecification,
    variables: Mapping[str, VariableLevels] | None = None,
    options: StandardisationOptions,
    utility: Sequence[float] | None = None,
    resampled: Callable[[pd.DataFrame], pd.DataFrame] | None = None,
) -> Iterator[MediationEffects]:
    """Build the models of one completed data set after the other and prepare their effects.

    Parameters
    ----------
    completed : DataFrame
        Completed data sets, one below the other, numbered by the column `imputation`.
    specification, variables
        As for `mediation_models`.
    options, utility
        As for `MediationEffects.of`.
    resampled : callable or None
        Makes of a completed data set the frame that its replicates are drawn from; None where it is the same.
    """
    knots = mediator_knots(completed, specification=specification)
    for _, rows in completed.groupby("imputation"):
        frame = (rows if resampled is None else resampled(rows)).reset_index(drop=True)
        models = mediation_models(frame, specification=specification, variables=variables, knots=knots)
        yield MediationEffects.of(models, frame, options=options, utility=utility)
