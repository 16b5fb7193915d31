"""What is notable among the integrity checks, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.study import Study


def notable(checks: pd.DataFrame, study: Study) -> Iterator[str]:
    """Yield a sentence on each check that is notable, in the order of the trials.

    Parameters
    ----------
    checks
        As `data.integrity.check_integrity` returns it.
    study
        Words of the study.
    """
    for trial in study.trials:
        of_trial = checks[(checks["trial"] == trial) & checks["notable"].astype("bool")]
        for row in of_trial.to_dict("records"):
            said = _said(row["check"], row["variable"], float(row["estimate"]), study)
            yield f"{study.trial(trial)}: {said} ({notation.p_sentence(row['p_value'])})."


def _said(check: str, variable: str, estimate: float, study: Study) -> str:
    if check == "last_digit":
        of = f"of the values of “{study.label(variable)}”"
        if not notation.known(estimate):
            return f"the last digits {of} are not equally frequent"
        share = notation.percent(estimate, digits=0)
        return f"{share} {of} end in 0 or 5, where 20% would if all digits were equally frequent"
    if check == "allocation":
        share = notation.percent(estimate, digits=0)
        return (
            f"{share} of the participants of both arms are in {study.short('treated')}, where 1:1 makes 50%"
        )
    if check == "baseline":
        return f"the arms differ in “{study.label(variable)}” by more than chance alone explains"
    how = "more alike" if estimate > 0.5 else "further apart"
    return f"over all baseline variables the arms are {how} than chance alone explains"
