"""Mediational E-values: how strong an unmeasured cause of mediator and outcome has to be, as a risk ratio."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.effects.catalogue import Effect
from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.natural_effects import natural_effects
from ipdmediation.evidence.columns import E_VALUE_COLUMNS, with_words
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.models.results import Refit
from ipdmediation.models.specification import MediationModels
from ipdmediation.vocabulary.effects import NATURAL_EFFECTS
from ipdmediation.vocabulary.scales import LOG_OR

#: The effects that have one, with the cells that their ratio of risks compares: (a, m) as of `CELLS`.
COMPARED = {"tnie": (3, 2), "pnde": (2, 0)}


@dataclass(frozen=True, kw_only=True)
class RiskRatios:
    """Logarithms of the ratios of risks that natural effects are, and of their common odds ratios.

    Attributes
    ----------
    prepared : MediationEffects
        Of an outcome with levels. Its risks are those of a level or a lower one.
    """

    prepared: MediationEffects

    @property
    def models(self) -> MediationModels:
        """The models whose fits `evaluate` takes."""
        return self.prepared.models

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Of each effect the ratio at each cut, then the common odds ratio."""
        cuts = [scale for scale in self.prepared.scales.additive if scale.cut is not None]
        return tuple(Effect(effect=effect, scale=scale) for effect in COMPARED for scale in [*cuts, LOG_OR])

    def evaluate(self, fits: Sequence[Refit], weights: FloatArray) -> FloatArray:
        """Return them for the fits to a resample."""
        mediator, _, outcome = fits
        natural = self.prepared.cells(mediator, outcome, weights).natural
        scales = self.prepared.scales
        cuts = [at for at, scale in enumerate(scales.additive) if scale.cut is not None]
        with np.errstate(divide="ignore", invalid="ignore"):
            logarithms = np.log(natural @ scales.values[cuts].T)  # noqa: PD011 - no table
            ratios = {name: logarithms[one] - logarithms[other] for name, (one, other) in COMPARED.items()}
        found = natural_effects(natural, scales)[:, scales.every.index(LOG_OR)]
        values = [[*ratios[name], found[NATURAL_EFFECTS.index(name)]] for name in COMPARED]
        return np.ravel(values)


def e_value(ratio: float) -> float:
    """Return the E-value of a ratio of risks: ratio + sqrt(ratio (ratio - 1)), of its inverse below 1.

    Smith & VanderWeele 2019, Epidemiology 30:835 (mediation); VanderWeele & Ding 2017, Ann Intern Med
    167:268.

    Examples
    --------
    >>> round(e_value(1.24878287), 4), e_value(1.0), e_value(0.5) == e_value(2.0)
    (1.8062, 1.0, True)
    """
    above = max(ratio, 1 / ratio)
    return above + math.sqrt(above * (above - 1))


def e_values(ratios: pd.DataFrame) -> pd.DataFrame:
    """Return the E-values of ratios and of the limits of their intervals.

    Parameters
    ----------
    ratios : DataFrame
        What `summarise_effects` returns of `RiskRatios`.

    Returns
    -------
    DataFrame
        `E_VALUE_COLUMNS`, of each effect at each cut and for the common odds ratio, whose square root stands
        for a ratio of risks. `e_value_limit` is that of the limit nearest 1, and 1 where the interval holds
        1. All ratios are as they are read, not their logarithms.
    """
    rows = [{**row, **_of_row(row)} for row in ratios.to_dict("records")]
    return with_words(pd.DataFrame(rows, columns=list(E_VALUE_COLUMNS)))


def _of_row(row: dict[Any, Any]) -> dict[str, Any]:
    common = row["scale"] == LOG_OR.key
    ends = {name: row[name] for name in ("estimate", "ci_low", "ci_high")}
    read = {name: math.exp(value) for name, value in ends.items()}
    near = 0.0 if ends["ci_low"] <= 0 <= ends["ci_high"] else min(ends["ci_low"], ends["ci_high"], key=abs)
    root = 0.5 if common else 1.0
    return {
        **read,
        "statistic": "common odds ratio" if common else "risk ratio",
        "e_value": e_value(math.exp(root * ends["estimate"])),
        "e_value_limit": e_value(math.exp(root * near)),
    }
