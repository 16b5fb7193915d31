"""Whether a mediator varies where its effect would have to show."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.models.design import Design
from ipdmediation.models.errors import MediatorError
from ipdmediation.vocabulary.terms import INTERCEPT, TREATMENT
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS

_ROUNDING = 1e-10  # of the mediator's variance


def check_mediator(
    values: FloatArray, raw: pd.Series, *, design: Design, variable: str, trial_effects: str
) -> None:
    """Raise one error where nothing of the mediator is left to tell its effect from others.

    A mediator that is constant in one trial, or in one arm of a trial, is accepted.

    Parameters
    ----------
    values : (n,) on the analysis scale.
    raw : (n,) as recorded, for the message.
    design : of the mediator model: treatment, covariates and the trials.
    variable : name of the mediator.
    trial_effects : as of `AnalysisSpecification`.

    Raises
    ------
    MediatorError
        Names the mediator, and whether it is constant, constant in an arm or in every trial, or determined by
        treatment and covariates.
    """
    problem = next(_problems(values, raw, design, trial_effects), None)
    if problem:
        raise MediatorError(f"mediator {variable!r} {problem}, so that it can mediate nothing")


def _problems(values: FloatArray, raw: pd.Series, design: Design, trial_effects: str) -> Iterator[str]:
    arm = design.matrix[:, design.treatment_position]
    if np.ptp(values) == 0:
        yield f"is {raw.iloc[0]:g} for all {len(raw)} patients"
    for code, name in ((0, "controls"), (1, "treated patients")):
        rows = arm == code
        if rows.any() and np.ptp(values[rows]) == 0:
            yield f"is {raw[rows].iloc[0]:g} for all {int(rows.sum())} {name}"
    trials = range(len(design.trial_names))
    own = [values[design.trial_codes == trial] for trial in trials]
    if all(np.ptp(part) == 0 for part in own):
        yield f"does not vary within any of the trials {', '.join(design.trial_names)}"
    by_arm = [part for trial in trials for part in _arms(values, arm, design.trial_codes == trial)]
    if all(np.ptp(part) == 0 for part in by_arm):
        yield "does not vary within the arms of any trial"
    if _is_determined(values, design, trial_effects):
        covariates = dict.fromkeys(term.variable or term.id for term in design.terms[1:])
        yield f"is determined by treatment{''.join(f', {name}' for name in covariates)}"


def _arms(values: FloatArray, arm: FloatArray, rows: NDArray[np.bool_]) -> list[FloatArray]:
    return [values[rows & (arm == code)] for code in (0, 1) if (rows & (arm == code)).any()]


def _is_determined(values: FloatArray, design: Design, trial_effects: str) -> bool:
    """Say whether the columns of the mediator model, those by trial included, leave no residual."""
    columns = [np.ones((len(values), 1)), design.matrix]
    random = TRIAL_EFFECTS[trial_effects].random
    if INTERCEPT in random:
        trial = (design.trial_codes[:, None] == np.arange(1, len(design.trial_names))).astype(np.float64)
        columns.append(trial)
        if TREATMENT in random:
            columns.append(trial * design.matrix[:, [design.treatment_position]])
    known = np.hstack(columns)
    centred = values - values.mean()
    residual = centred - known @ np.linalg.lstsq(known, centred, rcond=None)[0]
    return bool(residual @ residual <= _ROUNDING * (centred @ centred))
