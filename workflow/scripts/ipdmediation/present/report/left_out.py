"""Whether the answer hangs on participants who were left out, because an event came before the mediator."""

from __future__ import annotations

from ipdmediation.present import notation
from ipdmediation.present.death import row_of
from ipdmediation.present.house_style import people
from ipdmediation.present.labels import why_no_share
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.scales import Row, reading
from ipdmediation.vocabulary.effects import HEADLINE
from ipdmediation.vocabulary.handlings import Handling
from ipdmediation.vocabulary.scales import MEAN
from ipdmediation.vocabulary.withheld import Withheld


def changed_by_the_left_out(result: AnalysisResult) -> list[str]:
    """Say in a sentence what the answer becomes if nobody is left out; nothing where it stays what it is.

    It changes where the total or the indirect effect has another direction, or none any more, and where the
    share is given in one of both only, or lies outside of the other's interval.

    Parameters
    ----------
    result
        The analysis.
    """
    if "death" not in result.evidence:
        return []
    mediator = result.study.named(result.study.mediator)
    ways = {
        Handling.COMPOSITE: f"with the event and {mediator} together as one mediator of everybody",
        Handling.WEIGHTED: "with those who were measured weighted for the others",
    }
    said = [
        f"{way}, {_becomes(result, handling)}" for handling, way in ways.items() if _changes(result, handling)
    ]
    return [f"This depends on {people()} who were not measured: {'; '.join(said)}."] if said else []


def _row(result: AnalysisResult, handling: Handling, effect: str) -> Row | None:
    return row_of(result.evidence["death"], handling, effect)


def _changes(result: AnalysisResult, handling: Handling) -> bool:
    for effect in ("te", "tnie"):
        before, after = result.row(effect, MEAN.key), _row(result, handling, effect)
        if before is None or after is None:
            return False
        read = reading(effect, MEAN.key, study=result.study)
        if read.verdict(before) != read.verdict(after):
            return True
    before, after = result.row(*HEADLINE), _row(result, handling, HEADLINE.effect)
    if before is None or after is None:
        return False
    if not notation.known(before["estimate"]) or not notation.known(after["estimate"]):
        return notation.known(before["estimate"]) != notation.known(after["estimate"])
    ends = after["ci_low"], after["ci_high"]
    return all(map(notation.known, ends)) and not ends[0] <= before["estimate"] <= ends[1]


def _becomes(result: AnalysisResult, handling: Handling) -> str:
    study = result.study
    mediator = study.named(study.mediator)
    share, through = (_row(result, handling, effect) for effect in (HEADLINE.effect, "tnie"))
    assert share is not None and through is not None  # noqa: PT018
    read = reading("tnie", MEAN.key, study=study)
    part = f"the part through {mediator} is {read.sentence(through, study)}"
    if notation.known(share["estimate"]):
        of_share = reading(*HEADLINE, study=study)
        return f"{of_share.sentence(share, study)} of the effect runs through {mediator}, and {part}"
    why = why_no_share(Withheld(share["withheld"]), mediator=mediator)
    return f"{part}, and no share is given, because {why}"
