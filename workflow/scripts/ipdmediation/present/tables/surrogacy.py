"""Table: whether the mediator could stand for the outcome, by every measure of the panel."""

from __future__ import annotations

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.figures.rows import effect_row
from ipdmediation.present.house_style import people
from ipdmediation.present.labels import share_label
from ipdmediation.present.scales import Reading, Row, reading
from ipdmediation.present.study import Study
from ipdmediation.present.surrogacy import (
    PLAIN,
    SHARE,
    attenuation_sentence,
    left_out_sentence,
    measure,
    on_mediator,
    threshold_sentence,
    verdict_sentence,
)
from ipdmediation.present.tables.table import Table, synthetic_note
from ipdmediation.vocabulary.effects import HEADLINE, SHARE_ON_ONE_SCALE
from ipdmediation.vocabulary.scales import COEFFICIENT
from ipdmediation.vocabulary.withheld import Withheld

_COVARIANCES = {"fieller_scores": "robust covariance", "fieller_draws": "bootstrap covariance"}
#: Degrees of freedom from which t is no other than normal.
_AS_MANY_AS_EVER = 1e4


def surrogacy(
    table: pd.DataFrame, predictions: pd.DataFrame, line: pd.DataFrame, effects: pd.DataFrame, *, study: Study
) -> Table:
    """Set the measures below each other, those of the analysis itself beside Freedman's proportion.

    Parameters
    ----------
    table
        The measures of the panel.
    predictions, line
        The trials, of which those left out are named; the line is drawn by the figure alone.
    effects
        The effects of the analysis.
    study
        Words of the study.
    """
    del line
    rows: list[list[str]] = []
    indented = set()
    groups = {
        "prentice": "Prentice's criteria",
        "individual": notation.upper(people()),
        "trial": "Trials",
    }
    for level, title in groups.items():
        rows.append([title, "", "", "", ""])
        found = table[table["level"] == level].to_dict("records")
        if level == "trial" and not notation.known(measure(table, "slope")["estimate"]):
            found = [row for row in found if notation.known(row["estimate"])] or found[:1]
        cells = [_cells(row, study) for row in found]
        if level == "individual":
            after = sum(row["measure"] == "pte" for row in found)
            cells[after:after] = _shares(effects, study)
        indented |= set(range(len(rows), len(rows) + len(cells)))
        rows += cells
    heads = ["Measure", "Scale", f"Estimate ({study.coverage} CI)", "Test", notation.p_name()]
    return Table(
        name="surrogacy",
        title=f"Could {study.named(study.mediator)} stand for {study.named_outcome}?",
        cells=pd.DataFrame(rows, columns=heads),
        indented=frozenset(indented),
        notes=(
            verdict_sentence(table, study=study),
            threshold_sentence(table, study=study),
            *attenuation_sentence(table, study=study),
            f"Prentice: the first three criteria are met where {notation.p_name()} is small. A large "
            f"{notation.p_name()} of the fourth would not prove that the mediator carries all of the effect.",
            *_remarks(table),
            *left_out_sentence(predictions, study),
            *synthetic_note(study),
        ),
    )


def _words(study: Study) -> dict[str, tuple[str, Reading]]:
    """Return what each measure is called, and how it is written."""
    mediator, outcome = study.named(study.mediator), study.named_outcome
    treatment, given = "Treatment", "given treatment"

    def of(effect: str) -> Reading:
        return reading(effect, COEFFICIENT.key, study=study)

    return {
        "treatment_on_mediator": (f"{treatment} on {mediator}", on_mediator(study)),
        "treatment_on_outcome": (f"{treatment} on {outcome}", of("total")),
        "mediator_given_treatment": (
            f"{notation.upper(mediator)} on {outcome}, {given}", of("mediator_effect"),
        ),
        "treatment_given_mediator": (f"{treatment} on {outcome}, given {mediator}", of("direct")),
        "pte": ("Proportion of the effect explained", SHARE),
        "r2_h": ("Information explained", SHARE),
        "r2_h_by_trial": ("Information explained, summed over trials", SHARE),
        "latent_correlation": ("Correlation with the latent outcome", PLAIN),
        "latent_r2": ("The same, squared", SHARE),
        "intercept": ("Line of the effects: intercept", PLAIN),
        "slope": ("Line of the effects: slope", PLAIN),
        "tau": ("SD between trials that the line leaves", PLAIN),
        "r2_tau2": ("Variance between trials that the line takes", SHARE),
        "threshold_effect": ("Surrogate threshold effect", on_mediator(study)),
        "threshold_until": ("No effect predicted beyond", on_mediator(study)),
        "correlation": ("Correlation of the effects", PLAIN),
        "r2": ("The same, squared", SHARE),
        "weighted_correlation": (f"Correlation of the effects, by number of {people()}", PLAIN),
        "weighted_r2": ("The same, squared", SHARE),
        "reliability": (f"Variance of the effects on {mediator} that is between trials", SHARE),
    }  # fmt: skip


def _cells(row: Row, study: Study) -> list[str]:
    if row["measure"] == "predicted_inside":
        return _predicted(row)
    label, read = _words(study)[row["measure"]]
    if row["measure"] == "pte":
        label = f"{label}, {_COVARIANCES[row['interval']]}"
    return [label, read.named if read.name else "", read.text(row), _test(row), _p(row)]


def _predicted(row: Row) -> list[str]:
    known = notation.known(row["estimate"])
    text = f"{notation.count(row['estimate'])} of {notation.count(row['trials'])}" if known else _instead(row)
    return ["Trials within the prediction of the others", "", text, "", ""]


def _instead(row: Row) -> str:
    return Withheld(row["withheld"]).instead


def _test(row: Row) -> str:
    """Write the statistic of a row with its name."""
    value = row["test"]
    if not notation.known(value):
        return ""
    if row["measure"] == "pte":
        return f"total effect: {notation.fixed(value, digits=1)} SE"
    text = notation.fixed(value, digits=2)
    if row["measure"] != "treatment_on_mediator":
        return f"LR {text}, df {notation.count(row['df'])}"
    few = notation.known(row["df"]) and row["df"] < _AS_MANY_AS_EVER
    return f"t {text}, df {notation.count(row['df'])}" if few else f"z {text}"


def _p(row: Row) -> str:
    return notation.p_value(row["p_value"]) if notation.known(row["p_value"]) else ""


def _shares(effects: pd.DataFrame, study: Study) -> list[list[str]]:
    """Return the analysis' own shares, which the proportion stands beside."""
    found = {key: effect_row(effects, *key) for key in (SHARE_ON_ONE_SCALE, HEADLINE)}
    return [
        [share_label(key, study), "", reading(*key, study=study).text(row), "", ""]
        for key, row in found.items()
        if row is not None
    ]


def _remarks(table: pd.DataFrame) -> list[str]:
    """Return why numbers are missing, and what is to be said of those that stand there."""
    notes = table.loc[(table["level"] == "individual") | (table["measure"] == "r2_tau2"), "note"]
    return [f"{notation.upper(note)}." for note in dict.fromkeys(notes[notes != ""])]
