"""What a treatment that is free at every cut costs: its refit over the proportional one, measured in turn."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.benchmarks.fits import timed
from tests.benchmarks.study import Study

TRIAL_EFFECTS = ("none", "fixed", "random_intercept")


def free_treatment(study: Study, weights: Sequence[NDArray[np.float64]], repetitions: int) -> pd.DataFrame:
    """Time warm refits of the outcome model, proportional and free.

    Parameters
    ----------
    study : whose outcome model it is.
    weights : of resamples.
    repetitions : of each refit; the quickest counts.

    Returns
    -------
    DataFrame
        `trial_effects`, mean `proportional_ms` and `free_ms` over resamples, and their `ratio`.
    """
    rows = []
    for effects in TRIAL_EFFECTS:
        models = [study.models(effects, free_treatment=free).outcome for free in (False, True)]
        starts = [model.fit().start() for model in models]
        seconds = np.array(
            [
                [
                    min(timed(lambda m=model, s=start, w=drawn: m.refit(w, s), repetitions))
                    for model, start in zip(models, starts, strict=True)
                ]
                for drawn in weights
            ]
        )
        proportional, free = 1e3 * seconds.mean(axis=0)
        rows.append([effects, proportional, free, free / proportional])
    return pd.DataFrame(rows, columns=["trial_effects", "proportional_ms", "free_ms", "ratio"])
