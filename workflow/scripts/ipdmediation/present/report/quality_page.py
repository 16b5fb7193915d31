"""The quality page: what was read of each trial, and the trials side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.data.codes import EXCLUDED
from ipdmediation.data.described import DESCRIPTION_COLUMNS, INTEGRITY_COLUMNS, arm_variable
from ipdmediation.data.disclosure import ALL
from ipdmediation.data.notices import Noted
from ipdmediation.data.quality import QUALITY_COLUMNS
from ipdmediation.present import notation, style
from ipdmediation.present.house_style import people
from ipdmediation.present.report.integrity import notable
from ipdmediation.present.report.privacy import refuse_other_columns
from ipdmediation.present.report.result import sentence
from ipdmediation.present.report.templates import named_trial, page_table, page_template
from ipdmediation.present.study import Study
from ipdmediation.present.tables.integrity import integrity as integrity_table
from ipdmediation.present.tables.quality import quality as quality_table
from ipdmediation.present.tables.table import Table, withheld_note


def render_quality(
    template: Path,
    *,
    study: Study,
    quality: Mapping[str, pd.DataFrame],
    distributions: pd.DataFrame,
    integrity: pd.DataFrame,
    notices: pd.DataFrame,
    units: Mapping[str, Mapping[str, str]],
    handled: Mapping[str, str],
    minimum: int,
) -> str:
    """Render the quality page as one HTML page that fetches nothing.

    Parameters
    ----------
    template
        Jinja2 template of the page.
    study
        Words of the study.
    quality
        What harmonising did, by trial id; rows of trials that are not pooled by `excluded`.
    distributions
        As `description.describe_trials` returns it, without small cells.
    integrity
        As `integrity.check_integrity` returns it.
    notices
        What was said when the trials were pooled.
    units
        By trial id, the unit of the file of each variable that was converted.
    handled
        What the primary analysis does where a variable is missing, in words; variables of its models only.
    minimum
        Patients that a cell counts at least.

    Raises
    ------
    PatientRowsError
        If a table has a column that is not one of an aggregate.
    """
    for trial, counts in quality.items():
        refuse_other_columns(f"quality of {trial}", counts, QUALITY_COLUMNS)
    refuse_other_columns("distributions", distributions, DESCRIPTION_COLUMNS)
    refuse_other_columns("integrity", integrity, INTEGRITY_COLUMNS)
    refuse_other_columns("notices", notices, Noted._fields)
    pooled = {trial: quality[trial] for trial in study.trials}
    return page_template(template).render(
        study=study,
        synthetic_note=style.SYNTHETIC_NOTE,
        trials=page_table(_trials(quality, distributions, study)),
        notices=[sentence(message) for message in notices["message"].astype(str)],
        missing=_missing(pooled, study),
        variables=[
            _variable(name, distributions[distributions["variable"] == name], study, handled)
            for name in study.variables
        ],
        integrity=page_table(integrity_table(integrity, study=study)),
        notable=notable(integrity, study),
        quality=[
            {
                "trial": named_trial(trial, study),
                **page_table(quality_table(counts, study=study, units=units.get(trial))),
            }
            for trial, counts in quality.items()
        ],
        minimum=minimum,
        withheld=notation.withheld(),
    )


def _trials(quality: Mapping[str, pd.DataFrame], distributions: pd.DataFrame, study: Study) -> Table:
    """Count the rows that were read, the participants and the arms of each trial."""
    arms = distributions[
        (distributions["variable"] == arm_variable().name) & (distributions["statistic"] == "count")
    ]
    by_trial = arms.set_index(["trial", "level"])["estimate"]
    excluded = by_trial.xs(EXCLUDED, level="level")
    heads = {arm: study.short(arm) for arm in study.arms}
    if (excluded != 0).any():  # a count that is withheld is one
        heads[EXCLUDED] = "In no compared arm"
    rows = []
    for trial in study.trials:
        counts = quality[trial].set_index("variable")["n"]
        read = counts.get("trial", counts["treatment"])
        numbers = [read, counts["treatment"], *(by_trial[trial, arm] for arm in heads)]
        rows.append([study.trial(trial), *numbers])
    if EXCLUDED in quality:
        left_out = quality[EXCLUDED]["n"].sum()
        rows.append([named_trial(EXCLUDED, study), left_out, 0, *(0 for _ in heads)])
    cells = pd.DataFrame(rows, columns=["Trial", "Rows read", notation.upper(people()), *heads.values()])
    written = cells.assign(**{name: cells[name].map(notation.count) for name in cells.columns[1:]})
    notes = withheld_note([cells[name] for name in heads.values()])
    return Table(name="trials", title=f"Rows, {people()} and arms", cells=written, notes=notes)


def _missing(quality: Mapping[str, pd.DataFrame], study: Study) -> dict[str, Any]:
    """Return the share of missing values by variable and trial; the longer of the two goes down the page."""
    shares = pd.DataFrame(
        {
            study.trial(trial): counts["missing"].div(counts["n"]).reindex(list(study.variables))
            for trial, counts in ((trial, rows.set_index("variable")) for trial, rows in quality.items())
        }
    ).set_axis([notation.upper(study.label(name)) for name in study.variables], axis="index")
    shares = shares if len(shares.columns) <= max(len(shares), 8) else shares.T
    return {
        "heads": list(shares.columns),
        "rows": [
            {"label": label, "cells": [_share(value) for value in row]}
            for label, row in zip(shares.index, shares.to_numpy(), strict=True)
        ],
    }


def _share(value: float) -> dict[str, Any]:
    text = notation.percent(100 * value, digits=0) if value else ""
    return {"text": text, "shade": round(100 * value), "dark": value >= 0.5}


def _variable(name: str, rows: pd.DataFrame, study: Study, handled: Mapping[str, str]) -> dict[str, Any]:
    """Return a variable's distribution in all trials and in each."""
    levels = study.levels(name)
    if study.variables[name]["type"] == "binary":
        levels = {"": levels["1"]}
    known = {trial: rows[rows["trial"] == trial] for trial in (ALL, *study.trials)}
    places = {trial: _quantiles(found) for trial, found in known.items()}
    ends = [value for each in places.values() for value in each if notation.known(value)]
    unit = study.unit(name)
    return {
        "label": notation.upper(study.label(name)),
        "unit": unit,
        "handled": handled.get(name, ""),
        "ends": [notation.measure(end) for end in (min(ends), max(ends))] if ends else [],
        "levels": bool(levels),
        "trials": [
            {
                "trial": "All trials" if trial == ALL else study.trial(trial),
                "known": notation.count(_estimate(found, "n")),
                "missing": notation.count(_estimate(found, "missing")),
                "text": _levels(found, levels) if levels else _spread(*places[trial]),
                "bar": _bar(places[trial], ends),
            }
            for trial, found in known.items()
            if trial != ALL or len(study.trials) > 1
        ],
    }


def _estimate(rows: pd.DataFrame, statistic: str) -> float:
    found = rows.loc[rows["statistic"] == statistic, "estimate"]
    return float(found.iloc[0]) if len(found) else float("nan")


def _quantiles(rows: pd.DataFrame) -> tuple[float, float, float]:
    """Return median and quartiles; not a number where they are withheld or there are none."""
    median, low, high = (_estimate(rows, statistic) for statistic in ("median", "q1", "q3"))
    return median, low, high


def _spread(median: float, low: float, high: float) -> str:
    if not notation.known(median):
        return notation.DASH
    return f"{notation.measure(median)} ({notation.measure(low)} to {notation.measure(high)})"


def _levels(rows: pd.DataFrame, levels: Mapping[str, str]) -> str:
    """Return the percentage of each level that somebody has, or that is withheld."""
    percents = rows[rows["statistic"] == "percent"].set_index("level")["estimate"]
    return ", ".join(_percentages(percents, levels)) if percents.notna().any() else notation.DASH


def _percentages(percents: pd.Series[Any], levels: Mapping[str, str]) -> Iterator[str]:
    for level, label in levels.items():
        value = float(percents.get(level, float("nan")))
        if value != 0:
            yield f"{label} {notation.percent(value, digits=0)}"


def _bar(places: Sequence[float], ends: Sequence[float]) -> dict[str, float] | None:
    """Return where median and quartiles lie between the outermost of all trials, in percent."""
    if not all(map(notation.known, places)):
        return None
    first, last = min(ends), max(ends)
    median, low, high = (100 * (value - first) / (last - first) if last > first else 50 for value in places)
    return {"median": round(median, 1), "low": round(low, 1), "width": round(high - low, 1)}
