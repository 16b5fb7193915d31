"""What figure, table and page say alike of error of the mediator's measurement."""

from __future__ import annotations

import pandas as pd

from ipdmediation.data.covariates import all_covariate_names
from ipdmediation.present import notation
from ipdmediation.present.scales import Row, mediator_amount_unit
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.scales import MEAN
from ipdmediation.vocabulary.withheld import Withheld


def stated_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the error that the study states."""
    return table[table["stated"] != ""]


def stated_row(table: pd.DataFrame, effect: str, scale: str = MEAN.key) -> Row | None:
    """Return the row of an effect at the stated error, None where there is none."""
    found = stated_rows(table)
    found = found[(found["effect"] == effect) & (found["scale"] == scale)]
    return None if found.empty else dict(found.iloc[0])


def reliability(value: float) -> str:
    """Write a reliability; there is none where the error varies more than what it is an error of."""
    return "none" if value <= 0 else notation.fixed(value, digits=2, nulls=(0, 1))


def stated_sentence(table: pd.DataFrame, study: Study) -> str:
    """Say which error is stated, and which conditional reliability that is."""
    row = stated_row(table, "te")
    assert row is not None
    mediator, unit = study.named(study.mediator), mediator_amount_unit(study)
    spread = f"{notation.measure(row['error_sd'])} {unit}"
    own, marginal = reliability(row["reliability"]), reliability(row["marginal_reliability"])
    known = ["treatment"]
    known += ["covariates"] if all_covariate_names(study.analysis["covariates"]) else []
    known += ["trial"] if study.trial_effects.tell_apart else []
    given = f"given {notation.joined(known)}"
    if row["reliability"] <= 0:
        return (
            f"The stated error of {mediator} has a standard deviation of {spread}, which is more than "
            f"{mediator} varies {given}."
        )
    if row["stated"] == "reliability":
        return (
            f"The stated reliability of {mediator} is {own} {given}: an error with a standard deviation of "
            f"{spread}, and {marginal} of the whole variance."
        )
    if row["stated"] == "error_sd":
        return (
            f"The stated error of {mediator} has a standard deviation of {spread}: a reliability of "
            f"{own} {given}, and {marginal} of the whole variance."
        )
    return (
        f"The stated reliability of {mediator} is {marginal} of the whole variance: an error with a "
        f"standard deviation of {spread}, and a reliability of only {own} {given}, which is what counts."
    )


def impossible(table: pd.DataFrame) -> list[str]:
    """Say of reliabilities that cannot be why."""
    rows = table[table["estimate"].isna() & (table["reliability"] <= table["least"])]
    notes = dict.fromkeys(map(notation.text_of, rows["note"]))
    return [Withheld.UNDEFINED.reason(note) for note in notes]


def method_sentence(table: pd.DataFrame, study: Study) -> str:
    """Say what is exact and what is calibrated."""
    calibrated = (table["method"] == "calibrated").any()
    if not study.has_levels:
        return "The effects at another reliability are exact for a linear model."
    if not calibrated:
        return "The effects at another reliability are exact for the probit."
    return (
        f"The effects at another reliability are those of a calibrated {study.link.name} regression, which "
        "is an approximation; the share on one scale (KHB) is exact."
    )
