"""Methods and results as paragraphs to paste, in Markdown; every number is one of the run's tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ipdmediation.present import notation, style
from ipdmediation.present.emphasis import in_markdown
from ipdmediation.present.house_style import people
from ipdmediation.present.notation import lower
from ipdmediation.present.report.agreement import agreement
from ipdmediation.present.report.answer import answer
from ipdmediation.present.report.by_arm import medians
from ipdmediation.present.report.meaning import paths
from ipdmediation.present.report.methods import Methods
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table


def methods_text(methods: Methods, *, study: Study) -> str:
    """Write the methods, what they assume, and their sources."""
    sources = "\n".join(f"- {source.printed}" for source in methods.sources.values())
    return _document(
        study,
        {
            "Methods": methods.done,
            "Assumptions and limitations": methods.assumed,
            "References": [sources] if sources else [],
        },
    )


def results_text(
    results: Sequence[AnalysisResult], *, captions: Sequence[str], tables: Iterable[Table]
) -> str:
    """Write the results: who was analysed, outcome and mediator by arm, the effects, and the other analyses.

    Parameters
    ----------
    results
        All analyses, the main one first.
    captions
        What stands below each figure, in their order.
    tables
        The numbered tables.
    """
    main = results[0]
    figures = [f"Figure {number}. {caption}" for number, caption in enumerate(captions, start=1)]
    named = [
        f"Table {number}. {table.title}{'' if table.title.endswith('?') else '.'}"
        for number, table in enumerate(tables, start=1)
    ]
    return _document(
        main.study,
        {
            notation.upper(people()): [_participants(main), *_baseline_missing(main)],
            "Outcome and mediator": _by_arm(main),
            "Effects": [*paths(main), *answer(main)],
            "Other analyses": [*agreement(results), *_others(results)],
            "Figures": figures,
            "Tables": named,
        },
    )


def _document(study: Study, sections: dict[str, list[str]]) -> str:
    note = (
        [f"**{style.SYNTHETIC_NOTE}: nothing here is a finding about real people.**"]
        if study.synthetic
        else []
    )
    parts = [
        "\n\n".join([f"## {title}", *paragraphs]) for title, paragraphs in sections.items() if paragraphs
    ]
    return in_markdown("\n\n".join([f"# {study.title}", *note, *parts]) + "\n")


def _participants(result: AnalysisResult) -> str:
    study, flow = result.study, result.flow.sort_values("step")
    first, last = flow.iloc[0], flow.iloc[-1]
    trials = len(study.analysed_trials)
    where = f"In {notation.count(trials)} trials," if trials > 1 else "In the trial,"
    arms = " and ".join(
        f"{notation.count(last[f'remaining_{arm}'])} with {study.named_arm(arm)}"
        for arm in ("treated", "control")
    )
    sentences = [
        f"{where} {notation.count(first['remaining'])} {people()} were randomised; "
        f"{notation.count(last['remaining'])} were analysed, {arms}."
    ]
    lost = flow.iloc[1:]
    reasons = [
        f"{lower(str(row['reason']))}, {notation.count(row['excluded'])}"
        for row in lost.to_dict("records")
        if not notation.known(row["excluded"]) or row["excluded"]
    ]
    if reasons:
        sentences.append(f"Those who were not analysed: {'; '.join(reasons)}.")
    return " ".join(sentences)


def _baseline_missing(result: AnalysisResult) -> list[str]:
    """Say in how many of those analysed a value was missing, where in some."""
    table = result.missing
    rows = table[(table["trial"] == "all") & (table["missing"] > 0) & (table["handled"] == "imputed")]
    said = [
        f"{result.study.named(str(row['variable']))} in {notation.count(row['missing'])}"
        for row in rows.to_dict("records")
    ]
    return [f"Of those analysed, a value was missing and imputed: {notation.joined(said)}."] if said else []


def _by_arm(result: AnalysisResult) -> list[str]:
    study = result.study
    found = [
        medians(table, variable, study=study)
        for table, variable in ((result.outcome, study.outcome), (result.mediator, study.mediator))
        if not (variable == study.outcome and study.family.event)
    ]
    return [" ".join(filter(None, found))] if any(found) else []


def _others(results: Sequence[AnalysisResult]) -> list[str]:
    """Give the effect through the mediator in every other analysis, and where all stand."""
    said = []
    for result in results[1:]:
        row = result.estimated("tnie", "mean")
        if row is not None:
            read = reading("tnie", "mean", study=result.study)
            said.append(f"{result.study.analysis['label']}: {read.sentence(row, result.study)}")
    if not said:
        return []
    mediator = results[0].study.named(results[0].study.mediator)
    return [f"The effect through {mediator} in the other analyses: {'; '.join(said)}."]
