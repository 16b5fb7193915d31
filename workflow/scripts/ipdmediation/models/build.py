"""From columns of a design to the model of an outcome's family and of the trials' effects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.binary import BinaryModel
from ipdmediation.models.cumulative_link import CumulativeLinkModel
from ipdmediation.models.cumulative_link_mixed import CumulativeLinkMixedModel
from ipdmediation.models.design import Design
from ipdmediation.models.linear import LinearModel
from ipdmediation.models.linear_mixed import LinearMixedModel
from ipdmediation.models.results import Model
from ipdmediation.vocabulary.terms import INTERCEPT, MEDIATOR, TREATMENT


def random_part(design: Design, trial_effects: str) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the (n, q) columns and the roles of the random effects."""
    columns = {INTERCEPT: np.ones(len(design.matrix))}
    if trial_effects in ("random_slope", "random_slopes"):
        columns[TREATMENT] = design.matrix[:, design.treatment_position]
    if trial_effects == "random_slopes" and design.mediator_positions.size:
        # the first column of a spline is M itself
        columns[MEDIATOR] = design.matrix[:, int(design.mediator_positions[0])]
    return np.column_stack(list(columns.values())), tuple(columns)


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
    if not trial_effects.startswith("random"):
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
        trials=design.trial_codes,
        trial_names=design.trial_names,
        random_design=random_design,
        random_names=random_names,
        method=method,
        trial_effects=trial_effects,
    )


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
    offset: FloatArray | None = None,
) -> Model:
    """Build an outcome model of some columns of a design.

    Parameters
    ----------
    design, names, matrix, trial_effects, method, offset : as for `linear_model`.
    values : (n,) level indices, zeros and ones, or numbers.
    levels : codes of the levels; none for a continuous outcome.
    family, link : as of `AnalysisSpecification`.
    """
    if family == "continuous":
        return linear_model(
            design,
            names,
            matrix,
            values=np.asarray(values, dtype=np.float64),
            trial_effects=trial_effects,
            method=method,
            offset=offset,
        )
    if trial_effects.startswith("random"):
        random_design, random_names = random_part(design, trial_effects)
        return CumulativeLinkMixedModel(
            values,
            matrix,
            names=names,
            offset=offset,
            n_levels=len(levels),
            level_names=levels,
            link=link,
            trials=design.trial_codes,
            trial_names=design.trial_names,
            random_design=random_design,
            random_names=random_names,
            trial_effects=trial_effects,
        )
    if family == "binary":
        return BinaryModel(
            values,
            matrix,
            names=names,
            offset=offset,
            level_names=levels,
            link=link,
            trials=design.trial_codes,
            trial_names=design.trial_names,
            trial_effects=trial_effects,
        )
    return CumulativeLinkModel(
        values,
        matrix,
        names=names,
        offset=offset,
        n_levels=len(levels),
        level_names=levels,
        link=link,
        trials=design.trial_codes,
        trial_names=design.trial_names,
        trial_effects=trial_effects,
    )
