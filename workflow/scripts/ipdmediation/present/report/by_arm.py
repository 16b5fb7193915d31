"""Outcome and mediator by arm, in words."""

from __future__ import annotations

import pandas as pd

from ipdmediation.data.arms import ARM_NAMES
from ipdmediation.present import notation
from ipdmediation.present.figures.rows import level_shares, rows_of
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
        said.append(f"{median}{after} (interquartile range {low} to {high}) with {study.named_arm(arm)}")
    return f"The median of {study.named(variable)} was {' and '.join(said)}."


def p_value(table: pd.DataFrame) -> list[str]:
    """Say how likely such a difference of the arms is without one, nothing where it is not given."""
    value = _of_all(table).get(("difference", "p_value", ""), float("nan"))
    return [f"Mann-Whitney test, {notation.p_sentence(value)}."] if notation.known(value) else []


def levels_by_arm(table: pd.DataFrame, *, study: Study) -> list[str]:
    """Write the percentage of each level of the outcome, a sentence for each arm.

    Parameters
    ----------
    table
        Tidy description of the outcome.
    study
        Words of the study.
    """
    levels = study.levels_better_first()
    shares = level_shares(rows_of(table, study.outcome, "all"), list(levels))
    return [
        f"{study.short(arm)}: {listed(dict(zip(levels, shares[arm], strict=True)), levels)}." for arm in ARMS
    ]


def listed(shares: dict[str, float], labels: dict[str, str]) -> str:
    """Write percentages of levels, as figures do, without decimals; a missing one is withheld.

    Examples
    --------
    >>> listed({"0": 12.4, "1": float("nan")}, {"0": "None", "1": "Some"})
    'none 12%, some withheld'
    >>> listed({"0": float("nan"), "1": float("nan")}, {"0": "None", "1": "Some"})
    'all levels withheld'
    """
    if not any(map(notation.known, shares.values())):
        return "all levels withheld"
    written = {
        level: f"{notation.fixed(share, digits=0)}%" if notation.known(share) else "withheld"
        for level, share in shares.items()
    }
    return ", ".join(f"{lower(labels[level])} {text}" for level, text in written.items())


def _of_all(table: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    """Return the estimates of all trials together by arm, statistic and level."""
    return {
        (str(row["arm"]), str(row["statistic"]), notation.level_id(row["level"])): row["estimate"]
        for row in table[table["trial"] == "all"].to_dict("records")
    }
