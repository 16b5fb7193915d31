"""Table: the mediator, the total and the outcome model side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ipdmediation.data.transforms import from_analysis_scale
from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.labels import term_label
from ipdmediation.present.scales import better_outcome, reading
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note, unique, weights_note
from ipdmediation.vocabulary.terms import TREATMENT, Component, TermKind

# The order of the rows; what is not named stands between the interaction and the intercept.
FIRST = (
    TermKind.TREATMENT,
    TermKind.MEDIATOR,
    TermKind.MEDIATOR_DOUBLING,
    TermKind.SPLINE,
    TermKind.INTERACTION,
)
LAST = (
    TermKind.INTERCEPT,
    TermKind.TRIAL,
    TermKind.THRESHOLD,
    TermKind.RANDOM,
    TermKind.RESIDUAL,
)
MOST_TRIALS = 30  # whose own levels are rows
EFFECT_OF = {"mediator": "treatment_on_mediator", "total": "total", "outcome": "direct"}
AT_ZERO = "treatment at zero"  # the treatment's row of an outcome model with an interaction


def models(coefficients: Mapping[str, pd.DataFrame], *, study: Study) -> Table:
    """Put the mediator, the total and the outcome model side by side, with Wald intervals.

    All their terms are there, but for the own levels of more than `MOST_TRIALS` trials.

    Parameters
    ----------
    coefficients
        Coefficients of the models `mediator`, `total` and `outcome`, with labels.
    study
        Words of the study.
    """
    heads = {
        name: f"{name.capitalize()} model: {_quantity(name, frame, study)}"
        for name, frame in coefficients.items()
    }
    shown = {name: _rows(name, frame, study) for name, frame in coefficients.items()}
    terms: dict[str, Mapping[Any, Any]] = {}
    for name in ("outcome", "total", "mediator"):
        terms |= {term: row for term, row in shown[name].items() if term not in terms}
    order = sorted(terms, key=lambda term: _rank(TermKind(terms[term]["kind"])))
    rows = []
    for term in order:
        cells = [_label(term, terms[term], study)]
        for name in heads:
            found = shown[name].get(term)
            cells += [_estimate(found), _p_value(found)] if found else ["", ""]
        rows.append(cells)
    columns = ["Term"]
    for head in heads.values():
        columns += [f"{head} ({study.coverage} Wald CI)", notation.p_name()]
    return Table(
        name="models",
        title="The three models",
        cells=pd.DataFrame(rows, columns=unique(columns)),
        notes=(
            *_notes(
                study, any(TermKind(row["kind"]).component is Component.VARIANCE for row in terms.values())
            ),
            *_compared_with(coefficients, study),
            *_threshold_note(coefficients, study),
            *_left_out(coefficients),
            *synthetic_note(study),
        ),
        printed=tuple(columns),
    )


def _rows(model: str, frame: pd.DataFrame, study: Study) -> dict[str, Mapping[Any, Any]]:
    """Rows by term; the treatment's coefficient beside an interaction is another one than elsewhere."""
    kept = frame[frame["kind"] != TermKind.TRIAL] if _trials_in(frame) > MOST_TRIALS else frame
    named = study.interaction and model == "outcome"
    return {
        f"{AT_ZERO} {row['level']}" if named and row["kind"] == TermKind.TREATMENT else str(row["term"]): row
        for row in kept.to_dict("records")
    }


def _label(term: str, row: Mapping[Any, Any], study: Study) -> str:
    label = term_label(row)
    if row["kind"] in (TermKind.INTERCEPT, TermKind.THRESHOLD) and not notation.known(row["ratio"]):
        # In a column of ratios it is none.
        return f"{label} (coefficient)"
    if study.interaction and row["kind"] in (TermKind.MEDIATOR, TermKind.MEDIATOR_DOUBLING):
        # Beside an interaction the mediator's coefficient is its slope in the control arm.
        return f"{label}, {study.short('control')}"
    if not term.startswith(AT_ZERO):
        return label
    value = float(from_analysis_scale([0.0], transform=study.transform.key, offset=study.offset)[0])
    mediator = study.named(study.mediator)
    return f"{label}, where {mediator} is {study.amount(study.mediator, value)}"


def _rank(kind: TermKind) -> int:
    if kind in FIRST:
        return FIRST.index(kind)
    return len(FIRST) + 1 + LAST.index(kind) if kind in LAST else len(FIRST)


def _quantity(name: str, model: pd.DataFrame, study: Study) -> str:
    """Name what a model's coefficients are, such as a ratio of geometric means, with their unit."""
    row = model[model["kind"] == TermKind.TREATMENT].iloc[0]
    if notation.known(row["ratio"]):
        return notation.text_of(row["ratio_unit"])
    if study.has_levels and name != "mediator":
        return study.coefficient
    unit = reading(EFFECT_OF[name], "coefficient", study=study).unit
    return f"difference, {unit}" if unit else "difference"


def _estimate(row: Mapping[Any, Any]) -> str:
    if notation.known(row["ratio"]):
        return notation.interval(row["ratio"], row["ratio_low"], row["ratio_high"], nulls=(1,))
    return notation.interval(row["estimate"], row["ci_low"], row["ci_high"], nulls=(0,))


def _p_value(row: Mapping[Any, Any]) -> str:
    """Write the P value of a term; that a threshold is not 0 says nothing."""
    return notation.DASH if row["kind"] == TermKind.THRESHOLD else notation.p_value(row["p_value"])


def _trials_in(frame: pd.DataFrame) -> int:
    return int((frame["kind"] == TermKind.TRIAL).sum())


def _compared_with(coefficients: Mapping[str, pd.DataFrame], study: Study) -> list[str]:
    """Name the level that those of a categorical variable are compared with."""
    rows = pd.concat([frame[frame["kind"] == TermKind.COVARIATE] for frame in coefficients.values()])
    rows = rows[rows["level"].map(notation.level_id) != ""]
    compared = []
    for variable, found in rows.groupby("variable", sort=False):
        shown = set(found["level"].map(notation.level_id))
        rest = [text for level, text in study.levels(str(variable)).items() if level not in shown]
        if len(rest) == 1:
            compared.append(f"{study.named(str(variable))}, “{rest[0]}”")
    own = {
        level for frame in coefficients.values() for level in frame["level"][frame["kind"] == TermKind.TRIAL]
    }
    others = [trial for trial in study.trials if trial not in own]
    if own and len(others) == 1:
        compared.append(f"trials, {study.trial(others[0])}")
    return [f"Levels compared with: {'; '.join(compared)}."] if compared else []


def _threshold_note(coefficients: Mapping[str, pd.DataFrame], study: Study) -> list[str]:
    if not any((frame["kind"] == TermKind.THRESHOLD).any() for frame in coefficients.values()):
        return []
    return [
        f"Thresholds divide the levels of {study.named_outcome} on the scale on which the model is linear, "
        "where every other term is 0."
    ]


def _left_out(coefficients: Mapping[str, pd.DataFrame]) -> list[str]:
    """Count the trials whose levels would make the table too long."""
    found = max(_trials_in(frame) for frame in coefficients.values())
    if found <= MOST_TRIALS:
        return []
    return [
        f"In the models, but not in the table: the own levels of {notation.count(found)} trials, which the "
        "CSV file of each model has."
    ]


def _notes(study: Study, varied: bool) -> list[str]:
    notes = [
        "The total model leaves the mediator out; the outcome model has it in.",
        f"Intervals and {notation.p_name()} values of this table are Wald's; elsewhere they come from the "
        "bootstrap.",
    ]
    if study.weights:
        notes += [
            *weights_note(study),
            f"Wald's intervals and {notation.p_name()} values take the weights for numbers of {people()}: "
            "they are not robust, unlike those of the bootstrap.",
        ]
    resampling = study.analysis.get("bootstrap", {}).get("resampling", "stratified")
    groups = "clusters" if study.cluster else "trials"
    if TREATMENT in study.trial_effects.random and resampling == "stratified":
        notes.append(
            f"Those of the treatment differ, because its Wald interval is about {groups} in general and its "
            f"bootstrap interval about these {groups}."
        )
    side = reading("total", "coefficient", study=study).better_side
    if study.has_levels:
        coefficient = notation.upper(notation.with_article(study.coefficient))
        notes.append(f"{coefficient} {side} means {better_outcome(study)}.")
    else:
        notes.append(f"In the total and the outcome model a difference {side} means a better outcome.")
    if study.transform.logarithm and study.offset:
        mediator, added = (
            study.named(study.mediator),
            study.amount(study.mediator, study.offset),
        )
        notes.append(
            f"Ratios of {mediator}, its logarithm and its doubling are those of its value plus {added}."
        )
    if study.interaction:
        notes.append(
            "With an interaction the treatment's coefficient is the one at a single value of the mediator, "
            "and the mediator's the one in a single arm, which their rows name; the first is no direct "
            f"effect of the {people()}."
        )
    if study.free_treatment:
        notes.append(
            "The treatment has a coefficient at each cut of the outcome, for the levels that its row names "
            "against all worse ones."
        )
    if study.spline_knots:
        notes.append(
            f"In the outcome model the mediator is a restricted cubic spline with {study.spline_knots} "
            "knots. Its terms "
            f"{'are coefficients, not ratios, and ' if study.ratio else ''}mean something together only."
        )
    if varied:
        notes.append("Standard deviations are on the scale on which the model is linear.")
    return notes
