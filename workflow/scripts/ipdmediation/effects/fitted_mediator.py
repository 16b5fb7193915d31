"""The mediator that a fitted model expects of each patient, in the own arm."""

from __future__ import annotations

import numpy as np

from ipdmediation.effects.predictors import ArmPredictor
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.models.results import Refit
from ipdmediation.models.specification import MediationModels


def fitted_mediator(models: MediationModels, fit: Refit) -> FloatArray:
    """Return each patient's expected mediator, on the scale of the analysis.

    Parameters
    ----------
    models : MediationModels
    fit : Refit
        Of its mediator model, to the same patients.

    Returns
    -------
    ndarray, shape (n,)
        Random effects are at their conditional modes.
    """
    design = models.mediator_design
    rows = np.arange(models.mediator_values.size)
    arms = design.matrix[:, design.treatment_position].astype(np.int64)
    predictor = ArmPredictor.of(models.mediator, design)
    fitted: FloatArray = predictor.with_modes(predictor.by_arm(fit, rows), fit, rows)[arms, rows]
    return fitted
