"""The items of AGReMA, its long form (Lee et al. 2021 JAMA 326:1045), with where this run reports each."""

from __future__ import annotations

from collections.abc import Sequence

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
#: What each table of evidence asks of the answer, and the section of the page that has it.
EVIDENCE = {
    "trials": ("each trial by itself", "Each trial"),
    "leave_one_out": ("each trial left out in turn", "Each trial"),
    "confounding": ("unmeasured confounding", "What would undo it"),
    "measurement_error": ("error in the measurement of the mediator", "What would undo it"),
    "surrogacy": ("the mediator as a surrogate", "Surrogacy"),
    "death": ("{people} without a mediator kept in", "Nobody left out"),
    "proportional_odds": ("one coefficient for all cuts of the outcome", "Proportional {}"),
}


def agrema(results: Sequence[AnalysisResult]) -> Table:
    """Fill the 25 items from a run: where each is reported, and what only the authors can say.

    Parameters
    ----------
    results
        All analyses, the main one first.
    """
    rows = [[str(number), *row] for number, row in enumerate(_items(results), start=1)]
    return Table(
        name="agrema",
        title="AGReMA checklist: what this run reports, and what is left to the authors",
        cells=pd.DataFrame(rows, columns=["Item", "Topic", "Reported by this run", "Left to the authors"]),
        notes=(
            "AGReMA is a guideline for reporting mediation analyses (Lee et al. 2021); the order of items is "
            "its own. Sections are those of report.html.",
        ),
    )


def _items(results: Sequence[AnalysisResult]) -> list[tuple[str, str, str]]:
    main = results[0]
    study = main.study
    others = [f"“{result.study.analysis['label']}”" for result in results[1:]]
    evidence = [pair for table, pair in EVIDENCE.items() if table in main.evidence]
    clusters = study.named(study.cluster) if study.cluster else ""
    randomised = notation.count(main.flow.sort_values("step").iloc[0]["remaining"])
    numbers = f"{randomised} randomised, {notation.count(main.fitted)} analysed"
    return [
        ("Title", study.title, "That the title names a mediation analysis"),
        ("Abstract", "results.md has the sentences on results", "Objectives, methods and conclusions"),
        ("Background and rationale", "", OPEN),
        ("Objectives", study.question or _objective(study), "Whether effects are tested or estimated"),
        ("Study registration", "", OPEN),
        (
            "Study design and source of data",
            _design(study),
            "References of the trials, what in their design matters to mediation",
        ),
        (
            "Participants",
            f"Rules of eligibility, in order, with numbers: {notation.upper(people())}"
            if (main.flow["kind"] == "eligibility").any()
            else f"No rule of eligibility: all randomised {people()} are eligible",
            "Target population, places and dates",
        ),
        ("Sample size", f"{numbers}: {notation.upper(people())}", "Whether it was calculated"),
        (
            "Effects of interest",
            "Total, natural direct and natural indirect effects: Methods, Mediation",
            DONE,
        ),
        (
            "Assumed causal model",
            f"From treatment to outcome directly and through {study.named(study.mediator)}: figure of "
            f"the paths under Mediation. {adjustment(study)}",
            "Other causes that are assumed",
        ),
        ("Causal assumptions", "Methods, Assumptions and limitations", DONE),
        ("Measurement", _measured(main), "How and when each was measured, how well, and whether blinded"),
        (
            "Measurement levels",
            f"{notation.upper(people())} within trials{f', within {clusters}' if clusters else ''}",
            "Whether any was measured of a group",
        ),
        (
            "Statistical methods",
            f"Models {'with' if study.interaction else 'without'} an interaction of treatment and mediator, "
            "their assumptions, and what was done about missing values: Methods; software under "
            "Reproducibility",
            "Why an interaction is in or out, how models were built",
        ),
        (
            "Sensitivity analyses",
            _sentence("", [*others, *dict.fromkeys(asked.format(people=people()) for asked, _ in evidence)])
            or NONE_RUN,
            DONE if others or evidence else "Why there is none",
        ),
        ("Ethical approval", "", OPEN),
        (
            "Participants",
            f"{numbers}; baseline table, missing values: {notation.upper(people())}, Methods",
            DONE,
        ),
        (
            "Outcomes and estimates",
            "Paths a and b, total, direct and indirect effect, with intervals: Models, Mediation, results.md",
            DONE,
        ),
        (
            "Sensitivity parameters",
            _sentence("", [*(["All analyses"] if others else []), *_sections(main)]) or NONE_RUN,
            DONE if others or evidence else "Why there is none",
        ),
        ("Limitations", "Methods, Assumptions and limitations", "Limitations of the trials"),
        (
            "Interpretation",
            "The question and the answer",
            "Plausibility of the assumptions, for whom it holds, other evidence",
        ),
        ("Implications", "", OPEN),
        ("Funding and role of sponsor", "", OPEN),
        ("Conflicts of interest and financial disclosures", "", OPEN),
        (
            "Data and code",
            "Versions, checksums, configuration, seed and commit: manifest.json",
            "Where data and code can be had",
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


def _sections(main: AnalysisResult) -> list[str]:
    """Name the sections of the page that have the evidence beside the effects."""
    effects = "odds" if main.study.link.odds else "effects"
    return list(
        dict.fromkeys(
            section.format(effects) for name, (_, section) in EVIDENCE.items() if name in main.evidence
        )
    )


def _sentence(start: str, names: Sequence[str], end: str = "") -> str:
    listed = ": ".join(filter(None, [start, notation.joined(names) if names else ""]))
    return ", ".join(filter(None, [listed, end]))
