"""What figure, table and page say alike of the trials by themselves and of their pooling."""

from __future__ import annotations

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.scales import Row, reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.scales import MEAN

#: Effects that are shown side by side.
SHOWN = ("te", "tnie")
PREDICTION = "In a new trial"
ONE_STAGE = "One stage"


def two_stages(pooled: pd.DataFrame) -> str:
    """Name the row of the pooled effects, with the number of trials in it."""
    trials = int(pooled["trials"].max()) if len(pooled) else 0
    return f"Two stages, {notation.count(trials)} trial{'' if trials == 1 else 's'}"


def reported(row: Row | None, column: str) -> bool:
    """Say whether a table has a number in a row."""
    return row is not None and notation.known(row[column])


def rows_by_trial(trials: pd.DataFrame, study: Study) -> dict[str, dict[str, Row]]:
    """Return the rows of the shown effects, by trial in the order of the configuration and by effect."""
    shown = trials[trials["effect"].isin(SHOWN) & (trials["scale"] == MEAN.key)]
    found: dict[str, dict[str, Row]] = {}
    for row in shown.to_dict("records"):
        found.setdefault(str(row["trial"]), {})[str(row["effect"])] = row
    order = [trial for trial in study.trials if trial in found]
    return {trial: found[trial] for trial in [*order, *(each for each in found if each not in order)]}


def heterogeneity(row: Row | None, *, study: Study) -> list[str]:
    """Say how the effect differs between trials, nothing where one trial is all."""
    if row is None or not reported(row, "tau"):
        return []
    read = reading(row["effect"], row["scale"], study=study)
    # a standard deviation has no side, and its own null is 0
    tau, low, high = (read.factor * row[name] for name in ("tau", "tau_low", "tau_high"))
    written = notation.interval(tau, low, high, digits=read.digits, nulls=())
    share = notation.percent(100 * row["i2"], digits=0)
    return [
        f"SD between trials {written}",
        f"I\N{SUPERSCRIPT TWO} {share}; no difference between trials: {notation.p_sentence(row['q_p'])}",
    ]


def sent_sentence(study: Study) -> list[str]:
    """Say which trials have participants in the second stage alone, nothing where none has."""
    if not study.sent_trials:
        return []
    named = notation.joined(study.sent[trial] for trial in study.sent_trials)
    return [
        f"Result only: the {people()} of {named} are in the second stage alone, by what "
        f"{'its site' if len(study.sent_trials) == 1 else 'their sites'} sent; they are in no other number."
    ]


def left_out_sentence(trials: pd.DataFrame, study: Study) -> list[str]:
    """Say which trials are left out and why, nothing where none is."""
    out = trials[(trials["effect"] == "") & (trials["reason"] != "")]
    if out.empty:
        return []
    named = "; ".join(f"{study.trial(str(row['trial']))} ({row['reason']})" for row in out.to_dict("records"))
    return [f"Left out: {named}."]
