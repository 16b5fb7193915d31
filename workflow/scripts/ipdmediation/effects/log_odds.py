"""Effects and proportions mediated from regression coefficients alone, as published analyses report them.

The proportions are not causal quantities for a non-collapsible effect measure such as the odds ratio: adding
a strong predictor of the outcome changes the treatment's coefficient even where nothing is mediated.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class PathCoefficients(NamedTuple):
    """Coefficients of the paths between treatment, mediator and outcome.

    Attributes
    ----------
    total, direct : float
        Coefficient of the treatment without and with the mediator in the outcome model.
    treatment_on_mediator : float
        Coefficient a of the treatment in the mediator model.
    mediator_effect : float
        Coefficient b of the mediator in the outcome model.
    """

    total: float
    direct: float
    treatment_on_mediator: float
    mediator_effect: float


def log_or_difference(paths: PathCoefficients) -> float:
    """Return the share of the treatment's coefficient that vanishes on adjustment, 1 - direct / total.

    References
    ----------
    Freedman, Graubard & Schatzkin 1992, Statistics in Medicine 11:167.

    Examples
    --------
    >>> paths = PathCoefficients(total=0.91, direct=0.8, treatment_on_mediator=-0.4, mediator_effect=-0.8)
    >>> round(log_or_difference(paths), 3)
    0.121
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(1 - np.divide(paths.direct, paths.total))


def log_or_product(paths: PathCoefficients) -> float:
    """Return the share a b / (a b + direct) of the treatment's coefficient.

    References
    ----------
    VanderWeele & Vansteelandt 2010, American Journal of Epidemiology 172:1339.
    """
    indirect = paths.treatment_on_mediator * paths.mediator_effect
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.divide(indirect, indirect + paths.direct))


def coefficient_effects(paths: PathCoefficients) -> NDArray[np.float64]:
    """Return the effects of `catalogue.COEFFICIENT_EFFECTS`, in that order."""
    return np.array([*paths, log_or_difference(paths), log_or_product(paths)])
