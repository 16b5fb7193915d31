"""Table: baseline characteristics by arm."""

from __future__ import annotations

from collections.abc import Mapping, Set

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.study import Study
from ipdmediation.present.tables.summaries import (
    MEAN,
    MEDIAN,
    SHARE,
    explained,
    mean,
    median,
    share,
    statistics,
)
from ipdmediation.present.tables.table import Table, synthetic_note, unique, withheld_note


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
        found = statistics(pooled[pooled["variable"] == variable])
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
                cells = [share(found, arm, level) for arm in heads]
                rows.append([study.levels(variable).get(level, level), *cells, "", ""])
        elif ("all", "percent", "") in found:
            rows.append([f"{label}, {SHARE}", *(share(found, arm, "") for arm in heads), *last_cells])
            summaries.add(SHARE)
        else:
            has_median = ("all", "median", "") in found
            summary = MEDIAN if has_median else MEAN
            summaries.add(summary)
            written = median if has_median else mean
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
    used = explained(summaries)
    notes = [f"{'; '.join([*used, 'SMD, standardised mean difference between the arms'])}."]
    if SHARE in summaries:
        notes.append(f"Percentages are of the {people()} for whom the characteristic is known.")
    return notes


def _in_order(levels: list[str], declared: Mapping[str, str]) -> list[str]:
    return [
        *(level for level in declared if level in levels),
        *(level for level in levels if level not in declared),
    ]
