"""Whether the arms of the trials are so small that conditional coefficients drift among the replicates."""

import warnings

import pandas as pd

from ipdmediation.inference.summary import BootstrapWarning
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.links import LINKS, LOGIT
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS

#: ASSUME: with more patients in an arm of a trial the drift is small beside an interval (docs/validation.md).
ENOUGH = 20


def warn_of_small_strata(
    cohort: pd.DataFrame, *, trial_effects: str, family: str, link: str = LOGIT.key
) -> None:
    """Warn where replicates of the conditional coefficients lie clearly further from 0 than the cohort's own.

    They do where patients are resampled within strata (the arms of the trials) of few patients each, and the
    models have a coefficient or a random effect per trial. These are fitted more closely to the fewer
    different patients of a replicate.

    Parameters
    ----------
    cohort : DataFrame
        Patients of an analysis, with the columns `trial` and `treatment`.
    trial_effects : str
        How its models treat the trials.
    family : str
        Of the outcome: a key of `vocabulary.families.FAMILIES`.
    link : str
        Of an outcome with levels.

    Warns
    -----
    BootstrapWarning
        Where the arms of the trials have fewer than `ENOUGH` patients on average.
    """
    strata = cohort.groupby(["trial", "treatment"]).ngroups
    patients = len(cohort) / strata
    if patients >= ENOUGH or not (TRIAL_EFFECTS[trial_effects].tell_apart and FAMILIES[family].links):
        return
    ratio = FAMILIES[family].ratio(LINKS[link])
    drifting, null = (f"{ratio}s", 1) if ratio else (f"{LINKS[link].measure}s", 0)
    message = (
        f"the arms of the trials have {patients:.0f} patients on average, fewer than {ENOUGH}: bootstrap "
        f"replicates of the conditional {drifting} (total, direct, of the mediator) lie further "
        f"from {null} than the cohort's own, and so do their intervals; natural effects hardly move"
    )
    warnings.warn(BootstrapWarning(message, kind="small_strata"), stacklevel=2)
