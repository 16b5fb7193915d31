"""What figure, tables and page say alike of the surrogacy panel."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ipdmediation.evidence.correlation import HIGH, LOW
from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.scales import Reading, Row, reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import ON_THE_MEDIATOR
from ipdmediation.vocabulary.scales import COEFFICIENT
from ipdmediation.vocabulary.withheld import Withheld

#: Written as it is: a correlation, a slope.
PLAIN = Reading(name="")
SHARE = Reading(name="", unit="%", factor=100, digits=1)

_VERDICTS = {
    "proven": "a proven surrogate",
    "not_valid": "no valid surrogate",
    "unclear": "a surrogate whose validity is unclear",
}


def measure(table: pd.DataFrame, name: str, *, interval: str = "") -> Row:
    """Return the row of a measure; of the proportion explained that with one of its intervals."""
    found = table[table["measure"] == name]
    if interval:
        found = found[found["interval"] == interval]
    row: dict[Any, Any] = found.iloc[0].to_dict()
    return row


def on_mediator(study: Study) -> Reading:
    """Return how a trial's effect on the mediator is written."""
    return reading(ON_THE_MEDIATOR, COEFFICIENT.key, study=study)


def on_outcome(study: Study) -> Reading:
    """Return how a trial's effect on the outcome is written."""
    return reading("total", COEFFICIENT.key, study=study)


def span_of(row: Row, name: str, read: Reading) -> str:
    """Write an effect of a trial with the ends `<name>_low` and `<name>_high`."""
    estimate, low, high = (written(row[key], read) for key in (name, f"{name}_low", f"{name}_high"))
    return notation.with_ends(estimate, notation.span(low, high))


def written(value: float, read: Reading) -> str:
    """Write an effect; a ratio, which is never 0, is not rounded to it."""
    number, least = read.number(value), 10.0**-read.digits
    if read.ratio and number < least / 2:
        return f"<{notation.fixed(least, digits=read.digits)}"
    return notation.fixed(number, digits=read.digits, nulls=(read.null,))


def in_order(trials: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the trials in the order of the configuration."""
    places = {trial: place for place, trial in enumerate(study.trials)}
    return trials.assign(place=trials["trial"].map(places)).sort_values("place", kind="stable")


def left_out_sentence(trials: pd.DataFrame, study: Study) -> list[str]:
    """Say which trials are left out and why, nothing where none is."""
    out = trials[trials["reason"] != ""].to_dict("records")
    named = "; ".join(f"{study.trial(str(row['trial']))} ({row['reason']})" for row in out)
    return [f"Left out: {named}."] if out else []


def reason(row: Row) -> str:
    """Return why a measure has no number."""
    return Withheld(row["withheld"]).reason(notation.text_of(row["note"]))


def verdict_sentence(table: pd.DataFrame, *, study: Study) -> str:
    """Say what the correlation of the trials' effects says of the mediator as a surrogate."""
    row = measure(table, "correlation")
    mediator, outcome = study.named(study.mediator), study.named_outcome
    said = f"By IQWiG's limits {mediator} is {_VERDICTS[row['verdict']]} for {outcome} in new trials"
    trials = int(row["trials"])
    if not notation.known(row["estimate"]):
        count = "one trial" if trials == 1 else f"{notation.count(trials)} trials"
        return f"{said}: with {count} there is no correlation of effects ({reason(row)})."
    return (
        f"{said}: the effects of {notation.count(trials)} trials on the two have a correlation of "
        f"{PLAIN.sentence(row, study)}. It is proven where the whole interval is at "
        f"{notation.stated(HIGH)} or more, and not valid where it is at {notation.stated(LOW)} or less, on "
        f"the side that the two have in {people()} (IQWiG 2011)."
    )


def threshold_sentence(table: pd.DataFrame, *, study: Study) -> str:
    """Say from which effect on the mediator an effect on the outcome is predicted."""
    row, read = measure(table, "threshold_effect"), on_mediator(study)
    if not notation.known(row["estimate"]):
        return f"There is no surrogate threshold effect: {reason(row)}."
    until = measure(table, "threshold_until")
    beyond = notation.text_of(row["note"])
    text = (
        f"Surrogate threshold effect: the smallest effect on {study.named(study.mediator)} with which "
        f"a new trial is predicted to have one on {study.named_outcome} is "
        f"{written(row['estimate'], read)} ({read.named})"
    )
    if beyond:
        text += f", {beyond}"
    if notation.known(until["estimate"]):
        text += (
            f"; because the slope is uncertain, none is predicted beyond {written(until['estimate'], read)}"
        )
    return f"{text}."


def individual_sentence(table: pd.DataFrame, *, study: Study) -> str:
    """Say how much the mediator tells of the outcome in those who took part."""
    row = measure(table, "r2_h")
    return (
        f"In {people()}, {study.named(study.mediator)} explains {SHARE.sentence(row, study)} of the "
        f"information on {study.named_outcome} that treatment and covariates leave. Whether an effect on the "
        "one predicts an effect on the other is another question, and so is how much is mediated: a mediator "
        "can carry a large share and predict no trial."
    )


def attenuation_sentence(table: pd.DataFrame, *, study: Study) -> list[str]:
    """Say how much of the trials' differences is error, nothing where no line is."""
    row = measure(table, "reliability")
    if not notation.known(measure(table, "slope")["estimate"]):
        return []
    share = notation.percent(100 * float(row["estimate"]), digits=0)
    return [
        f"Of the variance of the trials' effects on {study.named(study.mediator)}, {share} is between "
        "trials and the rest is error, which draws slope and correlation towards 0; the errors of a trial's "
        f"two effects, from the same {people()}, draw the correlation towards their own."
    ]


def surrogacy_sentences(table: pd.DataFrame, *, study: Study) -> list[str]:
    """Return what the page says before figure and tables."""
    return [
        verdict_sentence(table, study=study),
        threshold_sentence(table, study=study),
        individual_sentence(table, study=study),
    ]
