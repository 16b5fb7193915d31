"""Cells that summarise a variable in one arm, from a tidy description."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from ipdmediation.present import notation

# how a variable is summarised
SHARE, MEDIAN, MEAN = "n (%)", "median (IQR)", "mean (SD)"
#: Estimates by arm, statistic and level.
Statistics = Mapping[tuple[str, str, str], float]


def explained(summaries: Collection[str]) -> list[str]:
    """Spell out the abbreviations of summaries."""
    meanings = {MEDIAN: "IQR, interquartile range", MEAN: "SD, standard deviation"}
    return [meaning for summary, meaning in meanings.items() if summary in summaries]


def statistics(rows: pd.DataFrame) -> Statistics:
    """Return the estimates of one variable in one trial, or in all."""
    return {
        (str(row["arm"]), str(row["statistic"]), notation.level_id(row["level"])): float(row["estimate"])
        for row in rows.to_dict("records")
    }


def share(found: Statistics, arm: str, level: str) -> str:
    """Write the count and the percentage of a level, a dash where they are not given."""
    number, percentage = (found.get((arm, name, level), float("nan")) for name in ("count", "percent"))
    if not notation.known(number) or not notation.known(percentage):
        return notation.DASH
    return f"{notation.count(number)} ({notation.percent(percentage).removesuffix('%')})"


def median(found: Statistics, arm: str) -> str:
    """Write the median and the quartiles, a dash where they are not given."""
    middle, low, high = (found.get((arm, name, ""), float("nan")) for name in ("median", "q1", "q3"))
    if not notation.known(middle):
        return notation.DASH
    return f"{notation.measure(middle)} ({notation.spread(notation.measure(low), notation.measure(high))})"


def mean(found: Statistics, arm: str) -> str:
    """Write the mean and the standard deviation, a dash where they are not given."""
    average, deviation = (found.get((arm, name, ""), float("nan")) for name in ("mean", "sd"))
    if not notation.known(average):
        return notation.DASH
    return f"{notation.measure(average)} ({notation.measure(deviation)})"
