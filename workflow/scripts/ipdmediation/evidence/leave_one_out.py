"""The analysis of all trials together, without one of them after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from ipdmediation.evidence.columns import LEFT_OUT_COLUMNS, with_words
from ipdmediation.inference.bootstrap import BootstrapError, draw_replicates, too_many_failed
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.summarised_analysis import summarise_analysis
from ipdmediation.models.errors import ModelError
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS


def without(analysis: ImputedAnalysis, trial: str) -> ImputedAnalysis:
    """Return an analysis without a trial; a single trial that is left has no trial effects.

    What was imputed stays as it is: only where nothing was is this the analysis of the other trials alone.
    """
    left = analysis.completed[analysis.completed["trial"].astype(str) != trial]
    rest = replace(analysis, completed=left.reset_index(drop=True))
    if (
        len(pd.unique(left["trial"])) > 1
        or not TRIAL_EFFECTS[analysis.specification.trial_effects].tell_apart
    ):
        return rest
    return replace(
        rest,
        specification=replace(analysis.specification, trial_effects="none"),
        options=replace(analysis.options, population="these_trials"),
        resampling="stratified",
    )


def leave_one_out(
    analysis: ImputedAnalysis,
    *,
    replicates: int,
    stream: Callable[[str, int], np.random.Generator],
    interval: str,
    level: float,
    max_failed: float,
) -> pd.DataFrame:
    """Return the effects of an analysis without one trial after the other.

    Parameters
    ----------
    analysis : ImputedAnalysis
        Of two trials at least.
    replicates : int
        Of each of the analyses.
    stream : callable
        Random stream of the trial that is left out and the number of a replicate.
    interval, level, max_failed
        As for `summarise_effects`.

    Returns
    -------
    DataFrame
        `LEFT_OUT_COLUMNS`: the `trial` that is left out, then the columns of `summarise_effects`. Where the
        others cannot be analysed there is one row, with the `reason` and no effect.
    """
    parts = []
    for trial in map(str, pd.unique(analysis.completed["trial"])):
        rest = without(analysis, trial)
        try:
            draws = draw_replicates(
                rest,
                replicates=range(replicates),
                stream=lambda replicate, trial=trial: stream(trial, replicate),  # type: ignore[misc]
            )
            found = summarise_analysis(rest, draws, interval=interval, level=level, max_failed=max_failed)
        except ModelError:
            found = pd.DataFrame([{"reason": "the models of the other trials cannot be fitted"}])
        except BootstrapError:
            failed = int((draws["status"] == "failed").sum())
            found = pd.DataFrame([{"reason": too_many_failed(failed, replicates, max_failed)}])
        parts.append(found.assign(trial=trial))
    return with_words(pd.concat(parts, ignore_index=True).reindex(columns=list(LEFT_OUT_COLUMNS)))
