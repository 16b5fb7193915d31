"""What figure, table and page say alike of unmeasured confounding."""

from __future__ import annotations

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.labels import NATURAL, why_no_share
from ipdmediation.present.scales import Row, named_cut, reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import PROPORTION_MEDIATED
from ipdmediation.vocabulary.scales import LOG_OR, MEAN, scale_of
from ipdmediation.vocabulary.withheld import Withheld

#: Effects that are drawn side by side.
SHOWN = ("tnie", PROPORTION_MEDIATED)
#: Whether a benchmark reaches the correlation that undoes the effect, or that from which it is open.
UNDOES, OPENS, LEAVES = "undoes", "opens", "leaves"


def correlation(value: float) -> str:
    """Write a correlation, or its limit."""
    return notation.fixed(value, digits=2, nulls=(0,))


def with_interval(row: Row) -> str:
    """Write a correlation with its interval."""
    return notation.with_ends(correlation(row["rho"]), ends_of(row))


def ends_of(row: Row) -> str:
    """Write the interval of a correlation, empty where it has none."""
    return notation.interval_parts(row["rho"], row["ci_low"], row["ci_high"], nulls=(0,))[1]


def undone_row(undone: pd.DataFrame, statistic: str, *, effect: str = "tnie", scale: str = "") -> Row | None:
    """Return a row of what undoes an effect, None where there is no such number."""
    found = undone[
        (undone["statistic"] == statistic) & (undone["effect"] == effect) & (undone["scale"] == scale)
    ]
    known = found[found["rho"].notna()]
    return None if known.empty else dict(known.iloc[0])


def reached_row(undone: pd.DataFrame) -> Row | None:
    """Return from where on the interval of the indirect effect on the mean holds no effect."""
    return undone_row(undone, "reaches_null", scale=MEAN.key)


def zero_on_the_curve(curve: pd.DataFrame, undone: pd.DataFrame) -> Row | None:
    """Return where the indirect effect is 0, None where that is not within the correlations of the curve."""
    row = undone_row(undone, "explains")
    inside = row is not None and curve["rho"].min() <= row["rho"] <= curve["rho"].max()
    return row if inside else None


def on_the_mean(table: pd.DataFrame, effect: str) -> pd.DataFrame:
    """Return the rows of an effect on the mean."""
    return table[(table["effect"] == effect) & (table["scale"] == MEAN.key)]


def strongest_first(benchmarks: pd.DataFrame) -> list[Row]:
    """Return the rows of the indirect effect of each benchmark, the strongest one first."""
    found = on_the_mean(benchmarks, "tnie")
    return list(found.iloc[found["rho"].abs().argsort(kind="stable")[::-1]].to_dict("records"))


def reach(benchmark: Row, undone: pd.DataFrame) -> str:
    """Say how far a cause as strong as a covariate would go."""
    strength = abs(benchmark["rho"])
    explains, reached = undone_row(undone, "explains"), reached_row(undone)
    if explains is not None and strength >= abs(explains["rho"]):
        return UNDOES
    return OPENS if reached is not None and strength >= abs(reached["rho"]) else LEAVES


def cause(rho: float, study: Study) -> str:
    """Name a cause that gives the errors a correlation of some sign, by what it does to both."""
    mediator = study.named(study.mediator)
    outcome = f"the probability of {study.named_outcome}" if study.family.event else study.named_outcome
    if rho >= 0:
        return f"an unmeasured cause that raises both {mediator} and {outcome}"
    return f"an unmeasured cause that raises {mediator} and lowers {outcome}"


def not_shares(table: pd.DataFrame, study: Study) -> list[str]:
    """Say why the share of the effect on the mean is not given at some points of a curve."""
    withheld = on_the_mean(table, PROPORTION_MEDIATED)["withheld"]
    mediator = study.named(study.mediator)
    return [
        f"The share is not given where {why_no_share(Withheld(why), mediator=mediator)}."
        for why in dict.fromkeys(filter(None, map(notation.text_of, withheld)))
        if why != Withheld.UNDEFINED
    ]


def e_value_sentences(e_values: pd.DataFrame, study: Study) -> list[str]:
    """Say the E-values of the cut that the answer names, and of the common odds ratio."""
    if e_values.empty:
        return []
    scale, _ = named_cut(study)
    said = []
    for key in (scale.key, LOG_OR.key):
        parts = []
        for row in e_values[(e_values["scale"] == key) & e_values["e_value"].notna()].to_dict("records"):
            ratio = notation.interval(row["estimate"], row["ci_low"], row["ci_high"], nulls=(1,))
            value = notation.fixed(row["e_value"], nulls=(1,))
            near = ""
            if notation.known(row["e_value_limit"]):
                near = f", {notation.fixed(row['e_value_limit'], nulls=(1,))} for the limit nearest 1"
            name = f"{NATURAL[row['effect']].lower()} {value}{near}"
            parts.append(f"{name} ({row['statistic']} {ratio})")
        if parts:
            named = (
                notation.lower(reading("te", key, study=study).name) if scale_of(key).cut is not None else ""
            )
            of = f" for {named}" if named else " from the square root of the common odds ratio"
            said.append(f"Mediational E-values{of}, which are approximate: {'; '.join(parts)}.")
    return said
