"""Controlled direct effects and the four-way decomposition of the total effect.

VanderWeele 2014, Epidemiology 25:749: on an additive scale, with the mediator's reference value m,
te = cde(m) + int_ref(m) + int_med + pnie.
"""

from __future__ import annotations

from ipdmediation.effects.natural_effects import OutcomeScales, without_rounding
from ipdmediation.kernels.arrays import FloatArray


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
    differences = scales.compare(controlled[:, 1], controlled[:, 0])
    return without_rounding(differences, scales.rounding(controlled))


def interaction_components(
    natural: FloatArray, controlled: FloatArray, scales: OutcomeScales, *, rounding: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the two parts of the total effect that are due to interaction, on the additive scales.

    Parameters
    ----------
    natural : ndarray, shape (effects, scales)
        As `natural_effects` returns them.
    controlled : ndarray, shape (values, scales)
        As `controlled_direct_effects` returns them.
    scales : OutcomeScales
    rounding : ndarray, shape (scales,)
        Up to which size a difference is floating point's.

    Returns
    -------
    reference : ndarray, shape (values, additive scales)
        Reference interaction pnde - cde(m): treatment acts differently at the untreated mediator than at m.
    mediated : ndarray, shape (additive scales,)
        Mediated interaction tnie - pnie.
    """
    additive = len(scales.additive)
    _, pnde, tnie, _, pnie, _ = natural[:, :additive]
    reference, mediated = pnde - controlled[:, :additive], tnie - pnie
    return (
        without_rounding(reference, rounding[:additive]),
        without_rounding(mediated, rounding[:additive]),
    )
