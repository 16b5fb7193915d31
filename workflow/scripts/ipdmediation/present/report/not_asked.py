"""Which evidence a run was not asked for, with the setting that asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.report.result import AnalysisResult


class Asked(NamedTuple):
    """What the section `evidence` of an analysis can ask for.

    Attributes
    ----------
    section, key : where it is asked for.
    value : what asks for it.
    question : what it would tell.
    applies : whether the analysis can have it.
    """

    section: str
    key: str
    value: str
    question: str
    applies: Callable[[AnalysisResult], bool] = lambda result: True


def _several_trials(result: AnalysisResult) -> bool:
    return len(result.study.analysed_trials) > 1


def _somebody_left_out(result: AnalysisResult) -> bool:
    return bool((result.flow["kind"] == "eligibility").any())


def _has_cuts(result: AnalysisResult) -> bool:
    return bool(result.study.family.cuts)


ASKED = (
    Asked("trials", "two_stages", "true", "each trial by itself", _several_trials),
    Asked("trials", "leave_one_out", "true", "each trial left out in turn", _several_trials),
    Asked("confounding", "curve", "true", "how strong an unmeasured cause would undo the answer"),
    Asked("measurement_error", "error", "{reliability: ...}", "what error in the mediator hides"),
    Asked("surrogacy", "panel", "true", "whether the mediator could stand for the outcome"),
    Asked(
        "death",
        "event",
        "<variable>",
        "{people} kept in who had an event first",
        _somebody_left_out,
    ),
    Asked("proportional_odds", "tests", "true", "whether one coefficient serves every cut", _has_cuts),
)


def not_asked(result: AnalysisResult) -> str:
    """Say in one sentence what was not asked of an analysis and could be; nothing where all was.

    Parameters
    ----------
    result
        The analysis.
    """
    stated = result.study.analysis.get("evidence") or {}
    left = [
        f"{each.question.format(people=people())} (evidence.{each.section}.{each.key}: {each.value})"
        for each in ASKED
        if not stated.get(each.section, {}).get(each.key) and each.applies(result)
    ]
    return f"Not asked of this analysis: {notation.joined(left)}." if left else ""
