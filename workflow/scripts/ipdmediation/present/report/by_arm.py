"""Outcome and mediator by arm, in words."""

from __future__ import annotations

import pandas as pd

from ipdmediation.data.arms import ARM_NAMES
from ipdmediation.present import notation
from ipdmediation.present.notation import lower
from ipdmediation.present.study import Study

ARMS = tuple(reversed(ARM_NAMES))  # as figures have them from above


def medians(table: pd.DataFrame, variable: str, *, study: Study) -> str:
    """Write median and quartiles by arm as a sentence, empty where they are not given.

    Parameters
    ----------
    table
        Tidy description of the variable.
    variable
        Its column name.
    study
        Words of the study.
    """
    found = _of_all(table)
    unit = study.unit(variable)
    said = []
    for arm in ARMS:
        numbers = [found.get((arm, name, ""), float("nan")) for name in ("median", "q1", "q3")]
        if not all(map(notation.known, numbers)):
            return ""
        median, low, high = map(notation.measure, numbers)
        after = f" {unit}" if unit else ""
        said.append(f"{median}{after} (interquartile range {low} to {high}) with {lower(study.arm(arm))}")
    return f"The median {lower(study.label(variable))} was {' and '.join(said)}."


def p_value(table: pd.DataFrame) -> list[str]:
    """Say how likely such a difference of the arms is without one, nothing where it is not given."""
    value = _of_all(table).get(("difference", "p_value", ""), float("nan"))
    return [f"Mann-Whitney test, {notation.p_sentence(value)}."] if notation.known(value) else []


def level_shares(table: pd.DataFrame, *, study: Study) -> list[str]:
    """Write the percentage of each level of the outcome, a sentence for each arm.

    Parameters
    ----------
    table
        Tidy description of the outcome.
    study
        Words of the study.
    """
    found = _of_all(table)
    sentences = []
    for arm in ARMS:
        levels = study.levels_better_first()
        shares = {level: found.get((arm, "percent", level), float("nan")) for level in levels}
        sentences.append(f"{study.short(arm)}: {listed(shares, levels)}.")
    return sentences


def listed(shares: dict[str, float], labels: dict[str, str]) -> str:
    """Write percentages of levels, as figures do, without decimals; a missing one is withheld.

    Examples
    --------
    >>> listed({"0": 12.4, "1": float("nan")}, {"0": "None", "1": "Some"})
    '12% None, Some withheld'
    """
    return ", ".join(
        f"{notation.fixed(share, digits=0)}% {labels[level]}"
        if notation.known(share)
        else f"{labels[level]} withheld"
        for level, share in shares.items()
    )


def _of_all(table: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    """Return the estimates of all trials together by arm, statistic and level."""
    return {
        (str(row["arm"]), str(row["statistic"]), notation.level_id(row["level"])): row["estimate"]
        for row in table[table["trial"] == "all"].to_dict("records")
    }
