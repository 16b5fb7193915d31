"""Compile the kernels of every kind of model, so that later processes find them in numba's cache."""

from itertools import product

import numpy as np
import pandas as pd

from ipdmediation.models.specification import (
    MODEL_NAMES,
    AnalysisSpecification,
    mediation_models,
)
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS


def compile_kernels(link: str) -> list[str]:
    """Fit and refit each kind of model once, on a few invented patients.

    Parameters
    ----------
    link : str
        Of the outcomes with levels: a key of `vocabulary.links.LINKS`.

    Returns
    -------
    list of str
        Family and trial effects of each kind, and its link where it has one.
    """
    rng = np.random.default_rng(0)
    rows = np.arange(180)
    frame = pd.DataFrame(
        {
            "trial": np.array(["a", "b", "c"])[rows % 3],
            "treatment": rows // 3 % 2,
            "covariate": rng.normal(size=rows.size),
            "mediator_value": rng.normal(size=rows.size),
            "outcome_level": rng.integers(0, 2, size=rows.size),
        }
    )
    compiled = []
    for family, trial_effects in product(FAMILIES, TRIAL_EFFECTS):
        models = mediation_models(
            frame,
            specification=AnalysisSpecification(
                mediator="mediator_value",
                outcome="outcome_level",
                covariates=("covariate",),
                family=family,
                link=link,
                trial_effects=trial_effects,
            ),
        )
        for name in MODEL_NAMES:
            model = getattr(models, name)
            model.refit(np.ones(rows.size), model.fit().start())
        linked = f", {link}" if FAMILIES[family].links else ""
        compiled.append(f"{family}{linked}, trial effects {trial_effects}")
    return compiled
