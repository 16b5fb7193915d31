"""What figure and table say alike of the analysis without one trial after the other."""

from __future__ import annotations

import pandas as pd

from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import PROPORTION_MEDIATED

#: Effects that are drawn side by side.
SHOWN = ("tnie", PROPORTION_MEDIATED)
EVERYBODY = "All trials"


def by_trial(left_out: pd.DataFrame, study: Study) -> dict[str, pd.DataFrame]:
    """Return the effects without each trial, in the order of the configuration."""
    found = {str(trial): rows for trial, rows in left_out.groupby("trial", sort=False)}
    order = [trial for trial in study.trials if trial in found]
    return {trial: found[trial] for trial in [*order, *(each for each in found if each not in order)]}


def not_analysed(left_out: pd.DataFrame, study: Study) -> list[str]:
    """Say without which trial the others could not be analysed, nothing where they always could."""
    out = left_out[left_out["reason"] != ""].to_dict("records")
    return [f"Not analysed without {study.trial(str(row['trial']))}: {row['reason']}." for row in out]
