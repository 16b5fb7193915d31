"""From the draws of an analysis to its table of effects: its own estimates with bootstrap intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ipdmediation.inference.bootstrap import cohort_effects, jackknife_effects
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.intervals import acceleration
from ipdmediation.inference.summary import summarise_effects


def summarise_analysis(
    analysis: ImputedAnalysis, draws: pd.DataFrame, *, interval: str, level: float, max_failed: float
) -> pd.DataFrame:
    """Return the effects of an analysis, estimated in its completed data sets, with intervals from draws.

    Parameters
    ----------
    analysis : ImputedAnalysis
    draws : DataFrame
        Its replicates, as `bootstrap.draw_replicates` returns them.
    interval, level, max_failed
        As for `summarise_effects`, which says what the columns are.

    Raises
    ------
    ModelError
        Where a model cannot be fitted.
    BootstrapError
        Where more replicates failed than accepted.
    """
    prepared = list(analysis.effects())
    accelerations = None
    if interval == "bca":
        left_out = [jackknife_effects(each, analysis.plan.jackknife()) for each in prepared]
        accelerations = acceleration(np.mean(left_out, axis=0))
    return summarise_effects(
        draws,
        np.mean([cohort_effects(each) for each in prepared], axis=0),
        effects=prepared[0].effects,
        family=analysis.specification.family,
        link=analysis.specification.link,
        interval=interval,
        level=level,
        max_failed=max_failed,
        accelerations=accelerations,
    )
