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
from ipdmediation.vocabulary.links import LOGIT
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS

#: Models of an outcome with levels that have its link.
LINKED = [name for name in MODEL_NAMES if name != "mediator"]


def compile_kernels(link: str | None) -> list[str]:
    """Fit and refit each kind of model with a link once, on a few invented patients.

    Parameters
    ----------
    link : str or None
        A key of `vocabulary.links.LINKS`; None for the models without a link, of continuous outcomes and of
        all mediators.

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
    families = [key for key, family in FAMILIES.items() if bool(family.links) == (link is not None)]
    for family, trial_effects in product(families, TRIAL_EFFECTS):
        models = mediation_models(
            frame,
            specification=AnalysisSpecification(
                mediator="mediator_value",
                outcome="outcome_level",
                covariates=("covariate",),
                family=family,
                link=link or LOGIT.key,  # which models without a link leave alone
                trial_effects=trial_effects,
            ),
        )
        for name in MODEL_NAMES if link is None else LINKED:
            model = getattr(models, name)
            model.refit(np.ones(rows.size), model.fit().start())
        linked = "" if link is None else f", {link}"
        compiled.append(f"{family}{linked}, trial effects {trial_effects}")
    return compiled
