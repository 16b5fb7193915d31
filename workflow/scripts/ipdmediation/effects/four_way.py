"""Controlled direct effects and the four-way decomposition of the total effect.

VanderWeele 2014, Epidemiology 25:749: on an additive scale, with the mediator's reference value m,
te = cde(m) + int_ref(m) + int_med + pnie.
"""

from __future__ import annotations

import numpy as np

from ipdmediation.effects.natural_effects import OutcomeScales
from ipdmediation.models.results import FloatArray


def controlled_direct_effects(controlled: FloatArray, scales: OutcomeScales) -> FloatArray:
    """Compare treated with untreated patients, the mediator held at the same value in both.

    Parameters
    ----------
    controlled : ndarray, shape (values, 2, K)
        Outcome by value of the mediator and arm.
    scales : OutcomeScales

    Returns
    -------
    ndarray, shape (values, scales)
    """
    effects = [scales.compare(treated[None], untreated)[0] for untreated, treated in controlled]
    return np.reshape(effects, (len(controlled), len(scales.names)))


def interaction_components(
    natural: FloatArray, controlled: FloatArray, scales: OutcomeScales
) -> tuple[FloatArray, FloatArray]:
    """Return the two parts of the total effect that are due to interaction, on the additive scales.

    Parameters
    ----------
    natural : ndarray, shape (effects, scales)
        As `natural_effects` returns them.
    controlled : ndarray, shape (values, scales)
        As `controlled_direct_effects` returns them.
    scales : OutcomeScales

    Returns
    -------
    reference : ndarray, shape (values, additive scales)
        Reference interaction pnde - cde(m): treatment acts differently at the untreated mediator than at m.
    mediated : ndarray, shape (additive scales,)
        Mediated interaction tnie - pnie.
    """
    additive = len(scales.additive)
    _, pnde, tnie, _, pnie, _ = natural[:, :additive]
    return pnde - controlled[:, :additive], tnie - pnie
