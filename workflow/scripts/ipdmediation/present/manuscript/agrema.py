"""The items of AGReMA, its long form (Lee et al. 2021 JAMA 326:1045), with where this run reports each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from ipdmediation.data.covariates import COVARIATE_MODELS, covariate_names, covariates_of
from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.report.methods import adjustment
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table
from ipdmediation.vocabulary.transforms import IDENTITY

OPEN = "Whole item"
DONE = "Nothing more"
NONE_RUN = "No sensitivity analysis was run"
#: The sections of the page by their ids there, as its contents name them.
SECTIONS = {
    "answer": "Answer",
    "patients": "{People}",
    "assumed": "Assumptions",
    "models": "Models",
    "mediation": "Mediation",
    "trials": "Each trial",
    "undoing": "What would undo it",
    "surrogacy": "Surrogacy",
    "death": "Nobody left out",
    "proportional-odds": "Proportional {odds}",
    "analyses": "All analyses",
    "methods": "Methods",
    "reproduce": "Reproducibility",
}
#: What each table of evidence asks of the answer, and the section of the page that has it.
EVIDENCE = {
    "trials": ("each trial by itself", "trials"),
    "leave_one_out": ("each trial left out in turn", "trials"),
    "confounding": ("unmeasured confounding", "undoing"),
    "measurement_error": ("error in the measurement of the mediator", "undoing"),
    "surrogacy": ("the mediator as a surrogate", "surrogacy"),
    "death": ("{people} without a mediator kept in", "death"),
    "proportional_odds": ("one coefficient for all cuts of the outcome", "proportional-odds"),
}


class Item(NamedTuple):
    """An item of the guideline: what the run reports of it, what is left, and which sections have it."""

    topic: str
    reported: str = ""
    left: str = OPEN
    sections: tuple[str, ...] = ()


def agrema(results: Sequence[AnalysisResult]) -> Table:
    """Fill the 25 items from a run: where each is reported, and what only the authors can say.

    Parameters
    ----------
    results
        All analyses, the main one first.
    """
    items = _items(results)
    places = tuple(_places(item.sections, results[0].study) for item in items)
    rows = [
        [str(number), item.topic, item.reported, item.left, ", ".join(named)]
        for number, (item, named) in enumerate(zip(items, places, strict=True), start=1)
    ]
    return Table(
        name="agrema",
        title="AGReMA checklist: what this run reports, and what is left to the authors",
        cells=pd.DataFrame(
            rows, columns=["Item", "Topic", "Reported by this run", "Left to the authors", "Section"]
        ),
        notes=(
            "AGReMA is a guideline for reporting mediation analyses (Lee et al. 2021); the order of items is "
            "its own. Sections are those of report.html.",
        ),
        places=places,
    )


def _places(sections: Sequence[str], study: Study) -> dict[str, str]:
    """Return sections of the page by their names there: ids."""
    words = {"People": notation.upper(people()), "odds": "odds" if study.link.odds else "effects"}
    return {SECTIONS[section].format(**words): section for section in sections}


def _items(results: Sequence[AnalysisResult]) -> list[Item]:
    main = results[0]
    study = main.study
    others = [f"“{result.study.analysis['label']}”" for result in results[1:]]
    evidence = [pair for table, pair in EVIDENCE.items() if table in main.evidence]
    asked = dict.fromkeys(question.format(people=people()) for question, _ in evidence)
    answered = tuple(dict.fromkeys([*(["analyses"] if others else []), *(place for _, place in evidence)]))
    clusters = study.named(study.cluster) if study.cluster else ""
    randomised = notation.count(main.flow.sort_values("step").iloc[0]["remaining"])
    numbers = f"{randomised} randomised, {notation.count(main.fitted)} analysed"
    return [
        Item("Title", study.title, "That the title names a mediation analysis"),
        Item("Abstract", "Sentences on results: results.md", "Objectives, methods and conclusions"),
        Item("Background and rationale"),
        Item(
            "Objectives",
            study.question or _objective(study),
            "Whether effects are tested or estimated",
            ("answer",),
        ),
        Item("Study registration"),
        Item(
            "Study design and source of data",
            _design(study),
            "References of the trials, what in their design matters to mediation",
            ("patients",),
        ),
        Item(
            "Participants",
            "Rules of eligibility, in order, with numbers"
            if (main.flow["kind"] == "eligibility").any()
            else f"No rule of eligibility: all randomised {people()} are eligible",
            "Target population, places and dates",
            ("patients",),
        ),
        Item("Sample size", numbers, "Whether it was calculated", ("patients",)),
        Item(
            "Effects of interest",
            "Total, natural direct and natural indirect effects",
            DONE,
            ("assumed", "mediation", "methods"),
        ),
        Item(
            "Assumed causal model",
            f"From treatment to outcome directly and through {study.named(study.mediator)}, as a graph. "
            f"{adjustment(study)}",
            "Other causes that are assumed",
            ("assumed",),
        ),
        Item("Causal assumptions", "In words, with what they rule out", DONE, ("assumed", "methods")),
        Item("Measurement", _measured(main), "How and when each was measured, how well, and whether blinded"),
        Item(
            "Measurement levels",
            f"{notation.upper(people())} within trials{f', within {clusters}' if clusters else ''}",
            "Whether any was measured of a group",
        ),
        Item(
            "Statistical methods",
            f"Models {'with' if study.interaction else 'without'} an interaction of treatment and mediator, "
            "their assumptions, what was done about missing values, and the software",
            "Why an interaction is in or out, how models were built",
            ("methods", "reproduce"),
        ),
        Item(
            "Sensitivity analyses",
            _sentence("", [*others, *asked]) or NONE_RUN,
            DONE if answered else "Why there is none",
            ("methods",) if answered else (),
        ),
        Item("Ethical approval"),
        Item("Participants", f"{numbers}; baseline table, missing values", DONE, ("patients", "methods")),
        Item(
            "Outcomes and estimates",
            "Paths a and b, total, direct and indirect effect, with intervals; also in results.md",
            DONE,
            ("models", "mediation"),
        ),
        Item(
            "Sensitivity parameters",
            "Each beside the effects of the main analysis" if answered else NONE_RUN,
            DONE if answered else "Why there is none",
            answered,
        ),
        Item("Limitations", "Of models and assumptions", "Limitations of the trials", ("methods",)),
        Item(
            "Interpretation",
            "The answer in sentences, and what the numbers mean",
            "Plausibility of the assumptions, for whom it holds, other evidence",
            ("answer", "mediation"),
        ),
        Item("Implications"),
        Item("Funding and role of sponsor"),
        Item("Conflicts of interest and financial disclosures"),
        Item(
            "Data and code",
            "Versions, checksums, configuration, seed and commit; also in manifest.json",
            "Where data and code can be had",
            ("reproduce",),
        ),
    ]


def _objective(study: Study) -> str:
    return (
        f"How much of the effect of {study.named_arm('treated')}, compared with "
        f"{study.named_arm('control')}, on {study.named_outcome} runs through "
        f"{study.named(study.mediator)}"
    )


def _design(study: Study) -> str:
    trials = [study.trial(trial) for trial in (*study.analysed_trials, *study.sent_trials)]
    start = "Randomised trials" if len(trials) > 1 else "Randomised trial"
    return _sentence(start, trials, f"after {study.source}" if study.source else "")


def _measured(main: AnalysisResult) -> str:
    """Name what was measured by its part in the models, with its unit."""
    study = main.study
    scale = "" if study.transform == IDENTITY else f" (analysed as its {study.transform.name})"
    levels = study.levels(study.outcome)
    outcome = f", {len(levels)} levels" if study.family.cuts else ""
    stated = study.analysis.get("covariates", [])
    names = dict.fromkeys(
        name
        for model in COVARIATE_MODELS
        for name in covariate_names(covariates_of(stated, model=model))
        if name in study.variables
    )
    covariates = notation.joined(_with_unit(name, study) for name in names) or "none"
    return (
        f"Exposure: {study.named_arm('treated')} or {study.named_arm('control')}. "
        f"Mediator: {_with_unit(study.mediator, study)}{scale}. "
        f"Outcome: {_with_unit(study.outcome, study)}{outcome}. Covariates: {covariates}."
    )


def _with_unit(variable: str, study: Study) -> str:
    unit = study.unit(variable)
    label = notation.lower(study.label(variable))
    return f"{label} in {unit}" if unit else label


def _sentence(start: str, names: Sequence[str], end: str = "") -> str:
    listed = ": ".join(filter(None, [start, notation.joined(names) if names else ""]))
    return ", ".join(filter(None, [listed, end]))
