"""From columns of a design to the model of an outcome's family and of the trials' effects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.binary import BinaryModel
from ipdmediation.models.cumulative_link import CumulativeLinkModel
from ipdmediation.models.cumulative_link_mixed import CumulativeLinkMixedModel
from ipdmediation.models.design import Design
from ipdmediation.models.linear import LinearModel
from ipdmediation.models.linear_mixed import LinearMixedModel
from ipdmediation.models.results import Model
from ipdmediation.vocabulary.families import BINARY, CONTINUOUS, ORDINAL
from ipdmediation.vocabulary.terms import INTERCEPT, MEDIATOR, TREATMENT, TRIAL
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS


def random_part(design: Design, trial_effects: str) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the (n, q) columns and the roles of the random effects."""
    roles = TRIAL_EFFECTS[trial_effects].random_in(mediator=bool(design.mediator_positions.size))
    columns = {INTERCEPT: np.ones(len(design.matrix)), TREATMENT: design.matrix[:, design.treatment_position]}
    if MEDIATOR in roles:
        # the first column of a spline is M itself
        columns[MEDIATOR] = design.matrix[:, int(design.mediator_positions[0])]
    return np.column_stack([columns[role] for role in roles]), roles


def clusters_of(design: Design) -> str:
    """Return what several of the clusters are called in a sentence."""
    return "trials" if design.cluster == TRIAL else f"clusters by {design.cluster}"


def linear_model(
    design: Design,
    names: Sequence[str],
    matrix: FloatArray,
    *,
    values: FloatArray,
    trial_effects: str,
    method: str,
    offset: FloatArray | None = None,
) -> Model:
    """Build a linear model of some columns of a design.

    Parameters
    ----------
    design : of the cohort.
    names, matrix : (p,), (n, p) the columns.
    values : (n,) what is modelled.
    trial_effects : as of `AnalysisSpecification`.
    method : "ml" or "reml", of a mixed model.
    offset : (n,) part of the predictor that is known.
    """
    if not TRIAL_EFFECTS[trial_effects].random:
        return LinearModel(
            values,
            matrix,
            names=names,
            offset=offset,
            trials=design.trial_codes,
            trial_names=design.trial_names,
            trial_effects=trial_effects,
        )
    random_design, random_names = random_part(design, trial_effects)
    return LinearMixedModel(
        values,
        matrix,
        names=names,
        offset=offset,
        trials=design.cluster_codes,
        trial_names=design.cluster_names,
        clusters=clusters_of(design),
        random_design=random_design,
        random_names=random_names,
        method=method,
        trial_effects=trial_effects,
    )


@dataclass(frozen=True, kw_only=True)
class OutcomeData:
    """What an outcome model is built of: the parameters of `outcome_model`."""

    design: Design
    names: Sequence[str]
    matrix: FloatArray
    values: FloatArray | IntArray
    levels: tuple[str, ...]
    link: str
    trial_effects: str
    method: str
    free_treatment: bool
    offset: FloatArray | None


def cumulative_model(data: OutcomeData) -> Model:
    """Build a cumulative link model of an outcome with levels."""
    design, names, matrix, arms = data.design, data.names, data.matrix, None
    if data.free_treatment:
        # the treatment is never left out, so its column comes first
        arms, names, matrix = matrix[:, design.treatment_position], names[1:], matrix[:, 1:]
    if not TRIAL_EFFECTS[data.trial_effects].random:
        return CumulativeLinkModel(
            data.values,
            matrix,
            names=names,
            offset=data.offset,
            n_levels=len(data.levels),
            level_names=data.levels,
            link=data.link,
            trials=design.trial_codes,
            trial_names=design.trial_names,
            trial_effects=data.trial_effects,
            arms=arms,
        )
    random_design, random_names = random_part(design, data.trial_effects)
    return CumulativeLinkMixedModel(
        data.values,
        matrix,
        names=names,
        offset=data.offset,
        n_levels=len(data.levels),
        level_names=data.levels,
        link=data.link,
        trials=design.cluster_codes,
        trial_names=design.cluster_names,
        clusters=clusters_of(design),
        random_design=random_design,
        random_names=random_names,
        trial_effects=data.trial_effects,
        arms=arms,
    )


def binary_model(data: OutcomeData) -> Model:
    """Build a model of zeros and ones."""
    if TRIAL_EFFECTS[data.trial_effects].random:
        return cumulative_model(data)
    return BinaryModel(
        data.values,
        data.matrix,
        names=data.names,
        offset=data.offset,
        level_names=data.levels,
        link=data.link,
        trials=data.design.trial_codes,
        trial_names=data.design.trial_names,
        trial_effects=data.trial_effects,
    )


def continuous_model(data: OutcomeData) -> Model:
    """Build a linear model."""
    return linear_model(
        data.design,
        data.names,
        data.matrix,
        values=np.asarray(data.values, dtype=np.float64),
        trial_effects=data.trial_effects,
        method=data.method,
        offset=data.offset,
    )


#: What builds the outcome models of a family.
OUTCOME_MODELS: dict[str, Callable[[OutcomeData], Model]] = {
    ORDINAL.key: cumulative_model,
    BINARY.key: binary_model,
    CONTINUOUS.key: continuous_model,
}


def outcome_model(
    design: Design,
    names: Sequence[str],
    matrix: FloatArray,
    *,
    values: FloatArray | IntArray,
    levels: tuple[str, ...],
    family: str,
    link: str,
    trial_effects: str,
    method: str,
    free_treatment: bool = False,
    offset: FloatArray | None = None,
) -> Model:
    """Build an outcome model of some columns of a design.

    Parameters
    ----------
    design, names, matrix, trial_effects, method, offset : as for `linear_model`.
    values : (n,) level indices, zeros and ones, or numbers.
    levels : codes of the levels; none for an outcome without.
    family, link : as of `AnalysisSpecification`.
    free_treatment : whether the treatment has an effect of its own at each cut of an ordinal outcome.
    """
    return OUTCOME_MODELS[family](
        OutcomeData(
            design=design,
            names=names,
            matrix=matrix,
            values=values,
            levels=levels,
            link=link,
            trial_effects=trial_effects,
            method=method,
            free_treatment=free_treatment,
            offset=offset,
        )
    )
