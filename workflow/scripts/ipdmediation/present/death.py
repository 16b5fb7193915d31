"""What figure, table and page say alike of patients whose mediator an event made impossible."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ipdmediation.data.disclosure import ALL
from ipdmediation.present import notation
from ipdmediation.present.figures.rows import effect_row
from ipdmediation.present.house_style import people
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.notation import lower
from ipdmediation.present.scales import Row, reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import BOUNDS, HEADLINE, VIA_EVENT
from ipdmediation.vocabulary.handlings import Handling, Remark
from ipdmediation.vocabulary.scales import MEAN

AS_ANALYSED = "As analysed"
#: What effects are called, those of the composite mediator among them.
NAMES = {**NATURAL, VIA_EVENT: "Through the event", **dict.fromkeys(BOUNDS, NATURAL["te"])}
HANDLED = {
    Handling.ALL: "Everybody",
    Handling.MEASURED: "Who was measured",
    Handling.WORST_VALUE: "Worst value",
    Handling.WORST_RANK: "Worst rank",
    Handling.WEIGHTED: "Measured, weighted",
    Handling.COMPOSITE: "Composite mediator",
    Handling.ALWAYS_MEASURED: "Without the event in either arm",
}


def event_of(study: Study) -> str:
    """Name the event: the labels of its levels, of a binary variable that of the variable."""
    stated: dict[str, Any] = study.analysis["evidence"]["death"]
    variable, levels = stated["event"], [notation.level_id(level) for level in stated["levels"]]
    if levels == ["1"] and not study.variables.get(variable, {}).get("levels"):
        return study.label(variable)
    named = study.levels(variable)
    return " or ".join(named[level] for level in levels)


def rows_of(death: pd.DataFrame, handling: Handling) -> pd.DataFrame:
    """Return the rows of a handling."""
    return death[death["handling"] == handling.value]


def row_of(death: pd.DataFrame, handling: Handling, effect: str, scale: str = MEAN.key) -> Row | None:
    """Return the row of an effect, None where the handling has none."""
    return effect_row(rows_of(death, handling), effect, scale)


def remark(death: pd.DataFrame, handling: Handling) -> str:
    """Return what is to be known of a handling, as a key of `Remark`."""
    found = rows_of(death, handling)
    return notation.text_of(found["remark"].iloc[0]) if len(found) else ""


def remarks(death: pd.DataFrame, patients: pd.DataFrame, study: Study) -> list[str]:
    """Say what is to be known of the numbers: who the patients are, what was left aside and why."""
    return [
        _counted(patients, study),
        *(
            f"{HANDLED[handling]}: not available, because {reason}."
            for handling in Handling
            if (reason := _reason(death, handling))
        ),
        *_of_the_worst(death, study),
        *_of_the_event(death, study),
        *_of_the_weights(death),
        *_of_the_bounds(death, study),
        "A subgroup by the time or the method of measuring the mediator is chosen by what came after "
        "randomisation too.",
    ]


def meaning(death: pd.DataFrame, effects: pd.DataFrame, study: Study) -> str:
    """Say in a sentence what it means for the answer."""
    mediator = study.named(study.mediator)
    share, event = (row_of(death, Handling.COMPOSITE, effect) for effect in (HEADLINE.effect, VIA_EVENT))
    if share is None or event is None:
        return f"What it would be with nobody left out is not known: {_reason(death, Handling.COMPOSITE)}."
    of_share, of_event = (reading(effect, MEAN.key, study=study) for effect in (HEADLINE.effect, VIA_EVENT))
    before = effect_row(effects, *HEADLINE)
    through = (
        f"{of_share.sentence(share, study)} of the total effect runs through {mediator}"
        if notation.known(share["estimate"])
        else f"the share of the total effect that runs through {mediator} is {of_share.text(share)}"
    )
    beside = "" if before is None else f", against {of_share.text(before)} as analysed"
    return (
        f"With nobody left out, {through}{beside}; the effect on the {of_event.name} through the event, "
        f"{lower(event_of(study))}, is {of_event.sentence(event, study)}."
    )


def _reason(death: pd.DataFrame, handling: Handling) -> str:
    found = rows_of(death, handling)
    return notation.text_of(found["reason"].iloc[0]) if len(found) else ""


def _counted(patients: pd.DataFrame, study: Study) -> str:
    counts = {str(row["group"]): row for row in patients.to_dict("records")}
    measured, befallen, other = (
        f"{notation.count(counts[group][ALL])} (" + _by_arm(counts[group], study) + ")"
        for group in ("measured", "event", "other")
    )
    return (
        f"Of {notation.count(counts[ALL][ALL])} {people()} with a known outcome {measured} were "
        f"measured; the event, {lower(event_of(study))}, befell {befallen}; not measured for another "
        f"reason were {other}."
    )


def _by_arm(row: Row, study: Study) -> str:
    return ", ".join(f"{study.short(arm)} {notation.count(row[arm])}" for arm in ("treated", "control"))


def _of_the_worst(death: pd.DataFrame, study: Study) -> list[str]:
    said = {remark(death, handling) for handling in (Handling.WORST_VALUE, Handling.WORST_RANK)} - {""}
    if not said:
        return []
    end = "largest" if Remark.LARGEST in said else "smallest"
    return [
        f"Worst value, worst rank: {people()} with the event get the {end} "
        f"{lower(study.label(study.mediator))} that was observed, or are ranked beyond all others at that "
        "end, which goes with worse outcomes."
    ]


def _of_the_event(death: pd.DataFrame, study: Study) -> list[str]:
    said = remark(death, Handling.COMPOSITE)
    mediator = study.named(study.mediator)
    composite = []
    if row_of(death, Handling.COMPOSITE, VIA_EVENT) is not None:
        composite = [
            f"Composite mediator: the event and {mediator} together. The direct effect, the effect "
            "through the event and the indirect effect add up to the total effect."
        ]
    if said == Remark.NO_EVENT:
        return [*composite, "The event befell nobody: nothing runs through it."]
    arms = {Remark.NO_EVENT_TREATED: "treated", Remark.NO_EVENT_CONTROL: "control"}
    if said not in arms:
        return composite
    return [
        *composite,
        f"The event befell nobody in the arm {study.short(arms[Remark(said)])}: its probability is 0 "
        "there, which no finite coefficient of a logistic regression gives; in the other arm it is that "
        f"of its own {people()}.",
    ]


def _of_the_weights(death: pd.DataFrame) -> list[str]:
    found = rows_of(death, Handling.WEIGHTED)
    if found.empty or not notation.known(found["effective"].iloc[0]):
        return []
    low, high, effective = (found[name].iloc[0] for name in ("weight_low", "weight_high", "effective"))
    ends = (notation.fixed(end) for end in (low, high))
    return [
        f"Inverse probability weights range from {notation.joined(ends).replace(' and ', ' to ')}; they "
        f"tell as much as {notation.count(effective)} {people()} of equal weight."
    ]


def _of_the_bounds(death: pd.DataFrame, study: Study) -> list[str]:
    found = rows_of(death, Handling.ALWAYS_MEASURED)
    if found.empty or not notation.known(found["kept"].iloc[0]):
        return []
    text = "Without the event in either arm: the bounds are not adjusted for covariates"
    arms = {Remark.TRIMMED_TREATED: "treated", Remark.TRIMMED_CONTROL: "control"}
    arm = arms.get(Remark(said)) if (said := remark(death, Handling.ALWAYS_MEASURED)) else None
    if arm is None:
        return [f"{text}, and nobody has to be left out of an arm, for the event is as frequent in both."]
    spared = {"treated": "cause", "control": "prevent"}
    kept = notation.percent(100 * float(found["kept"].iloc[0]))
    return [
        f"{text}, and take {kept} of the {people()} without the event in the arm {study.short(arm)}, "
        f"those with the best or those with the worst outcomes. Treatment is assumed to {spared[arm]} the "
        "event in nobody."
    ]
