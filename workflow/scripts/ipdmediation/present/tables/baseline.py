"""Table: baseline characteristics by arm."""

from __future__ import annotations

from collections.abc import Mapping, Set

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note, unique, withheld_note

# how a characteristic is summarised
SHARE, MEDIAN, MEAN = "n (%)", "median (IQR)", "mean (SD)"


def baseline(description: pd.DataFrame, flow: pd.DataFrame, *, study: Study) -> Table:
    """Make the baseline table by arm.

    Parameters
    ----------
    description
        Tidy description of the baseline variables.
    flow
        Flow of the analysis; its last row gives the size of each arm.
    study
        Words of the study.
    """
    last = flow.sort_values("step").iloc[-1]
    sizes = {"all": last["remaining"]} | {arm: last[f"remaining_{arm}"] for arm in ("control", "treated")}
    names = {"all": "All", "control": study.short("control"), "treated": study.short("treated")}
    heads = {arm: f"{names[arm]} (n = {notation.count(sizes[arm])})" for arm in names}
    columns = ["Characteristic", *heads.values(), "SMD", "Missing"]
    rows: list[list[str]] = []
    indented: set[int] = set()
    summaries: set[str] = set()
    pooled = description[description["trial"] == "all"]
    for variable in pooled["variable"].unique():
        found = _statistics(pooled[pooled["variable"] == variable])
        unit = study.unit(variable)
        label = study.label(variable)
        levels = [level for arm, statistic, level in found if arm == "all" and statistic == "count" and level]
        last_cells = [
            notation.fixed(found.get(("difference", "smd", ""), float("nan"))),
            notation.count(found.get(("all", "missing", ""), float("nan"))),
        ]
        if levels:
            rows.append([f"{label}, {SHARE}", "", "", "", *last_cells])
            summaries.add(SHARE)
            for level in _in_order(levels, study.levels(variable)):
                indented.add(len(rows))
                cells = [_share(found, arm, level) for arm in heads]
                rows.append([study.levels(variable).get(level, level), *cells, "", ""])
        elif ("all", "percent", "") in found:
            rows.append([f"{label}, {SHARE}", *(_share(found, arm, "") for arm in heads), *last_cells])
            summaries.add(SHARE)
        else:
            median = ("all", "median", "") in found
            summary = MEDIAN if median else MEAN
            summaries.add(summary)
            written = _median if median else _mean
            name = f"{label}, {unit}, {summary}" if unit else f"{label}, {summary}"
            rows.append([name, *(written(found, arm) for arm in heads), *last_cells])
    return Table(
        name="baseline",
        title=f"Baseline characteristics of the analysed {people()}",
        cells=pd.DataFrame(rows, columns=unique(columns)),
        printed=tuple(columns),
        notes=(
            *_notes(summaries),
            *withheld_note([pooled.loc[pooled["statistic"].isin(["n", "count"]), "estimate"]]),
            *synthetic_note(study),
        ),
        indented=frozenset(indented),
    )


def _notes(summaries: Set[str]) -> list[str]:
    """Explain the abbreviations and percentages that the table has, and no others."""
    meanings = {MEDIAN: "IQR, interquartile range", MEAN: "SD, standard deviation"}
    used = [meaning for summary, meaning in meanings.items() if summary in summaries]
    notes = [f"{'; '.join([*used, 'SMD, standardised mean difference between the arms'])}."]
    if SHARE in summaries:
        notes.append(f"Percentages are of the {people()} for whom the characteristic is known.")
    return notes


def _statistics(rows: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    """Estimates of one variable by arm, statistic and level."""
    return {
        (str(row["arm"]), str(row["statistic"]), notation.level_id(row["level"])): float(row["estimate"])
        for row in rows.to_dict("records")
    }


def _in_order(levels: list[str], declared: Mapping[str, str]) -> list[str]:
    return [
        *(level for level in declared if level in levels),
        *(level for level in levels if level not in declared),
    ]


def _share(found: Mapping[tuple[str, str, str], float], arm: str, level: str) -> str:
    number, share = (found.get((arm, name, level), float("nan")) for name in ("count", "percent"))
    if not notation.known(number) or not notation.known(share):
        return notation.DASH
    return f"{notation.count(number)} ({notation.percent(share).removesuffix('%')})"


def _median(found: Mapping[tuple[str, str, str], float], arm: str) -> str:
    middle, low, high = (found.get((arm, name, ""), float("nan")) for name in ("median", "q1", "q3"))
    if not notation.known(middle):
        return notation.DASH
    return f"{notation.measure(middle)} ({notation.spread(notation.measure(low), notation.measure(high))})"


def _mean(found: Mapping[tuple[str, str, str], float], arm: str) -> str:
    mean, deviation = (found.get((arm, name, ""), float("nan")) for name in ("mean", "sd"))
    if not notation.known(mean):
        return notation.DASH
    return f"{notation.measure(mean)} ({notation.measure(deviation)})"
