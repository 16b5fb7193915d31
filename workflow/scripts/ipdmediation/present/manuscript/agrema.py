"""The items of AGReMA, its long form (Lee et al. 2021 JAMA 326:1045), with where this run reports each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.notation import lower
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.tables.table import Table

OPEN = "Whole item"
DONE = "Nothing more"


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
    trials = [study.trial(trial) for trial in study.analysed_trials]
    others = [str(result.study.analysis["label"]) for result in results[1:]]
    around = [*others, *(["evidence beside the effects"] if main.evidence else [])]
    question = study.question or ""
    clusters = lower(study.label(study.cluster)) if study.cluster else ""
    source = f"after {study.source}" if study.source else ""
    measured = notation.joined(
        study.label(name) for name in dict.fromkeys([study.mediator, study.outcome, *_covariates(main)])
    )
    return [
        ("Title", study.title, "That the title names a mediation analysis"),
        ("Abstract", "results.md has the sentences on results", "Objectives, methods and conclusions"),
        ("Background and rationale", "", OPEN),
        ("Objectives", question, "Whether effects are tested or estimated" if question else OPEN),
        ("Study registration", "", OPEN),
        (
            "Study design and source of data",
            _sentence("Randomised trials", trials, source),
            "References of the trials, what in their design matters to mediation",
        ),
        (
            "Participants",
            f"Rules of eligibility and numbers: {notation.upper(people())}",
            "Target population, places and dates",
        ),
        (
            "Sample size",
            f"{notation.count(main.fitted)} {people()}, all that there are",
            "Whether it was calculated",
        ),
        (
            "Effects of interest",
            "Total, natural direct and natural indirect effects: Methods, Mediation",
            DONE,
        ),
        (
            "Assumed causal model",
            "Figure of the paths with the covariates of the models: Mediation",
            "Other causes that are assumed",
        ),
        ("Causal assumptions", "Methods, Assumptions and limitations", DONE),
        ("Measurement", measured, "How and when each was measured, how well, and whether blinded"),
        (
            "Measurement levels",
            f"{notation.upper(people())} within trials{f', within {clusters}' if clusters else ''}",
            "Whether any was measured of a group",
        ),
        (
            "Statistical methods",
            "Methods; software under Reproducibility",
            "Why an interaction is in or out, how models were built",
        ),
        ("Sensitivity analyses", _sentence("", around), DONE if around else "Nothing was configured"),
        ("Ethical approval", "", OPEN),
        (
            "Participants",
            f"Flow, baseline table and missing values: {notation.upper(people())}, Methods",
            DONE,
        ),
        ("Outcomes and estimates", "Models, Mediation, results.md", DONE),
        (
            "Sensitivity parameters",
            notation.joined([*(["All analyses"] if others else []), *_sections(main)]),
            DONE if around else "Nothing was configured",
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
            "Versions, checksums, configuration and commit: manifest.json",
            "Where data and code can be had",
        ),
    ]


def _sections(main: AnalysisResult) -> list[str]:
    """Name the sections of the page that have the evidence beside the effects."""
    sections = {
        "trials": "Each trial",
        "leave_one_out": "Each trial",
        "confounding": "What would undo it",
        "measurement_error": "What would undo it",
        "surrogacy": "Surrogacy",
        "death": "Nobody left out",
        "proportional_odds": f"Proportional {'odds' if main.study.link.odds else 'effects'}",
    }
    return list(dict.fromkeys(section for table, section in sections.items() if table in main.evidence))


def _covariates(result: AnalysisResult) -> list[str]:
    names = result.baseline["variable"].unique()
    return [str(name) for name in names if name in result.study.variables]


def _sentence(start: str, names: Sequence[str], end: str = "") -> str:
    listed = ": ".join(filter(None, [start, notation.joined(names) if names else ""]))
    return ", ".join(filter(None, [listed, end]))
