"""From the draws of an analysis to its table of effects: its own estimates with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from ipdmediation.effects.catalogue import Effect
from ipdmediation.inference.bootstrap import Fitted, fit_cohort, jackknife_effects
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.intervals import acceleration
from ipdmediation.inference.summary import summarise_effects
from ipdmediation.kernels.arrays import FloatArray


class Estimated(NamedTuple):
    """What completed data sets say of the effects of an analysis, pooled over them.

    Attributes
    ----------
    effects : tuple of Effect
    estimates : ndarray, shape (effects,)
    accelerations : ndarray, shape (effects,), or None
        None where the interval needs none.
    """

    effects: tuple[Effect, ...]
    estimates: FloatArray
    accelerations: FloatArray | None


def estimate_analysis(
    analysis: ImputedAnalysis, *, interval: str, fitted: Sequence[Fitted] | None = None
) -> Estimated:
    """Return the effects of an analysis without what its draws say.

    Parameters
    ----------
    analysis : ImputedAnalysis
    interval : str
        Kind of the interval that the effects will have.
    fitted : sequence of Fitted or None
        Its completed data sets, where they are fitted already.

    Raises
    ------
    ModelError
        Where a model cannot be fitted.
    """
    if fitted is None:
        fitted = list(map(fit_cohort, analysis.effects()))
    accelerations = None
    if interval == "bca":
        left_out = [jackknife_effects(each.effects, analysis.plan.jackknife()) for each in fitted]
        accelerations = acceleration(np.mean(left_out, axis=0))
    estimates = np.mean([each.estimates for each in fitted], axis=0)
    return Estimated(fitted[0].effects.effects, estimates, accelerations)


def summarise_analysis(
    analysis: ImputedAnalysis,
    draws: pd.DataFrame,
    *,
    interval: str,
    level: float,
    max_failed: float,
    fitted: Sequence[Fitted] | None = None,
) -> pd.DataFrame:
    """Return the effects of an analysis, estimated in its completed data sets, with intervals from draws.

    Parameters
    ----------
    analysis : ImputedAnalysis
    draws : DataFrame
        Its replicates, as `bootstrap.draw_replicates` returns them.
    interval, level, max_failed
        As for `summarise_effects`, which says what the columns are.
    fitted : sequence of Fitted or None
        As for `estimate_analysis`.

    Raises
    ------
    ModelError
        Where a model cannot be fitted.
    BootstrapError
        Where more replicates failed than accepted.
    """
    own = estimate_analysis(analysis, interval=interval, fitted=fitted)
    return summarise_effects(
        draws,
        own.estimates,
        effects=own.effects,
        family=analysis.specification.family,
        link=analysis.specification.link,
        interval=interval,
        level=level,
        max_failed=max_failed,
        accelerations=own.accelerations,
    )
