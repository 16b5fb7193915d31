"""The models of the surrogacy panel, in which every question is one of a single coefficient."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.models.errors import ModelError
from ipdmediation.models.resampled import ResampledModel
from ipdmediation.models.results import ModelFit
from ipdmediation.models.specification import MODEL_NAMES, MediationModels, models_by_imputation
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS


@dataclass(frozen=True, kw_only=True)
class PanelFits:
    """The fits to one completed data set.

    Attributes
    ----------
    models : MediationModels
    mediator, total, outcome : ModelFit
        M ~ A + C, Y ~ A + C and Y ~ A + M + C.
    """

    models: MediationModels
    mediator: ModelFit
    total: ModelFit
    outcome: ModelFit

    @property
    def patients(self) -> int:
        """How many patients there are."""
        return len(self.models.mediator_values)

    @property
    def weights(self) -> FloatArray:
        """(n,) weights of the patients."""
        return self.models.weighted(np.ones(self.patients))

    @property
    def converged(self) -> bool:
        """Whether all three did."""
        return self.mediator.converged and self.total.converged and self.outcome.converged

    @cached_property
    def by_mediator(self) -> float:
        """Twice the log-likelihood that the mediator adds, given treatment."""
        return 2 * (self.outcome.log_likelihood - self.total.log_likelihood)

    @cached_property
    def by_treatment(self) -> float:
        """Twice the log-likelihood that treatment adds; missing where a model of it has no maximum."""
        return 2 * (self.total.log_likelihood - self._without_treatment(self.models.total))

    @cached_property
    def by_treatment_given_mediator(self) -> float:
        """Twice the log-likelihood that treatment adds, given the mediator; missing as `by_treatment`."""
        return 2 * (self.outcome.log_likelihood - self._without_treatment(self.models.outcome))

    def _without_treatment(self, model: ResampledModel) -> float:
        try:
            fit = model.without(self.models.total_design.treatment_position).fit(weights=self.weights)
        except ModelError:
            return math.nan
        return fit.log_likelihood if fit.converged else math.nan


def panel_analysis(analysis: ImputedAnalysis) -> ImputedAnalysis:
    """Return an analysis with the models of the panel.

    The mediator enters the outcome model as a straight line without an interaction, its slope does not vary
    between trials, and all models are fitted by maximum likelihood, so that likelihoods can be compared.
    """
    stated = analysis.specification
    effects = TRIAL_EFFECTS[stated.trial_effects]
    same_slope = next(
        each.key
        for each in TRIAL_EFFECTS.values()
        if each.indicators == effects.indicators and each.random == effects.random_in(mediator=False)
    )
    specification = replace(
        stated, spline_knots=0, interaction=False, trial_effects=same_slope, estimation="ml"
    )
    return replace(analysis, specification=specification)


def panel_fits(analysis: ImputedAnalysis) -> list[PanelFits]:
    """Fit the three models to each completed data set.

    Parameters
    ----------
    analysis : ImputedAnalysis
        As `panel_analysis` returns it.

    Raises
    ------
    ModelError
        Where a model cannot be fitted.
    """
    found = []
    for models in models_by_imputation(
        analysis.completed, specification=analysis.specification, variables=analysis.variables
    ):
        mediator, total, outcome = (models.fit(name) for name in MODEL_NAMES)
        found.append(PanelFits(models=models, mediator=mediator, total=total, outcome=outcome))
    return found
