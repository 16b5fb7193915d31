"""Table: what integrity checks say of each trial."""

from __future__ import annotations

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note


def integrity(checks: pd.DataFrame, *, study: Study) -> Table:
    """List what integrity checks say of each trial.

    Parameters
    ----------
    checks
        As `data.integrity.check_integrity` returns it.
    study
        Words of the study.
    """
    rows = []
    for trial in study.trials:
        own = dict(iter(checks[checks["trial"] == trial].groupby("check")))
        arms, together = (_only(own.get(name)) for name in ("allocation", "baseline_together"))
        rows.append(
            [
                study.trial(trial),
                notation.percent(arms["estimate"]),
                notation.percent(arms["expected"]),
                notation.p_value(arms["p_value"]),
                *_notable_of(own.get("last_digit")),
                *_notable_of(own.get("baseline")),
                notation.p_value(together["p_value"]),
            ]
        )
    heads = [
        "Trial",
        study.short("treated"),
        "Allocated",
        notation.p_name(),
        "Last digits, variables",
        "Uneven",
    ]
    heads += ["Baseline variables", "Arms apart", f"{notation.p_name()}, all together"]
    cells = pd.DataFrame(rows, columns=heads)
    return Table(
        name="integrity",
        title="Integrity checks by trial",
        cells=cells,
        notes=(
            f"{study.short('treated')}: of the {people()} of both arms. Allocated: the same by the trial's "
            f"allocation ratio, 1:1 where none is stated; {notation.p_name()} is of the difference.",
            "Uneven, Arms apart: how many of the variables to the left are notable.",
            f"{notation.p_name()}, all together: whether the {notation.p_name()} values of a trial's "
            "baseline variables are spread as chance spreads them; small where the arms differ too much, and "
            "where they differ too little.",
            *([_not_tested()] if (cells == notation.DASH).any(axis=None) else []),
            *synthetic_note(study),
        ),
    )


def _not_tested() -> str:
    return (
        f"{notation.DASH}: not tested, for few {people()} or variables, or as a number that is not shown "
        "would follow."
    )


def _only(rows: pd.DataFrame | None) -> dict[str, float]:
    """Return the one row of a check; without one its numbers are none."""
    if rows is None:
        return dict.fromkeys(("estimate", "expected", "p_value"), float("nan"))
    return {name: float(rows[name].iloc[0]) for name in ("estimate", "expected", "p_value")}


def _notable_of(rows: pd.DataFrame | None) -> list[str]:
    """Return how many variables were tested, and how many of these are notable."""
    if rows is None:
        return [notation.DASH, notation.DASH]
    return [notation.count(len(rows)), notation.count(int(rows["notable"].sum()))]
