"""What is notable among the integrity checks, in words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.study import Study

BY_DESIGN = (
    "A computer model made these {people}. Where it draws them in strata (sampling: stratified), the "
    "arms are more alike than chance makes them."
)


def notable(checks: pd.DataFrame, study: Study) -> list[str]:
    """Return a sentence on what is notable, with the trials of which it is, in the order of the study.

    Parameters
    ----------
    checks
        As `data.integrity.check_integrity` returns it.
    study
        Words of the study.
    """
    found: dict[str, list[str]] = {}
    for trial in study.trials:
        for row in checks[(checks["trial"] == trial) & checks["notable"].astype("bool")].to_dict("records"):
            said = _said(row, study)
            found.setdefault(said, []).append(f"{study.trial(trial)} {_numbers(row)}")
    together = checks[(checks["check"] == "baseline_together") & checks["notable"].astype("bool")]
    too_alike = bool((together["estimate"] > together["expected"]).any())
    explained = [BY_DESIGN.format(people=people())] if study.synthetic and too_alike else []
    return [*(f"{said}: {', '.join(trials)}." for said, trials in found.items()), *explained]


def _said(row: Mapping[Hashable, Any], study: Study) -> str:
    check, variable = row["check"], row["variable"]
    if check == "last_digit":
        named = study.label(variable)
        return f"The last digits of “{named}” are not equally frequent (0 and 5 would be 20%)"
    if check == "allocation":
        allocated = notation.percent(row["expected"], digits=0)
        return f"The arms do not have the sizes allocated ({study.short('treated')} would be {allocated})"
    if check == "baseline":
        return f"The arms differ in “{study.label(variable)}” by more than chance alone explains"
    how = "more alike" if row["estimate"] > row["expected"] else "further apart"
    return f"Over all baseline variables the arms are {how} than chance alone explains"


def _numbers(row: Mapping[Hashable, Any]) -> str:
    """Return the numbers of a check; the mean of P values is told by the sentence."""
    shares = row["check"] in ("last_digit", "allocation") and notation.known(row["estimate"])
    share = [notation.percent(row["estimate"], digits=0)] if shares else []
    return f"({', '.join([*share, notation.p_sentence(row['p_value'])])})"
