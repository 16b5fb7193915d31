"""All effects of an analysis: prepared once for a cohort, evaluated for the fits of every replicate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from ipdmediation.data.disclosure import rounded
from ipdmediation.effects.catalogue import (
    KHB_EFFECTS,
    Effect,
    coefficient_catalogue,
    four_way_catalogue,
    natural_catalogue,
    without_treatment_coefficient,
)
from ipdmediation.effects.four_way import controlled_direct_effects, interaction_components
from ipdmediation.effects.khb import khb
from ipdmediation.effects.log_odds import PathCoefficients, coefficient_effects
from ipdmediation.effects.natural_effects import OutcomeScales, natural_effects
from ipdmediation.effects.predictors import MediatorTerms, first_column, is_free
from ipdmediation.effects.standardisation import Standardisation, StandardisedCells
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.effects.structural import StructuralSlope
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.models.results import Refit
from ipdmediation.models.specification import (
    AnalysisSpecification,
    MediationModels,
    VariableLevels,
    mediation_models,
    mediator_knots,
    mediator_scale,
)


class PreparedEffects(Protocol):
    """Effects that are prepared for a cohort and evaluated for the fits of every replicate."""

    @property
    def models(self) -> MediationModels:
        """The models whose fits `evaluate` takes."""

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What `evaluate` returns, in its order."""

    def evaluate(self, fits: Sequence[Refit], weights: FloatArray) -> FloatArray:
        """Return the effects of fits of all three models to a resample, with the weights of its patients."""


@dataclass(frozen=True)
class CoefficientEffects:
    """The effects that are made of coefficients alone.

    Attributes
    ----------
    treatment : tuple of int
        Where the treatment's coefficient is in the mediator, the total and the outcome model.
    free : bool
        Whether the last two have another one at each cut, so that effects of one are undefined.
    mediator : MediatorTerms
        The mediator's columns in the outcome model.
    interaction : bool
        Whether some of these are products with treatment.
    quartiles : ndarray, shape (3, J)
        What treatment changes in these columns, at the quartiles of the mediator.
    slopes : ndarray, shape (2, J)
        The columns for one unit of a linear mediator, by arm.
    """

    treatment: tuple[int, int, int]
    free: bool
    mediator: MediatorTerms
    interaction: bool
    quartiles: FloatArray
    slopes: FloatArray

    @classmethod
    def of(cls, models: MediationModels, *, quartiles: Sequence[float]) -> CoefficientEffects:
        """Prepare the models of a cohort; `quartiles` are those of the mediator in its own unit."""
        designs = (models.mediator_design, models.total_design, models.outcome_design)
        at_mediator, at_total, at_outcome = (
            first_column(model, design) + design.treatment_position
            for model, design in zip((models.mediator, models.total, models.outcome), designs, strict=True)
        )
        terms = MediatorTerms.of(models.outcome, models.outcome_design)
        untreated, treated = terms.columns(mediator_scale(quartiles, specification=models.specification))
        return cls(
            treatment=(at_mediator, at_total, at_outcome),
            free=is_free(models.outcome),
            mediator=terms,
            interaction=models.outcome_design.interaction,
            quartiles=treated - untreated,
            slopes=terms.columns([1.0])[:, 0],
        )

    def evaluate(self, fits: Sequence[Refit]) -> FloatArray:
        """Return the effects of `coefficient_catalogue`, in its order."""
        mediator, total, outcome = fits
        at_mediator, at_total, at_outcome = self.treatment
        direct, own = outcome.estimates[at_outcome], outcome.estimates[self.mediator.positions]
        whole = total.estimates[at_total]
        if self.free:
            direct = whole = np.nan
        slopes = self.slopes_of(outcome)
        paths = PathCoefficients(
            total=float(whole),
            direct=float(direct),
            treatment_on_mediator=float(mediator.estimates[at_mediator]),
            mediator_effect=float(slopes[0]),
        )
        if self.interaction:
            at_quartiles = direct + self.quartiles @ own
            by_arm, undefined = (slopes, 2) if self.mediator.linear else (slopes[:0], 1)
            return np.concatenate(
                [
                    [paths.total],
                    at_quartiles,
                    [paths.treatment_on_mediator],
                    by_arm,
                    np.full(undefined, np.nan),
                ]
            )
        values = coefficient_effects(paths)
        return values if self.mediator.linear else values[_WITHOUT_SLOPE]

    def slopes_of(self, outcome: Refit) -> FloatArray:
        """Return the (2,) slope of a linear mediator in the outcome model, by arm."""
        slopes: FloatArray = self.slopes @ outcome.estimates[self.mediator.positions]
        return slopes


# of coefficient_effects: all but the mediator's slope and the product that it is a factor of
_WITHOUT_SLOPE = [0, 1, 2, 4]


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
    _coefficients: CoefficientEffects

    @classmethod
    def of(
        cls,
        models: MediationModels,
        frame: pd.DataFrame,
        *,
        options: StandardisationOptions,
        utility: Sequence[float] | None = None,
        quartiles: Sequence[float] | None = None,
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
        quartiles : sequence of float or None
            Of the mediator, as `mediator_quartiles` returns them; None for those of the frame.

        Raises
        ------
        ModelError
            If the options ask for what the models do not have.
        """
        scales = OutcomeScales.of(models.outcome_levels, utility=utility)
        standardisation = Standardisation.of(models, frame, options=options)
        if quartiles is None:
            quartiles = mediator_quartiles(frame, specification=models.specification)
        coefficients = (
            *coefficient_catalogue(
                interaction=models.outcome_design.interaction,
                linear=standardisation.linear,
                quartiles=quartiles,
            ),
            *KHB_EFFECTS,
        )
        return cls(
            models=models,
            effects=(
                *(without_treatment_coefficient(coefficients) if is_free(models.outcome) else coefficients),
                *natural_catalogue(scales),
                *four_way_catalogue(scales, controlled_at=options.controlled_at),
            ),
            _standardisation=standardisation,
            _scales=scales,
            _coefficients=CoefficientEffects.of(models, quartiles=quartiles),
        )

    @property
    def scales(self) -> OutcomeScales:
        """The scales of the natural effects."""
        return self._scales

    def cells(
        self,
        mediator: Refit,
        outcome: Refit,
        weights: FloatArray,
        *,
        structural: StructuralSlope | None = None,
    ) -> StandardisedCells:
        """Return the outcomes under set treatments, see `Standardisation.cells`."""
        return self._standardisation.cells(mediator, outcome, weights, structural=structural)

    def along(
        self,
        mediator: Refit,
        outcome: Refit,
        weights: FloatArray,
        *,
        structural: Sequence[StructuralSlope],
    ) -> list[StandardisedCells]:
        """Return them at several effects of the mediator, see `Standardisation.along`."""
        return self._standardisation.along(mediator, outcome, weights, structural=structural)

    @property
    def linear(self) -> bool:
        """Whether the mediator has one slope in each arm of the outcome model."""
        return self._standardisation.linear

    def held(self, mediator: Refit, outcome: Refit, weights: FloatArray, *, at: FloatArray) -> FloatArray:
        """Return the outcomes by arm with the mediator held at values on the scale of its model.

        Parameters
        ----------
        mediator, outcome, weights
            As for `Standardisation.cells`.
        at : ndarray, shape (values,)

        Returns
        -------
        ndarray, shape (values, 2, K)
            As `StandardisedCells.controlled`.
        """
        return self._standardisation.holding(at).cells(mediator, outcome, weights).controlled

    def mediator_slopes(self, outcome: Refit) -> FloatArray:
        """Return the (2,) slope of a linear mediator in the outcome model, by arm."""
        return self._coefficients.slopes_of(outcome)

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
            A ratio is infinite or missing where its denominator is 0.
        """
        mediator, _, outcome = fits
        cells = self._standardisation.cells(mediator, outcome, weights)
        natural = natural_effects(cells.natural, self._scales)
        controlled = controlled_direct_effects(cells.controlled, self._scales)
        reference, mediated = interaction_components(
            natural, controlled, self._scales, rounding=self._scales.rounding(cells.natural)
        )
        return np.concatenate(
            [
                self._coefficients.evaluate(fits),
                khb(cells.predictors, free=self._coefficients.free),
                natural.ravel(),
                controlled.ravel(),
                reference.ravel(),
                mediated,
            ]
        )


def mediator_quartiles(
    frame: pd.DataFrame, *, specification: AnalysisSpecification
) -> tuple[float, float, float]:
    """Return the quartiles of the mediator in its own unit, rounded: the effects are those at what is shown.

    Parameters
    ----------
    frame : DataFrame
        A cohort; for effects that are pooled over imputations all completed data sets together, so that they
        have their quartiles in common.
    specification : AnalysisSpecification
    """
    values = frame[specification.mediator].to_numpy(dtype=np.float64)
    spread = float(values.std())
    low, middle, high = (rounded(value, spread=spread) for value in np.quantile(values, (0.25, 0.5, 0.75)))
    return low, middle, high


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
    quartiles = mediator_quartiles(completed, specification=specification)
    for _, rows in completed.groupby("imputation"):
        frame = (rows if resampled is None else resampled(rows)).reset_index(drop=True)
        models = mediation_models(frame, specification=specification, variables=variables, knots=knots)
        yield MediationEffects.of(models, frame, options=options, utility=utility, quartiles=quartiles)
