"""From an analysis to its three models: mediator, total and outcome.

mediator: M ~ treatment + C.  total: Y ~ treatment + C.  outcome: Y ~ treatment + M [+ treatment x M] + C.
The outcome model may hold a spline of M, and the mediator model other covariates than the other two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ipdmediation.data.covariates import (
    COVARIATE_MODELS,
    StatedCovariates,
    all_covariate_names,
    covariates_of,
)
from ipdmediation.data.formula import FormulaError
from ipdmediation.data.transforms import to_analysis_scale
from ipdmediation.data.weights import scaled_weights
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.build import linear_model, outcome_model
from ipdmediation.models.design import Design, fit_design
from ipdmediation.models.errors import (
    MissingValueError,
    ModelError,
    OutcomeError,
)
from ipdmediation.models.linear_mixed import METHODS
from ipdmediation.models.mediator import check_mediator
from ipdmediation.models.resampled import ResampledModel
from ipdmediation.models.results import ModelFit
from ipdmediation.models.splines import quantile_knots
from ipdmediation.models.thresholds import check_free_treatment
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.links import LINKS, LOGIT
from ipdmediation.vocabulary.proportional_odds import treatment_is_free
from ipdmediation.vocabulary.terms import (
    TRIAL,
    intercept_term,
    threshold_term,
    treatment_at_cut_term,
)
from ipdmediation.vocabulary.transforms import IDENTITY, TRANSFORMS
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS

MODEL_NAMES = ("mediator", "total", "outcome")


class VariableLevels(Protocol):
    """The part of a variable's definition that models need."""

    @property
    def levels(self) -> Mapping[Any, Any] | None:
        """Levels of a categorical or ordinal variable, in order: code -> label."""


@dataclass(frozen=True, kw_only=True)
class AnalysisSpecification:
    """The choices of an analysis that its models depend on.

    Attributes
    ----------
    mediator, outcome : column names.
    transform : analysis scale of the mediator M: "identity", "log" ln(M + offset), "log1p" ln(1 + M) or
        "cube_root".
    offset : in the unit of the mediator; used by "log" only.
    family : a key of `vocabulary.families.FAMILIES`.
    better : "high" or "low", the better end of an ordinal or binary outcome. The outcome is turned so that a
        higher level is better; a continuous outcome stays as it is.
    centred : whether M is its difference from the mean of the patient's own trial, both arms together.
    spline_knots : number of knots of a restricted cubic spline of M in the outcome model; 0 for a linear M.
    covariates : column names or a formula; or a mapping of these, with the keys "mediator" and "outcome" (for
        the total model as well).
    interaction : whether the outcome model has treatment x mediator.
    trial_effects : "none" (one study), "fixed" (trial indicators), "random_intercept", "random_slope"
        (correlated intercept and treatment slope by trial) or "random_slopes" (the outcome model has a random
        slope of M as well).
    link : a key of `vocabulary.links.LINKS`, of ordinal and binary outcomes.
    free_treatment : whether the treatment's effect is free at every cut of an ordinal outcome, rather than
        proportional; not beside a random slope of the treatment.
    weights : column by which patients count for more or less, scaled to a mean of 1; None where all count
        alike.
    cluster : what the random effects are of: "trial", or a column whose values within a trial are clusters;
        trials then have indicators.
    estimation : "ml" or "reml", of linear models with random effects.
    """

    mediator: str
    outcome: str
    transform: str = IDENTITY.key
    offset: float = 0.0
    family: str = "ordinal"
    better: str = "high"
    centred: bool = False
    spline_knots: int = 0
    covariates: StatedCovariates = ()
    interaction: bool = False
    trial_effects: str = "none"
    link: str = LOGIT.key
    free_treatment: bool = False
    weights: str | None = None
    cluster: str = TRIAL
    estimation: str = METHODS[0]

    def __post_init__(self) -> None:
        for name, allowed in (
            ("transform", tuple(TRANSFORMS)),
            ("family", tuple(FAMILIES)),
            ("better", ("high", "low")),
            ("trial_effects", tuple(TRIAL_EFFECTS)),
            ("link", tuple(LINKS)),
            ("estimation", METHODS),
        ):
            if getattr(self, name) not in allowed:
                raise ModelError(f"{name} must be one of {', '.join(allowed)}, not {getattr(self, name)!r}")
        try:
            used = all_covariate_names(self.covariates)
        except FormulaError as error:
            raise ModelError(f"covariates: {error}") from None
        if self.cluster != TRIAL and not TRIAL_EFFECTS[self.trial_effects].random:
            raise ModelError(
                f"clusters by {self.cluster} need random trial_effects, not {self.trial_effects!r}"
            )
        if self.free_treatment:
            check_free_treatment(self.family, self.trial_effects)
        if self.centred and (self.spline_knots or self.interaction):
            raise ModelError("a centred mediator has neither a spline nor an interaction")
        if self.mediator in used:
            raise ModelError(f"{self.mediator} is the mediator; it cannot be a covariate as well")

    @classmethod
    def from_config(cls, analysis: Mapping[str, Any]) -> AnalysisSpecification:
        """Read an analysis of the configuration (already merged with the primary one)."""
        mediator, outcome = analysis["mediator"], analysis["outcome"]
        return cls(
            mediator=mediator["variable"],
            transform=mediator.get("transform", IDENTITY.key),
            offset=float(mediator.get("offset", 0.0)),
            outcome=outcome["variable"],
            family=outcome["family"],
            better=outcome.get("better", "high"),
            link=outcome.get("link", LOGIT.key),
            free_treatment=treatment_is_free(outcome),
            centred=mediator.get("centred") is not None,
            spline_knots=mediator.get("spline_knots") or 0,
            covariates=analysis["covariates"],
            interaction=bool(analysis.get("interaction", False)),
            trial_effects=analysis.get("trial_effects", "none"),
            weights=analysis.get("weights"),
            cluster=analysis.get("cluster", TRIAL),
            estimation=analysis.get("estimation", METHODS[0]),
        )


@dataclass(frozen=True)
class MediationModels:
    """The three models of an analysis, ready to fit and refit, with the data that they share.

    Attributes
    ----------
    mediator, total, outcome : models; all three take the same (n,) weights.
    mediator_design, total_design, outcome_design : their designs.
    mediator_values : (n,) mediator on the analysis scale.
    outcome_values : (n,) outcome as modelled: level index (higher is better), 0/1 (1 is better) or number.
    outcome_levels : names of the levels in that order; empty for a continuous outcome.
    weights : (n,) by how much each patient counts, 1 on average; None where all count alike.
    """

    specification: AnalysisSpecification
    mediator: ResampledModel
    total: ResampledModel
    outcome: ResampledModel
    mediator_design: Design
    total_design: Design
    outcome_design: Design
    mediator_values: FloatArray
    outcome_values: FloatArray | IntArray
    outcome_levels: tuple[str, ...]
    weights: FloatArray | None = None

    def weighted(self, counts: FloatArray) -> FloatArray:
        """Return the (n,) numbers of times that patients are drawn, times their weights."""
        return counts if self.weights is None else counts * self.weights

    def fit(self, name: str) -> ModelFit:
        """Fit one of `MODEL_NAMES` to the cohort; it counts patients, whatever their weights."""
        model: ResampledModel = getattr(self, name)
        fit = model.fit(weights=self.weights)
        return replace(fit, n_per_trial=self.mediator_design.patients_per_trial)


def mediation_models(
    frame: pd.DataFrame,
    *,
    specification: AnalysisSpecification,
    variables: Mapping[str, VariableLevels] | None = None,
    knots: Sequence[float] | None = None,
) -> MediationModels:
    """Build the mediator, total and outcome model of an analysis.

    Parameters
    ----------
    frame : completed cohort: no missing values in the columns used.
    specification : the analysis.
    variables : definitions of the variables, for the levels of the outcome; without them the levels are the
        whole numbers between the smallest and the largest outcome found.
    knots : of the mediator's spline, as `mediator_knots` returns them; None for those of the frame.

    Returns
    -------
    MediationModels

    Raises
    ------
    ModelError
        Or one of its named kinds, naming the column.
    """
    weights = None if specification.weights is None else scaled_weights(frame[specification.weights])
    mediator = mediator_scale(frame[specification.mediator], specification=specification)
    if specification.centred:
        mediator = mediator - _trial_means(mediator, frame, weights)
    outcome, levels = _oriented_outcome(frame, specification, variables)
    effects = specification.trial_effects
    stated = TRIAL_EFFECTS[effects]
    design = partial(
        fit_design,
        frame,
        trial_indicators=stated.indicators,
        by_trial=bool(stated.random),
        cluster=specification.cluster,
    )
    covariates = {model: covariates_of(specification.covariates, model=model) for model in COVARIATE_MODELS}
    mediator_design = design(covariates=covariates["mediator"])
    check_mediator(
        mediator,
        frame[specification.mediator],
        design=mediator_design,
        variable=specification.mediator,
        trial_effects=effects,
    )
    same = covariates["mediator"] == covariates["outcome"]
    total_design = mediator_design if same else design(covariates=covariates["outcome"])
    outcome_design = total_design.with_mediator(
        mediator,
        variable=specification.mediator,
        knots=mediator_knots(frame, specification=specification) if knots is None else knots,
        interaction=specification.interaction,
    )
    method = specification.estimation
    linear = partial(linear_model, values=mediator, trial_effects=effects, method=method)
    build = partial(
        outcome_model,
        values=outcome,
        levels=levels,
        family=specification.family,
        link=specification.link,
        trial_effects=effects,
        method=method,
        free_treatment=specification.free_treatment,
    )
    resampled = partial(ResampledModel, build, leading=(intercept_term(),))
    if levels:
        leading = [threshold_term(*pair, outcome=specification.outcome) for pair in pairwise(levels)]
        if specification.free_treatment:
            leading += [treatment_at_cut_term(*pair) for pair in pairwise(levels)]
        resampled = partial(
            ResampledModel,
            build,
            leading=tuple(leading),
            free_treatment=specification.free_treatment,
            levels=np.asarray(outcome, dtype=np.int64),
            level_names=levels,
        )
    return MediationModels(
        specification=specification,
        mediator=ResampledModel(linear, mediator_design, leading=(intercept_term(),)),
        total=resampled(total_design),
        outcome=resampled(outcome_design),
        mediator_design=mediator_design,
        total_design=total_design,
        outcome_design=outcome_design,
        mediator_values=mediator,
        outcome_values=outcome,
        outcome_levels=levels,
        weights=weights,
    )


def models_by_imputation(
    completed: pd.DataFrame,
    *,
    specification: AnalysisSpecification,
    variables: Mapping[str, VariableLevels] | None = None,
) -> list[MediationModels]:
    """Build the models of each completed data set.

    Parameters
    ----------
    completed : completed data sets, one below the other, numbered by the column `imputation`.
    specification, variables : as for `mediation_models`.
    """
    knots = mediator_knots(completed, specification=specification)
    return [
        mediation_models(
            rows.reset_index(drop=True), specification=specification, variables=variables, knots=knots
        )
        for _, rows in completed.groupby("imputation")
    ]


def mediator_knots(frame: pd.DataFrame, *, specification: AnalysisSpecification) -> tuple[float, ...]:
    """Return the knots of the mediator's spline, at quantiles of the frame; none for a linear mediator.

    Parameters
    ----------
    frame : a cohort; for models that are pooled over imputations all completed data sets together, so that
        they have their knots in common.
    specification : the analysis.
    """
    if not specification.spline_knots:
        return ()
    values = mediator_scale(frame[specification.mediator], specification=specification)
    return quantile_knots(values, count=specification.spline_knots)


def mediator_scale(values: ArrayLike, *, specification: AnalysisSpecification) -> FloatArray:
    """Mediator on its analysis scale.

    Raises
    ------
    ModelError
        If a value has no logarithm; the message says how many.
    MissingValueError
        If a value is missing.
    """
    raw = np.asarray(values, dtype=np.float64)
    if np.isnan(raw).any():
        raise MissingValueError(
            f"missing values in {specification.mediator} ({int(np.isnan(raw).sum())} of {raw.size} rows); "
            "impute them or drop the rows"
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = to_analysis_scale(raw, transform=specification.transform, offset=specification.offset)
    lost = int((~np.isfinite(scaled)).sum())
    if lost:
        raise ModelError(
            f"{lost} rows of {specification.mediator} have no value on the scale {specification.transform} "
            f"with offset {specification.offset:g}; give a larger offset"
        )
    return scaled


def _trial_means(values: FloatArray, frame: pd.DataFrame, weights: FloatArray | None) -> FloatArray:
    """Return the (n,) mean of the patient's own trial, both arms together."""
    codes = pd.factorize(frame[TRIAL])[0]
    counted = np.ones(values.size) if weights is None else weights
    means: FloatArray = (np.bincount(codes, counted * values) / np.bincount(codes, counted))[codes]
    return means


def _oriented_outcome(
    frame: pd.DataFrame,
    specification: AnalysisSpecification,
    variables: Mapping[str, VariableLevels] | None,
) -> tuple[FloatArray | IntArray, tuple[str, ...]]:
    name = specification.outcome
    raw = frame[name]
    if raw.isna().any():
        raise MissingValueError(f"missing values in {name} ({int(raw.isna().sum())} of {len(frame)} rows)")
    numbers = np.asarray(raw, dtype=np.float64)
    family = FAMILIES[specification.family]
    if not family.levels:
        return numbers, ()
    declared = None if variables is None else variables[name].levels
    if family.codes:
        codes = list(family.codes)
    elif declared is not None:
        codes = [int(code) for code in declared]
    else:
        codes = list(range(int(numbers.min()), int(numbers.max()) + 1))
    if specification.better == "low":
        codes = codes[::-1]
    index = pd.Index(codes).get_indexer(pd.Index(numbers))
    if (index < 0).any():
        found = ", ".join(f"{value:g}" for value in np.unique(numbers[index < 0]))
        allowed = ", ".join(map(str, codes))
        raise OutcomeError(f"{int((index < 0).sum())} rows of {name} have values {found}; allowed: {allowed}")
    return index.astype(np.int64), tuple(str(code) for code in codes)
