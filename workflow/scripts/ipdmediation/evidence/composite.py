"""An event and the mediator that it can make impossible, together as one mediator.

The event D implies the worst outcome, k = K. With D as in arm d and, without the event, the mediator M as
in arm m::

    P(Y <= k; x, d, m) = sum over patients i of w_i [1 - p_d(C_i)] P(Y <= k | x, M_i(m), C_i)

so the total effect (1, 1, 1) - (0, 0, 0) is direct (1, 0, 0) - (0, 0, 0), through the event (1, 1, 0) -
(1, 0, 0), and through the mediator (1, 1, 1) - (1, 1, 0). Nobody is left out, and the dead need no value
of the mediator. The mediated parts are those of an intervention on the pair (D, M), as of two mediators
that are given one after the other: VanderWeele & Vansteelandt 2014, Epidemiologic
Methods 2:95.
"""

from __future__ import annotations

import numpy as np

from ipdmediation.effects.natural_effects import OutcomeScales, without_rounding
from ipdmediation.effects.standardisation import Standardisation
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.models.results import Refit
from ipdmediation.vocabulary.effects import PROPORTION_MEDIATED, VIA_EVENT

COMPOSITE_EFFECTS = ("te", "pnde", VIA_EVENT, "tnie", PROPORTION_MEDIATED)
#: Arms (x, d, m) of treatment, event and mediator, each one step from the one before.
_STEPS = ((0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1))


def composite_effects(
    standardisation: Standardisation,
    mediator: Refit,
    outcome: Refit,
    probability: FloatArray,
    weights: FloatArray,
    *,
    fitted: FloatArray,
    scales: OutcomeScales,
) -> FloatArray:
    """Return `COMPOSITE_EFFECTS` on every scale, shape (effects, scales).

    Parameters
    ----------
    standardisation : Standardisation
        Of everybody, whatever stands as the mediator of whom the event befell.
    mediator, outcome : Refit
        Fits to patients without the event.
    probability : ndarray, shape (2, n)
        Of the event, by arm.
    weights : ndarray, shape (n,)
        How often each patient is in the replicate.
    fitted : ndarray, shape (n,)
        Weights of the two fits, for the residuals of the mediator.
    scales : OutcomeScales
    """
    by_event = []
    for chance in probability:
        alive = weights * (1 - chance)
        cells = standardisation.cells(mediator, outcome, alive, residual_weights=fitted).natural
        share = alive.sum() / weights.sum()
        everybody = share * cells
        everybody[:, 0] += 1 - share  # the worst level comes first
        by_event.append(everybody)
    cells = np.array([by_event[event][2 * arm + source] for arm, event, source in _STEPS])
    rounding = scales.rounding(cells)
    direct, with_event, total = without_rounding(scales.compare(cells[1:], cells[0]), rounding)
    event, through = without_rounding(np.array([with_event - direct, total - with_event]), rounding)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = through / total
    return np.array([total, direct, event, through, share])
